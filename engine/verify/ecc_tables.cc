#include "verify/ecc_tables.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

#include "core/batch.h"
#include "core/check.h"
#include "kernels/ed25519/ed25519.h"
#include "kernels/p256/p256.h"

namespace jotmill {
namespace {

constexpr std::size_t kP256 = 0, kEd25519 = 1;
constexpr std::uint32_t kNoSlot = std::numeric_limits<std::uint32_t>::max();

/// A key that got no room, or lost it, asks again after as many signatures as earn a first table:
/// making and dropping tables never costs more than that.
constexpr std::uint64_t kAskAgainAfter = EccTables::kSteps[0].signatures;

/// What a key was used of late counts half as much after this many signatures of all keys.
constexpr std::uint64_t kHalfLife = std::uint64_t{1} << 18;

std::size_t curve_index(const PreparedKey& key) {
  return key.curve == Curve::kP256 ? kP256 : kEd25519;
}
std::size_t table_bytes(std::size_t curve, std::uint32_t window) {
  return kernels::ecc_table_bytes(curve == kP256 ? std::size_t{kernels::kP256ScalarBits}
                                                 : std::size_t{kernels::kEd25519ScalarBits},
                                  window);
}
/// Keys in a form that a kernel takes; what loads keys has checked more than this.
bool has_kernel_curve(const PreparedKey& key) {
  if (key.refused()) return false;
  if (key.type == KeyType::kEc && key.curve == Curve::kP256)
    return key.x.size() == 32 && key.y.size() == 32;
  return key.type == KeyType::kOkp && key.curve == Curve::kEd25519 && key.x.size() == 32;
}

/// As EccKernel::build takes it.
std::array<std::uint8_t, 64> point_of(const PreparedKey& key) {
  std::array<std::uint8_t, 64> point{};
  JM_CHECK(key.x.size() == 32 && (key.y.empty() || key.y.size() == 32));
  std::copy(key.x.begin(), key.x.end(), point.begin());
  std::copy(key.y.begin(), key.y.end(), point.begin() + 32);
  return point;
}

/// The widest window that pays. One lane at a time P-256 gains nothing from 13: what is saved in
/// additions is lost waiting for memory.
std::uint32_t widest_window(std::size_t curve, std::uint32_t lanes) {
  return curve == kP256 && lanes == 1 ? 11u : std::uint32_t{kernels::kEccMostWindow};
}

/// Ed25519: whether the kernel makes a table for it; the smallest tells.
bool has_prime_order(const PreparedKey& key, const kernels::EccKernel& kernel) {
  struct Free {
    void operator()(std::uint64_t* lines) const { std::free(lines); }
  };
  const std::unique_ptr<std::uint64_t, Free> lines(static_cast<std::uint64_t*>(
      std::aligned_alloc(64, table_bytes(kEd25519, kernels::kEccLeastWindow))));
  if (!lines) throw std::bad_alloc();
  return kernel.build(point_of(key).data(), kernels::kEccLeastWindow, lines.get());
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
  std::uint64_t heat = 0;      ///< signatures of late, as of half-life `heat_at`
  std::uint64_t heat_at = 0;
  std::uint64_t ask_again_at = 0;  ///< `seen` before which there is no asking for room
  std::uint64_t build_ns = 0;      ///< of all tables that it ever had
  bool building = false;
  bool refused = false;  ///< the kernel makes no table for it
  Held table;
};

EccTables::EccTables(const KeyRing& ring, const EccCurve& p256, const EccCurve& ed25519,
                     std::size_t memory_bytes)
    : ring_(ring),
      curves_{p256, ed25519},
      memory_bytes_(memory_bytes),
      used_bytes_(std::make_shared<std::atomic<std::size_t>>(0)),
      slot_of_key_(ring.keys().size(), kNoSlot) {
  slots_.resize(2);
  slots_[kEd25519].curve = kEd25519;
  std::vector<std::uint32_t> slot_of_material(ring.keys().size(), kNoSlot);
  for (std::uint32_t i = 0; i < ring.keys().size(); ++i) {
    const PreparedKey& key = ring.keys()[i];
    if (!has_kernel_curve(key)) continue;
    if (slot_of_material.size() <= key.material) slot_of_material.resize(key.material + 1, kNoSlot);
    std::uint32_t& slot = slot_of_material[key.material];
    if (slot == kNoSlot) {
      slot = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
      slots_.back().curve = curve_index(key);
      slots_.back().key = i;
    }
    slot_of_key_[i] = slot;
  }
}

EccTables::~EccTables() = default;

const EccCurve* EccTables::curve_of(std::uint32_t key) const {
  const std::uint32_t slot = slot_of_key_[key];
  if (slot == kNoSlot || memory_bytes_ == 0) return nullptr;
  const EccCurve& curve = curves_[slots_[slot].curve];
  return curve.kernel != nullptr ? &curve : nullptr;
}

std::uint64_t EccTables::heat(const Slot& slot) const {
  const std::uint64_t halvings = seen_ / kHalfLife - slot.heat_at;
  return halvings < 64 ? slot.heat >> halvings : 0;
}

void EccTables::count(Slot& slot, std::size_t signatures) {
  slot.heat = heat(slot) + signatures;
  slot.heat_at = seen_ / kHalfLife;
  slot.seen += signatures;
}

/// The widest window that the slot has earned; 0: none.
std::uint32_t EccTables::earned_window(const Slot& slot) const {
  const EccCurve& curve = curves_[slot.curve];
  std::uint32_t window = curve.forced && slot.seen > 0 ? kSteps[0].window : 0;
  for (const Step& step : kSteps) {
    if (slot.seen >= step.signatures && step.window <= widest_window(slot.curve, curve.lanes))
      window = step.window;
  }
  return window;
}

bool EccTables::reserve(std::size_t bytes, std::size_t limit_bytes) {
  std::size_t used = used_bytes_->load(std::memory_order_relaxed);
  while (bytes <= limit_bytes && used <= limit_bytes - bytes) {
    if (used_bytes_->compare_exchange_weak(used, used + bytes, std::memory_order_relaxed))
      return true;
  }
  return false;
}

/// Reserves the widest table up to `earned` that is wider than what the slot has; 0: no room.
std::uint32_t EccTables::reserve_better(const Slot& slot, std::uint32_t earned) {
  const std::size_t least = table_bytes(slot.curve, kTightWindow);
  const std::size_t keys_without = slots_.size() - 2 - with_table_.size();
  const std::size_t kept =
      keys_without < memory_bytes_ / 2 / least ? keys_without * least : memory_bytes_ / 2;
  const std::uint32_t have = slot.table ? slot.table->window : 0;
  for (std::size_t i = kSteps.size(); i-- > 0;) {
    const std::uint32_t window = kSteps[i].window;
    if (window > earned || window <= have) continue;
    if (reserve(table_bytes(slot.curve, window), memory_bytes_ - kept)) return window;
  }
  if (have > 0) return 0;
  if (slot.key == kNoKey) return reserve(least, memory_bytes_) ? kTightWindow : 0;
  return make_room(least, slot) ? kTightWindow : 0;
}

/// Reserves, if need be in the place of tables whose keys were used less than a quarter of this one
/// of late; with the lock held. What another worker still reads comes back when it is done, so the
/// answer may be no for now.
bool EccTables::make_room(std::size_t bytes, const Slot& for_whom) {
  if (reserve(bytes, memory_bytes_)) return true;
  const auto cold = [&](std::uint32_t i) {
    return !slots_[i].building && heat(slots_[i]) < heat(for_whom) / 4;
  };
  std::size_t could_free = 0;
  for (const std::uint32_t i : with_table_) could_free += cold(i) ? slots_[i].table->bytes : 0;
  if (could_free < bytes) return false;
  for (std::size_t freed = 0; freed < bytes;) {
    std::size_t coldest = with_table_.size();
    for (std::size_t i = 0; i < with_table_.size(); ++i) {
      if (!cold(with_table_[i])) continue;
      if (coldest == with_table_.size() ||
          heat(slots_[with_table_[i]]) < heat(slots_[with_table_[coldest]])) {
        coldest = i;
      }
    }
    Slot& slot = slots_[with_table_[coldest]];
    with_table_[coldest] = with_table_.back();
    with_table_.pop_back();
    freed += slot.table->bytes;
    slot.ask_again_at = slot.seen + kAskAgainAfter;
    slot.table.reset();
  }
  return reserve(bytes, memory_bytes_);
}

/// Room is reserved, no lock is held. Null when memory ran out or the kernel refuses the key.
EccTables::Held EccTables::make(const Slot& slot, std::uint32_t window, bool* refused) {
  const std::size_t bytes = table_bytes(slot.curve, window);
  std::shared_ptr<Table> table;
  try {
    table = std::make_shared<Table>(bytes, used_bytes_);
  } catch (const std::bad_alloc&) {
    used_bytes_->fetch_sub(bytes, std::memory_order_relaxed);
    return nullptr;
  }
  if (table->lines == nullptr) return nullptr;
  table->window = window;
  const kernels::EccKernel& kernel = *curves_[slot.curve].kernel;
  if (slot.key == kNoKey) {
    const std::uint8_t* const base =
        slot.curve == kP256 ? kernels::kP256BasePoint : kernels::kEd25519BasePoint;
    *refused = !kernel.build(base, window, table->lines);
  } else {
    *refused = !kernel.build(point_of(ring_.keys()[slot.key]).data(), window, table->lines);
  }
  return *refused ? nullptr : Held(std::move(table));
}

/// Gives the slot the table that it has earned, if there is room; with the lock held, except while
/// it builds.
void EccTables::grow(std::unique_lock<std::mutex>& lock, Slot& slot) {
  const std::uint32_t earned = earned_window(slot);
  if (slot.building || slot.refused || slot.seen < slot.ask_again_at) return;
  if (earned <= (slot.table ? slot.table->window : 0)) return;
  with_table_.reserve(slots_.size());  // publish() must not fail
  const std::uint32_t window = reserve_better(slot, earned);
  if (window == 0) {
    slot.ask_again_at = slot.seen + kAskAgainAfter;
    return;
  }
  slot.building = true;
  lock.unlock();
  const auto start = std::chrono::steady_clock::now();
  bool refused = false;
  Held made = make(slot, window, &refused);
  const auto took = std::chrono::steady_clock::now() - start;
  lock.lock();
  slot.building = false;
  slot.refused = refused;
  slot.build_ns += static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
  if (made) {
    publish(slot, std::move(made));
  } else {
    slot.ask_again_at = slot.seen + kAskAgainAfter;
  }
}

void EccTables::publish(Slot& slot, Held table) {
  if (!slot.table && slot.key != kNoKey)
    with_table_.push_back(static_cast<std::uint32_t>(&slot - slots_.data()));
  slot.table = std::move(table);
}

EccTables::Pair EccTables::get(std::uint32_t key, std::size_t signatures) {
  if (curve_of(key) == nullptr) return {};
  std::unique_lock<std::mutex> lock(mutex_);
  Slot& slot = slots_[slot_of_key_[key]];
  Slot& base = slots_[slot.curve];
  seen_ += signatures;
  count(slot, signatures);
  count(base, signatures);
  if (earned_window(slot) == 0 || (slot.refused && !slot.table)) return {};
  grow(lock, base);
  if (base.table) grow(lock, slot);
  if (slot.table && base.table) return {.base = base.table, .key = slot.table};
  return {.base = nullptr, .key = nullptr, .soon = base.building || slot.building};
}

std::vector<TableUse> EccTables::list() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<TableUse> rows;
  for (const Slot& slot : slots_) {
    if (!slot.table) continue;
    rows.push_back({.key = slot.key,
                    .ed25519 = slot.curve == kEd25519,
                    .facts = {slot.table->window, slot.table->bytes, slot.build_ns, slot.seen}});
  }
  return rows;
}

std::vector<TableOffer> table_offers(const PreparedKey& key, const EccCurve& p256,
                                     const EccCurve& ed25519) {
  if (!has_kernel_curve(key) || !key.for_signatures()) return {};
  const std::size_t curve = curve_index(key);
  const EccCurve& by = curve == kP256 ? p256 : ed25519;
  if (by.kernel == nullptr) return {};
  if (curve == kEd25519 && !has_prime_order(key, *by.kernel)) return {};
  std::vector<TableOffer> offers;
  for (const EccTables::Step& step : EccTables::kSteps) {
    if (step.window > widest_window(curve, by.lanes)) break;
    offers.push_back({step.window, table_bytes(curve, step.window), step.signatures});
  }
  return offers;
}

}  // namespace jotmill
