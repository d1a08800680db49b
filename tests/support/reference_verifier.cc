#include "support/reference_verifier.h"

#include <algorithm>
#include <array>

#include "support/reference_algorithms.h"
#include "support/reference_base64url.h"
#include "support/reference_claims.h"
#include "support/reference_header.h"
#include "support/reference_signature.h"

namespace jotmill::reference {
namespace {

constexpr size_t kMaxUsableKeys = 16;

// Sections D and E in the order of the table: of several candidates the one that got furthest
// speaks.
constexpr std::array<std::string_view, 9> kFurther = {
    "key_not_found",    "key_rejected",           "key_type_mismatch",
    "key_use_mismatch", "key_alg_mismatch",       "signature_missing",
    "signature_length", "signature_out_of_range", "signature_mismatch"};

size_t distance(const Finding& finding) {
  return static_cast<size_t>(std::find(kFurther.begin(), kFurther.end(), finding.verdict) -
                             kFurther.begin());
}

void keep_further(Finding& furthest, const Finding& finding) {
  if (distance(finding) > distance(furthest)) furthest = finding;
}

// A token cut at its dots. Views into the token.
struct Segments {
  std::string_view header, payload, signature, signing_input;
};

// Section A.
Finding check_shape(std::string_view token, const Policy& policy, Segments& out) {
  if (token.empty()) return {"token_empty", ""};
  if (token.size() > policy.max_token_bytes) return {"token_too_large", ""};
  const size_t first = token.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && token[first] == '{') return {"json_serialization", ""};
  const auto dots = std::count(token.begin(), token.end(), '.');
  if (dots == 4) return {"encrypted_token", ""};
  if (dots != 2) return {"segment_count", std::to_string(dots + 1)};
  const size_t first_dot = token.find('.');
  const size_t last_dot = token.rfind('.');
  out.header = token.substr(0, first_dot);
  out.payload = token.substr(first_dot + 1, last_dot - first_dot - 1);
  out.signature = token.substr(last_dot + 1);
  out.signing_input = token.substr(0, last_dot);
  return {};
}

// The three segments as bytes.
struct Parts {
  std::string header, payload, signature;
};

// Section B.
Finding check_encoding(const Segments& segments, const Policy& policy, Parts& out) {
  const auto decode = [&policy](std::string_view text, const char* code,
                                std::string& bytes) -> Finding {
    Decoded decoded = decode_base64url(text, policy.allow_padding);
    bytes = std::move(decoded.bytes);
    return decoded.ok ? Finding{} : Finding{code, decoded.fault};
  };
  if (segments.header.empty()) return {"header_encoding", "empty"};
  Finding finding = decode(segments.header, "header_encoding", out.header);
  if (!finding.failed()) finding = decode(segments.payload, "payload_encoding", out.payload);
  if (!finding.failed()) finding = decode(segments.signature, "signature_encoding", out.signature);
  return finding;
}

bool names(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// Section D for one candidate: may this key serve this algorithm?
Finding check_key(const Key& key, const Algorithm& algorithm, const Policy& policy) {
  if (!key.refused.empty()) return {"key_rejected", key.refused};
  if (!policy.allow_weak_secret) {
    if (!key.refused_if_weak.empty()) return {"key_rejected", key.refused_if_weak};
    // A secret without alg is long enough for HS256 at load; the longer hashes ask again (RFC 7518
    // s3.2).
    if (key.kty == "oct" && !key.alg && algorithm.kty == "oct" &&
        key.secret.size() < algorithm.hash_bytes) {
      return {"key_rejected",
              "secret shorter than " + std::to_string(algorithm.hash_bytes) + " bytes"};
    }
  }
  if (!fits(algorithm, key.kty, key.crv)) return {"key_type_mismatch", ""};
  if (key.use && *key.use != "sig") return {"key_use_mismatch", "use"};
  if (key.key_ops && !names(*key.key_ops, "verify") && !names(*key.key_ops, "sign")) {
    return {"key_use_mismatch", "key_ops"};
  }
  if (key.alg && *key.alg != algorithm.name) return {"key_alg_mismatch", *key.alg};
  if (key.only_algs && !names(*key.only_algs, std::string(algorithm.name)))
    return {"key_alg_mismatch", "RSASSA-PSS"};
  return {};
}

// Sections D and E. On success `verified` is the index of the key.
Finding check_signature(const Segments& segments, const Parts& parts, const Header& header,
                        const Keys& keys, const Policy& policy, int& verified) {
  const Algorithm& algorithm = *find_algorithm(*header.alg);
  Finding furthest{"key_not_found", ""};
  std::vector<size_t> usable;
  for (size_t i = 0; i < keys.all().size(); ++i) {
    const Key& key = keys.all()[i];
    const bool is_candidate = !header.kid || !key.kid || *key.kid == *header.kid;
    if (!is_candidate || key.repeated) continue;
    const Finding finding = check_key(key, algorithm, policy);
    if (finding.failed()) {
      keep_further(furthest, finding);
    } else {
      usable.push_back(i);
    }
  }
  if (usable.size() > kMaxUsableKeys) return {"key_ambiguous", ""};
  if (usable.empty()) return furthest;
  if (parts.signature.empty()) return {"signature_missing", ""};
  for (const size_t i : usable) {
    const std::string verdict =
        verify_signature(*header.alg, keys.all()[i], segments.signing_input, parts.signature);
    if (verdict == "internal_error") return {verdict, ""};
    if (verdict == "accepted") {
      verified = static_cast<int>(i);
      return {};
    }
    keep_further(furthest, {verdict, ""});
  }
  return furthest;
}

Finding check_all(std::string_view token, const Keys& keys, const Policy& policy, Header& header,
                  int& verified) {
  Segments segments;
  Parts parts;
  Finding finding = check_shape(token, policy, segments);
  if (!finding.failed()) finding = check_encoding(segments, policy, parts);
  if (!finding.failed()) finding = check_header(parts.header, policy, header);
  if (!finding.failed()) finding = check_signature(segments, parts, header, keys, policy, verified);
  if (!finding.failed() && policy.claims) finding = check_payload(parts.payload, header, policy);
  return finding;
}

}  // namespace

Answer judge(std::string_view token, const Keys& keys, const Policy& policy) {
  Header header;
  int verified = -1;
  Finding finding = check_all(token, keys, policy, header, verified);
  if (!finding.failed()) finding.verdict = "accepted";
  return {finding.verdict, finding.detail, header.alg, header.kid, verified};
}

}  // namespace jotmill::reference
