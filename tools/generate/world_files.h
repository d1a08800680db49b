#ifndef JOTMILL_TOOLS_GENERATE_WORLD_FILES_H_
#define JOTMILL_TOOLS_GENERATE_WORLD_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "tools/generate/world.h"

namespace jotmill::tools {

/// A file beside the capture: what `jotmill verify` needs to know.
struct SideFile {
  std::string name;
  std::string content;
};

/// The key files and policy.toml. `folder` stands before every key file's name in policy.toml: an
/// absolute path, so that `verify --config` works from any folder, or empty, for a folder that will
/// be moved and used from inside.
std::vector<SideFile> side_files(const World& world, std::string_view folder);

/// A form of a public key: "pem", "der", "jwk", "n" (the modulus alone) or "empty".
std::string public_key_bytes(const TestKey& key, std::string_view form);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_WORLD_FILES_H_
