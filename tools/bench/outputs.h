#ifndef JOTMILL_TOOLS_BENCH_OUTPUTS_H_
#define JOTMILL_TOOLS_BENCH_OUTPUTS_H_

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jotmill/result.h"
#include "tools/options/clashes.h"
#include "tools/options/given.h"
#include "tools/output.h"

namespace jotmill::tools {

/// Refuses, before anything is opened, what the `options` of a command that name files to write
/// cannot mean: a --plot that is no .svg, and what check_clashes() refuses beside `reads`.
Status check_outputs(const Given& given, std::initializer_list<const char*> options,
                     std::vector<FileUse> reads);

/// The files that a command writes at its end, opened at its beginning and each of them whole or
/// not at all. The path "-" is standard output.
class Outputs {
 public:
  /// Nothing to do without a path.
  Status open(const std::string& option, const std::optional<std::string>& path);
  bool has_stdout() const { return has_stdout_; }
  /// Renders and writes, if `option` was given; returns the exit code, and says what went wrong.
  template <typename Render, typename... Values>
  int write(const std::string& option, const Render& render, const Values&... values) {
    return wants(option) ? put(option, render(values...)) : 0;
  }

 private:
  bool wants(const std::string& option) const { return files_.contains(option); }
  int put(const std::string& option, const std::string& content);
  std::map<std::string, std::optional<OutputFile>> files_;  ///< nothing: standard output
  bool has_stdout_ = false;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_OUTPUTS_H_
