#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/bench/bench_text.h"
#include "tools/plan/plan.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

using statistics::Queue;
using statistics::ScalingParameters;
using statistics::ServiceClass;

constexpr std::size_t kReplicates = 300;  ///< of the curve, for ranges
constexpr std::size_t kSimulatedArrivals = 400'000;

Error impossible(std::string reason) {
  return {ErrorKind::kUsage, "plan", "no number of cores meets it: " + std::move(reason)};
}

/// The kinds of tokens with their times on one core, as parts of the mix's own time.
std::vector<ServiceClass> classes_of(const TokenMix& mix) {
  std::vector<ServiceClass> classes;
  for (const TokenCost& cost : mix.costs) {
    double least_n = 1e300;
    for (const auto& one : cost.rates) least_n = std::min(least_n, one.n);
    std::vector<double> times;
    for (const auto& one : cost.rates) {
      if (one.n == least_n) times.push_back(least_n / one.rate);
    }
    const double time = statistics::median(times);
    const double known = mix.repeat_share;
    if (known < 1) classes.push_back({cost.share * (1 - known), time, cost.scv});
    if (known > 0) {
      classes.push_back({cost.share * known, time * (1 - cost.signature_share), cost.scv});
    }
  }
  return classes;
}

/// What c cores do: a curve and the shape of the service times.
class Cores {
 public:
  Cores(const ScalingParameters& curve, std::vector<ServiceClass> classes)
      : curve_(curve), classes_(std::move(classes)) {
    mean_ = statistics::mean_of(classes_);
    scv_ = statistics::scv_of(classes_);
  }

  double rate(std::uint64_t c) const { return curve_.rate(static_cast<double>(c)); }
  /// Time of a token on one of c busy cores.
  double service(std::uint64_t c) const { return static_cast<double>(c) / rate(c); }
  double scv() const { return scv_; }
  std::vector<ServiceClass> classes(std::uint64_t c) const {
    std::vector<ServiceClass> scaled = classes_;
    for (ServiceClass& one : scaled) one.mean *= service(c) / mean_;
    return scaled;
  }
  Queue queue(std::uint64_t c, double arrivals) const {
    return {.servers = c,
            .arrival_rate = arrivals,
            .service_mean = service(c),
            .service_scv = scv_,
            .arrival_scv = 1};
  }
  double p99(std::uint64_t c, double arrivals) const {
    return statistics::sojourn_quantile(queue(c, arrivals), classes(c), 0.99);
  }
  bool fast_enough(std::uint64_t c, const OnlineWish& wish) const {
    return wish.rate <= (1 - wish.headroom) * rate(c);
  }
  bool meets(std::uint64_t c, const OnlineWish& wish) const {
    return fast_enough(c, wish) && (!wish.p99_s || p99(c, wish.rate) <= *wish.p99_s);
  }
  /// Without the spare ones.
  std::optional<std::uint64_t> least(const OnlineWish& wish) const {
    std::uint64_t c = 1;
    while (c <= kMostCores && !fast_enough(c, wish)) ++c;
    // From here on c cores bear the load. Waiting shrinks with more, service may grow: the first
    // that meets p99 is the answer, and once p99 grows again none will.
    double before = std::numeric_limits<double>::infinity();
    for (; c <= kMostCores && fast_enough(c, wish); ++c) {
      if (!wish.p99_s) return c;
      const double now = p99(c, wish.rate);
      if (now <= *wish.p99_s) return c;
      if (now >= before * (1 - 1e-9) && std::isfinite(before)) break;
      before = now;
    }
    return std::nullopt;
  }

 private:
  ScalingParameters curve_;
  std::vector<ServiceClass> classes_;
  double mean_ = 0, scv_ = 0;
};

