// The low functions of OpenSSL are old, not unsound; nothing else takes a digest of any value and a
// chosen scalar.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "support/p256_cases.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <random>
#include <utility>

#include "support/slow_edwards.h"

namespace jotmill::ecc_cases {
namespace {

struct Free {
  void operator()(EC_GROUP* p) const { EC_GROUP_free(p); }
  void operator()(EC_KEY* p) const { EC_KEY_free(p); }
  void operator()(EC_POINT* p) const { EC_POINT_free(p); }
  void operator()(ECDSA_SIG* p) const { ECDSA_SIG_free(p); }
};
void flip_bit(std::array<std::uint8_t, 64>& bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
}

}  // namespace

struct P256Cases::State {
  std::mt19937_64 random;
  unsigned window;
  std::unique_ptr<EC_GROUP, Free> group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  std::unique_ptr<BN_CTX, FreeNumber> context{BN_CTX_new()};
  Number n{BN_dup(EC_GROUP_get0_order(group.get()))};
  std::vector<Number> d;
  std::vector<std::unique_ptr<EC_KEY, Free>> ec_keys;
  std::vector<std::array<std::uint8_t, 64>> keys;
  std::vector<Number> scalars;  ///< special u
  static constexpr std::uint64_t kBeyondN = 3;
  Number large_u1, large_u2;

  State(std::uint64_t seed, unsigned w) : random(seed), window(w) {
    Number minus_one = copy(n), power = number(1);
    BN_sub_word(minus_one.get(), 1);
    BN_lshift(power.get(), power.get(), static_cast<int>(w));
    Number minus_power = number();
    BN_sub(minus_power.get(), n.get(), power.get());
    add_key(number(1));
    add_key(number(2));
    add_key(std::move(minus_one));
    add_key(std::move(power));
    add_key(std::move(minus_power));
    for (int i = 0; i < 4; ++i) add_key(below_n());
    make_scalars();
    add_key_of_large_x();
  }

  Number below_n() {
    std::array<std::uint8_t, 40> bytes;
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    Number a(BN_bin2bn(bytes.data(), 40, nullptr));
    need(BN_nnmod(a.get(), a.get(), n.get(), context.get()) == 1);
    return a;
  }

  void add_key(Number secret) {
    std::unique_ptr<EC_POINT, Free> q(EC_POINT_new(group.get()));
    need(EC_POINT_mul(group.get(), q.get(), secret.get(), nullptr, nullptr, context.get()) == 1);
    d.push_back(std::move(secret));
    add_point(*q);
  }

  /// The last key, Q = (R - u1 G) / u2 for the point R with x = n + 3, the least beyond n: what
  /// makes a good signature with r + n < p. Nobody knows its d.
  void add_key_of_large_x() {
    Number x = number(kBeyondN), inverse = number();
    BN_add(x.get(), x.get(), n.get());
    std::unique_ptr<EC_POINT, Free> q(EC_POINT_new(group.get())), part(EC_POINT_new(group.get()));
    need(EC_POINT_set_compressed_coordinates(group.get(), q.get(), x.get(), 0, context.get()) == 1);
    large_u1 = below_n(), large_u2 = below_n();
    need(EC_POINT_mul(group.get(), part.get(), large_u1.get(), nullptr, nullptr, context.get()) ==
         1);
    need(EC_POINT_invert(group.get(), part.get(), context.get()) == 1);
    need(EC_POINT_add(group.get(), q.get(), q.get(), part.get(), context.get()) == 1);
    need(BN_mod_inverse(inverse.get(), large_u2.get(), n.get(), context.get()) != nullptr);
    need(EC_POINT_mul(group.get(), q.get(), nullptr, q.get(), inverse.get(), context.get()) == 1);
    d.push_back(number());
    add_point(*q);
  }

  void add_point(const EC_POINT& q) {
    std::array<std::uint8_t, 65> bytes;
    need(EC_POINT_point2oct(group.get(), &q, POINT_CONVERSION_UNCOMPRESSED, bytes.data(), 65,
                            context.get()) == 65);
    std::unique_ptr<EC_KEY, Free> key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
    need(EC_KEY_set_public_key(key.get(), &q) == 1);
    std::array<std::uint8_t, 64> xy;
    std::copy(bytes.begin() + 1, bytes.end(), xy.begin());
    ec_keys.push_back(std::move(key));
    keys.push_back(xy);
  }

