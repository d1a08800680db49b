#ifndef JOTMILL_KEYS_CURVES_H_
#define JOTMILL_KEYS_CURVES_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/alg.h"
#include "core/bytes.h"

namespace jotmill {

/// Bytes of one coordinate of an EC key (RFC 7518 s6.2.1.2) or of an OKP public key (RFC 8032
/// s5.1.5, s5.2.5); 0 for kNone.
std::size_t coordinate_bytes(Curve curve);

/// Bits of the curve: 256, 384, 521, 256, 255, 448.
std::uint32_t curve_bits(Curve curve);

/// Is a public key a point of its curve? Works on numbers alone, without a key object of the
/// library: a few microseconds a key for EC, some ten for OKP. Keeps working memory: one object per
/// thread. Throws std::bad_alloc when the library has no memory.
class CurveArithmetic {
 public:
  CurveArithmetic();
  ~CurveArithmetic();
  CurveArithmetic(CurveArithmetic&&) noexcept;

  /// x and y below the field's prime and y^2 = x^3 + ax + b. Nothing more is needed: the four
  /// curves have cofactor 1, and the point at infinity has no coordinates.
  bool on_curve(Curve curve, Bytes x, Bytes y);

  using Point = std::pair<std::vector<std::uint8_t>, std::vector<std::uint8_t>>;
  /// The point with this x and the y that is odd or even (SEC 1 s2.3.4); nothing if there is none.
  std::optional<Point> decompress(Curve curve, Bytes x, bool y_is_odd);
  /// The public point of a private scalar; nothing unless it is in [1, n-1].
  std::optional<Point> public_point(Curve curve, Bytes scalar);

  enum class Okp { kGood, kNonCanonical, kNotOnCurve, kSmallOrder };
  /// An Ed25519 or Ed448 public key of the right length: decodes as RFC 8032 s5.1.3, s5.2.3 want it
  /// (y below the prime, no sign on x = 0, an x exists), and its order is not 1, 2, 4 or 8.
  Okp check_okp(Curve curve, Bytes encoded);
  /// The public key of an Ed25519 or Ed448 seed; nothing when its length is wrong.
  static std::optional<std::vector<std::uint8_t>> okp_public(Curve curve, Bytes seed);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_KEYS_CURVES_H_
