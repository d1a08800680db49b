#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "tools/bench/bench_json.h"
#include "tools/bench/read_json.h"
#include "tools/bench/threads.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

/// A bench of hundreds of rows has some megabytes.
constexpr std::size_t kMostBytes = std::size_t{256} << 20;

Error not_good(const std::string& name, std::string reason) {
  return {ErrorKind::kUsage, name, std::move(reason)};
}

/// The members of an object of shares.
std::map<std::string, double> shares(const JsonObject& in, const char* name) {
  std::map<std::string, double> out;
  in.each_member(name,
                 [&](std::string_view key, JsonObject::Element value, const std::string& path) {
                   out[std::string(key)] = in.share_of(value, path);
                 });
  return out;
}

/// The members of an object of numbers that are not negative.
std::vector<std::pair<std::string, double>> numbers(const JsonObject& in, const char* name) {
  std::vector<std::pair<std::string, double>> out;
  in.each_member(name,
                 [&](std::string_view key, JsonObject::Element value, const std::string& path) {
                   out.emplace_back(key, in.real_of(value, path, 0));
                 });
  return out;
}

/// [LOW, HIGH], of shares.
statistics::Interval read_range(const JsonObject& in, JsonObject::Element value,
                                const std::string& path) {
  std::vector<double> ends;
  simdjson::dom::array array;
  if (value.get(array) == simdjson::SUCCESS) {
    for (const JsonObject::Element end : array) ends.push_back(in.share_of(end, path));
  }
  if (ends.size() == 2 && ends[0] <= ends[1]) return {ends[0], ends[1]};
  in.problem().found(path + " is no range of two numbers");
  return {};
}

/// Since 2026-11-27; before, the values are those of one run of the warm-up.
void read_ranges(const JsonObject& in, BenchRow& row) {
  if (in.has("lane_use_range")) {
    in.each_member("lane_use_range", [&](std::string_view kernel, JsonObject::Element value,
                                         const std::string& path) {
      row.lane_use_range[std::string(kernel)] = read_range(in, value, path);
    });
  }
  const auto memo = in.has("memo_hit_rate_range") ? in.element("memo_hit_rate_range")
                                                  : std::optional<JsonObject::Element>();
  if (memo && !memo->is_null())
    row.memo_hit_rate_range = read_range(in, *memo, in.at("memo_hit_rate_range"));
}

Sample read_sample(const JsonObject& in) {
  return {.order = in.count("order"),
          .wall_ns = in.real("wall_ns", 1e-9),
          .cpu_ns = in.real("cpu_ns"),
          .stage_ns = numbers(in, "stage_ns"),
          .instructions = in.real_or_null("instructions"),
          .cycles = in.real_or_null("cycles"),
          .allocations = in.real_or_null("allocations"),
          .peak_rss_bytes = in.real("peak_rss_bytes")};
}

BatchTimes read_batch(const JsonObject& in) {
  const BatchTimes batch = {.batches = in.count("batches"),
                            .p50 = in.real("p50"),
                            .p90 = in.real("p90"),
                            .p99 = in.real("p99"),
                            .p999 = in.real("p99.9"),
                            .most = in.real("max"),
                            .scv = in.real("scv")};
  // That of numbers of which one is all of their sum is their number less one, and none is higher.
  if (batch.scv > std::max(1.0, static_cast<double>(batch.batches))) {
    in.problem().found(
        fmt::format("{} is more than {} batches can have", in.at("scv"), batch.batches));
  }
  return batch;
}

