#include "keys/key_index.h"

#include <xxhash.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace jotmill {

SeededHash SeededHash::with_random_seed() {
  std::random_device device;
  return SeededHash{std::uint64_t{device()} << 32 | device()};
}

std::size_t SeededHash::operator()(std::string_view text) const {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

KeyIndex::KeyIndex(const std::vector<PreparedKey>& keys)
    : keys_(keys), by_kid_(0, SeededHash::with_random_seed()) {
  group_by_kid();
  std::vector<std::uint32_t> every(keys_.size());
  std::iota(every.begin(), every.end(), 0u);
  all_ = judge_all(every);
  std::erase_if(every, [&](std::uint32_t key) { return keys_[key].has_kid; });
  without_kid_ = judge_all(every);
}

// Counts the keys of each kid, lays the groups out back to back, and fills them in load order.
void KeyIndex::group_by_kid() {
  by_kid_.reserve(keys_.size());
  for (const PreparedKey& key : keys_) {
    if (key.has_kid) ++by_kid_[key.kid].count;
  }
  std::uint32_t begin = 0;
  for (auto& [kid, group] : by_kid_) {
    group.begin = begin;
    begin += group.count;
    group.count = 0;
  }
  members_.resize(begin);
  for (std::uint32_t i = 0; i < keys_.size(); ++i) {
    if (!keys_[i].has_kid) continue;
    Group& group = by_kid_.find(keys_[i].kid)->second;
    members_[group.begin + group.count++] = i;
  }
  for (auto& [kid, group] : by_kid_) {
    if (group.count <= kFewKeys) continue;
    group.answers = static_cast<std::uint32_t>(group_answers_.size());
    group_answers_.push_back(judge_all({members_.data() + group.begin, group.count}));
  }
}

// Equal key material counts once, under however many names it is listed.
void KeyIndex::add_usable(Answer& answer, std::uint32_t key) const {
  if (answer.full()) return;
  for (std::uint32_t i = 0; i < answer.count; ++i) {
    if (keys_[answer.usable[i]].material == keys_[key].material) return;
  }
  answer.usable[answer.count++] = key;
}

KeyIndex::Answer KeyIndex::judge(std::span<const std::uint32_t> members, Alg alg) const {
  Answer answer;
  for (const std::uint32_t key : members) {
    const Verdict verdict = judge_key(keys_[key], alg);
    if (verdict == Verdict::kAccepted) {
      add_usable(answer, key);
      if (answer.full()) break;  // with a usable key no failure is reported
    } else if (verdict > answer.failure) {
      answer.failure = verdict;
      answer.failure_key = key;
    }
  }
  return answer;
}

KeyIndex::Answers KeyIndex::judge_all(std::span<const std::uint32_t> members) const {
  Answers answers;
  for (const AlgInfo& row : alg_table()) {
    answers[static_cast<std::size_t>(row.alg)] = judge(members, row.alg);
  }
  return answers;
}

KeyIndex::Answer KeyIndex::merge(const Answer& a, const Answer& b) const {
  Answer both;
  std::uint32_t i = 0, j = 0;
  while ((i < a.count || j < b.count) && !both.full()) {
    const bool from_a = j == b.count || (i < a.count && a.usable[i] < b.usable[j]);
    add_usable(both, from_a ? a.usable[i++] : b.usable[j++]);
  }
  const bool a_further =
      a.failure != b.failure ? a.failure > b.failure : a.failure_key < b.failure_key;
  both.failure = a_further ? a.failure : b.failure;
  both.failure_key = a_further ? a.failure_key : b.failure_key;
  return both;
}

KeyRing::Lookup KeyIndex::find(Alg alg, bool has_kid, std::string_view kid) const {
  const std::size_t row = static_cast<std::size_t>(alg);
  Answer answer;
  if (!has_kid) {
    answer = all_[row];
  } else if (const auto group = by_kid_.find(kid); group == by_kid_.end()) {
    answer = without_kid_[row];
  } else if (group->second.answers != kNoAnswers) {
    answer = merge(group_answers_[group->second.answers][row], without_kid_[row]);
  } else {
    const Group& few = group->second;
    answer = merge(judge({members_.data() + few.begin, few.count}, alg), without_kid_[row]);
  }

  KeyRing::Lookup lookup;
  if (answer.full()) {
    lookup.failure = Verdict::kKeyAmbiguous;
  } else if (answer.count == 0) {
    lookup.failure = answer.failure;
    lookup.failure_key = answer.failure_key;
  } else {
    std::copy_n(answer.usable.begin(), answer.count, lookup.usable.begin());
    lookup.usable_count = static_cast<std::uint8_t>(answer.count);
  }
  return lookup;
}

}  // namespace jotmill
