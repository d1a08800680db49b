#include "claims/show.h"

#include "core/json.h"
#include "core/json_write.h"

namespace jotmill {

using json::Event;

std::string_view ClaimWriter::unescaped(std::string_view raw, bool has_escapes) {
  if (!has_escapes) return raw;
  scratch_.resize(raw.size());
  return {scratch_.data(), json::unescape(raw, scratch_.data())};
}

void ClaimWriter::write_value(std::string_view value) {
  json::Reader reader(value);
  bool comma = false;  // between this part and the one before
  for (;;) {
    const Event event = reader.next();
    if (event == Event::kEnd || event == Event::kError) return;
    const bool closes = event == Event::kEndObject || event == Event::kEndArray;
    if (comma && !closes) out_.push_back(',');
    comma = true;
    switch (event) {
      case Event::kBeginObject: out_.push_back('{'), comma = false; break;
      case Event::kBeginArray: out_.push_back('['), comma = false; break;
      case Event::kEndObject: out_.push_back('}'); break;
      case Event::kEndArray: out_.push_back(']'); break;
      case Event::kTrue: out_ += "true"; break;
      case Event::kFalse: out_ += "false"; break;
      case Event::kNull: out_ += "null"; break;
      case Event::kNumber: out_ += reader.raw(); break;
      case Event::kString:
        json::append_string(out_, unescaped(reader.raw(), reader.has_escapes()));
        break;
      default:  // a name
        json::append_string(out_, unescaped(reader.raw(), reader.has_escapes()));
        out_.push_back(':');
        comma = false;
    }
  }
}

void ClaimWriter::add(std::string_view name, std::string_view value) {
  if (out_.size() > 1) out_.push_back(',');
  json::append_string(out_, name);
  out_.push_back(':');
  const std::size_t before = out_.size();
  write_value(value);
  if (out_.size() < kMostShownBytes) return;
  out_.resize(before);
  json::append_string(out_, "<" + std::to_string(value.size()) + " bytes not shown>");
}

std::string_view ClaimWriter::finish() {
  out_.push_back('}');
  return out_;
}

}  // namespace jotmill
