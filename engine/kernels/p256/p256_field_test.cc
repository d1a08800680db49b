// The field operations of p256_avx512ifma.cc, emulated, against BIGNUM. Signatures cannot show what
// a wrong bound does: they meet the limbs that it is about once in many millions.

#include <openssl/bn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <random>

#define p256_avx512ifma p256_avx512ifma_for_fields
#include "kernels/p256/p256_avx512ifma.cc"
#include "support/catch.h"

namespace jotmill::kernels {
namespace {

struct Free {
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BN_CTX* p) const { BN_CTX_free(p); }
};
using Bn = std::unique_ptr<BIGNUM, Free>;
/// A number in five limbs, signed where they are a coordinate's.
using Number = std::array<std::int64_t, 5>;

BN_CTX* context() {
  static const std::unique_ptr<BN_CTX, Free> one(BN_CTX_new());
  return one.get();
}

Bn to_bn(const Number& number) {
  Bn out(BN_new()), limb(BN_new());
  for (int i = 4; i >= 0; --i) {
    const std::int64_t value = number[static_cast<std::size_t>(i)];
    REQUIRE(BN_lshift(out.get(), out.get(), 52) == 1);
    REQUIRE(BN_set_word(limb.get(), static_cast<BN_ULONG>(value < 0 ? -value : value)) == 1);
    REQUIRE((value < 0 ? BN_sub : BN_add)(out.get(), out.get(), limb.get()) == 1);
  }
  return out;
}

const BIGNUM* prime() {
  static const Bn p = [] {
    const Limbs limbs = limbs_of(kP256Prime);
    Number number;
    for (std::size_t i = 0; i < 5; ++i) number[i] = static_cast<std::int64_t>(limbs.l[i]);
    return to_bn(number);
  }();
  return p.get();
}

/// times p + p / 2^shift (shift 0: nothing more).
Bn bound(BN_ULONG times, int shift) {
  Bn out(BN_dup(prime())), more(BN_new());
  REQUIRE(BN_mul_word(out.get(), times) == 1);
  if (shift == 0) return out;
  REQUIRE(BN_rshift(more.get(), prime(), shift) == 1);
  REQUIRE(BN_add(out.get(), out.get(), more.get()) == 1);
  return out;
}
Bn factor_bound() { return bound(4, 0); }
Bn product_bound() { return bound(2, 0); }
Bn coordinate_bound() { return bound(1, 26); }

class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  /// Clean limbs of a number in [least, limit): limbs that are all zeros, all ones or the bits of
  /// p, next to a multiple of p or to the limit, or at random.
  Number number(const BIGNUM* limit, bool zero_too) {
    for (;;) {
      const Number out = below(2) == 0 ? of_special_limbs() : near_multiple(limit);
      const Bn value = to_bn(out);
      if (BN_is_negative(value.get()) || BN_cmp(value.get(), limit) >= 0) continue;
      if (zero_too || !BN_is_zero(value.get())) return out;
    }
  }
  /// With any bits above the 52 of a limb that a multiplication reads.
  Number factor() {
    Number out = number(factor_bound().get(), true);
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint64_t above = below(3) == 0 ? 0xFFF : below(0x1000);
      out[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(out[i]) | above << 52);
    }
    return out;
  }
  /// Limbs as far from carried as six levels of a tree can leave them.
  Number coordinate() {
    Number out = number(coordinate_bound().get(), false);
    for (std::size_t i = 0; i < 4; ++i) {
      constexpr std::int64_t kLeast = -546, kMost = 337;
      const auto within = static_cast<std::int64_t>(below(kMost - kLeast + 1)) + kLeast;
      const std::int64_t units = below(3) == 0 ? kLeast : below(2) == 0 ? kMost : within;
      out[i] += units * (std::int64_t{1} << 52);
      out[i + 1] -= units;
    }
    return out;
  }

 private:
  Number of_special_limbs() {
    constexpr std::int64_t kLimbs[] = {0,
                                       1,
                                       std::int64_t{1} << 44,
                                       (std::int64_t{1} << 51),
                                       std::int64_t{kLimbMask},
                                       (std::int64_t{1} << 48) - 1};
    Number out;
    for (std::int64_t& limb : out)
      limb = below(4) == 0 ? static_cast<std::int64_t>(random_() & kLimbMask) : kLimbs[below(6)];
    out[4] &= (std::int64_t{1} << 50) - 1;
    return out;
  }
  Number near_multiple(const BIGNUM* limit) {
    const Bn value = below(2) == 0 ? bound(below(5), 0) : Bn(BN_dup(limit));
    const BN_ULONG difference = below(4);
    REQUIRE((below(2) == 0 ? BN_add_word : BN_sub_word)(value.get(), difference) == 1);
    if (BN_is_negative(value.get())) return {};
    std::array<std::uint8_t, 40> bytes{};
    REQUIRE(BN_bn2lebinpad(value.get(), bytes.data(), 40) == 40);
    Number out{};
    for (std::size_t bit = 0; bit < 260; ++bit) {
      const std::int64_t one = bytes[bit / 8] >> (bit % 8) & 1;
      out[bit / 52] |= one << (bit % 52);
    }
    return out;
  }
  std::mt19937_64 random_;
};

