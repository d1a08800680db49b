#ifndef JOTMILL_PIPELINE_RATES_H_
#define JOTMILL_PIPELINE_RATES_H_

#include <string>
#include <string_view>

namespace jotmill {

/// How fast one variant of a kernel is here.
struct Rate {
  double per_second = 0;       ///< 0: not measured
  std::string_view unit = {};  ///< "characters/s"
};

/// Runs a variant for about `seconds` on work as tokens bring it: base64url of 342 characters (an
/// RS256 signature), log text without tokens, headers that come again, HMAC tags of 250 bytes,
/// RSA-2048 public operations. Only for a variant that can run here.
Rate measure_rate(std::string_view kernel, std::string_view variant, double seconds);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_RATES_H_
