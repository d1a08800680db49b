// --as-of record: every token at the time of its own log line.
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"
#include "tests/support/packed.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

/// JSON lines whose member t is a token that is good from 1,800,000,000 to a minute later.
std::string line(const std::string& members) {
  return "{" + members + (members.empty() ? "" : ",") + "\"t\":\"" +
         token(R"({"nbf":1800000000,"exp":1800000060})") + "\"}\n";
}

Ended verify(const std::string& input, Words options = {}) {
  Words args = {"verify", "--keys",   keys_file(), "--as-of",  "record", "--field",
                "/t",     "--format", "jsonl",     "--report", "r.json"};
  args.insert(args.end(), options.begin(), options.end());
  return run(args, input);
}

}  // namespace

TEST_CASE("--as-of record: the line's own time decides, and detail says which it was") {
  const Folder folder;
  const std::string log = line("\"ts\":1800000000") + line("\"time\":\"2027-01-15T08:01:00Z\"") +
                          line("\"@timestamp\":1799999999999") +
                          line("\"timestamp\":\"15/Jan/2027:08:00:59 +0000\"") + line("");
  const Ended ended = verify(log, {"--verdicts", "-", "--quiet"});
  INFO(ended.err);
  CHECK(ended.exit_code == 1);
  CHECK(members(ended.out, "verdict") ==
        Words{"accepted", "expired", "not_yet_valid", "accepted", "accepted"});
  CHECK(members(ended.out, "detail") == Words{"null", "exp=1800000060 as_of=1800000060",
                                              "nbf=1800000000 as_of=1799999999.999", "null",
                                              "null"});
  const std::string report = read_file("r.json");
  CHECK(contains(report, "\"record_without_time\":1}"));
  CHECK(contains(report,
                 "\"tokens_with\":4,\"tokens_without\":1,\"first\":{\"s\":1799999999,"
                 "\"ns\":999000000},\"last\":{\"s\":1800000060,\"ns\":0}"));
  CHECK(contains(report,
                 "\"bucket_s\":60,\"buckets\":[[1799999940,1,0],[1800000000,2,2],"
                 "[1800000060,1,0]]"));
  CHECK(contains(report, "\"as_of_record\":true"));
}

TEST_CASE("--as-of record: a record without a time is counted, and its times are not judged") {
  const Folder folder;
  const Ended ended = verify(line("\"ts\":\"soon\""), {"--max-age", "1s"});
  INFO(ended.err);
  CHECK(contains(ended.out, "1 token in 1 record without a readable time"));
  // What needs no time is judged all the same.
  const Ended missing = verify("{\"t\":\"" + token("{}") + "\"}\n",
                               {"--max-age", "1s", "--verdicts", "-", "--quiet"});
  CHECK(members(missing.out, "verdict") == Words{"claim_missing"});
}

TEST_CASE("--year: syslog times cannot be read without it") {
  const Folder folder;
  const std::string log =
      line("\"time\":\"Jan 15 08:00:59\"") + line("\"time\":\"Feb 29 08:00:00\"");
  CHECK(contains(verify(log).out, "2 tokens in 2 records without a readable time"));
  const Ended ended = verify(log, {"--year", "2027", "--verdicts", "-"});
  CHECK(members(ended.out, "verdict") == Words{"accepted", "accepted"});
  CHECK(contains(ended.err, "1 token in 1 record without a readable time"));
  CHECK(contains(ended.err, "syslog year 2027"));
  for (const char* year : {"0", "1969", "10000", "26x", ""}) {
    const Ended refused = verify(log, {std::string("--year=") + year});
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.err, "--year"));
  }
}

TEST_CASE(
    "--as-of record: explain judges without a time, and merge adds only what was judged alike") {
  const Folder folder;
  const Ended explained =
      run({"explain", "--keys", keys_file(), "--as-of", "record", "-"}, good_token());
  CHECK(explained.exit_code == 0);
  CHECK(explained.out ==
        run({"explain", "--keys", keys_file(), "--as-of", "off", "-"}, good_token()).out);

  const std::string a = line("\"ts\":1800000000"), b = line("\"ts\":1800099999") + line("");
  const auto report = [&](const std::string& name, const std::string& log, Words options) {
    write_file("log.jsonl", log);
    options.insert(options.end(), {"--report", name, "log.jsonl"});
    REQUIRE(verify("", options).exit_code <= 1);
    const std::string json = read_file(name);
    return json.substr(0, json.find("\n\"run\":"));
  };
  const std::string whole = report("whole.json", a + b, {});
  report("a.json", a, {});
  report("b.json", b, {});
  report("c.json", b, {"--year", "2027"});
  const Ended merged = run({"merge", "a.json", "b.json", "--report", "sum.json"});
  REQUIRE(merged.exit_code == 0);
  CHECK(contains(merged.out, "Time of the records"));
  const std::string sum = read_file("sum.json");
  const auto part = [](const std::string& json, const char* name) {
    const std::size_t at = json.find(name);
    REQUIRE(at != std::string::npos);
    return json.substr(at, json.find('\n', at) - at);
  };
  CHECK(part(sum, "\"record_times\"") == part(whole, "\"record_times\""));
  CHECK(part(sum, "\"records\":") == part(whole, "\"records\":"));
  CHECK(run({"merge", "a.json", "c.json"}).exit_code == 2);
  const Ended fixed = run({"verify", "--keys", "keys.json", "--as-of", "1", "--report", "d.json",
                           "--format", "lines", "--quiet"},
                          good_token());
  CHECK(fixed.exit_code <= 1);
  CHECK(contains(run({"merge", "a.json", "d.json"}).err, "--as-of"));
}

