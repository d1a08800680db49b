#ifndef JOTMILL_VERDICT_H_
#define JOTMILL_VERDICT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace jotmill {

/// The one verdict of a token: the first check that fails, in the order of this list. `accepted` is
/// the only good one. Values are positions in kVerdicts, not a stable ABI; the names
/// (VerdictInfo::code) are stable and only ever added to.
enum class Verdict : std::uint8_t {
  kAccepted = 0,
  // A shape
  kTokenEmpty,
  kTokenTooLarge,
  kJsonSerialization,
  kEncryptedToken,
  kSegmentCount,
  // B encoding
  kHeaderEncoding,
  kPayloadEncoding,
  kSignatureEncoding,
  // C header
  kHeaderNotUtf8,
  kHeaderNotJson,
  kHeaderDuplicateMember,
  kHeaderBadType,
  kAlgMissing,
  kAlgNone,
  kAlgUnsupported,
  kAlgNotAllowed,
  kCritInvalid,
  kCritUnsupported,
  kB64Unsupported,
  kTypMismatch,
  // D key
  kKeyNotFound,
  kKeyRejected,
  kKeyTypeMismatch,
  kKeyUseMismatch,
  kKeyAlgMismatch,
  kKeyAmbiguous,
  // E signature
  kSignatureMissing,
  kSignatureLength,
  kSignatureOutOfRange,
  kSignatureMismatch,
  // F payload
  kNestedUnsupported,
  kPayloadNotUtf8,
  kPayloadNotJson,
  kPayloadNotObject,
  kPayloadDuplicateMember,
  // G claims
  kClaimInvalid,
  kClaimMissing,
  kExpired,
  kNotYetValid,
  kIssuedInFuture,
  kTokenTooOld,
  kIssuerMismatch,
  kAudienceMismatch,
  kSubjectMismatch,
  // Z
  kInternalError,
};

inline constexpr std::size_t kVerdictCount = static_cast<std::size_t>(Verdict::kInternalError) + 1;

/// The room that sets a verdict: the groups of the verdict table.
enum class VerdictRoom : std::uint8_t {
  kNone,
  kShape,
  kEncoding,
  kHeader,
  kKey,
  kSignature,
  kPayload,
  kClaims,
  kInternal
};

struct VerdictInfo {
  Verdict verdict;
  std::string_view code;  ///< stable name, e.g. "signature_mismatch"
  VerdictRoom room;
  std::string_view source;    ///< RFC and section, e.g. "RFC 7515 s5.2", or "local"
  std::string_view sentence;  ///< one sentence for a person
};

/// Every verdict, in table order; kVerdicts[i].verdict == Verdict(i).
std::span<const VerdictInfo, kVerdictCount> verdict_table();

const VerdictInfo& info(Verdict verdict);
inline std::string_view code(Verdict verdict) { return info(verdict).code; }

/// The verdict named `code`, or nothing.
std::optional<Verdict> verdict_from_code(std::string_view code);

}  // namespace jotmill

#endif  // JOTMILL_VERDICT_H_
