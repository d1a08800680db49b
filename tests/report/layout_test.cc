#include "tools/report/layout.h"

#include <algorithm>

#include "support/catch.h"

namespace jotmill::tools {
namespace {

TEST_CASE("numbers: commas") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1000) == "1,000");
  CHECK(with_commas(1234567) == "1,234,567");
  CHECK(with_commas(~std::uint64_t{0}) == "18,446,744,073,709,551,615");
}

TEST_CASE("numbers: what is neither nothing nor everything never looks like it") {
  CHECK(percent(0, 0) == "-");
  CHECK(percent(0, 5) == "0.0%");
  CHECK(percent(5, 5) == "100.0%");
  CHECK(percent(1, 1000000) == "<0.1%");
  CHECK(percent(999999, 1000000) == ">99.9%");
  CHECK(percent(1, 3) == "33.3%");
  CHECK(percent(1, 2000) == "0.1%");
  CHECK(percent(1999, 2000) == ">99.9%");
  CHECK(percent(1998, 2000) == "99.9%");
}

TEST_CASE("numbers: bytes") {
  CHECK(in_bytes(0) == "0 B");
  CHECK(in_bytes(1023) == "1023 B");
  CHECK(in_bytes(1024) == "1.0 KiB");
  CHECK(in_bytes(10240) == "10 KiB");
  CHECK(in_bytes(1023 * 1024) == "1.0 MiB");
  CHECK(in_bytes(std::uint64_t{5} << 40) == "5.0 TiB");
  CHECK(in_bytes(~std::uint64_t{0}) == "16 EiB");
}

TEST_CASE("numbers: times") {
  CHECK(in_time(0) == "0");
  CHECK(in_time(99) == "99 s");
  CHECK(in_time(256) == "4.3 min");
  CHECK(in_time(3600) == "60 min");
  CHECK(in_time(7200) == "2.0 h");
  CHECK(in_time(3 * 86400) == "3.0 d");
  CHECK(in_time(730 * 86400) == "2.0 y");
  CHECK(in_time(~std::uint64_t{0}) == "5.8e+11 y");
  CHECK(in_short_time(999) == "999 ns");
  CHECK(in_short_time(1500) == "1.50 us");
  CHECK(in_short_time(12'345'678) == "12.3 ms");
  CHECK(in_short_time(1'920'000'000) == "1.92 s");
  CHECK(in_short_time(200'000'000'000) == "3.3 min");
}

TEST_CASE("numbers: dates are those of the calendar, in UTC") {
  CHECK(in_utc({0, 0}) == "1970-01-01T00:00:00Z");
  CHECK(in_utc({951'782'400, 0}) == "2000-02-29T00:00:00Z");
  CHECK(in_utc({1'732'444'800, 500'000'000}) == "2024-11-24T10:40:00.5Z");
  CHECK(in_utc({-1, 1}) == "1969-12-31T23:59:59.000000001Z");
  CHECK(in_utc({4'107'542'399, 0}) == "2100-02-28T23:59:59Z");
  CHECK(in_utc({4'107'542'400, 0}) == "2100-03-01T00:00:00Z");
  CHECK(in_utc({253'402'300'799, 0}) == "9999-12-31T23:59:59Z");
  CHECK(in_utc({253'402'300'800, 0}) == "253402300800 s");
  CHECK(in_utc({-62'167'219'200, 0}) == "0000-01-01T00:00:00Z");
  CHECK(in_utc({-62'167'219'201, 0}) == "-62167219201 s");
  CHECK(in_words(Duration{5, 0}) == "5 s");
  CHECK(in_words(Duration{0, 500'000'000}) == "0.5 s");
  CHECK(in_words(Duration{86400, 0}) == "86400 s (24 h)");
}

TEST_CASE("layout: labels are cut in the middle, and odd ones are quoted") {
  CHECK(fitted("kid", 6) == "kid   ");
  CHECK(fitted("", 4) == "\"\"  ");
  CHECK(fitted(" a", 6) == "\" a\"  ");
  CHECK(fitted("a\x1b[31mb", 10) == "\"a[31mb\"  ");
  CHECK(fitted("abcdefghijklmnop", 10) == "abcd...nop");
  CHECK(fitted("\xE6\x97\xA5\xE6\x9C\xAC", 6) == "\xE6\x97\xA5\xE6\x9C\xAC  ");  // two wide letters
  CHECK(columns("\xE6\x97\xA5\xE6\x9C\xAC") == 4);
  CHECK(columns("e\xCC\x81") == 1);
  for (std::size_t width = 4; width < 20; ++width) {
    CHECK(columns(fitted("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\xE6\x97\xA5\xE6\x9C\xAC", width)) ==
          width);
  }
}

TEST_CASE("layout: a row is 79 columns with its bar to scale") {
  Page page({.color = false, .unicode = false});
  page.row({"label", 1, 2, "12", "50.0%"});
  page.row({"tiny", 1, 1000000, "1", "<0.1%"});
  page.row({"none", 0, 5, "0", "0.0%"});
  CHECK(std::move(page).take() ==
        "  label                       ############                         12     50.0%\n"
        "  tiny                        #                                     1     <0.1%\n"
        "  none                                                              0      0.0%\n");
  Page blocks({.color = false, .unicode = true});
  blocks.row({"x", 1, 192, "1", "2", Page::Ink::kPlain, false});
  CHECK(std::move(blocks).take().find("\xE2\x96\x8F ") != std::string::npos);  // one eighth
}

TEST_CASE("layout: colour only when asked, always switched off again") {
  Page page({.color = true, .unicode = false});
  page.heading("Title");
  page.row({"good", 1, 1, "1", "", Page::Ink::kGood});
  const std::string text = std::move(page).take();
  CHECK(text.find("\x1b[1mTitle\x1b[0m\n") != std::string::npos);
  CHECK(text.find("\x1b[32mgood") != std::string::npos);
}

TEST_CASE("layout: long texts wrap at 80 columns, words without end are broken") {
  Page page({});
  page.entry("name", std::string(200, 'x') + " " + std::string(50, 'y') + " z");
  page.note("some words " + std::string(75, 'w') + " more");
  const std::string text = std::move(page).take();
  std::size_t from = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', from)) {
    CHECK(columns(text.substr(from, end - from)) <= 80);
    from = end + 1;
  }
  CHECK(std::count(text.begin(), text.end(), 'x') == 200);
  CHECK(std::count(text.begin(), text.end(), 'y') == 50);
  CHECK(std::count(text.begin(), text.end(), 'w') == 76);
}

}  // namespace
}  // namespace jotmill::tools
