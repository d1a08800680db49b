#include "tools/statistics/queueing.h"

#include <array>
#include <cmath>

#include "support/catch.h"

namespace jotmill::statistics {
namespace {

TEST_CASE("Erlang B and C against the tables") {
  // Loads at which 1 % is lost, as every table of Erlang B has them.
  CHECK(erlang_b(5, 1.3608) == Approx(0.01).epsilon(0.002));
  CHECK(erlang_b(10, 4.4612) == Approx(0.01).epsilon(0.002));
  CHECK(erlang_b(20, 12.031) == Approx(0.01).epsilon(0.002));
  CHECK(erlang_b(100, 84.064) == Approx(0.01).epsilon(0.002));
  // One server: the utilisation. Two servers at 1 Erlang: 1/3.
  CHECK(erlang_c(1, 0.7) == Approx(0.7));
  CHECK(erlang_c(2, 1) == Approx(1.0 / 3));
  CHECK(erlang_c(10, 5) == Approx(0.0361).margin(5e-5));
  CHECK(erlang_c(3, 2) == Approx(4.0 / 9));
  CHECK(erlang_c(4, 4) == 1);
}

TEST_CASE("mean waits in closed form") {
  // M/M/1: rho / (1 - rho). M/D/1: half of it.
  CHECK(mmc_mean_wait({.servers = 1, .arrival_rate = 0.8, .service_mean = 1}) == Approx(4));
  CHECK(mdc_mean_wait({.servers = 1, .arrival_rate = 0.8, .service_mean = 1}) == Approx(2));
  CHECK(mdc_mean_wait({.servers = 1, .arrival_rate = 0.5, .service_mean = 2e-3 * 500}) ==
        Approx(0.5));
  // Allen and Cunneen is exact for M/G/1 (Pollaczek and Khinchine).
  CHECK(allen_cunneen_mean_wait(
            {.servers = 1, .arrival_rate = 0.8, .service_mean = 1, .service_scv = 0}) == Approx(2));
  CHECK(std::isinf(mmc_mean_wait({.servers = 2, .arrival_rate = 2, .service_mean = 1})));
}

TEST_CASE("M/M/c is simulated within 2 %") {
  for (const auto& [servers, load] : {std::pair<std::size_t, double>{1, 0.6}, {4, 3.2}, {8, 6}}) {
    const Queue queue{.servers = servers, .arrival_rate = load, .service_mean = 1};
    const Simulated seen = simulate(servers, load, exponential_service(1), 3'000'000);
    CAPTURE(servers, load);
    CHECK(seen.mean_wait == Approx(mmc_mean_wait(queue)).epsilon(0.02));
    CHECK(seen.waited == Approx(erlang_c(servers, load)).epsilon(0.02));
  }
}

TEST_CASE("M/D/c is simulated within 2 %") {
  for (const auto& [servers, load] : {std::pair<std::size_t, double>{1, 0.7}, {3, 2.4}, {8, 6.8}}) {
    const Queue queue{.servers = servers, .arrival_rate = load, .service_mean = 1};
    const Simulated seen = simulate(servers, load, constant_service(1), 1'500'000);
    CAPTURE(servers, load);
    CHECK(seen.mean_wait == Approx(mdc_mean_wait(queue)).epsilon(0.02));
  }
}

TEST_CASE("the quantile of M/M/1 and of its simulation") {
  // The sojourn of M/M/1 is exponential: its p99 is ln 100 / (mu - lambda).
  const std::array<ServiceClass, 1> one = {ServiceClass{.share = 1, .mean = 1, .scv = 1}};
  const Queue queue{.servers = 1, .arrival_rate = 0.7, .service_mean = 1};
  CHECK(sojourn_quantile(queue, one, 0.99) == Approx(std::log(100) / 0.3).epsilon(0.02));
  const Simulated seen = simulate(1, 0.7, mixed_service(one), 800'000);
  CHECK(seen.sojourn_quantile == Approx(std::log(100) / 0.3).epsilon(0.04));
}

TEST_CASE("a mix: moments of the whole, and formula against simulation") {
  const std::array<ServiceClass, 2> classes = {ServiceClass{.share = 0.75, .mean = 1, .scv = 0.2},
                                               ServiceClass{.share = 0.25, .mean = 3, .scv = 0}};
  CHECK(mean_of(classes) == Approx(1.5));
  // E[S^2] = 0.75 * 1.2 + 0.25 * 9 = 3.15
  CHECK(scv_of(classes) == Approx(3.15 / 2.25 - 1));
  const Queue queue{.servers = 4, .arrival_rate = 2, .service_mean = 1.5, .service_scv = 0.4};
  const Simulated seen = simulate(4, 2, mixed_service(classes), 600'000);
  CHECK(seen.mean_wait == Approx(allen_cunneen_mean_wait(queue)).epsilon(0.1));
  CHECK(seen.sojourn_quantile == Approx(sojourn_quantile(queue, classes, 0.99)).epsilon(0.1));
  CHECK(std::isinf(
      sojourn_quantile({.servers = 1, .arrival_rate = 2, .service_mean = 1}, classes, 0.9)));
}

}  // namespace
}  // namespace jotmill::statistics