  /// 0, 1, 2, ..., their negatives, powers of two around the windows; and for each split of the
  /// windows the scalar whose two parts are equal: n has the parts A + B, and A - B = n - 2B.
  void make_scalars() {
    const auto with_negative = [&](Number a) {
      Number minus = number();
      BN_mod_sub(minus.get(), n.get(), a.get(), n.get(), context.get());
      scalars.push_back(std::move(a));
      scalars.push_back(std::move(minus));
    };
    for (std::uint64_t small = 0; small < 4; ++small) with_negative(number(small));
    for (unsigned bit = window - 1; bit < 256; bit += window) {
      Number power = number(1);
      BN_lshift(power.get(), power.get(), static_cast<int>(bit));
      BN_nnmod(power.get(), power.get(), n.get(), context.get());
      with_negative(copy(power));
      BN_sub_word(power.get(), 1);
      with_negative(std::move(power));
    }
    const unsigned windows = (256 + window - 1) / window;
    // v = (n >> 1) + 2^(wk-1); B_i its bits; digit 2 B_i - (2^w - 1).
    Number v = number(), top = number(1), part = number();
    BN_rshift1(v.get(), n.get());
    BN_lshift(top.get(), top.get(), static_cast<int>(window * windows - 1));
    BN_add(v.get(), v.get(), top.get());
    for (unsigned i = windows; i-- > 1;) {
      long b = 0;
      for (unsigned bit = window; bit-- > 0;)
        b = 2 * b + BN_is_bit_set(v.get(), static_cast<int>(window * i + bit));
      const long digit = 2 * b - ((1L << window) - 1);
      Number step = number(static_cast<std::uint64_t>(digit < 0 ? -digit : digit));
      BN_lshift(step.get(), step.get(), static_cast<int>(window * i));
      need(digit < 0 ? BN_sub(part.get(), part.get(), step.get())
                     : BN_add(part.get(), part.get(), step.get()));
      Number u = number();
      BN_lshift1(u.get(), part.get());
      BN_sub(u.get(), n.get(), u.get());
      BN_nnmod(u.get(), u.get(), n.get(), context.get());
      with_negative(std::move(u));
    }
  }

  std::size_t pick(std::size_t count) { return static_cast<std::size_t>(random() % count); }

  static void put(const BIGNUM* a, std::uint8_t* out) { need(BN_bn2binpad(a, out, 32) == 32); }

  /// OpenSSL's answer to the case as it stands.
  void judge(Case& c) {
    Number r(BN_bin2bn(c.signature.data(), 32, nullptr));
    Number s(BN_bin2bn(c.signature.data() + 32, 32, nullptr));
    std::unique_ptr<ECDSA_SIG, Free> sig(ECDSA_SIG_new());
    need(ECDSA_SIG_set0(sig.get(), r.release(), s.release()) == 1);
    c.good = ECDSA_do_verify(c.digest.data(), 32, sig.get(), ec_keys[c.key].get()) == 1;
    ERR_clear_error();
  }

