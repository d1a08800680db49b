// Linked into a target, it makes libFuzzer change its JSON documents piece by piece half of the
// time: numbers to others, members away, twice or in another's place. Blind bytes hardly ever get a
// long document past a reader's grammar to what the reader asks of the values.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

/// A string, a number, a word, or one of []{},: in the document, with the blanks behind it.
using Piece = std::string_view;

constexpr std::array kScalars = std::to_array<std::string_view>({"0",
                                                                 "1",
                                                                 "-1",
                                                                 "2",
                                                                 "0.5",
                                                                 "-0",
                                                                 "1e3",
                                                                 "1e-9",
                                                                 "1e308",
                                                                 "255",
                                                                 "4294967296",
                                                                 "9007199254740991",
                                                                 "9007199254740993",
                                                                 "9223372036854775807",
                                                                 "-9223372036854775808",
                                                                 "18446744073709551615",
                                                                 "18446744073709551616",
                                                                 "null",
                                                                 "true",
                                                                 "false",
                                                                 "\"\"",
                                                                 "\"a\"",
                                                                 "\"\\u0000\"",
                                                                 "\"\xFF\"",
                                                                 "\"2026-11-27T00:00:00Z\"",
                                                                 "[]",
                                                                 "{}"});

bool is_punctuation(char c) { return std::string_view("[]{},:").find(c) != std::string_view::npos; }
bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == '"') {
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else if (!is_punctuation(text[at])) {
      while (end < text.size() && !is_punctuation(text[end]) && !is_blank(text[end])) ++end;
    }
    while (end < text.size() && is_blank(text[end])) ++end;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

class Mutation {
 public:
  Mutation(std::string_view text, unsigned seed) : pieces_(pieces_of(text)), random_(seed) {}

  std::string apply() {
    if (pieces_.empty()) return {};
    for (std::size_t times = 1 + draw(2); times > 0; --times) change();
    std::string out;
    for (const Piece piece : pieces_) out += piece;
    return out;
  }

 private:
  std::size_t draw(std::size_t below) { return random_() % below; }

  /// Where the value, or member, that begins at `at` ends.
  std::size_t end_of(std::size_t at) const {
    std::size_t depth = 0;
    for (; at < pieces_.size(); ++at) {
      const char c = pieces_[at].front();
      if (c == '[' || c == '{') ++depth;
      if (depth == 0 && (c == ',' || c == ']' || c == '}')) break;
      if (c == ']' || c == '}') --depth;
    }
    return at;
  }

  void change() {
    const std::size_t at = draw(pieces_.size());
    const auto begin = pieces_.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = pieces_.begin() + static_cast<std::ptrdiff_t>(end_of(at));
    const bool scalar = !is_punctuation(pieces_[at].front());
    switch (draw(5)) {
      case 0:
        if (scalar) *begin = kScalars[draw(kScalars.size())];
        break;
      case 1:
        if (scalar) *begin = pieces_[draw(pieces_.size())];
        break;
      case 2: pieces_.erase(begin, end); break;
      case 3: {  // once more, as the next member or element
        std::vector<Piece> copy = {","};
        copy.insert(copy.end(), begin, end);
        pieces_.insert(end, copy.begin(), copy.end());
        break;
      }
      default: {  // in another's place
        const std::vector<Piece> copy(begin, end);
        const std::size_t to = draw(pieces_.size());
        const auto place =
            pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(to),
                          pieces_.begin() + static_cast<std::ptrdiff_t>(std::max(to, end_of(to))));
        pieces_.insert(place, copy.begin(), copy.end());
      }
    }
    if (pieces_.empty()) pieces_.push_back("0");
  }

  std::vector<Piece> pieces_;
  std::mt19937 random_;
};

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  if (seed % 2 != 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string changed = Mutation(text, seed).apply();
  if (changed.empty() || changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, changed.data(), changed.size());
  return changed.size();
}
