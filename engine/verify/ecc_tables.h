#ifndef JOTMILL_VERIFY_ECC_TABLES_H_
#define JOTMILL_VERIFY_ECC_TABLES_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "core/alg.h"
#include "jotmill/work.h"
#include "kernels/ecc/ecc.h"
#include "keys/key_ring.h"

namespace jotmill {

/// The tables of the ES256 and Ed25519 keys of a ring, shared by all workers. A table is made when
/// a key has earned it: by then the signatures seen have shown that more will come. Published once,
/// then const; whoever holds one keeps it alive, so a table may be replaced or dropped at any time.
///
/// The lock is held to count and to hand out, never to build: while one worker builds, the others
/// go on with what there is (the smaller table, or OpenSSL). Which worker builds what, and when,
/// depends on timing; no verdict depends on a table.
class EccTables {
 public:
  /// Signatures of a key after which it has earned a table of this window. A table of 8 costs what
  /// ten to thirty verifications by OpenSSL cost; 128 leaves small inputs alone. The wider ones
  /// save a tenth to a third of a verification and cost 3 and 12 ms; bench/results has the
  /// break-even.
  struct Step {
    std::uint64_t signatures;
    std::uint32_t window;
  };
  static constexpr std::array<Step, 3> kSteps = {{{128, 8}, {50'000, 11}, {500'000, 13}}};

  /// Either kernel may be null: OpenSSL verifies that curve. `memory_bytes`: for all tables
  /// together.
  EccTables(const KeyRing& ring, const kernels::EccKernel* p256, const kernels::EccKernel* ed25519,
            std::size_t memory_bytes);
  ~EccTables();
  EccTables(const EccTables&) = delete;
  EccTables& operator=(const EccTables&) = delete;

  class Table;
  using Held = std::shared_ptr<const Table>;
  struct Pair {
    Held base, key;  ///< both or none
  };
  /// What there is for a key that has `signatures` more to verify; makes a better one when that has
  /// been earned and there is room. None: OpenSSL's. Any number of threads.
  Pair get(std::uint32_t key, std::size_t signatures);

  /// The kernel of a key of the ring, or null when no table could ever serve it.
  const kernels::EccKernel* kernel_of(std::uint32_t key) const;

  /// What there is now, in the order of the ring; key kNoKey is the base point of a curve.
  std::vector<TableUse> list() const;

 private:
  struct Slot;
  struct Building;

  bool reserve(std::size_t bytes);
  bool make_room(std::size_t bytes, const Slot& for_whom);
  Held make(const Slot& slot, std::uint32_t window);
  void grow(std::unique_lock<std::mutex>& lock, Slot& slot);

  const KeyRing& ring_;
  const std::array<const kernels::EccKernel*, 2> kernels_;
  const std::size_t memory_bytes_;
  std::shared_ptr<std::atomic<std::size_t>> used_bytes_;
  mutable std::mutex mutex_;
  std::vector<Slot> slots_;  ///< the two base points, then one a key material
  std::unordered_map<std::uint32_t, std::uint32_t> slot_of_material_;
};

/// The points of a table. Immutable.
class EccTables::Table {
 public:
  Table(std::size_t bytes, std::shared_ptr<std::atomic<std::size_t>> used_bytes);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::uint64_t* lines = nullptr;
  std::uint32_t window = 0;
  std::size_t bytes = 0;
  std::uint64_t build_ns = 0;

 private:
  std::shared_ptr<std::atomic<std::size_t>> used_bytes_;
};

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_ECC_TABLES_H_
