#include "support/ed25519_cases.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <random>
#include <string_view>
#include <utility>

#include "support/slow_edwards.h"

namespace jotmill::ecc_cases {
namespace {

using Bytes32 = SlowEdwards::Bytes32;

struct FreeKey {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeKey>;

Bytes32 unhex(std::string_view text) {
  Bytes32 out{};
  for (std::size_t i = 0; i < 32; ++i)
    out[i] = static_cast<std::uint8_t>(std::stoi(std::string(text.substr(2 * i, 2)), nullptr, 16));
  return out;
}

/// The eight points whose order divides 8.
std::vector<Bytes32> small_order_points() {
  std::vector<Bytes32> points;
  for (const std::string_view text :
       {"0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"})
    points.push_back(unhex(text));
  return points;
}

/// p + `over`, the sign bit of x as asked for: no canonical y.
Bytes32 above_prime(unsigned over, bool sign) {
  Bytes32 bytes;
  bytes.fill(0xFF);
  bytes[0] = static_cast<std::uint8_t>(0xED + over);
  bytes[31] = sign ? 0xFF : 0x7F;
  return bytes;
}

void flip_bit(std::array<std::uint8_t, 64>& bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
}

}  // namespace

struct Ed25519Cases::State {
  std::mt19937_64 random;
  SlowEdwards curve;
  std::vector<Key> pairs;  ///< null for B and -B
  std::vector<Number> secrets;
  std::vector<Bytes32> keys;
  std::vector<Number> scalars;
  Context context{EVP_MD_CTX_new()};

  State(std::uint64_t seed, unsigned window) : random(seed) {
    Number minus_one = copy(curve.order());
    BN_sub_word(minus_one.get(), 1);
    keys.push_back(curve.encode(curve.base()));
    keys.push_back(curve.encode(curve.negate(curve.base())));
    secrets.push_back(number(1));
    secrets.push_back(std::move(minus_one));
    pairs.resize(2);
    for (int i = 0; i < 4; ++i) add_pair();
    make_scalars(window);
  }

  std::size_t pick(std::size_t count) { return static_cast<std::size_t>(random() % count); }

