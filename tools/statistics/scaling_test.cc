#include "tools/statistics/scaling.h"

#include <cmath>

#include "support/catch.h"

namespace jotmill::statistics {
namespace {

double bell(Random& random) {
  return std::sqrt(-2 * std::log1p(-uniform(random))) *
         std::cos(6.283185307179586 * uniform(random));
}

std::vector<Observation> draw(const ScalingParameters& at, const std::vector<double>& n,
                              int repetitions, double noise, Random& random) {
  std::vector<Observation> seen;
  for (const double workers : n) {
    for (int i = 0; i < repetitions; ++i) {
      seen.push_back({workers, at.rate(workers) * std::exp(noise * bell(random))});
    }
  }
  return seen;
}

TEST_CASE("parameters of exact data are found exactly") {
  Random random(1);
  const ScalingParameters truth{1000, 0.05, 0.002};
  const auto seen = draw(truth, {1, 2, 4, 8, 16, 32}, 1, 0, random);
  const auto at = fit_parameters(ScalingLaw::kUsl, seen);
  REQUIRE(at);
  CHECK(at->gamma == Approx(1000));
  CHECK(at->alpha == Approx(0.05));
  CHECK(at->beta == Approx(0.002));
  CHECK(fit(ScalingLaw::kUsl, seen, 50)->r2 == Approx(1));
  const auto amdahl =
      fit_parameters(ScalingLaw::kAmdahl, draw({500, 0.1, 0}, {1, 2, 3}, 1, 0, random));
  CHECK(amdahl->alpha == Approx(0.1));
  CHECK(fit_parameters(ScalingLaw::kLinear, draw({7, 0, 0}, {3}, 2, 0, random))->gamma ==
        Approx(7));
}

TEST_CASE("nothing is negative, whatever the data") {
  // Faster than linear: contention below nothing is not an answer.
  const std::vector<Observation> seen = {{1, 100}, {2, 220}, {3, 340}, {4, 470}};
  const auto at = fit_parameters(ScalingLaw::kUsl, seen);
  REQUIRE(at);
  CHECK(at->alpha == 0);
  CHECK(at->beta == 0);
}

TEST_CASE("USL parameters are within their intervals 95 % of the time") {
  const ScalingParameters truth{1000, 0.06, 0.004};
  Random random(5);
  int gamma = 0, alpha = 0, beta = 0;
  constexpr int kTries = 200;
  for (int i = 0; i < kTries; ++i) {
    const auto seen = draw(truth, {1, 2, 3, 4, 6, 8, 12, 16}, 5, 0.02, random);
    const auto found = fit(ScalingLaw::kUsl, seen, 400, 100 + static_cast<std::uint64_t>(i));
    REQUIRE(found);
    gamma += found->gamma.contains(truth.gamma) ? 1 : 0;
    alpha += found->alpha.contains(truth.alpha) ? 1 : 0;
    beta += found->beta.contains(truth.beta) ? 1 : 0;
  }
  // 95 % less two standard errors of 200 tries (3.1 %).
  CHECK(gamma >= 0.92 * kTries);
  CHECK(alpha >= 0.92 * kTries);
  CHECK(beta >= 0.92 * kTries);
  INFO(gamma << " " << alpha << " " << beta);
  CHECK(gamma < kTries);
}

TEST_CASE("no more than all of the work is done one after the other") {
  // Slower with each worker: more than Amdahl's law can say, so it says as much as it can.
  const std::vector<Observation> falling = {{1, 100}, {1, 101}, {2, 80}, {2, 81}, {4, 60}, {4, 61}};
  const auto amdahl = fit(ScalingLaw::kAmdahl, falling, 200);
  REQUIRE(amdahl);
  CHECK(amdahl->at.alpha == 1);
  CHECK(amdahl->at.rate(64) == Approx(amdahl->at.rate(1)));
  CHECK(amdahl->alpha.high <= 1);
  for (const ScalingParameters& one : amdahl->replicates) CHECK(one.alpha <= 1);
  // Its level is the least-squares one of a constant rate: 1 / gamma = sum X / sum X^2.
  double sum = 0, squares = 0;
  for (const Observation& one : falling) {
    sum += one.rate;
    squares += one.rate * one.rate;
  }
  CHECK(amdahl->at.gamma == Approx(squares / sum));
  // The Universal Scalability Law has a word for it.
  const auto usl = fit_parameters(ScalingLaw::kUsl, falling);
  REQUIRE(usl);
  CHECK(usl->alpha <= 1);
  CHECK(usl->beta > 0);
  CHECK(usl->rate(4) < 0.7 * usl->rate(1));
}

TEST_CASE("AICc chooses the law that made the data") {
  Random random(9);
  const std::vector<double> n = {1, 2, 3, 4, 6, 8};
  const auto law = [&](const ScalingParameters& truth) {
    return fit_all(draw(truth, n, 10, 0.01, random), 20).front().law;
  };
  CHECK(law({100, 0.08, 0.01}) == ScalingLaw::kUsl);
  CHECK(law({100, 0.1, 0}) == ScalingLaw::kAmdahl);
  CHECK(law({100, 0, 0}) == ScalingLaw::kLinear);
  // Burnham and Anderson's formula by hand: n = 10, RSS = 2, two parameters and the variance.
  CHECK(aicc(10, 2, 2) == Approx(10 * std::log(0.2) + 6 + 24.0 / 6));
  CHECK(std::isinf(aicc(4, 2, 3)));
}

TEST_CASE("fewer than four points: linear and Amdahl alone, without AICc") {
  Random random(2);
  const auto fits = fit_all(draw({100, 0.1, 0}, {1, 2, 3}, 6, 0.01, random), 50);
  REQUIRE(fits.size() == 2);
  CHECK(fits[0].law == ScalingLaw::kAmdahl);
  for (const ScalingFit& one : fits) {
    CHECK(one.law != ScalingLaw::kUsl);
    CHECK_FALSE(one.aicc);
  }
  CHECK(fit_all(draw({100, 0.1, 0}, {1, 2, 3, 4}, 6, 0.01, random), 50).size() == 3);
  const auto single = fit_all(draw({100, 0.1, 0}, {1}, 6, 0.01, random), 50);
  REQUIRE(single.size() == 1);
  CHECK(single[0].law == ScalingLaw::kLinear);
}

}  // namespace
}  // namespace jotmill::statistics
