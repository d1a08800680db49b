// bench, compare and plan as their users see them: exit codes, outputs, and what bad input does.

#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/program.h"
#include "cli/workspace.h"
#include "support/catch.h"
#include "support/packed.h"
#include "support/sanitizers.h"
#include "tools/bench/bench_json.h"
#include "tools/bench/made_up_bench_test.h"
#include "tools/statistics/sample.h"

namespace jotmill::cli_test {
namespace {

using tools::BenchFile;
using tools::made_up_file;
using tools::made_up_row;

/// A bench file that was never measured: RS256 and ES256 on 1 and 2 threads.
BenchFile made_up(double factor = 1, double payload_factor = 1, double spread = 0.003) {
  statistics::Random random(5);
  std::vector<tools::BenchRow> rows;
  for (const unsigned threads : {1U, 2U}) {
    rows.push_back(made_up_row("RS256", threads, 30'000 * factor / threads, spread, 20, random,
                               payload_factor));
    rows.push_back(made_up_row("ES256", threads, 100'000.0 / threads, spread, 20, random));
  }
  return made_up_file(std::move(rows));
}

void write_bench(const std::string& path, const BenchFile& file) {
  write_file(path, tools::render_bench_json(file));
}

/// Exit 2, one line that holds `part`, nothing on standard output, and no file `output`.
void check_refused(const Ended& ended, const std::string& part, const std::string& output = "") {
  CAPTURE(ended.err, part);
  CHECK(ended.exit_code == 2);
  CHECK(ended.out.empty());
  CHECK(count_lines(ended.err) == 1);
  CHECK(contains(ended.err, part));
  if (!output.empty()) CHECK_FALSE(exists(output));
}

TEST_CASE("bench measures, writes its file and its plot, and compare and plan read the file") {
  const Folder folder;
  const Ended bench = run({"bench", "--quick", "--tokens", "100", "--threads", "1,2", "hs256",
                           "rs256", "--json", "b.json", "--plot", "b.svg"});
  CAPTURE(bench.err);
  REQUIRE(bench.exit_code == 0);
  CHECK(contains(bench.out, "hs256"));
  CHECK(contains(bench.out, "95 % interval"));
  CHECK(contains(bench.err, "A/A check"));
  const std::string json = read_file("b.json");
  const auto file = tools::read_bench_json(json, "b.json");
  REQUIRE(file.ok());
  REQUIRE(file.value().rows.size() == 4);
  for (const tools::BenchRow& row : file.value().rows) {
    CHECK(row.samples.size() >= 12);
    CHECK(row.tokens == 100);
    CHECK(row.verdicts == std::map<std::string, std::uint64_t>{{"accepted", 100}});
    CHECK(row.dataset.size() == 64);
    CHECK(row.batch.batches > 0);
    CHECK_FALSE(row.samples[0].stage_ns.empty());
    for (const auto& [kernel, share] : row.lane_use) {
      CAPTURE(kernel);
      REQUIRE(row.lane_use_range.contains(kernel));
      CHECK(row.lane_use_range.at(kernel).contains(share));
    }
    CHECK(row.memo_hit_rate.has_value() == row.memo_hit_rate_range.has_value());
  }
  CHECK(contains(read_file("b.svg"), "</svg>"));
  // With itself: nothing regressed, whatever the noise of this machine.
  const Ended same = run({"compare", "b.json", "b.json", "--lenient"});
  CAPTURE(same.out);
  CHECK(same.exit_code == 0);
  const Ended plan = run({"plan", "--bench", "b.json", "--rate", "1k/s", "--workload", "rs256"});
  CAPTURE(plan.err);
  CHECK(plan.exit_code == 0);
  CHECK(contains(plan.out, "extrapolation"));
}

TEST_CASE("the same workload has the same data set in every run, random signatures or not") {
  const Folder folder;
  const std::vector<std::string> command = {"bench", "--quick", "--tokens", "50", "--threads",
                                            "1",     "es256",   "--json",   "-"};
  const auto dataset = [&] {
    const Ended ended = run(command);
    REQUIRE(ended.exit_code == 0);
    return tools::read_bench_json(ended.out, "-").value().rows.at(0).dataset;
  };
  CHECK(dataset() == dataset());
}

TEST_CASE("what is counted is the run, not the start of the program and its keys") {
  const Folder folder;
  std::string log;
  for (int i = 0; i < 20; ++i) log += good_token() + "\n";
  write_file("log", log);
  const auto sample_with = [](int keys) {
    std::string set;
    for (int i = 1; i <= keys; ++i) {
      const std::string secret =
          i == 1 ? std::string(kSecret) : "of-no-token-" + std::string(32, '0');
      set += std::string(i == 1 ? "" : ",") + R"({"kty":"oct","kid":"k)" + std::to_string(i) +
             R"(","k":")" + base64url(secret) + "\"}";
    }
    write_file("many.json", "{\"keys\":[" + set + "]}");
    const Ended ended = run({"bench", "--quick", "--threads", "1", "--from-log", "log", "--format",
                             "lines", "--keys", "many.json", "--json", "-"});
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    return tools::read_bench_json(ended.out, "-").value().rows.at(0);
  };
  const auto few = sample_with(1), many = sample_with(1000);
  if (const auto allocations = tools::per_token(many, &tools::Sample::allocations)) {
    const double more = *allocations - *tools::per_token(few, &tools::Sample::allocations);
    CHECK(20 * more < 500);  // a key takes several
  }
  CHECK(statistics::median(tools::values_of(many, &tools::Sample::cpu_ns)) <
        10 * statistics::median(tools::values_of(few, &tools::Sample::cpu_ns)));
}

TEST_CASE("bench --from-log reads the mix from a captured log") {
  const Folder folder;
  std::string log;
  for (int i = 0; i < 40; ++i) log += "{\"t\":\"" + good_token() + "\"}\n";
  write_file("log.jsonl", log);
  const Ended ended = run({"bench", "--quick", "--threads", "1", "--from-log", "log.jsonl",
                           "--field", "/t", "--keys", keys_file(), "--json", "-"});
  CAPTURE(ended.err);
  REQUIRE(ended.exit_code == 0);
  const auto file = tools::read_bench_json(ended.out, "-");
  REQUIRE(file.ok());
  CHECK(file.value().rows.at(0).mix.at("HS256") == 1);
  CHECK(file.value().rows.at(0).repeat_share == Approx(39.0 / 40));
  CHECK_FALSE(contains(ended.out + ended.err, "eyJ"));
}

TEST_CASE("bench --from-log says what it could not read, and measures the rest") {
  const Folder folder;
  std::string log;
  for (int i = 0; i < 4000; ++i) log += token("{\"iat\":" + std::to_string(i) + "}") + "\n";
  const std::string packed = pack(testing::Packing::kGzip, log);
  const auto bench = [](const std::string& output) {
    return run({"bench", "--quick", "--threads", "1,2", "--from-log", "log.gz", "--format", "lines",
                "--keys", keys_file(), "--json", output});
  };
  write_file("log.gz", packed.substr(0, packed.size() / 2));
  const Ended cut = bench("cut.json");
  CAPTURE(cut.err, cut.out);
  REQUIRE(cut.exit_code == 0);
  const std::size_t told = cut.err.find(": ends before its end");
  CHECK(told != std::string::npos);
  CHECK(cut.err.find("ends before", told + 10) ==
        std::string::npos);  // once, not for each thread count
  CHECK(contains(cut.err, "measured is what could be read"));
  CHECK(contains(cut.out, "not read whole: input_truncated 1"));
  const auto file = tools::read_bench_file(in_folder("cut.json"));
  REQUIRE(file.ok());
  for (const tools::BenchRow& row : file.value().rows) {
    CHECK(row.input_events == std::map<std::string, std::uint64_t>{{"input_truncated", 1}});
    CHECK(row.tokens < 4000);
  }
  write_file("log.gz", packed);
  const Ended whole = bench("whole.json");
  REQUIRE(whole.exit_code == 0);
  CHECK_FALSE(contains(whole.err + whole.out, "not read whole"));
  CHECK_FALSE(contains(whole.err, "log.gz"));
  CHECK(contains(read_file("whole.json"), "\"input_events\":{}"));
}

TEST_CASE("decompression is a stage of its own, and waiting for it is none") {
  const Folder folder;
  std::string log;
  for (int i = 0; i < 4000; ++i) log += good_token() + "\n";
  const auto stages_of = [](const std::string& bytes) {
    write_file("log", bytes);
    const Ended ended = run({"bench", "--quick", "--threads", "1", "--from-log", "log", "--format",
                             "lines", "--keys", keys_file(), "--json", "-"});
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    return tools::stage_ns_per_token(tools::read_bench_json(ended.out, "-").value().rows.at(0));
  };
  const auto plain = stages_of(log), packed = stages_of(pack(testing::Packing::kGzip, log));
  REQUIRE(plain.size() > 2);
  CHECK(plain[0].first == "read");
  CHECK(plain[1].first == "decompress");
  CHECK(plain[1].second == 0);
  CHECK(packed[1].second > 0);
}

TEST_CASE("bench refuses what it cannot do before it measures anything") {
  const Folder folder;
  check_refused(run({"bench", "rs265", "--json", "b.json"}), "did you mean rs256?", "b.json");
  check_refused(run({"bench", "rs256", "rs256", "--json", "b.json"}), "same workload", "b.json");
  check_refused(run({"bench", "--threads", "0", "--json", "b.json"}), "--threads", "b.json");
  check_refused(run({"bench", "--quick", "--repetitions", "3"}), "--repetitions");
  check_refused(run({"bench", "--from-log", "none.log", "--keys", keys_file()}), "none.log");
  check_refused(run({"bench", "--keys", "keys.json"}), "belongs to --from-log");
  check_refused(run({"bench", "--kernels", "rsa=nothing", "hs256", "--quick", "--tokens", "10"}),
                "nothing");
  check_refused(run({"bench", "--plot", "x.png"}), "--plot");
  // The log is a workload of that name: the file would have two rows of it, and be no bench file.
  write_file("named.json", R"({"name":"from-log","count":9,"algorithms":{"HS256":1}})");
  write_file("log", good_token() + "\n");
  check_refused(
      run({"bench", "named.json", "--from-log", "log", "--keys", keys_file(), "--json", "b.json"}),
      "from-log", "b.json");
  write_file("bad.json", "{\"count\":");
  check_refused(run({"bench", "bad.json"}), "bad.json");
}

TEST_CASE("compare: a gate that sees a regression does not exit with 0") {
  const Folder folder;
  write_bench("base.json", made_up());
  write_bench("new.json", made_up(1, 1.5));
  const Ended ended = run({"compare", "base.json", "new.json", "--json", "c.json", "--markdown",
                           "c.md", "--junit", "c.xml"});
  CAPTURE(ended.out, ended.err);
  CHECK(ended.exit_code == 1);
  CHECK(contains(ended.out, "REGRESSED"));
  CHECK(contains(ended.out, "is in payload"));
  CHECK(contains(ended.out, "unpaired: drift is not controlled"));
  CHECK(contains(read_file("c.json"), "\"exit_code\":1"));
  CHECK(contains(read_file("c.md"), "**REGRESSED**"));
  CHECK(contains(read_file("c.xml"), "<failure"));
  CHECK(run({"compare", "--lenient", "base.json", "new.json"}).exit_code == 1);
  CHECK(run({"compare", "new.json", "base.json"}).exit_code == 0);  // IMPROVED
  CHECK(run({"compare", "base.json", "base.json"}).exit_code == 0);
}

TEST_CASE("compare: undecided is 3, or 0 with --lenient; differing verdicts are 5") {
  const Folder folder;
  write_bench("base.json", made_up());
  write_bench("noisy.json", made_up(1, 1, 0.8));
  CHECK(run({"compare", "base.json", "noisy.json"}).exit_code == 3);
  CHECK(run({"compare", "--lenient", "base.json", "noisy.json"}).exit_code == 0);
  BenchFile other = made_up();
  other.rows[0].verdicts = {{"accepted", 991}, {"expired", 9}};
  write_bench("other.json", other);
  const Ended ended = run({"compare", "--lenient", "base.json", "other.json"});
  CHECK(ended.exit_code == 5);
  CHECK(contains(ended.out, "VERDICTS DIFFER"));
  CHECK(run({"compare", "base.json", "base.json", "--json", "/dev/full"}).exit_code == 4);
}

TEST_CASE("compare refuses files that cannot be compared, and writes nothing") {
  const Folder folder;
  write_bench("base.json", made_up());
  const std::string json = read_file("base.json");
  write_file("cut.json", json.substr(0, json.size() / 2));
  write_file("report.json", "{\"schema\":\"jotmill.report/1\"}");
  BenchFile other = made_up();
  other.rows[1].dataset = "other tokens";
  write_bench("other.json", other);
  other = made_up();
  other.rows.pop_back();
  write_bench("fewer.json", other);
  const auto compare = [](const std::string& a, const std::string& b) {
    return run({"compare", a, b, "--json", "c.json", "--markdown", "c.md"});
  };
  check_refused(compare("base.json", "cut.json"), "cut.json", "c.json");
  check_refused(compare("report.json", "base.json"), "jotmill.report/1", "c.json");
  check_refused(compare("base.json", "none.json"), "none.json", "c.md");
  check_refused(compare("base.json", "other.json"), "different workloads", "c.json");
  check_refused(compare("base.json", "fewer.json"), "different workloads", "c.json");
  check_refused(compare("fewer.json", "base.json"), "different workloads", "c.json");
  check_refused(run({"compare", "base.json"}), "needs two files");
  check_refused(run({"compare", "--workload", "rs265", "base.json", "base.json"}), "rs265");
  check_refused(run({"compare", "base.json", "base.json", "--json", "base.json"}), "base.json");
  CHECK(read_file("base.json") == json);
}

TEST_CASE("compare --run: the program against itself, and against what is none") {
  const Folder folder;
  const std::string program = std::getenv("JOTMILL_BINARY");
  const Ended same = run({"compare", "--run", "--workload", "hs256", "--tokens", "200", "--budget",
                          "1s", "--lenient", "--json", "c.json", program, program});
  CAPTURE(same.out, same.err);
  // This machine may be as noisy as it likes; what must hold is that the answer and the code agree.
  const bool regressed = contains(same.out, "REGRESSED");
  CHECK(same.exit_code == (regressed ? 1 : 0));
  CHECK(contains(same.out, "paired: blocks of A B B A"));
  CHECK(contains(read_file("c.json"), "\"paired\":true"));
#if !JOTMILL_UNDER_ASAN && !JOTMILL_UNDER_TSAN
  CHECK(contains(read_file("c.json"), "\"allocations\":["));
#endif
  check_refused(run({"compare", "--run", program, "nothing-here"}), "nothing-here");
  check_refused(run({"compare", "--run", "--workload", "hs256", "--tokens", "20", "--new-kernels",
                     "rsa=none", program, program}),
                "none");
}

/// A program that takes the place of a jotmill which is measured.
void write_program(const std::string& path, const std::string& script) {
  write_file(path, "#!/bin/sh\n" + script + "\n");
  std::filesystem::permissions(in_folder(path), std::filesystem::perms::owner_all);
}

TEST_CASE("compare --run: a program that ends by an interrupt was interrupted, and so is compare") {
  const Folder folder;
  // What a terminal's Ctrl-C does: the program that is measured gets it as well.
  for (const char* script : {"exit 130", "kill -INT $$", "kill -TERM $$", "kill -HUP $$"}) {
    CAPTURE(script);
    write_program("ends", script);
    const Ended ended = run({"compare", "--run", "--workload", "hs256", "--tokens", "20", "--json",
                             "c.json", "ends", "ends"});
    CHECK(ended.exit_code == 130);
    CHECK(ended.err == "jotmill: compare: interrupted\n");
    CHECK_FALSE(exists("c.json"));
  }
  write_program("ends", "exit 2");
  check_refused(run({"compare", "--run", "--workload", "hs256", "--tokens", "20", "ends", "ends"}),
                "verify ended with 2");
  write_program("ends", "exit 0");
  check_refused(run({"compare", "--run", "--workload", "hs256", "--tokens", "20", "ends", "ends"}),
                "wrote no report");
}

TEST_CASE("an interrupt ends bench and plan in their own names") {
  const Folder folder;
  for (const auto& [name, more] :
       {std::pair<std::string, std::vector<std::string>>{"bench", {"hs256"}},
        {"plan", {"--rate", "1k/s", "--mix", "HS256=100"}}}) {
    std::vector<std::string> command = {name, "--json", "out.json"};
    command.insert(command.end(), more.begin(), more.end());
    Running running(Start{command});
    running.run_on_until_it_catches(SIGINT);
    running.signal(SIGINT);
    const Ended ended = running.wait();
    CHECK(ended.exit_code == 130);
    CHECK(contains(ended.err, "jotmill: " + name + ": interrupted\n"));
    CHECK_FALSE(exists("out.json"));
  }
}

TEST_CASE("an interrupt while tokens are made is seen at once") {
  const Folder folder;
  const std::string program = std::getenv("JOTMILL_BINARY");
  const std::string tokens = "1000000";  // minutes to sign
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"bench", "--tokens", tokens, "rs256"},
        {"bench", "--tokens", tokens, "repeats.json"},
        {"compare", "--run", "--workload", "rs256", "--tokens", tokens, program, program}}) {
    CAPTURE(command);
    // Those that repeat are made before all others.
    write_file("repeats.json", R"({"name":"r","count":100,"algorithms":{"RS256":1},"keys":)"
                               R"({"RSA-2048":1},"repeats":{"share":0.9,"pool":1000000}})");
    Running running(Start{command});
    running.run_on_until_it_catches(SIGINT);
    running.run_on(300);
    running.signal(SIGINT);
    const auto begin = std::chrono::steady_clock::now();
    const Ended ended = running.wait();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    CHECK(ended.exit_code == 130);
    CHECK(ended.err == "jotmill: " + command[0] + ": interrupted\n");
    CHECK(took.count() < 10);
  }
}

