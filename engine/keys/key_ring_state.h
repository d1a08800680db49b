#ifndef JOTMILL_KEYS_KEY_RING_STATE_H_
#define JOTMILL_KEYS_KEY_RING_STATE_H_

#include <optional>
#include <string>
#include <vector>

#include "keys/key_index.h"
#include "keys/key_ring.h"

namespace jotmill {

/// What a KeyRing holds; its builder fills it.
struct KeyRing::State {
  std::vector<PreparedKey> keys;
  std::vector<std::string> sources;
  std::vector<std::string> warnings;
  std::optional<KeyIndex> index;  ///< looks into `keys`
};

}  // namespace jotmill

#endif  // JOTMILL_KEYS_KEY_RING_STATE_H_
