#include "keys/key_ring_builder.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/bytes.h"
#include "keys/key_ring_state.h"
#include "keys/number_table.h"

namespace jotmill {
namespace {

using Keys = std::vector<PreparedKey>;

// Bytes that tell most materials apart: two keys share them only with one another's (x, -y) or (n,
// other e).
std::uint64_t hash_material(const PreparedKey& key, SeededHash hash) {
  const Bytes main = key.type == KeyType::kOct   ? Bytes(key.secret)
                     : key.type == KeyType::kRsa ? Bytes(key.n)
                                                 : Bytes(key.x);
  return hash(as_text(main)) * 3 + hash(as_text(key.e));
}
bool same_material(const PreparedKey& a, const PreparedKey& b) {
  return a.type == b.type && a.curve == b.curve && a.n == b.n && a.e == b.e && a.x == b.x &&
         a.y == b.y && a.secret == b.secret;
}

// Two keys are one entry when no token could tell them apart. The same material under another kid,
// alg or use stays: it must be found under both.
std::uint64_t hash_entry(const PreparedKey& key, SeededHash hash) {
  return hash(key.kid) * 3 + hash(key.alg) * 5 + key.material * 0x9E3779B97F4A7C15u;
}
bool same_entry(const PreparedKey& a, const PreparedKey& b) {
  return a.material == b.material && a.has_kid == b.has_kid && a.kid == b.kid &&
         a.has_alg == b.has_alg && a.alg == b.alg && a.use_limit == b.use_limit &&
         a.permitted == b.permitted;
}

// How many keys of one source share a fate, and of the first of them a few words.
struct Tally {
  std::size_t count = 0;
  std::string first;
};
struct SourceTally {
  std::size_t keys = 0, was_private = 0;
  Tally duplicate, other_name, refused, leading_zeros;
};

class Survey {
 public:
  Survey(Keys& keys, const std::vector<std::string>& sources)
      : keys_(keys), sources_(sources), tallies_(sources.size()) {}

  // Numbers the material of every key and marks the keys that say nothing new.
  std::vector<bool> find_duplicates() {
    std::vector<bool> duplicate(keys_.size());
    const auto hash = SeededHash::with_random_seed();
    NumberTable materials(keys_.size()), entries(keys_.size());
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
      PreparedKey& key = keys_[i];
      SourceTally& tally = tallies_[key.source];
      ++tally.keys;
      tally.was_private += key.was_private ? 1 : 0;
      key.material = i;
      for (const std::string& warning : key.warnings) {
        if (!warning.ends_with("leading zeros")) continue;
        count(tally.leading_zeros, key, warning);
        break;
      }
      if (key.refused()) {
        count(tally.refused, key, key.refusal);
        continue;
      }
      key.material = materials.find_or_add(hash_material(key, hash), i, [&](std::uint32_t j) {
        return same_material(keys_[j], key);
      });
      const std::uint32_t earlier = entries.find_or_add(
          hash_entry(key, hash), i, [&](std::uint32_t j) { return same_entry(keys_[j], key); });
      if (earlier != i) {
        duplicate[i] = true;
        count(tally.duplicate, key, "the same as " + place(earlier));
      } else if (key.material != i) {
        const std::string words = "the same key material as " + place(key.material);
        key.warnings.push_back(words);
        count(tally.other_name, key, words);
      }
    }
    return duplicate;
  }

  void report(std::vector<std::string>& warnings) const {
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
      const SourceTally& tally = tallies_[i];
      const std::string start = sources_[i] + ": ";
      if (tally.keys == 0) warnings.push_back(start + "no key in it");
      if (tally.was_private > 0) {
        warnings.push_back(start + counted(tally.was_private, "private key") +
                           ", only the public half is used");
      }
      if (tally.duplicate.count > 0) {
        warnings.push_back(start + counted(tally.duplicate.count, "key") +
                           " given before, counted once; first " + tally.duplicate.first);
      }
      if (tally.other_name.count > 0) {
        warnings.push_back(start + counted(tally.other_name.count, "key") +
                           " given before under another kid, alg or use; first " +
                           tally.other_name.first);
      }
      if (tally.leading_zeros.count > 0) {
        warnings.push_back(start + counted(tally.leading_zeros.count, "key") +
                           " with leading zeros in n or e, which count for nothing; first " +
                           tally.leading_zeros.first);
      }
      if (tally.refused.count > 0) {
        warnings.push_back(start + std::to_string(tally.refused.count) + " of " +
                           counted(tally.keys, "key") + " refused; first " + tally.refused.first);
      }
    }
  }

 private:
  static std::string counted(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
  }
  static void count(Tally& tally, const PreparedKey& key, const std::string& words) {
    if (tally.count++ == 0) tally.first = "key " + std::to_string(key.position) + ": " + words;
  }
  std::string place(std::uint32_t key) const {
    return "key " + std::to_string(keys_[key].position) + " of " + sources_[keys_[key].source];
  }

  Keys& keys_;
  const std::vector<std::string>& sources_;
  std::vector<SourceTally> tallies_;
};

// Keeps the order. `material` names the first key that has it, by its old place: still unique.
void drop(Keys& keys, const std::vector<bool>& marked) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (marked[i]) continue;
    if (kept != i) keys[kept] = std::move(keys[i]);
    ++kept;
  }
  keys.resize(kept);
}

bool verifies_anything(const PreparedKey& key) {
  return std::ranges::any_of(alg_table(), [&](const AlgInfo& row) {
    return judge_key(key, row.alg) == Verdict::kAccepted;
  });
}

}  // namespace

KeyRingBuilder::KeyRingBuilder() : state_(std::make_unique<KeyRing::State>()) {}
KeyRingBuilder::~KeyRingBuilder() = default;

void KeyRingBuilder::begin_source(std::string path) { state_->sources.push_back(std::move(path)); }

void KeyRingBuilder::warn(std::string_view path, std::string_view remark) {
  state_->warnings.push_back(std::string(path) + ": " + std::string(remark));
}

std::size_t KeyRingBuilder::key_count() const { return state_->keys.size(); }

void KeyRingBuilder::add(PreparedKey key) {
  Keys one;
  one.push_back(std::move(key));
  add(std::move(one));
}

void KeyRingBuilder::add(Keys added) {
  Keys& keys = state_->keys;
  const auto source = static_cast<std::uint32_t>(state_->sources.size() - 1);
  const bool follows = !keys.empty() && keys.back().source == source;
  std::uint32_t position = follows ? keys.back().position + 1 : 0;
  for (PreparedKey& key : added) {
    key.source = source;
    key.position = position++;
  }
  if (keys.empty()) {
    keys = std::move(added);  // one file of many keys is the common case
  } else {
    std::ranges::move(added, std::back_inserter(keys));
  }
}

KeyRing KeyRingBuilder::build() {
  KeyRing::State& state = *state_;
  Survey survey(state.keys, state.sources);
  const std::vector<bool> duplicate = survey.find_duplicates();
  survey.report(state.warnings);
  drop(state.keys, duplicate);
  if (!std::ranges::any_of(state.keys, verifies_anything)) {
    state.warnings.emplace_back("no key can verify anything: every token will be rejected");
  }
  state.index.emplace(state.keys);
  KeyRing ring;
  ring.state_ = std::move(state_);
  return ring;
}

}  // namespace jotmill
