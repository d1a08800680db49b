#ifndef JOTMILL_TOOLS_PLAN_PARTS_H_
#define JOTMILL_TOOLS_PLAN_PARTS_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/bench/result.h"
#include "tools/plan/plan.h"
#include "tools/statistics/queueing.h"

/// From rows of a bench to what single tokens cost.
namespace jotmill::tools {

/// A workload as a cost of its own name; no rates: the file does not have it.
TokenCost cost_of_workload(const BenchFile& file, const std::string& workload);
/// The same of a workload that has one algorithm alone, under the name `name`.
TokenCost cost_alone(const BenchFile& file, const std::string& workload, const std::string& name);
/// Rows of the algorithm alone: "RS256" by a workload of that name, else by the first whose tokens
/// are all of it.
std::optional<TokenCost> cost_of(const BenchFile& file, const std::string& name);

std::vector<double> ns_of(const TokenCost& cost);  ///< numbers of threads, sorted
std::vector<double> rates_at(const TokenCost& cost, double n);
/// Time of a token on one core, from the fewest threads that were measured: the median.
double token_time_s(const TokenCost& cost);

/// "RS256", "PS512/3072".
bool is_rsa(const std::string& name);
/// "HS256".
bool is_hmac(const std::string& name);

/// Takes a workload apart into its algorithms, by the rows of these alone.
void take_apart(const BenchFile& file, TokenCost& cost);
double mean_s(const std::vector<TokenPart>& parts);

/// The kinds of tokens with their times on one core, as parts of the mix's own time.
std::vector<statistics::ServiceClass> classes_of(const TokenMix& mix);
/// Why it is not known how much the times of tokens differ; empty where it is.
std::string why_no_variance(const TokenMix& mix);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_PLAN_PARTS_H_
