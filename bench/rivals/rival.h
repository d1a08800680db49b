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
#include <limits>
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

/// One token after the other until the time is over, from the first again behind the last; as long
/// before that, or over all of them, to warm up. The clock is asked every kStep tokens.
template <typename Verify>
int measure(const std::vector<std::string>& tokens, double seconds, Verify verify) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kStep = 64;
  std::size_t next = 0;
  const auto verify_until = [&](double most_seconds, std::size_t most_tokens) {
    const Clock::time_point start = Clock::now();
    std::size_t done = 0;
    double elapsed = 0;
    while (elapsed < most_seconds && done < most_tokens) {
      for (std::size_t i = 0; i < kStep; ++i) {
        if (!verify(tokens[next])) stop("a token did not verify");
        next = next + 1 == tokens.size() ? 0 : next + 1;
      }
      done += kStep;
      elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return elapsed * 1e9 / static_cast<double>(done);
  };
  verify_until(seconds, tokens.size());
  std::printf("%.3f\n", verify_until(seconds, std::numeric_limits<std::size_t>::max()));
  return 0;
}

}  // namespace rival

#endif  // JOTMILL_BENCH_RIVALS_RIVAL_H_
