#include "keys/curves.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <array>
#include <new>

#include "core/check.h"

namespace jotmill {
namespace {

struct Free {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_clear_free(point); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Number = std::unique_ptr<BIGNUM, Free>;

// The number functions fail for want of memory alone when their operands are sound.
void need(int ok) {
  if (ok != 1) throw std::bad_alloc();
}
template <typename T>
T* need_pointer(T* pointer) {
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}
Number new_number() { return Number(need_pointer(BN_new())); }

void set_bytes(BIGNUM* number, Bytes bytes) {
  need_pointer(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), number));
}

// Leaves no word of ours in the library's per-thread error queue, whichever way the function ends.
struct ErrorQueueGuard {
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

constexpr std::size_t kEcCurves = 4;
constexpr std::array<int, kEcCurves> kCurveIds = {NID_X9_62_prime256v1, NID_secp384r1,
                                                  NID_secp521r1, NID_secp256k1};
std::size_t ec_index(Curve curve) {
  JM_CHECK(curve >= Curve::kP256 && curve <= Curve::kSecp256k1);
  return static_cast<std::size_t>(curve) - static_cast<std::size_t>(Curve::kP256);
}

}  // namespace

std::size_t coordinate_bytes(Curve curve) {
  switch (curve) {
    case Curve::kP256:
    case Curve::kSecp256k1:
    case Curve::kEd25519: return 32;
    case Curve::kP384: return 48;
    case Curve::kP521: return 66;
    case Curve::kEd448: return 57;
    case Curve::kNone: break;
  }
  return 0;
}

std::uint32_t curve_bits(Curve curve) {
  switch (curve) {
    case Curve::kP256:
    case Curve::kSecp256k1: return 256;
    case Curve::kP384: return 384;
    case Curve::kP521: return 521;
    case Curve::kEd25519: return 255;
    case Curve::kEd448: return 448;
    case Curve::kNone: break;
  }
  return 0;
}

struct CurveArithmetic::State {
  struct Weierstrass {
    std::unique_ptr<EC_GROUP, Free> group;
    Number p, a, b;
  };
  // a x^2 + y^2 = 1 + d x^2 y^2 over the field of p, a = 1 or -1; order of a point times
  // 2^cofactor_log2.
  struct Edwards {
    Number p, d;
    bool a_is_minus_one = false;
    int cofactor_log2 = 0;
  };

  std::unique_ptr<BN_CTX, Free> context{need_pointer(BN_CTX_new())};
  std::array<Weierstrass, kEcCurves> ec;
  Edwards ed25519, ed448;
  // Working numbers; no function keeps anything in them from call to call.
  Number x = new_number(), y = new_number(), left = new_number(), right = new_number();
  // A point of an Edwards curve without the sign of its x: y and x^2 as quotients, and the squares
  // of the two parts of y.
  Number y_num = new_number(), y_den = new_number(), y_num2 = new_number(), y_den2 = new_number();
  Number x2_num = new_number(), x2_den = new_number();

  State() {
    for (std::size_t i = 0; i < kEcCurves; ++i) {
      Weierstrass& curve = ec[i];
      curve.group.reset(need_pointer(EC_GROUP_new_by_curve_name(kCurveIds[i])));
      curve.p = new_number(), curve.a = new_number(), curve.b = new_number();
      need(EC_GROUP_get_curve(curve.group.get(), curve.p.get(), curve.a.get(), curve.b.get(),
                              context.get()));
    }
    make_ed25519();
    make_ed448();
  }

  // RFC 8032 s5.1: p = 2^255 - 19, a = -1, d = -121665/121666, cofactor 8.
  void make_ed25519() {
    ed25519.p = new_number(), ed25519.d = new_number();
    BIGNUM* p = ed25519.p.get();
    need(BN_set_bit(p, 255));
    need(BN_sub_word(p, 19));
    need(BN_set_word(x.get(), 121666));
    need_pointer(BN_mod_inverse(x.get(), x.get(), p, context.get()));
    need(BN_set_word(y.get(), 121665));
    mul(y.get(), y.get(), x.get(), p);
    need(BN_sub(ed25519.d.get(), p, y.get()));
    ed25519.a_is_minus_one = true;
    ed25519.cofactor_log2 = 3;
  }

