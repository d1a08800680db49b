#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/bench/bench_text.h"
#include "tools/bench/json_out.h"
#include "tools/compare/decide.h"
#include "tools/help.h"
#include "tools/plan/plan.h"
#include "tools/plot/svg.h"
#include "tools/report/layout.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

/// Above it waiting grows so steeply with the load, and so slowly with time, that no simulation of
/// a few hundred thousand arrivals has settled.
constexpr double kSureUtilisation = 0.95;

/// "1.30 ms", "43.1 s", "2.8 h".
std::string seconds(double s) {
  return s < 100 ? in_ns(s * 1e9) : in_time(static_cast<std::uint64_t>(s));
}

std::string range_of(const statistics::Interval& range) {
  return fmt::format("[{:.4g}, {:.4g}]", range.low, range.high);
}

std::string contained_words(const TokenCost& cost) {
  std::string words;
  for (const auto& [alg, share] : cost.contains) {
    words += fmt::format("{}{} {:.3g} %", words.empty() ? "" : ", ", alg, 100 * share);
  }
  return words.empty() ? words : " (" + words + ")";
}

std::string mix_words(const CapacityPlan& plan) {
  std::string words;
  for (const TokenCost& cost : plan.mix.costs) {
    words += fmt::format("{}{} {:.4g} %{}", words.empty() ? "" : ", ", cost.name, 100 * cost.share,
                         contained_words(cost));
  }
  if (plan.mix.repeat_share > 0) {
    words += fmt::format("; {:.4g} % of them repeat", 100 * plan.mix.repeat_share);
  }
  return printable(words, 400);
}

/// Relative gap of the formula to the simulation.
double gap(double formula, double simulated) { return simulated > 0 ? formula / simulated - 1 : 0; }

void write_fits(std::string& out, const CapacityPlan& plan) {
  out += fmt::format("\nscaling, from {} number{} of threads up to {:g}\n", plan.points,
                     plan.points == 1 ? "" : "s", plan.largest_n);
  for (std::size_t i = 0; i < plan.fits.size(); ++i) {
    const statistics::ScalingFit& fit = plan.fits[i];
    out +=
        fmt::format("  {:<7}{} R2 {:.4f}, {}\n", statistics::name_of(fit.law), i == 0 ? "*" : " ",
                    fit.r2, fit.aicc ? fmt::format("AICc {:.1f}", *fit.aicc) : "no AICc");
    std::string parts = fmt::format("gamma {:.4g} {}", fit.at.gamma, range_of(fit.gamma));
    if (fit.law != statistics::ScalingLaw::kLinear) {
      parts += fmt::format(", alpha {:.4f} {}", fit.at.alpha, range_of(fit.alpha));
    }
    if (fit.law == statistics::ScalingLaw::kUsl) {
      parts += fmt::format(", beta {:.2g} {}", fit.at.beta, range_of(fit.beta));
    }
    out += "           " + wrapped(parts, 11) + '\n';
  }
  if (plan.extrapolated) {
    out +=
        "  extrapolation: fewer than six numbers of threads were measured, or the answer\n"
        "  is more than twice the largest of them\n";
  }
}

void write_doubts(std::string& out, const CapacityPlan& plan) {
  if (!plan.left_out.empty()) {
    out += "  " + wrapped("left out, to be done within a minute: " + plan.left_out, 4) + '\n';
  }
  const std::string words = doubt_words(plan);
  if (!words.empty()) out += "  " + wrapped("doubt: " + words, 4) + '\n';
}

/// Cores of a line of a table, with a star where nothing near it was measured.
std::string cores_cell(const CapacityPlan& plan, std::uint64_t cores) {
  return fmt::format("{}{}", cores, plan.is_beyond(cores) ? "*" : " ");
}

void write_star(std::string& out, const CapacityPlan& plan, std::uint64_t most_cores) {
  if (!plan.is_beyond(most_cores)) return;
  out += fmt::format("  * extrapolation: more than twice the {:g} that were measured\n",
                     plan.largest_n);
}

