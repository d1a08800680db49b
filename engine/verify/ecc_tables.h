#ifndef JOTMILL_VERIFY_ECC_TABLES_H_
#define JOTMILL_VERIFY_ECC_TABLES_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "jotmill/keys.h"
#include "jotmill/work.h"
#include "kernels/ecc/ecc.h"
#include "keys/key_ring.h"

namespace jotmill {

/// What verifies the signatures of a curve.
struct EccCurve {
  const kernels::EccKernel* kernel = nullptr;  ///< null: OpenSSL
  std::uint32_t lanes = 1;
  /// The kernel was asked for by name: a key has its table from its first signature on.
  bool forced = false;
};

/// The tables of the ES256 and Ed25519 keys of a ring, shared by all workers. A table is made when
/// a key has earned it: by then the signatures seen have shown that more will come. Published once,
/// then const; whoever holds one keeps it alive, so a table may be replaced or dropped at any time.
///
/// The lock is held to count and to hand out, never to build: while one worker builds, the others
/// go on with what there is (the smaller table, or OpenSSL). Which worker builds what, and when,
/// depends on timing; no verdict depends on a table.
///
/// Memory: never more than what was allowed, replaced tables that somebody still reads included.
/// Wide tables leave room for a small one for each key that has none (but not more than half of all
/// for that); when there is no room even for a small one, those of keys that were used far less of
/// late give theirs up, or the key stays with OpenSSL.
class EccTables {
 public:
  /// Signatures of a key (for a base point: of all its keys) after which it has earned a table of
  /// this window: by then it would have saved about what it costs, as measured for the variants
  /// with which it saves the least (bench/results). The first step is far above that (22
  /// signatures), so that small inputs do not pay for tables.
  struct Step {
    std::uint64_t signatures;
    std::uint32_t window;
  };
  static constexpr std::array<Step, 3> kSteps = {{{128, 8}, {10'000, 11}, {200'000, 13}}};
  /// The table of a key for which there is no room for a better one: a third of its memory.
  static constexpr std::uint32_t kTightWindow = 6;

  EccTables(const KeyRing& ring, const EccCurve& p256, const EccCurve& ed25519,
            std::size_t memory_bytes);
  ~EccTables();
  EccTables(const EccTables&) = delete;
  EccTables& operator=(const EccTables&) = delete;

  class Table;
  using Held = std::shared_ptr<const Table>;
  struct Pair {
    Held base, key;     ///< both or none
    bool soon = false;  ///< none, but another worker is just making it
  };
  /// What there is for a key that has `signatures` more to verify; makes a better one when that has
  /// been earned and there is room. None: OpenSSL's. Any number of threads. With 0 it only asks
  /// again.
  Pair get(std::uint32_t key, std::size_t signatures);

  /// The curve of a key of the ring, or null when no table could ever serve it.
  const EccCurve* curve_of(std::uint32_t key) const;

  /// What there is now, in the order of the ring; key kNoKey is the base point of a curve.
  std::vector<TableUse> list() const;

 private:
  struct Slot;

  std::uint64_t heat(const Slot& slot) const;
  void count(Slot& slot, std::size_t signatures);
  std::uint32_t earned_window(const Slot& slot) const;
  bool reserve(std::size_t bytes, std::size_t limit_bytes);
  std::uint32_t reserve_better(const Slot& slot, std::uint32_t earned);
  bool make_room(std::size_t bytes, const Slot& for_whom);
  Held make(const Slot& slot, std::uint32_t window, bool* refused);
  void grow(std::unique_lock<std::mutex>& lock, Slot& slot);
  void publish(Slot& slot, Held table);

  const KeyRing& ring_;
  const std::array<EccCurve, 2> curves_;
  const std::size_t memory_bytes_;
  std::shared_ptr<std::atomic<std::size_t>> used_bytes_;
  mutable std::mutex mutex_;
  std::vector<Slot> slots_;  ///< the two base points, then one a key material
  std::vector<std::uint32_t> slot_of_key_;
  std::vector<std::uint32_t> with_table_;  ///< slots of keys, in no order
  std::uint64_t seen_ = 0;                 ///< signatures of all keys
};

/// The points of a table. Immutable once published.
class EccTables::Table {
 public:
  Table(std::size_t bytes, std::shared_ptr<std::atomic<std::size_t>> used_bytes);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::uint64_t* lines = nullptr;  ///< null: memory ran out
  std::uint32_t window = 0;
  std::size_t bytes = 0;

 private:
  std::shared_ptr<std::atomic<std::size_t>> used_bytes_;
};

/// The tables that this key can earn, smallest first, with what they take. Empty: OpenSSL verifies
/// it, whatever the input (another curve or no kernel for it, a refused key, Ed25519 outside the
/// subgroup of prime order, which is found out here in half a millisecond). Throws std::bad_alloc.
std::vector<TableOffer> table_offers(const PreparedKey& key, const EccCurve& p256,
                                     const EccCurve& ed25519);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_ECC_TABLES_H_
