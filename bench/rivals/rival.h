#ifndef JOTMILL_BENCH_RIVALS_RIVAL_H_
#define JOTMILL_BENCH_RIVALS_RIVAL_H_

// What the rivals of one thread have in common: they verify the lines of a file with one key, again
// and again until `seconds` are over, and print nanoseconds a token. A token that does not verify
// ends the program: a fast wrong answer is none.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace rival {

[[noreturn]] inline void stop(const std::string& why) {
  std::fprintf(stderr, "rival: %s\n", why.c_str());
  std::exit(1);
}

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) stop("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (lines.empty()) stop("no tokens in " + path);
  return lines;
}

/// Whole rounds over all tokens until the time is over; the first is dropped.
template <typename Verify>
int measure(const std::vector<std::string>& tokens, double seconds, Verify verify) {
  using Clock = std::chrono::steady_clock;
  const auto round = [&] {
    for (const std::string& token : tokens) {
      if (!verify(token)) stop("a token did not verify");
    }
  };
  round();
  const Clock::time_point start = Clock::now();
  std::size_t rounds = 0;
  double elapsed = 0;
  do {
    round();
    ++rounds;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  } while (elapsed < seconds);
  std::printf("%.3f\n", elapsed * 1e9 / static_cast<double>(rounds * tokens.size()));
  return 0;
}

}  // namespace rival

#endif  // JOTMILL_BENCH_RIVALS_RIVAL_H_
