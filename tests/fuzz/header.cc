// JOSE headers: the input is the header of a token whose HMAC tag is good, so that a header which
// names HS256 and the key is accepted and nothing else is.
#include <cstdint>

#include "fuzz/both.h"

namespace {

jotmill::reference::Policy strict_policy() {
  jotmill::reference::Policy policy;
  policy.algs = {"HS256", "RS256"};
  policy.typ = "at+jwt";
  return policy;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  static testing::Both any({testing::hmac_key()}, {});
  static testing::Both strict({testing::hmac_key()}, strict_policy());
  const std::string token =
      testing::signed_token({reinterpret_cast<const char*>(data), size}, "{}");
  any.hold(token);
  strict.hold(token);
  return 0;
}
