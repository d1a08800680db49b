#include "structure/tree.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/catch.h"

namespace jotmill::structure {

namespace fs = std::filesystem;

fs::path root() {
  const char* given = std::getenv("JOTMILL_SOURCE_DIR");
  return given != nullptr && *given != '\0' ? fs::path(given) : fs::path(JOTMILL_STRUCTURE_ROOT);
}

std::vector<std::string> sources_under(std::string_view folder) {
  std::vector<std::string> found;
  if (!fs::exists(root() / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
    const std::string extension = entry.path().extension().string();
    if (!entry.is_regular_file()) continue;
    if (extension == ".h" || extension == ".hpp" || extension == ".cc" || extension == ".cpp" ||
        extension == ".c" || extension == ".S") {
      found.push_back(fs::relative(entry.path(), root()).generic_string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string text_of(std::string_view path) {
  std::ifstream file(root() / path, std::ios::binary);
  INFO("file " << path);
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string told_by(const std::string& command, const std::string& path) {
  INFO(command << " " << path);
  REQUIRE(path.find('\'') == std::string::npos);
  std::FILE* pipe = popen((command + " '" + path + "'").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof(buffer), pipe)) != 0;)
    output.append(buffer, n);
  REQUIRE(pclose(pipe) == 0);
  return output;
}

}  // namespace jotmill::structure