TEST_CASE("plan answers with a range, a picture and what moves it") {
  const Folder folder;
  write_bench("b.json", made_up());
  const Ended ended =
      run({"plan", "--bench", "b.json", "--rate", "250k/s", "--mix", "RS256=70,ES256=30", "--p99",
           "20ms", "--headroom", "30%", "--spare", "1", "--price-core-hour", "0.04", "--json",
           "p.json", "--plot", "p.svg"});
  CAPTURE(ended.err, ended.out);
  REQUIRE(ended.exit_code == 0);
  CHECK(contains(ended.out, " cores ["));
  CHECK(contains(ended.out, "extrapolation"));
  CHECK(contains(ended.out, "simulated"));
  CHECK(contains(ended.out, "+10 % ES256"));
  CHECK(contains(ended.out, "RSA-4096"));
  CHECK(contains(ended.out, "memo off"));
  CHECK(contains(read_file("p.json"), "\"schema\":\"jotmill.plan/1\""));
  CHECK(contains(read_file("p.svg"), "</svg>"));
  const Ended offline =
      run({"plan", "--bench", "b.json", "--mix", "RS256=100", "--tokens", "1G", "--read-rate",
           "100M/s", "--decompress-rate", "500MB/s", "--within", "12h"});
  CAPTURE(offline.err);
  CHECK(offline.exit_code == 0);
  CHECK(contains(offline.out, "what binds"));
}

