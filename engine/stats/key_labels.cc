#include <random>
#include <string>
#include <unordered_map>

#include "jotmill/stats.h"
#include "stats/hash.h"

namespace jotmill {
namespace {

std::string place_of(const KeyInfo& key) { return key.source + '#' + std::to_string(key.position); }

/// What tells a key from others with the same kid.
std::string own_mark(const KeyInfo& key) {
  return key.thumbprint.empty() ? place_of(key) : key.thumbprint;
}

}  // namespace

std::vector<std::string> key_labels(std::span<const KeyInfo> keys) {
  // Seeded, so that no key file can be written to collide.
  const auto hash = [seed = std::random_device{}()](std::string_view kid) {
    return hash64(kid, seed);
  };
  std::unordered_map<std::string_view, std::size_t, decltype(hash)> with_kid(keys.size(), hash);
  for (const KeyInfo& key : keys) {
    if (key.kid) ++with_kid[*key.kid];
  }
  std::vector<std::string> labels;
  labels.reserve(keys.size());
  for (const KeyInfo& key : keys) {
    if (!key.kid) {
      labels.push_back(make_label(own_mark(key)));
    } else if (with_kid[*key.kid] == 1) {
      labels.push_back(make_label(*key.kid));
    } else {
      labels.push_back(make_label(*key.kid + " (" + own_mark(key) + ')'));
    }
  }
  return labels;
}

}  // namespace jotmill
