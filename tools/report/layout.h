#ifndef JOTMILL_TOOLS_REPORT_LAYOUT_H_
#define JOTMILL_TOOLS_REPORT_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jotmill/options.h"

/// Numbers and texts as people read them, and rows of 80 columns. Nothing here knows what it shows.
namespace jotmill::tools {

struct TextStyle {
  bool color = false;     ///< ANSI colours
  bool unicode = true;    ///< bars of block elements; false: of '#'
  std::size_t rows = 10;  ///< at most so many rows of a list
};

std::string with_commas(std::uint64_t number);
/// "12.3%". What is neither nothing nor everything never looks like it: "<0.1%", ">99.9%". "-" of
/// nothing.
std::string percent(std::uint64_t part, std::uint64_t whole);
/// "834 B", "1.4 MiB".
std::string in_bytes(std::uint64_t bytes);
/// A length of time in its greatest sensible unit: "0", "45 s", "3.2 min", "5.0 h", "12 d", "2.1
/// y".
std::string in_time(std::uint64_t seconds);
/// The same for short ones: "120 us", "1.92 s".
std::string in_short_time(std::uint64_t ns);
/// RFC 3339 in UTC, with a fraction where there is one; plain Unix seconds outside the years 0 to
/// 9999.
std::string in_utc(const TimePoint& time);
std::string in_words(const Duration& duration);

/// Columns that `text` takes on a terminal: two for the wide letters of East Asia, none for
/// combining marks.
std::size_t columns(std::string_view text);
/// `text` without anything that could lead a terminal astray, in exactly `width` columns: filled
/// up, or with "..." for its middle, for the ends of URLs and kids tell more than their middles. In
/// quotes where an eye would miss it: empty, with a space at an end, or with characters left out.
std::string fitted(std::string_view text, std::size_t width);

/// Writes the lines of a text report.
class Page {
 public:
  explicit Page(const TextStyle& style) : style_(style) {}

  enum class Ink : std::uint8_t { kPlain, kBold, kDim, kGood, kBad, kWarn };

  /// A heading, with the names of the two columns of numbers where its rows have them.
  void heading(std::string_view title, std::string_view first = {}, std::string_view second = {});
  /// Label, bar of part/whole, and two cells set right.
  struct Row {
    std::string_view label;
    std::uint64_t part = 0, whole = 0;
    std::string first, second;
    Ink ink = Ink::kPlain;
    bool wide = false;  ///< for labels from the input: more room for them, less for the bar
  };
  void row(const Row& row);
  /// A name and what is said of it, wrapped below itself.
  void entry(std::string_view name, std::string_view text, Ink ink = Ink::kPlain);
  /// Text behind `indent` spaces, wrapped at 80 columns.
  void note(std::string_view text, std::size_t indent = 2, Ink ink = Ink::kDim);
  void blank() { out_ += '\n'; }
  void line(std::string_view text, Ink ink = Ink::kPlain);
  /// A line across the page.
  void rule();

  const TextStyle& style() const { return style_; }
  std::string take() && { return std::move(out_); }

 private:
  std::string bar(const Row& row, std::size_t width) const;
  std::string inked(std::string_view text, Ink ink) const;

  TextStyle style_;
  std::string out_;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_REPORT_LAYOUT_H_
