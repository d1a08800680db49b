#ifndef JOTMILL_VERIFY_MEMO_H_
#define JOTMILL_VERIFY_MEMO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "jotmill/work.h"
#include "verify/openssl_backend.h"

namespace jotmill {

/// Signatures that were checked before, by a strong digest of everything that the check depends on.
///
/// A bearer token is used for hours, so a capture repeats it. What is remembered is whether the
/// signature was good, and nothing else: time and claims are judged for every record. The key of
/// an entry is SHA-256 over (alg, key, digest of the signing input, signature), compared in full:
/// two different checks with one key would be a collision of SHA-256, so a hit is as good as the
/// check itself, whoever wrote the tokens. A hostile capture can push entries out, which costs the
/// check that it would have cost anyway.
///
/// Bounded: `entries` of 40 bytes, four to a set; of a full set the one that was not used for
/// longest goes. One a worker.
class SignatureMemo {
 public:
  using Key = std::array<std::uint8_t, 32>;

  /// 0 entries: remembers nothing. The memory is taken at the first claim.
  explicit SignatureMemo(std::size_t entries) : entries_(entries) {}

  bool on() const { return entries_ > 0; }

  /// Before the claims of a round.
  void begin_round();
  /// What is known of the check with this key. kUnknown: nothing, and the caller, who calls it
  /// check number `check` of this round, is to find out. kSame: the earlier check `same_as` of this
  /// round has the same key, and its result will be this one's too.
  enum class Answer : std::uint8_t { kUnknown, kGood, kBad, kSame };
  struct Found {
    Answer answer = Answer::kUnknown;
    std::uint32_t same_as = 0;
  };
  Found claim(const Key& key, std::uint32_t check);
  /// A hint that claim(key, ...) comes soon. The table is larger than the caches of a core.
  void expect(const Key& key) const;
  /// After the checks of a round, for all that were answered with kUnknown. `result_of(check)` is
  /// a SignatureCheck; kFailed is forgotten.
  template <typename ResultOf>
  void end_round(ResultOf result_of) {
    for (const Claim& claim : claims_) learn(claim, result_of(claim.check));
    claims_.clear();
  }

 private:
  static constexpr std::size_t kWays = 4;
  // Entry::state: nothing, a result, or from kClaimed on the check of this round that will tell.
  static constexpr std::uint32_t kEmpty = 0, kIsGood = 1, kIsBad = 2, kClaimed = 3;
  struct Entry {
    Key key{};
    std::uint32_t state = kEmpty;
    std::uint32_t used = 0;  ///< round of the last use
  };
  struct Claim {
    std::uint32_t check;
    std::size_t entry;
  };

  std::size_t first_of_set(const Key& key) const;
  void learn(const Claim& claim, SignatureCheck result);

  std::size_t entries_;
  std::size_t ways_ = kWays;
  std::vector<Entry> table_;
  std::vector<Claim> claims_;  ///< of this round
  std::uint32_t round_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_MEMO_H_
