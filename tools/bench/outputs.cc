#include "tools/bench/outputs.h"

#include <algorithm>
#include <utility>

#include "tools/safe_text.h"
#include "tools/words.h"

namespace jotmill::tools {

Status check_outputs(const Given& given, std::initializer_list<const char*> options,
                     std::vector<FileUse> reads) {
  FileUses uses{.reads = std::move(reads), .writes = {}};
  for (const std::string option : options) {
    const auto path = given.one(option);
    if (!path) continue;
    if (option == "--plot" && !path->ends_with(".svg"))
      return usage_error(option, in_quotes(*path) + " must end in .svg");
    uses.writes.push_back({option, *path});
  }
  if (std::ranges::count(uses.writes, "-", &FileUse::path) > 1)
    return usage_error("standard output",
                       "can be written only once: give all but one output (-) a file");
  return check_clashes(uses);
}

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
