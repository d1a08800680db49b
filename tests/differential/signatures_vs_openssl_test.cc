// HMAC and RSA verified as a run verifies them, in batches, against OpenSSL one by one: every
// kernel that runs here and IFMA emulated, sound and mutated signatures, keys of one size mixed,
// groups of 1 to 17.
//
// JOTMILL_LONG=N: so many signatures (default 3,000). All of them are asked of the best kernels,
// and a share of the batches of each other choice too, for those are slow. The seed decides which
// key, hash, change and group comes next (JOTMILL_SEED: this one again); keys and salts are
// OpenSSL's own random ones, so that a difference is printed with all that it takes to ask again.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/batch.h"
#include "differential/signature_cases.h"
#include "support/catch.h"
#include "support/long_run.h"
#include "support/signature_ways.h"
#include "verify/verify.h"

namespace jotmill {
namespace {

using namespace testing;

constexpr std::size_t kMostInGroup = 17;
/// One batch in this many is asked of each way but the first.
constexpr std::size_t kShare = 16;

/// What one way was asked.
struct Asked {
  std::size_t signatures = 0, accepted = 0;
  std::size_t kinds[kKeySizes][kKinds] = {};
  std::size_t algs[kKeySizes][kAlgCount] = {};
  /// Of calls of the RSA kernel: by size of key how many jobs, and by kind of signature where in
  /// the call, which is the lane.
  std::size_t groups[3][kMostInGroup + 1] = {};
  std::size_t places[kKinds][kMostInGroup] = {};
};

/// The kernel that the next batch runs on, and its notes: a kernel is a plain function.
struct Watched {
  kernels::RsaPublicFn* rsa = nullptr;
  const TokenBatch* batch = nullptr;
  const std::vector<SignatureCase>* cases = nullptr;
  Asked* asked = nullptr;
} watched;

void watched_rsa(const kernels::RsaJob* jobs, std::size_t count) {
  REQUIRE(count <= kMostInGroup);
  ++watched.asked->groups[(jobs[0].key->bytes - 256) / 128][count];
  for (std::size_t i = 0; i < count; ++i) {
    const auto token = static_cast<std::size_t>(jobs[i].signature - watched.batch->arena.data()) /
                       kSignatureStride;
    ++watched.asked->places[static_cast<std::size_t>((*watched.cases)[token].kind)][i];
  }
  watched.rsa(jobs, count);
}

KeySize size_of(const PreparedKey& key, bool kernel_takes) {
  if (key.type == KeyType::kOct) return KeySize::kHmac;
  if (!kernel_takes) return KeySize::kOpenssl;
  return static_cast<KeySize>((key.n.size() - 256) / 128);
}

/// Draws until `asked` of this size have come that a kernel is asked, and whatever comes between.
void draw_group(SignatureCases& source, KeySize size, std::size_t asked,
                std::vector<SignatureCase>& cases) {
  while (asked > 0) {
    cases.push_back(source.draw(size));
    asked -= cases.back().is_asked();
  }
}

/// A group of every size of key that has its turn: of 2048 bits always, 1, 2, ... 17 in each.
std::vector<SignatureCase> draw_batch(SignatureCases& source, std::size_t round) {
  std::vector<SignatureCase> cases;
  const auto any = [&source] { return 1 + source.below(kMostInGroup); };
  draw_group(source, KeySize::k2048, 1 + round % kMostInGroup, cases);
  if (source.below(3) == 0) draw_group(source, KeySize::k3072, any(), cases);
  if (source.below(4) == 0) draw_group(source, KeySize::k4096, any(), cases);
  if (source.below(2) == 0) draw_group(source, KeySize::kOpenssl, 1 + source.below(3), cases);
  if (source.below(2) == 0) draw_group(source, KeySize::kHmac, any(), cases);
  std::shuffle(cases.begin(), cases.end(), source.random());
  return cases;
}

/// One way over all kinds of keys, with what it needs to be asked again and again.
struct Asking {
  Asking(const KeyRing& ring, SignatureWay of)
      : way(std::move(of)), rsa_keys(ring), rsa(way.setup.rsa_public) {
    way.setup.rsa_public = watched_rsa;
    way.setup.rsa_keys = &rsa_keys;
    verifier.emplace(ring, way.setup);
  }