std::string why_impossible(const Cores& cores, const OnlineWish& wish) {
  std::uint64_t best = 1;
  for (std::uint64_t c = 1; c <= kMostCores; ++c) {
    if (cores.rate(c) > cores.rate(best)) best = c;
  }
  if (!cores.fast_enough(best, wish)) {
    return fmt::format("throughput peaks at {} tokens/s with {} core{}, {} with the headroom",
                       in_si(cores.rate(best)), best, best == 1 ? "" : "s",
                       in_si((1 - wish.headroom) * cores.rate(best)));
  }
  return fmt::format(
      "the p99 of {} is less than verification itself takes (p99 {} without waiting)",
      in_ns(*wish.p99_s * 1e9), in_ns(cores.p99(best, 1e-9) * 1e9));
}

/// Tokens/s that one machine of c cores serves within the wish.
double capacity_of(const Cores& cores, std::uint64_t c, OnlineWish wish) {
  double low = 0, high = (1 - wish.headroom) * cores.rate(c);
  wish.rate = high;
  if (cores.meets(c, wish)) return high;
  for (int i = 0; i < 50; ++i) {
    wish.rate = 0.5 * (low + high);
    (cores.meets(c, wish) ? low : high) = wish.rate;
  }
  return low;
}

std::vector<ScalingParameters> some_replicates(const statistics::ScalingFit& fit) {
  std::vector<ScalingParameters> some;
  const std::size_t step = std::max<std::size_t>(1, fit.replicates.size() / kReplicates);
  for (std::size_t i = 0; i < fit.replicates.size(); i += step) some.push_back(fit.replicates[i]);
  return some;
}

statistics::Interval middle_95(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  return {statistics::quantile_of_sorted(values, 0.025),
          statistics::quantile_of_sorted(values, 0.975)};
}

std::vector<MachineLine> machine_lines(const Cores& cores, const OnlineWish& wish,
                                       const PlanSettings& settings) {
  std::vector<MachineLine> lines;
  for (const std::uint64_t size : settings.machine_sizes) {
    MachineLine line{.cores = size,
                     .capacity = capacity_of(cores, size, wish),
                     .least_p99_s = cores.p99(size, 1e-9),
                     .machines = 0,
                     .cost_per_hour = {}};
    if (line.capacity > 0) {
      line.machines = static_cast<std::uint64_t>(std::ceil(wish.rate / line.capacity)) + wish.spare;
      if (settings.price_core_hour) {
        line.cost_per_hour = *settings.price_core_hour * static_cast<double>(size * line.machines);
      }
    }
    lines.push_back(line);
  }
  return lines;
}

/// The answer for another mix on the same curve: only the time of a token changes.
std::optional<std::uint64_t> cores_for(const CapacityPlan& plan, const TokenMix& changed,
                                       const OnlineWish& wish) {
  const double before = statistics::mean_of(classes_of(plan.mix));
  const double after = statistics::mean_of(classes_of(changed));
  ScalingParameters curve = plan.fits.front().at;
  curve.gamma *= before / after;
  const auto least = Cores(curve, classes_of(changed)).least(wish);
  return least ? std::optional(*least + wish.spare) : std::nullopt;
}

bool is_rsa(const std::string& name) { return name.starts_with("RS") || name.starts_with("PS"); }

Sensitivity more_es256(const CapacityPlan& plan, const OnlineWish& wish) {
  Sensitivity out{.what = "+10 % ES256", .cores = {}, .note = ""};
  TokenMix mix = plan.mix;
  auto at = std::ranges::find(mix.costs, "ES256", &TokenCost::name);
  if (at == mix.costs.end()) {
    if (!mix.es256) {
      out.note = "not known: ES256 was not measured";
      out.answered = false;
      return out;
    }
    mix.costs.push_back(*mix.es256);
    at = mix.costs.end() - 1;
    at->share = 0;
  }
  const double share = std::min(1.0, at->share + 0.1), rest = 1 - at->share;
  for (TokenCost& cost : mix.costs) {
    if (cost.name != "ES256") cost.share *= rest > 0 ? (1 - share) / rest : 0;
  }
  at->share = share;
  out.cores = cores_for(plan, mix, wish);
  return out;
}

