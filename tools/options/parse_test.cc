#include "tools/options/parse.h"

#include <array>
#include <string>

#include "support/catch.h"

using namespace jotmill;
using namespace jotmill::tools;

namespace {

std::string duration(std::string_view text) {
  const Result<Duration> value = parse_duration(text);
  if (!value) return "refused";
  return std::to_string(value.value().s) + "s " + std::to_string(value.value().ns) + "ns";
}

std::string time_of(std::string_view text) {
  const Result<TimePoint> value = parse_time(text);
  if (!value) return "refused";
  return std::to_string(value.value().s) + "s " + std::to_string(value.value().ns) + "ns";
}

std::string size(std::string_view text) {
  const Result<std::size_t> value = parse_size(text, std::size_t{1} << 30);
  return value ? std::to_string(value.value()) : "refused";
}

TEST_CASE("a choice that is not there is told what is, and what was probably meant") {
  constexpr std::array<std::string_view, 3> kNames = {"HS256", "RS256", "EdDSA"};
  CHECK(parse_choice("RS256", kNames).value() == "RS256");
  CHECK(parse_choice("rs256", kNames).error().reason ==
        "\"rs256\" is not one of HS256, RS256, EdDSA; did you mean RS256?");
  CHECK(parse_choice("none", kNames).error().reason ==
        "\"none\" is not one of HS256, RS256, EdDSA");
  CHECK(parse_choice("", kNames).error().reason == "\"\" is not one of HS256, RS256, EdDSA");
}

}  // namespace

TEST_CASE("durations in every unit are exact") {
  CHECK(duration("60") == "60s 0ns");
  CHECK(duration("0") == "0s 0ns");
  CHECK(duration("60s") == "60s 0ns");
  CHECK(duration("5m") == "300s 0ns");
  CHECK(duration("2h") == "7200s 0ns");
  CHECK(duration("1d") == "86400s 0ns");
  CHECK(duration("500ms") == "0s 500000000ns");
  CHECK(duration("20us") == "0s 20000ns");
  CHECK(duration("2.5us") == "0s 2500ns");
  CHECK(duration("7ns") == "0s 7ns");
  CHECK(duration("1.5s") == "1s 500000000ns");
  CHECK(duration("0.000000001") == "0s 1ns");
  CHECK(duration("1000000000000") == "1000000000000s 0ns");
}

TEST_CASE("what is no duration is refused") {
  for (const char* text :
       {"", "s", "-1", "+1", "1 s", "1u", "1w", "1e3", ".5", "1.", "1.5.5", "1.0000000001",
        "1000000000001", "99999999999999999999", "18446744073709551615d", "0x10"}) {
    INFO(text);
    CHECK(duration(text) == "refused");
  }
}

TEST_CASE("RFC 3339 times with fraction, offset and either letter case") {
  CHECK(time_of("1970-01-01T00:00:00Z") == "0s 0ns");
  CHECK(time_of("2026-11-23T10:00:00Z") == "1795428000s 0ns");
  CHECK(time_of("2026-11-23t10:00:00z") == "1795428000s 0ns");
  CHECK(time_of("2026-11-23T10:00:00.25Z") == "1795428000s 250000000ns");
  CHECK(time_of("2026-11-23T10:00:00.123456789Z") == "1795428000s 123456789ns");
  CHECK(time_of("2026-11-23T12:30:00+02:30") == "1795428000s 0ns");
  CHECK(time_of("2026-11-23T05:00:00-05:00") == "1795428000s 0ns");
  CHECK(time_of("2024-02-29T00:00:00Z") == "1709164800s 0ns");
  CHECK(time_of("0000-01-01T00:00:00Z") == "-62167219200s 0ns");
  CHECK(time_of("9999-12-31T23:59:59Z") == "253402300799s 0ns");
}

TEST_CASE("Unix seconds, negative and with a fraction") {
  CHECK(time_of("1795428000") == "1795428000s 0ns");
  CHECK(time_of("1795428000.5") == "1795428000s 500000000ns");
  CHECK(time_of("-1") == "-1s 0ns");
  CHECK(time_of("-1.5") == "-2s 500000000ns");
  CHECK(time_of("-0.25") == "-1s 750000000ns");
  CHECK(time_of("9223372036854775807") == "9223372036854775807s 0ns");
}

TEST_CASE("leap seconds, impossible dates and other texts are refused") {
  for (const char* text : {"",
                           "-",
                           ".",
                           ".5",
                           "1.",
                           "1.0000000001",
                           "1e9",
                           "yesterday",
                           "+5",
                           "9223372036854775808",
                           "2016-12-31T23:59:60Z",
                           "2026-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-11-23",
                           "2026-11-23T10:00Z",
                           "2026-11-23T10:00:00",
                           "2026-11-23 10:00:00Z",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T10:60:00Z",
                           "2026-11-23T10:00:00.Z",
                           "2026-11-23T10:00:00+0200",
                           "2026-11-23T10:00:00+24:00",
                           "2026-11-23T10:00:00Zx",
                           "-9223372036854775808.5",
                           "2026-11-23T10:00:00.1234567890Z"}) {
    INFO(text);
    CHECK(time_of(text) == "refused");
  }
}

TEST_CASE("sizes in powers of 1024") {
  CHECK(size("262144") == "262144");
  CHECK(size("256K") == "262144");
  CHECK(size("256k") == "262144");
  CHECK(size("256KiB") == "262144");
  CHECK(size("1MiB") == "1048576");
  CHECK(size("1G") == "1073741824");
  CHECK(size("7B") == "7");
  for (const char* text : {"", "0", "0K", "-1", "1KB", "1TiB", "1 K", "K", "1.5M", "2G",
                           "1073741825", "99999999999999999999", "18014398509481985K"}) {
    INFO(text);
    CHECK(size(text) == "refused");
  }
}

TEST_CASE("counts keep to their range") {
  CHECK(parse_count("8", 0, 8).value() == 8);
  CHECK_FALSE(parse_count("9", 0, 8).ok());
  CHECK_FALSE(parse_count("0", 1, 8).ok());
  CHECK_FALSE(parse_count("-1", 0, 8).ok());
  CHECK_FALSE(parse_count("", 0, 8).ok());
  CHECK_FALSE(parse_count("3x", 0, 8).ok());
}

TEST_CASE("lists join values and commas, each name once, in order") {
  const std::array<std::string, 3> values = {"b,a", "c", "a"};
  CHECK(parse_list(values).value() == std::vector<std::string>{"b", "a", "c"});
  for (const char* text : {"", ",", "a,", ",a", "a,,b"}) {
    INFO(text);
    CHECK_FALSE(parse_list(std::array<std::string, 1>{text}).ok());
  }
}

TEST_CASE("JSON Pointers are checked by RFC 6901") {
  for (const char* text : {"", "/", "/token", "/a/0/b", "/a~1b/~0"})
    CHECK(check_json_pointer(text).ok());
  for (const char* text : {"token", "a/b", "/a~", "/a~2"})
    CHECK_FALSE(check_json_pointer(text).ok());
}

TEST_CASE("a slip of the pen finds the nearest name, a stranger none") {
  const std::array<std::string, 3> names = {"--issuer", "--keys", "--verdicts"};
  CHECK(nearest("--isuer", names) == "--issuer");
  CHECK(nearest("--key", names) == "--keys");
  CHECK(nearest("--verdict", names) == "--verdicts");
  CHECK(nearest("--KEYS", names) == "--keys");
  CHECK_FALSE(nearest("--colour", names).has_value());
  CHECK_FALSE(nearest(std::string(100'000, 'x'), names).has_value());
}
