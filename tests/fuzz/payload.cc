// Claims sets: the input is the payload of a token with a good signature, judged without a policy
// and under one that asks for every claim.
#include <cstdint>

#include "fuzz/both.h"

namespace {

constexpr jotmill::reference::Nanoseconds kSecond = 1'000'000'000;

jotmill::reference::Policy time_alone() {
  jotmill::reference::Policy policy;
  policy.as_of = 1'000 * kSecond;
  return policy;
}

jotmill::reference::Policy full_policy() {
  jotmill::reference::Policy policy;
  policy.issuers = {"i", "j"};
  policy.audiences = {"a", "b"};
  policy.subjects = {"s"};
  policy.require = {"exp", "x"};
  policy.exp_leeway = kSecond / 2;
  policy.nbf_leeway = kSecond;
  policy.as_of = 1'000 * kSecond + 1;
  policy.max_age = 100 * kSecond;
  return policy;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jotmill;
  static testing::Both none({testing::hmac_key()}, time_alone());
  static testing::Both full({testing::hmac_key()}, full_policy());
  const std::string token = testing::signed_token(R"({"alg":"HS256","kid":"h"})",
                                                  {reinterpret_cast<const char*>(data), size});
  none.hold(token);
  full.hold(token);
  return 0;
}
