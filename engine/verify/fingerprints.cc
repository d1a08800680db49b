#include "verify/fingerprints.h"

namespace jotmill {

std::span<const DigestBytes> Fingerprints::of(std::span<const Bytes> tokens) {
  hash_many_.forget();
  if (digests_.size() < tokens.size()) digests_.resize(tokens.size());
  const HmacStates* const states = states_.empty() ? nullptr : &states_.front();
  for (std::size_t i = 0; i < tokens.size(); ++i)
    hash_many_.add(Hash::kSha256, {tokens[i], states, &digests_[i]});
  LaneUse unused;  // the report's lanes are those of signatures
  hash_many_.run(unused, unused);
  return std::span(digests_).first(tokens.size());
}

}  // namespace jotmill
