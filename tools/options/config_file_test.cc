#include "tools/options/config_file.h"

#include <string>

#include "support/catch.h"

using namespace jotmill;
using namespace jotmill::tools;

namespace {

using Values = std::vector<std::string>;

Values values_of(const std::string& text) {
  const auto entries = parse_config(text, "f.toml");
  REQUIRE(entries.ok());
  REQUIRE(entries.value().size() == 1);
  return entries.value().front().values;
}

std::string refusal_of(const std::string& text) {
  const auto entries = parse_config(text, "f.toml");
  return entries.ok() ? "" : entries.error().subject;
}

}  // namespace

TEST_CASE("strings keep what stands in them") {
  CHECK(values_of(R"(issuer = "https://a.example/#x,y")") == Values{"https://a.example/#x,y"});
  CHECK(values_of(R"(issuer = 'a\b"c')") == Values{R"(a\b"c)"});
  CHECK(values_of(R"(issuer = "a\tb\"\\\u00e9\U0001F600")") ==
        Values{"a\tb\"\\\xC3\xA9\xF0\x9F\x98\x80"});
  CHECK(values_of("issuer = \"\"") == Values{""});
  CHECK(values_of("\"issuer\" = 'x' # said so\r\n") == Values{"x"});
}

TEST_CASE("numbers, dates and booleans are handed out as written") {
  CHECK(values_of("threads = 8") == Values{"8"});
  CHECK(values_of("chunk-bytes = 1_048_576") == Values{"1048576"});
  CHECK(values_of("as-of = -5.25") == Values{"-5.25"});
  CHECK(values_of("as-of = 2026-11-23T10:00:00Z") == Values{"2026-11-23T10:00:00Z"});
  CHECK(values_of("quiet = true") == Values{"true"});
}

TEST_CASE("lists run over lines, with comments and a last comma") {
  CHECK(values_of("alg = [ \"RS256\", # one\n  'ES256',\n]\n") == Values{"RS256", "ES256"});
  CHECK(values_of("alg = []").empty());
}

TEST_CASE("entries come with their lines") {
  const auto entries = parse_config("# head\n\na = 1\n\nb = 'x'\n", "f.toml");
  REQUIRE(entries.ok());
  REQUIRE(entries.value().size() == 2);
  CHECK(entries.value()[0].name == "a");
  CHECK(entries.value()[0].line == 3);
  CHECK(entries.value()[1].name == "b");
  CHECK(entries.value()[1].line == 5);
}

TEST_CASE("what options do not need, and what is no TOML, is refused with its line") {
  CHECK(refusal_of("[table]") == "f.toml:1");
  CHECK(refusal_of("a = 1\nb = word\n") == "f.toml:2");
  CHECK(refusal_of("a = \"open") == "f.toml:1");
  CHECK(refusal_of("a = \"open\n\"") == "f.toml:1");
  CHECK(refusal_of("a = [1") == "f.toml:1");
  CHECK(refusal_of("a = [[1]]") == "f.toml:1");
  CHECK(refusal_of("a = 1 2") == "f.toml:1");
  CHECK(refusal_of("a =") == "f.toml:1");
  CHECK(refusal_of("= 1") == "f.toml:1");
  CHECK(refusal_of("\"\" = 1") == "f.toml:1");
  CHECK(refusal_of("a = 1\n'' = 1") == "f.toml:2");
  CHECK(refusal_of("a") == "f.toml:1");
  CHECK(refusal_of("a = '''x'''") == "f.toml:1");
  CHECK(refusal_of(R"(a = "\x41")") == "f.toml:1");
  CHECK(refusal_of(R"(a = "\ud800")") == "f.toml:1");
  CHECK(refusal_of("a = 1\n\na = 2") == "f.toml:3");
  CHECK(refusal_of("a = 1\na = 2\nb = 3\n") == "f.toml:2");
  CHECK(refusal_of("a = 1\nb\nc = 3\n") == "f.toml:2");
  CHECK(refusal_of("a = \"x\\\n\"\n") == "f.toml:1");
}

TEST_CASE("any bytes end in entries or in a refusal") {
  std::string text = "a = [\"x\", 'y'] # c\nb = \"\\u0041\"\n";
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[at] = static_cast<char>(byte);
      const auto entries = parse_config(changed, "f.toml");
      if (!entries.ok()) CHECK(entries.error().kind == ErrorKind::kUsage);
      if (!entries.ok() && !entries.error().subject.starts_with("f.toml:")) FAIL("no line");
    }
  }
}
