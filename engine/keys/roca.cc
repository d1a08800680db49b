#include <algorithm>
#include <array>

#include "keys/prepare.h"

namespace jotmill {
namespace {

// Primes p for which the powers of 65537 are fewer than p - 1 numbers, in groups whose product fits
// 32 bits: one pass over the modulus serves a group. M. Nemec et al., "The Return of Coppersmith's
// Attack", CCS 2017, s2.2. The first group alone turns nearly every sound modulus away.
constexpr std::array<std::array<std::uint32_t, 5>, 4> kGroups = {
    {{11, 13, 17, 19, 37}, {53, 61, 71, 73, 1}, {79, 97, 103, 107, 1}, {109, 127, 151, 157, 1}}};

std::uint32_t remainder(Bytes n, std::uint32_t modulus) {
  std::uint64_t rest = 0;
  std::size_t i = 0;
  for (; (n.size() - i) % 4 != 0; ++i) rest = (rest << 8 | n[i]) % modulus;
  for (; i < n.size(); i += 4) {
    const std::uint32_t word = std::uint32_t{n[i]} << 24 | std::uint32_t{n[i + 1]} << 16 |
                               std::uint32_t{n[i + 2]} << 8 | n[i + 3];
    rest = (rest << 32 | word) % modulus;
  }
  return static_cast<std::uint32_t>(rest);
}

bool is_power_of_65537(std::uint32_t value, std::uint32_t prime) {
  std::uint32_t power = 1;
  do {
    if (power == value) return true;
    power = power * 65537 % prime;
  } while (power != 1);
  return false;
}

}  // namespace

bool has_roca_fingerprint(Bytes n) {
  return std::all_of(kGroups.begin(), kGroups.end(), [&](const auto& group) {
    std::uint32_t product = 1;
    for (const std::uint32_t prime : group) product *= prime;
    const std::uint32_t rest = remainder(n, product);
    return std::all_of(group.begin(), group.end(), [&](std::uint32_t prime) {
      return prime == 1 || is_power_of_65537(rest % prime, prime);
    });
  });
}

}  // namespace jotmill
