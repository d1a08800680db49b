#ifndef JOTMILL_CORE_BATCH_WORK_H_
#define JOTMILL_CORE_BATCH_WORK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "jotmill/work.h"

namespace jotmill {

/// What computes a signature check: the kernels of room E, and what stands in for them.
enum class WorkKernel : std::uint8_t { kSha256, kSha512, kRsa, kP256, kEd25519, kOpenssl, kMemo };
inline constexpr std::size_t kWorkKernels = 7;
/// As --kernels and the report name them; kOpenssl and kMemo are no kernels that could be chosen.
inline constexpr std::array<std::string_view, kWorkKernels> kWorkKernelNames = {
    "sha256", "sha512", "rsa", "p256", "ed25519", "openssl", "memo"};

/// How the work on one batch went: no fact about its tokens, so it differs with chunks, threads and
/// kernels.
struct BatchWork {
  std::array<LaneUse, kWorkKernels> lanes{};
  MemoUse memo, headers;
  CrossChecks cross_checks;

  LaneUse& of(WorkKernel kernel) { return lanes[static_cast<std::size_t>(kernel)]; }
  void add(const BatchWork& other) {
    for (std::size_t i = 0; i < kWorkKernels; ++i) lanes[i].add(other.lanes[i]);
    memo.add(other.memo);
    headers.add(other.headers);
    cross_checks.add(other.cross_checks);
  }
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_BATCH_WORK_H_
