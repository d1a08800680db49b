#ifndef JOTMILL_TESTS_DIFFERENTIAL_SIGNATURE_CASES_H_
#define JOTMILL_TESTS_DIFFERENTIAL_SIGNATURE_CASES_H_

// HMAC and RSA signatures, sound and mutated, and what OpenSSL says of each.

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/alg.h"
#include "jotmill/verdict.h"
#include "keys/key_ring.h"
#include "keys/key_ring_builder.h"
#include "verify/openssl_keys_for_test.h"

namespace jotmill::testing {

/// What was done to a sound signature.
enum class Kind : std::uint8_t {
  kGood,
  kBit,         ///< one bit of the signature turned
  kMessage,     ///< one bit of the message turned
  kOtherKey,    ///< asked of the other key of its size
  kOtherAlg,    ///< asked as another RS* or PS*, or another HS*
  kRandom,      ///< any number below n; any tag
  kZerosAhead,  ///< the same with zero bytes ahead
  kZero,
  kZeroLed,      ///< sound, and it begins with a zero byte
  kZeroDropped,  ///< without its first byte: a zero, where there is such a one
  kZeroAdded,    ///< one more zero byte ahead
  kLength,       ///< any other length, none at all too, and that of another size of key
  // RSA alone.
  kEncoding,  ///< signed by the key, but one bit of the encoding or the length of the salt is wrong
  kOne,
  kNLess1,
  kN,
  kNPlus1,
  kOnes,  ///< every bit set
};
inline constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::kOnes) + 1;
std::string_view kind_name(Kind kind);

/// Which keys share a group of the kernel.
enum class KeySize : std::uint8_t { k2048, k3072, k4096, kOpenssl, kHmac };
inline constexpr std::size_t kKeySizes = static_cast<std::size_t>(KeySize::kHmac) + 1;
std::string_view key_size_name(KeySize size);

struct SignatureCase {
  std::uint32_t key = 0;
  Alg alg = Alg::kNone;
  Kind kind = Kind::kGood;
  std::string message = {};
  Buffer signature = {};
  Verdict expected = Verdict::kInternalError;

  /// Right in length and range, so that a kernel is asked.
  bool is_asked() const {
    return expected == Verdict::kAccepted || expected == Verdict::kSignatureMismatch;
  }
};

/// Keys and signed messages that cases are drawn from.
class SignatureCases {
 public:
  /// `count`: cases that will be drawn, which says how many different ones must be signed.
  SignatureCases(std::uint64_t seed, std::size_t count);

  const KeyRing& ring() const { return ring_; }
  std::mt19937_64& random() { return random_; }
  std::size_t below(std::size_t bound) { return random_() % bound; }

  /// A case of any kind that this size of key has, and its verdict by OpenSSL.
  SignatureCase draw(KeySize size);
  /// Everything that it takes to ask again.
  std::string describe(const SignatureCase& one) const;

 private:
  enum class Making : std::uint8_t { kSound, kWrongEncoding, kZeroLed };
  static constexpr std::size_t kMakings = 3;

  void add_rsa(KeyRingBuilder& builder, int bits, unsigned exponent);
  void add_secret(KeyRingBuilder& builder, std::size_t len);
  std::uint32_t key_of(KeySize size);
  bool is_rsa(std::uint32_t key) const { return key < rsa_.size(); }
  Alg any_alg(std::uint32_t key);

  const SignatureCase& pooled(std::uint32_t key, Making making);
  SignatureCase sign(std::uint32_t key);
  SignatureCase sign_rsa(std::uint32_t key, Alg alg, std::string message, int salt_len);
  SignatureCase sign_wrong_encoding(std::uint32_t key);
  SignatureCase sign_zero_led(std::uint32_t key);
  Buffer tag(std::uint32_t key, Alg alg, const std::string& message) const;

  void mutate(SignatureCase& one);
  void mutate_length(SignatureCase& one);
  Buffer number(std::uint32_t key, long more_than_n) const;
  Buffer below_n(std::uint32_t key, std::size_t len);

  Verdict verdict(const SignatureCase& one) const;
  bool openssl_accepts(const SignatureCase& one) const;

  std::mt19937_64 random_;
  std::size_t pool_size_;
  bool long_;
  std::vector<Own<EVP_PKEY>> rsa_;
  KeyRing ring_;
  std::vector<std::array<std::vector<SignatureCase>, kMakings>> pools_;  ///< by key
};

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_DIFFERENTIAL_SIGNATURE_CASES_H_
