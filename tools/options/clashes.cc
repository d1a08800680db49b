#include "tools/options/clashes.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "tools/options/given.h"

namespace jotmill::tools {
namespace {

namespace fs = std::filesystem;

using FileId = std::pair<dev_t, ino_t>;

struct Found {
  FileId id;
  mode_t mode;
};

std::optional<Found> look(const std::string& path, int standard_stream) {
  struct stat info {};
  const int failed = path == "-" ? ::fstat(standard_stream, &info) : ::stat(path.c_str(), &info);
  if (failed != 0) return std::nullopt;
  return Found{{info.st_dev, info.st_ino}, info.st_mode};
}

bool holds_data(mode_t mode) { return S_ISREG(mode) || S_ISBLK(mode) || S_ISFIFO(mode); }

/// Where `path` is or would be, links followed as far as it exists; as it stands where that cannot
/// be told (a folder that may not be searched, a name that is too long).
fs::path place_of(const std::string& path) {
  std::error_code error;
  fs::path place = fs::weakly_canonical(fs::absolute(path, error), error);
  return error || place.empty() ? fs::path(path) : place;
}

/// The folders above the place of `path`, its own first, as far up as they can be named.
std::set<FileId> folders_above(const std::string& path) {
  std::set<FileId> ids;
  fs::path folder = place_of(path).parent_path();
  for (; !folder.empty(); folder = folder.parent_path()) {
    if (const auto found = look(folder.string(), STDIN_FILENO)) ids.insert(found->id);
    if (folder == folder.root_path()) break;
  }
  return ids;
}

/// Whether a file within `directory` (links followed to files, not to directories) is `id`.
bool directory_holds(const std::string& directory, FileId id) {
  std::error_code error;
  auto walk = fs::recursive_directory_iterator(
      directory, fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    const auto found = look(walk->path().string(), STDIN_FILENO);
    if (found && found->id == id) return true;
  }
  return false;
}

Status check_pair(const FileUse& read, const FileUse& write) {
  const auto source = look(read.path, STDIN_FILENO);
  if (!source) return Unit{};  // a missing input is not ours to judge
  const auto target = look(write.path, STDOUT_FILENO);
  const auto clash = [&](std::string_view how) {
    return usage_error(
        write.role, fmt::format("{} {} {}", write.path == "-" ? "standard output" : write.path, how,
                                read.role));
  };
  if (target && target->id == source->id && holds_data(target->mode)) return clash("is also");
  if (!S_ISDIR(source->mode) || write.path == "-") return Unit{};
  if (target && !S_ISREG(target->mode)) return Unit{};
  if (folders_above(write.path).contains(source->id)) return clash("lies within the directory of");
  if (target && directory_holds(read.path, target->id)) return clash("is also in the directory of");
  return Unit{};
}

Status check_outputs(const std::vector<FileUse>& writes) {
  std::set<std::string> names;
  std::set<FileId> ids;
  for (const FileUse& write : writes) {
    const auto found = look(write.path, STDOUT_FILENO);
    if (write.path == "-") continue;
    if (found && S_ISDIR(found->mode))
      return usage_error(write.role, write.path + " is a directory");
    const bool again = !names.insert(place_of(write.path).string()).second;
    const bool same = found && S_ISREG(found->mode) && !ids.insert(found->id).second;
    if (again || same) return usage_error(write.role, write.path + " is written to twice");
  }
  return Unit{};
}

}  // namespace

Status check_clashes(const FileUses& uses) {
  for (const FileUse& write : uses.writes) {
    for (const FileUse& read : uses.reads) {
      Status checked = check_pair(read, write);
      if (!checked) return checked;
    }
  }
  return check_outputs(uses.writes);
}

}  // namespace jotmill::tools
