#ifndef JOTMILL_KEYS_KEY_INDEX_H_
#define JOTMILL_KEYS_KEY_INDEX_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "keys/key_ring.h"
#include "keys/number_table.h"

namespace jotmill {

/// Hashes with a seed of its own, so that no key file can be written to collide.
struct SeededHash {
  std::uint64_t seed = 0;
  static SeededHash with_random_seed();
  std::size_t operator()(std::string_view text) const;
};

/// Finds the candidates of a token without a walk over the keys.
///
/// A token's candidates are the keys with its kid plus the keys without one, or all keys when it
/// has no kid. The answers that depend on the alg alone (all keys; keys without kid) are worked out
/// when the index is built: the first 17 usable keys, which is enough to tell "more than 16", and
/// the failure that got furthest. Keys that share a kid are judged per token while they are few
/// (kFewKeys), else beforehand too. find() merges two such answers.
class KeyIndex {
 public:
  static constexpr std::size_t kMostUsable = 16;
  static constexpr std::size_t kFewKeys = 32;

  /// `keys` must outlive the index and stay where it is. Linear in the number of keys.
  explicit KeyIndex(const std::vector<PreparedKey>& keys);
  KeyIndex(const KeyIndex&) = delete;
  KeyIndex& operator=(const KeyIndex&) = delete;

  KeyRing::Lookup find(Alg alg, bool has_kid, std::string_view kid) const;

 private:
  /// What some keys say to one alg.
  struct Answer {
    std::array<std::uint32_t, kMostUsable + 1>
        usable{};  ///< in load order, materials all different
    std::uint32_t count = 0;
    Verdict failure = Verdict::kKeyNotFound;
    std::uint32_t failure_key = 0xFFFFFFFF;
    bool full() const { return count == usable.size(); }
  };
  using Answers = std::array<Answer, kAlgCount>;
  static constexpr std::uint32_t kNoAnswers = 0xFFFFFFFF;
  /// Keys of one kid: members_[begin .. begin + count), in load order.
  struct Group {
    std::uint32_t first = 0;  ///< the first of the keys
    std::uint32_t begin = 0, count = 0;
    std::uint32_t answers = kNoAnswers;  ///< index into group_answers_ when there are many
  };

  void judge_key_into(Answer& answer, std::uint32_t key, Alg alg) const;
  Answer judge(std::span<const std::uint32_t> members, Alg alg) const;
  Answers judge_all(std::span<const std::uint32_t> members) const;
  void add_usable(Answer& answer, std::uint32_t key) const;
  Answer merge(const Answer& a, const Answer& b) const;
  void group_by_kid();
  auto group_has(std::string_view kid) const {
    return [this, kid](std::uint32_t group) { return keys_[groups_[group].first].kid == kid; };
  }

  const std::vector<PreparedKey>& keys_;
  SeededHash hash_ = SeededHash::with_random_seed();
  NumberTable by_kid_;  ///< of groups_
  std::vector<Group> groups_;
  std::vector<std::uint32_t> members_;
  std::vector<Answers> group_answers_;
  Answers all_, without_kid_;
};

}  // namespace jotmill

#endif  // JOTMILL_KEYS_KEY_INDEX_H_
