// What depends on a key alone: its limbs, -1/n mod 2^52 and R^65537 mod n.

#include "kernels/lane52/lane52.h"
#include "kernels/rsa/rsa.h"

namespace jotmill::kernels {
namespace {

__extension__ using Wide = unsigned __int128;

/// A number below 2n and the key it belongs to; limbs below 2^52.
struct Number {
  std::uint64_t limb[kRsaMaxLimbs];
};

/// a := a - n when a >= n.
void subtract_once(Number& a, const RsaKey& key) {
  Number difference;
  std::uint64_t borrow = 0;
  for (std::uint32_t i = 0; i < key.limbs; ++i) {
    const std::uint64_t d = a.limb[i] - key.n[i] - borrow;
    difference.limb[i] = d & kLimbMask;
    borrow = d >> 63;
  }
  if (borrow == 0) a = difference;
}

/// a := 2 a mod n, for a < n.
void double_once(Number& a, const RsaKey& key) {
  std::uint64_t carry = 0;
  for (std::uint32_t i = 0; i < key.limbs; ++i) {
    const std::uint64_t d = 2 * a.limb[i] + carry;
    a.limb[i] = d & kLimbMask;
    carry = d >> kLimbBits;
  }
  subtract_once(a, key);
}

/// a b / R mod n, for a, b < n: Montgomery's product, a row at a time.
Number product(const Number& a, const Number& b, const RsaKey& key) {
  std::uint64_t t[kRsaMaxLimbs + 1] = {};
  for (std::uint32_t i = 0; i < key.limbs; ++i) {
    const std::uint64_t first =
        t[0] + (static_cast<std::uint64_t>(Wide{a.limb[i]} * b.limb[0]) & kLimbMask);
    const std::uint64_t m = (first * key.k0) & kLimbMask;
    Wide carry = 0;
    for (std::uint32_t j = 0; j < key.limbs; ++j) {
      carry += Wide{a.limb[i]} * b.limb[j] + Wide{m} * key.n[j] + t[j];
      if (j > 0) t[j - 1] = static_cast<std::uint64_t>(carry) & kLimbMask;
      carry >>= kLimbBits;
    }
    t[key.limbs - 1] = static_cast<std::uint64_t>(carry);
  }
  Number result;
  for (std::uint32_t i = 0; i < key.limbs; ++i) result.limb[i] = t[i];
  subtract_once(result, key);
  return result;
}

/// -1/n mod 2^52: Newton's iteration doubles the correct bits of 1/n, five of which n itself has
/// right in three (n n = 1 mod 8).
std::uint64_t minus_inverse(std::uint64_t n) {
  std::uint64_t inverse = n;
  for (int i = 0; i < 5; ++i) inverse *= 2 - n * inverse;
  return (0 - inverse) & kLimbMask;
}

bool is_65537(const std::uint8_t* e, std::size_t len) {
  return len == 3 && e[0] == 1 && e[1] == 0 && e[2] == 1;
}

/// 2^bits - n < n, since n has its highest bit set: 2^bits mod n.
Number power_of_two(const RsaKey& key) {
  Number a;
  std::uint64_t borrow = 0;
  for (std::uint32_t i = 0; i < key.limbs; ++i) {
    const std::uint64_t d = 0 - key.n[i] - borrow;
    a.limb[i] = d & kLimbMask;
    borrow = d >> 63;
  }
  // So far R - n: the bits from 2^bits up go, in the last limb or the last two.
  for (std::uint32_t i = 0; i < key.limbs; ++i) {
    const std::uint32_t from = kLimbBits * i;
    if (from >= 8 * key.bytes)
      a.limb[i] = 0;
    else if (8 * key.bytes - from < kLimbBits)
      a.limb[i] &= (std::uint64_t{1} << (8 * key.bytes - from)) - 1;
  }
  return a;
}

}  // namespace

bool rsa_is_ours(const std::uint8_t* n, std::size_t n_len, const std::uint8_t* e,
                 std::size_t e_len) {
  if (n_len != 256 && n_len != 384 && n_len != 512) return false;
  return (n[0] & 0x80) != 0 && (n[n_len - 1] & 1) != 0 && is_65537(e, e_len);
}

bool rsa_prepare(const std::uint8_t* n, std::size_t n_len, const std::uint8_t* e, std::size_t e_len,
                 RsaKey* key) {
  if (!rsa_is_ours(n, n_len, e, e_len)) return false;
  *key = RsaKey{};
  key->bytes = static_cast<std::uint32_t>(n_len);
  key->limbs = static_cast<std::uint32_t>(n_len / 128 * 20);
  for (std::size_t bit = 0; bit < 8 * n_len; ++bit) {
    const std::uint64_t value = n[n_len - 1 - bit / 8] >> (bit % 8) & 1;
    key->n[bit / kLimbBits] |= value << (bit % kLimbBits);
  }
  key->k0 = minus_inverse(key->n[0]);
  // R mod n, then R 2^k mod n, whose square by Montgomery is R 2^2k: up to R^2.
  Number power = power_of_two(*key);
  const std::uint32_t r_bits = kLimbBits * key->limbs;
  for (std::uint32_t bit = 8 * key->bytes; bit < r_bits; ++bit) double_once(power, *key);
  std::uint32_t doublings = r_bits, squarings = 0;
  for (; doublings % 2 == 0; doublings /= 2) ++squarings;
  for (std::uint32_t i = 0; i < doublings; ++i) double_once(power, *key);
  // Sixteen more: R^2 is R in the Montgomery domain, and so is R^65537 the R^65536 in it.
  for (std::uint32_t i = 0; i < squarings + 16; ++i) power = product(power, power, *key);
  for (std::uint32_t i = 0; i < key->limbs; ++i) key->c[i] = power.limb[i];
  return true;
}

}  // namespace jotmill::kernels
