#ifndef JOTMILL_TOOLS_BENCH_JSON_OUT_H_
#define JOTMILL_TOOLS_BENCH_JSON_OUT_H_

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "tools/statistics/bootstrap.h"

namespace jotmill::tools {

/// Writes one JSON text of measured numbers from front to back and keeps the commas. (Reports have
/// a writer of their own within the engine, which no tool sees.)
class JsonOut {
 public:
  JsonOut& name(std::string_view text);
  void string(std::string_view text);
  void number(std::integral auto value) { put(std::to_string(value)); }
  /// The shortest text that reads back as the same number; null for what JSON cannot say.
  void real(double value);
  /// Likewise, in brackets.
  void reals(const std::vector<double>& values);
  void interval(const statistics::Interval& range) { reals({range.low, range.high}); }
  void boolean(bool value) { put(value ? "true" : "false"); }
  void null() { put("null"); }
  void begin(char bracket);
  void end(char bracket);
  /// A new line before what comes next.
  void line();
  std::string take() && { return std::move(out_); }

 private:
  void put(std::string_view text);
  std::string out_;
  bool wants_comma_ = false;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_JSON_OUT_H_
