#include "tools/bench/bench_json.h"

#include "tools/bench/json_out.h"

namespace jotmill::tools {
namespace {

void optional_real(JsonOut& out, const char* name, const std::optional<double>& value) {
  out.name(name);
  value ? out.real(*value) : out.null();
}

void strings(JsonOut& out, const char* name, const std::vector<std::string>& values) {
  out.name(name).begin('[');
  for (const std::string& value : values) out.string(value);
  out.end(']');
}

/// Google Benchmark's own description of a machine.
void write_context(JsonOut& out, const BenchFile& file) {
  out.name("context").begin('{');
  out.name("date").string(file.date);
  out.name("executable").string("jotmill bench");
  out.name("num_cpus").number(file.machine.cores);
  out.name("caches").begin('[');
  out.end(']');
  out.name("load_avg").reals({file.machine.load_before.value_or(0)});
  const bool optimised = file.compiler.find("Rel") != std::string::npos;
  out.name("library_build_type").string(optimised ? "release" : "debug");
  out.end('}');
}

void write_machine(JsonOut& out, const Machine& machine) {
  out.name("machine").begin('{');
  out.name("cpu").string(machine.cpu);
  strings(out, "caches", machine.caches);
  out.name("cores").number(machine.cores);
  out.name("cores_online").number(machine.cores_online);
  out.name("memory_bytes").number(machine.memory_bytes);
  out.name("kernel").string(machine.kernel_release);
  out.name("governor").string(machine.governor);
  out.name("virtualisation").string(machine.virtualisation);
  out.name("cgroup_cpu").string(machine.cgroup_cpu);
  out.name("cgroup_memory").string(machine.cgroup_memory);
  optional_real(out, "steal_share", machine.steal_share);
  optional_real(out, "load_before", machine.load_before);
  out.end('}');
}

void write_build(JsonOut& out, const BenchFile& file) {
  out.name("build").begin('{');
  out.name("version").string(file.version);
  out.name("commit").string(file.commit);
  out.name("compiler").string(file.compiler);
  out.name("flags").string(file.flags);
  strings(out, "libraries", file.libraries);
  strings(out, "kernels", file.kernels);
  out.end('}');
}

void write_sample(JsonOut& out, const Sample& sample) {
  out.line();
  out.begin('{');
  out.name("order").number(sample.order);
  out.name("wall_ns").real(sample.wall_ns);
  out.name("cpu_ns").real(sample.cpu_ns);
  out.name("stage_ns").begin('{');
  for (const auto& [stage, ns] : sample.stage_ns) out.name(stage).real(ns);
  out.end('}');
  optional_real(out, "instructions", sample.instructions);
  optional_real(out, "cycles", sample.cycles);
  optional_real(out, "allocations", sample.allocations);
  out.name("peak_rss_bytes").real(sample.peak_rss_bytes);
  out.end('}');
}

void write_estimate(JsonOut& out, const char* name, const Estimate& estimate) {
  out.name(name).begin('{');
  out.name("median").real(estimate.value);
  out.name("low").real(estimate.range.low);
  out.name("high").real(estimate.range.high);
  out.end('}');
}

/// What follows from the samples, for readers who do not want to work it out; no reader of ours
/// looks at it.
void write_summary(JsonOut& out, const BenchRow& row) {
  write_estimate(out, "tokens_per_s", tokens_per_second(row));
  write_estimate(out, "bytes_per_s", bytes_per_second(row));
  out.name("stage_ns_per_token").begin('{');
  for (const auto& [stage, ns] : stage_ns_per_token(row)) out.name(stage).real(ns);
  out.end('}');
  optional_real(out, "instructions_per_token", per_token(row, &Sample::instructions));
  optional_real(out, "cycles_per_token", per_token(row, &Sample::cycles));
  optional_real(out, "allocations_per_token", per_token(row, &Sample::allocations));
}

void write_row(JsonOut& out, const BenchRow& row) {
  out.line();
  out.begin('{');
  out.name("name").string(row.name());
  out.name("workload").string(row.workload);
  out.name("threads").number(row.threads);
  out.name("tokens").number(row.tokens);
  out.name("bytes").number(row.bytes);
  out.name("dataset").string(row.dataset);
  out.name("mix").begin('{');
  for (const auto& [alg, share] : row.mix) out.name(alg).real(share);
  out.end('}');
  out.name("repeat_share").real(row.repeat_share);
  out.name("verdicts").begin('{');
  for (const auto& [verdict, count] : row.verdicts) out.name(verdict).number(count);
  out.end('}');
  out.name("input_events").begin('{');
  for (const auto& [event, count] : row.input_events) out.name(event).number(count);
  out.end('}');
  out.name("warm_up_runs").number(row.warm_up_runs);
  out.name("warm_up_settled").boolean(row.warm_up_settled);
  out.name("aa_a_ns").reals(row.aa_a_ns);
  out.name("aa_b_ns").reals(row.aa_b_ns);
  out.name("noise_floor").real(row.noise_floor);
  write_summary(out, row);
  out.name("batch_ns_per_token").begin('{');
  out.name("batches").number(row.batch.batches);
  out.name("p50").real(row.batch.p50);
  out.name("p90").real(row.batch.p90);
  out.name("p99").real(row.batch.p99);
  out.name("p99.9").real(row.batch.p999);
  out.name("max").real(row.batch.most);
  out.name("scv").real(row.batch.scv);
  out.end('}');
  out.name("lane_use").begin('{');
  for (const auto& [kernel, share] : row.lane_use) out.name(kernel).real(share);
  out.end('}');
  out.name("lane_use_range").begin('{');
  for (const auto& [kernel, range] : row.lane_use_range) out.name(kernel).interval(range);
  out.end('}');
  optional_real(out, "memo_hit_rate", row.memo_hit_rate);
  out.name("memo_hit_rate_range");
  row.memo_hit_rate_range ? out.interval(*row.memo_hit_rate_range) : out.null();
  out.name("samples").begin('[');
  for (const Sample& sample : row.samples) write_sample(out, sample);
  out.end(']');
  out.end('}');
}

/// One entry a repetition, as Google Benchmark writes them.
void write_benchmarks(JsonOut& out, const BenchFile& file) {
  out.name("benchmarks").begin('[');
  for (std::size_t family = 0; family < file.rows.size(); ++family) {
    const BenchRow& row = file.rows[family];
    const auto tokens = static_cast<double>(row.tokens);
    for (std::size_t i = 0; i < row.samples.size(); ++i) {
      out.line();
      out.begin('{');
      out.name("name").string(row.name());
      out.name("family_index").number(family);
      out.name("per_family_instance_index").number(0);
      out.name("run_name").string(row.name());
      out.name("run_type").string("iteration");
      out.name("repetitions").number(row.samples.size());
      out.name("repetition_index").number(i);
      out.name("threads").number(row.threads);
      out.name("iterations").number(row.tokens);
      out.name("real_time").real(row.samples[i].wall_ns / tokens);
      out.name("cpu_time").real(row.samples[i].cpu_ns / tokens);
      out.name("time_unit").string("ns");
      out.name("items_per_second").real(tokens * 1e9 / row.samples[i].wall_ns);
      out.end('}');
    }
  }
  out.end(']');
}

}  // namespace

std::string render_bench_json(const BenchFile& file) {
  JsonOut out;
  out.begin('{');
  out.name("schema").string(kBenchSchema);
  out.line();
  write_context(out, file);
  out.line();
  write_machine(out, file.machine);
  out.line();
  write_build(out, file);
  out.line();
  out.name("options").begin('{');
  for (const auto& [name, value] : file.options) out.name(name).string(value);
  out.end('}');
  out.line();
  out.name("rows").begin('[');
  for (const BenchRow& row : file.rows) write_row(out, row);
  out.end(']');
  out.line();
  write_benchmarks(out, file);
  out.end('}');
  return std::move(out).take() + "\n";
}

}  // namespace jotmill::tools