/// `cores`: of the answer; nothing where no number of them was asked for, and time alone is told.
void write_moves(std::string& out, const std::vector<Sensitivity>& moves,
                 std::optional<std::uint64_t> cores) {
  out += "\nwhat moves it\n";
  for (const Sensitivity& move : moves) {
    std::string words = "no number of cores";
    if (!move.answered) {
      words = "-";
    } else if (!cores) {
      words = in_percent(move.time_change, true) + " verification";
    } else if (move.cores) {
      const auto difference =
          static_cast<std::int64_t>(*move.cores) - static_cast<std::int64_t>(*cores);
      words = fmt::format("{} ({:+})", cores_words(*move.cores), difference);
    }
    out += fmt::format("  {:<12} {:<20} {}\n", move.what, words, wrapped(move.note, 36));
  }
}

std::string upper_words(const std::optional<std::uint64_t>& high) {
  return high ? std::to_string(*high) : "no end";
}

/// Of no currency: two digits behind the point; of a small price three digits that say something.
std::string price(double amount) {
  if (amount == 0 || amount >= 0.0995) return fmt::format("{:.2f}", amount);
  return fmt::format("{:.3g}", amount);
}

void write_latency(std::string& out, const OnlineAnswer& a) {
  out += fmt::format("\nlatency without the spare cores, {:.1f} % busy\n", 100 * a.utilisation);
  if (!a.why_no_latency.empty()) {
    const std::string words = fmt::format("service {} a token; waiting and p99: {}",
                                          seconds(a.service_s), printable(a.why_no_latency));
    out += "  " + wrapped(words, 4) + '\n';
    return;
  }
  out += fmt::format("  service {} a token (cv2 {}), mean wait {}, p99 {}\n", seconds(a.service_s),
                     a.service_scv > 1000 ? "over 1,000" : fmt::format("{:.2f}", a.service_scv),
                     seconds(a.mean_wait_s), seconds(a.p99_s));
  out += fmt::format("  simulated: mean wait {}, p99 {}; the formula's p99 is {} of it\n",
                     seconds(a.simulated_wait_s), seconds(a.simulated_p99_s),
                     in_percent(gap(a.p99_s, a.simulated_p99_s), true));
  if (a.utilisation > kSureUtilisation)
    out += "  so near to full use neither is sure: leave headroom\n";
}

void write_online(std::string& out, const CapacityPlan& plan) {
  const OnlineAnswer& a = *plan.online;
  const OnlineWish& wish = *plan.online_wish;
  out += fmt::format("{} [{}, {}]", cores_words(a.cores), a.low, upper_words(a.high));
  out += fmt::format("  for {} tokens/s", in_si(wish.rate));
  if (wish.p99_s) out += fmt::format(", p99 {}", seconds(*wish.p99_s));
  if (wish.headroom > 0) out += fmt::format(", headroom {:.3g} %", 100 * wish.headroom);
  if (wish.spare > 0) out += fmt::format(", {} spare", wish.spare);
  out += fmt::format("\n  {}\n  from {}\n",
                     wrapped(fmt::format("decided by {}; mix: {}", a.binds, mix_words(plan)), 4),
                     wrapped(printable(plan.source), 4));
  write_doubts(out, plan);
  write_latency(out, a);
  write_fits(out, plan);
  out +=
      "\nby size of machine\n   cores   tokens/s each       machines [95 %]   all cores   cost an "
      "hour\n";
  std::uint64_t most_cores = 0;
  for (const MachineLine& line : a.machines) {
    most_cores = std::max(most_cores, line.cores);
    if (line.machines == 0) {
      out += fmt::format("  {:>7}  none: p99 {} without any waiting\n",
                         cores_cell(plan, line.cores), seconds(line.least_p99_s));
      continue;
    }
    out += fmt::format(
        "  {:>7}{:>15} {:>21} {:>11} {:>14}\n", cores_cell(plan, line.cores), in_si(line.capacity),
        fmt::format("{} [{}, {}]", line.machines, line.low, upper_words(line.high)),
        line.cores * line.machines, line.cost_per_hour ? price(*line.cost_per_hour) : "-");
  }
  write_star(out, plan, most_cores);
  write_moves(out, a.moves, a.cores);
}

