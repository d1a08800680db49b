#include "tools/plan/moves.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tools/plan/parts.h"

namespace jotmill::tools {
namespace {

/// Another mix on the same curve: only the time of a token changes.
Changed changed_to(const CapacityPlan& plan, const TokenMix& mix, Sensitivity& move) {
  Changed out{plan.fits.front().at, classes_of(mix)};
  const double before = statistics::mean_of(classes_of(plan.mix));
  const double after = statistics::mean_of(out.classes);
  out.curve.gamma *= before / after;
  move.time_change = after / before - 1;
  return out;
}

Sensitivity not_known(Sensitivity move, std::string note) {
  move.note = std::move(note);
  move.answered = false;
  return move;
}

Sensitivity more_es256(const CapacityPlan& plan, const Answer& answer) {
  Sensitivity out{.what = "+10 % ES256", .cores = {}, .note = ""};
  TokenMix mix = plan.mix;
  auto at = std::ranges::find(mix.costs, "ES256", &TokenCost::name);
  if (at == mix.costs.end()) {
    if (!mix.es256) return not_known(out, "not known: ES256 was not measured");
    mix.costs.push_back(*mix.es256);
    at = mix.costs.end() - 1;
    at->share = 0;
  }
  const double share = std::min(1.0, at->share + 0.1), rest = 1 - at->share;
  for (TokenCost& cost : mix.costs) {
    if (cost.name != "ES256") cost.share *= rest > 0 ? (1 - share) / rest : 0;
  }
  at->share = share;
  answer(changed_to(plan, mix, out), out);
  return out;
}

/// Bits of the keys of "RS256" (2048) or "RS256/3072".
double bits_of(const std::string& name) {
  const std::size_t slash = name.find('/');
  return slash == std::string::npos ? 2048 : std::strtod(name.c_str() + slash + 1, nullptr);
}

/// Changes the parts of a cost, and its rates by what that does to the time of a token.
template <typename Change>
void change_parts(TokenCost& cost, Change change) {
  const double before = mean_s(cost.parts);
  for (TokenPart& part : cost.parts) change(part);
  const double factor = mean_s(cost.parts) / before;
  for (auto& one : cost.rates) one.rate /= factor;
}

bool may_grow(const std::string& name) { return is_rsa(name) && !name.ends_with("/4096"); }

/// How many times as long the signature of `name` takes with a key of 4096 bits: a verification
/// multiplies numbers of that length 17 times.
double assumed_growth(const std::string& name, std::string& note) {
  const double times = std::pow(4096 / bits_of(name), 2);
  note = times == 4 ? "assumed: four times the signature's time"
                    : fmt::format("assumed: {:.1f} times the signature's time", times);
  return times;
}

const TokenCost* measured_large(const TokenMix& mix, const std::string& name) {
  const std::string large = name.substr(0, name.find('/')) + "/4096";
  const auto at = std::ranges::find(mix.rsa4096, large, &TokenCost::name);
  return at == mix.rsa4096.end() ? nullptr : &*at;
}

/// The signature alone: the workload's tokens may be longer or shorter than those of that row.
void grow_part(TokenPart& part, const TokenMix& mix, std::string& note) {
  if (!may_grow(part.name)) return;
  double signature = part.time_s * part.signature_share;
  const double rest = part.time_s - signature;
  const TokenCost* large = measured_large(mix, part.name);
  if (large != nullptr) {
    signature = token_time_s(*large) * large->signature_share;
  } else {
    signature *= assumed_growth(part.name, note);
  }
  part.time_s = rest + signature;
  part.signature_share = signature / part.time_s;
}

/// A kind measured alone.
void grow_cost(TokenCost& cost, const TokenMix& mix, std::string& note) {
  if (const TokenCost* large = measured_large(mix, cost.name)) {
    cost.rates = large->rates;
    cost.signature_share = large->signature_share;
    return;
  }
  const double times = assumed_growth(cost.name, note);
  for (auto& one : cost.rates) one.rate /= 1 + (times - 1) * cost.signature_share;
}

Sensitivity rsa_4096(const CapacityPlan& plan, const Answer& answer) {
  Sensitivity out{.what = "RSA-4096", .cores = {}, .note = ""};
  TokenMix mix = plan.mix;
  bool any = false;
  for (TokenCost& cost : mix.costs) {
    if (!cost.parts.empty() && !cost.assumed) {
      any = any || std::ranges::any_of(cost.parts, may_grow, &TokenPart::name);
      change_parts(cost, [&](TokenPart& part) { grow_part(part, mix, out.note); });
    } else if (!cost.why_no_parts.empty() || cost.assumed) {
      const bool rsa =
          std::ranges::any_of(cost.contains, [](const auto& one) { return is_rsa(one.first); });
      if (rsa) return not_known(out, "not known of this workload of several algorithms");
    } else if (may_grow(cost.name)) {
      any = true;
      grow_cost(cost, mix, out.note);
    }
  }
  if (!any) return not_known(out, "no RSA of less in the mix");
  answer(changed_to(plan, mix, out), out);
  return out;
}

Sensitivity memo_off(const CapacityPlan& plan, const Answer& answer) {
  Sensitivity out{.what = "memo off", .cores = {}, .note = ""};
  TokenMix mix = plan.mix;
  bool any = mix.repeat_share > 0;
  mix.repeat_share = 0;
  for (TokenCost& cost : mix.costs) {
    if (cost.known_share <= 0) continue;
    if (cost.known_share > 0.999) return not_known(out, "not known: nearly all of it repeats");
    // What was measured are the signatures that the memo did not know.
    any = true;
    out.note = "assumed: repeats take as long as the others";
    if (!cost.parts.empty()) {
      change_parts(cost, [](TokenPart& part) { part.known_share = 0; });
      continue;
    }
    const double more = cost.known_share / (1 - cost.known_share);
    for (auto& one : cost.rates) one.rate /= 1 + more * cost.signature_share;
  }
  if (!any) out.note = "no token of this plan repeats (--repeats)";
  answer(changed_to(plan, mix, out), out);
  return out;
}

}  // namespace

std::vector<Sensitivity> moves_of(const CapacityPlan& plan, const Answer& answer) {
  return {more_es256(plan, answer), rsa_4096(plan, answer), memo_off(plan, answer)};
}

}  // namespace jotmill::tools