Sensitivity rsa_4096(const CapacityPlan& plan, const OnlineWish& wish) {
  Sensitivity out{.what = "RSA-4096", .cores = {}, .note = ""};
  TokenMix mix = plan.mix;
  bool any = false;
  for (TokenCost& cost : mix.costs) {
    if (!is_rsa(cost.name) || cost.name.ends_with("/4096")) continue;
    any = true;
    const auto measured = std::ranges::find(mix.rsa4096, cost.name + "/4096", &TokenCost::name);
    if (measured != mix.rsa4096.end()) {
      cost.rates = measured->rates;
      cost.signature_share = measured->signature_share;
      continue;
    }
    // A verification multiplies numbers of twice the length 17 times: four times the work.
    out.note = "assumed: four times the signature's time";
    for (auto& one : cost.rates) one.rate /= 1 + 3 * cost.signature_share;
  }
  if (!any) {
    out.note = "no RSA with 2048 bits in the mix";
    out.answered = false;
    return out;
  }
  out.cores = cores_for(plan, mix, wish);
  return out;
}

Sensitivity memo_off(const CapacityPlan& plan, const OnlineWish& wish) {
  Sensitivity out{.what = "memo off", .cores = {}, .note = ""};
  TokenMix mix = plan.mix;
  if (mix.repeat_share == 0) out.note = "no token of this plan repeats (--repeats)";
  mix.repeat_share = 0;
  out.cores = cores_for(plan, mix, wish);
  return out;
}

}  // namespace

Result<CapacityPlan> begin_plan(TokenMix mix) {
  CapacityPlan plan;
  const auto seen = rates_of(mix);
  plan.fits = statistics::fit_all(seen);
  if (plan.fits.empty()) {
    return Error{ErrorKind::kUsage, "plan", "no curve fits what was measured"};
  }
  plan.points = statistics::different_n(seen);
  for (const auto& one : seen) plan.largest_n = std::max(plan.largest_n, one.n);
  for (const TokenCost& cost : mix.costs) {
    plan.noise_floor = std::max(plan.noise_floor, cost.noise_floor);
  }
  plan.mix = std::move(mix);
  plan.extrapolated = plan.points < 6;
  return plan;
}

Status answer_online(CapacityPlan& plan, const OnlineWish& wish, const PlanSettings& settings) {
  plan.online_wish = wish;
  const Cores cores(plan.fits.front().at, classes_of(plan.mix));
  const auto least = cores.least(wish);
  if (!least) return impossible(why_impossible(cores, wish));
  OnlineAnswer answer;
  const std::uint64_t c = *least;
  answer.cores = c + wish.spare;
  OnlineWish without_p99 = wish;
  without_p99.p99_s.reset();
  answer.binds = cores.least(without_p99) == least ? "rate and headroom" : "p99";
  const Queue queue = cores.queue(c, wish.rate);
  answer.utilisation = queue.utilisation();
  answer.service_s = queue.service_mean;
  answer.service_scv = cores.scv();
  answer.mean_wait_s = statistics::allen_cunneen_mean_wait(queue);
  answer.p99_s = cores.p99(c, wish.rate);
  const auto classes = cores.classes(c);
  const statistics::Simulated seen = statistics::simulate(
      c, wish.rate, statistics::mixed_service(classes), kSimulatedArrivals, 0.99);
  answer.simulated_p99_s = seen.sojourn_quantile;
  answer.simulated_wait_s = seen.mean_wait;
  std::vector<double> numbers;
  for (const ScalingParameters& curve : some_replicates(plan.fits.front())) {
    const auto other = Cores(curve, classes_of(plan.mix)).least(wish);
    numbers.push_back(static_cast<double>(other.value_or(kMostCores)));
  }
  const statistics::Interval range = middle_95(numbers);
  answer.low = std::min(c, static_cast<std::uint64_t>(std::floor(range.low))) + wish.spare;
  answer.high = std::max(c, static_cast<std::uint64_t>(std::ceil(range.high))) + wish.spare;
  answer.machines = machine_lines(cores, wish, settings);
  answer.moves = {more_es256(plan, wish), rsa_4096(plan, wish), memo_off(plan, wish)};
  // The answer is a range: its upper end counts too.
  plan.extrapolated = plan.extrapolated || plan.is_beyond(answer.high - wish.spare);
  plan.online = std::move(answer);
  return Unit{};
}

