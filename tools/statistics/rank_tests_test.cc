#include "tools/statistics/rank_tests.h"

#include <array>
#include <cmath>

#include "support/catch.h"
#include "tools/statistics/bootstrap.h"

namespace jotmill::statistics {
namespace {

TEST_CASE("Wilcoxon's exact p of Hollander and Wolfe's depression scores") {
  // 1973, p. 29f; wilcox.test(x, y, paired = TRUE) of R: V = 40, p = 0.03906
  const std::array<double, 9> x = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const std::array<double, 9> y = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  std::array<double, 9> d;
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = x[i] - y[i];
  const RankTest test = wilcoxon_signed_rank(d);
  CHECK(test.exact);
  CHECK(test.statistic == 40);
  CHECK(test.p == Approx(0.0390625).epsilon(1e-9));
}

TEST_CASE("critical values of Wilcoxon's table") {
  // n = 10: T = 8 is the two-sided 5 % value (p 0.0488), T = 3 the 1 % value (p 0.0098).
  std::array<double, 10> d = {1, 2, 3, 4, 5, 6, 7, -8, 9, 10};
  CHECK(wilcoxon_signed_rank(d).p == Approx(0.048828125));
  d = {1, 2, -3, 4, 5, 6, 7, 8, 9, 10};
  CHECK(wilcoxon_signed_rank(d).p == Approx(0.009765625));
  d = {-1, -2, -3, -4, -5, -6, -7, -8, -9, -10};
  CHECK(wilcoxon_signed_rank(d).p == Approx(smallest_signed_rank_p(10)));
}

TEST_CASE("ties and zeros of differences") {
  // Four equal sizes, all midranks 2.5: sums are 0, 2.5, 5, ... as a binomial, p = 2 / 16.
  const std::array<double, 6> d = {1, 1, 1, 1, 0, 0};
  const RankTest test = wilcoxon_signed_rank(d);
  CHECK(test.used == 4);
  CHECK(test.statistic == 10);
  CHECK(test.p == Approx(0.125));
  CHECK(wilcoxon_signed_rank(std::array<double, 3>{0, 0, 0}).p == 1);
  CHECK(wilcoxon_signed_rank({}).p == 1);
}

TEST_CASE("Mann and Whitney's exact p") {
  // Hollander and Wolfe 1973, p. 69f; R: W = 35, one-sided 0.1272, two-sided 0.2544
  const std::array<double, 10> term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const std::array<double, 5> early = {1.15, 0.88, 0.90, 0.74, 1.21};
  const RankTest test = mann_whitney_u(early, term);
  CHECK(test.exact);
  CHECK(test.statistic == 35);
  CHECK(test.p == Approx(0.2544).margin(5e-5));
  // Their table: n = m = 5, U = 2 is the two-sided 5 % value, p = 8 / 252.
  const std::array<double, 5> a = {1, 2, 3, 4, 7}, b = {5, 6, 8, 9, 10};
  CHECK(mann_whitney_u(a, b).statistic == 23);
  CHECK(mann_whitney_u(a, b).p == Approx(8.0 / 252));
  CHECK(mann_whitney_u(b, a).p == Approx(8.0 / 252));
}

TEST_CASE("Mann and Whitney's p with ties is that of all assignments") {
  // Midranks of 1 1 2 3 are 1.5 1.5 3 4: of the six pairs, {2, 3} alone has the highest sum.
  const std::array<double, 2> a = {1, 1}, b = {2, 3};
  CHECK(mann_whitney_u(a, b).p == Approx(2.0 / 6));
  const std::array<double, 2> same = {5, 5};
  CHECK(mann_whitney_u(same, same).p == 1);
}

TEST_CASE("the normal approximation meets the exact distribution") {
  Random random(3);
  std::vector<double> a, b, d;
  for (int i = 0; i < 30; ++i) {
    a.push_back(uniform(random));
    b.push_back(uniform(random) + 0.15);
    d.push_back(uniform(random) - 0.4);
  }
  const double exact_u = mann_whitney_u(a, b).p;
  const double exact_w = wilcoxon_signed_rank(d).p;
  // The same shape with one value more than is counted out.
  std::vector<double> wide_a = a, wide_d = d;
  wide_a.push_back(0.5);
  CHECK_FALSE(mann_whitney_u(wide_a, b).exact);
  CHECK(mann_whitney_u(wide_a, b).p == Approx(exact_u).epsilon(0.5));
  for (int i = 0; i < 31; ++i) wide_d.push_back(uniform(random) - 0.4);
  CHECK_FALSE(wilcoxon_signed_rank(wide_d).exact);
  CHECK(wilcoxon_signed_rank(wide_d).p <= exact_w);
}

TEST_CASE("both tests are right as often as they say") {
  Random random(11);
  int low_u = 0, low_w = 0;
  constexpr int kTries = 2000;
  for (int i = 0; i < kTries; ++i) {
    std::array<double, 12> a, b, d;
    for (double& v : a) v = uniform(random);
    for (double& v : b) v = uniform(random);
    for (std::size_t k = 0; k < d.size(); ++k) d[k] = b[k] - a[k];
    low_u += mann_whitney_u(a, b).p < 0.05 ? 1 : 0;
    low_w += wilcoxon_signed_rank(d).p < 0.05 ? 1 : 0;
  }
  // 5 % and three standard errors; exact tests of few values stay below.
  CHECK(low_u <= 0.065 * kTries);
  CHECK(low_u >= 0.03 * kTries);
  CHECK(low_w <= 0.065 * kTries);
  CHECK(low_w >= 0.03 * kTries);
}

TEST_CASE("the smallest p that a number of runs can give") {
  CHECK(smallest_signed_rank_p(12) == Approx(2.0 / 4096));
  CHECK(smallest_mann_whitney_p(5, 5) == Approx(2.0 / 252));
  CHECK(smallest_mann_whitney_p(1, 1) == 1);
  CHECK(smallest_mann_whitney_p(1, 1200) == Approx(2.0 / 1201));
  CHECK(smallest_mann_whitney_p(3, 1000) == Approx(2.0 * 6 / (1003.0 * 1002 * 1001)));
  CHECK(smallest_mann_whitney_p(2000, 2000) < 1e-300);
  CHECK(pairs_for(0.01) == 8);
  CHECK(pairs_for(0.01 / 8) == 11);
  CHECK(pairs_for(0.01 / 100) == 15);
}

TEST_CASE("normal scores are those of any table") {
  CHECK(normal_score(0.05) == Approx(1.959964));
  CHECK(normal_score(0.01) == Approx(2.575829));
  CHECK(normal_score(1) == Approx(0).margin(1e-12));
}

TEST_CASE("Holm's adjustment is that of R") {
  // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"): 0.03 0.06 0.06 0.02
  const std::array<double, 4> p = {0.01, 0.04, 0.03, 0.005};
  const std::vector<double> adjusted = holm(p);
  CHECK(adjusted[0] == Approx(0.03));
  CHECK(adjusted[1] == Approx(0.06));
  CHECK(adjusted[2] == Approx(0.06));
  CHECK(adjusted[3] == Approx(0.02));
  CHECK(holm(std::array<double, 2>{0.9, 0.8})[0] == 1);
  CHECK(holm({}).empty());
}

}  // namespace
}  // namespace jotmill::statistics
