#ifndef JOTMILL_CLAIMS_HEADER_H_
#define JOTMILL_CLAIMS_HEADER_H_

#include <memory>

#include "core/batch.h"
#include "jotmill/options.h"
#include "jotmill/work.h"

namespace jotmill {

/// Room C of the verdict table. One per worker: it owns the buffers of its JSON reader and a memo
/// of headers that have passed (header_memo.h).
class HeaderParser {
 public:
  /// `memo` false: every header is parsed, also one that has passed before.
  explicit HeaderParser(const Policy& policy, bool memo = true);
  ~HeaderParser();
  HeaderParser(HeaderParser&&) noexcept;
  HeaderParser& operator=(HeaderParser&&) noexcept;

  /// Reads segment 0 of pending rows that passed decode; writes alg, alg_text, kid, cty_is_jwt
  /// (also of a rejected row, as far as its header is one object without equal names); sets
  /// kPassedHeader; may set header_not_utf8, header_not_json, header_duplicate_member,
  /// header_bad_type, alg_missing, alg_none, encrypted_token, alg_unsupported, alg_not_allowed,
  /// crit_invalid, crit_unsupported, b64_unsupported, typ_mismatch, in this order. RFC 7515 s4.1,
  /// s5.2, RFC 7516 s9, RFC 7797 s6. Linear in the header's length; no allocation when warm. Throws
  /// std::bad_alloc. Hits and misses of the memo are added to `use`.
  void parse_headers(TokenBatch& batch, MemoUse& use);
  void parse_headers(TokenBatch& batch) {
    MemoUse unused;
    parse_headers(batch, unused);
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_HEADER_H_