void write_offline(std::string& out, const CapacityPlan& plan) {
  const OfflineAnswer& a = *plan.offline;
  const OfflineWish& wish = *plan.offline_wish;
  if (a.cores) {
    out += fmt::format("{} [{}, {}]  for {} tokens within {}\n", cores_words(*a.cores), *a.low,
                       upper_words(a.high), in_si(wish.tokens), seconds(*wish.within_s));
  }
  out += fmt::format("{} tokens, {} bytes; mix: {}\n  from {}\n", in_si(wish.tokens),
                     in_si(wish.bytes), wrapped(mix_words(plan), 4),
                     wrapped(printable(plan.source), 4));
  write_doubts(out, plan);
  out += "\n   cores   wall time          95 %                what binds        cost\n";
  std::uint64_t most_cores = 0;
  for (const OfflineLine& line : a.lines) {
    most_cores = std::max(most_cores, line.cores);
    out += fmt::format("  {:>7}{:>11}  {:<22} {:<14} {:>8}\n", cores_cell(plan, line.cores),
                       seconds(line.seconds),
                       fmt::format("[{}, {}]", seconds(line.low), seconds(line.high)), line.binds,
                       line.cost ? price(*line.cost) : "-");
  }
  write_star(out, plan, most_cores);
  write_fits(out, plan);
  write_moves(out, a.moves, a.cores);
}

void json_fits(JsonOut& out, const CapacityPlan& plan) {
  out.name("extrapolated").boolean(plan.extrapolated);
  out.name("points").number(plan.points);
  out.name("model").string(statistics::name_of(plan.fits.front().law));
  out.name("fits").begin('[');
  for (const statistics::ScalingFit& fit : plan.fits) {
    out.begin('{');
    out.name("model").string(statistics::name_of(fit.law));
    out.name("gamma").real(fit.at.gamma);
    out.name("gamma_95").interval(fit.gamma);
    out.name("alpha").real(fit.at.alpha);
    out.name("alpha_95").interval(fit.alpha);
    out.name("beta").real(fit.at.beta);
    out.name("beta_95").interval(fit.beta);
    out.name("r2").real(fit.r2);
    out.name("aicc");
    fit.aicc ? out.real(*fit.aicc) : out.null();
    out.end('}');
  }
  out.end(']');
  // What this curve says of the mix at the numbers of threads that were measured, and beyond.
  out.name("throughput").begin('[');
  for (std::uint64_t n = 1;
       n <= std::max<std::uint64_t>(16, static_cast<std::uint64_t>(plan.largest_n)); ++n) {
    out.real(plan.fits.front().at.rate(static_cast<double>(n)));
  }
  out.end(']');
}

void json_moves(JsonOut& out, const std::vector<Sensitivity>& moves) {
  out.name("moves").begin('[');
  for (const Sensitivity& move : moves) {
    out.begin('{');
    out.name("what").string(move.what);
    out.name("cores");
    move.cores ? out.number(*move.cores) : out.null();
    out.name("time_change");
    move.answered ? out.real(move.time_change) : out.null();
    out.name("note").string(move.note);
    out.end('}');
  }
  out.end(']');
}

void json_online(JsonOut& out, const CapacityPlan& plan) {
  const OnlineAnswer& a = *plan.online;
  out.name("online").begin('{');
  out.name("cores").number(a.cores);
  out.name("low").number(a.low);
  out.name("high");
  a.high ? out.number(*a.high) : out.null();
  out.name("binds").string(a.binds);
  out.name("utilisation").real(a.utilisation);
  out.name("service_s").real(a.service_s);
  const bool known = a.why_no_latency.empty();
  out.name("why_no_latency");
  known ? out.null() : out.string(a.why_no_latency);
  for (const auto& [name, value] :
       {std::pair("service_scv", a.service_scv), std::pair("mean_wait_s", a.mean_wait_s),
        std::pair("p99_s", a.p99_s), std::pair("simulated_mean_wait_s", a.simulated_wait_s),
        std::pair("simulated_p99_s", a.simulated_p99_s),
        std::pair("simulation_gap", gap(a.p99_s, a.simulated_p99_s))}) {
    out.name(name);
    known ? out.real(value) : out.null();
  }
  out.name("machines").begin('[');
  for (const MachineLine& line : a.machines) {
    out.begin('{');
    out.name("cores").number(line.cores);
    out.name("extrapolated").boolean(plan.is_beyond(line.cores));
    out.name("tokens_per_s").real(line.capacity);
    out.name("machines").number(line.machines);
    out.name("low").number(line.low);
    out.name("high");
    line.high ? out.number(*line.high) : out.null();
    out.name("cost_per_hour");
    line.cost_per_hour ? out.real(*line.cost_per_hour) : out.null();
    out.end('}');
  }
  out.end(']');
  json_moves(out, a.moves);
  out.end('}');
}