TEST_CASE("--as-of record: no token is judged without a time and not counted") {
  const Folder folder;
  const std::string expired = token(R"({"exp":1})");
  const auto check = [](const std::string& input, Words options, int exit_code, int without) {
    options.insert(options.begin(), {"verify", "--keys", keys_file(), "--as-of", "record",
                                     "--report", "r.json", "--quiet"});
    const Ended ended = run(options, input);
    INFO(ended.err);
    CHECK(ended.exit_code == exit_code);
    CHECK(
        contains(read_file("r.json"), "\"record_without_time\":" + std::to_string(without) + "}"));
    CHECK(run({"merge", "r.json"}).exit_code != 2);
  };
  const std::string time = R"("startedDateTime":"2026-11-23T15:04:05Z")";
  const std::string headers =
      R"("request":{"headers":[{"name":"Authorization","value":"Bearer )" + expired + "\"}]";
  const std::string before = R"({"log":{"entries":[{)";
  check(before + time + "," + headers, {}, 1, 0);
  check(before + headers + "}," + R"("startedDateTime":"2026-11-23T15:0)", {}, 0, 1);
  check(before + headers + "}," + time + "}]}}", {}, 1, 0);
  check(R"({"log":{"entries":[],"comment":")" + expired + "\"}}", {}, 0, 1);
  check("{" + time + "," + headers + "}}", {"--format", "har"}, 0, 1);
  // Records that come in pieces, of which the time is not in the first 4096 bytes.
  const std::string lead = R"({"a":")" + std::string(5000, 'z') + "\",\"t\":\"" + expired + "\"";
  const std::string record = lead + R"(,"time":"2026-11-23T15:04:05Z"})" + "\n";
  const Words limit = {"--format", "jsonl", "--max-record-bytes", "4096"};
  check(record + record, limit, 3, 2);
  const std::string huge = lead + ",\"b\":\"" + std::string(3'000'000, '-') + expired + record;
  check(huge, limit, 3, 1);
  // One whose last piece never comes.
  const std::string packed = jotmill::testing::gzip(huge);
  const std::string cut = packed.substr(0, packed.size() - 500);
  check(cut, limit, 3, 1);
  check(cut, {"--format", "text"}, 3, 1);
  CHECK(contains(read_file("r.json"), R"("records":{"records":1,"blank":0,"with_tokens":1,)"));
  write_file("cut.gz", cut);
  write_file("whole", record);
  check("", {"--format", "text", "cut.gz", "whole", "cut.gz"}, 3, 2);
}

TEST_CASE("--as-of record: of a long entry of a HAR document only its own startedDateTime counts") {
  const Folder folder;
  const std::string expired = token(R"({"exp":1})"),
                    time = R"("startedDateTime":"2026-11-23T15:04:05Z")";
  const std::string page =
      R"({"log":{"pages":[{"startedDateTime":"1970-01-01T00:00:00Z"}],"entries":[)";
  const std::string request =
      R"("request":{"postData":{"text":"{\"time\":\"1970-01-01T00:00:00Z\"}"},"a":")" +
      std::string(6000, '-') + " Bearer " + expired + "\"}";
  const auto verdicts_of = [&](const std::string& entry) {
    const Ended ended =
        run({"verify", "--keys", keys_file(), "--as-of", "record", "--format", "har", "--report",
             "r.json", "--max-record-bytes", "4096", "--verdicts", "-", "--quiet"},
            page + entry + "," + entry + "]}}");
    return members(ended.out, "verdict");
  };
  CHECK(verdicts_of("{" + time + "," + request + "}") == Words{"expired", "expired"});
  CHECK(contains(read_file("r.json"), "\"record_without_time\":0}"));
  CHECK(verdicts_of("{" + request + "," + time + "}") == Words{"accepted", "accepted"});
  CHECK(contains(read_file("r.json"), "\"record_without_time\":2}"));
}

TEST_CASE("--as-of record: the same bytes whatever the threads and the chunks") {
  const Folder folder;
  std::string log;
  for (int i = 0; i < 3000; ++i)
    log += line(i % 7 == 0 ? "" : "\"ts\":" + std::to_string(1'799'999'000 + i));
  const Ended one = verify(log, {"--verdicts", "-", "--quiet", "--threads", "1"});
  const Ended two =
      verify(log, {"--verdicts", "-", "--quiet", "--threads", "3", "--chunk-bytes", "700"});
  const bool equal = one.out == two.out;
  CHECK(equal);
  CHECK(count_lines(one.out) == 3000);
}
