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

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// "RS256=65" or "RS256=65%".
Result<std::pair<std::string, double>> parse_share_of(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) {
    return bad_mix(in_quotes(word) + " is not ALG=SHARE, as in RS256=65,ES256=30,HS256=5");
  }
  std::string_view number = without_blanks(std::string_view(word).substr(equals + 1));
  if (number.ends_with('%')) number = without_blanks(number.substr(0, number.size() - 1));
  double share = 0;
  const char* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, share);
  if (read.ec != std::errc() || read.ptr != end || !(share > 0) || !(share <= 100)) {
    return bad_mix(in_quotes(word) + " has no share above 0 and up to 100");
  }
  const std::string name(without_blanks(std::string_view(word).substr(0, equals)));
  const Result<std::string> known = algorithm_named(name);
  if (!known) {
    return bad_mix(fmt::format("{} {}; a workload of the bench is asked for with --workload",
                               known.error().subject, known.error().reason));
  }
  return std::pair(known.value(), share);
}

}  // namespace

Result<std::vector<std::pair<std::string, double>>> parse_mix(const std::string& text) {
  std::vector<std::pair<std::string, double>> shares;
  double sum = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string word(without_blanks(std::string_view(text).substr(at, comma - at)));
    at = comma + 1;
    auto one = parse_share_of(word);
    if (!one) return one.error();
    for (const auto& [other, ignored] : shares) {
      if (other == one.value().first) return bad_mix(in_quotes(other) + " is there twice");
    }
    sum += one.value().second;
    shares.push_back(std::move(one).value());
  }
  // Percent, or fractions of one. Three times 33.33 adds up; the last digit of a sum of such
  // numbers is not exact.
  const bool fractions = shares.size() > 1 && std::abs(sum - 1) < 1e-4;
  if (!fractions && std::abs(sum - 100) > 0.01 + 1e-9) {
    return bad_mix(fmt::format("does not add up: the shares make {:.6g}, not 100", sum));
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
