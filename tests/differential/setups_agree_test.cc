// How signatures are verified must never show in what is said of them: every kernel variant that
// runs here, each CPU feature taken away, memo on and off, all of it cross-checked by OpenSSL, over
// generated and mutated tokens. And what is told when a kernel is broken.

#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/alg.h"
#include "cpu/features.h"
#include "jotmill/jotmill.hpp"
#include "kernels/p256/p256.h"
#include "keys/load.h"
#include "pipeline/process.h"
#include "pipeline/run.h"
#include "pipeline/shop.h"
#include "support/catch.h"
#include "support/engine_adapter.h"
#include "support/token_gen.h"

namespace jotmill {
namespace {

using Overrides = std::map<std::string, std::string>;

const Overrides kAllOpenssl = {{"base64url", "scalar"}, {"sha256", "openssl"},
                               {"sha512", "openssl"},   {"rsa", "openssl"},
                               {"p256", "openssl"},     {"ed25519", "openssl"}};

/// Verdict, detail and key of every token, one line each.
struct Judged {
  std::vector<std::string> rows;
  BatchWork work;
};

struct Setup {
  std::string name;
  Overrides kernels = {};
  std::vector<std::string> cpu_mask = {};
  std::size_t memo_entries = 0;
  std::uint64_t cross_check = 0;
  std::size_t table_memory_bytes = RunOptions{}.table_memory_bytes;
};

std::string row_of(const TokenBatch& batch, std::size_t i) {
  return std::string(code(batch.verdict[i])) + " " + std::to_string(batch.key[i]) + " " +
         std::string(batch.text_of(batch.detail[i]));
}

/// All tokens as one batch, `times` times through the same worker; the last time counts.
Judged judge(const Shop& shop, const std::vector<std::string>& tokens, int times) {
  Worker worker(shop);
  Judged judged;
  StageTimes stage_ns{};
  for (int time = 0; time < times; ++time) {
    TokenBatch batch;
    Chunk chunk;
    batch.chunk = &chunk;
    std::vector<std::size_t> offsets;
    for (const std::string& token : tokens) {
      offsets.push_back(batch.unwrapped.size());
      batch.unwrapped.insert(batch.unwrapped.end(), token.begin(), token.end());
    }
    batch.unwrapped.resize(batch.unwrapped.size() + kSlackBytes);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto offset = static_cast<std::uint32_t>(offsets[i]);
      batch.add(offset, static_cast<std::uint32_t>(tokens[i].size()), true, offset,
                static_cast<std::uint32_t>(i));
    }
    worker.judge(batch, stage_ns, judged.work);
    judged.rows.clear();
    for (std::size_t i = 0; i < batch.size; ++i) judged.rows.push_back(row_of(batch, i));
  }
  return judged;
}

Result<std::shared_ptr<const Shop>> open(const gen::World& world,
                                         const std::vector<KeySource>& keys, const Setup& setup) {
  const Policy policy = testing::engine_policy(world.policy);
  return open_shop({.keys = keys,
                    .policy = policy,
                    .kernels = setup.kernels,
                    .cpu_mask = setup.cpu_mask,
                    .memo_entries = setup.memo_entries,
                    .cross_check = setup.cross_check,
                    .table_memory_bytes = setup.table_memory_bytes});
}

Judged judge(const gen::World& world, const std::vector<KeySource>& keys, const Setup& setup,
             const std::vector<std::string>& tokens, int times = 1) {
  const auto shop = open(world, keys, setup);
  INFO(setup.name);
  if (!shop) FAIL(shop.error().subject << ": " << shop.error().reason);
  return judge(*shop.value(), tokens, times);
}

/// Entries of a memo that forgets nothing. A token without a kid is checked by many keys, so a
/// world has thousands of checks.
constexpr std::size_t kRoomForAll = 100'000;

/// Best kernels in every way, each usable variant by name, each CPU feature away.
std::vector<Setup> all_setups() {
  std::vector<Setup> setups = {
      {.name = "best"},
      {.name = "memo", .memo_entries = kRoomForAll},
      {.name = "memo of a thousand", .memo_entries = 1000},
      {.name = "small memo", .memo_entries = 3},
      {.name = "cross-check", .cross_check = 1},
      {.name = "no tables", .cross_check = 1, .table_memory_bytes = 0},
      {.name = "tight tables",
       .kernels = {{"p256", "portable"}, {"ed25519", "portable"}},
       .cross_check = 1,
       .table_memory_bytes = 400'000},
      {.name = "memo and cross-check", .memo_entries = kRoomForAll, .cross_check = 1}};
  const auto kernels = kernel_inventory();
  for (const KernelInfo& kernel : kernels.value()) {
    if (!kernel.can_run) continue;
    setups.push_back({.name = kernel.kernel + "=" + kernel.variant,
                      .kernels = {{kernel.kernel, kernel.variant}},
                      .cross_check = 1});
  }
  const auto features = cpu_feature_names();
  for (const std::string& feature : features.value()) {
    setups.push_back(
        {.name = "without " + feature, .cpu_mask = {feature}, .memo_entries = kRoomForAll});
  }
  return setups;
}

void compare(const Judged& wanted, const Judged& got, const std::vector<std::string>& tokens) {
  REQUIRE(wanted.rows.size() == got.rows.size());
  for (std::size_t i = 0; i < wanted.rows.size(); ++i) {
    INFO("token " << i << " " << tokens[i]);
    REQUIRE(wanted.rows[i] == got.rows[i]);
  }
  REQUIRE(got.work.cross_checks.disagreed == 0);
}

/// An engine that lies: every digest and tag it gives is that of OpenSSL with one bit turned.
class Lying final : public HashEngine {
 public:
  bool run(Hash hash, std::span<const HashJob> jobs) override {
    for (const HashJob& job : jobs) {
      *job.out = job.states ? hmac_tag(hash, *job.states, job.message) : sha2(hash, job.message);
      (*job.out)[7] ^= 0x10;
    }
    return true;
  }
  std::uint32_t lanes() const override { return 1; }
};
std::unique_ptr<HashEngine> make_lying() { return std::make_unique<Lying>(); }

/// RFC 7515 A.1, which an honest engine accepts.
constexpr std::string_view kToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
    "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kKey =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";

/// A curve kernel that lies: whatever is good is bad and the other way round.
void answer_wrongly(const kernels::EccBatch& batch) {
  kernels::p256_portable.verify(batch);
  for (std::size_t i = 0; i < batch.count; ++i) {
    batch.answers[i] = batch.answers[i] == kernels::EccAnswer::kGood ? kernels::EccAnswer::kBad
                                                                     : kernels::EccAnswer::kGood;
  }
}

/// RFC 7515 A.3.
constexpr std::string_view kEcToken =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfK"
    "TUJqPP3-Kg6NU1Q";
constexpr std::string_view kEcKey =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

}  // namespace

TEST_CASE("no setup changes a word of what is said of a token") {
  std::uint64_t worlds = 3, tokens_each = 400;
  if (const char* more = std::getenv("JOTMILL_SETUP_WORLDS"))
    worlds = std::strtoull(more, nullptr, 10);
  std::uint64_t seed = std::random_device{}();
  if (const char* again = std::getenv("JOTMILL_SETUP_SEED"))
    seed = std::strtoull(again, nullptr, 10);
  std::printf("seed %llu (JOTMILL_SETUP_SEED: this one again; JOTMILL_SETUP_WORLDS: more of it)\n",
              static_cast<unsigned long long>(seed));
  const std::vector<Setup> setups = all_setups();
  for (std::uint64_t w = 0; w < worlds; ++w) {
    const gen::World world = gen::make_world(seed + w, {.refused_files = false});
    const std::vector<KeySource> keys = testing::engine_keys(world.key_files);
    std::vector<std::string> tokens;
    for (std::uint64_t i = 0; i < tokens_each; ++i) {
      tokens.push_back(gen::make_token(world, i).bytes);
      if (i % 3 == 0) tokens.push_back(tokens[tokens.size() / 2]);  // repeats, near and far
    }
    INFO("world " << seed + w);
    // A fault of one key may make its whole file one that is refused: then every setup says so.
    if (const auto refused = open(world, keys, {.name = "first", .kernels = kAllOpenssl});
        !refused) {
      for (const Setup& setup : setups) {
        const auto other = open(world, keys, setup);
        REQUIRE_FALSE(other);
        CHECK(other.error().reason == refused.error().reason);
      }
      continue;
    }
    const Judged wanted =
        judge(world, keys, {.name = "all by OpenSSL", .kernels = kAllOpenssl}, tokens);
    for (const Setup& setup : setups) {
      INFO(setup.name);
      compare(wanted, judge(world, keys, setup, tokens), tokens);
      if (setup.memo_entries == 0) continue;
      const Judged again = judge(world, keys, setup, tokens, 3);
      compare(wanted, again, tokens);
      // The second and the third time all is known. A world of HMAC keys alone asks no memo.
      const MemoUse& memo = again.work.memo;
      INFO("hits " << memo.hits << ", misses " << memo.misses);
      if (setup.memo_entries == kRoomForAll) CHECK(memo.hits >= 2 * memo.misses);
    }
  }
}

TEST_CASE("a broken kernel is found by the cross-check: internal_error, exit 5, kernel, token_id") {
  const testing::TemporaryFolder folder;
  RunOptions options;
  options.keys = {{.path = folder.write("key.json", kKey)}};
  options.inputs = {
      folder.write("tokens", std::string(kToken) + "\n" + std::string(kToken) + "\n")};
  options.policy.as_of = TimePoint{1'300'000'000, 0};
  options.cross_check = 1;
  options.verdicts_path = (folder.path() / "verdicts.ndjson").string();
  const auto honest = run(options);
  REQUIRE(honest.ok());
  CHECK(honest.value().exit_code() == 0);
  CHECK(honest.value().report.run.cross_checks.checked == 2);
  CHECK(honest.value().report.run.cross_checks.disagreed == 0);

  const auto shop = std::make_shared<Shop>();
  shop->ring = std::move(load_keys(options.keys, false)).value();
  shop->policy = options.policy;
  auto chosen = choose_kernels({}, {});
  REQUIRE(chosen.ok());
  shop->kernels = chosen.value().kernels;
  shop->signatures = chosen.value().signatures;
  shop->rsa_keys = std::make_unique<RsaKeys>(shop->ring);
  shop->signatures.rsa_keys = shop->rsa_keys.get();
  shop->signatures.sha256 = make_lying;
  shop->signatures.cross_check = 1;
  shop->signatures.names[static_cast<std::size_t>(WorkKernel::kSha256)] = "sha256=lying";
  const auto lied = run_in(shop, options, {});
  REQUIRE(lied.ok());
  const RunOutcome& outcome = lied.value();
  CHECK(outcome.exit_code() == 5);
  CHECK(outcome.report.verdicts[static_cast<std::size_t>(Verdict::kInternalError)] == 2);
  CHECK(outcome.report.accepted() == 0);
  CHECK(outcome.report.run.cross_checks.disagreed == 2);
  REQUIRE(outcome.broken_invariant);
  INFO(*outcome.broken_invariant);
  CHECK(outcome.broken_invariant->find("sha256=lying") != std::string::npos);
  CHECK(outcome.broken_invariant->find("1 more") != std::string::npos);
  REQUIRE(outcome.disagreements.size() == 2);
  CHECK(outcome.broken_invariant->starts_with(outcome.disagreements[0]));
  std::ifstream records(options.verdicts_path);
  std::string line;
  REQUIRE(std::getline(records, line));
  CHECK(line.find(R"("verdict":"internal_error")") != std::string::npos);
  CHECK(line.find("sha256=lying") != std::string::npos);
  const std::size_t at = line.find(R"("token_id":")");
  REQUIRE(at != std::string::npos);
  CHECK(outcome.broken_invariant->find(line.substr(at + 12, 32)) != std::string::npos);

  shop->signatures.cross_check = 0;
  const auto unseen = run_in(shop, options, {});
  REQUIRE(unseen.ok());
  CHECK(unseen.value().report.verdicts[static_cast<std::size_t>(Verdict::kSignatureMismatch)] == 2);
}

TEST_CASE("a broken curve kernel is found by the cross-check, too: it names p256") {
  const testing::TemporaryFolder folder;
  RunOptions options;
  options.keys = {{.path = folder.write("key.json", kEcKey)}};
  options.inputs = {folder.write("tokens", std::string(kEcToken) + "\n")};
  options.policy.as_of = TimePoint{1'300'000'000, 0};
  options.kernels = {{"p256", "portable"}};  // by name: from the first signature on
  options.cross_check = 1;
  options.threads = 1;
  const auto honest = run(options);
  REQUIRE(honest.ok());
  CHECK(honest.value().exit_code() == 0);
  CHECK(honest.value().report.run.cross_checks.checked == 1);
  CHECK(honest.value().report.run.tables.size() == 2);

  static constexpr kernels::EccKernel kLying = {
      [](const std::uint8_t* key, std::uint32_t window, std::uint64_t* lines) {
        return kernels::p256_portable.build(key, window, lines);
      },
      answer_wrongly};
  const auto shop = std::make_shared<Shop>();
  shop->ring = std::move(load_keys(options.keys, false)).value();
  shop->policy = options.policy;
  auto chosen = choose_kernels(options.kernels, {});
  REQUIRE(chosen.ok());
  shop->kernels = chosen.value().kernels;
  shop->signatures = chosen.value().signatures;
  shop->rsa_keys = std::make_unique<RsaKeys>(shop->ring);
  shop->signatures.rsa_keys = shop->rsa_keys.get();
  shop->signatures.p256.kernel = &kLying;
  shop->ecc_tables = std::make_unique<EccTables>(shop->ring, shop->signatures.p256,
                                                 shop->signatures.ed25519, 1 << 20);
  shop->signatures.ecc_tables = shop->ecc_tables.get();
  shop->signatures.cross_check = 1;
  shop->signatures.names[static_cast<std::size_t>(WorkKernel::kP256)] = "p256=lying";
  const auto lied = run_in(shop, options, {});
  REQUIRE(lied.ok());
  CHECK(lied.value().exit_code() == 5);
  CHECK(lied.value().report.accepted() == 0);
  REQUIRE(lied.value().broken_invariant);
  INFO(*lied.value().broken_invariant);
  CHECK(lied.value().broken_invariant->find("p256=lying") != std::string::npos);
}

TEST_CASE("which tokens are cross-checked does not depend on chunks and threads") {
  const testing::TemporaryFolder folder;
  RunOptions options;
  options.keys = {{.path = folder.write("key.json", kKey)}};
  std::string tokens;
  for (int i = 0; i < 3000; ++i) tokens += std::string(kToken) + "\n";
  options.inputs = {folder.write("tokens", tokens)};
  options.policy.as_of = TimePoint{1'300'000'000, 0};
  options.cross_check = 10;
  options.threads = 1;
  const auto one = run(options);
  REQUIRE(one.ok());
  const std::uint64_t checked = one.value().report.run.cross_checks.checked;
  CHECK((checked > 200 && checked < 400));
  options.threads = 2;
  options.chunk_bytes = 5000;
  const auto many = run(options);
  REQUIRE(many.ok());
  CHECK(many.value().report.run.cross_checks.checked == checked);
  options.cross_check = 0;
  CHECK(run(options).value().report.run.cross_checks.checked == 0);
}

}  // namespace jotmill
