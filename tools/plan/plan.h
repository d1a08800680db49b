#ifndef JOTMILL_TOOLS_PLAN_PLAN_H_
#define JOTMILL_TOOLS_PLAN_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "jotmill/result.h"
#include "tools/bench/result.h"
#include "tools/statistics/queueing.h"
#include "tools/statistics/scaling.h"

/// How many cores a workload takes. Rates are tokens a second, times seconds, shares of 1.
namespace jotmill::tools {

inline constexpr std::size_t kMostCores = 4096;  ///< more in one machine is nobody's question

/// One algorithm within a workload that was measured as a whole.
struct TokenPart {
  std::string name;            ///< "RS256", or "RS256/4096" where a row of that name stands for it
  double share = 1;            ///< of the workload's tokens
  double time_s = 0;           ///< of a token whose signature the memo does not know
  double scv = 0;              ///< of that time
  double signature_share = 0;  ///< of that time
  double known_share = 0;      ///< tokens whose signature the memo knew
  double mean_s() const { return time_s * (1 - known_share * signature_share); }
};

/// What one kind of token costs.
struct TokenCost {
  std::string name;                            ///< "RS256"
  double share = 0;                            ///< of the tokens
  std::vector<statistics::Observation> rates;  ///< tokens/s of this kind alone, each repetition
  double scv = 0;                              ///< of the time of a token, seen in batches
  double signature_share = 0;                  ///< of the time a token that the memo would save
  double bytes = 0;                            ///< of input a token
  double noise_floor = 0;                      ///< the largest of its rows
  /// Of a row of several kinds, as it was measured: what is in it, and how much of the signatures
  /// the memo knew then. Empty and 0 for a kind measured alone.
  std::map<std::string, double> contains = {};
  double known_share = 0;
  /// The same row taken apart. Its batches hold tokens of all kinds, so that their averages vary
  /// far less than tokens do: how long single ones take is known of its algorithms alone. Empty for
  /// a kind measured alone, and where why_no_parts says what is missing.
  std::vector<TokenPart> parts = {};
  std::string why_no_parts = "";
  std::string doubt = "";  ///< what of the parts is no measurement, one sentence
  bool assumed = false;    ///< usual times stand for some of them
};

/// A workload as parts that were measured.
struct TokenMix {
  std::vector<TokenCost> costs;
  double repeat_share = 0;  ///< tokens that the memo of verified signatures knows, HMAC aside
  /// Costs of RSA with 4096 bits where they were measured, "RS256/4096"; else they are assumed.
  std::vector<TokenCost> rsa4096;
  /// Cost of ES256 where the mix has none, for the question what more of it would do.
  std::optional<TokenCost> es256;
};

/// "RS256=65,ES256=30,HS256=5": shares in percent that add up to 100, give or take 0.01. Blanks
/// and a % behind a share are allowed, and small letters. Names of workloads are not: a row of
/// several algorithms would pass for one, and p99 be made of the averages of its batches.
Result<std::vector<std::pair<std::string, double>>> parse_mix(const std::string& text);

/// The parts of a mix from the rows of a bench: a row of each algorithm alone, all on the same
/// numbers of threads. Errors (kUsage) name what was not measured.
Result<TokenMix> mix_from_bench(const BenchFile& file,
                                const std::vector<std::pair<std::string, double>>& shares);
/// One row's workload as a whole, a mix of one cost; with the parts of it where the file has rows
/// of its algorithms alone and these make up its time.
Result<TokenMix> mix_from_workload(const BenchFile& file, const std::string& workload);

/// Throughput of the mix at each measured n, a repetition each: 1 / sum of share / rate.
std::vector<statistics::Observation> rates_of(const TokenMix& mix);

struct OnlineWish {
  double rate = 0;
  std::optional<double> p99_s = {};
  double headroom = 0;
  std::uint64_t spare = 0;  ///< cores, or machines, beyond what is needed
};

struct MachineLine {
  std::uint64_t cores = 0;
  double capacity = 0;                  ///< tokens/s that one machine serves as wished; 0: none
  double least_p99_s = 0;               ///< of this many cores when no token waits
  std::uint64_t machines = 0, low = 0;  ///< with spare; 95 %
  /// Nothing: it may be that no number of them does it.
  std::optional<std::uint64_t> high = {};
  std::optional<double> cost_per_hour = {};
};

struct Sensitivity {
  std::string what;
  std::optional<std::uint64_t> cores;  ///< nothing: no number of cores does it, or none was asked
  std::string note;
  bool answered = true;    ///< false: the note says why there is no answer
  double time_change = 0;  ///< of the time that a token takes, as a share
};

struct OnlineAnswer {
  std::uint64_t cores = 0, low = 0;   ///< with spare; 95 %
  std::optional<std::uint64_t> high;  ///< nothing: the measurements do not exclude that none does
  std::string binds;                  ///< what decided: "rate and headroom" or "p99"
  double utilisation = 0;             ///< of the cores without the spare ones
  /// Not empty: of the numbers below only service_s is known, and this says why.
  std::string why_no_latency;
  double service_s = 0, mean_wait_s = 0, p99_s = 0;
  double simulated_p99_s = 0, simulated_wait_s = 0;
  double service_scv = 0;
  std::vector<MachineLine> machines;
  std::vector<Sensitivity> moves;
};

struct OfflineWish {
  double tokens = 0, bytes = 0;
  std::optional<double> read_rate = {}, decompress_rate = {};  ///< bytes/s
  std::optional<double> within_s = {};
  std::uint64_t spare = 0;
};
struct OfflineLine {
  std::uint64_t cores = 0;
  double seconds = 0, low = 0, high = 0;
  std::string binds;  ///< "verification", "reading", "decompression"
  std::optional<double> cost;
};
struct OfflineAnswer {
  std::optional<std::uint64_t> cores, low, high;  ///< for within_s; high: as online
  std::vector<OfflineLine> lines;
  std::vector<Sensitivity> moves;
};

struct CapacityPlan {
  TokenMix mix;
  std::vector<statistics::ScalingFit> fits;  ///< the first is the chosen one
  std::size_t points = 0;                    ///< different n
  double largest_n = 0;
  std::optional<OnlineWish> online_wish;
  std::optional<OnlineAnswer> online;
  std::optional<OfflineWish> offline_wish;
  std::optional<OfflineAnswer> offline;
  bool extrapolated = false;
  double noise_floor = 0;  ///< the largest of what was measured
  std::string source;      ///< where the numbers come from, in words
  std::string left_out;    ///< what was not measured, to be done within a minute; may be empty

  /// More than twice the largest number of threads that was measured: an extrapolation.
  bool is_beyond(std::uint64_t cores) const { return static_cast<double>(cores) > 2 * largest_n; }
};

struct PlanSettings {
  std::vector<std::uint64_t> machine_sizes = {2, 4, 8, 16, 32, 64};
  std::optional<double> price_core_hour;
};

/// Fits the curve. Error (kUsage) when nothing can be fitted.
Result<CapacityPlan> begin_plan(TokenMix mix);
/// Error (kUsage) when no number of cores meets the wish, with the reason, and with what makes it
/// less sure than it sounds.
Status answer_online(CapacityPlan& plan, const OnlineWish& wish, const PlanSettings& settings);
Status answer_offline(CapacityPlan& plan, const OfflineWish& wish, const PlanSettings& settings);

/// Why the measurements are to be doubted, one sentence; empty where they are not.
std::string doubt_words(const CapacityPlan& plan);
/// "9 cores".
std::string cores_words(std::uint64_t cores);
std::string render_plan_text(const CapacityPlan& plan);
std::string render_plan_json(const CapacityPlan& plan);
std::string render_plan_plot(const CapacityPlan& plan);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_PLAN_PLAN_H_
