#ifndef JOTMILL_REPORTS_PACKED_H_
#define JOTMILL_REPORTS_PACKED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The state of sketches as text. Each unpack_ function takes exactly what its pack_ function
/// makes.
namespace jotmill {

/// Numbers as LEB128, seven bits a byte, in base64 (RFC 4648 s4): mostly small ones take little
/// room.
std::string pack_numbers(std::span<const std::uint64_t> numbers);
/// Nothing when the text is no such list of exactly `count` numbers.
std::optional<std::vector<std::uint64_t>> unpack_numbers(std::string_view text, std::size_t count);

/// Numbers below 64, one base64 letter each.
std::string pack_ranks(std::span<const std::uint8_t> ranks);
std::optional<std::vector<std::uint8_t>> unpack_ranks(std::string_view text, std::size_t count,
                                                      std::uint8_t most);

}  // namespace jotmill

#endif  // JOTMILL_REPORTS_PACKED_H_