BenchRow read_row(const JsonObject& in) {
  BenchRow row;
  row.workload = in.string("workload");
  row.threads = in.count("threads");
  if (row.threads > kMostThreads) {
    in.problem().found(fmt::format("{} is more than {}", in.at("threads"), kMostThreads));
  }
  row.tokens = in.count("tokens");
  row.bytes = in.count("bytes");
  row.dataset = in.string("dataset");
  row.mix = shares(in, "mix");
  double mixed = 0;
  for (const auto& [alg, part] : row.mix) mixed += part;
  if (mixed > 1 + 1e-6) in.problem().found(in.at("mix") + ": its shares make more than 1");
  row.repeat_share = in.share("repeat_share");
  in.each_member("verdicts",
                 [&](std::string_view verdict, JsonObject::Element value, const std::string& path) {
                   row.verdicts[std::string(verdict)] = in.count_of(value, path);
                 });
  if (in.has("input_events")) {  // since 2026-11-27
    in.each_member("input_events",
                   [&](std::string_view event, JsonObject::Element value, const std::string& path) {
                     row.input_events[std::string(event)] = in.count_of(value, path);
                   });
  }
  row.warm_up_runs = in.count("warm_up_runs");
  row.warm_up_settled = in.boolean("warm_up_settled");
  row.aa_a_ns = in.reals("aa_a_ns");
  row.aa_b_ns = in.reals("aa_b_ns");
  row.noise_floor = in.real("noise_floor");
  row.batch = read_batch(in.object("batch_ns_per_token"));
  row.lane_use = shares(in, "lane_use");
  row.memo_hit_rate = in.share_or_null("memo_hit_rate");
  read_ranges(in, row);
  in.each("samples", [&](JsonObject::Element value, const std::string& path) {
    if (row.samples.size() == kMostSamples)
      in.problem().found(fmt::format("{}: more than {} samples", in.at("samples"), kMostSamples));
    if (row.samples.size() < kMostSamples)
      row.samples.push_back(read_sample(JsonObject(value, path, in.problem())));
  });
  if (row.tokens == 0 || row.threads == 0 || row.samples.empty() || row.noise_floor < 0) {
    in.problem().found(in.at("samples") + ": a row without tokens, threads or samples");
  }
  return row;
}

Machine read_machine(const JsonObject& in) {
  Machine machine;
  machine.cpu = in.string("cpu");
  machine.caches = in.strings("caches");
  machine.cores = in.count("cores");
  machine.cores_online = in.count("cores_online");
  machine.memory_bytes = in.count("memory_bytes");
  machine.kernel_release = in.string("kernel");
  machine.governor = in.string("governor");
  machine.virtualisation = in.string("virtualisation");
  machine.cgroup_cpu = in.string("cgroup_cpu");
  machine.cgroup_memory = in.string("cgroup_memory");
  machine.steal_share = in.share_or_null("steal_share");
  machine.load_before = in.real_or_null("load_before");
  return machine;
}

BenchFile read_file(const JsonObject& in) {
  BenchFile file;
  file.date = in.object("context").string("date");
  file.machine = read_machine(in.object("machine"));
  const JsonObject build = in.object("build");
  file.version = build.string("version");
  file.commit = build.string("commit");
  file.compiler = build.string("compiler");
  if (build.has("flags")) file.flags = build.string("flags");  // since 0.1.0 of 2026-11-26
  file.libraries = build.strings("libraries");
  file.kernels = build.strings("kernels");
  in.each_member("options",
                 [&](std::string_view name, JsonObject::Element value, const std::string& path) {
                   file.options[std::string(name)] = in.string_of(value, path);
                 });
  std::set<std::string> names;
  in.each("rows", [&](JsonObject::Element value, const std::string& path) {
    file.rows.push_back(read_row(JsonObject(value, path, in.problem())));
    if (!names.insert(file.rows.back().name()).second) {
      in.problem().found(path + " is the same row as one before it");
    }
  });
  if (file.rows.empty()) in.problem().found("rows is empty: nothing was measured");
  return file;
}

}  // namespace

Result<BenchFile> read_bench_json(std::string_view json, const std::string& name) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    return not_good(
        name, fmt::format("is no JSON text, or is cut off ({})", simdjson::error_message(error)));
  }
  std::string_view schema;
  if (root["schema"].get(schema) != simdjson::SUCCESS) {
    return not_good(name, "is no bench file: it has no \"schema\"; jotmill bench --json makes one");
  }
  if (schema != kBenchSchema) {
    return not_good(name,
                    fmt::format("has the schema {}, not {}", in_quotes(schema), kBenchSchema));
  }
  JsonObject::Problem problem;
  BenchFile file = read_file(JsonObject(root, "", problem));
  if (problem.what) return not_good(name, "is a damaged bench file: " + printable(*problem.what));
  return file;
}

Result<BenchFile> read_bench_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return not_good(path, std::string("cannot be read: ") + std::strerror(errno));
  std::string text;
  std::string piece(1 << 16, '\0');
  while (in && text.size() <= kMostBytes) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
  }
  if (!in.eof()) {
    return not_good(path, text.size() > kMostBytes ? "is longer than 256 MiB, and no bench file"
                                                   : "cannot be read");
  }
  return read_bench_json(text, path);
}

}  // namespace jotmill::tools
