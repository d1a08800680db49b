#include "tools/bench/outputs.h"

#include <utility>

#include "tools/options/given.h"
#include "tools/words.h"

namespace jotmill::tools {

Status Outputs::open(const std::string& option, const std::optional<std::string>& path) {
  if (!path) return Unit{};
  if (path->empty()) return usage_error(option, "an empty path");
  if (*path == "-") {
    if (has_stdout_) return usage_error(option, "standard output (-) can be written only once");
    has_stdout_ = true;
    files_.emplace(option, std::nullopt);
    return Unit{};
  }
  Result<OutputFile> file = OutputFile::open(*path);
  if (!file) return file.error();
  files_.emplace(option, std::move(file).value());
  return Unit{};
}

int Outputs::put(const std::string& option, const std::string& content) {
  std::optional<OutputFile>& file = files_.at(option);
  if (!file) return print(content);
  const Status written = file->finish(content);
  return written ? kExitOk : fail(written.error());
}

}  // namespace jotmill::tools
