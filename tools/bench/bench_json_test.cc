#include "tools/bench/bench_json.h"

#include "support/catch.h"
#include "tools/bench/bench_plot.h"
#include "tools/bench/bench_text.h"
#include "tools/bench/made_up_bench_test.h"
#include "tools/plot/svg.h"

namespace jotmill::tools {
namespace {

BenchFile some_file() {
  statistics::Random random(1);
  BenchFile file = made_up_file({made_up_row("rs256", 1, 30'000, 0.01, 12, random),
                                 made_up_row("rs256", 2, 16'000, 0.01, 12, random)});
  file.options = {{"kernels", "rsa=openssl"}};
  file.rows[0].samples[0].instructions = 1e9;
  file.rows[0].lane_use = {{"rsa", 0.75}};
  file.rows[0].lane_use_range = {{"rsa", {0.5, 0.8}}};
  file.rows[0].memo_hit_rate = 0.5;
  file.rows[0].memo_hit_rate_range = {0.25, 0.75};
  return file;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string reason_for(const std::string& json) {
  const auto file = read_bench_json(json, "some.json");
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().kind == ErrorKind::kUsage);
  CHECK(file.error().subject == "some.json");
  return file.error().reason;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a bench file reads back as it was written") {
  const BenchFile file = some_file();
  const std::string json = render_bench_json(file);
  const auto read = read_bench_json(json, "x");
  if (!read) FAIL(read.error().reason);
  CHECK(render_bench_json(read.value()) == json);
  CHECK(read.value().rows[0].samples.size() == 12);
  CHECK(read.value().rows[0].samples[0].instructions == 1e9);
  CHECK_FALSE(read.value().rows[0].samples[1].instructions);
  CHECK(read.value().rows[1].name() == "rs256/threads:2");
  CHECK(read.value().rows[0].lane_use_range.at("rsa").high == 0.8);
  CHECK(read.value().rows[0].memo_hit_rate_range->low == 0.25);
}

TEST_CASE("numbers that are longer than 64 bits as integers read back, and what is none is null") {
  BenchFile file = some_file();
  file.rows[0].samples[0].cpu_ns = 0x1p64;
  file.rows[0].samples[1].cpu_ns = 1e308;
  const std::string json = render_bench_json(file);
  const auto read = read_bench_json(json, "x");
  if (!read) FAIL(read.error().reason);
  CHECK(read.value().rows[0].samples[0].cpu_ns == 0x1p64);
  CHECK(read.value().rows[0].samples[1].cpu_ns == 1e308);
  CHECK(render_bench_json(read.value()) == json);
}

TEST_CASE("a file of before there were ranges of the counters is read") {
  std::string json = render_bench_json(some_file());
  json = replaced(json, R"("lane_use_range":{"rsa":[0.5,0.8]},)", "");
  json = replaced(json, R"("memo_hit_rate_range":[0.25,0.75],)", "");
  const auto read = read_bench_json(json, "x");
  REQUIRE(read.ok());
  CHECK(read.value().rows[0].lane_use.at("rsa") == 0.75);
  CHECK(read.value().rows[0].lane_use_range.empty());
  CHECK_FALSE(read.value().rows[0].memo_hit_rate_range);
}

TEST_CASE("what is no bench file is refused with its reason") {
  const std::string json = render_bench_json(some_file());
  CHECK(contains(reason_for(""), "no JSON"));
  CHECK(contains(reason_for("{\"schema\":\"jotmill.report/1\"}"), "jotmill.report/1"));
  CHECK(contains(reason_for("[]"), "no \"schema\""));
  CHECK(contains(reason_for(replaced(json, "bench/1", "bench/2")), "bench/2"));
  CHECK(contains(reason_for(replaced(json, "\"tokens\":1000", "\"tokens\":-1")), "rows[0].tokens"));
  CHECK(contains(reason_for(replaced(json, "\"tokens\":1000,", "")), "rows[0].tokens is missing"));
  CHECK(contains(reason_for(replaced(json, "\"wall_ns\":", "\"wall_ns\":-")), "wall_ns"));
  CHECK(contains(reason_for(replaced(json, "\"threads\":2", "\"threads\":1")), "the same row"));
  CHECK(contains(reason_for(replaced(json, "\"noise_floor\":", "\"noise_floor\":\"x\",\"y\":")),
                 "noise_floor"));
  // 1024 is the most that --threads takes; a plan has a number for each of them.
  CHECK(contains(reason_for(replaced(json, "\"threads\":2", "\"threads\":9007199254740991")),
                 "rows[1].threads is more than 1024"));
  CHECK(read_bench_json(replaced(json, "\"threads\":2", "\"threads\":1024"), "x").ok());
  // Shares, and how much single batches can differ.
  CHECK(contains(reason_for(replaced(json, "\"memo_hit_rate\":0.5", "\"memo_hit_rate\":5")),
                 "rows[0].memo_hit_rate is no share"));
  CHECK(contains(reason_for(replaced(json, "\"rsa\":0.75", "\"rsa\":1.01")),
                 "rows[0].lane_use.rsa is no share"));
  CHECK(contains(reason_for(replaced(json, "\"rs256\":1", "\"rs256\":1e300")),
                 "rows[0].mix.rs256 is no share"));
  CHECK(contains(reason_for(replaced(json, "\"rs256\":1", "\"rs256\":1,\"es256\":0.5")),
                 "rows[0].mix: its shares make more than 1"));
  CHECK(contains(reason_for(replaced(json, "\"repeat_share\":0", "\"repeat_share\":2")),
                 "rows[0].repeat_share is no share"));
  CHECK(contains(reason_for(replaced(json, "\"steal_share\":0.01", "\"steal_share\":7")),
                 "machine.steal_share is no share"));
  CHECK(contains(reason_for(replaced(json, "\"scv\":0.01", "\"scv\":1e300")),
                 "rows[0].batch_ns_per_token.scv is more than 10 batches can have"));
  for (const auto& [from, to] :
       {std::pair("\"rs256\":1", "\"rs256\":1.0000000000000002"),
        std::pair("\"rs256\":1", "\"rs256\":0.3,\"x\":0.70000000001"),
        std::pair("\"rsa\":0.75", "\"rsa\":1"), std::pair("\"scv\":0.01", "\"scv\":9")}) {
    CAPTURE(to);
    CHECK(read_bench_json(replaced(json, from, to), "x").ok());
  }
  for (const char* range : {"[0.8,0.5]", "[0.5]", "[-1,0.5]", "[0,1.5]", "0.5", "[0.1,0.2,0.3]"}) {
    CAPTURE(range);
    CHECK(contains(reason_for(replaced(json, "[0.5,0.8]", range)), "lane_use_range.rsa"));
    CHECK(contains(reason_for(replaced(json, "[0.25,0.75]", range)), "memo_hit_rate_range"));
  }
}

TEST_CASE("a bench file that is cut anywhere is refused") {
  const std::string json = render_bench_json(some_file());
  for (std::size_t length = 0; length + 2 < json.size(); length += 97) {
    CAPTURE(length);
    CHECK_FALSE(read_bench_json(json.substr(0, length), "x").ok());
  }
}

TEST_CASE("the text names every row, n/a where nothing was counted") {
  const std::string text = render_bench_text(some_file());
  CHECK(contains(text, "rs256"));
  CHECK(contains(text, "95 % interval"));
  CHECK(contains(text, "payload"));
  CHECK(contains(text, "n/a"));
  CHECK(contains(text, "p99.9"));
  CHECK(in_si(1234567) == "1.23 M");
  CHECK(in_si(999.7) == "1.00 k");
  CHECK(in_ns(1500) == "1.50 us");
  CHECK(in_percent(0.041, true) == "+4.1 %");
  CHECK(in_percent(9.99) == "999.0 %");
  CHECK(in_percent(1e28) == "over 1,000 %");
}

TEST_CASE("the text tells the tokens, the flags and the bytes with their interval") {
  BenchFile file = some_file();
  file.flags = "-O3 -fstack-protector-strong";
  file.rows[0].mix = {{"RS256", 0.65}, {"ES256", 0.35}};
  file.rows[0].dataset = std::string(64, 'a');
  const std::string text = render_bench_text(file);
  CAPTURE(text);
  CHECK(contains(text, "-O3 -fstack-protector-strong"));
  CHECK(contains(text, "data set " + std::string(16, 'a')));
  CHECK(contains(text, "ES256 35.0 %, RS256 65.0 %"));
  const Estimate bytes = bytes_per_second(file.rows[0]);
  CHECK(contains(text, "[" + in_si(bytes.range.low) + ", " + in_si(bytes.range.high) + "]"));
  CHECK(longest_line(text) <= 80);
}

TEST_CASE("the text keeps to 80 columns, whatever the names and the machine") {
  BenchFile file = some_file();
  file.machine.cpu = "A Processor With a Name as Long as Those of Real Ones, 128-Core @ 2.45GHz";
  file.kernels.assign(12, "sha256 avx2x8");
  file.libraries.assign(8, "somelib 1.2.3");
  file.rows[1].workload = "a recipe of a log with a name that says all of it";
  file.rows[1].warm_up_settled = false;
  file.rows[1].lane_use = {
      {"sha256", 0.981}, {"sha512", 0.5}, {"rsa", 1}, {"p256", 0.97}, {"ed25519", 0.93}};
  file.rows[1].batch.most = 123'456'789;
  for (Sample& sample : file.rows[1].samples) sample.wall_ns *= 1e-4;
  const std::string text = render_bench_text(file);
  CAPTURE(text);
  CHECK(longest_line(text) <= 80);
  CHECK(contains(text, "* the warm-up ended"));
  CHECK(contains(text, "ed25519 93.0 %"));
}

TEST_CASE("the plot has its axes named with units and knows dark pages") {
  BenchFile file = some_file();
  file.rows[0].workload = "<b>&\"";
  const std::string svg = render_bench_plot(file);
  CHECK(contains(svg, "tokens per second"));
  CHECK(contains(svg, ">threads<"));
  CHECK(contains(svg, "nanoseconds of a thread per token"));
  CHECK(contains(svg, "prefers-color-scheme:dark"));
  CHECK(contains(svg, "&lt;b&gt;&amp;"));
  CHECK_FALSE(contains(svg, "<b>"));
  CHECK(svg.ends_with("</svg>\n"));
}

TEST_CASE("rows that differ by more than ten times get a logarithmic axis, and it says so") {
  statistics::Random random(3);
  const auto plot_of = [&](double slow_ns) {
    return render_bench_plot(
        made_up_file({made_up_row("hs256", 1, 1'000, 0.002, 12, random),
                      made_up_row("hs256", 8, 125, 0.002, 12, random),
                      made_up_row("slow", 1, slow_ns, 0.002, 12, random),
                      made_up_row("slow", 8, slow_ns / 8, 0.002, 12, random)}));
  };
  // A line that rises from one to eight, and another seven times below, are still from 0.
  const std::string linear = plot_of(7'000), logarithmic = plot_of(100'000);
  CHECK_FALSE(contains(linear, "logarithmic"));
  CHECK(contains(logarithmic, "tokens per second (logarithmic axis)"));
  CHECK(contains(logarithmic, ">10 k<"));
  CHECK(contains(logarithmic, ">10 M<"));
  CHECK_FALSE(contains(logarithmic, "=\"nan"));
  CHECK_FALSE(contains(logarithmic, "=\"inf"));
}

TEST_CASE("every stage has a colour of its own") {
  BenchFile file = some_file();
  std::vector<std::pair<std::string, double>> stages;
  for (int i = 0; i < 13; ++i) stages.emplace_back("stage" + std::to_string(i), 1e6);
  for (Sample& sample : file.rows[0].samples) sample.stage_ns = stages;
  file.rows.resize(1);
  const std::string svg = render_bench_plot(file);
  CHECK(contains(svg, "class=\"c12 p\"><title>stage12"));
}

TEST_CASE("ticks of a logarithmic axis cover the data") {
  CHECK(plot::log_ticks(1e3, 1e7) == std::vector<double>{1e3, 1e4, 1e5, 1e6, 1e7});
  CHECK(plot::log_ticks(120, 1900) == std::vector<double>{100, 200, 500, 1000, 2000});
  for (const auto& [low, high] :
       {std::pair(1.0, 1.0), std::pair(3.0, 40.0), std::pair(0.02, 5e5), std::pair(10.0, 100.0)}) {
    CAPTURE(low, high);
    const auto all = plot::log_ticks(low, high);
    CHECK(all.size() >= 2);
    CHECK(all.front() <= low * (1 + 1e-9));
    CHECK(all.back() >= high * (1 - 1e-9));
  }
}

TEST_CASE("ticks are round and cover the data") {
  CHECK(plot::ticks(10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(plot::ticks(0.73).back() >= 0.73);
  CHECK(plot::ticks(2, 8, 1) == std::vector<double>{0, 1, 2});
  CHECK(plot::ticks(0) == std::vector<double>{0, 1});
  for (const double high : {1.0, 3.0, 7.7, 99.0, 1234567.0}) {
    const auto all = plot::ticks(high);
    CAPTURE(high);
    CHECK(all.back() >= high * (1 - 1e-9));
    CHECK(all.size() <= 8);
  }
}

TEST_CASE("the noise floor is the end of the interval that is further from nothing") {
  const std::vector<double> a(12, 100);
  std::vector<double> b(12, 102);
  CHECK(noise_floor_of(a, b) == Approx(0.02));
  CHECK(noise_floor_of(b, a) == Approx(0.02));
  CHECK(noise_floor_of(a, a) == 0);
}

}  // namespace
}  // namespace jotmill::tools