/// The same kind of number in each of eight lanes.
struct Eight {
  std::array<Number, 8> lanes;

  template <class Make>
  explicit Eight(Make make) {
    for (Number& lane : lanes) lane = make();
  }
  explicit Eight(const Fe8& fe) {
    for (std::size_t i = 0; i < 5; ++i) {
      u64 words[8];
      L52::store(words, fe.l[i]);
      for (std::size_t lane = 0; lane < 8; ++lane)
        lanes[lane][i] = static_cast<std::int64_t>(words[lane]);
    }
  }
  Fe8 fe() const {
    Fe8 out;
    for (std::size_t i = 0; i < 5; ++i) {
      u64 words[8];
      for (std::size_t lane = 0; lane < 8; ++lane) words[lane] = static_cast<u64>(lanes[lane][i]);
      out.l[i] = L52::load(words);
    }
    return out;
  }
};

/// What a multiplication reads of a factor.
Number read_as_factor(Number number) {
  for (std::size_t i = 0; i < 4; ++i)
    number[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(number[i]) & kLimbMask);
  REQUIRE((number[4] >= 0 && number[4] <= std::int64_t{kLimbMask}));
  return number;
}

/// `out` is `wanted` modulo p, and in [least, limit).
void require_equal(const Number& out, const Bn& wanted, const Bn& limit, int least) {
  const Bn value = to_bn(out), one(BN_new()), difference(BN_new());
  REQUIRE(BN_set_word(one.get(), static_cast<BN_ULONG>(least)) == 1);
  REQUIRE(BN_cmp(value.get(), one.get()) >= 0);
  REQUIRE(BN_cmp(value.get(), limit.get()) < 0);
  REQUIRE(BN_sub(difference.get(), value.get(), wanted.get()) == 1);
  REQUIRE(BN_nnmod(difference.get(), difference.get(), prime(), context()) == 1);
  REQUIRE(BN_is_zero(difference.get()));
}

/// a b / R mod p.
Bn montgomery(const Number& a, const Number& b) {
  static const Bn inverse = [] {
    const Bn r(BN_new());
    REQUIRE(BN_set_bit(r.get(), 260) == 1);
    return Bn(BN_mod_inverse(nullptr, r.get(), prime(), context()));
  }();
  Bn out(BN_new());
  REQUIRE(BN_mod_mul(out.get(), to_bn(a).get(), to_bn(b).get(), prime(), context()) == 1);
  REQUIRE(BN_mod_mul(out.get(), out.get(), inverse.get(), prime(), context()) == 1);
  return out;
}
Bn minus(Bn a, const Number& b) {
  REQUIRE(BN_sub(a.get(), a.get(), to_bn(b).get()) == 1);
  return a;
}

TEST_CASE("P-256 with IFMA: field operations on limbs at their bounds") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  Numbers numbers(seed);
  for (int round = 0; round < 400; ++round) {
    const Eight a([&] { return numbers.factor(); }), b([&] { return numbers.factor(); });
    const Eight x([&] { return numbers.coordinate(); }), y([&] { return numbers.coordinate(); });
    const Eight product(Field8::mul(a.fe(), b.fe())), square(Field8::square(a.fe()));
    const Eight difference(Field8::sub(x.fe(), y.fe())), factor(Field8::factor(x.fe()));
    const Eight square_minus(Field8::square_minus_two(a.fe(), x.fe(), y.fe()));
    const Eight product_minus(Field8::product_minus(a.fe(), b.fe(), x.fe()));
    const unsigned zeros = Field8::zero_lanes(Field8::sub(x.fe(), y.fe()));
    for (std::size_t lane = 0; lane < 8; ++lane) {
      const Number &la = a.lanes[lane], &lb = b.lanes[lane];
      const Number &lx = x.lanes[lane], &ly = y.lanes[lane];
      const Number fa = read_as_factor(la), fb = read_as_factor(lb);
      require_equal(read_as_factor(product.lanes[lane]), montgomery(fa, fb), product_bound(), 0);
      require_equal(read_as_factor(square.lanes[lane]), montgomery(fa, fa), product_bound(), 0);
      require_equal(read_as_factor(difference.lanes[lane]), minus(to_bn(lx), ly), factor_bound(),
                    0);
      require_equal(read_as_factor(factor.lanes[lane]), to_bn(lx), coordinate_bound(), 0);
      require_equal(square_minus.lanes[lane], minus(minus(montgomery(fa, fa), lx), ly),
                    coordinate_bound(), 1);
      require_equal(product_minus.lanes[lane], minus(montgomery(fa, fb), lx), coordinate_bound(),
                    1);
      const Bn gap = minus(to_bn(lx), ly);
      REQUIRE(BN_nnmod(gap.get(), gap.get(), prime(), context()) == 1);
      REQUIRE(((zeros >> lane & 1) != 0) == (BN_is_zero(gap.get()) != 0));
    }
  }
}

}  // namespace
}  // namespace jotmill::kernels