namespace {

OfflineLine offline_line(const ScalingParameters& curve, std::uint64_t c, const OfflineWish& wish) {
  OfflineLine line{.cores = c,
                   .seconds = wish.tokens / curve.rate(static_cast<double>(c)),
                   .low = 0,
                   .high = 0,
                   .binds = "verification",
                   .cost = {}};
  const auto bound = [&](const std::optional<double>& rate, const char* name) {
    if (!rate || wish.bytes / *rate <= line.seconds) return;
    line.seconds = wish.bytes / *rate;
    line.binds = name;
  };
  bound(wish.read_rate, "reading");
  bound(wish.decompress_rate, "decompression");
  return line;
}

std::optional<std::uint64_t> cores_within(const ScalingParameters& curve, const OfflineWish& wish) {
  for (std::uint64_t c = 1; c <= kMostCores; ++c) {
    if (offline_line(curve, c, wish).seconds <= *wish.within_s) return c;
  }
  return std::nullopt;
}

}  // namespace

Status answer_offline(CapacityPlan& plan, const OfflineWish& wish, const PlanSettings& settings) {
  plan.offline_wish = wish;
  const statistics::ScalingFit& fit = plan.fits.front();
  const auto replicates = some_replicates(fit);
  OfflineAnswer answer;
  for (const std::uint64_t c : settings.machine_sizes) {
    OfflineLine line = offline_line(fit.at, c, wish);
    std::vector<double> seconds;
    for (const auto& curve : replicates) seconds.push_back(offline_line(curve, c, wish).seconds);
    const statistics::Interval range = middle_95(seconds);
    line.low = std::min(line.seconds, range.low);
    line.high = std::max(line.seconds, range.high);
    if (settings.price_core_hour) {
      line.cost = *settings.price_core_hour * static_cast<double>(c) * line.seconds / 3600;
    }
    answer.lines.push_back(std::move(line));
  }
  if (wish.within_s) {
    answer.cores = cores_within(fit.at, wish);
    if (!answer.cores) {
      std::uint64_t best = 1;
      for (std::uint64_t c = 1; c <= kMostCores; ++c) {
        if (fit.at.rate(static_cast<double>(c)) > fit.at.rate(static_cast<double>(best))) best = c;
      }
      const OfflineLine line = offline_line(fit.at, best, wish);
      return impossible(fmt::format("{} takes {} at least, with {} cores", line.binds,
                                    in_ns(line.seconds * 1e9), best));
    }
    std::vector<double> numbers;
    for (const auto& curve : replicates) {
      numbers.push_back(static_cast<double>(cores_within(curve, wish).value_or(kMostCores)));
    }
    const statistics::Interval range = middle_95(numbers);
    answer.low = std::min(*answer.cores, static_cast<std::uint64_t>(std::floor(range.low)));
    answer.high = std::max(*answer.cores, static_cast<std::uint64_t>(std::ceil(range.high)));
    plan.extrapolated = plan.extrapolated || plan.is_beyond(*answer.high);
    for (auto* number : {&answer.cores, &answer.low, &answer.high}) **number += wish.spare;
  }
  plan.offline = std::move(answer);
  return Unit{};
}

}  // namespace jotmill::tools
