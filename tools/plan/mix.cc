#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "tools/bench/workload.h"
#include "tools/plan/parts.h"
#include "tools/plan/plan.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

Error bad_mix(std::string reason) { return {ErrorKind::kUsage, "--mix", std::move(reason)}; }

Error not_measured(const std::string& name) {
  // Also refuses names that nothing could measure.
  if (const auto known = algorithm_workload(name, {.quick = true, .tokens = {}}); !known) {
    return bad_mix(known.error().subject + " " + known.error().reason);
  }
  return bad_mix(
      fmt::format("{} was not measured alone: leave out --bench to measure it now, or give the "
                  "bench a workload "
                  "of these tokens alone, on the same numbers of threads",
                  in_quotes(name)));
}

/// The cost of the same algorithm with RSA keys of 4096 bits, where it was measured.
void add_large(const BenchFile& file, const std::string& name, TokenMix& mix) {
  if (auto large = cost_of(file, name.substr(0, name.find('/')) + "/4096")) {
    mix.rsa4096.push_back(std::move(*large));
  }
}

}  // namespace

Result<std::vector<std::pair<std::string, double>>> parse_mix(const std::string& text) {
  std::vector<std::pair<std::string, double>> shares;
  double sum = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string word = text.substr(at, comma - at);
    at = comma + 1;
    const std::size_t equals = word.find('=');
    double share = 0;
    const char* end = word.data() + word.size();
    if (equals == std::string::npos || equals == 0) {
      return bad_mix(in_quotes(word) + " is not ALG=SHARE, as in RS256=65,ES256=30,HS256=5");
    }
    const auto read = std::from_chars(word.data() + equals + 1, end, share);
    if (read.ec != std::errc() || read.ptr != end || !(share > 0) || !(share <= 100)) {
      return bad_mix(in_quotes(word) + " has no share above 0 and up to 100");
    }
    const std::string name = word.substr(0, equals);
    for (const auto& [other, ignored] : shares) {
      if (other == name) return bad_mix(in_quotes(name) + " is there twice");
    }
    shares.emplace_back(name, share);
    sum += share;
  }
  const double whole = std::abs(sum - 1) < 1e-4 ? 1 : 100;
  if (std::abs(sum - whole) > 0.01) {
    return bad_mix(fmt::format("does not add up: the shares make {:g}, not 100", sum));
  }
  for (auto& [name, share] : shares) share /= sum;
  return shares;
}

Result<TokenMix> mix_from_bench(const BenchFile& file,
                                const std::vector<std::pair<std::string, double>>& shares) {
  TokenMix mix;
  for (const auto& [name, share] : shares) {
    auto cost = cost_of(file, name);
    if (!cost) {
      return not_measured(name);
    }
    cost->share = share;
    if (!mix.costs.empty() && ns_of(*cost) != ns_of(mix.costs.front())) {
      return bad_mix(fmt::format("{} and {} were measured on different numbers of threads",
                                 in_quotes(name), in_quotes(mix.costs.front().name)));
    }
    mix.costs.push_back(std::move(*cost));
  }
  for (const TokenCost& cost : mix.costs) add_large(file, cost.name, mix);
  mix.es256 = cost_of(file, "ES256");
  return mix;
}

Result<TokenMix> mix_from_workload(const BenchFile& file, const std::string& workload) {
  TokenCost cost = cost_of_workload(file, workload);
  if (cost.rates.empty()) {
    return Error{ErrorKind::kUsage, "--workload",
                 in_quotes(workload) + " is not in the bench file"};
  }
  cost.share = 1;
  take_apart(file, cost);
  TokenMix mix;
  for (const TokenPart& part : cost.parts) add_large(file, part.name, mix);
  mix.costs.push_back(std::move(cost));
  mix.es256 = cost_of(file, "ES256");
  return mix;
}

std::vector<statistics::Observation> rates_of(const TokenMix& mix) {
  std::vector<statistics::Observation> out;
  if (mix.costs.empty()) return out;
  for (const double n : ns_of(mix.costs.front())) {
    std::vector<std::vector<double>> rates;
    std::size_t repetitions = SIZE_MAX;
    for (const TokenCost& cost : mix.costs) {
      rates.push_back(rates_at(cost, n));
      repetitions = std::min(repetitions, rates.back().size());
    }
    for (std::size_t i = 0; i < repetitions; ++i) {
      double time = 0;
      for (std::size_t k = 0; k < rates.size(); ++k) {
        const TokenCost& cost = mix.costs[k];
        const double saved = mix.repeat_share * cost.signature_share;
        time += cost.share * (1 - saved) / rates[k][i];
      }
      out.push_back({n, 1 / time});
    }
  }
  return out;
}

}  // namespace jotmill::tools
