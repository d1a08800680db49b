// A workload of several algorithms, taken apart. A batch has tokens of all of them, so the averages
// of batches hardly vary, while its tokens differ as HS256 does from RSA of 4096 bits; and p99 is
// made by that difference. So the parts get the times of their algorithms measured alone, at the
// scale of the workload's own mean. Where one was not measured its usual time stands in, and where
// all together make up less than that mean the dearest of them gets the difference: that p99 is
// rather too long than too short, and a doubt tells of it.

#include "tools/plan/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/bench/bench_text.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

using statistics::ServiceClass;

/// How far the sum of the parts may be from the whole, as a factor either way: beyond it the
/// workload has other keys or much longer tokens than the rows that would stand for them.
constexpr double kPartsOffBy = 1.25;

/// Nanoseconds of a whole token where nothing was measured: a core of a Zen 3 with OpenSSL 3.0, RSA
/// of 2048 bits. Only how they stand to each other counts.
struct UsualTime {
  std::string_view alg;
  double ns;
};
constexpr UsualTime kUsualTimes[] = {
    {"HS256", 1.3e3},  {"HS384", 1.6e3},  {"HS512", 1.6e3},  {"RS256", 13.5e3},
    {"RS384", 13.5e3}, {"RS512", 13.5e3}, {"PS256", 13.5e3}, {"PS384", 13.5e3},
    {"PS512", 13.5e3}, {"ES256", 14.5e3}, {"ES384", 1000e3}, {"ES512", 720e3},
    {"ES256K", 515e3}, {"EdDSA", 11e3},   {"Ed25519", 11e3}, {"Ed448", 330e3}};
constexpr double kUsualScv = 0.3, kUsualSignatureShare = 0.9;

std::optional<double> usual_ns(const std::string& alg) {
  for (const UsualTime& one : kUsualTimes) {
    if (one.alg == alg) return one.ns;
  }
  return std::nullopt;
}

bool has_key_size(const std::string& workload) { return workload.find('/') != std::string::npos; }

/// Every row of the algorithm alone: those without a key size in the name come first, then by size.
std::vector<TokenCost> stand_ins(const BenchFile& file, const std::string& alg, double least_n) {
  std::vector<TokenCost> costs;
  for (const BenchRow& row : file.rows) {
    const auto at = row.mix.find(alg);
    if (at == row.mix.end() || at->second <= 0.999 || row.repeat_share >= 0.01) continue;
    if (static_cast<double>(row.threads) != least_n) continue;
    TokenCost cost =
        cost_alone(file, row.workload, has_key_size(row.workload) ? row.workload : alg);
    if (ns_of(cost).front() == least_n) costs.push_back(std::move(cost));
  }
  std::ranges::stable_sort(costs, {}, [&](const TokenCost& cost) {
    return has_key_size(cost.name) ? cost.name.substr(cost.name.find('/')) : std::string();
  });
  return costs;
}

/// Of one algorithm: only the memo makes its tokens differ, and the row itself says by how much.
TokenPart only_part(const TokenCost& cost, const std::string& alg) {
  const double time = token_time_s(cost);
  TokenPart part{.name = alg,
                 .share = 1,
                 .time_s = time,
                 .scv = cost.scv,
                 .signature_share = cost.signature_share,
                 .known_share = 0};
  if (cost.known_share > 0.999) return part;  // no signature of it was measured
  // All the time in signatures is that of the tokens which the memo did not know.
  const double signature = time * cost.signature_share / (1 - cost.known_share);
  part.time_s = time * (1 - cost.signature_share) + signature;
  part.signature_share = signature / part.time_s;
  part.known_share = cost.known_share;
  return part;
}

/// Parts by the `choice`-th row of every algorithm (the last where it has fewer), so that all RSA
/// keys are of one size.
std::vector<TokenPart> parts_by(const TokenCost& cost,
                                const std::vector<std::vector<TokenCost>>& rows, std::size_t choice,
                                double all) {
  std::vector<TokenPart> parts;
  auto of_alg = rows.begin();
  for (const auto& [alg, share] : cost.contains) {
    const TokenCost& row = (*of_alg)[std::min(choice, of_alg->size() - 1)];
    ++of_alg;
    parts.push_back({.name = row.name,
                     .share = share / all,
                     .time_s = token_time_s(row),
                     .scv = row.scv,
                     .signature_share = row.signature_share,
                     .known_share = cost.known_share});
  }
  return parts;
}

std::string off_words(const TokenCost& cost, double whole) {
  return fmt::format("the algorithms of {} by themselves make {} a token, and not {}: ",
                     in_quotes(cost.name), in_ns(1e9 * mean_s(cost.parts)), in_ns(1e9 * whole));
}

/// Longer keys or tokens than those that stand for them, nobody knows of which algorithm.
void add_to_dearest(TokenCost& cost, double whole) {
  TokenPart& dearest = *std::ranges::max_element(cost.parts, {}, &TokenPart::time_s);
  cost.doubt = off_words(cost, whole) + "the difference is taken for that of " + dearest.name;
  const double missing = whole - mean_s(cost.parts);
  dearest.time_s *= 1 + missing / (dearest.share * dearest.mean_s());
}

