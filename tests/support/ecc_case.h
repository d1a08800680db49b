#ifndef JOTMILL_TESTS_SUPPORT_ECC_CASE_H_
#define JOTMILL_TESTS_SUPPORT_ECC_CASE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace jotmill::ecc_cases {

/// One signature for a curve's kernel, and what it is worth.
struct Case {
  std::string what;
  std::size_t key = 0;                       ///< index into the source's keys()
  std::array<std::uint8_t, 64> signature{};  ///< as in a token
  std::array<std::uint8_t, 64> digest{};     ///< P-256 uses the first 32 bytes
  bool good = false;
  bool special = false;  ///< the kernel may ask for the scalar verifier; never for another one
};

}  // namespace jotmill::ecc_cases

#endif  // JOTMILL_TESTS_SUPPORT_ECC_CASE_H_
