// The time of a record: every form that logs have, what is none, and hostile ones.

#include "input/record_time.h"

#include <chrono>
#include <random>
#include <string>

#include "input/time_forms.h"
#include "support/catch.h"

using namespace jotmill;

namespace {

constexpr std::int64_t kS = 1'795'446'245;  // 2026-11-23T15:04:05Z

/// "s", "s.nnnnnnnnn" or "none".
std::string words(const std::optional<TimePoint>& time) {
  if (!time) return "none";
  std::string text = std::to_string(time->s);
  if (time->ns == 0) return text;
  const std::string ns = std::to_string(time->ns);
  return text + "." + std::string(9 - ns.size(), '0') + ns;
}
std::string found(std::string_view record, std::optional<int> year = std::nullopt) {
  return words(find_record_time(record, year));
}
std::string at(std::int64_t plus = 0, std::uint32_t ns = 0) {
  return words(TimePoint{kS + plus, ns});
}

}  // namespace

TEST_CASE("ISO 8601 and RFC 3339 in a line of text") {
  CHECK(found("2026-11-23T15:04:05Z GET /") == at());
  CHECK(found("2026-11-23t15:04:05z GET /") == at());
  CHECK(found("https 2026-11-23T15:04:05.123456Z app/lb") == at(0, 123'456'000));
  CHECK(found("[2026-11-23T15:04:05.123Z] \"GET / HTTP/1.1\"") == at(0, 123'000'000));
  CHECK(found("2026-11-23\t15:04:05\tFRA2\t10.0.0.1") == at());
  CHECK(found("x 2026-11-23 15:04:05,123 INFO") == at(0, 123'000'000));
  CHECK(found("x 2026-11-23 15:04:05") == at());
  CHECK(found("x 2026-11-23_15:04:05") == at());
  CHECK(found("<34>1 2026-11-23T15:04:05.000003+02:00 host") == at(-7200, 3000));
  CHECK(found("2026-11-23T15:04:05-0530") == at(5 * 3600 + 1800));
  CHECK(found("2026-11-23T15:04:05+02") == at(-7200));
  CHECK(found("2026-11-23 15:04:05 +0100 x") == at(-3600));
  CHECK(found("2026-11-23 15:04:05.5 +01:00 x") == at(-3600, 500'000'000));
  CHECK(found("2026-11-23 15:04:05 UTC [12] LOG") == at());
  CHECK(found("2026-11-23 15:04:05 GMT") == at());
  CHECK(found("2026-11-23 15:04:05 GMT+0200 (CEST)") == at(-7200));
  CHECK(found("2026-11-23 15:04:05 UTC+2 x") == at(-7200));
  CHECK(found("2026-11-23 15:04:05 UTC-05:30") == at(5 * 3600 + 1800));
  CHECK(found("2026-11-23 15:04:05 +0100 (CET) x") == at(-3600));
  CHECK(found("2026-11-23 15:04:05 amqp up") == at());
  CHECK(found("20261123T150405Z x") == at());
  CHECK(found("x 20261123T150405.25+0200") == at(-7200, 250'000'000));
  CHECK(found("20261123T150405 x") == at());
  CHECK(found("2026-11-23T15:04Z x") == at(-5));
  CHECK(found("2026-11-23T17:04+02:00 x") == at(-5));
  CHECK(found("2026-11-23T15:04:05.1234567891234Z") == at(0, 123'456'789));
  CHECK(found("2028-02-29T00:00:00Z") == "1835395200");
  CHECK(found("1970-01-01T00:00:00Z") == "0");
  CHECK(found("9999-12-31T23:59:59Z") == "253402300799");
  CHECK(found("2016-12-31T23:59:60Z leap") == "1483228800");
  CHECK(found("2017-01-01T00:59:60+01:00 leap") == "1483228800");
}

