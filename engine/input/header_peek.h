#ifndef JOTMILL_INPUT_HEADER_PEEK_H_
#define JOTMILL_INPUT_HEADER_PEEK_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace jotmill {

/// What the first part of a candidate says, as far as finding tokens needs it (inputs.md, Rules).
/// No verdict: everything strict is said later, by the stages that judge.
struct HeaderPeek {
  bool alg = false;  ///< a JSON object with a string `alg`
  bool enc = false;  ///< a JSON object with a string `enc`: a JWE, of five parts
  /// Characters that a signature of this alg has at least (RFC 7518 s3.2 to s3.5, RFC 8037, RFC
  /// 8812; RSA: 2048 bits); 0 when the alg is none or unknown.
  std::uint16_t least_signature_chars = 0;

  bool token() const { return alg || enc; }
};

/// Decodes without strictness: padding may follow, bits may be left over, a last character without
/// a whole byte is dropped. Appends to `out`. False: a character of another alphabet.
bool decode_leniently(std::string_view part, std::string& out);

/// Looks into first parts. Headers repeat, so the last ones are remembered. Not thread-safe.
class HeaderPeeker {
 public:
  HeaderPeek peek(std::string_view part);

 private:
  static constexpr std::size_t kRemembered = 256;
  static constexpr std::size_t kLongestRemembered = 1024;  ///< bytes
  struct Remembered {
    std::string part;
    HeaderPeek answer;
  };
  std::array<Remembered, kRemembered> remembered_;
  std::string json_, name_;
};

}  // namespace jotmill

#endif  // JOTMILL_INPUT_HEADER_PEEK_H_
