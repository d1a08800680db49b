#ifndef JOTMILL_TESTS_SUPPORT_ED25519_CASES_H_
#define JOTMILL_TESTS_SUPPORT_ED25519_CASES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "support/ecc_case.h"

// Ed25519 signatures for the kernel: signed, altered and judged by OpenSSL; and crafted ones with
// any S and any hash, which OpenSSL cannot be asked about: a slow arithmetic of its own makes them
// good or bad.
namespace jotmill::ecc_cases {

class Ed25519Cases {
 public:
  explicit Ed25519Cases(std::uint64_t seed, unsigned window);
  ~Ed25519Cases();
  Ed25519Cases(const Ed25519Cases&) = delete;
  Ed25519Cases& operator=(const Ed25519Cases&) = delete;

  /// Encoded public keys of prime order; the first two are B and -B.
  const std::vector<std::array<std::uint8_t, 32>>& keys() const;
  /// Keys that a table cannot serve: every point of small order, keys with such a point added, y at
  /// and above the prime, no point at all.
  std::vector<std::array<std::uint8_t, 32>> unsuitable_keys();

  /// A good signature of a random message by one of the keys behind the first two.
  Case good();
  /// The same with something changed: bits, the sign of R, S + l, S = 0, R replaced by a point of
  /// small order or a number at or above the prime, another key, another message.
  Case altered();
  /// S and h from the special ones (0, 1, powers of two, those with a partial sum at infinity), R
  /// as they make it or a little off; S B = +-h A among them. About a millisecond each.
  Case crafted();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill::ecc_cases

#endif  // JOTMILL_TESTS_SUPPORT_ED25519_CASES_H_