  void add_pair() {
    Bytes32 seed;
    for (std::uint8_t& byte : seed) byte = static_cast<std::uint8_t>(random());
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), 32));
    Bytes32 bytes;
    std::size_t length = 32;
    need(key && EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &length) == 1);
    // The scalar of RFC 8032 s5.1.5.
    std::array<std::uint8_t, 64> hash = sha512({}, {}, {seed.data(), 32});
    hash[0] &= 0xF8;
    hash[31] = static_cast<std::uint8_t>((hash[31] & 0x7F) | 0x40);
    Number secret(BN_lebin2bn(hash.data(), 32, nullptr));
    BN_nnmod(secret.get(), secret.get(), curve.order().get(), curve.context());
    pairs.push_back(std::move(key));
    secrets.push_back(std::move(secret));
    keys.push_back(bytes);
  }

  struct View {
    const std::uint8_t* data = nullptr;
    std::size_t size = 0;
  };
  std::array<std::uint8_t, 64> sha512(View a, View b, View c) {
    std::array<std::uint8_t, 64> out;
    need(EVP_DigestInit_ex(context.get(), EVP_sha512(), nullptr) == 1);
    for (const View& part : {a, b, c}) EVP_DigestUpdate(context.get(), part.data, part.size);
    need(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
    return out;
  }

  void make_scalars(unsigned w) {
    const Number& l = curve.order();
    const auto with_negative = [&](Number a) {
      Number minus = number();
      BN_mod_sub(minus.get(), l.get(), a.get(), l.get(), curve.context());
      scalars.push_back(std::move(a));
      scalars.push_back(std::move(minus));
    };
    for (std::uint64_t small = 0; small < 4; ++small) with_negative(number(small));
    for (unsigned bit = w - 1; bit < 252; bit += w) {
      Number power = number(1);
      BN_lshift(power.get(), power.get(), static_cast<int>(bit));
      with_negative(copy(power));
      BN_sub_word(power.get(), 1);
      with_negative(std::move(power));
    }
    // As for P-256: l = A + B by its digits, and the scalar is A - B = l - 2B.
    const unsigned windows = (253 + w - 1) / w;
    Number v = number(), top = number(1), part = number();
    BN_rshift1(v.get(), l.get());
    BN_lshift(top.get(), top.get(), static_cast<int>(w * windows - 1));
    BN_add(v.get(), v.get(), top.get());
    for (unsigned i = windows; i-- > 1;) {
      long b = 0;
      for (unsigned bit = w; bit-- > 0;)
        b = 2 * b + BN_is_bit_set(v.get(), static_cast<int>(w * i + bit));
      const long digit = 2 * b - ((1L << w) - 1);
      Number step = number(static_cast<std::uint64_t>(digit < 0 ? -digit : digit));
      BN_lshift(step.get(), step.get(), static_cast<int>(w * i));
      need((digit < 0 ? BN_sub : BN_add)(part.get(), part.get(), step.get()) == 1);
      Number u = number();
      BN_lshift1(u.get(), part.get());
      BN_sub(u.get(), l.get(), u.get());
      BN_nnmod(u.get(), u.get(), l.get(), curve.context());
      with_negative(std::move(u));
    }
  }

  /// The digest for the kernel, and OpenSSL's answer.
  void judge(Case& c, const std::array<std::uint8_t, 24>& message) {
    c.digest = sha512({c.signature.data(), 32}, {keys[c.key].data(), 32},
                      {message.data(), message.size()});
    const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, keys[c.key].data(), 32));
    EVP_MD_CTX_reset(context.get());
    need(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    c.good = EVP_DigestVerify(context.get(), c.signature.data(), 64, message.data(),
                              message.size()) == 1;
    ERR_clear_error();
    EVP_MD_CTX_reset(context.get());
  }

  std::array<std::uint8_t, 24> any_message() {
    std::array<std::uint8_t, 24> message;
    for (std::uint8_t& byte : message) byte = static_cast<std::uint8_t>(random());
    return message;
  }

  Case sign(const std::array<std::uint8_t, 24>& message) {
    Case c;
    c.what = "good";
    c.key = 2 + pick(keys.size() - 2);
    EVP_MD_CTX_reset(context.get());
    need(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pairs[c.key].get()) == 1);
    std::size_t length = 64;
    need(EVP_DigestSign(context.get(), c.signature.data(), &length, message.data(),
                        message.size()) == 1);
    EVP_MD_CTX_reset(context.get());
    return c;
  }

  void put_s(Case& c, const Number& s) {
    need(BN_bn2lebinpad(s.get(), c.signature.data() + 32, 32) == 32);
  }
};

Ed25519Cases::Ed25519Cases(std::uint64_t seed, unsigned window)
    : state_(std::make_unique<State>(seed, window)) {}
Ed25519Cases::~Ed25519Cases() = default;
const std::vector<Bytes32>& Ed25519Cases::keys() const { return state_->keys; }

std::vector<Bytes32> Ed25519Cases::unsuitable_keys() {
  State& m = *state_;
  std::vector<Bytes32> out = small_order_points();
  const auto sound = m.curve.decode(m.keys[2]);
  for (const Bytes32& bytes : small_order_points()) {
    const auto torsion = m.curve.decode(bytes);
    if (bytes[0] != 1) out.push_back(m.curve.encode(m.curve.add(*sound, *torsion)));
  }
  for (unsigned over = 0; over < 19; ++over) out.push_back(above_prime(over, over % 2 == 1));
  Bytes32 no_point{};
  for (no_point[0] = 2; m.curve.decode(no_point); ++no_point[0]) {
  }
  out.push_back(no_point);
  return out;
}

Case Ed25519Cases::good() {
  State& m = *state_;
  const auto message = m.any_message();
  Case c = m.sign(message);
  m.judge(c, message);
  need(c.good);
  return c;
}