  // RFC 8032 s5.2: p = 2^448 - 2^224 - 1, a = 1, d = -39081, cofactor 4.
  void make_ed448() {
    ed448.p = new_number(), ed448.d = new_number();
    BIGNUM* p = ed448.p.get();
    need(BN_set_bit(p, 448));
    need(BN_one(x.get()));
    need(BN_lshift(x.get(), x.get(), 224));
    need(BN_sub(p, p, x.get()));
    need(BN_sub_word(p, 1));
    need_pointer(BN_copy(ed448.d.get(), p));
    need(BN_sub_word(ed448.d.get(), 39081));
    ed448.cofactor_log2 = 2;
  }

  void mul(BIGNUM* out, const BIGNUM* a, const BIGNUM* b, const BIGNUM* p) {
    need(BN_mod_mul(out, a, b, p, context.get()));
  }

  // x^2 = (1 - y^2) / (a - d y^2), both parts times -1 when a is -1.
  void find_x_squared(const Edwards& c) {
    const BIGNUM* p = c.p.get();
    mul(y_num2.get(), y_num.get(), y_num.get(), p);
    mul(y_den2.get(), y_den.get(), y_den.get(), p);
    mul(x2_den.get(), y_num2.get(), c.d.get(), p);
    if (c.a_is_minus_one) {
      need(BN_mod_sub_quick(x2_num.get(), y_num2.get(), y_den2.get(), p));
      need(BN_mod_add_quick(x2_den.get(), x2_den.get(), y_den2.get(), p));
    } else {
      need(BN_mod_sub_quick(x2_num.get(), y_den2.get(), y_num2.get(), p));
      need(BN_mod_sub_quick(x2_den.get(), y_den2.get(), x2_den.get(), p));
    }
  }

  // y of twice the point: (y^2 - a x^2) / (1 - d x^2 y^2), from x^2 and the squares as found above.
  void double_y(const Edwards& c) {
    const BIGNUM* p = c.p.get();
    mul(left.get(), y_num2.get(), x2_den.get(), p);
    mul(right.get(), x2_num.get(), y_den2.get(), p);
    need(c.a_is_minus_one ? BN_mod_add_quick(y_num.get(), left.get(), right.get(), p)
                          : BN_mod_sub_quick(y_num.get(), left.get(), right.get(), p));
    mul(left.get(), y_den2.get(), x2_den.get(), p);
    mul(right.get(), x2_num.get(), y_num2.get(), p);
    mul(right.get(), right.get(), c.d.get(), p);
    need(BN_mod_sub_quick(y_den.get(), left.get(), right.get(), p));
  }

