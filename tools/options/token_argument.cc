#include "tools/options/token_argument.h"

#include <filesystem>
#include <string_view>

#include "tools/options/given.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

/// A token, or one as it stands in a header field.
bool is_pasted_token(std::string_view text) {
  for (const std::string_view scheme : {"Bearer ", "bearer ", "DPoP "}) {
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  }
  return looks_like_token(text);
}

}  // namespace

Status refuse_tokens(const std::string& role, std::span<const std::string> paths) {
  for (const std::string& path : paths) {
    std::error_code unreadable;
    if (!is_pasted_token(path) || std::filesystem::exists(path, unreadable)) continue;
    return usage_error(role,
                       "is a token and no file; for one token: jotmill explain, for many: a file "
                       "or standard input");
  }
  return Unit{};
}

}  // namespace jotmill::tools
