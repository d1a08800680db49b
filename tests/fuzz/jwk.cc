// JWKs and JWK Sets: engine and reference load the same keys and refuse the same; the secret of an
// oct key that looks like a damaged key file the engine alone may refuse.
#include <cstdint>

#include "fuzz/keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  testing::hold_key_file(reference::KeyFile::Kind::jwks,
                         {reinterpret_cast<const char*>(data), size});
  return 0;
}
