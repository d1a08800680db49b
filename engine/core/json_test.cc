#include "core/json.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/json_write.h"
#include "support/catch.h"
#include "support/json_suite.h"

using namespace jotmill;
using json::Event;
using json::Problem;
using json::Reader;

namespace {

/// Every event as one word, strings and numbers with their raw text, a problem at the end with its
/// name.
std::string events(std::string_view text, unsigned most_levels = json::kTokenLevels) {
  Reader reader(text, most_levels);
  std::string out;
  for (;;) {
    const Event event = reader.next();
    const std::string raw(reader.raw());
    switch (event) {
      case Event::kBeginObject: out += "{ "; break;
      case Event::kEndObject: out += "} "; break;
      case Event::kBeginArray: out += "[ "; break;
      case Event::kEndArray: out += "] "; break;
      case Event::kName: out += raw + ": "; break;
      case Event::kString: out += "'" + raw + "' "; break;
      case Event::kNumber: out += raw + " "; break;
      case Event::kTrue: out += "true "; break;
      case Event::kFalse: out += "false "; break;
      case Event::kNull: out += "null "; break;
      case Event::kEnd: return out + "end";
      case Event::kError: return out + std::string(json::name(reader.problem()));
    }
  }
}

Problem problem_of(std::string_view text, unsigned most_levels = json::kTokenLevels) {
  Reader reader(text, most_levels);
  for (;;) {
    const Event event = reader.next();
    if (event == Event::kEnd) return Problem::kNone;
    if (event == Event::kError) return reader.problem();
  }
}

std::string unescaped(std::string_view text) {
  Reader reader(text);
  REQUIRE(reader.next() == Event::kString);
  std::string out(reader.raw().size(), '\0');
  out.resize(json::unescape(reader.raw(), out.data()));
  return out;
}

std::string nested(std::size_t levels, char open, char close) {
  return std::string(levels, open) + std::string(levels, close);
}

/// Grammar of RFC 8259 once more, recursive and without any shortcut: the twin that the reader is
/// compared with.
struct Grammar {
  std::string_view text;
  std::size_t at = 0;

  bool accepts() { return value() && (space(), at == text.size()); }
  void space() {
    while (at < text.size() && std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos)
      ++at;
  }
  bool take(char c) { return at < text.size() && text[at] == c ? (++at, true) : false; }
  bool digits() {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > begin;
  }
  bool word(std::string_view w) {
    return text.substr(at).starts_with(w) ? (at += w.size(), true) : false;
  }
  bool hex4(unsigned& unit) {
    if (text.size() - at < 4) return false;
    unit = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text[at++];
      if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return false;
      unit = unit * 16 + static_cast<unsigned>(std::stoi(std::string(1, c), nullptr, 16));
    }
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (at < text.size()) {
      const char c = text[at++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') continue;
      if (at == text.size()) return false;
      const char letter = text[at++];
      if (letter != 'u') {
        if (std::string_view("\"\\/bfnrt").find(letter) == std::string_view::npos) return false;
        continue;
      }
      unsigned unit = 0;
      unsigned low = 0;
      if (!hex4(unit)) return false;
      if (unit >= 0xDC00 && unit <= 0xDFFF) return false;
      if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (!take('\\') || !take('u') || !hex4(low) || low < 0xDC00 || low > 0xDFFF) return false;
      }
    }
    return false;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool value() {
    space();
    if (at == text.size()) return false;
    if (text[at] == '"') return string();
    if (take('[')) {
      space();
      if (take(']')) return true;
      do {
        if (!value()) return false;
        space();
      } while (take(','));
      return take(']');
    }
    if (take('{')) {
      space();
      if (take('}')) return true;
      do {
        space();
        if (!string()) return false;
        space();
        if (!take(':') || !value()) return false;
        space();
      } while (take(','));
      return take('}');
    }
    return word("true") || word("false") || word("null") || number();
  }
};

}  // namespace

