#include "stats/small_counts.h"

#include <algorithm>
#include <random>

#include "stats/hash.h"
#include "stats/label.h"

namespace jotmill {

SmallCounts::SmallCounts() : slots_(64) {
  std::random_device random;
  seed_ = std::uint64_t{random()} << 32 | random();
}

void SmallCounts::clear() {
  entries_.clear();
  text_.clear();
  if (++round_ == 0) {
    std::fill(slots_.begin(), slots_.end(), Slot{});
    round_ = 1;
  }
}

SmallCounts::Slot& SmallCounts::slot_for(std::uint64_t hash, std::string_view text) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    Slot& slot = slots_[i];
    if (slot.round != round_) return slot;
    const Entry& entry = entries_[slot.entry];
    if (entry.hash == hash && text_of(entry) == text) return slot;
  }
}

void SmallCounts::grow() {
  slots_.assign(slots_.size() * 2, Slot{});
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    slot_for(entries_[i].hash, text_of(entries_[i])) = {round_, static_cast<std::uint32_t>(i)};
  }
}

TopList::Count& SmallCounts::at(std::string_view text) {
  const std::uint64_t hash = hash64(text, seed_);
  Slot* slot = &slot_for(hash, text);
  if (slot->round != round_) {
    if ((entries_.size() + 1) * 2 > slots_.size()) {
      grow();
      slot = &slot_for(hash, text);
    }
    *slot = {round_, static_cast<std::uint32_t>(entries_.size())};
    entries_.push_back({hash, text_.size(), text.size(), {}});
    text_.insert(text_.end(), text.begin(), text.end());
  }
  return entries_[slot->entry].counts;
}

void SmallCounts::make_labels() {
  for (Entry& entry : entries_) {
    if (is_label(text_of(entry))) continue;
    const std::string label = make_label(text_of(entry));
    entry.text_off = text_.size();
    entry.text_len = label.size();
    text_.insert(text_.end(), label.begin(), label.end());
  }
}

void SmallCounts::add_to(TopList& list) const {
  for (const Entry& entry : entries_) list.count(text_of(entry), entry.counts);
}

void SmallKeyCounts::clear() {
  for (const Entry& entry : entries_) entry_of_[entry.key] = 0;
  entries_.clear();
}

KeyCount& SmallKeyCounts::at(std::uint32_t key) {
  if (key >= entry_of_.size()) entry_of_.resize(key + 1);
  if (entry_of_[key] == 0) {
    entries_.push_back({key, {}});
    entry_of_[key] = static_cast<std::uint32_t>(entries_.size());
  }
  return entries_[entry_of_[key] - 1].counts;
}

void SmallKeyCounts::add_to(std::vector<KeyCount>& keys) const {
  for (const Entry& entry : entries_) {
    KeyCount& sum = keys.at(entry.key);
    sum.tokens += entry.counts.tokens;
    sum.accepted += entry.counts.accepted;
    sum.algs |= entry.counts.algs;
  }
}

void SmallHistogram::clear() {
  for (const std::uint16_t bucket : touched_) buckets_[bucket] = 0;
  touched_.clear();
  least_ = ~std::uint64_t{0};
  most_ = 0;
}

void SmallHistogram::count(std::uint64_t value) {
  const std::uint16_t bucket = Histogram::bucket_of(value);
  if (buckets_[bucket]++ == 0) touched_.push_back(bucket);
  least_ = std::min(least_, value);
  most_ = std::max(most_, value);
}

void SmallHistogram::add_to(Histogram& histogram) const {
  for (const std::uint16_t bucket : touched_) {
    histogram.buckets[bucket] += buckets_[bucket];
    histogram.total += buckets_[bucket];
  }
  histogram.least = std::min(histogram.least, least_);
  histogram.most = std::max(histogram.most, most_);
}

}  // namespace jotmill
