#ifndef JOTMILL_INPUT_CHANNEL_H_
#define JOTMILL_INPUT_CHANNEL_H_

#include <cstddef>
#include <string_view>

#include "core/place.h"
#include "input/undo.h"

namespace jotmill {

/// Bytes in front of a token that its channel is told by; and those of them that may tell whether
/// it stands in a URL, for one may hold a token or two. What lies further back never counts, so
/// that a piece of a long line needs no more of its past.
inline constexpr std::size_t kChannelLookBack = 512, kUrlLookBack = 4096;

/// What stands in front of a token in its own record.
struct TextBefore {
  std::string_view text;           ///< the last bytes, escapes undone
  const Undone* undone = nullptr;  ///< what `text` is of; null: nothing was escaped in it
  /// What stands in front of these, and the first of them, as they stand there; empty: they reach
  /// the record's beginning.
  std::string_view further = {};
  bool further_is_all = false;  ///< `further` reaches the record's beginning
};

struct Channel {
  ChannelKind kind = ChannelKind::kBare;
  std::string_view name;  ///< a stretch of the text before
};

/// Where a token stands (inputs.md), by the text in front of it and the character behind it ('\0':
/// none). A terminal's marks, the parts in front of a token in its own run, and the `s:` of a
/// signed cookie are passed over:
///   `Bearer T`, `DPoP T` (any case; space, + or none between), `Authorization: T`, `DPoP: T`
///   ?NAME=T &NAME=T #NAME=T in a URL: query
///   NAME=T among NAME=T; pairs, or behind `Cookie:`: cookie
///   "NAME":"T", or NAME=T anywhere else: body
/// A name that is longer than 128 bytes, or may_hold_token(), makes it bare.
/// Anything else is bare. Constant time for the bounded `before`.
Channel find_channel(const TextBefore& before, char behind);

/// Whether a cookie of this name is a piece of one that was too long: NAME.0, NAME.1.
bool is_cookie_chunk_name(std::string_view name);
/// Whether this is such a piece: cookie:NAME.0, cookie:NAME.1; or body:NAME.0, for a logger that
/// has taken the header apart.
bool is_cookie_chunk(const Channel& channel);

/// Whether a name has something in it that begins like a token and is as long: {"TOKEN":"T"}. Such
/// a name is shown nowhere.
bool may_hold_token(std::string_view name);

}  // namespace jotmill

#endif  // JOTMILL_INPUT_CHANNEL_H_
