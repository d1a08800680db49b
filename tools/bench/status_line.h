#ifndef JOTMILL_TOOLS_BENCH_STATUS_LINE_H_
#define JOTMILL_TOOLS_BENCH_STATUS_LINE_H_

#include <string>

namespace jotmill::tools {

/// Seconds of a clock that only goes forward.
double now_s();

/// A line on standard error while something takes its time: written over itself on a terminal, at
/// most four times a second.
class StatusLine {
 public:
  explicit StatusLine(bool on) : on_(on) {}
  ~StatusLine() { wipe(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  void show(const std::string& text);
  /// A line that stays, shown also where there is no terminal.
  void say(const std::string& text);
  void wipe();
  bool on() const { return on_; }

 private:
  bool on_, shown_ = false;
  double last_s_ = -1;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_STATUS_LINE_H_
