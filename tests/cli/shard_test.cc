// --shard I/N: the shards of an input, put together, are the whole, byte for byte.
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"
#include "tests/support/packed.h"

using namespace jotmill::cli_test;
using jotmill::testing::gzip;

namespace {

using Words = std::vector<std::string>;

std::string log_of(int lines) {
  std::string log;
  for (int i = 0; i < lines; ++i) {
    log += "10.0.0.1 - - [23/Nov/2026:15:04:05 +0000] \"GET /" + std::to_string(i * 7919) + "?x=1";
    if (i % 3 == 0) log += "&access_token=" + (i % 2 == 0 ? good_token() : forged_token());
    if (i == 5) log += "&id_token=" + good_token().substr(0, 150);  // cut by the logger
    log += i % 5 == 0 ? " HTTP/1.1\"\r\n" : " HTTP/1.1\"\n";
    if (i % 7 == 0) log += "\n";
  }
  return log;
}

/// Files of every kind, one that is empty, one that is not there and one that is damaged.
Words write_inputs() {
  write_file("a.log", log_of(40));
  std::string lines;
  for (int i = 0; i < 12; ++i) lines += (i % 4 == 0 ? forged_token() : good_token()) + "\n";
  write_file("b.txt", lines + std::string(300000, 'x') + "\n" + good_token());
  write_file("empty.txt", "");
  std::string json;
  for (int i = 0; i < 9; ++i)
    json += R"({"token":")" + good_token() + R"(","n":)" + std::to_string(i) + "}\n";
  write_file("c.jsonl", json);
  write_file("d.gz", gzip(lines + log_of(6)));
  write_file("e.har", R"({"log":{"entries":[{"request":{"url":"/?id_token=)" + good_token() +
                          R"("}},{"request":{}},{"request":{"url":"/?id_token=)" + forged_token() +
                          R"("}}]}})");
  const std::string packed = gzip(lines);
  write_file("f.gz", packed.substr(0, packed.size() - 20));
  return {"a.log", "b.txt", "empty.txt", "c.jsonl", "missing.txt", "d.gz", "e.har", "f.gz"};
}

Ended run_over(Words args, const Words& inputs) {
  args.insert(args.end(), inputs.begin(), inputs.end());
  return run(args);
}

Words verify_args(const std::string& verdicts, const std::string& report) {
  return {"verify",     "--keys", "keys.json", "--as-of", "2030-01-01T00:00:00Z",
          "--verdicts", verdicts, "--report",  report,    "--threads",
          "2",          "--quiet"};
}

std::string outside_run(const std::string& path) {
  const std::string json = read_file(path);
  const std::size_t at = json.find("\n\"run\":");
  REQUIRE(at != std::string::npos);
  return json.substr(0, at);
}

/// Runs the N shards over `inputs`, merges their reports into sum.json, and returns their records
/// one behind the other.
std::string in_shards(int of, const Words& inputs, const std::string& extension, Words options) {
  std::string records;
  Words merge = {"merge", "--report", "sum.json"};
  for (int index = 1; index <= of; ++index) {
    const std::string name = "part" + std::to_string(index);
    Words args = verify_args(name + extension, name + ".json");
    args.insert(args.end(), {"--shard", std::to_string(index) + "/" + std::to_string(of)});
    args.insert(args.end(), options.begin(), options.end());
    const Ended ended = run_over(args, inputs);
    INFO(ended.err);
    REQUIRE((ended.exit_code == 0 || ended.exit_code == 1 || ended.exit_code == 3));
    records += read_file(name + extension);
    merge.push_back(name + ".json");
  }
  const Ended merged = run(merge);
  INFO(merged.err);
  REQUIRE(merged.exit_code == 0);
  return records;
}

}  // namespace

TEST_CASE("shards: merged reports and concatenated records are the whole, for any N and chunk") {
  const Folder folder;
  keys_file();
  const Words inputs = write_inputs();
  const Ended whole = run_over(verify_args("whole.ndjson", "whole.json"), inputs);
  INFO(whole.err);
  REQUIRE(whole.exit_code == 3);
  const std::string records = read_file("whole.ndjson");
  REQUIRE(count_lines(records) > 50);
  for (const int of : {1, 2, 7}) {
    for (const char* chunk : {"1", "4096", "1MiB"}) {
      INFO(of << " shards, chunks of " << chunk);
      CHECK(in_shards(of, inputs, ".ndjson", {"--chunk-bytes", chunk}) == records);
      CHECK(outside_run("sum.json") == outside_run("whole.json"));
    }
  }
  CHECK(in_shards(64, inputs, ".ndjson", {"--chunk-bytes", "1000"}) == records);
  CHECK(outside_run("sum.json") == outside_run("whole.json"));
}

TEST_CASE("shards: the header of CSV is in the first alone; extract is cut alike") {
  const Folder folder;
  keys_file();
  const Words inputs = write_inputs();
  run_over(verify_args("whole.csv", "whole.json"), inputs);
  CHECK(in_shards(7, inputs, ".csv", {}) == read_file("whole.csv"));
  CHECK(outside_run("sum.json") == outside_run("whole.json"));
  const Ended whole = run_over({"extract", "--quiet"}, inputs);
  REQUIRE(count_lines(whole.out) > 50);
  std::string records;
  for (const char* shard : {"1/3", "2/3", "3/3"})
    records += run_over({"extract", "--quiet", "--shard", shard}, inputs).out;
  CHECK(records == whole.out);
}

TEST_CASE("shards: what is no shard, and what cannot be cut, is said before anything is run") {
  const Folder folder;
  keys_file();
  write_file("a.txt", good_token() + "\n");
  for (const char* wrong :
       {"0/4", "5/4", "1", "1/", "/2", "1/0", "-1/2", "1/2/3", "a/b", "", "1/1000001"}) {
    INFO(wrong);
    const Ended ended = run({"verify", "--keys", "keys.json", "--shard", wrong, "a.txt"});
    CHECK(ended.exit_code == 2);
    CHECK(contains(ended.err, "--shard"));
    CHECK(contains(ended.err, "is not I/N with I from 1 to N"));
  }
  for (const Words& inputs : {Words{}, Words{"-"}, Words{"a.txt", "-"}}) {
    Words args = {"verify", "--keys", "keys.json", "--shard", "1/2", "--verdicts", "v.ndjson"};
    const Ended ended = run_over(args, inputs);
    CHECK(ended.exit_code == 2);
    CHECK(contains(ended.err, "standard input has no size"));
    CHECK_FALSE(exists("v.ndjson"));
  }
  const Ended device = run({"verify", "--keys", "keys.json", "--shard", "1/2", "/dev/null"});
  CHECK(device.exit_code == 2);
  CHECK(contains(device.err, "/dev/null, which is no regular file, has no size"));
  CHECK(run({"verify", "--keys", "keys.json", "--shard", "1/1"}, good_token()).exit_code == 0);
  const Ended both = run({"verify", "--keys", "keys.json", "--shard", "1/2", "--checkpoint", "c",
                          "--verdicts", "v.ndjson", "a.txt"});
  CHECK(both.exit_code == 2);
  CHECK(contains(both.err, "does not go together with --shard"));
}
