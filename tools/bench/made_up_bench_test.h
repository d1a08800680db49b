#ifndef JOTMILL_TOOLS_BENCH_MADE_UP_BENCH_TEST_H_
#define JOTMILL_TOOLS_BENCH_MADE_UP_BENCH_TEST_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/bench/result.h"

/// Bench files of numbers that were never measured, for tests.
namespace jotmill::tools {

/// Bytes of the longest line.
inline std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  return longest;
}

/// Standard normal.
inline double bell(statistics::Random& random) {
  return std::sqrt(-2 * std::log1p(-statistics::uniform(random))) *
         std::cos(6.283185307179586 * statistics::uniform(random));
}

/// Noise as a shared machine has it: normal logs, and now and then a neighbour.
inline double noisy(statistics::Random& random, double spread) {
  const double neighbour = statistics::uniform(random) < 0.05 ? 5 * spread : 0;
  return std::exp(spread * bell(random) + neighbour * statistics::uniform(random));
}

/// A row whose runs take `ns` a token, spread by `spread`; the stages are 10 % decode, 70 %
/// signature, 20 % payload, the last one made slower by `payload_factor`.
inline BenchRow made_up_row(const std::string& workload, unsigned threads, double ns, double spread,
                            std::size_t runs, statistics::Random& random,
                            double payload_factor = 1) {
  BenchRow row;
  row.workload = workload;
  row.threads = threads;
  row.tokens = 1000;
  row.bytes = 400'000;
  row.dataset = "d1";
  row.verdicts = {{"accepted", 990}, {"expired", 10}};
  row.mix = {{workload, 1.0}};
  row.batch = {.batches = 10, .p50 = ns, .p90 = ns, .p99 = ns, .p999 = ns, .most = ns, .scv = 0.01};
  const double factor = 0.8 + 0.2 * payload_factor;
  for (std::size_t i = 0; i < runs; ++i) {
    const double noise = noisy(random, spread);
    const double wall = 1000 * ns * factor * noise;
    Sample sample;
    sample.order = i;
    sample.wall_ns = wall;
    sample.cpu_ns = wall;
    const double work = 1000 * ns * noise * threads;
    sample.stage_ns = {{"decode", 0.1 * work},
                       {"signature", 0.7 * work},
                       {"payload", 0.2 * work * payload_factor}};
    sample.peak_rss_bytes = 1e6;
    row.samples.push_back(sample);
    row.aa_a_ns.push_back(1000 * ns * noisy(random, spread));
    row.aa_b_ns.push_back(1000 * ns * noisy(random, spread));
  }
  row.noise_floor = noise_floor_of(row.aa_a_ns, row.aa_b_ns);
  return row;
}

inline BenchFile made_up_file(std::vector<BenchRow> rows) {
  BenchFile file;
  file.date = "2026-11-25T20:00:00Z";
  file.version = "0.1.0";
  file.commit = "abc";
  file.compiler = "g++";
  file.libraries = {"OpenSSL 3"};
  file.kernels = {"rsa=openssl"};
  file.machine.cpu = "a CPU";
  file.machine.cores = 2;
  file.machine.caches = {"L1 Data 32K"};
  file.machine.steal_share = 0.01;
  file.rows = std::move(rows);
  return file;
}

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_MADE_UP_BENCH_TEST_H_
