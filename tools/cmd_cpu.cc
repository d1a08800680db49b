#include <fmt/format.h>

#include <algorithm>

#include "jotmill/jotmill.hpp"
#include "tools/commands.h"
#include "tools/help.h"
#include "tools/options/new_command.h"
#include "tools/options/policy.h"
#include "tools/output.h"
#include "tools/safe_text.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Shows the kernels built in, the ones chosen on this machine and why, their self-tests and "
    "their speed, measured for a second each.";

constexpr const char* kFooter =
    R"(The environment variable JOTMILL_CPU_MASK=NAME,NAME takes CPU features away from
the kernels of every command (names as listed here), to see what a lesser
machine would do.

Examples:
  jotmill cpu
  jotmill cpu --no-rate
  JOTMILL_CPU_MASK=avx2 jotmill cpu
  jotmill verify --kernels base64url=scalar --keys keys.json tokens.txt

Exit codes: 0, 2 bad usage, 4 output failed, 5 a self-test failed,
141 the reader of our output went away.
)";

constexpr double kMeasureSeconds = 1;

std::string rate_text(const KernelInfo& kernel) {
  if (kernel.rate <= 0) return "-";
  constexpr std::string_view kPrefixes = " kMGT";
  double rate = kernel.rate;
  std::size_t prefix = 0;
  for (; rate >= 1000 && prefix + 1 < kPrefixes.size(); ++prefix) rate /= 1000;
  const std::string base = kernel.rate_unit == "characters/s" ? "char/s"
                           : kernel.rate_unit == "bytes/s"    ? "B/s"
                                                              : kernel.rate_unit;
  const std::string unit = prefix == 0 ? base : kPrefixes[prefix] + base;
  return fmt::format("{:.3g} {}", rate, unit);
}

std::string self_test_text(const KernelInfo& kernel) {
  if (!kernel.self_test_ok) return "FAILED";  // which is why it does not run here
  return kernel.can_run ? "ok" : "-";
}

constexpr std::string_view kRow = "  {:<10}{:<17}{:<5}{:<7}{:<7}{:<16}";
constexpr std::size_t kWhyColumn = 64;

std::string inventory_text(const std::vector<KernelInfo>& kernels) {
  std::string out =
      fmt::format(kRow, "kernel", "variant", "runs", "chosen", "tested", "rate") + "why\n";
  for (const KernelInfo& kernel : kernels) {
    out += fmt::format(kRow, kernel.kernel, kernel.variant, kernel.can_run ? "yes" : "no",
                       kernel.chosen ? "yes" : "-", self_test_text(kernel), rate_text(kernel));
    out += wrapped(printable(kernel.why), kWhyColumn) + '\n';
  }
  return out;
}

int list_kernels(const Given& given) {
  const bool measure = !given.has("--no-rate");
  const std::vector<std::string> mask = cpu_mask_of_environment();
  const auto features = cpu_feature_names(mask);
  if (!features) return fail(features.error());
  const auto inventory = kernel_inventory(mask, measure ? kMeasureSeconds : 0);
  if (!inventory) return fail(inventory.error());
  const std::vector<KernelInfo>& kernels = inventory.value();
  std::string out = "CPU features found\n  ";
  out += features.value().empty() ? "none that a kernel uses"
                                  : wrapped(fmt::format("{}", fmt::join(features.value(), " ")), 2);
  if (!mask.empty()) {
    out += "\nwithout (JOTMILL_CPU_MASK)\n  " +
           wrapped(printable(fmt::format("{}", fmt::join(mask, " "))), 2);
  }
  out += "\n\nkernels\n" + inventory_text(kernels);
  const int printed = print(out);
  if (printed != kExitOk) return printed;
  const bool failed =
      std::ranges::any_of(kernels, [](const KernelInfo& kernel) { return !kernel.self_test_ok; });
  if (failed) say("a kernel failed its self-test; verify does not use it");
  return failed ? kExitInternal : kExitOk;
}

}  // namespace

void add_cpu(CLI::App& app, int& exit_code) {
  NewCommand command(app, "cpu", kDescription, kFooter);
  command.flag("--no-rate", "", "do not measure, list only");
  command.runs(list_kernels, exit_code);
}

}  // namespace jotmill::tools
