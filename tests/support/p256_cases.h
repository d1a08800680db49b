#ifndef JOTMILL_TESTS_SUPPORT_P256_CASES_H_
#define JOTMILL_TESTS_SUPPORT_P256_CASES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "support/ecc_case.h"

// ECDSA P-256 signatures for the kernel, good ones, altered ones, and the ones an attacker would
// make to hit a special case of it; what each is worth is OpenSSL's word.
namespace jotmill::ecc_cases {

class P256Cases {
 public:
  /// Keys: d = 1, 2, n-1, 2^window, n - 2^window, then random ones; the last is made for a good
  /// signature whose point has an x beyond n.
  P256Cases(std::uint64_t seed, unsigned window);
  ~P256Cases();
  P256Cases(const P256Cases&) = delete;
  P256Cases& operator=(const P256Cases&) = delete;

  /// x || y, big-endian.
  const std::vector<std::array<std::uint8_t, 64>>& keys() const;

  /// A good signature of a random digest by a random key.
  Case good();
  /// The same with something changed: bits of it, of the digest, another key, r or s at or beyond
  /// an edge of the range, n - s (which stays good).
  Case altered();
  /// A good signature with chosen u1 and u2, or one with a partial sum of the kernel at infinity;
  /// digests 0 and n, tiny r, and for related keys u1 G = +-u2 Q.
  Case crafted();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill::ecc_cases

#endif  // JOTMILL_TESTS_SUPPORT_P256_CASES_H_
