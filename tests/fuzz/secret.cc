// Files of a raw HMAC secret. What the reference knows as a key file (PEM, DER or BER, SSH, JSON)
// the engine must refuse, and a secret without a trace of one it must take; what lies between, a
// key that is damaged, cut or oddly wrapped, the engine may refuse (keys.cc, has_trace_of_key).
// What both take is the same secret.
#include <cstdint>

#include "fuzz/keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  testing::hold_key_file(reference::KeyFile::Kind::secret,
                         {reinterpret_cast<const char*>(data), size});
  return 0;
}
