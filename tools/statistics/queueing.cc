#include "tools/statistics/queueing.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace jotmill::statistics {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// P(N >= k) of a Poisson number with mean m.
double poisson_tail(double k, double m) { return k <= 0 ? 1 : boost::math::gamma_p(k, m); }

struct Piece {
  double share, time;
};

/// The service times of all classes as a list of equally likely pieces within each class.
std::vector<Piece> pieces_of(std::span<const ServiceClass> classes) {
  constexpr std::size_t kPieces = 40;
  std::vector<Piece> pieces;
  for (const ServiceClass& one : classes) {
    if (one.share <= 0) continue;
    if (one.scv < 1e-6) {
      pieces.push_back({one.share, one.mean});
      continue;
    }
    const boost::math::gamma_distribution<> times(1 / one.scv, one.mean * one.scv);
    for (std::size_t i = 0; i < kPieces; ++i) {
      const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(kPieces);
      pieces.push_back(
          {one.share / static_cast<double>(kPieces), boost::math::quantile(times, at)});
    }
  }
  return pieces;
}

double exponential(Random& random) { return -std::log1p(-uniform(random)); }

/// Marsaglia and Tsang 2000, for shapes below 1 with a power of a uniform number.
double gamma_draw(double shape, Random& random) {
  if (shape < 1) return gamma_draw(shape + 1, random) * std::pow(1 - uniform(random), 1 / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double r = std::sqrt(2 * exponential(random));
    const double x = r * std::cos(6.283185307179586 * uniform(random));
    const double v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    const double u = 1 - uniform(random);
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

}  // namespace

double erlang_b(std::size_t servers, double load) {
  double b = 1;
  for (std::size_t n = 1; n <= servers; ++n) b = load * b / (static_cast<double>(n) + load * b);
  return b;
}

double erlang_c(std::size_t servers, double load) {
  const auto c = static_cast<double>(servers);
  if (load >= c) return 1;
  const double b = erlang_b(servers, load);
  return c * b / (c - load * (1 - b));
}

double mmc_mean_wait(const Queue& queue) {
  if (!queue.stable()) return kInfinite;
  const double spare = static_cast<double>(queue.servers) - queue.load();
  return erlang_c(queue.servers, queue.load()) * queue.service_mean / spare;
}

double mdc_mean_wait(const Queue& queue) {
  if (!queue.stable()) return kInfinite;
  const double a = queue.load(), c = static_cast<double>(queue.servers);
  double sum = 0;
  for (double i = 1; i < 1e6; ++i) {
    const double term = poisson_tail(i * c, i * a) - c / a * poisson_tail(i * c + 1, i * a);
    sum += term;
    if (std::abs(term) < 1e-12 * std::max(sum, 1e-12)) break;
  }
  return queue.service_mean * std::max(0.0, sum);
}

double allen_cunneen_mean_wait(const Queue& queue) {
  return mmc_mean_wait(queue) * 0.5 * (queue.arrival_scv + queue.service_scv);
}

double mean_of(std::span<const ServiceClass> classes) {
  double sum = 0;
  for (const ServiceClass& one : classes) sum += one.share * one.mean;
  return sum;
}

double scv_of(std::span<const ServiceClass> classes) {
  const double middle = mean_of(classes);
  double square = 0;
  for (const ServiceClass& one : classes) square += one.share * one.mean * one.mean * (1 + one.scv);
  return middle > 0 ? std::max(0.0, square / (middle * middle) - 1) : 0;
}

double sojourn_quantile(const Queue& queue, std::span<const ServiceClass> classes, double of) {
  if (!queue.stable()) return kInfinite;
  const double waits = erlang_c(queue.servers, queue.load());
  const double mean_wait = allen_cunneen_mean_wait(queue);
  const double mean_of_waiters = waits > 0 ? mean_wait / waits : 0;
  const std::vector<Piece> pieces = pieces_of(classes);
  const auto beyond = [&](double t) {
    double share = 0;
    for (const Piece& piece : pieces) {
      if (t < piece.time) {
        share += piece.share;
      } else if (mean_of_waiters > 0) {
        share += piece.share * waits * std::exp(-(t - piece.time) / mean_of_waiters);
      }
    }
    return share;
  };
  double low = 0, high = std::max(queue.service_mean, 1e-300);
  while (beyond(high) > 1 - of && high < 1e300) high *= 2;
  for (int i = 0; i < 80; ++i) {
    const double middle = 0.5 * (low + high);
    (beyond(middle) > 1 - of ? low : high) = middle;
  }
  return high;
}

ServiceTime exponential_service(double mean_time) {
  return [mean_time](Random& random) { return mean_time * exponential(random); };
}

ServiceTime constant_service(double mean_time) {
  return [mean_time](Random&) { return mean_time; };
}

ServiceTime mixed_service(std::span<const ServiceClass> classes) {
  return [kinds = std::vector<ServiceClass>(classes.begin(), classes.end())](Random& random) {
    double left = uniform(random);
    std::size_t i = 0;
    for (; i + 1 < kinds.size() && left >= kinds[i].share; ++i) left -= kinds[i].share;
    const ServiceClass& one = kinds[i];
    if (one.scv < 1e-6) return one.mean;
    return one.mean * one.scv * gamma_draw(1 / one.scv, random);
  };
}

Simulated simulate(std::size_t servers, double arrival_rate, const ServiceTime& service,
                   std::size_t arrivals, double quantile_share, std::uint64_t seed) {
  Random random(seed);
  // Times at which the servers are free, the earliest in front.
  std::vector<double> free(servers, 0.0);
  const auto later = [](double a, double b) { return a > b; };
  std::vector<double> sojourns;
  sojourns.reserve(arrivals);
  const std::size_t warm_up = arrivals / 10;
  double now = 0, waited_sum = 0;
  std::size_t waited = 0;
  for (std::size_t i = 0; i < arrivals; ++i) {
    now += exponential(random) / arrival_rate;
    std::pop_heap(free.begin(), free.end(), later);
    const double start = std::max(now, free.back());
    const double time = service(random);
    free.back() = start + time;
    std::push_heap(free.begin(), free.end(), later);
    if (i < warm_up) continue;
    waited_sum += start - now;
    waited += start > now ? 1 : 0;
    sojourns.push_back(start - now + time);
  }
  const std::size_t counted = sojourns.size();
  if (counted == 0) return {};
  const auto place = sojourns.begin() +
                     static_cast<std::ptrdiff_t>(quantile_share * static_cast<double>(counted - 1));
  std::nth_element(sojourns.begin(), place, sojourns.end());
  return {.mean_wait = waited_sum / static_cast<double>(counted),
          .waited = static_cast<double>(waited) / static_cast<double>(counted),
          .sojourn_quantile = *place,
          .arrivals = counted};
}

}  // namespace jotmill::statistics
