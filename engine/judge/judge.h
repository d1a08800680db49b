#ifndef JOTMILL_JUDGE_JUDGE_H_
#define JOTMILL_JUDGE_JUDGE_H_

#include "core/batch.h"
#include "jotmill/options.h"

namespace jotmill {

/// Room G of the verdict table, but for claim_invalid: the policy against the claims columns of
/// pending rows that passed the payload. Reads present, missing_claim, exp, nbf, iat, iss, sub,
/// aud_*, record_time; sets kPassedClaims; may set claim_missing (first Policy::require in its
/// order, then iss, aud and sub where the policy lists values for them, then iat under max_age),
/// expired, not_yet_valid, issued_in_future, token_too_old, issuer_mismatch, audience_mismatch,
/// subject_mismatch, in this order.
///
/// Times are compared exactly, fractions of any length included: expired when as_of >= exp +
/// leeway, not_yet_valid when as_of < nbf - leeway, issued_in_future when as_of < iat - leeway,
/// token_too_old when as_of > iat + max_age + leeway (the greatest age itself is still good); the
/// last two only under max_age. as_of is that of the policy, or under as_of_record the batch's
/// record_time; without one no time is compared. RFC 7519 s4.1, RFC 8725 s3.8 s3.9.
///
/// Details: the claim's name for claim_missing; "exp=1732358400 as_of=1732444800" for times, with "
/// max_age=" and " leeway=" where they count (seconds, fractions to the nanosecond, a '+' behind
/// them when finer digits follow); "iss=" and the value for issuer_mismatch. aud and sub are not
/// shown: sub is personal data.
void judge_claims(TokenBatch& batch, const Policy& policy);

/// Ends the judging: a pending row is accepted when every stage that the policy asks for has left
/// its mark in `passed` (without Policy::claims: those up to the signature), else it gets
/// internal_error.
void settle(TokenBatch& batch, const Policy& policy);

}  // namespace jotmill

#endif  // JOTMILL_JUDGE_JUDGE_H_
