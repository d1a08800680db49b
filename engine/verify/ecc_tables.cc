#include "verify/ecc_tables.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>
#include <utility>

#include "core/batch.h"
#include "kernels/ed25519/ed25519.h"
#include "kernels/p256/p256.h"

namespace jotmill {
namespace {

constexpr std::size_t kP256 = 0, kEd25519 = 1;

std::size_t curve_index(const PreparedKey& key) {
  return key.curve == Curve::kP256 ? kP256 : kEd25519;
}
std::size_t scalar_bits(std::size_t curve) {
  return curve == kP256 ? std::size_t{kernels::kP256ScalarBits}
                        : std::size_t{kernels::kEd25519ScalarBits};
}
bool has_kernel_curve(const PreparedKey& key) {
  return !key.refused() && (key.curve == Curve::kP256 || key.curve == Curve::kEd25519);
}

/// The widest window that this many signatures have earned; 0: none.
std::uint32_t earned_window(std::uint64_t signatures) {
  std::uint32_t window = 0;
  for (const EccTables::Step& step : EccTables::kSteps) {
    if (signatures >= step.signatures) window = step.window;
  }
  return window;
}

}  // namespace

EccTables::Table::Table(std::size_t size, std::shared_ptr<std::atomic<std::size_t>> used)
    : lines(static_cast<std::uint64_t*>(std::aligned_alloc(64, size))),
      bytes(size),
      used_bytes_(std::move(used)) {}

EccTables::Table::~Table() {
  std::free(lines);
  used_bytes_->fetch_sub(bytes, std::memory_order_relaxed);
}

/// A key material, or a base point.
struct EccTables::Slot {
  std::size_t curve = kP256;
  std::uint32_t key = kNoKey;  ///< first key of the ring with this material
  std::uint64_t seen = 0;      ///< signatures
  std::uint64_t retry_at = 0;  ///< `seen` before which it is not worth asking for room again
  bool building = false;
  bool refused = false;  ///< the kernel makes no table for it
  Held table;
};

EccTables::EccTables(const KeyRing& ring, const kernels::EccKernel* p256,
                     const kernels::EccKernel* ed25519, std::size_t memory_bytes)
    : ring_(ring),
      kernels_{p256, ed25519},
      memory_bytes_(memory_bytes),
      used_bytes_(std::make_shared<std::atomic<std::size_t>>(0)) {
  slots_.resize(2);
  slots_[kEd25519].curve = kEd25519;
  for (std::uint32_t i = 0; i < ring.keys().size(); ++i) {
    const PreparedKey& key = ring.keys()[i];
    if (!has_kernel_curve(key)) continue;
    const auto [at, is_new] =
        slot_of_material_.try_emplace(key.material, static_cast<std::uint32_t>(slots_.size()));
    if (!is_new) continue;
    Slot slot;
    slot.curve = curve_index(key);
    slot.key = i;
    slots_.push_back(std::move(slot));
  }
}

EccTables::~EccTables() = default;

const kernels::EccKernel* EccTables::kernel_of(std::uint32_t key) const {
  const PreparedKey& row = ring_.keys()[key];
  return has_kernel_curve(row) ? kernels_[curve_index(row)] : nullptr;
}

bool EccTables::reserve(std::size_t bytes) {
  std::size_t used = used_bytes_->load(std::memory_order_relaxed);
  while (used + bytes <= memory_bytes_) {
    if (used_bytes_->compare_exchange_weak(used, used + bytes, std::memory_order_relaxed))
      return true;
  }
  return false;
}

/// Takes the tables of keys that are used far less than this one, until there is room; with the
/// lock held. Memory that another worker still reads comes back when it is done.
bool EccTables::make_room(std::size_t bytes, const Slot& for_whom) {
  while (!reserve(bytes)) {
    Slot* least = nullptr;
    for (std::size_t i = 2; i < slots_.size(); ++i) {
      Slot& slot = slots_[i];
      if (!slot.table || slot.building || slot.seen >= for_whom.seen / 4) continue;
      if (least == nullptr || slot.seen < least->seen) least = &slot;
    }
    if (least == nullptr) return false;
    least->retry_at = 2 * least->seen;
    least->table.reset();
  }
  return true;
}

/// Room is reserved; no lock is held. Null when memory ran out or the kernel refuses the key.
EccTables::Held EccTables::make(const Slot& slot, std::uint32_t window) {
  const auto start = std::chrono::steady_clock::now();
  const auto table = std::make_shared<Table>(
      kernels::ecc_table_bytes(scalar_bits(slot.curve), window), used_bytes_);
  if (table->lines == nullptr) return nullptr;
  std::array<std::uint8_t, 64> point{};
  const std::uint8_t* bytes = point.data();
  if (slot.key == kNoKey) {
    bytes = slot.curve == kP256 ? kernels::kP256BasePoint : kernels::kEd25519BasePoint;
  } else {
    const PreparedKey& key = ring_.keys()[slot.key];
    std::copy(key.x.begin(), key.x.end(), point.begin());
    std::copy(key.y.begin(), key.y.end(), point.begin() + 32);
  }
  if (!kernels_[slot.curve]->build(bytes, window, table->lines)) return nullptr;
  table->window = window;
  table->build_ns = static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count());
  return table;
}

/// Gives the slot the table that it has earned, if there is room; with the lock held, except while
/// it builds.
void EccTables::grow(std::unique_lock<std::mutex>& lock, Slot& slot) {
  const std::uint32_t have = slot.table ? slot.table->window : 0;
  const std::uint32_t window = earned_window(slot.seen);
  if (window <= have || slot.building || slot.refused || slot.seen < slot.retry_at) return;
  const std::size_t bytes = kernels::ecc_table_bytes(scalar_bits(slot.curve), window);
  if (!(have == 0 ? make_room(bytes, slot) : reserve(bytes))) {
    slot.retry_at = 2 * slot.seen;
    return;
  }
  slot.building = true;
  lock.unlock();
  Held made;
  try {
    made = make(slot, window);
  } catch (const std::bad_alloc&) {
    used_bytes_->fetch_sub(bytes, std::memory_order_relaxed);
  }
  lock.lock();
  slot.building = false;
  if (made) {
    slot.table = std::move(made);
  } else if (have == 0) {
    slot.refused = true;
  } else {
    slot.retry_at = 2 * slot.seen;
  }
}

EccTables::Pair EccTables::get(std::uint32_t key, std::size_t signatures) {
  if (kernel_of(key) == nullptr) return {};
  const auto found = slot_of_material_.find(ring_.keys()[key].material);
  std::unique_lock<std::mutex> lock(mutex_);
  Slot& slot = slots_[found->second];
  Slot& base = slots_[slot.curve];
  slot.seen += signatures;
  base.seen += signatures;
  if (earned_window(slot.seen) == 0 || slot.refused) return {};
  grow(lock, base);
  if (!base.table) return {};
  grow(lock, slot);
  if (!slot.table || !base.table) return {};
  return {base.table, slot.table};
}

std::vector<TableUse> EccTables::list() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<TableUse> rows;
  for (const Slot& slot : slots_) {
    if (!slot.table) continue;
    rows.push_back(
        {.key = slot.key,
         .ed25519 = slot.curve == kEd25519,
         .facts = {slot.table->window, slot.table->bytes, slot.table->build_ns, slot.seen}});
  }
  return rows;
}

}  // namespace jotmill
