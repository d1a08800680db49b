#ifndef JOTMILL_CLAIMS_PAYLOAD_H_
#define JOTMILL_CLAIMS_PAYLOAD_H_

#include <memory>
#include <string>
#include <vector>

#include "core/batch.h"
#include "jotmill/options.h"

namespace jotmill {

/// Room F of the verdict table and the types of claims (the first check of room G). Not called with
/// --claims off. One per worker: it owns the buffers of its JSON reader.
class PayloadParser {
 public:
  /// `show`: names of claims to copy for the records, in the order in which they are to stand; a
  /// name twice counts once.
  PayloadParser(const Policy& policy, std::vector<std::string> show);
  ~PayloadParser();
  PayloadParser(PayloadParser&&) noexcept;
  PayloadParser& operator=(PayloadParser&&) noexcept;

  /// Reads cty_is_jwt and segment 1 of pending rows that passed the signature; writes present, exp,
  /// nbf, iat, iss, sub, aud_off, aud_count, aud_refs, missing_claim, shown_claims; sets
  /// kPassedPayload when room F has nothing to say; may set nested_unsupported, payload_not_utf8,
  /// payload_not_json, payload_not_object, payload_duplicate_member, claim_invalid (detail: the
  /// claim's name), in this order. A claim of a wrong type or range counts as invalid, not as
  /// present. RFC 7519 s4, s7.2. n log n in the number of claims, linear in all else; no allocation
  /// when warm. Throws std::bad_alloc.
  ///
  /// shown_claims holds a JSON object with the claims of `show` that the token has, one line, safe
  /// to print (show.h); absent when `show` is empty or the payload is no object.
  void parse_payloads(TokenBatch& batch);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_PAYLOAD_H_
