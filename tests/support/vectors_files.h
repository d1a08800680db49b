#ifndef JOTMILL_TESTS_SUPPORT_VECTORS_FILES_H_
#define JOTMILL_TESTS_SUPPORT_VECTORS_FILES_H_

#include <filesystem>
#include <string>
#include <string_view>

#include "support/reference_json.h"
#include "support/reference_keys.h"

// What the readers of the single vector formats share. Any surprise in a file throws
// std::runtime_error.
namespace jotmill::vectors {

std::filesystem::path root();

std::string read_file(const std::filesystem::path& path);

reference::Json read_json(const std::filesystem::path& path);

// A member that must be there; `text` of one that must be a string or a number.
const reference::Json& member(const reference::Json& object, std::string_view name);
const std::string& text(const reference::Json& object, std::string_view name);

reference::KeyFile jwks_file(std::string name, std::string jwk_or_set);

}  // namespace jotmill::vectors

#endif  // JOTMILL_TESTS_SUPPORT_VECTORS_FILES_H_
