#include "claims/object.h"

#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "claims/numeric_date.h"
#include "claims/test_batch.h"
#include "support/catch.h"
#include "support/json_suite.h"

using namespace jotmill;

namespace {

constexpr WantedNames kNames({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}, 2, 3);
constexpr std::size_t kWanted = 7;

std::string describe(const JsonValue& value, bool date) {
  const char* const kinds[] = {"absent", "string", "number", "true",
                               "false",  "null",   "array",  "object"};
  std::string out = kinds[static_cast<std::size_t>(value.kind)];
  if (value.kind == JsonKind::kString) out += " " + std::string(value.text);
  if (value.kind != JsonKind::kNumber || !date) return out;
  const auto exact = parse_numeric_date(value.is_integer ? std::to_string(value.integer)
                                                         : std::string(value.text));
  return exact ? out + " " + std::to_string(exact->s) + "." + std::to_string(exact->ns) +
                     (exact->finer ? "+" : "")
               : out + " out of range";
}

/// All that a caller can learn from an object, as text.
std::string describe(const JsonObject& object) {
  std::string out;
  for (const std::string_view name : object.names)
    out += std::to_string(name.size()) + ":" + std::string(name) + ";";
  for (std::size_t i = 0; i < kWanted; ++i)
    out += "\n" + describe(object.wanted[i], i >= kNames.first_date());
  for (const JsonValue& element : object.elements) out += "\n- " + describe(element, false);
  return out;
}

/// Drives both ways over one text and counts; fails when the fast one answers and the strict one
/// says otherwise.
class BothWays {
 public:
  void compare(std::string_view text) {
    const PaddedText padded(text);
    ++texts;
    const bool answered = reader_.read_fast(padded.bytes());
    const std::string fast = answered ? describe(reader_.object()) : "";
    const ObjectAnswer strict = reader_.read_strict(padded.bytes());
    good += strict.problem == ObjectProblem::kNone;
    if (answered) {
      ++fast_answers;
      const bool is_object = strict.problem == ObjectProblem::kNone ||
                             strict.problem == ObjectProblem::kDuplicateMember;
      if (!is_object) FAIL("only the fast way accepts: " << text);
      if (fast != describe(reader_.object())) FAIL("the two ways differ on: " << text);
    }
    const ObjectAnswer both = reader_.read(padded.bytes());
    if (both.problem != strict.problem || both.json != strict.json)
      FAIL("read differs from read_strict on: " << text);
  }

  std::size_t texts = 0;
  std::size_t good = 0;
  std::size_t fast_answers = 0;

 private:
  ObjectReader reader_{kNames};
};

ObjectAnswer read(std::string_view text) {
  ObjectReader reader(kNames);
  return reader.read(PaddedText(text).bytes());
}
ObjectProblem problem_of(std::string_view text) { return read(text).problem; }

/// Makes claims sets up: registered and other names, escapes, odd numbers, nesting, white space.
class Documents {
 public:
  explicit Documents(std::uint64_t seed) : random_(seed) {}

  std::string object(unsigned depth) {
    std::string out = space() + "{" + space();
    for (std::uint64_t members = below(depth == 0 ? 9 : 3); members-- > 0;) {
      out += name() + space() + ":" + space() + value(depth + 1) + space() +
             (members > 0 ? "," : "") + space();
    }
    return out + "}" + (depth == 0 ? space() : "");
  }
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  template <std::size_t N>
  std::string pick(const char* const (&from)[N]) {
    return from[below(N)];
  }