TEST_CASE("an output that cannot be written is found before anything is measured") {
  const Folder folder;
  const std::string program = std::getenv("JOTMILL_BINARY"), nowhere = "no/such/folder/x.json";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"compare", "--run", "--workload", "nothing-that-is-there", program,
                                 program, "--json", nowhere},
        {"compare", "--run", "--tokens", "100000000", program, program, "--markdown", nowhere},
        {"plan", "--mix", "RS256=100", "--rate", "1k/s", "--json", nowhere},
        {"plan", "--bench", "nothing-that-is-there", "--mix", "RS256=100", "--rate", "1k/s",
         "--json", nowhere}}) {
    const Ended ended = run(command);
    CAPTURE(command, ended.err);
    CHECK(ended.exit_code == 4);
    CHECK(contains(ended.err, nowhere));
    CHECK(count_lines(ended.err) == 1);
    CHECK(ended.out.empty());
  }
}

TEST_CASE("plan refuses what cannot be planned, and writes nothing") {
  const Folder folder;
  BenchFile file = made_up();
  // A curve that peaks: two threads are slower than one.
  for (tools::BenchRow& row : file.rows) {
    for (tools::Sample& sample : row.samples) sample.wall_ns *= row.threads == 2 ? 1.9 : 1;
  }
  write_bench("b.json", file);
  const auto plan = [](std::vector<std::string> more) {
    std::vector<std::string> command = {"plan", "--bench", "b.json", "--json", "p.json"};
    command.insert(command.end(), more.begin(), more.end());
    return run(command);
  };
  check_refused(plan({"--rate", "1k/s", "--mix", "RS256=65,ES256=30"}), "does not add up",
                "p.json");
  check_refused(plan({"--rate", "1k/s", "--mix", "RS256=1"}), "does not add up", "p.json");
  check_refused(plan({"--tokens", "1k", "--mix", "RS256=100", "--read-rate", "B"}), "--read-rate",
                "p.json");
  check_refused(plan({"--rate", "1G/s", "--mix", "RS256=100"}), "no number of cores", "p.json");
  check_refused(plan({"--rate", "1/s", "--mix", "RS256=100", "--p99", "0.00001s"}),
                "no number of cores", "p.json");
  check_refused(plan({"--tokens", "1G", "--mix", "RS256=100", "--spare", "3"}), "--spare",
                "p.json");
  check_refused(plan({"--rate", "-5", "--mix", "RS256=100"}), "--rate", "p.json");
  check_refused(plan({"--rate", "1k/s", "--mix", "PS256=100"}), "PS256", "p.json");
  check_refused(plan({"--mix", "RS256=100"}), "--rate", "p.json");
  check_refused(plan({"--rate", "1k/s", "--mix", "log=100", "--p99", "1ms"}), "is no algorithm",
                "p.json");
  check_refused(plan({"--rate", "1k/s", "--mix", "RS256=100", "--headroom", "100%"}), "--headroom",
                "p.json");
  check_refused(plan({"--rate", "1k/s"}), "--mix", "p.json");
  check_refused(run({"plan", "--rate", "1k", "--mix", "NO256=100"}), "NO256");
}

}  // namespace
}  // namespace jotmill::cli_test
