// Tokens anywhere: text, jsonl without --field, har, auto, as the program does them.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

Ended verify(Words args, const std::string& input = "") {
  args.insert(args.begin(), {"verify", "--keys", keys_file(), "--verdicts", "verdicts.ndjson",
                             "--report", "report.json"});
  return run(args, input);
}
Words verdicts(const std::string& name) { return members(read_file("verdicts.ndjson"), name); }
std::string report() { return read_file("report.json"); }

std::string har_of(const std::string& token) {
  return R"({"log":{"entries":[{"startedDateTime":"2026-11-23T15:04:05Z","request":{"headers":[
{"name":"Authorization","value":"Bearer )" +
         token + R"("}]},"response":{"content":{"encoding":"base64","text":")" + base64url(token) +
         R"("}}},{"request":{}}]}})";
}

}  // namespace

TEST_CASE("text: an access log, with channel, offset and what was not judged") {
  const Folder folder;
  const std::string good = good_token();
  const std::string line = R"(10.0.0.1 - - [23/Nov/2026:15:04:05 +0000] "GET /c?access_token=)";
  const std::string log = line + good + "&x=1 HTTP/1.1\" 200\n\nnothing here\n" + line +
                          good.substr(0, good.size() - 4) + "\n\"Bearer " +
                          good.substr(0, good.rfind('.') + 1) +
                          "[REDACTED]\"\ncursor=" + base64url(R"({"page":2})") + "\n";
  CHECK(verify({}, log).exit_code == 0);
  CHECK(verdicts("verdict") == Words{"accepted"});
  CHECK(verdicts("channel") == Words{"query:access_token"});
  CHECK(verdicts("offset") == Words{std::to_string(line.size())});
  CHECK(contains(report(), R"("formats":{"text":1})"));
  CHECK(contains(report(), R"("records":6,"blank":1,"with_tokens":1,"record_without_token":4,)"));
  CHECK(
      contains(report(), R"("candidates":4,"tokens":1,"truncated":1,"redacted":1,"lookalike":1)"));
}

TEST_CASE("text: only findings is no token at all") {
  const Folder folder;
  const std::string good = good_token();
  CHECK(verify({"--format", "text"}, "a " + good.substr(0, good.size() - 4) + "\n").exit_code == 1);
  CHECK(contains(report(), R"("tokens":0,"truncated":1)"));
}

TEST_CASE("auto: blanks alone tell nothing of what follows them") {
  const Folder folder;
  const std::string log = "Authorization: Bearer " + good_token() + "\n";
  CHECK(verify({}, std::string(70'000, '\n') + log).exit_code == 0);
  CHECK(contains(report(), R"("formats":{"text":1})"));
  CHECK(verify({}, "\n\n").exit_code == 1);
  CHECK(contains(report(), R"("formats":{"lines":1})"));
}

TEST_CASE("jsonl without --field: every string at every depth, and lines that are not JSON") {
  const Folder folder;
  const std::string good = good_token();
  const std::string log = "{\"a\":[{\"access_token\":\"" + good +
                          "\"}]}\n{\"m\":\"{\\\"t\\\":\\\"" + good +
                          "\\\"}\"}\n{\"a\":1}\nbroken " + good + "\nbroken\n\n";
  CHECK(verify({"--format", "jsonl"}, log).exit_code == 0);
  CHECK(verdicts("channel") == Words{"body:access_token", "body:t", "bare"});
  CHECK(contains(report(), R"("records":6,"blank":1,"with_tokens":3,"record_without_token":1,)"
                           R"("record_not_json":1,)"));
}

TEST_CASE("jsonl: a record over the limit is told, and scanned all the same") {
  const Folder folder;
  const std::string good = good_token();
  const std::string log =
      "{\"a\":1}\n{\"t\":\"" + std::string(5000, ' ') + good + "\"}\n{\"t\":\"" + good + "\"}\n";
  CHECK(verify({"--format", "jsonl", "--max-record-bytes", "4000"}, log).exit_code == 3);
  CHECK(verdicts("verdict") == Words{"accepted", "accepted"});
  CHECK(verdicts("line") == Words{"2", "3"});
  CHECK(contains(report(), R"("record_too_long":1)"));
  const std::vector<std::string> by_field = {"--format",           "jsonl", "--field", "/t",
                                             "--max-record-bytes", "4000"};
  CHECK(verify(by_field, log).exit_code == 3);
  CHECK(verdicts("verdict") == Words{"accepted", "accepted"});
  CHECK(verdicts("channel") == Words{"bare", "field:/t"});
}

TEST_CASE("har: parts of an entry, base64 too, told by its content") {
  const Folder folder;
  CHECK(verify({}, har_of(good_token())).exit_code == 0);
  CHECK(verdicts("channel") == Words{"har:request.headers", "har:response.content.text"});
  CHECK(contains(report(), R"("formats":{"har":1})"));
  CHECK(contains(report(), R"("records":2,"blank":0,"with_tokens":1,"record_without_token":1,)"));
}

TEST_CASE("har: what does not begin as an object is text, and its lines are records") {
  const Folder folder;
  const std::string log = "hello\n" + good_token() + "\n\n";
  CHECK(verify({"--format", "har"}, log).exit_code == 0);
  CHECK(verdicts("channel") == Words{"bare"});
  CHECK(contains(report(), R"("formats":{"text":1})"));
  CHECK(contains(report(), R"("records":3,"blank":1,"with_tokens":1,"record_without_token":1,)"));
  CHECK(verify({"--format", "har"}, "\xEF\xBB\xBF \n" + har_of(good_token())).exit_code == 0);
  CHECK(contains(report(), R"("formats":{"har":1})"));
}

TEST_CASE("text: a line of 1 GiB costs bounded memory") {
  const Folder folder;
  write_hole("huge.log", std::uint64_t{1} << 30);
  const Ended ended = verify({"--format", "text", "huge.log"});
  CHECK(ended.exit_code == 1);
  CHECK(contains(report(), R"("records":1,"blank":0,"with_tokens":0,"record_without_token":1,)"));
  CHECK(ended.max_rss_kib < 256 * 1024 + kSanitizerKib);
}

TEST_CASE("the same bytes for text, jsonl and har whatever the chunks, threads and kernels") {
  const Folder folder;
  const std::string good = good_token();
  std::string log;
  for (int i = 0; i < 200; ++i) {
    log += std::string(static_cast<std::size_t>(i * 7 % 90), 'x') + " Bearer " + good + "\r\n";
    log += "\"a\":\"" + base64url(good) + "\" \\u0065" + good.substr(1) + " %65" + good.substr(1);
    log += i % 3 == 0 ? "\n\n" : " ";
  }
  log += std::string(1'200'000, '.') + " " + good + "\n" + good;  // one line in pieces
  for (const std::string format : {"text", "jsonl", "har"}) {
    const std::string input = format == "har" ? har_of(good) + log : log;
    verify({"--format", format, "--threads", "1"}, input);
    const std::string expected = read_file("verdicts.ndjson");
    CHECK(count_lines(expected) == 802 + (format == "har" ? 2 : 0));
    for (const Words& more : std::vector<Words>{{"--chunk-bytes", "1"},
                                                {"--chunk-bytes", "1000", "--threads", "3"},
                                                {"--chunk-bytes", "4MiB", "--threads", "2"},
                                                {"--kernels", "scan=scalar"}}) {
      Words args = {"--format", format};
      args.insert(args.end(), more.begin(), more.end());
      verify(args, input);
      const bool equal = read_file("verdicts.ndjson") == expected;
      CHECK(equal);
    }
  }
}