 private:
  std::string space() { return below(8) == 0 ? pick({" ", "\n", "\t\r", "  "}) : ""; }
  std::string name() {
    return pick({"\"iss\"",        "\"sub\"",   "\"aud\"",      "\"exp\"",
                 "\"nbf\"",        "\"iat\"",   "\"jti\"",      "\"is\\u0073\"",
                 "\"\\u0065xp\"",  "\"x\"",     "\"\"",         "\"a\\\"b\"",
                 "\"iss\\u0000\"", "\"scope\"", "\"\xC3\xA9\"", "\"\\ud83d\\ude00\"",
                 "\"exp \"",       "\"EXP\"",   "\"y\"",        "\"z\"",
                 "\"name\""});
  }
  std::string value(unsigned depth) {
    const std::uint64_t kind = below(depth > 4 ? 6 : 10);
    if (kind < 2) return number();
    if (kind < 5) return string();
    if (kind == 5) return pick({"true", "false", "null"});
    if (kind < 8) return object(depth);
    std::string out = "[";
    for (std::uint64_t elements = below(4); elements-- > 0;) {
      out += (below(3) == 0 ? value(depth + 1) : string()) + (elements > 0 ? "," : "");
    }
    return out + "]";
  }
  std::string number() {
    return pick({"0",
                 "-0",
                 "1",
                 "1800000000",
                 "1800000000.5",
                 "-1",
                 "-1.25",
                 "1e3",
                 "1E-3",
                 "1e400",
                 "-1e-400",
                 "9223372036854775807",
                 "9223372036854775808",
                 "-9223372036854775808",
                 "-9223372036854775809",
                 "18446744073709551615",
                 "18446744073709551616",
                 "123456789012345678901234567890",
                 "0.1",
                 "2.50e+1",
                 "-0.0",
                 "4.9e-324",
                 "1.7976931348623157e308",
                 "1.7976931348623159e308"});
  }
  std::string string() {
    return pick({"\"\"", "\"a\"", "\"https://issuer.example\"", "\"https:\\/\\/issuer.example\"",
                 "\"\\u0000\"", "\"\\u00e9\\n\\t\"", "\"\xE2\x82\xAC\"", "\"\\ud83d\\ude00\"",
                 "\"\\\\ud800\"", "\"\x7F\"",
                 "\"a longer text that spans more than one block of sixty-four bytes, so that "
                 "blocks matter\"",
                 "\"quote \\\" and backslash \\\\\"", "\"\\uD7FF\\uE000\\uFFFF\""});
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("what an object is not, in the order of the verdict table", "[claims]") {
  CHECK(problem_of("{}") == ObjectProblem::kNone);
  CHECK(problem_of(" {\"a\":1} \n") == ObjectProblem::kNone);
  CHECK(problem_of("") == ObjectProblem::kNotJson);
  CHECK(problem_of("[]") == ObjectProblem::kNotObject);
  CHECK(problem_of("\"x\"") == ObjectProblem::kNotObject);
  CHECK(problem_of("1e400") == ObjectProblem::kNotObject);
  CHECK(problem_of("[1") == ObjectProblem::kNotJson);
  CHECK(problem_of("null x") == ObjectProblem::kNotJson);
  CHECK(problem_of("{\"a\":\"\xFF\"") == ObjectProblem::kNotUtf8);
  CHECK(problem_of("{}\xC0\x80") == ObjectProblem::kNotUtf8);
  CHECK(problem_of("{\"a\":1,\"a\":1}") == ObjectProblem::kDuplicateMember);
  CHECK(problem_of("{\"a\":1,\"\\u0061\":1}") == ObjectProblem::kDuplicateMember);
  CHECK(problem_of("{\"a\":1,\"a\":}") == ObjectProblem::kNotJson);
  CHECK(problem_of("{\"b\":{\"a\":1,\"a\":1}}") == ObjectProblem::kNone);
  CHECK(problem_of("{\"a\":1,\"a\\u0000\":1,\"\":1,\"\\u0000\":2}") == ObjectProblem::kNone);
}

TEST_CASE("what simdjson and the verdict table see differently", "[claims]") {
  CHECK(read("\xEF\xBB\xBF{}").json == json::Problem::kBom);
  CHECK(read("{\"a\":\"\\ud800\"}").json == json::Problem::kLoneSurrogate);
  CHECK(read("{\"a\":\"\\udc00\"}").json == json::Problem::kLoneSurrogate);
  CHECK(read("{\"a\":\"\\ud800\\u0041\"}").json == json::Problem::kLoneSurrogate);
  CHECK(read("{\"\\uDFFF\":1}").json == json::Problem::kLoneSurrogate);
  CHECK(problem_of("{\"a\":1e400,\"b\":" + std::string(400, '7') + "}") == ObjectProblem::kNone);
  for (const std::size_t levels : {31u, 32u, 33u, 63u, 64u, 65u, 66u, 1000u}) {
    const std::string inner = std::string(levels - 1, '[') + std::string(levels - 1, ']');
    INFO(levels);
    CHECK((problem_of("{\"a\":" + inner + "}") == ObjectProblem::kNone) == (levels <= 64));
  }
  CHECK(read("{\"a\":" + std::string(100'000, '[')).json == json::Problem::kTooDeep);
}

TEST_CASE("ordinary headers and claims go the fast way", "[claims]") {
  ObjectReader reader(kNames);
  for (
      const char* const text :
      {R"({"alg":"RS256","kid":"2011-04-29","typ":"JWT"})",
       R"({"iss":"https:\/\/issuer.example","aud":["a","b"],"exp":1800003600,"iat":1799999940,"x":1.5,"n":{"m":[1]}})",
       R"({"name":"Zo\u00eb","exp":-5})", "{}"}) {
    INFO(text);
    CHECK(reader.read_fast(PaddedText(text).bytes()));
  }
  CHECK_FALSE(reader.read_fast(PaddedText(R"({"exp":1.5})").bytes()));
  const PaddedText fraction(R"({"exp":1.5})");
  CHECK(reader.read(fraction.bytes()).problem == ObjectProblem::kNone);
  CHECK(reader.object().wanted[3].text == "1.5");
}

TEST_CASE("generated documents and their mutations: both ways agree", "[claims][differential]") {
  BothWays plain;
  BothWays mutated;
  Documents documents(8259);
  constexpr char kAlphabet[] =
      "{}[]:,\"\\udD8c0019-+.eEtrfaln \n\f\v\x1f\x7f\0\xEF\xBB\xBF\xC3\xED\xA0\x80";
  const std::string_view alphabet(kAlphabet, sizeof kAlphabet - 1);
  for (int round = 0; round < 60'000; ++round) {
    std::string text = documents.object(0);
    plain.compare(text);
    for (std::uint64_t edits = 1 + documents.below(3); edits-- > 0 && !text.empty();) {
      const std::size_t at = documents.below(text.size());
      const char c = alphabet[documents.below(alphabet.size())];
      switch (documents.below(5)) {
        case 0: text[at] = c; break;
        case 1: text.insert(at, 1, c); break;
        case 2: text.erase(at, 1 + documents.below(4)); break;
        case 3: text.resize(at); break;
        default:
          text.insert(at, text.substr(documents.below(text.size()), documents.below(20)));
          break;
      }
    }
    mutated.compare(text);
  }
  // Neither way may win by answering nothing.
  CHECK(plain.fast_answers > plain.texts / 8);
  CHECK(plain.good > plain.texts / 4);
  CHECK(mutated.fast_answers > mutated.texts / 50);
  CHECK(mutated.good < mutated.texts / 2);
}

TEST_CASE("every byte in every place of a small claims set: both ways agree",
          "[claims][differential]") {
  BothWays ways;
  const std::string base = R"({"exp":18,"a":"\n\u00e9","b":[true,null,-1.5e3],"iss":"x"})";
  for (std::size_t at = 0; at < base.size(); ++at) {
    ways.compare(base.substr(0, at));
    for (int c = 0; c < 256; ++c) {
      std::string text = base;
      text[at] = static_cast<char>(c);
      ways.compare(text);
      text = base;
      text.insert(at, 1, static_cast<char>(c));
      ways.compare(text);
    }
  }
  CHECK(ways.fast_answers > 1000);
}

TEST_CASE("JSONTestSuite: both ways agree, alone and inside an object",
          "[claims][differential][vectors]") {
  const std::map<std::string, std::string> suite = testing::json_test_suite();
  if (suite.empty()) return;
  BothWays ways;
  for (const auto& [file, text] : suite) {
    INFO(file);
    for (const std::string& around :
         {text, "{\"a\":" + text + "}", "{\"aud\":[" + text + "],\"exp\":1}"}) {
      ways.compare(around);
    }
    if (file[0] == 'y') CHECK(problem_of("{\"a\":" + text + "}") == ObjectProblem::kNone);
    if (file[0] == 'n') CHECK(problem_of(text) != ObjectProblem::kNone);
  }
  CHECK(ways.texts == 3 * 318);
  CHECK(ways.fast_answers > 100);
}

TEST_CASE("equal names are found among few and many, in linear-like time", "[claims]") {
  for (const std::size_t count : {2u, 31u, 32u, 33u, 34u, 500u, 100'000u}) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i)
      text += "\"m" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    INFO(count);
    CHECK(problem_of(text + "\"last\":0}") == ObjectProblem::kNone);
    CHECK(problem_of(text + "\"m0\":0}") == ObjectProblem::kDuplicateMember);
    CHECK(problem_of(text + "\"\\u006d" + std::to_string(count - 1) + "\":0}") ==
          ObjectProblem::kDuplicateMember);
  }
  // Long common prefixes, and one name a hundred thousand times.
  std::string text = "{";
  for (int i = 0; i < 2000; ++i) text += "\"" + std::string(100, 'p') + std::to_string(i) + "\":0,";
  CHECK(problem_of(text + "\"x\":0}") == ObjectProblem::kNone);
  text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"a\":0,";
  CHECK(problem_of(text + "\"x\":0}") == ObjectProblem::kDuplicateMember);
}

TEST_CASE("names and elements of long arrays survive the reader's own buffers", "[claims]") {
  ObjectReader reader(kNames);
  std::string text = "{\"aud\":[";
  for (int i = 0; i < 20'000; ++i) text += "\"\\u0061" + std::to_string(i) + "\",";
  text += "\"z\"],\"\\u0069ss\":\"\\u0062\"}";
  const PaddedText padded(text);
  REQUIRE(reader.read(padded.bytes()).problem == ObjectProblem::kNone);
  REQUIRE(reader.object().elements.size() == 20'001);
  CHECK(reader.object().elements[0].text == "a0");
  CHECK(reader.object().elements[19'999].text == "a19999");
  CHECK(reader.object().wanted[0].text == "b");
  CHECK(reader.names().contains("aud"));
  CHECK_FALSE(reader.names().contains("au"));
}
