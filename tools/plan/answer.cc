#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/bench/bench_text.h"
#include "tools/plan/moves.h"
#include "tools/plan/parts.h"
#include "tools/plan/plan.h"
#include "tools/statistics/sample.h"

namespace jotmill::tools {
namespace {

using statistics::Queue;
using statistics::ScalingParameters;
using statistics::ServiceClass;

constexpr std::size_t kReplicates = 300;  ///< of the curve, for ranges
constexpr std::size_t kSimulatedArrivals = 400'000;

/// What c cores do: a curve and the shape of the service times.
class Cores {
 public:
  Cores(const ScalingParameters& curve, std::vector<ServiceClass> classes)
      : curve_(curve), classes_(std::move(classes)) {
    mean_ = statistics::mean_of(classes_);
    scv_ = statistics::scv_of(classes_);
  }

  const ScalingParameters& curve() const { return curve_; }
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
  /// Of those that bear the rate the number with the smallest p99 at it.
  std::uint64_t quickest(const OnlineWish& wish) const {
    std::uint64_t best = 1;
    double best_p99 = std::numeric_limits<double>::infinity();
    for (std::uint64_t c = 1; c <= kMostCores; ++c) {
      if (!fast_enough(c, wish)) continue;
      const double now = p99(c, wish.rate);
      if (now >= best_p99) break;
      best = c;
      best_p99 = now;
    }
    return best;
  }

