#include "jotmill/verdict.h"

#include <array>

namespace jotmill {
namespace {

using enum Verdict;
using enum VerdictRoom;

constexpr std::array<VerdictInfo, kVerdictCount> kVerdicts = {{
    {kAccepted, "accepted", kNone, "RFC 7519 s7.2", "Every check that was asked for passed."},
    {kTokenEmpty, "token_empty", kShape, "RFC 7515 s7.1", "The token has no bytes."},
    {kTokenTooLarge, "token_too_large", kShape, "local",
     "The token is longer than --max-token-bytes."},
    {kJsonSerialization, "json_serialization", kShape, "RFC 7515 s7.2",
     "The token is a JWS JSON serialization, not the compact one."},
    {kEncryptedToken, "encrypted_token", kShape, "RFC 7516 s9",
     "The token is encrypted (JWE): five segments, or a header with enc."},
    {kSegmentCount, "segment_count", kShape, "RFC 7515 s7.1",
     "A signed token has exactly two dots."},
    {kHeaderEncoding, "header_encoding", kEncoding, "RFC 7515 s2, RFC 4648 s5",
     "The header is empty or not strict base64url."},
    {kPayloadEncoding, "payload_encoding", kEncoding, "RFC 7515 s2, RFC 4648 s5",
     "The payload is not strict base64url."},
    {kSignatureEncoding, "signature_encoding", kEncoding, "RFC 7515 s2, RFC 4648 s5",
     "The signature is not strict base64url."},
    {kHeaderNotUtf8, "header_not_utf8", kHeader, "RFC 7515 s5.2",
     "The decoded header is not UTF-8."},
    {kHeaderNotJson, "header_not_json", kHeader, "RFC 7515 s5.2, RFC 8259",
     "The decoded header is not one complete JSON object."},
    {kHeaderDuplicateMember, "header_duplicate_member", kHeader, "RFC 7515 s4, s10.12",
     "Two members of the header have the same name."},
    {kHeaderBadType, "header_bad_type", kHeader, "RFC 7515 s4.1",
     "A header member has the wrong JSON type."},
    {kAlgMissing, "alg_missing", kHeader, "RFC 7515 s4.1.1", "The header has no alg."},
    {kAlgNone, "alg_none", kHeader, "RFC 7518 s3.6, RFC 8725 s3.2",
     "The token says that it is not signed."},
    {kAlgUnsupported, "alg_unsupported", kHeader, "RFC 7515 s4.1.1",
     "The alg is not one of the sixteen known names."},
    {kAlgNotAllowed, "alg_not_allowed", kHeader, "RFC 8725 s3.1", "The alg is not in --alg."},
    {kCritInvalid, "crit_invalid", kHeader, "RFC 7515 s4.1.11",
     "The crit member breaks its own rules."},
    {kCritUnsupported, "crit_unsupported", kHeader, "RFC 7515 s4.1.11",
     "crit names an extension that is not processed."},
    {kB64Unsupported, "b64_unsupported", kHeader, "RFC 7797 s7", "b64 is present and not true."},
    {kTypMismatch, "typ_mismatch", kHeader, "RFC 8725 s3.11",
     "typ is not the one that --typ asks for."},
    {kKeyNotFound, "key_not_found", kKey, "RFC 7515 s4.1.4", "No key fits the token's kid."},
    {kKeyRejected, "key_rejected", kKey, "RFC 7518 s3.2 s3.3, RFC 8725 s3.5",
     "The matching key was refused when it was loaded."},
    {kKeyTypeMismatch, "key_type_mismatch", kKey, "RFC 7518 s3.1, RFC 8037, RFC 8725 s3.1",
     "The key's type or curve does not fit the alg."},
    {kKeyUseMismatch, "key_use_mismatch", kKey, "RFC 7517 s4.2 s4.3",
     "The key is not meant for signatures."},
    {kKeyAlgMismatch, "key_alg_mismatch", kKey, "RFC 7517 s4.4",
     "The key's own alg is another one."},
    {kKeyAmbiguous, "key_ambiguous", kKey, "local", "More than 16 usable keys fit the token."},
    {kSignatureMissing, "signature_missing", kSignature, "RFC 7515 s5.2",
     "The signature is empty."},
    {kSignatureLength, "signature_length", kSignature, "RFC 7518 s3.2-3.5, RFC 8017, RFC 8032",
     "The signature has not the exact length that key and alg demand."},
    {kSignatureOutOfRange, "signature_out_of_range", kSignature,
     "RFC 7518 s3.4, RFC 8032, RFC 8017 s5.2.2", "A number in the signature is outside its range."},
    {kSignatureMismatch, "signature_mismatch", kSignature, "RFC 7515 s5.2",
     "The signature is not good."},
    {kNestedUnsupported, "nested_unsupported", kPayload, "RFC 7519 s5.2",
     "The payload is another JWT (cty)."},
    {kPayloadNotUtf8, "payload_not_utf8", kPayload, "RFC 7519 s7.2",
     "The decoded payload is not UTF-8."},
    {kPayloadNotJson, "payload_not_json", kPayload, "RFC 7519 s7.2, RFC 8259",
     "The decoded payload is not one complete JSON text."},
    {kPayloadNotObject, "payload_not_object", kPayload, "RFC 7519 s7.2",
     "The payload is JSON but no object."},
    {kPayloadDuplicateMember, "payload_duplicate_member", kPayload, "RFC 7519 s4",
     "Two claims have the same name."},
    {kClaimInvalid, "claim_invalid", kClaims, "RFC 7519 s2 s4.1",
     "A registered claim has the wrong type or range."},
    {kClaimMissing, "claim_missing", kClaims, "local",
     "A claim that the policy requires is absent."},
    {kExpired, "expired", kClaims, "RFC 7519 s4.1.4", "The token's exp has passed."},
    {kNotYetValid, "not_yet_valid", kClaims, "RFC 7519 s4.1.5",
     "The token's nbf is still to come."},
    {kIssuedInFuture, "issued_in_future", kClaims, "RFC 7519 s4.1.6",
     "The token's iat is still to come."},
    {kTokenTooOld, "token_too_old", kClaims, "RFC 7519 s4.1.6",
     "The token is older than --max-age."},
    {kIssuerMismatch, "issuer_mismatch", kClaims, "RFC 7519 s4.1.1, RFC 8725 s3.8",
     "iss is none of --issuer."},
    {kAudienceMismatch, "audience_mismatch", kClaims, "RFC 7519 s4.1.3, RFC 8725 s3.9",
     "aud has none of --audience."},
    {kSubjectMismatch, "subject_mismatch", kClaims, "RFC 7519 s4.1.2, RFC 8725 s3.8",
     "sub is none of --subject."},
    {kInternalError, "internal_error", kInternal, "local",
     "Memory or a library failed, or OpenSSL contradicted a kernel; the token was not judged."},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    if (static_cast<std::size_t>(kVerdicts[i].verdict) != i) return false;
  }
  return true;
}
static_assert(in_order(), "kVerdicts[i] must describe Verdict(i)");

}  // namespace

std::span<const VerdictInfo, kVerdictCount> verdict_table() { return kVerdicts; }

const VerdictInfo& info(Verdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)]; }

std::optional<Verdict> verdict_from_code(std::string_view code) {
  for (const VerdictInfo& row : kVerdicts) {
    if (row.code == code) return row.verdict;
  }
  return std::nullopt;
}

}  // namespace jotmill