  Point affine(Curve curve, const EC_POINT* point) {
    const EC_GROUP* group = ec[ec_index(curve)].group.get();
    need(EC_POINT_get_affine_coordinates(group, point, x.get(), y.get(), context.get()));
    const std::size_t size = coordinate_bytes(curve);
    Point result{std::vector<std::uint8_t>(size), std::vector<std::uint8_t>(size)};
    JM_CHECK(BN_bn2binpad(x.get(), result.first.data(), static_cast<int>(size)) >= 0);
    JM_CHECK(BN_bn2binpad(y.get(), result.second.data(), static_cast<int>(size)) >= 0);
    return result;
  }
};

CurveArithmetic::CurveArithmetic() : state_(std::make_unique<State>()) {}
CurveArithmetic::~CurveArithmetic() = default;
CurveArithmetic::CurveArithmetic(CurveArithmetic&&) noexcept = default;

bool CurveArithmetic::on_curve(Curve curve, Bytes x, Bytes y) {
  const ErrorQueueGuard guard;
  State& m = *state_;
  const State::Weierstrass& c = m.ec[ec_index(curve)];
  const BIGNUM* p = c.p.get();
  set_bytes(m.x.get(), x);
  set_bytes(m.y.get(), y);
  if (BN_cmp(m.x.get(), p) >= 0 || BN_cmp(m.y.get(), p) >= 0) return false;
  m.mul(m.right.get(), m.x.get(), m.x.get(), p);  // ((x^2 + a) x + b
  need(BN_mod_add_quick(m.right.get(), m.right.get(), c.a.get(), p));
  m.mul(m.right.get(), m.right.get(), m.x.get(), p);
  need(BN_mod_add_quick(m.right.get(), m.right.get(), c.b.get(), p));
  m.mul(m.left.get(), m.y.get(), m.y.get(), p);
  return BN_cmp(m.left.get(), m.right.get()) == 0;
}

std::optional<CurveArithmetic::Point> CurveArithmetic::decompress(Curve curve, Bytes x,
                                                                  bool y_is_odd) {
  const ErrorQueueGuard guard;
  State& m = *state_;
  const State::Weierstrass& c = m.ec[ec_index(curve)];
  set_bytes(m.x.get(), x);
  if (BN_cmp(m.x.get(), c.p.get()) >= 0) return std::nullopt;
  const std::unique_ptr<EC_POINT, Free> point(need_pointer(EC_POINT_new(c.group.get())));
  if (EC_POINT_set_compressed_coordinates(c.group.get(), point.get(), m.x.get(), y_is_odd ? 1 : 0,
                                          m.context.get()) != 1) {
    return std::nullopt;
  }
  return m.affine(curve, point.get());
}

std::optional<CurveArithmetic::Point> CurveArithmetic::public_point(Curve curve, Bytes scalar) {
  const ErrorQueueGuard guard;
  State& m = *state_;
  const State::Weierstrass& c = m.ec[ec_index(curve)];
  if (scalar.size() > 2 * coordinate_bytes(curve)) return std::nullopt;
  const Number d = new_number();  // wiped when it goes
  set_bytes(d.get(), scalar);
  if (BN_is_zero(d.get()) || BN_cmp(d.get(), EC_GROUP_get0_order(c.group.get())) >= 0) {
    return std::nullopt;
  }
  const std::unique_ptr<EC_POINT, Free> point(need_pointer(EC_POINT_new(c.group.get())));
  need(EC_POINT_mul(c.group.get(), point.get(), d.get(), nullptr, nullptr, m.context.get()));
  return m.affine(curve, point.get());
}

// y < p in little endian with the sign of x in the top bit (RFC 8032 s5.1.2, s5.2.2). A quotient
// N/D has a square root just when N D has one, so x itself is never worked out. A point has small
// order when log2(cofactor) doublings lead to the neutral element, the one point with y = 1.
CurveArithmetic::Okp CurveArithmetic::check_okp(Curve curve, Bytes encoded) {
  const ErrorQueueGuard guard;
  JM_CHECK(encoded.size() == coordinate_bytes(curve));
  State& m = *state_;
  const State::Edwards& c = curve == Curve::kEd25519 ? m.ed25519 : m.ed448;
  std::vector<std::uint8_t> big_endian(encoded.rbegin(), encoded.rend());
  const bool sign = (big_endian[0] & 0x80) != 0;
  big_endian[0] &= 0x7F;
  set_bytes(m.y_num.get(), big_endian);
  if (BN_cmp(m.y_num.get(), c.p.get()) >= 0) return Okp::kNonCanonical;
  need(BN_one(m.y_den.get()));

  m.find_x_squared(c);
  if (BN_is_zero(m.x2_num.get()) && sign) return Okp::kNonCanonical;
  m.mul(m.left.get(), m.x2_num.get(), m.x2_den.get(), c.p.get());
  const int symbol = BN_kronecker(m.left.get(), c.p.get(), m.context.get());
  if (symbol < -1) throw std::bad_alloc();
  if (symbol == -1) return Okp::kNotOnCurve;

  for (int doubling = 0; doubling < c.cofactor_log2; ++doubling) {
    if (doubling > 0) m.find_x_squared(c);
    m.double_y(c);
  }
  return BN_cmp(m.y_num.get(), m.y_den.get()) == 0 ? Okp::kSmallOrder : Okp::kGood;
}

std::optional<std::vector<std::uint8_t>> CurveArithmetic::okp_public(Curve curve, Bytes seed) {
  const ErrorQueueGuard guard;
  if (seed.size() != coordinate_bytes(curve)) return std::nullopt;
  const int type = curve == Curve::kEd25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448;
  const std::unique_ptr<EVP_PKEY, Free> key(
      need_pointer(EVP_PKEY_new_raw_private_key(type, nullptr, seed.data(), seed.size())));
  std::vector<std::uint8_t> result(coordinate_bytes(curve));
  std::size_t length = result.size();
  need(EVP_PKEY_get_raw_public_key(key.get(), result.data(), &length));
  JM_CHECK(length == result.size());
  return result;
}

}  // namespace jotmill
