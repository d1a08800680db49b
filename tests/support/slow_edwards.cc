#include "support/slow_edwards.h"

#include <openssl/err.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace jotmill::ecc_cases {

void need(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL failed while a test case was made");
}
Number number(std::uint64_t value) {
  Number n(BN_new());
  need(n && BN_set_word(n.get(), value) == 1);
  return n;
}
Number copy(const Number& a) { return Number(BN_dup(a.get())); }

Number SlowEdwards::times(const Number& a, const Number& b) const {
  Number out = number();
  need(BN_mod_mul(out.get(), a.get(), b.get(), p_.get(), context_.get()) == 1);
  return out;
}
Number SlowEdwards::plus(const Number& a, const Number& b) const {
  Number out = number();
  need(BN_mod_add(out.get(), a.get(), b.get(), p_.get(), context_.get()) == 1);
  return out;
}
Number SlowEdwards::minus(const Number& a, const Number& b) const {
  Number out = number();
  need(BN_mod_sub(out.get(), a.get(), b.get(), p_.get(), context_.get()) == 1);
  return out;
}

SlowEdwards::SlowEdwards() : p_(number(1)), l_(number(1)) {
  BN_lshift(p_.get(), p_.get(), 255);
  BN_sub_word(p_.get(), 19);
  BIGNUM* low = nullptr;
  need(BN_dec2bn(&low, "27742317777372353535851937790883648493") != 0);
  const Number low_number(low);
  BN_lshift(l_.get(), l_.get(), 252);
  BN_add(l_.get(), l_.get(), low);
  Number inverse = number(121666);
  need(BN_mod_inverse(inverse.get(), inverse.get(), p_.get(), context_.get()) != nullptr);
  d_ = minus(number(0), times(number(121665), inverse));
  d2_ = plus(d_, d_);
  Bytes32 bytes;  // y = 4/5
  bytes.fill(0x66);
  bytes[0] = 0x58;
  base_ = std::move(*decode(bytes));
}

SlowEdwards::Point SlowEdwards::neutral() const {
  return {number(0), number(1), number(1), number(0)};
}

SlowEdwards::Point SlowEdwards::negate(const Point& p) const {
  return {minus(number(0), p.x), copy(p.y), copy(p.z), minus(number(0), p.t)};
}

SlowEdwards::Point SlowEdwards::add(const Point& p, const Point& q) const {
  const Number a = times(minus(p.y, p.x), minus(q.y, q.x));
  const Number b = times(plus(p.y, p.x), plus(q.y, q.x));
  const Number c = times(times(p.t, d2_), q.t);
  const Number zz = times(p.z, q.z), d = plus(zz, zz);
  const Number e = minus(b, a), f = minus(d, c), g = plus(d, c), h = plus(b, a);
  return {times(e, f), times(g, h), times(f, g), times(e, h)};
}

SlowEdwards::Point SlowEdwards::multiply(const Point& p, const Number& scalar) const {
  Point out = neutral();
  for (int bit = BN_num_bits(scalar.get()); bit-- > 0;) {
    out = add(out, out);
    if (BN_is_bit_set(scalar.get(), bit)) out = add(out, p);
  }
  return out;
}

SlowEdwards::Bytes32 SlowEdwards::encode(const Point& p) const {
  Number inverse = number();
  need(BN_mod_inverse(inverse.get(), p.z.get(), p_.get(), context_.get()) != nullptr);
  const Number x = times(p.x, inverse), y = times(p.y, inverse);
  Bytes32 bytes;
  need(BN_bn2lebinpad(y.get(), bytes.data(), 32) == 32);
  if (BN_is_odd(x.get())) bytes[31] |= 0x80;
  return bytes;
}

std::optional<SlowEdwards::Point> SlowEdwards::decode(const Bytes32& bytes) const {
  Bytes32 plain = bytes;
  const bool sign = (plain[31] & 0x80) != 0;
  plain[31] &= 0x7F;
  Number y(BN_lebin2bn(plain.data(), 32, nullptr));
  const Number yy = times(y, y);
  Number den = plus(times(d_, yy), number(1));
  need(BN_mod_inverse(den.get(), den.get(), p_.get(), context_.get()) != nullptr);
  const Number xx = times(minus(yy, number(1)), den);
  Number x = number();
  if (BN_mod_sqrt(x.get(), xx.get(), p_.get(), context_.get()) == nullptr) {
    ERR_clear_error();
    return std::nullopt;
  }
  if ((BN_is_odd(x.get()) == 1) != sign) x = minus(number(0), x);
  Number t = times(x, y);
  return Point{std::move(x), std::move(y), number(1), std::move(t)};
}

}  // namespace jotmill::ecc_cases
