#ifndef JOTMILL_TESTS_SUPPORT_PACKED_H_
#define JOTMILL_TESTS_SUPPORT_PACKED_H_

// Compressed bytes for tests, made and undone by the libraries' own simple functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::testing {

/// One gzip member. `header_name` (may be empty) stands in its header as the file's name.
std::string gzip(std::string_view bytes, int level = 6, const char* header_name = "");
/// BGZF (SAMv1 s4.1): gzip members of `block_bytes` each that tell their sizes, and the empty one
/// that marks the end.
std::string bgzf(std::string_view bytes, std::size_t block_bytes = 65280);
/// One zstd frame with a checksum. `window_log` 0: the library's choice; else a frame that does not
/// tell its size, with a window of 2^window_log bytes.
std::string zstd(std::string_view bytes, int level = 3, int window_log = 0);
/// A skippable frame that holds `bytes`.
std::string zstd_skippable(std::string_view bytes);
/// One xz stream with CRC64. `dictionary_bytes` 0: that of the preset.
std::string xz(std::string_view bytes, unsigned preset = 6, unsigned dictionary_bytes = 0);

enum class Packing { kGzip, kZstd, kXz };
inline constexpr Packing kPackings[] = {Packing::kGzip, Packing::kZstd, Packing::kXz};
const char* name(Packing packing);
std::string pack(Packing packing, std::string_view bytes);

/// For each n: how many bytes the first n bytes of `packed` (one member, frame or stream, or
/// several of them) decompress to. Fed to the library one byte at a time, until it fails.
std::vector<std::size_t> sizes_of_prefixes(Packing packing, std::string_view packed);

/// All of it; nothing when it is damaged or not at its end.
std::optional<std::string> unpack(Packing packing, std::string_view packed);

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_PACKED_H_
