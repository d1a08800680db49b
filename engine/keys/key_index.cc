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

KeyIndex::KeyIndex(const std::vector<PreparedKey>& keys) : keys_(keys), by_kid_(keys.size()) {
  group_by_kid();
  std::vector<std::uint32_t> every(keys_.size());
  std::iota(every.begin(), every.end(), 0u);
  all_ = judge_all(every);
  std::erase_if(every, [&](std::uint32_t key) { return keys_[key].has_kid; });
  without_kid_ = judge_all(every);
}

// Counts the keys of each kid, lays the groups out back to back, and fills them in load order.
void KeyIndex::group_by_kid() {
  std::vector<std::uint32_t> group_of(keys_.size(), NumberTable::kNone);
  for (std::uint32_t i = 0; i < keys_.size(); ++i) {
    if (!keys_[i].has_kid) continue;
    const std::string& kid = keys_[i].kid;
    const auto next = static_cast<std::uint32_t>(groups_.size());
    group_of[i] = by_kid_.find_or_add(hash_(kid), next, group_has(kid));
    if (group_of[i] == next) groups_.push_back({.first = i});
    ++groups_[group_of[i]].count;
  }
  std::uint32_t begin = 0;
  for (Group& group : groups_) {
    group.begin = begin;
    begin += group.count;
    group.count = 0;
  }
  members_.resize(begin);
  for (std::uint32_t i = 0; i < keys_.size(); ++i) {
    if (group_of[i] == NumberTable::kNone) continue;
    Group& group = groups_[group_of[i]];
    members_[group.begin + group.count++] = i;
  }
  for (Group& group : groups_) {
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

void KeyIndex::judge_key_into(Answer& answer, std::uint32_t key, Alg alg) const {
  if (answer.full()) return;  // with a usable key no failure is reported
  const Verdict verdict = judge_key(keys_[key], alg);
  if (verdict == Verdict::kAccepted) {
    add_usable(answer, key);
  } else if (verdict > answer.failure) {
    answer.failure = verdict;
    answer.failure_key = key;
  }
}

KeyIndex::Answer KeyIndex::judge(std::span<const std::uint32_t> members, Alg alg) const {
  Answer answer;
  for (const std::uint32_t key : members) judge_key_into(answer, key, alg);
  return answer;
}

// Key by key and not alg by alg: many keys are far more memory than the cache holds.
KeyIndex::Answers KeyIndex::judge_all(std::span<const std::uint32_t> members) const {
  Answers answers;
  for (const std::uint32_t key : members) {
    for (const AlgInfo& row : alg_table()) {
      judge_key_into(answers[static_cast<std::size_t>(row.alg)], key, row.alg);
    }
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
  const std::uint32_t number =
      has_kid ? by_kid_.find(hash_(kid), group_has(kid)) : NumberTable::kNone;
  if (!has_kid) {
    answer = all_[row];
  } else if (number == NumberTable::kNone) {
    answer = without_kid_[row];
  } else if (const Group& group = groups_[number]; group.answers != kNoAnswers) {
    answer = merge(group_answers_[group.answers][row], without_kid_[row]);
  } else {
    answer = merge(judge({members_.data() + group.begin, group.count}, alg), without_kid_[row]);
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
