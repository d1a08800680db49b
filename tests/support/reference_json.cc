#include "support/reference_json.h"

#include <cstdint>
#include <set>

namespace jotmill::reference {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A recursive descent over RFC 8259 s2-s7, one function per production; a false return means "not
// JSON" and ends it.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool whole(Json& out) {
    skip_space();
    if (!value(out, 1)) return false;
    skip_space();
    return at_ == text_.size();
  }

 private:
  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }

  bool take(char wanted) {
    if (done() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool take(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  void skip_space() {
    while (!done() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }

  bool value(Json& out, int level) {
    switch (peek()) {
      case '{': return level <= kMaxJsonLevels && object(out, level);
      case '[': return level <= kMaxJsonLevels && array(out, level);
      case '"': out.kind = Json::Kind::string; return string(out.text);
      case 't':
        out.kind = Json::Kind::boolean;
        out.boolean = true;
        return take("true");
      case 'f': out.kind = Json::Kind::boolean; return take("false");
      case 'n': return take("null");
      default: out.kind = Json::Kind::number; return number(out.text);
    }
  }

  bool object(Json& out, int level) {
    out.kind = Json::Kind::object;
    take('{');
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      auto& [name, member] = out.members.emplace_back();
      if (!string(name)) return false;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      if (!value(member, level + 1)) return false;
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool array(Json& out, int level) {
    out.kind = Json::Kind::array;
    take('[');
    skip_space();
    if (take(']')) return true;
    do {
      skip_space();
      if (!value(out.items.emplace_back(), level + 1)) return false;
      skip_space();
    } while (take(','));
    return take(']');
  }

  // number = [ "-" ] int [ frac ] [ exp ], int without leading zeros.
  bool number(std::string& out) {
    const size_t begin = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    out = std::string(text_.substr(begin, at_ - begin));
    return true;
  }

  bool digits() {
    const size_t begin = at_;
    while (!done() && is_digit(peek())) ++at_;
    return at_ > begin;
  }

  bool string(std::string& out) {
    if (!take('"')) return false;
    while (!done()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool escape(std::string& out) {
    if (done()) return false;
    switch (text_[at_++]) {
      case '"': out += '"'; return true;
      case '\\': out += '\\'; return true;
      case '/': out += '/'; return true;
      case 'b': out += '\b'; return true;
      case 'f': out += '\f'; return true;
      case 'n': out += '\n'; return true;
      case 'r': out += '\r'; return true;
      case 't': out += '\t'; return true;
      case 'u': return unicode_escape(out);
      default: return false;
    }
  }

  // \uXXXX, or a high and a low surrogate together. A surrogate alone has no UTF-8 form and is
  // refused.
  bool unicode_escape(std::string& out) {
    uint32_t code = 0;
    if (!hex4(code)) return false;
    if (code >= 0xDC00 && code <= 0xDFFF) return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
      uint32_t low = 0;
      if (!take("\\u") || !hex4(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(code, out);
    return true;
  }

  bool hex4(uint32_t& out) {
    for (int i = 0; i < 4; ++i, ++at_) {
      if (done()) return false;
      const char c = text_[at_];
      uint32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        digit = static_cast<uint32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        digit = static_cast<uint32_t>(c - 'A' + 10);
      } else {
        return false;
      }
      out = out * 16 + digit;
    }
    return true;
  }

  static void append_utf8(uint32_t code, std::string& out) {
    const auto tail = [&out](uint32_t bits) { out += static_cast<char>(0x80 | (bits & 0x3F)); };
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | (code >> 6));
      tail(code);
    } else if (code < 0x10000) {
      out += static_cast<char>(0xE0 | (code >> 12));
      tail(code >> 6);
      tail(code);
    } else {
      out += static_cast<char>(0xF0 | (code >> 18));
      tail(code >> 12);
      tail(code >> 6);
      tail(code);
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  for (const auto& [member_name, member] : members) {
    if (member_name == name) return &member;
  }
  return nullptr;
}

bool Json::has_duplicate_names() const {
  std::set<std::string_view> seen;
  for (const JsonMember& entry : members) {
    if (!seen.insert(entry.name).second) return true;
  }
  return false;
}

bool is_utf8(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    size_t length = 0;
    uint32_t code = 0;
    uint32_t smallest = 0;
    if (lead < 0x80) {
      ++i;
      continue;
    } else if ((lead & 0xE0) == 0xC0) {
      length = 2, code = lead & 0x1F, smallest = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
      length = 3, code = lead & 0x0F, smallest = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
      length = 4, code = lead & 0x07, smallest = 0x10000;
    } else {
      return false;
    }
    if (bytes.size() - i < length) return false;
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(bytes[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      code = (code << 6) | (next & 0x3F);
    }
    if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

std::optional<Json> parse_json(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  Json root;
  if (!Parser(text).whole(root)) return std::nullopt;
  return root;
}

}  // namespace jotmill::reference
