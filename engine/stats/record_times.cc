#include "jotmill/stats.h"

namespace jotmill {
namespace {

void widen(std::optional<TimePoint>& first, std::optional<TimePoint>& last, TimePoint time) {
  if (!first || time < *first) first = time;
  if (!last || *last < time) last = time;
}

}  // namespace

void RecordTimes::count(TimePoint time, bool accepted) {
  ++tokens_with;
  widen(first, last, time);
  buckets.count(time.s, {1, accepted});
}

void RecordTimes::add(const RecordTimes& other) {
  tokens_with += other.tokens_with;
  tokens_without += other.tokens_without;
  if (other.first) widen(first, last, *other.first);
  if (other.last) widen(first, last, *other.last);
  buckets.add(other.buckets);
}

}  // namespace jotmill
