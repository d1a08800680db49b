#ifndef JOTMILL_WORK_H_
#define JOTMILL_WORK_H_

#include <cstdint>

namespace jotmill {

/// How full the lanes of a kernel were: work that was there, over what the lanes could have taken
/// in the same steps. Hashes count blocks, signatures count signatures.
struct LaneUse {
  std::uint64_t used = 0;
  std::uint64_t total = 0;
  void add(const LaneUse& other) {
    used += other.used;
    total += other.total;
  }
};

/// How often a memo knew the answer.
struct MemoUse {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  void add(const MemoUse& other) {
    hits += other.hits;
    misses += other.misses;
  }
};

/// Signatures that were verified once more by OpenSSL (--cross-check).
struct CrossChecks {
  std::uint64_t checked = 0;
  std::uint64_t disagreed = 0;
  void add(const CrossChecks& other) {
    checked += other.checked;
    disagreed += other.disagreed;
  }
};

}  // namespace jotmill

#endif  // JOTMILL_WORK_H_