/// Stand-ins by their usual times, at the scale of those that were measured.
std::vector<std::string> stand_in_usual(const TokenCost& cost,
                                        std::vector<std::vector<TokenCost>>& rows) {
  double logs = 0, measured = 0;
  std::vector<std::string> missing;
  std::size_t at = 0;
  for (const auto& [alg, share] : cost.contains) {
    const auto usual = usual_ns(alg);
    const std::vector<TokenCost>& of_alg = rows[at++];
    if (of_alg.empty()) missing.push_back(alg);
    if (of_alg.empty() || !usual) continue;
    logs += std::log(1e9 * token_time_s(of_alg.front()) / *usual);
    ++measured;
  }
  const double scale = measured > 0 ? std::exp(logs / measured) : 1;
  at = 0;
  for (const auto& [alg, share] : cost.contains) {
    std::vector<TokenCost>& of_alg = rows[at++];
    if (!of_alg.empty() || !usual_ns(alg)) continue;
    TokenCost usual;
    usual.name = alg;
    usual.rates = {{ns_of(cost).front(), 1e9 / (scale * *usual_ns(alg))}};
    usual.scv = kUsualScv;
    usual.signature_share = is_hmac(alg) ? 0 : kUsualSignatureShare;
    of_alg.push_back(std::move(usual));
  }
  return missing;
}

/// The parts whose sum comes nearest to the workload's own time, and then made to be that time.
void set_parts(TokenCost& cost, const std::vector<std::vector<TokenCost>>& rows, double all) {
  const double whole = token_time_s(cost);
  std::size_t choices = 1;
  for (const auto& of_alg : rows) choices = std::max(choices, of_alg.size());
  double best = 0;
  for (std::size_t choice = 0; choice < choices; ++choice) {
    std::vector<TokenPart> parts = parts_by(cost, rows, choice, all);
    const double factor = whole / mean_s(parts);
    if (choice > 0 && std::abs(std::log(factor)) >= std::abs(std::log(best))) continue;
    best = factor;
    cost.parts = std::move(parts);
  }
  if (best > kPartsOffBy) return add_to_dearest(cost, whole);
  if (best < 1 / kPartsOffBy) cost.doubt = off_words(cost, whole) + "all are scaled to it";
  for (TokenPart& part : cost.parts) part.time_s *= best;
}

/// The parts of a cost so that they make up its time. What was measured as one kind is one part; of
/// a row of several that could not be taken apart that is right for the mean alone.
std::vector<TokenPart> parts_of(const TokenCost& cost, double repeat_share) {
  const double time = token_time_s(cost);
  if (cost.parts.empty()) {
    return {{.name = cost.name,
             .share = 1,
             .time_s = time,
             .scv = cost.scv,
             .signature_share = cost.signature_share,
             .known_share = repeat_share}};
  }
  std::vector<TokenPart> parts = cost.parts;
  const double factor = time / mean_s(parts);
  for (TokenPart& part : parts) part.time_s *= factor;
  return parts;
}

}  // namespace

bool is_rsa(const std::string& name) { return name.starts_with("RS") || name.starts_with("PS"); }

bool is_hmac(const std::string& name) { return name.starts_with("HS"); }

double mean_s(const std::vector<TokenPart>& parts) {
  double sum = 0;
  for (const TokenPart& part : parts) sum += part.share * part.mean_s();
  return sum;
}

void take_apart(const BenchFile& file, TokenCost& cost) {
  // So few decide no p99, and a row with so few of others counts as an algorithm alone.
  std::erase_if(cost.contains, [](const auto& one) { return one.second <= 0.001; });
  double all = 0;
  for (const auto& [alg, share] : cost.contains) all += share;
  if (cost.contains.size() == 1) {
    cost.parts = {only_part(cost, cost.contains.begin()->first)};
    return;
  }
  if (cost.contains.empty()) {
    cost.why_no_parts = "the bench file does not say what is in it";
    return;
  }
  if (cost.contains.contains("other")) {
    cost.why_no_parts = "what its tokens of no algorithm cost was not measured alone";
    return;
  }
  std::vector<std::vector<TokenCost>> rows;
  for (const auto& [alg, share] : cost.contains)
    rows.push_back(stand_ins(file, alg, ns_of(cost).front()));
  const std::vector<std::string> missing = stand_in_usual(cost, rows);
  set_parts(cost, rows, all);
  if (missing.empty()) return;
  cost.assumed = true;
  if (!cost.doubt.empty()) cost.doubt += "; ";
  cost.doubt +=
      fmt::format("of {} usual times are assumed: give the bench their workloads alone too",
                  fmt::join(missing, ", "));
}

std::vector<ServiceClass> classes_of(const TokenMix& mix) {
  std::vector<ServiceClass> classes;
  for (const TokenCost& cost : mix.costs) {
    for (const TokenPart& part : parts_of(cost, mix.repeat_share)) {
      const double share = cost.share * part.share, known = part.known_share;
      if (known < 1) classes.push_back({share * (1 - known), part.time_s, part.scv});
      if (known > 0) {
        classes.push_back({share * known, part.time_s * (1 - part.signature_share), part.scv});
      }
    }
  }
  return classes;
}

std::string why_no_variance(const TokenMix& mix) {
  for (const TokenCost& cost : mix.costs) {
    if (cost.why_no_parts.empty()) continue;
    return fmt::format("how much the tokens of {} differ is not known: {}", in_quotes(cost.name),
                       cost.why_no_parts);
  }
  return "";
}

}  // namespace jotmill::tools
