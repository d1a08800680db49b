#ifndef JOTMILL_TOOLS_STATISTICS_QUEUEING_H_
#define JOTMILL_TOOLS_STATISTICS_QUEUEING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "tools/statistics/bootstrap.h"

/// Waiting lines with c equal servers, first come first served. Times in any one unit; rates in its
/// reciprocal.
namespace jotmill::statistics {

/// Share of arrivals lost with c servers and no waiting room, at `load` Erlangs (Erlang B 1917).
double erlang_b(std::size_t servers, double load);
/// Share of arrivals that have to wait (Erlang C 1917). 1 when load >= servers.
double erlang_c(std::size_t servers, double load);

/// A queue in steady state.
struct Queue {
  std::size_t servers = 1;
  double arrival_rate = 0;
  double service_mean = 0;
  double service_scv = 1;  ///< variance / mean^2: 1 exponential, 0 constant
  double arrival_scv = 1;  ///< 1: Poisson
  double load() const { return arrival_rate * service_mean; }
  double utilisation() const { return load() / static_cast<double>(servers); }
  bool stable() const { return utilisation() < 1; }
};

/// Mean time in the queue of M/M/c; infinite when it is not stable.
double mmc_mean_wait(const Queue& queue);
/// Mean time in the queue of M/D/c (Crommelin 1932), exact.
double mdc_mean_wait(const Queue& queue);
/// Mean time in the queue of G/G/c: Allen and Cunneen's M/M/c times (ca^2 + cs^2) / 2. Exact for
/// M/M/c and for M/G/1.
double allen_cunneen_mean_wait(const Queue& queue);

/// One kind of work: how often, how long, and how much that varies within the kind.
struct ServiceClass {
  double share = 1;  ///< of the arrivals; shares sum to 1
  double mean = 0;
  double scv = 0;
};
double mean_of(std::span<const ServiceClass> classes);
double scv_of(std::span<const ServiceClass> classes);

/// The time in the system that a share `of` of the arrivals does not exceed: those that wait do so
/// exponentially, with the mean of Allen and Cunneen, and are then served as their class says.
double sojourn_quantile(const Queue& queue, std::span<const ServiceClass> classes, double of);

struct Simulated {
  double mean_wait = 0;
  double waited = 0;            ///< share of arrivals
  double sojourn_quantile = 0;  ///< the share asked for
  std::size_t arrivals = 0;     ///< counted, without the warm-up
};

/// Draws a service time. Must be positive.
using ServiceTime = std::function<double(Random&)>;
/// Exponential, constant, or gamma with the mean and scv of a class drawn by share.
ServiceTime exponential_service(double mean);
ServiceTime constant_service(double mean);
ServiceTime mixed_service(std::span<const ServiceClass> classes);

/// Discrete-event simulation with Poisson arrivals: each goes to the server that is free first. The
/// first tenth is warm-up.
Simulated simulate(std::size_t servers, double arrival_rate, const ServiceTime& service,
                   std::size_t arrivals, double quantile_share = 0.99,
                   std::uint64_t seed = kBootstrapSeed);

}  // namespace jotmill::statistics

#endif  // JOTMILL_TOOLS_STATISTICS_QUEUEING_H_
