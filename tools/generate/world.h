#ifndef JOTMILL_TOOLS_GENERATE_WORLD_H_
#define JOTMILL_TOOLS_GENERATE_WORLD_H_

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tools/generate/faults.h"
#include "tools/generate/key_pool.h"
#include "tools/generate/recipe.h"
#include "tools/generate/rng.h"

namespace jotmill::tools {

/// The most usable keys that a token without kid may meet (verdicts.md: more are key_ambiguous).
inline constexpr std::size_t kMostCandidates = 16;

/// A recipe with its keys looked up and its mixes resolved: all that making one token needs.
/// Read-only while tokens are made.
class World {
 public:
  using Key = std::shared_ptr<const TestKey>;

  /// Errors (kFormat): a pool that does not exist or has too few keys, an algorithm without a
  /// usable key or not allowed by the policy, a fault name that matches nothing here.
  static Result<World> build(Recipe recipe, const KeyPools& pools);

  const Recipe& recipe() const { return recipe_; }
  const RecipePolicy& policy() const { return recipe_.policy; }
  const std::vector<Key>& keys() const { return keys_; }
  /// The key with this kid, if only one has it.
  const TestKey* key(std::string_view kid) const;

  /// Algorithms with a weight in the recipe.
  AlgSet mix_algs() const { return mix_algs_; }
  bool meets(std::uint32_t needs) const { return (needs & ~provided_) == 0; }
  /// Whether verification with `alg` may use `key` (verdicts.md section D).
  bool usable(const TestKey& key, AlgId alg) const;
  /// How many keys a token without kid could be verified with.
  std::size_t usable_count(AlgId alg) const { return usable_count_[alg]; }
  /// Whether the kid of `key` is its own.
  bool has_own_kid(const TestKey& key) const { return key.pool != "shared"; }

  AlgId draw_alg(Rng& rng, AlgSet among) const;
  /// A usable key for `alg`; with `own_kid` one whose kid no other key has.
  const TestKey& draw_key(Rng& rng, AlgId alg, bool own_kid) const;
  std::uint32_t draw_payload_bytes(Rng& rng) const;

  /// Each variant as often as its weight says; the first of every verdict come first, so that few
  /// tokens cover much.
  const std::vector<const Variant*>& fault_schedule() const { return fault_schedule_; }
  const std::vector<const Variant*>& oddity_schedule() const { return oddity_schedule_; }
  const std::vector<Variant>& fault_variants() const { return *faults_; }

  /// The time that claims are made around, Unix seconds.
  std::int64_t base_time_s() const { return recipe_.policy.as_of_s.value_or(1'800'000'000); }
  /// The longest token that is not token_too_large, in bytes.
  std::size_t max_token_bytes() const {
    return recipe_.policy.max_token_bytes.value_or(256 * 1024);
  }

 private:
  struct Signers {
    std::vector<const TestKey*> keys;
    std::vector<std::uint32_t> up_to;  ///< running sums of the weights
    std::size_t own_kid = 0;           ///< the first own_kid keys have a kid of their own
  };

  std::optional<Error> take_keys(const KeyPools& pools);
  std::optional<Error> find_signers();
  void note_provided();
  std::optional<Error> resolve_mixes();

  Recipe recipe_;
  std::vector<Key> keys_;
  std::array<Signers, kAlgCount> signers_;
  std::array<std::size_t, kAlgCount> usable_count_{};
  AlgSet mix_algs_ = 0;
  std::uint32_t provided_ = 0;
  // Behind pointers, so that the schedules stay good when a World is moved.
  std::shared_ptr<const std::vector<Variant>> faults_, oddities_;
  std::vector<const Variant*> fault_schedule_, oddity_schedule_;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_WORLD_H_
