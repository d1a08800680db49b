#include "input/har_cutter.h"

namespace jotmill {
namespace {

/// {"log":{"entries":[ stand around an entry.
constexpr std::uint64_t kAroundEntries = 3;

}  // namespace

void HarCutter::in_string(char c) {
  constexpr std::size_t kLongestWord = 8;
  const bool last = c == '"' && !escaped_;
  if (!last && depth_ < kAroundEntries && word_.size() < kLongestWord) word_ += c;
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    string_ = false;
  }
}

void HarCutter::open(bool array) {
  ++depth_;
  if (depth_ == 2) in_log_ = !array && word_ == "log";
  if (depth_ == kAroundEntries) in_entries_ = in_log_ && array && word_ == "entries";
}

void HarCutter::look(Bytes bytes, std::uint64_t offset_bytes) {
  std::uint64_t at = looked_at_ > offset_bytes ? looked_at_ - offset_bytes : 0;
  for (; at < bytes.size(); ++at) {
    const char c = static_cast<char>(bytes[at]);
    if (string_) {
      in_string(c);
    } else if (c == '"') {
      string_ = true;
      if (depth_ < kAroundEntries) word_.clear();
    } else if (c == '{' || c == '[') {
      open(c == '[');
    } else if ((c == '}' || c == ']') && depth_ > 0) {
      --depth_;
      if (depth_ == kAroundEntries && in_entries_) ends_.push_back(offset_bytes + at + 1);
    }
  }
  looked_at_ = offset_bytes + bytes.size();
}

}  // namespace jotmill