  SignatureWay way;
  RsaKeys rsa_keys;
  kernels::RsaPublicFn* rsa;
  std::optional<SignatureVerifier> verifier;
  Asked asked;
};

void ask(const SignatureCases& source, const std::vector<SignatureCase>& cases, Asking& asking) {
  static TokenBatch batch;
  static std::vector<SignatureRow> rows;
  rows.clear();
  for (const SignatureCase& one : cases)
    rows.push_back({one.key, one.alg, one.message, one.signature});
  fill(batch, rows);
  watched = {asking.rsa, &batch, &cases, &asking.asked};
  BatchWork work;
  const std::vector<Verdict> verdicts = verify(*asking.verifier, batch, work);

  std::size_t for_kernel = 0, for_openssl = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const SignatureCase& one = cases[i];
    if (verdicts[i] != one.expected) {
      FAIL(asking.way.name << ", token " << i << " of " << cases.size() << ": "
                           << code(one.expected) << " expected, " << code(verdicts[i]) << "\n"
                           << source.describe(one));
    }
    const bool taken = asking.rsa_keys.takes(one.key);
    const KeySize size = size_of(source.ring().keys()[one.key], taken);
    for_kernel += one.is_asked() && taken;
    for_openssl += one.is_asked() && size == KeySize::kOpenssl;
    ++asking.asked.signatures;
    asking.asked.accepted += verdicts[i] == Verdict::kAccepted;
    ++asking.asked.kinds[static_cast<std::size_t>(size)][static_cast<std::size_t>(one.kind)];
    ++asking.asked.algs[static_cast<std::size_t>(size)][static_cast<std::size_t>(one.alg)];
  }
  // Nothing was quietly left to the library that is to be the judge.
  if (work.of(WorkKernel::kRsa).used != for_kernel ||
      work.of(WorkKernel::kOpenssl).used != for_openssl)
    FAIL(asking.way.name << ": " << work.of(WorkKernel::kRsa).used << " by the kernel of "
                         << for_kernel);
}

std::size_t kind_total(const Asked& asked, std::size_t kind) {
  std::size_t sum = 0;
  for (const auto& row : asked.kinds) sum += row[kind];
  return sum;
}

/// The least number of calls of one size of key and count, and of signatures of one kind in one
/// place; kinds that are wrong in form never come there.
std::pair<std::size_t, std::size_t> fewest(const Asked& asked) {
  std::pair<std::size_t, std::size_t> least(~std::size_t{0}, ~std::size_t{0});
  for (const auto& row : asked.groups) {
    for (std::size_t count = 1; count <= kMostInGroup; ++count)
      least.first = std::min(least.first, row[count]);
  }
  for (const auto& row : asked.places) {
    if (std::all_of(std::begin(row), std::end(row), [](std::size_t n) { return n == 0; })) continue;
    least.second = std::min(least.second, *std::min_element(std::begin(row), std::end(row)));
  }
  return least;
}

void print(const std::vector<std::unique_ptr<Asking>>& ways) {
  for (const auto& asking : ways) {
    const Asked& asked = asking->asked;
    const auto [calls, places] = fewest(asked);
    std::printf(
        "%10zu signatures, %zu good, by %s; each count of 1 to 17 in %zu calls or more for "
        "each size of key, each kind in each place of a call %zu times or more\n",
        asked.signatures, asked.accepted, asking->way.name.c_str(), calls, places);
  }
  const Asked& all = ways[0]->asked;
  for (std::size_t size = 0; size < kKeySizes; ++size) {
    std::printf("%20.*s:", static_cast<int>(key_size_name(KeySize(size)).size()),
                key_size_name(KeySize(size)).data());
    for (std::size_t alg = 0; alg < kAlgCount; ++alg) {
      if (all.algs[size][alg] == 0) continue;
      const std::string_view name = info(static_cast<Alg>(alg)).name;
      std::printf(" %.*s %zu", static_cast<int>(name.size()), name.data(), all.algs[size][alg]);
    }
    std::printf("\n");
  }
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const std::string_view name = kind_name(Kind(kind));
    std::printf("%24.*s: %zu\n", static_cast<int>(name.size()), name.data(), kind_total(all, kind));
  }
}

}  // namespace

TEST_CASE("batches of HMAC and RSA signatures get the verdicts of OpenSSL") {
  const std::size_t total = long_run() == 0 ? 3'000 : long_run();
  std::uint64_t seed = std::random_device{}();
  if (const char* again = std::getenv("JOTMILL_SEED")) seed = std::strtoull(again, nullptr, 10);
  std::printf("seed %llu (JOTMILL_SEED)\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  SignatureCases source(seed, total);
  std::vector<std::unique_ptr<Asking>> ways;
  for (SignatureWay& way : signature_ways())
    ways.push_back(std::make_unique<Asking>(source.ring(), std::move(way)));
  REQUIRE(ways.size() >= 2);  // the portable kernel at least

  for (std::size_t round = 0; ways[0]->asked.signatures < total; ++round) {
    const std::vector<SignatureCase> cases = draw_batch(source, round);
    for (std::size_t way = 0; way < ways.size(); ++way) {
      if (way == 0 || source.below(kShare) == 0) ask(source, cases, *ways[way]);
    }
  }
  print(ways);
  for (const auto& asking : ways) {
    const Asked& asked = asking->asked;
    INFO(asking->way.name);
    if (asked.signatures < 1'000) continue;  // one batch in sixteen may be one of good signatures
    CHECK(asked.accepted * 6 > asked.signatures);
    CHECK(asked.accepted * 2 < asked.signatures);
    if (asked.signatures < 200'000) continue;  // too few to have come to every place
    const auto [calls, places] = fewest(asked);
    CHECK(calls > 0);
    CHECK(places > 0);
    for (std::size_t kind = 0; kind < kKinds; ++kind) CHECK(kind_total(asked, kind) > 0);
  }
}

}  // namespace jotmill
