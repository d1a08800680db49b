#ifndef JOTMILL_TOOLS_PROGRESS_H_
#define JOTMILL_TOOLS_PROGRESS_H_

#include <string>

#include "jotmill/jotmill.hpp"

namespace jotmill::tools {

/// "1.2 GiB of 4.0 GiB  30%  812 k tokens/s  ETA 0:42"; without a total: no share and no ETA.
std::string progress_text(const Progress& progress);

/// A line on a terminal that is written over itself and wiped at the end.
class ProgressLine {
 public:
  ~ProgressLine() { wipe(); }
  void show(const Progress& progress);
  void wipe();

 private:
  bool shown_ = false;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_PROGRESS_H_
