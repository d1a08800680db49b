#ifndef JOTMILL_TOOLS_GENERATE_CAPTURE_H_
#define JOTMILL_TOOLS_GENERATE_CAPTURE_H_

#include <array>
#include <cstdint>
#include <string>

#include "jotmill/verdict.h"
#include "tools/generate/forge.h"
#include "tools/generate/world.h"

namespace jotmill::tools {

/// What a capture holds.
struct Tally {
  std::array<std::uint64_t, kVerdictCount> by_verdict{};
  std::uint64_t blank = 0;
  std::uint64_t without_token = 0;
  std::uint64_t not_json = 0;
  std::uint64_t bytes = 0;

  std::uint64_t tokens() const;
  void add(const Tally& other);
};

std::string capture_name(const World& world);  ///< "capture.txt" or "capture.jsonl"

/// Appends the record of token `index`, with the lines without a token that stand before it.
void append_record(const World& world, std::uint64_t seed, std::uint64_t index,
                   const ForgedToken& token, std::string& capture, Tally& tally);

/// Appends its label, one JSON object a line: source, line (1-based), verdict, alg, kid, what.
void append_label(const World& world, std::uint64_t index, const ForgedToken& token,
                  std::string& labels);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_CAPTURE_H_
