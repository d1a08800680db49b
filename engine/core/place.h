#ifndef JOTMILL_CORE_PLACE_H_
#define JOTMILL_CORE_PLACE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace jotmill {

/// Where in a record a token stood (inputs.md). Those that end in ':' when written have a name
/// behind it, which stands in TokenBatch::channel_name.
enum class ChannelKind : std::uint8_t {
  kBare,           ///< anywhere else
  kField,          ///< field:POINTER, a member that --field names
  kAuthorization,  ///< behind `Bearer ` in an Authorization header or what looks like one
  kDpop,           ///< behind `DPoP `
  kQuery,          ///< query:NAME, a parameter of a URL or its fragment
  kCookie,         ///< cookie:NAME
  kBody,           ///< body:NAME, a JSON member or a form field
  kHar,            ///< har:PART, a part of a HAR entry ("request.headers")
};
inline constexpr std::size_t kChannelKinds = 8;
/// "bare", "authorization", "query:" ...: what the channel's text begins with; all of it where no
/// name follows.
std::string_view words(ChannelKind kind);
constexpr bool has_name(ChannelKind kind) {
  return kind != ChannelKind::kBare && kind != ChannelKind::kAuthorization &&
         kind != ChannelKind::kDpop;
}

/// What had to be undone to read a token.
enum class Layer : std::uint8_t {
  kPercent,    ///< %XX of URLs and forms
  kJson,       ///< backslash escapes: those of JSON, and \xHH of nginx and Apache
  kBase64url,  ///< base64url around the whole token; base64 of a HAR content likewise
};
std::string_view words(Layer layer);

/// The layers of one token, outermost first: in the order in which they were undone. A layer counts
/// only where undoing it changed bytes of the token itself: a token without an escape inside a JSON
/// string has none. The same layer twice (%252E) stands there twice.
struct LayerList {
  static constexpr std::size_t kMost = 7;  ///< more are never undone: a hostile nest costs nothing
  std::uint8_t count = 0;
  std::array<Layer, kMost> layers{};

  bool full() const { return count == kMost; }
  /// False, and nothing added, when full.
  bool push(Layer layer) {
    if (full()) return false;
    layers[count++] = layer;
    return true;
  }
  const Layer* begin() const { return layers.data(); }
  const Layer* end() const { return layers.data() + count; }
  bool operator==(const LayerList& other) const {
    for (std::size_t i = 0; i < kMost; ++i) {
      if (i < count && layers[i] != other.layers[i]) return false;
    }
    return count == other.count;
  }
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_PLACE_H_
