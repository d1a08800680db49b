#include "verify/memo.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"

namespace jotmill {

void SignatureMemo::begin_round() {
  // A round that ended in an exception left claims that nobody will answer.
  if (!claims_.empty()) table_.assign(table_.size(), Entry{});
  claims_.clear();
  ++round_;
}

std::size_t SignatureMemo::first_of_set(const Key& key) const {
  std::uint64_t hash = 0;  // any eight bytes of a digest spread evenly
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash % (table_.size() / ways_) * ways_;
}

void SignatureMemo::expect(const Key& key) const {
  if (table_.empty()) return;
  const Entry* const set = table_.data() + first_of_set(key);
  for (std::size_t way = 0; way < ways_; ++way) __builtin_prefetch(set + way, 1);
}

SignatureMemo::Found SignatureMemo::claim(const Key& key, std::uint32_t check) {
  if (!on()) return {};
  if (table_.empty()) {
    ways_ = std::min(kWays, entries_);
    table_.resize(entries_ / ways_ * ways_);
  }
  Entry* const set = table_.data() + first_of_set(key);
  Entry* oldest = set;
  for (Entry* entry = set; entry != set + ways_; ++entry) {
    if (entry->state != kEmpty && entry->key == key) {
      entry->used = round_;
      if (entry->state == kIsGood) return {Answer::kGood};
      if (entry->state == kIsBad) return {Answer::kBad};
      return {Answer::kSame, entry->state - kClaimed};
    }
    // The age, not the number of the round: that one wraps.
    if (entry->state == kEmpty ||
        (oldest->state != kEmpty && round_ - entry->used > round_ - oldest->used)) {
      oldest = entry;
    }
  }
  JM_CHECK(check < ~std::uint32_t{0} - kClaimed);
  claims_.push_back({check, static_cast<std::size_t>(oldest - table_.data())});
  *oldest = {.key = key, .state = kClaimed + check, .used = round_};
  return {};
}

void SignatureMemo::learn(const Claim& claim, SignatureCheck result) {
  Entry& entry = table_[claim.entry];
  if (entry.state != kClaimed + claim.check) return;  // a later claim took its place
  entry.state = result == SignatureCheck::kGood  ? kIsGood
                : result == SignatureCheck::kBad ? kIsBad
                                                 : kEmpty;
}

}  // namespace jotmill
