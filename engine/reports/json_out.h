#ifndef JOTMILL_REPORTS_JSON_OUT_H_
#define JOTMILL_REPORTS_JSON_OUT_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "jotmill/text.h"

namespace jotmill {

/// Writes one JSON text from front to back and keeps the commas. The caller keeps the brackets in
/// pairs.
class JsonOut {
 public:
  JsonOut& name(std::string_view text) {
    string(text);
    out_ += ':';
    fresh_ = true;
    return *this;
  }
  void string(std::string_view text) {
    comma();
    out_ += '"';
    append_safe(out_, text, SafeText::kJson);
    out_ += '"';
  }
  void number(std::integral auto value) {
    comma();
    out_ += std::to_string(value);
  }
  void boolean(bool value) { word(value ? "true" : "false"); }
  void null() { word("null"); }
  void begin(char bracket) {
    comma();
    out_ += bracket;
    fresh_ = true;
  }
  void end(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }
  /// A new line before what comes next.
  void line() {
    comma();
    out_ += '\n';
    fresh_ = true;
  }
  std::string take() && { return std::move(out_); }

 private:
  void word(std::string_view text) {
    comma();
    out_ += text;
  }
  void comma() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  std::string out_;
  bool fresh_ = true;  ///< nothing stands in front that wants a comma
};

}  // namespace jotmill

#endif  // JOTMILL_REPORTS_JSON_OUT_H_
