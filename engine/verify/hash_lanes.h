#ifndef JOTMILL_VERIFY_HASH_LANES_H_
#define JOTMILL_VERIFY_HASH_LANES_H_

#include <memory>

#include "kernels/sha256/sha256.h"
#include "verify/hash_many.h"

namespace jotmill {

/// SHA-256 of many messages over our own compression, `lanes` messages in step: padding, HMAC's
/// second hash and the byte order around it. SHA-256 alone.
std::unique_ptr<HashEngine> make_hash_lanes(kernels::Sha256BlocksFn* blocks, std::uint32_t lanes);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_HASH_LANES_H_
