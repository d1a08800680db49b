#ifndef JOTMILL_TESTS_SUPPORT_SLOW_EDWARDS_H_
#define JOTMILL_TESTS_SUPPORT_SLOW_EDWARDS_H_

#include <openssl/bn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace jotmill::ecc_cases {

struct FreeNumber {
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BN_CTX* p) const { BN_CTX_free(p); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;

void need(bool ok);
Number number(std::uint64_t value = 0);
Number copy(const Number& a);

/// Edwards25519 by the formulas of RFC 8032 s5.1.4 on OpenSSL's numbers: complete, slow, and in
/// another form than the kernel's.
class SlowEdwards {
 public:
  SlowEdwards();
  using Bytes32 = std::array<std::uint8_t, 32>;
  struct Point {
    Number x, y, z, t;
  };

  const Number& order() const { return l_; }
  const Point& base() const { return base_; }
  BN_CTX* context() const { return context_.get(); }

  Point neutral() const;
  Point add(const Point& p, const Point& q) const;
  Point negate(const Point& p) const;
  Point multiply(const Point& p, const Number& scalar) const;
  Bytes32 encode(const Point& p) const;
  std::optional<Point> decode(const Bytes32& bytes) const;

 private:
  Number times(const Number& a, const Number& b) const;
  Number plus(const Number& a, const Number& b) const;
  Number minus(const Number& a, const Number& b) const;

  std::unique_ptr<BN_CTX, FreeNumber> context_{BN_CTX_new()};
  Number p_, l_, d_, d2_;
  Point base_;
};

}  // namespace jotmill::ecc_cases

#endif  // JOTMILL_TESTS_SUPPORT_SLOW_EDWARDS_H_
