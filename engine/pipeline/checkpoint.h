#ifndef JOTMILL_PIPELINE_CHECKPOINT_H_
#define JOTMILL_PIPELINE_CHECKPOINT_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "input/source.h"
#include "jotmill/options.h"
#include "jotmill/result.h"
#include "pipeline/shop.h"
#include "reports/checkpoint.h"
#include "sinks/held_file.h"

// Checkpoints of a run. Problem: a run of hours is killed, and the same command again should end
// with the same records and the same report as one that was never disturbed. Idea: between two
// chunks all that the rest of the run depends on is a place in the inputs, the length of the
// records, and the report so far, and reports add up exactly (sketches.h). Nothing is believed
// without need: whatever decides verdicts or records is compared by salted hashes, the file by its
// checksum, its report by the rules for reports of strangers. But it is no seal against its owner,
// who could write the records as well: the place that it names is believed. So a file that somebody
// else owns or may write is refused.

namespace jotmill {

/// Whether a run with these options can be taken up again: kUsage when not, with the reason.
Status check_checkpointable(const RunOptions& options);

/// The checkpoint at `path`; nothing when there is none. kFormat when it is cut, altered or
/// something else; kUnreadable.
Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path);

/// What a run writes down from time to time, and whether it may go on where another one stopped.
class CheckpointBook {
 public:
  /// All of them outlive it.
  CheckpointBook(const RunOptions& options, const Shop& shop, const SourceList& list)
      : options_(options), shop_(shop), list_(list) {}

  /// Looks at the inputs, keys and options, and holds them against those of `stopped`; then takes
  /// the checkpoint for this run alone. kUsage with the first that differs, with an input that
  /// cannot be read again, or with another run that has it; kOutput when it cannot be written.
  Status begin(const std::optional<Checkpoint>& stopped);

  /// kUsage when the records in `fd` are not those that `stopped` speaks of.
  Status check_output(const Checkpoint& stopped, int fd) const;

  /// While it lives no other run takes the checkpoint.
  std::shared_ptr<const void> hold() const { return file_; }

  bool is_due() const { return Clock::now() >= due_; }

  /// Writes it to its place, whole or not at all; `made` has position, formats, output_bytes and
  /// report, and the records are in `fd` (-1: there are none). Error kOutput.
  Status write(Checkpoint made, int fd);

 private:
  using Clock = std::chrono::steady_clock;
  Status mark_inputs();
  void mark_options();
  Status compare(const Checkpoint& stopped) const;
  std::string hash(std::string_view text) const;
  std::string hash_of_end(int fd, std::uint64_t bytes) const;

  const RunOptions& options_;
  const Shop& shop_;
  const SourceList& list_;
  Checkpoint marks_;  ///< all but what changes while it runs
  std::shared_ptr<HeldFile> file_ = std::make_shared<HeldFile>();
  Clock::time_point due_ = Clock::now();
};

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_CHECKPOINT_H_
