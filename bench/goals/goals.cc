// The goals as ratios: kernels beside what OpenSSL does with everything prepared, in interleaved
// rounds on one pinned core.
//
//   goals [ROUNDS [SECTION...]]       default: 15 rounds of all sections
//
// Prints one JSON object: for each measure the median and the quartiles over the rounds. A ratio is
// made of numbers of the same round.

#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpu/features.h"
#include "goals/section.h"
#include "jotmill/jotmill.hpp"

namespace {

using namespace jotmill;

struct Named {
  std::string_view name;
  bench::Section (*make)();
};
constexpr Named kSections[] = {{"rsa", bench::make_rsa_section}, {"ecc", bench::make_ecc_section}};

void pin_to_one_core() {
  cpu_set_t set;
  bench::require(::sched_getaffinity(0, sizeof set, &set) == 0, "cannot read the affinity");
  int core = 0;
  while (!CPU_ISSET(core, &set)) ++core;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  bench::require(::sched_setaffinity(0, sizeof set, &set) == 0, "cannot set the affinity");
}

std::vector<bench::Section> make_sections(int argc, char** argv) {
  std::vector<bench::Section> sections;
  for (const Named& one : kSections) {
    bool wanted = argc <= 2;
    for (int i = 2; i < argc; ++i) wanted = wanted || argv[i] == one.name;
    if (wanted) sections.push_back(one.make());
  }
  bench::require(!sections.empty(), "no such section");
  return sections;
}

void print(const std::map<std::string, std::vector<double>>& seen, int rounds) {
  const BuildInfo& build = build_info();
  std::printf(
      "{\"program\":\"goals\",\"commit\":\"%s\",\"compiler\":\"%s\",\"openssl\":\"%s\","
      "\"cpu\":\"%s\",\"rounds\":%d",
      build.commit.c_str(), build.compiler.c_str(), build.libraries[0].c_str(), cpu_brand().c_str(),
      rounds);
  for (const auto& [name, unsorted] : seen) {
    std::vector<double> values = unsorted;
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    std::printf(",\n \"%s\":{\"q25\":%.4g,\"median\":%.4g,\"q75\":%.4g}", name.c_str(),
                values[n / 4], values[n / 2], values[n - 1 - n / 4]);
  }
  std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  bench::require(rounds >= 3, "at least 3 rounds");
  pin_to_one_core();
  const std::vector<bench::Section> sections = make_sections(argc, argv);
  bench::Measures warm_up;
  for (const bench::Section& section : sections) section(warm_up);
  std::map<std::string, std::vector<double>> seen;
  for (int round = 0; round < rounds; ++round) {
    bench::Measures now;
    for (const bench::Section& section : sections) section(now);
    for (const auto& [name, value] : now) seen[name].push_back(value);
  }
  print(seen, rounds);
  return 0;
}
