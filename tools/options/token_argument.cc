#include "tools/options/token_argument.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "tools/options/given.h"

namespace jotmill::tools {
namespace {

/// Of an encoded header; the shortest one with an alg, {"alg":"ES256"}, has 20 characters.
constexpr std::size_t kLeastHeaderChars = 16;

bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '=';
}

/// How an encoded JSON object begins: {" and, with blanks behind the brace, what inputs.md names.
bool begins_as_object(std::string_view text) {
  for (const std::string_view start : {"eyJ", "eyA", "ewo", "ew0", "ewk"}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

/// A header with something behind it is enough: a token that is cut or damaged is still one.
bool looks_like_token(std::string_view text) {
  for (const std::string_view scheme : {"Bearer ", "bearer ", "DPoP "}) {
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  }
  const std::size_t dot = text.find('.');
  return dot != text.npos && dot >= kLeastHeaderChars && begins_as_object(text) &&
         std::ranges::all_of(text.substr(0, dot), is_base64url);
}

}  // namespace

Status refuse_tokens(const std::string& role, std::span<const std::string> paths) {
  for (const std::string& path : paths) {
    std::error_code unreadable;
    if (!looks_like_token(path) || std::filesystem::exists(path, unreadable)) continue;
    return usage_error(role,
                       "is a token and no file; for one token: jotmill explain, for many: a file "
                       "or standard input");
  }
  return Unit{};
}

}  // namespace jotmill::tools
