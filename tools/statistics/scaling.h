#ifndef JOTMILL_TOOLS_STATISTICS_SCALING_H_
#define JOTMILL_TOOLS_STATISTICS_SCALING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tools/statistics/bootstrap.h"

namespace jotmill::statistics {

/// Throughput that was seen once with n workers.
struct Observation {
  double n = 1;
  double rate = 0;  ///< > 0
};

enum class ScalingLaw : std::uint8_t { kLinear, kAmdahl, kUsl };
const char* name_of(ScalingLaw law);

/// X(n) = gamma n / (1 + alpha (n - 1) + beta n (n - 1)): the Universal Scalability Law (Gunther
/// 1993). Amdahl's law has beta = 0, the linear one alpha = 0 as well.
struct ScalingParameters {
  double gamma = 0;  ///< rate of one worker
  double alpha = 0;  ///< contention: the share that is done one after the other
  double beta = 0;   ///< coherence: what every pair of workers costs
  double rate(double n) const { return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1)); }
};

struct ScalingFit {
  ScalingLaw law = ScalingLaw::kLinear;
  ScalingParameters at;
  Interval gamma, alpha, beta;                ///< 95 %, by bootstrap
  double r2 = 0;                              ///< of the rates
  std::optional<double> aicc;                 ///< nothing with fewer than four different n
  std::vector<ScalingParameters> replicates;  ///< of the bootstrap
};

/// Least squares of the relative errors: noise of a rate grows with the rate. In n / X(n) the law
/// is linear in its parameters, so no iteration and no starting values; alpha is from 0 to 1, beta
/// not below 0. Nothing when `law` has more parameters than there are different n.
std::optional<ScalingParameters> fit_parameters(ScalingLaw law, std::span<const Observation> seen);

/// With intervals. `rounds` resamplings of the residuals; seeded.
std::optional<ScalingFit> fit(ScalingLaw law, std::span<const Observation> seen,
                              std::size_t rounds = 2000, std::uint64_t seed = kBootstrapSeed);

/// All laws that these observations can carry: with fewer than four different n the linear one and
/// Amdahl's. The first is the chosen one: the least AICc; without AICc Amdahl's, which is never
/// more hopeful than the linear one.
std::vector<ScalingFit> fit_all(std::span<const Observation> seen, std::size_t rounds = 2000);

std::size_t different_n(std::span<const Observation> seen);

/// AICc (Hurvich and Tsai 1989) of a least-squares fit with `parameters`, the error's variance not
/// among them, over n observations; infinite when there are too few.
double aicc(std::size_t n, double sum_of_squares, std::size_t parameters);

}  // namespace jotmill::statistics

#endif  // JOTMILL_TOOLS_STATISTICS_SCALING_H_
