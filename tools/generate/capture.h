#ifndef JOTMILL_TOOLS_GENERATE_CAPTURE_H_
#define JOTMILL_TOOLS_GENERATE_CAPTURE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  // Shapes alone.
  std::uint64_t truncated = 0, redacted = 0, lookalike = 0;  ///< findings beside the verdicts
  std::uint64_t without_time = 0;                            ///< tokens in records without a time

  std::uint64_t tokens() const;
  void add(const Tally& other);
};

/// A label whose place is counted from the start of its block: what lies before it is known when it
/// is written.
struct PlacedLabel {
  std::uint64_t line = 0;  ///< line ends before it
  std::optional<std::uint64_t> offset;
  std::string rest;  ///< JSON members behind line and offset
};

/// Records made together, with their labels.
struct CaptureBlock {
  std::string capture;
  std::uint64_t lines = 0;  ///< line ends in `capture`
  std::vector<PlacedLabel> labels;
  Tally tally;
};

std::string capture_name(const World& world);  ///< "capture.txt", "capture.jsonl", or the shape's

/// Appends the record of token `index`, with the lines without a token that stand before it, and
/// its label.
void append_record(const World& world, std::uint64_t seed, std::uint64_t index,
                   const ForgedToken& token, CaptureBlock& block);

/// The members of a label that tell of the token: verdict, alg, kid, what.
std::string label_members(const ForgedToken& token, Verdict verdict);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_CAPTURE_H_
