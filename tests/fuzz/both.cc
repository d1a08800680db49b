#include "fuzz/both.h"

#include <cstdio>
#include <utility>

#include "fuzz/require.h"
#include "support/codec.h"
#include "support/engine_adapter.h"

namespace jotmill::testing {
namespace {

constexpr std::string_view kSecret =
    "a secret of 64 bytes, which is long enough for every HS name here";

std::string words(const std::optional<std::string>& text) {
  return text ? '"' + *text + '"' : "none";
}

}  // namespace

Both::Both(const std::vector<reference::KeyFile>& files, const reference::Policy& policy)
    : policy_(policy) {
  for (const reference::KeyFile& file : files) FUZZ_REQUIRE(keys_.load(file).empty());
  for (const char* kernel : {"", "scalar"}) {
    auto made =
        Verifier::create(engine_keys(files), engine_policy(policy), {{"base64url", kernel}});
    FUZZ_REQUIRE(made.ok());
    engines_.push_back(std::move(made).value());
  }
}

void Both::hold(std::string_view token) {
  const reference::Answer wanted = reference::judge(token, keys_, policy_);
  for (Verifier& engine : engines_) {
    const TokenVerdict got = engine.verify(token);
    const bool same =
        wanted.verdict == code(got.verdict) && wanted.alg == got.alg && wanted.kid == got.kid;
    if (!same) {
      std::fprintf(stderr, "reference %s alg %s kid %s, engine %s alg %s kid %s\n",
                   wanted.verdict.c_str(), words(wanted.alg).c_str(), words(wanted.kid).c_str(),
                   std::string(code(got.verdict)).c_str(), words(got.alg).c_str(),
                   words(got.kid).c_str());
    }
    FUZZ_REQUIRE(same);
  }
}

reference::KeyFile hmac_key() {
  return {.kind = reference::KeyFile::Kind::secret,
          .name = "secret",
          .bytes = std::string(kSecret),
          .kid = "h"};
}

std::string signed_token(std::string_view header, std::string_view payload) {
  std::string token = codec::base64url(header) + '.' + codec::base64url(payload);
  token += '.' + codec::base64url(codec::hmac("SHA256", kSecret, token));
  return token;
}

}  // namespace jotmill::testing
