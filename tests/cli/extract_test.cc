// extract: tokens found and not verified, as records and as themselves.
#include <sys/stat.h>

#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"
#include "tests/support/packed.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

std::string capture() { return good_token() + "\n\n" + forged_token() + "\nno token\n"; }

Ended extract(Words options, const std::string& input = capture()) {
  options.insert(options.begin(), {"extract", "--format", "lines"});
  return run(options, input);
}

}  // namespace

TEST_CASE("extract: one record a token, with its place and fingerprint and without the token") {
  const Folder folder;
  const Ended ended = extract({});
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  REQUIRE(count_lines(ended.out) == 3);
  const std::string first = ended.out.substr(0, ended.out.find('\n'));
  CHECK(first.starts_with(
      R"({"source":"-","line":1,"offset":0,"channel":"bare","layers":[],"token_id":")"));
  CHECK(first.ends_with("\"}"));
  CHECK(members(ended.out, "line") == Words{"1", "3", "4"});
  for (const std::string& token : {good_token(), forged_token()}) {
    CHECK_FALSE(contains(ended.out, token.substr(token.rfind('.'))));
    CHECK_FALSE(contains(ended.out, token.substr(0, 20)));
  }
  CHECK(contains(ended.err, "3 tokens in 3 of 4 records"));
  // The fingerprints are those of verify, keyed ones too.
  const Ended verified =
      run({"verify", "--keys", keys_file(), "--format", "lines", "--verdicts", "-", "--quiet"},
          capture());
  CHECK(members(ended.out, "token_id") == members(verified.out, "token_id"));
  write_file("f.key", "secret");
  const Ended keyed = extract({"--fingerprint-key", "f.key", "--quiet"});
  CHECK(keyed.err == "");
  CHECK(members(keyed.out, "token_id") != members(ended.out, "token_id"));
}

TEST_CASE("extract --raw: the tokens, one a line, and a warning that they are credentials") {
  const Folder folder;
  const Ended ended = extract({"--raw"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.out == good_token() + "\n" + forged_token() + "\nno token\n");
  CHECK(contains(ended.err, "credentials"));
  CHECK(contains(extract({"--raw", "--quiet"}).err, "credentials"));
  // What would not come back from its line as it was is left out, and said.
  write_file("odd.jsonl", "{\"t\":\"a\\nb\"}\n{\"t\":\"c\\r\"}\n{\"t\":\"Bearer d.e.f\"}\n");
  const Ended odd = run({"extract", "--field", "/t", "--raw", "odd.jsonl"});
  CHECK(odd.out == "d.e.f\n");
  CHECK(contains(odd.err, "2 of the tokens"));
  const Ended large = extract({"--raw", "--max-token-bytes", "5"}, "123456\nabc\n");
  CHECK(contains(large.out, "abc\n"));
}

TEST_CASE("extract: CSV, compressed, into a file that only its owner reads") {
  const Folder folder;
  const Ended ended = extract({"--output", "t.csv"});
  CHECK(ended.exit_code == 0);
  CHECK(ended.out == "");
  const std::string csv = read_file("t.csv");
  CHECK(csv.starts_with("source,line,offset,channel,layers,token_id\n'-,1,0,bare,,"));
  CHECK(count_lines(csv) == 4);
  struct stat info {};
  REQUIRE(::stat(in_folder("t.csv").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  using namespace jotmill::testing;
  REQUIRE(extract({"--output", "t.csv.gz"}).exit_code == 0);
  CHECK(unpack(Packing::kGzip, read_file("t.csv.gz")) == csv);
  REQUIRE(extract({"--raw", "--output", "raw.zst"}).exit_code == 0);
  CHECK(unpack(Packing::kZstd, read_file("raw.zst")) ==
        good_token() + "\n" + forged_token() + "\nno token\n");
}

TEST_CASE("extract: exit codes") {
  const Folder folder;
  CHECK(extract({}, "\n \n").exit_code == 1);
  CHECK(contains(extract({}, "").err, "no token"));
  CHECK(extract({"--output", "/no/such/folder/x"}).exit_code == 4);
  CHECK(extract({"--output", "/dev/full"}).exit_code == 4);
  CHECK(extract({"missing.log"}).exit_code == 3);
  write_file("cut.gz", jotmill::testing::gzip(capture()).substr(0, 200));
  const Ended cut = extract({"cut.gz"});
  CHECK(cut.exit_code == 3);
  CHECK(contains(cut.err, "cut.gz"));
  write_file("in.txt", capture());
  for (const Words& wrong : std::vector<Words>{{"--keys", "k.json"},
                                               {"--output="},
                                               {"--raw", "--fingerprint-key", "in.txt"},
                                               {"--threads", "x"},
                                               {"--output", "in.txt", "in.txt"},
                                               {"--max-token-bytes", "0"},
                                               {"--format", "odd"}}) {
    const Ended refused = extract(wrong);
    INFO(wrong.front());
    CHECK(refused.exit_code == 2);
    CHECK(count_lines(refused.err) == 1);
    CHECK(refused.out == "");
  }
  Start closed{{"extract", "--format", "lines", "--quiet"}};
  for (int i = 0; i < 5000; ++i) closed.input += "a.b.c\n";
  closed.close_stdout = true;
  CHECK(run(closed).exit_code == 141);
}

TEST_CASE("extract: the same bytes whatever the threads and the chunks") {
  const Folder folder;
  std::string log;
  for (int i = 0; i < 4000; ++i) log += std::to_string(i) + ".b.c\n";
  write_file("log.gz", jotmill::testing::bgzf(log, 700));
  const std::string wanted = extract({"--quiet"}, log).out;
  CHECK(count_lines(wanted) == 4000);
  for (const char* threads : {"1", "3"}) {
    const Ended packed =
        extract({"--quiet", "--threads", threads, "--chunk-bytes", "1000", "log.gz"});
    std::string out = packed.out;
    for (std::size_t at = 0; (at = out.find("log.gz", at)) != std::string::npos;)
      out.replace(at, 6, "-");
    CHECK((out == wanted));
    const bool raw = extract({"--quiet", "--raw", "--threads", threads, "log.gz"}).out == log;
    CHECK(raw);
  }
}

TEST_CASE("extract: help has examples, and a config file may hold its options") {
  const Folder folder;
  const Ended help = run({"extract", "--help"});
  CHECK(help.exit_code == 0);
  for (const char* part :
       {"Examples:", "--raw", "--output PATH", "Exit codes", "--field POINTER"}) {
    CHECK(contains(help.out, part));
  }
  CHECK_FALSE(contains(help.out, "--keys"));
  write_file("c.toml", "format = \"lines\"\nquiet = true\noutput = \"o.ndjson\"\n");
  const Ended ended = run({"extract", "--config", "c.toml"}, capture());
  CHECK(ended.exit_code == 0);
  CHECK(ended.err == "");
  CHECK(count_lines(read_file("o.ndjson")) == 3);
}