TEST_CASE("what looks like an ISO time and is none") {
  for (const char* text : {"",
                           "2026-11-23",
                           "2026-11-23T15:04",
                           "2026-13-23T15:04:05Z",
                           "2026-00-23T15:04:05Z",
                           "2026-11-31T15:04:05Z",
                           "2027-02-29T15:04:05Z",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T15:60:05Z",
                           "2026-11-23T15:04:61Z",
                           "2026-11-23T15:04:60Z",
                           "2026-11-23T15:04:05Zulu",
                           "2026-11-23T15:04:05.",
                           "2026-11-23T15:04:051",
                           "2026-11-23T15:04:05+24:00",
                           "2026-11-23T15:04:05+02:60",
                           "2026-11-23T15:04:05+02:5",
                           "2026-11-23 15:04:05 CET [7] LOG",
                           "2026-11-23 15:04:05.123 EST",
                           "12026-11-23T15:04:05Z",
                           "x2026-11-23T15:04:05Z",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+01:00",
                           "0000-01-01T00:00:00Z",
                           "2026/11/23 15:04:05",
                           "20261323T150405Z",
                           "20261123150405",
                           "20261123T1504055Z",
                           "120261123T150405Z",
                           "2026-11-23T15:04+2",
                           "2026-11-23 15:04 -x",
                           "2026-11-23 03:04:05 PM x",
                           "2026-11-23 12:04:05 AM",
                           "2026-11-23 03:04:05.123 pm",
                           "2026-11-23T03:04:05 p.m. x",
                           "2026-11-23T03:04:05PM",
                           "2026-11-23 15:04:05 (CET)",
                           "2026-11-23 15:04:05 GMT+25",
                           "2026-11-23T15:04:0"}) {
    INFO(text);
    if (std::string_view(text) == "2026-11-23T15:04:05.") {
      CHECK(found(text) == at());  // the end of a sentence
    } else {
      CHECK(found(text) == "none");
    }
  }
}

