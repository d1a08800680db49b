#ifndef JOTMILL_TOOLS_GENERATE_EMBEDDED_H_
#define JOTMILL_TOOLS_GENERATE_EMBEDDED_H_

#include <span>
#include <string_view>

namespace jotmill::tools {

/// A file of datasets/ that was built into the program (by embed.cmake), so that it runs without
/// the repository.
struct EmbeddedFile {
  std::string_view name;  ///< without folder and ".json"
  std::string_view text;
};

std::span<const EmbeddedFile> embedded_recipes();
std::span<const EmbeddedFile> embedded_keys();

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_EMBEDDED_H_