 private:
  ScalingParameters curve_;
  std::vector<ServiceClass> classes_;
  double mean_ = 0, scv_ = 0;
};

/// The number of cores that does most; kMostCores where more would do more still.
std::uint64_t best_cores(const ScalingParameters& curve) {
  std::uint64_t best = 1;
  for (std::uint64_t c = 1; c <= kMostCores; ++c) {
    if (curve.rate(static_cast<double>(c)) > curve.rate(static_cast<double>(best))) best = c;
  }
  return best;
}

/// `possible`: curves of the bootstrap by which some number of cores does meet it, of `curves`. The
/// answer is no all the same, but noise alone must not pass for certainty.
Error impossible(const CapacityPlan& plan, std::string reason, std::size_t possible,
                 std::size_t curves) {
  reason = "no number of cores meets it: " + std::move(reason);
  if (possible > 0) {
    reason += fmt::format("; not for sure: by {} of {} curves within the noise some does", possible,
                          curves);
  }
  if (plan.points < 6 || plan.is_beyond(best_cores(plan.fits.front().at))) {
    reason += fmt::format("; an extrapolation, from {} number{} of threads up to {:g}", plan.points,
                          plan.points == 1 ? "" : "s", plan.largest_n);
  }
  if (const std::string doubt = doubt_words(plan); !doubt.empty()) reason += "; doubt: " + doubt;
  return {ErrorKind::kUsage, "plan", std::move(reason)};
}

std::string why_impossible(const Cores& cores, const OnlineWish& wish) {
  const std::uint64_t best = best_cores(cores.curve());
  if (!cores.fast_enough(best, wish)) {
    const std::string with =
        fmt::format("{} tokens/s with {}, {} with the headroom", in_si(cores.rate(best)),
                    cores_words(best), in_si((1 - wish.headroom) * cores.rate(best)));
    return best == kMostCores
               ? fmt::format("{}; more cores than these in one machine are not considered", with)
               : "throughput peaks at " + with;
  }
  const std::uint64_t quickest = cores.quickest(wish);
  return fmt::format("the best p99 at this rate is {}, with {} ({} of it verification), not {}",
                     in_ns(cores.p99(quickest, wish.rate) * 1e9), cores_words(quickest),
                     in_ns(cores.p99(quickest, 1e-9) * 1e9), in_ns(*wish.p99_s * 1e9));
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

/// "No number of them does it", among numbers: any quantile between it and one of them is too.
constexpr double kNone = 1e300, kMostTold = 1e18;

/// The number of cores, or of machines, by each of these curves; kNone counts as one.
template <typename Least>
std::vector<double> least_by_noise(const CapacityPlan& plan, Least least) {
  std::vector<double> numbers;
  for (const ScalingParameters& curve : some_replicates(plan.fits.front())) {
    const std::optional<std::uint64_t> number = least(curve);
    numbers.push_back(number ? static_cast<double>(*number) : kNone);
  }
  return numbers;
}

std::size_t met(const std::vector<double>& numbers) {
  return static_cast<std::size_t>(
      std::ranges::count_if(numbers, [](double number) { return number < kMostTold; }));
}

struct Ends {
  std::uint64_t low = 0;
  std::optional<std::uint64_t> high;  ///< nothing: there may be none that does it
};

/// The range about an answer, both with the spare ones.
Ends ends_of(const std::vector<double>& numbers, std::uint64_t answer, std::uint64_t spare) {
  const statistics::Interval range = middle_95(numbers);
  Ends ends;
  ends.low =
      static_cast<std::uint64_t>(std::min(static_cast<double>(answer), std::floor(range.low))) +
      spare;
  const double up = std::ceil(range.high);
  if (up < kMostTold) ends.high = std::max(answer, static_cast<std::uint64_t>(up)) + spare;
  return ends;
}

/// Machines that share the rate evenly, each within the wish; nothing when none is.
std::optional<std::uint64_t> machines_of(const Cores& cores, std::uint64_t size, OnlineWish wish) {
  const double all = wish.rate;
  const double most = (1 - wish.headroom) * cores.rate(size);
  auto few = static_cast<std::uint64_t>(std::ceil(all / most * (1 - 1e-12)));
  few = std::max<std::uint64_t>(few, 1);
  const auto enough = [&](std::uint64_t machines) {
    wish.rate = all / static_cast<double>(machines);
    return cores.meets(size, wish);
  };
  if (enough(few)) return few;
  wish.rate = 1e-9;  // without any waiting
  if (!cores.meets(size, wish)) return std::nullopt;
  constexpr std::uint64_t kMostMachines = std::uint64_t{1} << 40;
  std::uint64_t many = 2 * few;
  while (many < kMostMachines && !enough(many)) many *= 2;
  if (!enough(many)) return std::nullopt;
  while (many - few > 1) {
    const std::uint64_t middle = few + (many - few) / 2;
    (enough(middle) ? many : few) = middle;
  }
  return many;
}

MachineLine machine_line(const CapacityPlan& plan, std::uint64_t size, const OnlineWish& wish,
                         const PlanSettings& settings) {
  const std::vector<ServiceClass> classes = classes_of(plan.mix);
  const Cores cores(plan.fits.front().at, classes);
  MachineLine line{.cores = size,
                   .capacity = capacity_of(cores, size, wish),
                   .least_p99_s = cores.p99(size, 1e-9)};
  const auto machines = line.capacity > 0 ? machines_of(cores, size, wish) : std::nullopt;
  if (!machines) {
    line.capacity = 0;
    return line;
  }
  const std::vector<double> numbers = least_by_noise(plan, [&](const ScalingParameters& curve) {
    return machines_of(Cores(curve, classes), size, wish);
  });
  const Ends ends = ends_of(numbers, *machines, wish.spare);
  line.machines = *machines + wish.spare;
  line.low = ends.low;
  line.high = ends.high;
  if (settings.price_core_hour) {
    line.cost_per_hour = *settings.price_core_hour * static_cast<double>(size * line.machines);
  }
  return line;
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

namespace {

/// How long tokens of c cores take. The formula and the simulation draw from the same classes.
void tell_latency(OnlineAnswer& answer, const Cores& cores, std::uint64_t c,
                  const OnlineWish& wish) {
  if (!answer.why_no_latency.empty()) return;
  const Queue queue = cores.queue(c, wish.rate);
  answer.service_scv = cores.scv();
  answer.mean_wait_s = statistics::allen_cunneen_mean_wait(queue);
  answer.p99_s = cores.p99(c, wish.rate);
  const auto classes = cores.classes(c);
  const statistics::Simulated seen = statistics::simulate(
      c, wish.rate, statistics::mixed_service(classes), kSimulatedArrivals, 0.99);
  answer.simulated_p99_s = seen.sojourn_quantile;
  answer.simulated_wait_s = seen.mean_wait;
}

/// Averages of batches would make p99 look far better than it is.
Error no_p99(const std::string& why) {
  return {ErrorKind::kUsage, "--p99",
          "cannot be answered: " + why +
              "; give the bench workloads of its algorithms alone too, or ask with --mix"};
}

}  // namespace

Status answer_online(CapacityPlan& plan, const OnlineWish& wish, const PlanSettings& settings) {
  plan.online_wish = wish;
  OnlineAnswer answer;
  answer.why_no_latency = why_no_variance(plan.mix);
  if (wish.p99_s && !answer.why_no_latency.empty()) return no_p99(answer.why_no_latency);
  const Cores cores(plan.fits.front().at, classes_of(plan.mix));
  const auto least = cores.least(wish);
  const std::vector<double> numbers = least_by_noise(plan, [&](const ScalingParameters& curve) {
    return Cores(curve, classes_of(plan.mix)).least(wish);
  });
  if (!least) return impossible(plan, why_impossible(cores, wish), met(numbers), numbers.size());
  const std::uint64_t c = *least;
  answer.cores = c + wish.spare;
  OnlineWish without_p99 = wish;
  without_p99.p99_s.reset();
  answer.binds = cores.least(without_p99) == least ? "rate and headroom" : "p99";
  const Queue queue = cores.queue(c, wish.rate);
  answer.utilisation = queue.utilisation();
  answer.service_s = queue.service_mean;
  tell_latency(answer, cores, c, wish);
  const Ends ends = ends_of(numbers, c, wish.spare);
  answer.low = ends.low;
  answer.high = ends.high;
  // The answer is a range: its upper end counts too.
  plan.extrapolated =
      plan.extrapolated || !answer.high || plan.is_beyond(*answer.high - wish.spare);
  for (const std::uint64_t size : settings.machine_sizes) {
    answer.machines.push_back(machine_line(plan, size, wish, settings));
  }
  answer.moves = moves_of(plan, [&](const Changed& changed, Sensitivity& move) {
    const auto other = Cores(changed.curve, changed.classes).least(wish);
    if (other) move.cores = *other + wish.spare;
  });
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
    const std::vector<double> numbers = least_by_noise(
        plan, [&](const ScalingParameters& curve) { return cores_within(curve, wish); });
    if (!answer.cores) {
      const std::uint64_t best = best_cores(fit.at);
      const OfflineLine line = offline_line(fit.at, best, wish);
      const std::string with =
          line.binds != "verification" ? "however many" : "with " + cores_words(best);
      return impossible(
          plan,
          fmt::format("{} takes {} at least, {}", line.binds, in_ns(line.seconds * 1e9), with),
          met(numbers), numbers.size());
    }
    const Ends ends = ends_of(numbers, *answer.cores, wish.spare);
    answer.low = ends.low;
    answer.high = ends.high;
    plan.extrapolated =
        plan.extrapolated || !answer.high || plan.is_beyond(*answer.high - wish.spare);
    *answer.cores += wish.spare;
  }
  answer.moves = moves_of(plan, [&](const Changed& changed, Sensitivity& move) {
    if (!wish.within_s) return;
    const auto cores = cores_within(changed.curve, wish);
    if (cores) move.cores = *cores + wish.spare;
  });
  plan.offline = std::move(answer);
  return Unit{};
}

}  // namespace jotmill::tools