TEST_CASE("the Common Log Format") {
  CHECK(found(R"(10.0.0.1 - - [23/Nov/2026:15:04:05 +0000] "GET / HTTP/1.1" 200)") == at());
  CHECK(found(R"(10.0.0.1 - bob [23/Nov/2026:15:04:05 -0800] "GET /)") == at(8 * 3600));
  CHECK(found(R"(10.0.0.1 - bob [23/nov/2026:15:04:05.25 +0530] "GET /)") ==
        at(-5 * 3600 - 1800, 250'000'000));
  CHECK(found("haproxy[14389]: 10.0.1.2:33317 [23/Nov/2026:15:04:05.655] http-in") ==
        at(0, 655'000'000));
  CHECK(found("[23/Nov/2026:15:04:05] x") == at());
  for (const char* text :
       {"[31/Nov/2026:15:04:05 +0000]", "[29/Feb/2027:15:04:05 +0000]",
        "[23/Now/2026:15:04:05 +0000]", "[3/Nov/2026:15:04:05 +0000]",
        "[23/11/2026:15:04:05 +0000]", "[23/Nov/2026 15:04:05 +0000]", "[23/Nov/26:15:04:05 +0000]",
        "[23/Nov/2026:25:04:05 +0000]", "[23/Nov/2026:15:04:05 +2500]",
        "[23/Nov/2026:15:04:05 PST]", "[23/Nov/2026:03:04:05 PM]", "[23/Nov"}) {
    INFO(text);
    CHECK(found(text) == "none");
  }
}

TEST_CASE("syslog times have the year that was given, and without one cannot be read") {
  const std::string line = "Nov 23 15:04:05 web nginx: GET /";
  CHECK(found(line) == "none");
  CHECK(found(line, 2026) == at());
  CHECK(found("<190>" + line, 2026) == at());
  CHECK(found("Nov  3 15:04:05 web", 2026) == at(-20 * 86400));
  CHECK(found("Nov 03 15:04:05 web", 2026) == at(-20 * 86400));
  CHECK(found("Feb 29 00:00:00 web", 2028) == "1835395200");
  CHECK(found("Feb 29 00:00:00 web", 2027) == "none");
  CHECK(found("Feb 29 00:00:00 web", 2100) == "none");
  CHECK(found("Dec 31 23:59:59 web", 2026) == "1798761599");
  CHECK(found("Nov 23 15:04:05.5 web", 2026) == at(0, 500'000'000));
  CHECK(found("Nov 23 15:04:05", 1969) == "none");
  // Only at the beginning: anywhere else it is somebody's words.
  CHECK(found("x Nov 23 15:04:05 web", 2026) == "none");
  CHECK(found("Nov 3 15:04:05 web", 2026) == "none");
  // A time further on that can be read without a year is the record's.
  CHECK(found("Nov 24 01:04:05 web nginx: - - [23/Nov/2026:15:04:05 +0000]") == at());
}

TEST_CASE("the first time of a line of text is its time: what follows is the sender's to choose") {
  // Nor is what the sender wrote in front of it.
  CHECK(found("GET /?since=2020-01-01T00:00:00Z [23/Nov/2026:15:04:05 +0000] x") == at());
  CHECK(found("GET /x?a=b&created-at=2020-01-01T00:00:00Z [23/Nov/2026:15:04:05 +0000]") == at());
  CHECK(found("GET /logs/2020-01-01T00:00:00Z/x [23/Nov/2026:15:04:05 +0000] x") == at());
  CHECK(found("GET /?since=2020-01-01T00:00:00Z") == "none");
  CHECK(found("since=2026-11-23T15:04:05Z") == at());
  CHECK(found(R"(- - [23/Nov/2026:15:04:05 +0000] "GET /?t=2020-01-01T00:00:00Z")") == at());
  CHECK(found(R"(2026-11-23T15:04:05Z "x" [01/Jan/2020:00:00:00 +0000])") == at());
  CHECK(found("2026-13-01T00:00:00Z then 2026-11-23T15:04:05Z") == at());
  CHECK(found("app | {\"level\":\"info\",\"ts\":1795446245.5}") == at(0, 500'000'000));
  CHECK(found(R"(app | "{\"ts\": 1795446245}")") == at());
  CHECK(found(R"(app | {"ts":"1795446245123"})") == at(0, 123'000'000));
  CHECK(found("exp=1795446245 ts=1795446245") == "none");
}

TEST_CASE("Unix time that a line begins with, as a column or by its name") {
  CHECK(found("1795446245.123    200 10.0.0.1 TCP_MISS/200 GET http://a/") == at(0, 123'000'000));
  CHECK(found("1.795446245123e+09\tinfo\tstarted") == at(0, 123'000'000));
  CHECK(found("ts=1795446245.5 level=info valid to 2030-01-01T00:00:00Z") == at(0, 500'000'000));
  CHECK(found("time=1795446245123, level=info") == at(0, 123'000'000));
  // A number could be anything; a form is its sender's; further on it only tells that no later time
  // is the record's.
  CHECK(found("1795446245 x") == "none");
  CHECK(found("1795446245 2026-11-23T15:04:05Z") == at());
  CHECK(found("ts=1795446245&a=b") == "none");
  CHECK(found("ts=17954462 x") == "none");
  CHECK(found("level=info ts=1577836800.5 x") == "none");
  CHECK(found("level=info ts=1795446245.5 valid to 2030-01-01T00:00:00Z") == "none");
}

TEST_CASE("behind a time in a form that is not read no other is the record's") {
  for (const char* front :
       {"11/23/2026 3:04:05 PM", "11/23/2026 03:04:05 PM", "2026-11-23 3:04:05", "2026-11-23 15:04",
        "2026-11-23 03:04:05 PM", "2026-11-23 15:04:05 CET"}) {
    INFO(front);
    CHECK(found(std::string(front) + " INFO valid to 2030-01-01T00:00:00Z") == "none");
  }
  CHECK(found("fe80::1:20:30:40 2026-11-23T15:04:05Z") == at());
  CHECK(found("1:20:30:40:50:60 2026-11-23T15:04:05Z") == at());
}

TEST_CASE("what a sender can write into a line is not its time") {
  // In quotes, in front of an access log's own time, behind one in a form that is not read.
  CHECK(found(R"(ua="2020-01-01T00:00:00Z" x)") == "none");
  CHECK(found(R"("2020-01-01T00:00:00Z curl" [23/Nov/2026:15:04:05 +0000] "GET / HTTP/1.1")") ==
        at());
  CHECK(found(R"(ua="{\"ts\":1577836800}" 2026-11-23T15:04:05Z)") == at());
  CHECK(found(R"(Nov 23 15:04:05 web app[1]: ua="2020-01-01T00:00:00Z" x)") == "none");
  CHECK(found(R"(Nov 23 15:04:05 web app[1]: ua="2020-01-01T00:00:00Z" x)", 2026) == at());
  CHECK(found("Nov 23 15:04:05 web app[1]: 2020-01-01T00:00:00Z x") == "none");
  CHECK(found(R"(2026/11/23 15:04:05 [error] 7#7: referrer: "2020-01-01T00:00:00Z")") == "none");
  CHECK(found("[Mon Nov 23 15:04:05.123456 2026] [core:error] referer: 2020-01-01T00:00:00Z") ==
        "none");
  CHECK(found("[Mon Nov 23 15:04:05 2026] [error] referer: [01/Jan/2020:00:00:00 +0000]") ==
        "none");
  CHECK(found("I1123 15:04:05.000000 1 r.go:425] 2020-01-01T00:00:00Z") == "none");
  CHECK(found("2026-11-23 15:04:05 EST ua=2020-01-01T00:00:00Z") == "none");
  // An access log's own time, and another one in front of it.
  const std::string own = R"([23/Nov/2026:15:04:05 +0000] "GET / HTTP/1.1")";
  CHECK(found("2020-01-01T00:00:00Z, 203.0.113.9 - - " + own) == "none");
  CHECK(found("2020-01-01T00:00:00Z - - " + own) == "none");
  CHECK(found("\"2020-01-01T00:00:00Z\" - - " + own) == "none");
  CHECK(found("203.0.113.9 - a [01/Jan/2020:00:00:00 +0000] " + own) == "none");
  CHECK(found("203.0.113.9 - bob " + own) == at());
  CHECK(found("2001:db8:15:04:05::1 - bob " + own) == at());
  CHECK(found("2026-11-23T15:05:00Z web nginx: - - " + own) == at(55));
  CHECK(found("Nov 23 16:04:05 web nginx: - - " + own) == at());
  CHECK(found("<190>Dec 31 23:59:59 h: [01/Jan/2027:00:30:00 +0100] \"GET") == "1798759800");
  // The year of syslog's time is wrong, or the day of one of the two is.
  CHECK(found("Jan  1 00:04:05 web: - - [01/Jan/2027:00:04:05 +0000] \"GET", 2026) == "1798761845");
  CHECK(found("Nov 20 15:04:05 web: - - " + own, 2026) == "none");
  CHECK(found("Nov 20 15:04:05 web: - - " + own) == "none");
  // Whoever writes one behind it is too late.
  CHECK(found("- - " + own + R"( 200 "[01/Jan/2020:00:00:00 +0000] \"x" 2020-01-01T00:00:00Z)") ==
        at());
  CHECK(found(R"(2026-11-23T15:04:05Z app: "x" [01/Jan/2020:00:00:00 +0000] x)") == at());
  // A first column, a member, NAME="TIME".
  CHECK(found(R"("2026-11-23T15:04:05Z","x")") == at());
  CHECK(found(R"("web-1","2026-11-23 15:04:05","x")") == at());
  CHECK(found(R"(time="2026-11-23T15:04:05Z" level=info msg="2020-01-01T00:00:00Z")") == at());
  CHECK(found(R"(level=info ts="2026-11-23T15:04:05Z")") == at());
  CHECK(found(R"(level=info starts="2026-11-23T15:04:05Z")") == "none");
  CHECK(found(R"(app | {"level":"info","time":"2026-11-23T15:04:05Z"})") == at());
  CHECK(found(R"(app | "{\"level\":\"info\",\"time\":\"2026-11-23T15:04:05Z\"}")") == at());
  CHECK(found(R"(a lone " and 2026-11-23T15:04:05Z)") == at());
}

TEST_CASE("what a sender can write into an object is not its time") {
  CHECK(
      found(
          R"({"eventTime":"2026-11-23T15:04:05Z","requestParameters":{"timestamp":"2020-01-01T00:00:00Z"}})") ==
      at());
  CHECK(
      found(
          R"({"requestReceivedTimestamp":"2026-11-23T15:04:05.0Z","o":{"time":"2020-01-01T00:00:00Z"}})") ==
      at());
  CHECK(found(R"({"time":"Nov 23 15:04:05","request":{"time":"2020-01-01T00:00:00Z"}})") == "none");
  CHECK(found(R"({"request":{"time":"2020-01-01T00:00:00Z"},"time":"Nov 23 15:04:05"})") == "none");
  CHECK(found(R"({"created":"Mon, 23 Nov 2026 15:04:05","request":{"ts":1577836800}})") == "none");
  CHECK(found(R"({"date":"2026-11-23T15:04:05Z","request":{"ts":1577836800}})") == "none");
  CHECK(found(R"({"timeMillis":1795446245123,"context":{"ts":1577836800}})") == "none");
  CHECK(found(R"({"date":1795446245.5,"log":{"ts":1577836800}})") == "none");
  CHECK(found(R"({"t":1795446245500,"body":{"ts":1577836800}})") == "none");
  // Cut before its own time was written; and the same whole.
  CHECK(found(R"({"body":{"ts":1577836800},"msg":"x)") == "none");
  CHECK(found(R"({"body":{"ts":1577836800},"msg":"x"})") == "1577836800");
  CHECK(found(R"({"instant":{"epochSecond":1795446245},"body":{"ts":1577836800}})") == "none");
  CHECK(found(R"({"t":{"$date":"2026-11-23T15:04:05Z"},"body":{"ts":1577836800}})") == "none");
  CHECK(found(R"({"msec":1795446245.123,"headers":{"ts":1577836800}})") == "none");
  CHECK(found(R"({"epoch":1795446245123,"headers":{"ts":1577836800}})") == "none");
  for (const char* form : {"23/Nov/2026:15:04:05 +0000", "11/23/2026 3:04:05 PM", "3:04:05"}) {
    INFO(form);
    const std::string time = "{\"time_local\":\"" + std::string(form) + '"';
    CHECK(found(time + R"(,"body":{"timestamp":"2020-01-01T00:00:00Z"}})") == "none");
  }
  CHECK(found(R"({"id":1795446245123,"_source":{"@timestamp":"2026-11-23T15:04:05Z"}})") == at());
  CHECK(found(R"({"_id":"aa:15:04:05","_source":{"@timestamp":"2026-11-23T15:04:05Z"}})") == at());
}

TEST_CASE("members of a JSON object: strings and Unix times in every unit, exactly") {
  for (const char* name :
       {"ts", "time", "timestamp", "@timestamp", "startedDateTime", "start_time"}) {
    const auto record = [&](const std::string& value) {
      return "{\"a\":1,\"" + std::string(name) + "\":" + value + ",\"z\":\"x\"}";
    };
    INFO(name);
    CHECK(found(record("\"2026-11-23T15:04:05Z\"")) == at());
    CHECK(found(record("\"2026-11-23T15:04:05.000+01:00\"")) == at(-3600));
    CHECK(found(record(" \"23/Nov/2026:15:04:05 +0000\" ")) == at());
    CHECK(found(record("\"[23\\/Nov\\/2026:15:04:05 +0000]\"")) == at());
    CHECK(found(record("\"2026-11-23T15:04:05\\u002b01:00\"")) == at(-3600));
    CHECK(found(record("1795446245")) == at());
    CHECK(found(record("1795446245.000000001")) == at(0, 1));
    CHECK(found(record("1795446245.9999999999")) == at(0, 999'999'999));
    CHECK(found(record("1795446245123")) == at(0, 123'000'000));
    CHECK(found(record("1795446245123.4")) == at(0, 123'400'000));
    CHECK(found(record("1795446245123456")) == at(0, 123'456'000));
    CHECK(found(record("1795446245123456789")) == at(0, 123'456'789));
    CHECK(found(record("1.795446245123e9")) == at(0, 123'000'000));
    CHECK(found(record("1.795446245123E+12")) == at(0, 123'000'000));
    CHECK(found(record("17954462450000e-4")) == at(0));
    CHECK(found(record("0.01795446245e11")) == at());
    CHECK(found(record("\"1795446245.5\"")) == at(0, 500'000'000));
    CHECK(found(record("100000000")) == "100000000");
    CHECK(found(record("99999999999")) == "99999999999");
    CHECK(found(record("100000000000")) == "100000000");
  }
  CHECK(found(R"({"time":"Nov 23 15:04:05"})", 2026) == at());
  CHECK(found(R"({"time":"Nov 23 15:04:05"})") == "none");
}

TEST_CASE("what is no time in a JSON object, and the next one that is") {
  for (const char* value : {"0",
                            "-1795446245",
                            "0.05",
                            "12",
                            "99999999",
                            "01795446245",
                            "1795446245.",
                            "1795446245e",
                            "1e999999999999",
                            "1e-5",
                            "1e30",
                            "100000000000000000000",
                            "null",
                            "true",
                            "{}",
                            "[]",
                            "[1795446245]",
                            "{\"x\":1795446245}",
                            "\"\"",
                            "\"soon\"",
                            "\"2026-11-23\"",
                            "\"2026-11-23T15:04:05Z and more\"",
                            "\"at 2026-11-23T15:04:05Z\"",
                            "\"2026-11-23T15:04:05\\nZ\"",
                            "\"2026-11-23T15:04:05\\u00e9\""}) {
    INFO(value);
    CHECK(found("{\"ts\":" + std::string(value) + "}") == "none");
    CHECK(found("{\"ts\":" + std::string(value) + ",\"time\":1795446245}") == at());
  }
  // A date of something else is not the record's.
  CHECK(found(R"({"exp":"2027-01-01T00:00:00Z","log":"x [23/Nov/2026:15:04:05 +0000] y"})") ==
        "none");
  CHECK(found(R"({"a":"ts","b":1795446245})") == "none");
  CHECK(found(R"(["ts",1795446245])") == "none");
}

TEST_CASE("the top level of an object goes before what is further down") {
  CHECK(found(R"({"log":"{\"ts\":1}","req":{"time":1500000000},"time":"2026-11-23T15:04:05Z"})") ==
        at());
  CHECK(found(R"({"a":{"b":[{"ts":1795446245}]},"c":{"ts":1500000000}})") == at());
  CHECK(
      found(
          R"({"log":"10.0.0.1 [01/Jan/2020:00:00:00 +0000]\n","stream":"stdout","time":"2026-11-23T15:04:05.000000001Z"})") ==
      at(0, 1));
  CHECK(found("  {\n\"ts\" :\t1795446245\r\n}  ") == at());
}

TEST_CASE("an object that was cut has the time it had before; half a time is none") {
  const std::string whole = R"({"a":"\"x\\","ts":1795446245,"time":"2026-11-23T15:04:05Z","b":{}})";
  const std::size_t known = whole.find("245,") + 3;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    INFO(size);
    CHECK(found(whole.substr(0, size)) == (size > known ? at() : "none"));
  }
  CHECK(found(R"({"time":"2026-11-23T15:04:05Z)") == "none");
  CHECK(found(R"({"time":"2026-11-23T15:04:05Z")") == at());
}

TEST_CASE("braces alone make no JSON") {
  CHECK(found("{worker-1} 2026-11-23T15:04:05Z GET") == at());
  CHECK(found("{} 2026-11-23T15:04:05Z GET") == at());
  CHECK(found("{\"a\":1} 2026-11-23T15:04:05Z GET") == at());
}

TEST_CASE("against the calendar: every day of 400 years in three forms") {
  using namespace std::chrono;
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_days first = year(1970) / 1 / 1;
  for (int day = 0; day < 146'097; ++day) {
    const sys_days date = first + days(day);
    const year_month_day parts(date);
    char iso[32], clf[32], syslog[32];
    const int y = int(parts.year());
    const unsigned m = unsigned(parts.month()), d = unsigned(parts.day());
    std::snprintf(iso, sizeof iso, "%04d-%02u-%02uT12:34:56Z", y, m, d);
    std::snprintf(clf, sizeof clf, "%02u/%s/%04d:12:34:56 +0000", d, kMonths[m - 1], y);
    std::snprintf(syslog, sizeof syslog, "%s %2u 12:34:56", kMonths[m - 1], d);
    const std::int64_t wanted = std::int64_t{day} * 86400 + 45296;
    const auto a = read_iso_time(iso), b = read_clf_time(clf), c = read_syslog_time(syslog, y);
    REQUIRE((a && b && c));
    REQUIRE((a->time.s == wanted && b->time.s == wanted && c->time.s == wanted));
  }
}

TEST_CASE("hostile records: any bytes, at any cut, in linear time") {
  std::mt19937 random(31);
  const std::string alphabet = "{}[]\":,\\ \t0123456789-+TZe./NovtsimexApr@\xC3\x00\n";
  std::string noise;
  for (int round = 0; round < 20'000; ++round) {
    noise.clear();
    for (std::size_t i = random() % 80; i > 0; --i) noise += alphabet[random() % alphabet.size()];
    if (round % 2 == 0) noise.insert(0, "{\"ts\":");
    const auto time = find_record_time(noise, 2026);
    if (time) CHECK((time->s >= 0 && time->ns < 1'000'000'000));
  }
  // Each would take minutes if any step looked further than a bounded number of bytes.
  const std::size_t many = 2'000'000;
  for (const std::string_view unit :
       {"2026-11-23T", "\"ts\":",  "\"ts\\",    "\"ts\" ", "{\"ts\":", "{\"ts\"",    "{\"",
        "\\\"",        "\\",       "[23/Nov/",  "9",       "\"",       "{\"ts\":\"", "\"time\":{",
        " ",           "{ ",       "1-",        "<1",      "\\\"",     "\\\"ts",     ",\"",
        "=\"",         " \"{\\\"", "15:04:05 ", "1:"}) {
    std::string record = unit.starts_with('{') ? "" : "{\"a\":";
    while (record.size() < many) record += unit;
    CHECK(found(record, 2026) == "none");
    CHECK(found(std::string_view(record).substr(1), 2026) == "none");
  }
  std::string times;
  while (times.size() < many) times += "[23/Nov/2026:15:04:05] \"";
  CHECK(found(times) == at());
}

TEST_CASE("read_record_times: each token has the time of its own line") {
  const std::string text =
      "2026-11-23T15:04:05Z aa bb\nno time: cc\r\n{\"ts\":1795446246,\"t\":\"dd\"}\n\nee";
  Chunk chunk;
  chunk.bytes.assign(text.begin(), text.end());
  chunk.size_bytes = text.size();
  TokenBatch batch;
  batch.chunk = &chunk;
  std::uint32_t line = 0;
  for (const char* token : {"aa", "bb", "cc", "dd", "ee"}) {
    const auto off = static_cast<std::uint32_t>(text.find(token));
    line = static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + off, '\n'));
    batch.add(off, 2, false, off, line);
  }
  CHECK(read_record_times(batch, std::nullopt) == 2);
  const std::vector<std::string> wanted = {at(), at(), "none", at(1), "none"};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CAPTURE(i);
    CHECK(words(batch.has_record_time[i] ? std::optional(batch.record_time[i]) : std::nullopt) ==
          wanted[i]);
  }
}