  /// r = x(u1 G + u2 Q), s = r / u2, digest = u1 s: good for any u1 and u2 but u2 = 0 and the sum
  /// at infinity; there r and s are random.
  /// `r_fits` false: any r, so the signature is bad, with the same u1 and u2.
  void put_chosen(Case& c, const Number& u1, const Number& u2, bool r_fits = true) {
    std::unique_ptr<EC_POINT, Free> sum(EC_POINT_new(group.get()));
    need(EC_POINT_mul(group.get(), sum.get(), u1.get(),
                      EC_KEY_get0_public_key(ec_keys[c.key].get()), u2.get(), context.get()) == 1);
    Number r = below_n(), s = below_n(), e = number();
    if (r_fits && EC_POINT_is_at_infinity(group.get(), sum.get()) != 1) {
      need(EC_POINT_get_affine_coordinates(group.get(), sum.get(), r.get(), nullptr,
                                           context.get()) == 1);
      BN_nnmod(r.get(), r.get(), n.get(), context.get());
    }
    if (!BN_is_zero(u2.get())) {
      need(BN_mod_inverse(s.get(), u2.get(), n.get(), context.get()) != nullptr);
      BN_mod_mul(s.get(), s.get(), r.get(), n.get(), context.get());
    }
    BN_mod_mul(e.get(), u1.get(), s.get(), n.get(), context.get());
    put(r.get(), c.signature.data());
    put(s.get(), c.signature.data() + 32);
    put(e.get(), c.digest.data());
  }
};

P256Cases::P256Cases(std::uint64_t seed, unsigned window)
    : state_(std::make_unique<State>(seed, window)) {}
P256Cases::~P256Cases() = default;
const std::vector<std::array<std::uint8_t, 64>>& P256Cases::keys() const { return state_->keys; }

Case P256Cases::good() {
  State& m = *state_;
  Case c;
  c.what = "good";
  c.key = m.pick(m.keys.size());
  m.put_chosen(c, m.below_n(), m.below_n());
  m.judge(c);
  need(c.good);
  return c;
}

Case P256Cases::altered() {
  State& m = *state_;
  Case c = good();
  const std::size_t half = 32 * m.pick(2);
  Number edge = copy(m.n);
  switch (m.pick(8)) {
    case 0:
    case 1: c.what = "bit of the signature", flip_bit(c.signature, m.pick(64 * 8)); break;
    case 2: c.what = "bit of the digest", flip_bit(c.digest, m.pick(32 * 8)); break;
    case 3: c.what = "another key", c.key = m.pick(m.keys.size()); break;
    case 4:
    case 5: {
      c.what = "edge of the range";
      const std::size_t which = m.pick(6);
      if (which < 3) BN_set_word(edge.get(), which);
      if (which == 3) BN_sub_word(edge.get(), 1);
      if (which == 5) BN_add_word(edge.get(), 1);
      State::put(edge.get(), c.signature.data() + half);
      break;
    }
    case 6: {
      c.what = "n - s";
      const Number s(BN_bin2bn(c.signature.data() + 32, 32, nullptr));
      BN_sub(edge.get(), edge.get(), s.get());
      State::put(edge.get(), c.signature.data() + 32);
      break;
    }
    default:
      c.what = "all ones";
      for (std::size_t i = 0; i < 32; ++i) c.signature[half + i] = 0xFF;
      break;
  }
  m.judge(c);
  // r = 1 and r = 2 are small enough for r + n to be a coordinate.
  c.special = c.what == "edge of the range";
  return c;
}

Case P256Cases::crafted() {
  State& m = *state_;
  Case c;
  c.special = true;
  c.key = m.pick(m.keys.size());
  const Number& special = m.scalars[m.pick(m.scalars.size())];
  switch (m.pick(7)) {
    case 0: c.what = "u1", m.put_chosen(c, special, m.below_n()); break;
    case 1: c.what = "u2", m.put_chosen(c, m.below_n(), special); break;
    case 2:
      c.what = "u1 and u2";
      m.put_chosen(c, special, m.scalars[m.pick(m.scalars.size())]);
      break;
    case 3: {
      c.what = "u1 G = +-u2 Q";  // u1 = +-u2 d
      const Number u2 = m.below_n();
      Number u1 = number();
      BN_mod_mul(u1.get(), u2.get(), m.d[c.key].get(), m.n.get(), m.context.get());
      if (m.pick(2) == 0) BN_sub(u1.get(), m.n.get(), u1.get());
      // Equal points and another r: dx = dy = 0, which the equation of the last merge takes for
      // good.
      m.put_chosen(c, u1, u2, m.pick(2) == 0);
      break;
    }
    case 4: {
      c.what = "digest 0 or n";
      m.put_chosen(c, number(0), m.below_n());
      if (m.pick(2) == 0) State::put(m.n.get(), c.digest.data());
      break;
    }
    case 5: {
      c.what = "x beyond n";
      c.key = m.keys.size() - 1;
      m.put_chosen(c, m.large_u1, m.large_u2);
      // The coordinate itself is no r.
      Number r = number(State::kBeyondN);
      BN_add(r.get(), r.get(), m.n.get());
      if (m.pick(2) == 0) State::put(r.get(), c.signature.data());
      break;
    }
    default: {
      c.what = "tiny r";
      m.put_chosen(c, m.below_n(), m.below_n());
      for (std::size_t i = 0; i < 16 + m.pick(16); ++i) c.signature[i] = 0;
      break;
    }
  }
  m.judge(c);
  return c;
}

}  // namespace jotmill::ecc_cases
