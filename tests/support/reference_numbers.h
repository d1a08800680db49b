#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_NUMBERS_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_NUMBERS_H_

#include <openssl/bn.h>

#include <memory>
#include <string>
#include <string_view>

namespace jotmill::reference {

struct FreeBignum {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using Number = std::unique_ptr<BIGNUM, FreeBignum>;

inline Number number_from_bytes(std::string_view big_endian) {
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(big_endian.data()),
                          static_cast<int>(big_endian.size()), nullptr));
}

inline Number number_from_little_endian(std::string_view bytes) {
  return Number(BN_lebin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                            static_cast<int>(bytes.size()), nullptr));
}

inline Number number_from_hex(const char* hex) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, hex);
  return Number(number);
}

inline bool less(const Number& a, const Number& b) { return BN_cmp(a.get(), b.get()) < 0; }
inline bool equal(const Number& a, const Number& b) { return BN_cmp(a.get(), b.get()) == 0; }

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_NUMBERS_H_
