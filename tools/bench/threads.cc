#include "tools/bench/threads.h"

#include <algorithm>

#include "tools/options/parse.h"

namespace jotmill::tools {
Result<std::vector<unsigned>> read_threads(const std::vector<std::string>& given,
                                           std::vector<unsigned> otherwise) {
  if (given.empty()) return otherwise;
  const auto words = parse_list(given);
  if (!words) return words.error();
  std::vector<unsigned> threads;
  for (const std::string& word : words.value()) {
    const std::size_t dash = word.find('-');
    const auto first = parse_count(word.substr(0, dash), 1, kMostThreads);
    if (!first) return first.error();
    const auto last = dash == std::string::npos
                          ? first
                          : parse_count(word.substr(dash + 1), first.value(), kMostThreads);
    if (!last) return last.error();
    for (std::uint64_t n = first.value(); n <= last.value(); ++n) {
      threads.push_back(static_cast<unsigned>(n));
    }
  }
  std::ranges::sort(threads);
  threads.erase(std::unique(threads.begin(), threads.end()), threads.end());
  return threads;
}

}  // namespace jotmill::tools
