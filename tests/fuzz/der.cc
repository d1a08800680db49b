// DER files: engine and reference load the same keys and refuse the same; what OpenSSL reads too is
// the same key, and no key that OpenSSL writes is lost.
#include <cstdint>

#include "fuzz/keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  testing::hold_key_file(reference::KeyFile::Kind::der,
                         {reinterpret_cast<const char*>(data), size});
  return 0;
}
