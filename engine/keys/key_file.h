#ifndef JOTMILL_KEYS_KEY_FILE_H_
#define JOTMILL_KEYS_KEY_FILE_H_

#include <string>
#include <vector>

#include "jotmill/result.h"
#include "keys/key_ring.h"

namespace jotmill {

/// What was read from one file: keys typed but not yet checked, and remarks in words.
struct KeyFile {
  std::vector<PreparedKey> keys = {};
  std::vector<std::string> warnings = {};
};

/// A value of a file as it may stand in a message: cut after 64 bytes.
inline std::string quoted_value(std::string_view value) { return std::string(value.substr(0, 64)); }

}  // namespace jotmill

#endif  // JOTMILL_KEYS_KEY_FILE_H_
