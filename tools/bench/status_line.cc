#include "tools/bench/status_line.h"

#include <chrono>

#include "tools/output.h"
#include "tools/words.h"

namespace jotmill::tools {
double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void StatusLine::show(const std::string& text) {
  if (!on_ || now_s() - last_s_ < 0.25) return;
  last_s_ = now_s();
  shown_ = true;
  print_to_stderr("\r\x1b[K" + text);
}

void StatusLine::say(const std::string& text) {
  wipe();
  tools::say(text);
}

void StatusLine::wipe() {
  if (shown_) print_to_stderr("\r\x1b[K");
  shown_ = false;
}

}  // namespace jotmill::tools
