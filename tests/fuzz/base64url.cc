// Every base64url variant of this CPU against the scalar twin: same bytes, same error, same place,
// at every alignment, and nothing read behind the end (the input is copied to its exact size).
#include <cstring>
#include <vector>

#include "cpu/features.h"
#include "fuzz/require.h"
#include "kernels/base64url/base64url.h"
#include "kernels/kernels.h"

namespace {

using namespace jotmill::kernels;

struct Decoded {
  Base64urlResult result;
  std::vector<std::uint8_t> bytes;
};

Decoded decode(Base64urlDecodeFn* variant, const char* text, std::size_t size) {
  Decoded out;
  out.bytes.resize(size * 3 / 4 + kBase64urlSlackBytes);
  out.result = variant(text, size, out.bytes.data());
  out.bytes.resize(out.result.written);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const jotmill::CpuMask cpu = jotmill::detect_cpu();
  for (std::size_t skip = 0; skip < 4 && skip <= size; ++skip) {
    const std::vector<char> text(data + skip, data + size);
    const Decoded wanted = decode(base64url_decode_scalar, text.data(), text.size());
    for (const auto& variant : base64url_variants()) {
      if (variant.fn == nullptr || !cpu.has(variant.needs)) continue;
      const Decoded got = decode(variant.fn, text.data(), text.size());
      FUZZ_REQUIRE(got.result.error == wanted.result.error);
      FUZZ_REQUIRE(got.result.position == wanted.result.position);
      FUZZ_REQUIRE(got.bytes == wanted.bytes);
    }
  }
  return 0;
}
