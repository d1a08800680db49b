#include "claims/numeric_date.h"

#include <cstdint>
#include <random>
#include <string>

#include "support/catch.h"

using namespace jotmill;

namespace {

/// "s.ns" or "s.ns+" when finer digits follow; "none" when out of range.
std::string read(std::string_view number) {
  const auto date = parse_numeric_date(number);
  if (!date) return "none";
  return std::to_string(date->s) + "." + std::to_string(date->ns) + (date->finer ? "+" : "");
}

}  // namespace

TEST_CASE("numbers as dates, exactly", "[claims]") {
  CHECK(read("0") == "0.0");
  CHECK(read("-0") == "0.0");
  CHECK(read("-0.000e99999999999999999999") == "0.0");
  CHECK(read("1800000000") == "1800000000.0");
  CHECK(read("-1") == "-1.0");
  CHECK(read("1800000000.5") == "1800000000.500000000");
  CHECK(read("1.000000001") == "1.1");
  CHECK(read("1.0000000001") == "1.0+");
  CHECK(read("1.1234567891") == "1.123456789+");
  CHECK(read("1.12345678900000") == "1.123456789");
  CHECK(read("1E3") == "1000.0");
  CHECK(read("1.5e+3") == "1500.0");
  CHECK(read("18000000005e-1") == "1800000000.500000000");
  CHECK(read("123456789e-12") == "0.123456+");
  CHECK(read("1e-400") == "0.0+");
  CHECK(read("1e400") == "none");
  CHECK(read("0.00000000000000000001e30") == "10000000000.0");
  CHECK(read("1e-99999999999999999999999999") == "0.0+");
  CHECK(read("1e99999999999999999999999999") == "none");
}

TEST_CASE("the range ends at a magnitude of 2^63", "[claims]") {
  CHECK(read("9223372036854775807") == "9223372036854775807.0");
  CHECK(read("9223372036854775807.999999999999") == "9223372036854775807.999999999+");
  CHECK(read("9223372036854775808") == "none");
  CHECK(read("-9223372036854775807") == "-9223372036854775807.0");
  CHECK(read("-9223372036854775807.5") == "-9223372036854775808.500000000");
  CHECK(read("-9223372036854775808") == "none");
  CHECK(read("9.223372036854775807e18") == "9223372036854775807.0");
  CHECK(read("9.223372036854775808e18") == "none");
  CHECK(read("9999999999999999999") == "none");
  CHECK(read("10000000000000000000") == "none");
  CHECK(read("18446744073709551616") == "none");
  CHECK(read(std::string(400, '9')) == "none");
  CHECK(read("0" + std::string("e400")) == "0.0");
}

TEST_CASE("negative fractions floor", "[claims]") {
  CHECK(read("-1.5") == "-2.500000000");
  CHECK(read("-0.000000001") == "-1.999999999");
  CHECK(read("-0.0000000001") == "-1.999999999+");
  CHECK(read("-1e-400") == "-1.999999999+");
  CHECK(read("-0.9999999999") == "-1.0+");
  CHECK(read("-2.000000000") == "-2.0");
}

TEST_CASE("a number means the same however it is written", "[claims]") {
  std::mt19937_64 random(7519);
  for (int round = 0; round < 20'000; ++round) {
    const std::uint64_t s = random() >> (1 + random() % 62);
    const std::uint32_t ns = static_cast<std::uint32_t>(random() % 1'000'000'000);
    std::string digits = std::to_string(s) + std::to_string(1'000'000'000 + ns).substr(1);
    const std::string expected = std::to_string(s) + "." + std::to_string(ns);
    // The point at any place (padded with zeros where it falls outside), the exponent making up for
    // it.
    const int shift = static_cast<int>(random() % 60) - 30;
    std::string text = digits;
    int exponent = -9;
    if (shift > 0) {
      text += std::string(static_cast<std::size_t>(shift), '0');
      exponent -= shift;
    } else if (shift < 0) {
      const std::size_t places = static_cast<std::size_t>(-shift);
      if (text.size() <= places) text.insert(0, places - text.size() + 1, '0');
      text.insert(text.size() - places, ".");
      exponent += -shift;
    }
    const std::size_t zeros = text.find_first_not_of('0');
    if (zeros != std::string::npos && zeros > 0)
      text.erase(0, text[zeros] == '.' ? zeros - 1 : zeros);
    text += (random() % 2 == 0 ? "e" : "E") + std::to_string(exponent);
    if (read(text) != expected) FAIL(text << " is " << read(text) << ", not " << expected);
  }
  SUCCEED();
}

TEST_CASE("a long number takes one pass", "[claims]") {
  const std::string zeros(3'000'000, '0');
  CHECK(read("0." + zeros + "1e3000001") == "1.0");
  CHECK(read("1" + zeros + "e-3000000") == "1.0");
  CHECK(read("1." + zeros + "1") == "1.0+");
}