TEST_CASE("a reader hands out every event of a text", "[json]") {
  CHECK(events(R"({"a":[1,-2.50e+10,"x\ny"],"b":{},"":null} )") ==
        R"({ a: [ 1 -2.50e+10 'x\ny' ] b: { } : null } end)");
  CHECK(events(" [ true , false ] ") == "[ true false ] end");
  CHECK(events("7") == "7 end");
  CHECK(events(R"("")") == "'' end");
  CHECK(events("-0") == "-0 end");
  const std::string long_number(5000, '9');
  CHECK(events(long_number) == long_number + " end");
  CHECK(events("1e400") == "1e400 end");
}

TEST_CASE("a reader names what is wrong, and keeps saying so", "[json]") {
  CHECK(events("") == "syntax");
  CHECK(events("\xEF\xBB\xBF{}") == "bom");
  CHECK(events("{} {}") == "{ } trailing_data");
  CHECK(events("01") == "0 trailing_data");
  CHECK(events("[1 2]") == "[ 1 syntax");
  for (int c = 0; c < 256; ++c) {
    INFO(c);
    const auto sign = static_cast<char>(c);
    const bool blank = std::string_view(" \t\r\n").find(sign) != std::string_view::npos;
    CHECK((problem_of(std::string("[\"a\"") + sign + "\"b\"]") == Problem::kNone) == (c == ','));
    CHECK((problem_of(std::string("{\"a\":\"\"") + sign + "\"b\":1}") == Problem::kNone) ==
          (c == ','));
    CHECK((problem_of(std::string("{\"a\"") + sign + "1}") == Problem::kNone) == (c == ':'));
    CHECK((problem_of(std::string("[]") + sign) == Problem::kNone) == blank);
  }
  CHECK(events("{\"a\" 1}") == "{ syntax");
  CHECK(events("[}") == "[ syntax");
  CHECK(events("{\"a\":]") == "{ a: syntax");
  CHECK(events("[\"\\ud800\"]") == "[ lone_surrogate");
  CHECK(events("[\"\\udc00\\ud800\"]") == "[ lone_surrogate");
  CHECK(events("[\"\\ud800\\ud800\"]") == "[ lone_surrogate");
  CHECK(events("[\"\\ud83d\\ude00\"]") == "[ '\\ud83d\\ude00' ] end");
  CHECK(events("[\"\\ud800\\u12\"]") == "[ syntax");
  CHECK(events(std::string_view("[\"a\0b\"]", 7)) == "[ syntax");
  CHECK(events(std::string_view("[]\0", 3)) == "[ ] trailing_data");
  Reader reader("[,");
  CHECK(reader.next() == Event::kBeginArray);
  CHECK(reader.next() == Event::kError);
  CHECK(reader.next() == Event::kError);
  CHECK(reader.problem() == Problem::kSyntax);
  CHECK(reader.problem_offset() == 1);
}

TEST_CASE("the root is level 1 and the limit is exact", "[json]") {
  for (const unsigned limit : {1u, 2u, 63u, 64u, 65u, json::kMostLevels}) {
    for (const std::string_view brackets : {"[]", "{}"}) {
      const auto text = [&](std::size_t levels) {
        if (brackets == "[]") return nested(levels, '[', ']');
        std::string out;
        for (std::size_t i = 1; i < levels; ++i) out += "{\"a\":";
        return out + "{" + std::string(levels, '}');
      };
      CHECK(problem_of(text(limit), limit) == Problem::kNone);
      CHECK(problem_of(text(limit + 1), limit) == Problem::kTooDeep);
    }
  }
  CHECK(problem_of(std::string(1'000'000, '[')) == Problem::kTooDeep);
}

TEST_CASE("objects and arrays do not mix up at any depth", "[json]") {
  std::string open;
  std::string close;
  for (unsigned i = 0; i < 300; ++i) {
    const bool object = i % 3 == 0 || i % 7 == 0;
    open += object ? "{\"a\":" : "[";
    close.insert(close.begin(), object ? '}' : ']');
  }
  CHECK(problem_of(open + "1" + close, 300) == Problem::kNone);
  for (std::size_t i = 0; i < close.size(); ++i) {
    std::string wrong = close;
    wrong[i] = wrong[i] == '}' ? ']' : '}';
    CHECK(problem_of(open + "1" + wrong, 300) == Problem::kSyntax);
  }
}