Case Ed25519Cases::altered() {
  State& m = *state_;
  auto message = m.any_message();
  Case c = m.sign(message);
  Number s(BN_lebin2bn(c.signature.data() + 32, 32, nullptr));
  const auto put_r = [&](const Bytes32& r) { std::copy(r.begin(), r.end(), c.signature.begin()); };
  switch (m.pick(9)) {
    case 0: c.what = "bit of the signature", flip_bit(c.signature, m.pick(512)); break;
    case 1: c.what = "sign of R", flip_bit(c.signature, 255); break;
    case 2:
      c.what = "S + l";
      BN_add(s.get(), s.get(), m.curve.order().get());
      m.put_s(c, s);
      break;
    case 3:
      c.what = "S at an edge";
      s = m.pick(2) == 0 ? number(m.pick(2)) : copy(m.curve.order());
      if (BN_num_bits(s.get()) > 1 && m.pick(2) == 0) BN_sub_word(s.get(), 1);
      m.put_s(c, s);
      break;
    case 4: c.what = "R of small order", put_r(small_order_points()[m.pick(8)]); break;
    case 5:
      c.what = "R not canonical";
      put_r(above_prime(static_cast<unsigned>(m.pick(19)), m.pick(2) == 0));
      break;
    case 6: c.what = "another key", c.key = m.pick(m.keys.size()); break;
    case 7: c.what = "another message", message[m.pick(24)] ^= 1; break;
    default:
      c.what = "all ones";
      for (std::size_t i = 0; i < 32; ++i) c.signature[32 + i] = 0xFF;
      break;
  }
  m.judge(c, message);
  c.special = c.what == "S at an edge";
  return c;
}

Case Ed25519Cases::crafted() {
  State& m = *state_;
  const Number& l = m.curve.order();
  Case c;
  c.special = true;
  c.key = m.pick(m.keys.size());
  const auto any = [&] {
    Bytes32 bytes;
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(m.random());
    Number a(BN_lebin2bn(bytes.data(), 32, nullptr));
    BN_nnmod(a.get(), a.get(), l.get(), m.curve.context());
    return a;
  };
  const auto special = [&] { return copy(m.scalars[m.pick(m.scalars.size())]); };
  Number s = any(), h = any();
  switch (m.pick(4)) {
    case 0: c.what = "S", s = special(); break;
    case 1: c.what = "h", h = special(); break;
    case 2: c.what = "S and h", s = special(), h = special(); break;
    default:
      c.what = "S B = +-h A";
      BN_mod_mul(s.get(), h.get(), m.secrets[c.key].get(), l.get(), m.curve.context());
      if (m.pick(2) == 0) BN_mod_sub(s.get(), l.get(), s.get(), l.get(), m.curve.context());
      break;
  }
  Number r = number();
  BN_mod_mul(r.get(), h.get(), m.secrets[c.key].get(), l.get(), m.curve.context());
  BN_mod_sub(r.get(), s.get(), r.get(), l.get(), m.curve.context());
  const Bytes32 point = m.curve.encode(m.curve.multiply(m.curve.base(), r));
  std::copy(point.begin(), point.end(), c.signature.begin());
  m.put_s(c, s);
  c.good = true;
  if (m.pick(2) == 0) {
    c.good = false;
    // Of all low y the one of the neutral point alone is in the subgroup: y = p + 1 is not
    // canonical.
    if (BN_is_zero(r.get()) && m.pick(2) == 0) {
      const Bytes32 other = above_prime(1, m.pick(2) == 0);
      std::copy(other.begin(), other.end(), c.signature.begin());
    } else {
      flip_bit(c.signature, m.pick(2) == 0 ? 255 : m.pick(256));  // 255: the sign of R alone
    }
  }
  // h plus any multiple of l below 2^512.
  Number multiple = any();
  BN_mul(multiple.get(), multiple.get(), l.get(), m.curve.context());
  if (m.pick(4) != 0) BN_add(h.get(), h.get(), multiple.get());
  need(BN_bn2lebinpad(h.get(), c.digest.data(), 64) == 64);
  return c;
}

}  // namespace jotmill::ecc_cases
