#include "fuzz/keys.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "fuzz/require.h"
#include "keys/load.h"
#include "support/codec.h"
#include "support/engine_adapter.h"
#include "support/reference_algorithms.h"
#include "support/reference_openssl.h"

namespace jotmill::testing {
namespace {

using reference::Key;

bool is_refused(const Key& key) { return !key.refused.empty() || !key.refused_if_weak.empty(); }

// RFC 7638 s3.2, RFC 8037 s2: what tells two public keys apart. Empty for secrets.
std::string thumbprint(const Key& key) {
  const auto member = [](const char* name, const std::string& bytes) {
    return "\"" + std::string(name) + "\":\"" + codec::base64url(bytes) + "\"";
  };
  std::string text;
  if (key.kty == "RSA") text = member("e", key.e) + R"(,"kty":"RSA",)" + member("n", key.n);
  if (key.kty == "EC" || key.kty == "OKP") {
    text = "\"crv\":\"" + key.crv + R"(","kty":")" + key.kty + "\"," + member("x", key.x);
    if (key.kty == "EC") text += "," + member("y", key.y);
  }
  if (text.empty()) return "";
  text = "{" + text + "}";
  std::array<unsigned char, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return codec::base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool names(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// The algorithms that a sound key verifies (verdicts.md, section D), sorted.
std::vector<std::string> algorithms(const Key& key) {
  std::vector<std::string> out;
  if (key.use && *key.use != "sig") return out;
  if (key.key_ops && !names(*key.key_ops, "verify") && !names(*key.key_ops, "sign")) return out;
  for (const reference::Algorithm& row : reference::kAlgorithms) {
    const std::string name(row.name);
    if (!fits(row, key.kty, key.crv) || (key.alg && *key.alg != name)) continue;
    if (key.only_algs && !names(*key.only_algs, name)) continue;
    if (key.kty == "oct" && key.secret.size() < row.hash_bytes) continue;
    out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Whether a secret has anything about it that a key file has: the engine refuses what is left of a
// damaged or oddly wrapped key, and how much of it must be left no oracle can say simply. A secret
// without a trace of a key must be taken.
bool has_trace_of_key(std::string_view secret) {
  using namespace std::string_view_literals;
  const auto holds = [secret](std::string_view mark) { return secret.find(mark) != secret.npos; };
  const std::size_t first = secret.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const char begin = first == secret.npos ? 'x' : secret[first];
  if (begin == '\x30' || begin == 'M') return true;  // a SEQUENCE, and in base64
  if (secret.starts_with("3") || secret.starts_with("\xFF\xFE") || secret.starts_with("\xFE\xFF"))
    return true;  // a SEQUENCE in hex digits; UTF-16
  if (begin == '{' || begin == '[') {
    if (holds("kty") || holds("keys") || holds("\\")) return true;
  }
  return holds("ssh-") || holds("ecdsa-sha2-") || holds("sk-ecdsa-") || holds("AAAA") ||
         holds("b3Blbn") || holds("\0\0\0"sv) || holds("PuTTY-User-Key-File-") ||
         holds("---- BEGIN SSH2") || holds("openssh-key-v1");
}

bool same_key(const Key& wanted, const KeyInfo& got) {
  if (wanted.kid != got.kid || wanted.alg != got.alg) return false;
  if (!got.refusal.empty()) {
    return is_refused(wanted) ||
           (wanted.kty == "oct" && got.refusal.starts_with("the secret is ") &&
            has_trace_of_key(wanted.secret));
  }
  if (is_refused(wanted) || wanted.kty != got.type || wanted.crv != got.curve) return false;
  std::vector<std::string> got_algorithms = got.algs;
  std::sort(got_algorithms.begin(), got_algorithms.end());
  if (wanted.kty == "oct" && got.bits != 8 * wanted.secret.size()) return false;
  return got.thumbprint == thumbprint(wanted) && got_algorithms == algorithms(wanted);
}

// OpenSSL reads other files than we do. Those that it reads too hold the same keys.
void hold_openssl(std::string_view bytes, const std::vector<Key>& keys) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == bytes.npos || bytes[first] == '{' || bytes[first] == '[') return;
  reference::ReadKeys read = reference::openssl::read_der(bytes);
  if (!read.fault.empty()) read = reference::openssl::read_pem(bytes);
  if (read.keys.size() != keys.size()) return;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (is_refused(keys[i])) continue;
    FUZZ_REQUIRE(thumbprint(read.keys[i]) == thumbprint(keys[i]));
  }
}

}  // namespace

void hold_key_file(reference::KeyFile::Kind kind, std::string_view bytes) {
  const bool is_secret = kind == reference::KeyFile::Kind::secret;
  const reference::KeyFile file{
      .kind = kind, .name = "file", .bytes = std::string(bytes), .kid = {}};
  reference::Keys keys;
  const std::string refusal = keys.load(file);
  // Not the list of the front door: that one tests the kernels first, which takes longer than all
  // of this.
  const Result<KeyRing> ring = load_keys(engine_keys({file}), false);
  const std::vector<KeyInfo> got = ring ? list_keys(ring.value()) : std::vector<KeyInfo>{};
  if (refusal.empty() && keys.all().empty()) {
    FUZZ_REQUIRE(got.empty());
    return;
  }
  const bool in_disguise = is_secret && refusal.empty() && !ring.ok();
  if (in_disguise && has_trace_of_key(bytes)) return;
  const bool agree = refusal.empty() == ring.ok();
  if (!agree) {
    std::fprintf(stderr, "reference: %s; engine: %s\n",
                 refusal.empty() ? "loads it" : refusal.c_str(),
                 ring.ok() ? "loads it" : ring.error().reason.c_str());
  }
  FUZZ_REQUIRE(agree);
  if (!ring.ok()) {
    FUZZ_REQUIRE(is_secret || !reference::openssl::writes(bytes));
    return;
  }
  std::vector<Key> wanted = keys.all();
  if (!is_secret) hold_openssl(bytes, wanted);
  std::erase_if(wanted, [](const Key& key) { return key.repeated && !is_refused(key); });
  FUZZ_REQUIRE(got.size() == wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool same = same_key(wanted[i], got[i]);
    if (!same) {
      std::fprintf(stderr, "key %zu: reference %s %s (%s%s), engine %s %s (%s)\n", i,
                   wanted[i].kty.c_str(), wanted[i].crv.c_str(), wanted[i].refused.c_str(),
                   wanted[i].refused_if_weak.c_str(), got[i].type.c_str(), got[i].curve.c_str(),
                   got[i].refusal.c_str());
    }
    FUZZ_REQUIRE(same);
  }
}

}  // namespace jotmill::testing
