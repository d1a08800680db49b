#include "tools/bench/json_out.h"

#include <charconv>
#include <cmath>

#include "tools/safe_text.h"

namespace jotmill::tools {

void JsonOut::put(std::string_view text) {
  if (wants_comma_) out_ += ',';
  out_ += text;
  wants_comma_ = true;
}

JsonOut& JsonOut::name(std::string_view text) {
  put(json_string(text));
  out_ += ':';
  wants_comma_ = false;
  return *this;
}

void JsonOut::string(std::string_view text) { put(json_string(text)); }

void JsonOut::real(double value) {
  if (!std::isfinite(value)) return null();
  char text[32];
  // An integer of more than 64 bits, which the shortest text may be, is no number to many readers.
  const bool long_integer = std::fabs(value) >= 0x1p63;
  const auto end =
      long_integer
          ? std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr
          : std::to_chars(text, text + sizeof text, value).ptr;
  put({text, static_cast<std::size_t>(end - text)});
}

void JsonOut::reals(const std::vector<double>& values) {
  begin('[');
  for (const double value : values) real(value);
  end(']');
}

void JsonOut::begin(char bracket) {
  put(std::string_view(&bracket, 1));
  wants_comma_ = false;
}

void JsonOut::end(char bracket) {
  out_ += bracket;
  wants_comma_ = true;
}

void JsonOut::line() {
  if (wants_comma_) out_ += ',';
  out_ += '\n';
  wants_comma_ = false;
}

}  // namespace jotmill::tools
