#include "support/gen_json.h"

#include <algorithm>
#include <array>

#include "support/codec.h"

namespace jotmill::gen {
namespace {

using reference::Nanoseconds;

constexpr Nanoseconds kSecond = 1'000'000'000;

// Values that are JSON.
const std::vector<std::string> kOddButValid = {"null",
                                               "true",
                                               "false",
                                               "0",
                                               "-0",
                                               "1",
                                               "-1",
                                               "1e400",
                                               "-1E-400",
                                               "0e99999999999999999999",
                                               "1E+99999999999999999999",
                                               "9223372036854775807",
                                               "9223372036854775808",
                                               "-9223372036854775808",
                                               "-9223372036854775807",
                                               "9223372036854775807.9999",
                                               "18446744073709551616",
                                               "1.0",
                                               "1e3",
                                               "0.1e-7",
                                               "5e-324",
                                               "1.7976931348623159e308",
                                               "\"\"",
                                               "\"\\u0000\"",
                                               "\"\\ud83d\\ude00\"",
                                               "\"\xF0\x9F\x98\x80\"",
                                               "\"\xC3\xA9\"",
                                               "\"\xE2\x80\xA8\"",
                                               "\"\x7F\"",
                                               "\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"",
                                               "\"\xEF\xBF\xBF\"",
                                               "{}",
                                               "[]",
                                               "[[]]",
                                               "{\"a\":1,\"a\":2}",
                                               "[1,\"a\",null]",
                                               "[\"JWT\"]",
                                               "{\"\":{}}",
                                               " 1 ",
                                               "[ 1 , 2 ]"};

// Values that are not.
const std::vector<std::string> kInvalid = {"01",
                                           "-01",
                                           "1.",
                                           ".5",
                                           "+1",
                                           "1e",
                                           "1e+",
                                           "-",
                                           "NaN",
                                           "Infinity",
                                           "-Infinity",
                                           "0x10",
                                           "1_000",
                                           "tru",
                                           "True",
                                           "nul",
                                           "'a'",
                                           "\"\\x41\"",
                                           "\"\\u12\"",
                                           "\"\\u12g4\"",
                                           "\"a\tb\"",
                                           "\"a\nb\"",
                                           "\"\\",
                                           "\"",
                                           "\"\\ud800\"",
                                           "\"\\udc00\"",
                                           "\"\\udc00\\ud800\"",
                                           "\"\\ud83d\\u0041\"",
                                           "\"\\ud83dx\"",
                                           "[1,]",
                                           "[,1]",
                                           "[1 2]",
                                           "{\"a\":1,}",
                                           "{\"a\"}",
                                           "{a:1}",
                                           "[",
                                           "]",
                                           "{",
                                           "}",
                                           "/**/1",
                                           "1//",
                                           "\xC2\xA0"
                                           "1",
                                           "\xEF\xBB\xBF"
                                           "1",
                                           "\v1",
                                           "1\f"};

const std::vector<std::string> kInvalidUtf8 = {
    "\"\xFF\"",     "\"\xC0\xAF\"", "\"\xED\xA0\x80\"",         "\"\xF4\x90\x80\x80\"",
    "\"\xE2\x82\"", "\"\x80\"",     "\"\xF8\x88\x80\x80\x80\"", "\"\xE0\x80\xAF\"",
    "\xFE"};

// A literal of digits without the zeros that say nothing.
std::string without_trailing_zeros(std::string digits) {
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

std::string plain_decimal(Nanoseconds magnitude, bool all_nine_digits) {
  std::string digits;
  for (; magnitude != 0 || digits.size() < 10; magnitude /= 10) {
    digits += static_cast<char>('0' + static_cast<int>(magnitude % 10));
  }
  std::reverse(digits.begin(), digits.end());
  std::string fraction = digits.substr(digits.size() - 9);
  const std::string whole = digits.substr(0, digits.size() - 9);
  if (!all_nine_digits) fraction = without_trailing_zeros(fraction);
  return fraction.empty() ? whole : whole + "." + fraction;
}

}  // namespace

void Fields::add(std::string_view name, std::string value) {
  list.push_back({codec::quoted(name), std::move(value)});
}

void Fields::set(std::string_view name, std::string value) {
  for (Field& field : list) {
    if (field.name == codec::quoted(name)) {
      field.value = std::move(value);
      return;
    }
  }
  add(name, std::move(value));
}

void Fields::remove(std::string_view name) {
  std::erase_if(
      list, [literal = codec::quoted(name)](const Field& field) { return field.name == literal; });
}

std::string render(Random& random, const Fields& fields) {
  static const std::vector<std::string> kSpaces = {" ", "\n", "\r\n ", "\t"};
  const bool spaced = random.percent(8);
  std::string out;
  const auto put = [&](std::string_view token) {
    if (spaced) out += random.pick(kSpaces);
    out += token;
  };
  put("{");
  for (const Field& field : fields.list) {
    if (&field != &fields.list.front()) put(",");
    put(field.name);
    put(":");
    put(field.value);
  }
  put("}");
  put("");
  return out;
}

std::string nested_arrays(int levels) {
  const auto count = static_cast<size_t>(levels);
  return std::string(count, '[') + std::string(count, ']');
}

std::string odd_value(Random& random) {
  const size_t choice = random.below(100);
  if (choice < 60) return random.pick(kOddButValid);
  if (choice < 78) return random.pick(kInvalid);
  if (choice < 86) return random.pick(kInvalidUtf8);
  if (choice < 94)
    return nested_arrays(random.between(61, 66));  // one level is the object around it
  if (choice < 97) return "1" + std::string(400, '0');
  return "0." + std::string(300, '0') + "1e" + std::to_string(random.between(-400, 400));
}

void set_odd(Random& random, std::string_view name, Fields& fields) {
  fields.set(name, odd_value(random));
}

std::string string_literal(Random& random, std::string_view text) {
  if (!random.percent(15)) return codec::quoted(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || c == '"' || c == '\\' || (code < 0x80 && random.percent(30))) {
      constexpr std::string_view kLower = "0123456789abcdef", kUpper = "0123456789ABCDEF";
      const auto& digits = random.percent(50) ? kLower : kUpper;
      out += "\\u00";
      out += digits[code >> 4];
      out += digits[code & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string date_literal(Random& random, Nanoseconds time) {
  const std::string sign = time < 0 ? "-" : "";
  const Nanoseconds magnitude = time < 0 ? -time : time;
  std::string plain = sign + plain_decimal(magnitude, false);
  const bool has_point = plain.find('.') != std::string::npos;
  switch (random.below(8)) {
    case 0: return sign + plain_decimal(magnitude, true) + "000";
    case 1: return sign + plain_decimal(magnitude * kSecond, false) + "e-9";
    case 2: return sign + plain_decimal(magnitude * 1000, false) + "E-3";
    case 3:
      if (magnitude % 1000 != 0) return plain;
      return sign + plain_decimal(magnitude / 1000, true) + "e+003";
    case 4: return plain + (has_point ? "0000000000000001" : ".0000000000000001");
    case 5: return plain + "e0";
    default: return plain;
  }
}

}  // namespace jotmill::gen
