#include "core/json_write.h"

#include "jotmill/text.h"

namespace jotmill::json {

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  append_safe(out, text, SafeText::kJson);
  out.push_back('"');
}

}  // namespace jotmill::json
