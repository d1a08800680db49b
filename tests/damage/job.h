#ifndef JOTMILL_TESTS_DAMAGE_JOB_H_
#define JOTMILL_TESTS_DAMAGE_JOB_H_

#include <string>

#include "jotmill/jotmill.hpp"
#include "support/catch.h"
#include "support/cpu_under_test.h"

namespace jotmill::damage {

/// RFC 7515 A.1 with its key: the one token of these captures, accepted without a time check.
inline constexpr const char* kKey =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
inline constexpr const char* kToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    "."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

inline RunOptions options_for(const std::string& path, unsigned threads = 1) {
  RunOptions options;
  options.keys = {KeySource{.path = "key", .content = kKey}};
  options.inputs = {path};
  options.format = InputFormat::kLines;
  options.threads = threads;
  options.cpu_mask = testing::cpu_mask_under_test();
  return options;
}

inline RunOutcome go(const RunOptions& options, const RunHooks& hooks = {}) {
  Result<RunOutcome> outcome = run(options, hooks);
  REQUIRE(outcome.ok());
  REQUIRE_FALSE(outcome.value().broken_invariant.has_value());
  return std::move(outcome).value();
}

inline std::uint64_t events(const RunOutcome& outcome, InputEventKind kind) {
  return outcome.report.events.counts[static_cast<std::size_t>(kind)];
}

}  // namespace jotmill::damage

#endif  // JOTMILL_TESTS_DAMAGE_JOB_H_
