#ifndef JOTMILL_TOOLS_GENERATE_TEXT_H_
#define JOTMILL_TOOLS_GENERATE_TEXT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::tools {

/// base64url without padding, RFC 4648 s5.
std::string base64url(std::string_view bytes);
/// The reverse, for our own key files; nothing when `text` is not strict base64url.
std::optional<std::string> from_base64url(std::string_view text);
/// The place of a base64url character in the alphabet, 0 to 63, or -1.
int base64url_value(char character);
char base64url_character(int value);

/// A JSON string literal (RFC 8259 s7) of UTF-8 text, quotes included.
std::string json_quote(std::string_view text);

/// An object under construction. Names and values are JSON text, so that a test can write any name
/// and any value.
class JsonMembers {
 public:
  struct Member {
    std::string name;   ///< JSON string literal
    std::string value;  ///< any JSON text
  };

  /// Replaces the value of the member called `name`, or appends it.
  void set(std::string_view name, std::string value);
  void set_string(std::string_view name, std::string_view value) { set(name, json_quote(value)); }
  void remove(std::string_view name);
  /// The value's JSON text, or nothing.
  const std::string* find(std::string_view name) const;
  std::vector<Member>& all() { return members_; }
  std::string text() const;
  std::size_t text_size() const;

 private:
  std::vector<Member> members_;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_TEXT_H_
