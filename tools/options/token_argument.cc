#include "tools/options/token_argument.h"

#include <filesystem>
#include <string_view>

#include "jotmill/text.h"
#include "tools/options/given.h"

namespace jotmill::tools {

Status refuse_tokens(const std::string& role, std::span<const std::string> paths) {
  for (const std::string& path : paths) {
    std::error_code unreadable;
    if (!holds_token(path) || std::filesystem::exists(path, unreadable)) continue;
    return usage_error(role,
                       "is a token and no file; for one token: jotmill explain, for many: a file "
                       "or standard input");
  }
  return Unit{};
}

}  // namespace jotmill::tools
