#ifndef JOTMILL_STATS_SMALL_COUNTS_H_
#define JOTMILL_STATS_SMALL_COUNTS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "jotmill/sketches.h"
#include "jotmill/stats.h"

/// Counters of one batch: what a worker fills without allocating, and the ordered writer adds to
/// the totals of the run. Each costs what was counted, never what could be: clear() and the
/// addition walk the entries that were touched.
namespace jotmill {

/// Texts of a batch with their counts: open addressing over seeded hashes, so that no input can
/// choose its collisions.
class SmallCounts {
 public:
  /// One token that carries a text.
  struct Occurrence {
    bool accepted = false;
    std::uint64_t draw = 0;  ///< see TopList
    void add_to(TopList::Count& counts) const {
      ++(accepted ? counts.accepted : counts.rejected);
      counts.draw = draw < counts.draw ? draw : counts.draw;
    }
  };

  SmallCounts();
  void clear();
  void count(std::string_view text, Occurrence occurrence) { occurrence.add_to(at(text)); }
  /// The counts of a text, at 0 when it is new. Good until the next call.
  TopList::Count& at(std::string_view text);
  /// Turns the texts into labels (make_label), which is better done by the workers than by the one
  /// writer. Nothing may be counted between it and clear().
  void make_labels();
  void add_to(TopList& list) const;

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::size_t text_off = 0, text_len = 0;
    TopList::Count counts;
  };
  struct Slot {
    std::uint32_t round = 0;  ///< empty unless it is the current one
    std::uint32_t entry = 0;
  };
  std::string_view text_of(const Entry& entry) const {
    return {text_.data() + entry.text_off, entry.text_len};
  }
  Slot& slot_for(std::uint64_t hash, std::string_view text);
  void grow();

  std::uint64_t seed_;
  std::uint32_t round_ = 1;
  std::vector<Slot> slots_;  ///< a power of two, at most half full
  std::vector<Entry> entries_;
  std::vector<char> text_;
};

/// Counts by key index.
class SmallKeyCounts {
 public:
  void clear();
  KeyCount& at(std::uint32_t key);
  void add_to(std::vector<KeyCount>& keys) const;

 private:
  struct Entry {
    std::uint32_t key = 0;
    KeyCount counts;
  };
  std::vector<std::uint32_t> entry_of_;  ///< by key: index into entries_ plus 1, 0 for none
  std::vector<Entry> entries_;
};

/// A histogram as a plain array.
class SmallHistogram {
 public:
  SmallHistogram() : buckets_(Histogram::kBucketCount) {}
  void clear();
  void count(std::uint64_t value);
  void add_to(Histogram& histogram) const;

 private:
  std::vector<std::uint32_t> buckets_;
  std::vector<std::uint16_t> touched_;
  std::uint64_t least_ = ~std::uint64_t{0}, most_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_STATS_SMALL_COUNTS_H_
