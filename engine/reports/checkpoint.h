#ifndef JOTMILL_REPORTS_CHECKPOINT_H_
#define JOTMILL_REPORTS_CHECKPOINT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/position.h"
#include "jotmill/options.h"
#include "jotmill/result.h"
#include "jotmill/stats.h"

namespace jotmill {

/// By what an input is known again. All of it empty: it was not there.
struct InputMark {
  std::string name;     ///< a label (make_label) of the path as given
  std::string size;     ///< bytes
  std::string time;     ///< of the last change, nanoseconds
  std::string content;  ///< a salted hash of samples of it, or "unreadable"
  bool operator==(const InputMark&) const = default;
};

/// A run that may be taken up again, between two chunks. Holds no token, no secret and no key: of
/// what the run was made with there are salted hashes, and what its report says.
struct Checkpoint {
  std::string salt;                              ///< random, in hex
  std::map<std::string, std::string> made_with;  ///< option -> salted hash of its value
  std::vector<InputMark> inputs;                 ///< in the order of the run
  std::optional<TimePoint> as_of;                ///< that the tokens before it were judged at
  RunPosition position;
  std::vector<InputFormat> formats;  ///< of the inputs up to the one that it stands in
  std::uint64_t output_bytes = 0;    ///< of records that belong to it
  std::string output_end;            ///< a salted hash of the last of them
  RunReport report;                  ///< of what lies before it; formats and input_bytes left out
};

/// The checkpoint as two JSON texts, the second of which is a report. ASCII controls are escaped.
std::string render_checkpoint(const Checkpoint& checkpoint);

/// Reads what render_checkpoint() has written, from anyone. Error kFormat with `name` as its
/// subject.
Result<Checkpoint> read_checkpoint(std::string_view text, const std::string& name);

}  // namespace jotmill

#endif  // JOTMILL_REPORTS_CHECKPOINT_H_