TEST_CASE("what is too deep can be skipped, by its brackets and strings alone", "[json]") {
  const auto read = [](const std::string& text) {
    Reader reader(text, 2);
    int skipped = 0;
    Event event = reader.next();
    for (; event != Event::kEnd; event = reader.next()) {
      if (event != Event::kError) continue;
      if (!reader.skip_too_deep()) return std::string(json::name(reader.problem()));
      ++skipped;
    }
    return std::to_string(skipped);
  };
  CHECK(read("[1]") == "0");
  CHECK(read(R"([[ [] , {"a":["]"]},[[[]]] ],2])") == "3");
  CHECK(read(R"({"a":{"b":{"c":"\"}]"},"d":1},"e":[]})") == "1");
  CHECK(read("[[" + nested(1'000'000, '[', ']') + ",1]]") == "1");
  for (const char* broken :
       {"[[[[]]", "[[[\"]]]", "[[[]", "[[[]]", "[[[] 1]]", "[[[]]]]", "[1,]", R"([[["\x"]]])"})
    CHECK(read(broken) == (std::string(broken) == "[[[]]]]" ? "trailing_data" : "syntax"));
}

TEST_CASE("skip goes behind the matching end, offsets span the value", "[json]") {
  const std::string_view text = R"({"a": [1,{"b":[]},"]"] ,"c":2})";
  Reader reader(text);
  reader.next();
  REQUIRE(reader.next() == Event::kName);
  REQUIRE(reader.next() == Event::kBeginArray);
  const std::size_t begin = reader.begin_offset();
  REQUIRE(reader.skip());
  CHECK(text.substr(begin, reader.end_offset() - begin) == R"([1,{"b":[]},"]"])");
  CHECK(reader.next() == Event::kName);
  CHECK(reader.raw() == "c");
  CHECK(reader.level() == 1);
  Reader broken("[[1,2");
  broken.next();
  CHECK_FALSE(broken.skip());
}

TEST_CASE("strings are unescaped", "[json]") {
  CHECK(unescaped(R"("a\"\\\/\b\f\n\r\tz")") == "a\"\\/\b\f\n\r\tz");
  CHECK(unescaped(R"("\u0041\u00e9\u20AC\ud83d\ude00")") ==
        "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(unescaped(R"("x\u0000y")") == std::string("x\0y", 3));
  CHECK(unescaped(R"("\uFFFF\uDBFF\uDFFF")") == "\xEF\xBF\xBF\xF4\x8F\xBF\xBF");
  CHECK(unescaped("\"\"") == "");
  std::string in_place = R"(\u0041b\n\ud83d\ude00!)";
  in_place.resize(json::unescape(in_place, in_place.data()));
  CHECK(in_place == "Ab\n\xF0\x9F\x98\x80!");
}

TEST_CASE("special bytes are found at every position of a string", "[json]") {
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string text = "\"" + std::string(length, 'x') + "\"";
        text[at + 1] = static_cast<char>(c);
        const bool good = c >= 0x20 && c != '"' && c != '\\';
        if ((problem_of(text) == Problem::kNone) != good)
          FAIL("byte " << c << " at " << at << " of " << length);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("UTF-8 is told from what is not, exhaustively up to three bytes", "[json]") {
  const auto append = [](std::string& out, unsigned code) {
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    } else if (code < 0x10000) {
      out += {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
              static_cast<char>(0x80 | (code & 63))};
    } else {
      out += {static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 63)),
              static_cast<char>(0x80 | (code >> 6 & 63)), static_cast<char>(0x80 | (code & 63))};
    }
  };
  // Every sequence that some code point has is valid; the count of valid three-byte strings pins
  // that nothing else is.
  std::size_t wrong = 0;
  for (unsigned code = 0; code < 0x110000; ++code) {
    std::string text;
    append(text, code);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    wrong += json::validate_utf8(text) == surrogate;
    text.pop_back();
    if (!text.empty()) wrong += json::validate_utf8(text);
  }
  CHECK(wrong == 0);
  std::size_t valid = 0;
  for (unsigned i = 0; i < 1u << 24; ++i) {
    const char bytes[3] = {static_cast<char>(i >> 16), static_cast<char>(i >> 8),
                           static_cast<char>(i)};
    valid += json::validate_utf8({bytes, 3});
  }
  const std::size_t two = 0x800 - 0x80;
  const std::size_t three = 0x10000 - 0x800 - 0x800;
  CHECK(valid == 128 * 128 * 128 + 2 * 128 * two + three);
  for (unsigned lead = 0xF0; lead <= 0xFF; ++lead) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(lead), static_cast<char>(second), '\x80', '\x80'};
      const unsigned code = (lead & 7) << 18 | (second & 63) << 12;
      const bool good =
          lead <= 0xF4 && (second & 0xC0) == 0x80 && code >= 0x10000 && code < 0x110000;
      CHECK(json::validate_utf8(text) == good);
    }
  }
}

