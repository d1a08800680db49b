#include "tools/options/token_argument.h"

#include <filesystem>
#include <string_view>

#include "jotmill/text.h"
#include "tools/options/given.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

bool is_there(const std::filesystem::path& path) {
  std::error_code unreadable;
  return std::filesystem::exists(path, unreadable);
}

}  // namespace

Status refuse_tokens(const std::string& role, std::span<const std::string> paths) {
  for (const std::string& path : paths) {
    if (!holds_token(path) || is_there(path)) continue;
    return usage_error(role,
                       "is a token and no file; for one token: jotmill explain, for many: a file "
                       "or standard input");
  }
  return Unit{};
}

Status refuse_key(const std::string& role, const std::string& path) {
  if (!looks_like_key(path) || is_there(path)) return Unit{};
  return usage_error(role, "is no file but looks like a key; name a file that holds it");
}

Status refuse_secret(const std::string& role, const std::string& path) {
  if (Status key = refuse_key(role, path); !key) return key;
  const std::filesystem::path named(path);
  const std::size_t extension_bytes = named.extension().native().size();
  const bool in_folder = named.has_parent_path() && named.parent_path() != "/";
  if ((extension_bytes > 1 && extension_bytes <= 5) || path.empty() || path == "-") return Unit{};
  // A token is hidden wherever it is named; no secret of use is so short.
  if (holds_token(path) || path.size() < 16) return Unit{};
  if (is_there(path) || (in_folder && is_there(named.parent_path()))) return Unit{};
  return usage_error(role,
                     "there is no such file (it is not named here: it may be the secret itself)");
}

}  // namespace jotmill::tools
