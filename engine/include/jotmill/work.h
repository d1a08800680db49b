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

/// A table as a report has it; of several runs the widest, and what all of them spent.
struct TableFacts {
  std::uint64_t window = 0;  ///< bits a window
  std::uint64_t bytes = 0;
  std::uint64_t build_ns = 0;
  std::uint64_t signatures = 0;  ///< that counted towards it
  void add(const TableFacts& other) {
    window = window < other.window ? other.window : window;
    bytes = bytes < other.bytes ? other.bytes : bytes;
    build_ns += other.build_ns;
    signatures += other.signatures;
  }
};

/// A table of multiples of a key, which makes its ES256 or Ed25519 signatures cheap to verify.
struct TableUse {
  std::uint32_t key = 0xFFFFFFFF;  ///< index into the ring; 0xFFFFFFFF: the curve's base point
  bool ed25519 = false;            ///< else P-256
  TableFacts facts;
};

}  // namespace jotmill

#endif  // JOTMILL_WORK_H_
