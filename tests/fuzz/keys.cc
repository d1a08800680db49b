#include "fuzz/keys.h"

#include <cstdio>
#include <string>

#include "fuzz/require.h"
#include "jotmill/jotmill.hpp"
#include "support/engine_adapter.h"

namespace jotmill::testing {
namespace {

bool same_key(const reference::Key& wanted, const KeyInfo& got, bool allow_weak) {
  const bool refused = !wanted.refused.empty() || (!allow_weak && !wanted.refused_if_weak.empty());
  if (refused != !got.refusal.empty()) return false;
  return refused || (wanted.kty == got.type && wanted.crv == got.curve && wanted.kid == got.kid &&
                     wanted.alg == got.alg);
}

}  // namespace

void hold_key_file(reference::KeyFile::Kind kind, std::string_view bytes) {
  const reference::KeyFile file{
      .kind = kind, .name = "file", .bytes = std::string(bytes), .kid = {}};
  reference::Keys keys;
  const std::string refusal = keys.load(file);
  const auto listing = list_keys(engine_keys({file}), false);
  if (refusal.empty() && keys.all().empty()) {
    FUZZ_REQUIRE(!listing.ok() || listing.value().keys.empty());
    return;
  }
  const bool agree = refusal.empty() == listing.ok();
  if (!agree) {
    std::fprintf(stderr, "reference: %s; engine: %s\n",
                 refusal.empty() ? "loads it" : refusal.c_str(),
                 listing.ok() ? "loads it" : listing.error().reason.c_str());
  }
  FUZZ_REQUIRE(agree);
  if (!listing.ok()) return;
  const auto& got = listing.value().keys;
  FUZZ_REQUIRE(got.size() == keys.all().size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const reference::Key& wanted = keys.all()[i];
    if (!same_key(wanted, got[i], false)) {
      std::fprintf(stderr, "key %zu: reference %s %s (%s%s), engine %s %s (%s)\n", i,
                   wanted.kty.c_str(), wanted.crv.c_str(), wanted.refused.c_str(),
                   wanted.refused_if_weak.c_str(), got[i].type.c_str(), got[i].curve.c_str(),
                   got[i].refusal.c_str());
    }
    FUZZ_REQUIRE(same_key(wanted, got[i], false));
  }
}

}  // namespace jotmill::testing