TEST_CASE("UTF-8 is checked at every alignment of a long text", "[json]") {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(64, 'a');
    text.replace(at, 3, "\xE2\x82\xAC");
    CHECK(json::validate_utf8(text));
    text[at + 1] = 'b';
    CHECK_FALSE(json::validate_utf8(text));
  }
}

TEST_CASE("mutated documents: the reader and the plain grammar agree", "[json]") {
  const std::vector<std::string> seeds = {
      R"({"alg":"RS256","kid":"k\u0031","x":[1,2.5e-7,{"a":null}],"b":true})",
      R"([0,-1,10.25E+3,"\ud83d\ude00 \"\\","",{},[],[[]],false])",
      R"( { "iss" : "https:\/\/a" , "exp" : 1800003600 } )",
  };
  const std::string alphabet = "{}[]:,\"\\ue0123456789+-.Etrufalsn \n\tdDcC8\x1f\x7f\xc3";
  std::mt19937_64 random(20261123);
  std::size_t accepted = 0;
  for (int round = 0; round < 300'000; ++round) {
    std::string text = seeds[random() % seeds.size()];
    for (std::uint64_t edits = random() % 4; edits-- > 0 && !text.empty();) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0: text[at] = c; break;
        case 1: text.insert(at, 1, c); break;
        case 2: text.erase(at, 1 + random() % 3); break;
        default: text.insert(at, text.substr(random() % text.size(), random() % 12)); break;
      }
    }
    const bool good = Grammar{text}.accepts();
    accepted += good;
    if ((problem_of(text, json::kMostLevels) == Problem::kNone) != good)
      FAIL("differs on " << text);
  }
  CHECK(accepted > 30'000);
  CHECK(accepted < 270'000);
}

TEST_CASE("a million members or one long string take one pass", "[json]") {
  std::string text = "[";
  for (int i = 0; i < 1'000'000; ++i) text += "1,";
  text += "\"" + std::string(5'000'000, '\\') + "\"]";
  CHECK(problem_of(text) == Problem::kNone);
}

TEST_CASE("written strings are safe on a line and a terminal", "[json]") {
  const auto written = [](std::string_view text) {
    std::string out;
    json::append_string(out, text);
    return out;
  };
  CHECK(written("a\"b\\c/") == R"("a\"b\\c/")");
  CHECK(written(std::string_view("\0\n\x1b\x7f", 4)) == R"("\u0000\u000a\u001b\u007f")");
  CHECK(written("\xC2\x80\xC2\x9F\xC2\xA0") == "\"\\u0080\\u009f\xC2\xA0\"");
  CHECK(written("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAE\xE2\x81\xA6\xD8\x9C\xE2\x80\x8F") ==
        R"("\u2028\u2029\u202e\u2066\u061c\u200f")");
  for (unsigned code = 0x2000; code < 0x2080; ++code) {
    const bool steers = code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
                        (code >= 0x2066 && code <= 0x2069);
    const std::string text = {'\xE2', static_cast<char>(0x80 | (code >> 6 & 0x3F)),
                              static_cast<char>(0x80 | (code & 0x3F))};
    INFO(code);
    CHECK((written(text) != '"' + text + '"') == steers);
  }
  CHECK(written("\xF0\x9F\x98\x80") == "\"\xF0\x9F\x98\x80\"");
  CHECK(written("\xFFz\xE2\x82z\xED\xA0\x80") ==
        "\"\xEF\xBF\xBDz\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  // What was written reads back as the same text, for every code point of the first plane.
  for (unsigned code = 1; code < 0x10000; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    char escape[9];
    std::snprintf(escape, sizeof escape, "\"\\u%04x\"", code);
    const std::string text = unescaped(escape);
    const std::string again = written(text);
    if (unescaped(again) != text || !json::validate_utf8(again)) FAIL("code point " << code);
  }
}

TEST_CASE("JSONTestSuite: y_ is read, n_ is refused, i_ as frozen here", "[json][vectors]") {
  // What RFC 8259 leaves open: huge numbers are numbers; what has no UTF-8 form is refused, and so
  // are 500 levels and a BOM.
  const std::map<std::string, bool> frozen = {
      {"i_number_double_huge_neg_exp.json", true},
      {"i_number_huge_exp.json", true},
      {"i_number_neg_int_huge_exp.json", true},
      {"i_number_pos_double_huge_exp.json", true},
      {"i_number_real_neg_overflow.json", true},
      {"i_number_real_pos_overflow.json", true},
      {"i_number_real_underflow.json", true},
      {"i_number_too_big_neg_int.json", true},
      {"i_number_too_big_pos_int.json", true},
      {"i_number_very_big_negative_int.json", true},
      {"i_object_key_lone_2nd_surrogate.json", false},
      {"i_string_1st_surrogate_but_2nd_missing.json", false},
      {"i_string_1st_valid_surrogate_2nd_invalid.json", false},
      {"i_string_UTF-16LE_with_BOM.json", false},
      {"i_string_UTF-8_invalid_sequence.json", false},
      {"i_string_UTF8_surrogate_U+D800.json", false},
      {"i_string_incomplete_surrogate_and_escape_valid.json", false},
      {"i_string_incomplete_surrogate_pair.json", false},
      {"i_string_incomplete_surrogates_escape_valid.json", false},
      {"i_string_invalid_lonely_surrogate.json", false},
      {"i_string_invalid_surrogate.json", false},
      {"i_string_invalid_utf-8.json", false},
      {"i_string_inverted_surrogates_U+1D11E.json", false},
      {"i_string_iso_latin_1.json", false},
      {"i_string_lone_second_surrogate.json", false},
      {"i_string_lone_utf8_continuation_byte.json", false},
      {"i_string_not_in_unicode_range.json", false},
      {"i_string_overlong_sequence_2_bytes.json", false},
      {"i_string_overlong_sequence_6_bytes.json", false},
      {"i_string_overlong_sequence_6_bytes_null.json", false},
      {"i_string_truncated-utf-8.json", false},
      {"i_string_utf16BE_no_BOM.json", false},
      {"i_string_utf16LE_no_BOM.json", false},
      {"i_structure_500_nested_arrays.json", false},
      {"i_structure_UTF-8_BOM_empty_object.json", false},
  };
  const std::map<std::string, std::string> suite = testing::json_test_suite();
  for (const auto& [file, text] : suite) {
    const bool read = json::validate_utf8(text) && problem_of(text) == Problem::kNone;
    INFO(file);
    if (file[0] == 'i') {
      REQUIRE(frozen.count(file) == 1);
      CHECK(read == frozen.at(file));
    } else {
      CHECK(read == (file[0] == 'y'));
    }
  }
  CHECK((suite.empty() || suite.size() == 318));
}
