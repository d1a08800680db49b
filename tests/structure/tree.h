#ifndef JOTMILL_TESTS_STRUCTURE_TREE_H_
#define JOTMILL_TESTS_STRUCTURE_TREE_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::structure {

/// The project's root: JOTMILL_SOURCE_DIR, or where CMake found it.
std::filesystem::path root();

/// The C and C++ files under `folder` of the root, relative to the root with '/', sorted.
std::vector<std::string> sources_under(std::string_view folder);

/// The whole file, named relative to the root; fails the test when it cannot be read.
std::string text_of(std::string_view path);

/// What a tool of binutils prints about a file: `command` and the quoted path behind it. Fails the
/// test when that does not work.
std::string told_by(const std::string& command, const std::string& path);

}  // namespace jotmill::structure

#endif  // JOTMILL_TESTS_STRUCTURE_TREE_H_
