#include "pipeline/explain.h"

#include <algorithm>
#include <string>

#include "verify/signature_form.h"

namespace jotmill {
namespace {

using enum Verdict;

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string bytes(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

/// Seconds with the digits of a fraction that matter: "60", "0.5".
std::string decimal(std::int64_t s, std::uint32_t ns) {
  std::string out = std::to_string(s);
  if (ns != 0) {
    std::string fraction = std::to_string(1'000'000'000u + ns).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += "." + fraction;
  }
  return out;
}
std::string seconds(const Duration& d) { return decimal(d.s, d.ns) + " s"; }
std::string as_of(const Policy& policy) {
  return policy.as_of ? decimal(policy.as_of->s, policy.as_of->ns) : "";
}
/// A date is kept as floor and part above it, so a fraction before 1970 is counted from the other
/// end.
std::string date(const NumericDate& d) {
  const std::string digits =
      d.s < 0 && d.ns != 0 ? "-" + decimal(-(d.s + 1), 1'000'000'000u - d.ns) : decimal(d.s, d.ns);
  return digits + (d.finer ? "..." : "");
}

/// One token on its way through explain_checks.
struct Subject {
  const TokenBatch& batch;
  std::size_t i;
  const Policy& policy;
  const KeyRing& ring;

  std::string text(TextRef ref) const { return std::string(batch.text_of(ref)); }
  std::size_t segments() const {
    const std::string_view token = batch.token(i);
    return static_cast<std::size_t>(std::count(token.begin(), token.end(), '.')) + 1;
  }
  bool has(ClaimBit claim) const { return (batch.present[i] & claim) != 0; }
  const PreparedKey* key() const {
    return batch.key[i] == kNoKey ? nullptr : &ring.keys()[batch.key[i]];
  }
  std::string key_words() const {
    const PreparedKey* k = key();
    if (!k) return "none";
    std::string words = ring.sources()[k->source] + "#" + std::to_string(k->position) + ", " +
                        std::string(name(k->type));
    if (k->curve != Curve::kNone) words += " " + std::string(name(k->curve));
    if (k->has_kid) words += ", kid " + k->kid;
    return words;
  }
};

/// A check that only runs when an option asks for it, and was not asked for.
bool not_asked(Verdict check, const Policy& policy) {
  switch (check) {
    case kAlgNotAllowed: return policy.algs.empty();
    case kTypMismatch: return !policy.typ;
    case kClaimMissing:
      return policy.require.empty() && policy.issuers.empty() && policy.audiences.empty() &&
             policy.subjects.empty() && !policy.max_age;
    case kExpired:
    case kNotYetValid: return !policy.as_of;
    case kIssuedInFuture:
    case kTokenTooOld: return !policy.as_of || !policy.max_age;
    case kIssuerMismatch: return policy.issuers.empty();
    case kAudienceMismatch: return policy.audiences.empty();
    case kSubjectMismatch: return policy.subjects.empty();
    default: break;
  }
  const VerdictRoom room = info(check).room;
  return !policy.claims && (room == VerdictRoom::kPayload || room == VerdictRoom::kClaims);
}

std::string expected(Verdict check, const Subject& s) {
  switch (check) {
    case kTokenEmpty: return "at least one byte";
    case kTokenTooLarge: return "at most " + bytes(s.policy.max_token_bytes);
    case kJsonSerialization: return "the compact serialization";
    case kEncryptedToken: return "a signed token, not an encrypted one";
    case kSegmentCount: return "3 segments";
    case kHeaderEncoding: return "strict base64url, not empty";
    case kPayloadEncoding:
    case kSignatureEncoding: return "strict base64url";
    case kHeaderNotUtf8:
    case kPayloadNotUtf8: return "UTF-8";
    case kHeaderNotJson: return "one JSON object of at most 64 levels";
    case kPayloadNotJson: return "one JSON text of at most 64 levels";
    case kHeaderDuplicateMember:
    case kPayloadDuplicateMember: return "no name twice";
    case kHeaderBadType: return "alg, kid, typ, cty strings, crit an array";
    case kAlgMissing: return "an alg";
    case kAlgNone: return "an alg other than none";
    case kAlgUnsupported: return "one of the sixteen algorithm names";
    case kAlgNotAllowed: return "one of " + join(s.policy.algs);
    case kCritInvalid: return "no crit, or a well-formed one";
    case kCritUnsupported: return "no critical extension";
    case kB64Unsupported: return "b64 absent or true";
    case kTypMismatch: return s.policy.typ.value_or("");
    case kKeyNotFound: return "a key that fits the kid";
    case kKeyRejected: return "a key that was sound at load";
    case kKeyTypeMismatch: return "a key of the type that the alg needs";
    case kKeyUseMismatch: return "a key for signatures";
    case kKeyAlgMismatch: return "a key without alg, or with this one";
    case kKeyAmbiguous: return "at most 16 usable keys";
    case kSignatureMissing: return "a signature";
    case kSignatureLength:
      return s.key() && s.batch.alg[s.i] != Alg::kNone
                 ? bytes(signature_bytes(*s.key(), s.batch.alg[s.i]))
                 : "the exact length";
    case kSignatureOutOfRange: return "numbers in their range";
    case kSignatureMismatch: return "a signature that verifies";
    case kNestedUnsupported: return "cty other than JWT";
    case kPayloadNotObject: return "a JSON object";
    case kClaimInvalid: return "registered claims of their type and range";
    case kClaimMissing: {
      std::vector<std::string> names = s.policy.require;
      if (!s.policy.issuers.empty()) names.push_back("iss");
      if (!s.policy.audiences.empty()) names.push_back("aud");
      if (!s.policy.subjects.empty()) names.push_back("sub");
      if (s.policy.max_age) names.push_back("iat");
      return join(names);
    }
    case kExpired:
      return "exp after " + as_of(s.policy) + ", leeway " + seconds(s.policy.leeway_exp);
    case kNotYetValid:
      return "nbf not after " + as_of(s.policy) + ", leeway " + seconds(s.policy.leeway_nbf);
    case kIssuedInFuture:
      return "iat not after " + as_of(s.policy) + ", leeway " + seconds(s.policy.leeway_iat);
    case kTokenTooOld: return "an age of at most " + seconds(s.policy.max_age.value_or(Duration{}));
    case kIssuerMismatch: return "one of " + join(s.policy.issuers);
    case kAudienceMismatch: return "one of " + join(s.policy.audiences);
    case kSubjectMismatch: return "one of the subjects asked for";
    case kAccepted:
    case kInternalError: break;
  }
  return {};
}

/// What was found, for a check that ran. The words of the verdict's detail where it failed and they
/// say more.
std::string found(Verdict check, const Subject& s, bool failed) {
  const std::string detail = failed ? s.text(s.batch.detail[s.i]) : std::string();
  switch (check) {
    case kTokenEmpty:
    case kTokenTooLarge: return failed ? detail : bytes(s.batch.len_bytes(s.i));
    case kEncryptedToken:
      return failed && detail.empty() ? "a header with enc"
                                      : std::to_string(s.segments()) + " segments";
    case kSegmentCount:
      return std::to_string(s.segments()) + (s.segments() == 1 ? " segment" : " segments");
    case kHeaderEncoding:
    case kPayloadEncoding:
    case kSignatureEncoding:
      if (failed) return detail;
      return bytes(s.batch.seg_len[static_cast<unsigned>(check) -
                                   static_cast<unsigned>(kHeaderEncoding)][s.i]);
    case kAlgMissing:
      if (failed) return "no alg";
      [[fallthrough]];
    case kAlgNone:
    case kAlgUnsupported:
    case kAlgNotAllowed: return s.text(s.batch.alg_text[s.i]);
    case kKeyNotFound:
      if (failed)
        return s.batch.kid[s.i].present() ? "none for kid " + s.text(s.batch.kid[s.i]) : "none";
      return s.key_words();
    case kKeyRejected:
    case kKeyTypeMismatch:
    case kKeyUseMismatch:
    case kKeyAlgMismatch:
    case kKeyAmbiguous:
      if (failed) return s.key() ? s.key_words() + (detail.empty() ? "" : ": " + detail) : detail;
      return "";
    case kSignatureMissing:
    case kSignatureLength: return bytes(s.batch.seg_len[2][s.i]);
    case kExpired: return s.has(kClaimExp) ? "exp " + date(s.batch.exp[s.i]) : "no exp";
    case kNotYetValid: return s.has(kClaimNbf) ? "nbf " + date(s.batch.nbf[s.i]) : "no nbf";
    case kIssuedInFuture:
    case kTokenTooOld: return "iat " + date(s.batch.iat[s.i]);
    case kIssuerMismatch: return s.text(s.batch.iss[s.i]);
    default: return failed && detail.empty() ? std::string(info(check).sentence) : detail;
  }
}

/// The checks in the order in which they are made. encrypted_token stands twice: shape, and after
/// alg_none (RFC 7516 s9).
struct Step {
  Verdict check;
  bool by_header = false;
};
std::vector<Step> steps() {
  std::vector<Step> all;
  for (const VerdictInfo& row : verdict_table()) {
    if (row.verdict == kAccepted || row.verdict == kInternalError) continue;
    all.push_back({row.verdict});
    if (row.verdict == kAlgNone) all.push_back({kEncryptedToken, true});
  }
  return all;
}

}  // namespace

std::vector<CheckRow> explain_checks(const TokenBatch& batch, std::size_t i, const Policy& policy,
                                     const KeyRing& ring) {
  const Subject subject{batch, i, policy, ring};
  const Verdict verdict = batch.verdict[i];
  const bool decoded = (batch.passed[i] & kPassedDecode) != 0;
  std::vector<CheckRow> rows;
  bool decided =
      verdict == kInternalError;  // nothing is claimed of a token that could not be judged
  for (const Step& step : steps()) {
    CheckRow row{.check = step.check,
                 .state = CheckRow::State::kNotRun,
                 .expected = expected(step.check, subject),
                 .found = {}};
    const bool failed = !decided && step.check == verdict &&
                        (step.check != kEncryptedToken || step.by_header == decoded);
    if (failed) {
      row.state = CheckRow::State::kFailed;
      decided = true;
    } else if (!decided && not_asked(step.check, policy)) {
      row.state = CheckRow::State::kNotAsked;
      row.expected.clear();
    } else if (!decided) {
      row.state = CheckRow::State::kPassed;
    } else if (not_asked(step.check, policy)) {
      row.expected.clear();  // of a list that is empty
    }
    if (row.state == CheckRow::State::kPassed || failed) {
      row.found = step.by_header ? (failed ? "a header with enc" : "no enc")
                                 : found(step.check, subject, failed);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace jotmill
