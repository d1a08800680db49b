#include "tools/statistics/sample.h"

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace jotmill::statistics {
namespace {

TEST_CASE("medians and quantiles are those of R") {
  const std::array<double, 4> even = {4, 1, 3, 2};
  const std::array<double, 5> odd = {5, 1, 4, 2, 3};
  CHECK(median(even) == 2.5);
  CHECK(median(odd) == 3);
  CHECK(median({}) == 0);
  // quantile(c(4, 1, 3, 2), c(0, .25, .9, 1)) in R: 1.00 1.75 3.70 4.00
  CHECK(quantile(even, 0) == 1);
  CHECK(quantile(even, 0.25) == Approx(1.75));
  CHECK(quantile(even, 0.9) == Approx(3.7));
  CHECK(quantile(even, 1) == 4);
  CHECK(variance(even) == Approx(5.0 / 3));
  CHECK(variance(std::array<double, 1>{7}) == 0);
}

TEST_CASE("the Hodges-Lehmann shift of Hollander and Wolfe's example") {
  // Permeability constants of the human chorioamnion (1973, p. 69f); wilcox.test(x, y, conf.int =
  // TRUE) of R says 0.305
  const std::array<double, 10> term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const std::array<double, 5> early = {1.15, 0.88, 0.90, 0.74, 1.21};
  CHECK(hodges_lehmann_shift(early, term) == Approx(0.305));
  CHECK(hodges_lehmann_shift(term, early) == Approx(-0.305));
}

TEST_CASE("the Hodges-Lehmann shift of large samples is the median of all differences") {
  std::mt19937_64 random(7);
  for (const auto& [m, n] : {std::pair(101, 101), std::pair(100, 150), std::pair(501, 21)}) {
    std::vector<double> a, b, differences;
    for (int i = 0; i < m; ++i) a.push_back(static_cast<double>(random() % 1000) / 7 - 50);
    for (int i = 0; i < n; ++i) b.push_back(static_cast<double>(random() % 1000) / 11 - 70);
    for (const double x : a) {
      for (const double y : b) differences.push_back(y - x);
    }
    CHECK(hodges_lehmann_shift(a, b) == median(differences));
  }
}

TEST_CASE("Cliff's delta counts each pair once") {
  std::mt19937_64 random(8);
  std::vector<double> a, b;
  for (int i = 0; i < 200; ++i) a.push_back(static_cast<double>(random() % 50));
  for (int i = 0; i < 100; ++i) b.push_back(static_cast<double>(random() % 60));
  double balance = 0;
  for (const double x : a) {
    for (const double y : b) balance += (y > x) - (y < x);
  }
  CHECK(cliffs_delta(a, b) == Approx(balance / 20'000));
}

TEST_CASE("Cliff's delta of the example of R's effsize") {
  const std::array<double, 10> treatment = {10, 10, 20, 20, 20, 30, 30, 30, 40, 50};
  const std::array<double, 6> control = {10, 20, 30, 40, 40, 50};
  CHECK(cliffs_delta(control, treatment) == Approx(-0.25));
  CHECK(std::string(size_of_effect(-0.25)) == "small");
  CHECK(std::string(size_of_effect(0.1)) == "negligible");
  CHECK(std::string(size_of_effect(0.4)) == "medium");
  CHECK(std::string(size_of_effect(-0.5)) == "large");
  const std::array<double, 2> low = {1, 2}, high = {3, 4};
  CHECK(cliffs_delta(low, high) == 1);
  CHECK(cliffs_delta(high, low) == -1);
  CHECK(cliffs_delta(low, low) == 0);
}

}  // namespace
}  // namespace jotmill::statistics
