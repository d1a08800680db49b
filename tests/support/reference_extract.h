#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_EXTRACT_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_EXTRACT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Finds tokens in bytes, slowly and in the plainest way that the rules allow: every escape of a
// record is undone everywhere, as often as there are any, and the candidates are looked for in what
// is left. Each byte remembers where it came from and what was undone for it. No engine code, no
// search for first bytes, no SIMD; time is quadratic where a record is hostile.
namespace jotmill::reference {

struct ExtractedToken {
  std::uint64_t line = 0;    // 1-based
  std::uint64_t offset = 0;  // of the first byte of the token's text
  std::string channel;
  std::vector<std::string> layers;  // outermost first
  std::string bytes;                // after layers

  bool operator==(const ExtractedToken&) const = default;
};

struct Extraction {
  std::vector<ExtractedToken> tokens;
  std::uint64_t truncated = 0, redacted = 0, lookalike = 0;

  bool operator==(const Extraction&) const = default;
};

// Tokens anywhere in any bytes; records are lines.
Extraction extract_text(std::string_view stream);

// An HTTP Archive: the strings of its entries, content.text in base64 too. What is no JSON is
// scanned as text.
Extraction extract_har(std::string_view document);

// How many characters a signature of this algorithm has at least; 0 for an unknown name.
std::size_t least_signature(std::string_view alg);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_EXTRACT_H_
