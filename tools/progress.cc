#include "tools/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "tools/output.h"

namespace jotmill::tools {
namespace {

template <std::size_t N>
std::string scaled(double value, double step, const std::array<std::string_view, N>& units) {
  std::size_t unit = 0;
  for (; value >= step && unit + 1 < N; ++unit) value /= step;
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

std::string bytes_text(std::uint64_t bytes) {
  return scaled(static_cast<double>(bytes), 1024,
                std::array<std::string_view, 5>{"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string clock_text(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 359'999.0) + 0.5);
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

}  // namespace

std::string progress_text(const Progress& progress) {
  const auto read = static_cast<double>(progress.bytes_read);
  const auto total = static_cast<double>(progress.bytes_total);
  const double rate =
      progress.seconds > 0 ? static_cast<double>(progress.tokens) / progress.seconds : 0;
  const std::string tokens =
      scaled(rate, 1000, std::array<std::string_view, 3>{"tokens/s", "k tokens/s", "M tokens/s"});
  if (progress.bytes_total == 0) return bytes_text(progress.bytes_read) + "  " + tokens;
  const double share = std::min(read / total, 1.0);
  std::string text = fmt::format("{} of {}  {:.0f}%  {}", bytes_text(progress.bytes_read),
                                 bytes_text(progress.bytes_total), 100 * share, tokens);
  if (share > 0 && share < 1) text += "  ETA " + clock_text(progress.seconds * (1 - share) / share);
  return text;
}

void ProgressLine::show(const Progress& progress) {
  print_to_stderr("\r\x1b[K" + progress_text(progress));
  shown_ = true;
}

void ProgressLine::wipe() {
  if (shown_) print_to_stderr("\r\x1b[K");
  shown_ = false;
}

}  // namespace jotmill::tools
