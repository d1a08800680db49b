#ifndef JOTMILL_TESTS_SUPPORT_CPU_UNDER_TEST_H_
#define JOTMILL_TESTS_SUPPORT_CPU_UNDER_TEST_H_

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "cpu/features.h"

namespace jotmill::testing {

/// The features that JOTMILL_TEST_CPU_MASK takes away ("avx2,sha_ni"), in the form of
/// RunOptions::cpu_mask; none: empty. tests/masked/run goes through them.
inline std::vector<std::string> cpu_mask_under_test() {
  const char* const text = std::getenv("JOTMILL_TEST_CPU_MASK");
  if (text == nullptr || *text == '\0') return {};
  return {text};
}

/// What tests take for the CPU: this one, without those features and all that builds on them.
inline CpuMask cpu_under_test() {
  CpuMask cpu = detect_cpu();
  for (const std::string& list : cpu_mask_under_test()) {
    const ParsedCpuMask removed = parse_features(list);
    // A mask with a slip in it would test the whole CPU and say it had not.
    if (!removed.ok())
      throw std::runtime_error("JOTMILL_TEST_CPU_MASK: no CPU feature named " + removed.unknown);
    cpu = remove_features(cpu, removed.mask);
  }
  return cpu;
}

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_CPU_UNDER_TEST_H_
