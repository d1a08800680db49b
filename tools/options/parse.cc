#include "tools/options/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <set>
#include <utility>

#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

Error usage(std::string reason) { return Error{ErrorKind::kUsage, "", std::move(reason)}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the decimal digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

template <typename T>
std::optional<T> to_number(std::string_view digits) {
  T value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// Digits after the point -> nanoseconds; nothing when there are none or more than nine.
std::optional<std::uint32_t> to_nanoseconds(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) return std::nullopt;
  std::string padded(digits);
  padded.resize(9, '0');
  return to_number<std::uint32_t>(padded);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t ns;
  };
  static constexpr std::array kUnits = {
      Unit{"", 1'000'000'000},
      Unit{"s", 1'000'000'000},
      Unit{"ms", 1'000'000},
      Unit{"us", 1'000},
      Unit{"ns", 1},
      Unit{"m", 60'000'000'000},
      Unit{"h", 3'600'000'000'000},
      Unit{"d", 86'400'000'000'000},
  };
  const auto wrong = [&] {
    return usage(in_quotes(text) + " is not a duration: write 60, 60s, 5m, 2h, 1d, 500ms or 20us");
  };
  std::string_view rest = text;
  const auto whole = to_number<std::uint64_t>(take_digits(rest));
  if (!whole) return wrong();
  std::uint32_t fraction = 0;  // in 10^-9 units
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const auto part = to_nanoseconds(take_digits(rest));
    if (!part) return wrong();
    fraction = *part;
  }
  const auto unit = std::ranges::find(kUnits, rest, &Unit::name);
  if (unit == kUnits.end()) return wrong();
  constexpr std::uint64_t kMaxSeconds = 1'000'000'000'000;
  using Wide = unsigned __int128;
  const Wide ns = Wide{*whole} * unit->ns + Wide{fraction} * unit->ns / 1'000'000'000;
  if (ns / 1'000'000'000 > kMaxSeconds) return usage(in_quotes(text) + " is too long a time");
  return Duration{static_cast<std::int64_t>(ns / 1'000'000'000),
                  static_cast<std::uint32_t>(ns % 1'000'000'000)};
}

Result<std::size_t> parse_size(std::string_view text, std::size_t max) {
  const auto wrong = [&] {
    return usage(in_quotes(text) + " is not a size in bytes: write 262144, 256K, 256KiB or 1MiB");
  };
  std::string_view rest = text;
  const auto number = to_number<std::uint64_t>(take_digits(rest));
  if (!number) return wrong();
  unsigned shift = 0;
  if (!rest.empty() && rest != "B") {
    const auto power = std::string_view("KMG").find(rest.front() == 'k' ? 'K' : rest.front());
    rest.remove_prefix(1);
    if (power == std::string_view::npos || (!rest.empty() && rest != "iB")) return wrong();
    shift = static_cast<unsigned>(10 * (power + 1));
  }
  if (*number == 0 || *number > (max >> shift)) {
    return usage(fmt::format("{} is out of range: from 1 to {} bytes", in_quotes(text), max));
  }
  return static_cast<std::size_t>(*number << shift);
}

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t min, std::uint64_t max) {
  const auto number = to_number<std::uint64_t>(text);
  if (!number || *number < min || *number > max) {
    return usage(fmt::format("{} is not a whole number from {} to {}", in_quotes(text), min, max));
  }
  return *number;
}

Result<std::vector<std::string>> parse_list(std::span<const std::string> values) {
  std::vector<std::string> names;
  std::set<std::string, std::less<>> seen;
  for (std::string_view rest : values) {
    while (true) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string name(rest.substr(0, comma));
      if (name.empty()) return usage("an empty name in the list; write NAME or NAME,NAME");
      if (seen.insert(name).second) names.push_back(name);
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return names;
}

Status check_json_pointer(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return usage(fmt::format("{} is not a JSON Pointer: {}", in_quotes(text), why));
  };
  if (text.empty()) return Unit{};
  if (text.front() != '/') return wrong("it must begin with /, as in /token or /request/token");
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '~') continue;
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (next != '0' && next != '1') return wrong("~ is written ~0, and a / in a name ~1");
  }
  return Unit{};
}

Result<std::string> parse_choice(std::string_view value,
                                 std::span<const std::string_view> allowed) {
  if (std::ranges::find(allowed, value) != allowed.end()) return std::string(value);
  const std::vector<std::string> names(allowed.begin(), allowed.end());
  const auto close = nearest(value, names);
  return usage(fmt::format("{} is not one of {}{}", in_quotes(value), fmt::join(allowed, ", "),
                           close ? fmt::format("; did you mean {}?", *close) : std::string()));
}

namespace {
char in_lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
}  // namespace

std::optional<std::string> nearest(std::string_view name, std::span<const std::string> names) {
  constexpr std::size_t kMaxLength = 64;  // keeps the quadratic distance cheap on hostile input
  if (name.empty() || name.size() > kMaxLength) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = 1 + name.size() / 4;
  for (const std::string& candidate : names) {
    std::vector<std::size_t> row(candidate.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 0; i < name.size(); ++i) {  // Levenshtein distance, one row at a time
      std::size_t diagonal = std::exchange(row[0], i + 1);
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const bool same = in_lower_case(name[i]) == in_lower_case(candidate[j]);
        const std::size_t changed = diagonal + (same ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
      }
    }
    if (row.back() > best_distance || (best && row.back() == best_distance)) continue;
    best = candidate;
    best_distance = row.back();
  }
  return best;
}

}  // namespace jotmill::tools
