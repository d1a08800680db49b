#ifndef JOTMILL_TOOLS_BENCH_RESULT_H_
#define JOTMILL_TOOLS_BENCH_RESULT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/statistics/bootstrap.h"

/// What `bench` measures, as it stands in a file of schema jotmill.bench/1.
namespace jotmill::tools {

inline constexpr std::string_view kBenchSchema = "jotmill.bench/1";

/// Samples of a row: what is made of them takes time for each pair.
inline constexpr std::size_t kMostSamples = 2000;

/// One run over the whole of a workload.
struct Sample {
  std::uint64_t order = 0;  ///< place among all runs of the bench
  double wall_ns = 0;
  /// Of the process, all threads, like the counters below: without start-up and loading of keys.
  double cpu_ns = 0;
  std::vector<std::pair<std::string, double>> stage_ns;  ///< thread-nanoseconds, in order
  std::optional<double> instructions, cycles, allocations;
  double peak_rss_bytes = 0;
};

/// Nanoseconds a token of single batches, over all repetitions of a row.
struct BatchTimes {
  std::uint64_t batches = 0;
  double p50 = 0, p90 = 0, p99 = 0, p999 = 0, most = 0;
  double scv = 0;  ///< variance / mean^2
};

/// A workload on a number of threads.
struct BenchRow {
  std::string workload;
  std::uint64_t threads = 1;
  std::uint64_t tokens = 0;  ///< a run
  std::uint64_t bytes = 0;   ///< of input a run, after decompression
  std::string dataset;       ///< SHA-256 in hex of what makes the tokens, but for random signatures
  std::map<std::string, double> mix;                  ///< alg -> share of the tokens
  double repeat_share = 0;                            ///< of the tokens
  std::map<std::string, std::uint64_t> verdicts;      ///< codes that occurred
  std::map<std::string, std::uint64_t> input_events;  ///< by code: of a log that is damaged
  std::uint64_t warm_up_runs = 0;
  bool warm_up_settled = true;
  std::vector<double> aa_a_ns, aa_b_ns;  ///< wall times of the A/A check: pairs of the same work
  double noise_floor = 0;                ///< as a share: 0.013 is 1.3 %
  std::vector<Sample> samples;
  BatchTimes batch;
  /// Of the runs that were measured, medians, and the least and most of them: with several threads
  /// it is chance which tokens meet in a batch. A file of before 2026-11-27 has no ranges, and the
  /// values of one run of the warm-up.
  std::map<std::string, double> lane_use;  ///< kernel -> share of lanes used; empty: not known
  std::map<std::string, statistics::Interval> lane_use_range;
  std::optional<double> memo_hit_rate;
  std::optional<statistics::Interval> memo_hit_rate_range;

  std::string name() const;  ///< "rs256/threads:2"
};

/// Where and with what it was measured.
struct Machine {
  std::string cpu, kernel_release, governor, virtualisation, cgroup_cpu, cgroup_memory;
  std::vector<std::string> caches;  ///< "L1 Data 32K"
  std::uint64_t cores = 0;          ///< that this process may use
  std::uint64_t cores_online = 0;
  std::uint64_t memory_bytes = 0;
  std::optional<double> steal_share;  ///< of all CPU time during the run
  std::optional<double> load_before;  ///< 1-minute load average
};

struct BenchFile {
  std::string date;  ///< RFC 3339, UTC
  Machine machine;
  std::string version, commit, compiler, flags;
  std::vector<std::string> libraries, kernels;
  std::map<std::string, std::string> options;  ///< of this bench, as given
  std::vector<BenchRow> rows;
};

// What the numbers say.
std::vector<double> rates_of(const BenchRow& row);          ///< tokens/s of each sample
std::vector<double> log_ns_per_token(const BenchRow& row);  ///< of wall time, each sample
std::vector<double> values_of(const BenchRow& row, double Sample::*member);
/// Median of an optional counter, a token; nothing where any sample lacks it.
std::optional<double> per_token(const BenchRow& row, std::optional<double> Sample::*member);
/// The counter of each sample, a token; empty where any sample lacks it.
std::vector<double> all_per_token(const BenchRow& row, std::optional<double> Sample::*member);
/// Stage -> median nanoseconds a token, in order of first appearance.
std::vector<std::pair<std::string, double>> stage_ns_per_token(const BenchRow& row);

struct Estimate {
  double value = 0;
  statistics::Interval range;  ///< 95 %
};
Estimate tokens_per_second(const BenchRow& row);
Estimate bytes_per_second(const BenchRow& row);

/// The noise floor of pairs of the same work: the end that is further from 0 of the 95 % interval
/// of their median log-ratio. Differences below it cannot be told from none.
double noise_floor_of(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_RESULT_H_
