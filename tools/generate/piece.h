#ifndef JOTMILL_TOOLS_GENERATE_PIECE_H_
#define JOTMILL_TOOLS_GENERATE_PIECE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::tools {

/// Where a token stands in a piece of text.
struct Place {
  std::size_t offset = 0;  ///< of the first byte of the token's text
  std::size_t bytes = 0;   ///< of the token's text as it stands there
  std::string channel;     ///< as a record says it: "authorization", "query:token"
  /// What must be undone to read it, outermost first. A layer that leaves every byte of the token
  /// as it is (a JSON string around a token without an escape) is none of them.
  std::vector<std::string_view> layers = {};
};

/// Text under construction that knows where its tokens are. What is put around a piece (a URL's
/// percent signs, a JSON string, base64url) moves the places and adds to their layers, so a label
/// follows from how the record was made and from no search in it.
struct Piece {
  std::string text;
  std::vector<Place> places;

  Piece() = default;
  Piece(std::string_view plain) : text(plain) {}        // NOLINT: text without a token
  Piece(const char* plain) : text(plain) {}             // NOLINT
  Piece(std::string plain) : text(std::move(plain)) {}  // NOLINT
  Piece& operator+=(const Piece& more);
};
Piece operator+(Piece left, const Piece& right);

/// The token itself.
Piece token_piece(std::string_view token, std::string channel);

/// The inside of a JSON string (RFC 8259 s7): quote, backslash and control characters escaped.
/// `dots`: the dots of tokens as \u002e too, as some writers do.
Piece json_escaped(const Piece& inner, bool dots = false);
/// The same with quotes around it.
Piece json_string(const Piece& inner, bool dots = false);
/// encodeURIComponent (RFC 3986 s2.1). `dots`: the dots of tokens as %2E too.
Piece percent_encoded(const Piece& inner, bool dots = false);
/// \xHH for quote, backslash and all that is not printable ASCII: nginx's log_format by default.
Piece nginx_escaped(const Piece& inner);
/// \" \\ \n \t and \xHH: Apache's mod_log_config.
Piece apache_escaped(const Piece& inner);
/// base64url of all of it. A token's text begins at the character that holds its first bits.
Piece base64url_encoded(const Piece& inner);
/// base64 with its padding (RFC 4648 s4), as HAR has it; likewise.
Piece base64_encoded(const Piece& inner);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_PIECE_H_
