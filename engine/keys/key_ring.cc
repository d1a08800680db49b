#include "keys/key_ring.h"

#include <bit>

#include "core/check.h"
#include "keys/key_ring_state.h"

namespace jotmill {

KeyRing::KeyRing() : state_(std::make_unique<State>()) { state_->index.emplace(state_->keys); }
KeyRing::~KeyRing() = default;
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;

const std::vector<PreparedKey>& KeyRing::keys() const { return state_->keys; }
const std::vector<std::string>& KeyRing::sources() const { return state_->sources; }
const std::vector<std::string>& KeyRing::warnings() const { return state_->warnings; }

KeyRing::Lookup KeyRing::find(Alg alg, bool has_kid, std::string_view kid) const {
  JM_CHECK(alg != Alg::kNone);
  return state_->index->find(alg, has_kid, kid);
}

Verdict judge_key(const PreparedKey& key, Alg alg) {
  if (key.refused()) return Verdict::kKeyRejected;
  if (!fits(alg, key.type, key.curve)) return Verdict::kKeyTypeMismatch;
  const bool permitted = (key.permitted & alg_bit(alg)) != 0;
  if (!permitted && key.type == KeyType::kOct && !key.has_alg) return Verdict::kKeyRejected;
  if (!key.for_signatures()) return Verdict::kKeyUseMismatch;
  // Names are compared as strings: a key with alg EdDSA does not serve Ed25519.
  if (key.has_alg && key.alg != info(alg).name) return Verdict::kKeyAlgMismatch;
  return permitted ? Verdict::kAccepted : Verdict::kKeyAlgMismatch;
}

std::string judge_key_detail(const PreparedKey& key, Alg alg) {
  switch (judge_key(key, alg)) {
    case Verdict::kKeyRejected: {
      if (key.refused()) return key.refusal;
      const std::size_t least_bits = hash_bytes(info(alg).hash) * 8;
      return "oct of " + std::to_string(key.bits) + " bits, " + std::to_string(least_bits) +
             " is the least for " + std::string(info(alg).name);
    }
    case Verdict::kKeyTypeMismatch:
      return std::string(key.curve != Curve::kNone ? name(key.curve) : name(key.type));
    case Verdict::kKeyUseMismatch: return key.use_limit == UseLimit::kUse ? "use" : "key_ops";
    case Verdict::kKeyAlgMismatch:
      if (key.has_alg) return key.alg;
      if (!std::has_single_bit(key.permitted)) return "RSASSA-PSS";
      return std::string(info(static_cast<Alg>(std::countr_zero(key.permitted))).name);
    default: return {};
  }
}

}  // namespace jotmill
