#include "verify/fingerprints.h"

#include <algorithm>
#include <string>

#include "keys/hmac_states.h"
#include "support/catch.h"
#include "support/cpu_under_test.h"

namespace jotmill {
namespace {

std::string text_of(std::size_t len) {
  std::string text(len, '\0');
  for (std::size_t i = 0; i < len; ++i) text[i] = static_cast<char>('!' + (i * 31 + len) % 90);
  return text;
}

TEST_CASE("many fingerprints are those of one token at a time, by every variant") {
  std::vector<std::string> texts;
  for (std::size_t len = 0; len <= 400; ++len) texts.push_back(text_of(len));
  for (const std::size_t len : {4'096u, 70'000u, 300'000u}) texts.push_back(text_of(len));
  std::vector<Bytes> tokens;
  for (const std::string& text : texts) tokens.push_back(as_bytes(text));
  for (const std::size_t key_len : {0u, 1u, 32u, 64u, 65u, 200u}) {
    const std::string key = text_of(key_len);
    Fingerprint one(as_bytes(key));
    for (const auto& variant : sha256_kernel().variants) {
      if (state_of(variant, testing::cpu_under_test(), sha256_kernel().self_test) !=
          kernels::VariantState::kUsable)
        continue;
      CAPTURE(key_len, variant.name);
      Fingerprints many(key.empty() ? SecretVector<HmacStates>() : make_hmac_states(as_bytes(key)),
                        variant.fn, sha512_kernel().variants.back().fn);
      CHECK(many.of({}).empty());
      for (const std::size_t count : {tokens.size(), std::size_t{1}, std::size_t{7}}) {
        const auto digests = many.of(std::span(tokens).last(count));
        REQUIRE(digests.size() == count);
        for (std::size_t i = 0; i < count; ++i) {
          const auto wanted = one.of(tokens[tokens.size() - count + i]);
          REQUIRE(std::equal(wanted.begin(), wanted.end(), digests[i].begin()));
        }
      }
    }
  }
}

}  // namespace
}  // namespace jotmill