void json_offline(JsonOut& out, const CapacityPlan& plan) {
  const OfflineAnswer& a = *plan.offline;
  out.name("offline").begin('{');
  for (const auto& [name, value] :
       {std::pair("cores", a.cores), std::pair("low", a.low), std::pair("high", a.high)}) {
    out.name(name);
    value ? out.number(*value) : out.null();
  }
  out.name("machines").begin('[');
  for (const OfflineLine& line : a.lines) {
    out.begin('{');
    out.name("cores").number(line.cores);
    out.name("extrapolated").boolean(plan.is_beyond(line.cores));
    out.name("seconds").real(line.seconds);
    out.name("low").real(line.low);
    out.name("high").real(line.high);
    out.name("binds").string(line.binds);
    out.name("cost");
    line.cost ? out.real(*line.cost) : out.null();
    out.end('}');
  }
  out.end(']');
  json_moves(out, a.moves);
  out.end('}');
}

}  // namespace

std::string doubt_words(const CapacityPlan& plan) {
  std::string words;
  for (const TokenCost& cost : plan.mix.costs) {
    if (!words.empty() && !cost.doubt.empty()) words += "; ";
    words += printable(cost.doubt);
  }
  if (plan.noise_floor <= kMostNoise) return words;
  if (!words.empty()) words += "; ";
  return words +
         fmt::format(
             "the measurements do not agree with themselves (noise floor {}, over {}): compare "
             "would call them UNMEASURABLE; measure again on a quieter machine",
             in_percent(plan.noise_floor), in_percent(kMostNoise));
}

std::string cores_words(std::uint64_t cores) {
  return fmt::format("{} core{}", cores, cores == 1 ? "" : "s");
}

std::string render_plan_text(const CapacityPlan& plan) {
  std::string out;
  if (plan.online) write_online(out, plan);
  if (plan.offline) write_offline(out, plan);
  return out;
}

std::string render_plan_json(const CapacityPlan& plan) {
  JsonOut out;
  out.begin('{');
  out.name("schema").string("jotmill.plan/1");
  out.name("source").string(plan.source);
  out.name("left_out").string(plan.left_out);
  out.name("mix").begin('{');
  for (const TokenCost& cost : plan.mix.costs) out.name(cost.name).real(cost.share);
  out.end('}');
  out.name("noise_floor").real(plan.noise_floor);
  json_fits(out, plan);
  if (plan.online) json_online(out, plan);
  if (plan.offline) json_offline(out, plan);
  out.end('}');
  return std::move(out).take() + "\n";
}

std::string render_plan_plot(const CapacityPlan& plan) {
  const std::uint64_t answer = plan.online                           ? plan.online->cores
                               : plan.offline && plan.offline->cores ? *plan.offline->cores
                                                                     : 0;
  const double most = std::max({2 * plan.largest_n, 8.0, 1.3 * static_cast<double>(answer)});
  plot::LineChart chart{.title = "Throughput by cores",
                        .x_label = "cores",
                        .y_label = "tokens per second",
                        .lines = {},
                        .marks = {}};
  plot::Line measured{.name = "measured", .points = {}};
  for (const statistics::Observation& one : rates_of(plan.mix)) {
    measured.points.push_back({one.n, one.rate, {}, {}});
  }
  chart.lines.push_back(std::move(measured));
  for (const statistics::ScalingFit& fit : plan.fits) {
    plot::Line line{
        .name = statistics::name_of(fit.law), .points = {}, .dashed = true, .markers = false};
    for (int i = 1; i <= 60; ++i) {
      const double n = std::max(1.0, most * i / 60);
      line.points.push_back({n, fit.at.rate(n), {}, {}});
    }
    chart.lines.push_back(std::move(line));
  }
  if (answer > 0) chart.marks.emplace_back(static_cast<double>(answer), "answer");
  plot::Picture picture;
  picture.add(chart);
  return picture.svg("jotmill plan: " + mix_words(plan));
}

}  // namespace jotmill::tools
