#ifndef JOTMILL_TOOLS_GENERATE_CHECK_LABELS_H_
#define JOTMILL_TOOLS_GENERATE_CHECK_LABELS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "jotmill/result.h"

namespace jotmill::tools {

/// How a file of labels and a file of verdict records compare.
struct LabelCheck {
  std::uint64_t labels = 0;        ///< tokens that have a label
  std::uint64_t met = 0;           ///< of those, with the very record that the label asks for
  std::uint64_t differences = 0;   ///< labels not met, and records without a label
  std::uint64_t missed = 0;        ///< of those, labels without a record
  std::uint64_t invented = 0;      ///< of those, records without a label
  std::vector<std::string> first;  ///< the first differences in words, at most kShownDifferences
  /// (expected, found) -> how often, where they differ; "-" for a missing record or label.
  std::map<std::pair<std::string, std::string>, std::uint64_t> confusions;

  bool all_met() const { return differences == 0 && labels > 0; }
};

inline constexpr std::size_t kShownDifferences = 10;

/// Reads both files side by side, a line at a time. A record meets its label when source (without
/// folders), line and verdict agree, and offset, channel, layers, alg and kid where the label gives
/// them. Records and labels are matched by source, line and offset, in order, so that a record that
/// is missing or too many is one difference. A packed source (.gz, .zst, .xz behind the name) is
/// the one that was packed. Errors: kUnreadable (path), kFormat (path, with the line's number in
/// the reason): a line that is not a record, or longer than 1 MiB.
Result<LabelCheck> check_labels(const std::string& labels_path, const std::string& verdicts_path);

/// Adds to `check` what the report of the run (JSON) counts otherwise than counts.json says:
/// truncated, redacted and lookalike over all files. Errors: kUnreadable, kFormat.
Status check_counts(const std::string& counts_path, const std::string& report_path,
                    LabelCheck& check);

/// The result for a person: counts, the table of confusions, the first differences.
std::string in_words(const LabelCheck& check);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_CHECK_LABELS_H_
