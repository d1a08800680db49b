// ES256 and Ed25519 signatures by tables against OpenSSL, and when a key gets a table.

#include "verify/ecc_many.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "kernels/ecc/ecc_variants.h"
#include "kernels/ed25519/ed25519.h"
#include "kernels/p256/p256.h"
#include "keys/key_ring_builder.h"
#include "support/catch.h"
#include "support/ed25519_cases.h"
#include "support/p256_cases.h"
#include "verify/openssl_keys_for_test.h"

namespace jotmill {
namespace {

constexpr std::size_t kPlenty = std::size_t{64} << 20;
constexpr EccCurve kP256 = {&kernels::p256_portable}, kEd = {&kernels::ed25519_portable};
constexpr std::size_t kTable8 = kernels::ecc_table_bytes(kernels::kP256ScalarBits, 8);

PreparedKey p256_key(const std::array<std::uint8_t, 64>& point) {
  PreparedKey key;
  key.type = KeyType::kEc;
  key.curve = Curve::kP256;
  key.x.assign(point.begin(), point.begin() + 32);
  key.y.assign(point.begin() + 32, point.end());
  return key;
}

KeyRing ring_of(const std::vector<std::array<std::uint8_t, 64>>& points) {
  KeyRingBuilder builder;
  builder.begin_source("test");
  for (const auto& point : points) builder.add(p256_key(point));
  return builder.build();
}

KeyRing ring_of(const std::vector<std::array<std::uint8_t, 32>>& points) {
  KeyRingBuilder builder;
  builder.begin_source("test");
  for (const auto& point : points) {
    PreparedKey key;
    key.type = KeyType::kOkp;
    key.curve = Curve::kEd25519;
    key.x.assign(point.begin(), point.end());
    builder.add(std::move(key));
  }
  return builder.build();
}

struct Outcome {
  SignatureCheck result = SignatureCheck::kFailed;
  bool done = false;
};

struct KeyedCase {
  std::uint32_t key;
  ecc_cases::Case one;
};

/// Every case that is answered is answered right; how many are.
std::size_t answered(EccMany& many, const std::vector<KeyedCase>& cases) {
  HashMany hashes(sha256_kernel().variants.back().fn, sha512_kernel().variants.back().fn);
  LaneUse sha512, use;
  std::vector<Outcome> outcomes(cases.size());
  std::vector<EccMany::Job> jobs;
  for (std::size_t i = 0; i < cases.size(); ++i)
    jobs.push_back({cases[i].key, Bytes(cases[i].one.digest).first(32), cases[i].one.signature,
                    &outcomes[i].result, &outcomes[i].done});
  many.run(jobs, false, hashes, sha512, use);
  std::size_t done = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i, cases[i].key, cases[i].one.what);
    if (!outcomes[i].done) continue;
    ++done;
    CHECK(outcomes[i].result == (cases[i].one.good ? SignatureCheck::kGood : SignatureCheck::kBad));
  }
  return done;
}

/// A good or, every third time, an altered signature of one of the source's keys.
ecc_cases::Case case_of(ecc_cases::P256Cases& source, std::size_t key, std::size_t number) {
  for (;;) {
    ecc_cases::Case one = number % 3 == 2 ? source.altered() : source.good();
    if (one.key == key) return one;
  }
}

TEST_CASE("ES256 by tables: what OpenSSL says, or left to it") {
  const std::uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  ecc_cases::P256Cases source(seed, 8);
  const KeyRing ring = ring_of(source.keys());
  REQUIRE(ring.keys().size() == source.keys().size());
  std::vector<ecc_cases::Case> cases;
  for (int i = 0; i < 300; ++i) cases.push_back(source.good());
  for (int i = 0; i < 200; ++i) cases.push_back(source.altered());
  for (int i = 0; i < 50; ++i) cases.push_back(source.crafted());
  std::stable_sort(cases.begin(), cases.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
  EccTables tables(ring, kP256, {}, kPlenty);
  EccMany many(ring, tables);
  HashMany hashes(sha256_kernel().variants.back().fn, sha512_kernel().variants.back().fn);
  LaneUse sha512, use;
  constexpr std::size_t kLastRound = 4;
  for (std::size_t round = 0; round <= kLastRound; ++round) {
    std::vector<Outcome> outcomes(cases.size());
    std::vector<EccMany::Job> jobs;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      jobs.push_back({static_cast<std::uint32_t>(cases[i].key), Bytes(cases[i].digest).first(32),
                      cases[i].signature, &outcomes[i].result, &outcomes[i].done});
    }
    many.run(jobs, false, hashes, sha512, use);
    std::size_t left = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      CAPTURE(round, i, cases[i].what);
      if (outcomes[i].done) {
        CHECK(outcomes[i].result == (cases[i].good ? SignatureCheck::kGood : SignatureCheck::kBad));
      } else if (round == kLastRound) {
        ++left;
        CHECK(cases[i].special);
      }
    }
    // Some sixty signatures a key and round: no table in the first, one for each key in the last.
    if (round == 0) CHECK(tables.list().empty());
    if (round == kLastRound) CHECK(left < 60);
  }
  CHECK(tables.list().size() == 1 + ring.keys().size());
  CHECK(use.used > cases.size() / 2);
  CHECK(sha512.total == 0);
}

TEST_CASE("Ed25519 by tables: hashed in many, a key with torsion left to OpenSSL") {
  const testing::Own<EVP_PKEY> pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  std::array<std::uint8_t, 32> sound;
  std::size_t length = 32;
  REQUIRE(EVP_PKEY_get_raw_public_key(pkey.get(), sound.data(), &length) == 1);
  ecc_cases::Ed25519Cases source(1, 8);
  const KeyRing ring = ring_of({sound, source.unsuitable_keys()[9]});
  EccTables tables(ring, {}, {&kernels::ed25519_portable}, kPlenty);
  EccMany many(ring, tables);
  HashMany hashes(sha256_kernel().variants.back().fn, sha512_kernel().variants.back().fn);
  const testing::Own<EVP_MD_CTX> context(EVP_MD_CTX_new());
  constexpr std::size_t kCount = 300;
  std::vector<std::vector<std::uint8_t>> messages(kCount);
  std::vector<std::array<std::uint8_t, 64>> signatures(kCount);
  std::vector<Outcome> outcomes(2 * kCount);
  std::vector<EccMany::Job> jobs;
  for (std::size_t i = 0; i < kCount; ++i) {
    messages[i].assign(3 * i, static_cast<std::uint8_t>(i));
    EVP_MD_CTX_reset(context.get());
    length = 64;
    REQUIRE(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1);
    REQUIRE(EVP_DigestSign(context.get(), signatures[i].data(), &length, messages[i].data(),
                           messages[i].size()) == 1);
    if (i % 3 == 1) signatures[i][i % 64] ^= 1;
    if (i % 3 == 2) messages[i].push_back(0);
    jobs.push_back({0, messages[i], signatures[i], &outcomes[i].result, &outcomes[i].done});
  }
  for (std::size_t i = 0; i < kCount; ++i) {
    jobs.push_back(
        {1, messages[i], signatures[i], &outcomes[kCount + i].result, &outcomes[kCount + i].done});
  }
  LaneUse sha512, use;
  many.run(jobs, false, hashes, sha512, use);
  for (std::size_t i = 0; i < kCount; ++i) {
    CAPTURE(i);
    CHECK(outcomes[i].done);
    CHECK(outcomes[i].result == (i % 3 == 0 ? SignatureCheck::kGood : SignatureCheck::kBad));
    CHECK_FALSE(outcomes[kCount + i].done);
  }
  CHECK(use.used == kCount);
  CHECK(sha512.used > 0);
  CHECK(tables.list().size() == 2);  // the base point and the sound key
}

TEST_CASE("a flood of special cases goes past the kernel, and good signatures bring it back") {
  ecc_cases::P256Cases source(8, 8);
  const KeyRing ring = ring_of(source.keys());
  EccTables tables(ring, kP256, {}, kPlenty);
  EccMany many(ring, tables);
  HashMany hashes(sha256_kernel().variants.back().fn, sha512_kernel().variants.back().fn);
  ecc_cases::Case good = source.good();
  while (good.key != 0) good = source.good();
  ecc_cases::Case special = good;
  std::fill_n(special.signature.begin(), 20, std::uint8_t{0});  // r so small that r + n < p
  const auto run = [&](const ecc_cases::Case& one, std::size_t count) {
    std::vector<Outcome> outcomes(count);
    std::vector<EccMany::Job> jobs;
    for (Outcome& outcome : outcomes) {
      jobs.push_back(
          {0, Bytes(one.digest).first(32), one.signature, &outcome.result, &outcome.done});
    }
    LaneUse sha512, use;
    many.run(jobs, false, hashes, sha512, use);
    const auto done = static_cast<std::size_t>(
        std::count_if(outcomes.begin(), outcomes.end(), [](const Outcome& o) {
          if (o.done) CHECK(o.result == SignatureCheck::kGood);
          return o.done;
        }));
    return std::pair(done, use.used);
  };
  CHECK(run(good, 300) == std::pair(std::size_t{300}, std::uint64_t{300}));
  for (int i = 0; i < 4; ++i) CHECK(run(special, 256).first == 0);
  for (int i = 0; i < 100; ++i) {
    CHECK(run(special, 1).first == 0);
    CHECK(run(special, 2'048) == std::pair(std::size_t{0}, std::uint64_t{256}));
  }
  std::size_t tokens = 0;
  while (run(good, 16).first < 16) tokens += 16;
  CHECK(tokens > 0);
  CHECK(tokens < 400);
  CHECK(run(good, 300).first == 300);
  // A few among good ones change nothing.
  for (int i = 0; i < 50; ++i) {
    CHECK(run(special, 16).second == 16);
    CHECK(run(good, 16).first == 16);
  }
}

TEST_CASE("each answer goes to its own signature, also where few of a block are tried") {
  ecc_cases::P256Cases source(11, 8);
  const KeyRing ring = ring_of(source.keys());
  EccTables tables(ring, kP256, {}, kPlenty);
  EccMany many(ring, tables);
  std::vector<KeyedCase> mixed, flood;
  for (std::size_t i = 0; i < 300; ++i) mixed.push_back({0, case_of(source, 0, i)});
  for (std::size_t i = 0; i < 256; ++i) {
    flood.push_back({0, mixed[0].one});
    std::fill_n(flood.back().one.signature.begin(), 20, std::uint8_t{0});  // left to OpenSSL
  }
  CHECK(answered(many, mixed) > 200);
  std::size_t partly = 0;
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 2; ++i) CHECK(answered(many, flood) == 0);
    const std::size_t done = answered(many, mixed);
    partly += done > 0 && done < 256;
  }
  CHECK(partly > 10);
}

TEST_CASE("a key that stands in the ring twice has its own table, whatever stands between") {
  ecc_cases::P256Cases source(12, 8);
  KeyRingBuilder builder;
  builder.begin_source("test");
  const std::array<std::size_t, 4> points = {0, 1, 0, 1};
  for (std::size_t i = 0; i < points.size(); ++i) {
    PreparedKey key = p256_key(source.keys()[points[i]]);
    key.has_kid = true;
    key.kid = std::to_string(i);
    builder.add(std::move(key));
  }
  const KeyRing ring = builder.build();
  REQUIRE(ring.keys().size() == points.size());
  EccTables tables(ring, kP256, {}, kPlenty);
  EccMany many(ring, tables);
  std::vector<KeyedCase> cases;
  for (std::uint32_t key = 0; key < points.size(); ++key) {
    for (std::size_t i = 0; i < 200; ++i) cases.push_back({key, case_of(source, points[key], i)});
  }
  for (int round = 0; round < 4; ++round) answered(many, cases);
  CHECK(answered(many, cases) > cases.size() / 2);
  CHECK(tables.list().size() == 1 + 2);
}

TEST_CASE("keys with windows of different width do not share a block") {
  ecc_cases::P256Cases source(13, 8);
  const KeyRing ring = ring_of(source.keys());
  EccTables tables(ring, {.kernel = &kernels::p256_portable, .lanes = 8}, {}, kPlenty);
  EccMany many(ring, tables);
  REQUIRE(tables.get(0, EccTables::kSteps[0].signatures).key->window == 8);
  REQUIRE(tables.get(2, EccTables::kSteps[0].signatures).key->window == 8);
  tables.get(1, EccTables::kSteps[0].signatures);
  REQUIRE(tables.get(1, EccTables::kSteps[1].signatures).key->window == 11);
  std::vector<KeyedCase> cases;
  for (std::uint32_t key = 0; key < 3; ++key) {
    for (std::size_t i = 0; i < 20; ++i) cases.push_back({key, case_of(source, key, i)});
  }
  CHECK(answered(many, cases) > 30);
}

TEST_CASE("a table is earned by signatures: small inputs do not pay for it") {
  ecc_cases::P256Cases source(2, 8);
  const KeyRing ring = ring_of(source.keys());
  EccTables none(ring, {}, {}, kPlenty);
  CHECK(none.curve_of(0) == nullptr);
  CHECK_FALSE(none.get(0, 1'000'000).key);
  EccTables no_memory(ring, kP256, {}, 0);
  CHECK(no_memory.curve_of(0) == nullptr);
  CHECK_FALSE(no_memory.get(0, 1'000'000).key);
  CHECK(no_memory.list().empty());

  EccTables tables(ring, kP256, {}, kPlenty);
  REQUIRE(tables.curve_of(0) != nullptr);
  for (std::uint32_t key = 0; key < 9; ++key) CHECK_FALSE(tables.get(key, 127).key);
  CHECK(tables.list().empty());  // not even the base point's, which all of them together earned
  const EccTables::Pair first = tables.get(0, 1);
  REQUIRE(first.key);
  REQUIRE(first.base);
  CHECK(first.key->window == 8);
  CHECK(tables.get(0, 0).key == first.key);
  CHECK_FALSE(tables.get(1, 0).key);  // asking again counts nothing

  EccTables forced(ring, {.kernel = &kernels::p256_portable, .forced = true}, {}, kPlenty);
  CHECK(forced.get(0, 1).key);  // asked for by name: from the first signature on
}

TEST_CASE("tables stay within their memory, whoever still reads one") {
  ecc_cases::P256Cases source(3, 8);
  const KeyRing ring = ring_of(source.keys());
  constexpr std::size_t kSmall = kernels::ecc_table_bytes(kernels::kP256ScalarBits, 6);
  const auto bytes_of = [](const EccTables& tables) {
    std::uint64_t sum = 0;
    for (const TableUse& row : tables.list()) sum += row.facts.bytes;
    return sum;
  };
  // Every memory from none to plenty, all keys equally hot: never more than it, and from three
  // small tables on it is of use.
  for (std::size_t memory = 0; memory < 20 * kTable8; memory += kSmall) {
    CAPTURE(memory);
    EccTables tables(ring, kP256, {}, memory);
    std::size_t served = 0;
    for (int round = 0; round < 3; ++round) {
      served = 0;
      for (std::uint32_t key = 0; key < ring.keys().size(); ++key) {
        served += tables.get(key, 300).key ? 1 : 0;
        CHECK(bytes_of(tables) <= memory);
      }
    }
    CHECK((served > 0) == (memory >= 2 * kSmall));
    // Room for all keys, the base point's table and what is kept free to make another in.
    const std::size_t keys = ring.keys().size();
    if (memory >= (keys + 3) * kTable8) CHECK(served == keys);
    if (memory >= (keys + 5) * kSmall) CHECK(served == keys);
  }
}

TEST_CASE("a hot key takes the room of one that is hardly used, and waits for who reads it") {
  ecc_cases::P256Cases source(4, 8);
  const KeyRing ring = ring_of(source.keys());
  constexpr std::size_t kSmall = kernels::ecc_table_bytes(kernels::kP256ScalarBits, 6);
  EccTables tables(ring, kP256, {}, 2 * kSmall + kSmall / 2);  // a base point and one key
  EccTables::Pair held = tables.get(0, 200);
  REQUIRE(held.key);
  CHECK_FALSE(tables.get(1, 300).key);    // not used four times as much
  CHECK_FALSE(tables.get(1, 5'000).key);  // it is now, but somebody reads the table
  CHECK(held.key->lines != nullptr);
  held = {};
  CHECK(tables.get(1, 300).key);
  const std::vector<TableUse> rows = tables.list();
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].key == 1);
  CHECK(rows[1].facts.bytes == kSmall);
  CHECK(rows[1].facts.signatures == 5'600);
  CHECK(rows[1].facts.build_ns > 0);
  // What was long ago does not count for ever.
  CHECK_FALSE(tables.get(2, 10'000'000).key == nullptr);
  CHECK_FALSE(tables.get(3, 1'000).key);
  for (int i = 0; i < 30; ++i) tables.get(3, 300'000);
  CHECK(tables.get(3, 1'000).key);
}

TEST_CASE("wider windows for hotter keys, and two workers at once") {
  ecc_cases::P256Cases source(5, 8);
  const KeyRing ring = ring_of(source.keys());
  // One lane at a time the widest does not pay.
  EccTables narrow(ring, kP256, {}, kPlenty);
  CHECK(narrow.get(0, EccTables::kSteps[2].signatures).key->window == 11);
  EccTables tables(ring, {.kernel = &kernels::p256_portable, .lanes = 8}, {}, kPlenty);
  CHECK(tables.get(0, EccTables::kSteps[0].signatures).key->window == 8);
  const EccTables::Pair old = tables.get(0, EccTables::kSteps[1].signatures);
  CHECK(old.key->window == 11);
  CHECK(tables.get(0, EccTables::kSteps[2].signatures).key->window == 13);
  CHECK(old.key->window == 11);  // still whole
  std::vector<std::thread> workers;
  std::array<std::size_t, 2> served{}, later{};
  for (std::size_t w = 0; w < 2; ++w) {
    workers.emplace_back([&, w] {
      for (std::uint32_t i = 0; i < 200; ++i) {
        const auto pair = tables.get(i % static_cast<std::uint32_t>(ring.keys().size()), 150);
        served[w] += pair.key ? 1 : 0;
        later[w] += pair.soon ? 1 : 0;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(served[0] + served[1] + later[0] + later[1] == 400);
  CHECK(tables.list().size() == 1 + ring.keys().size());
}

TEST_CASE("what keys can earn, and which cannot") {
  ecc_cases::Ed25519Cases source(6, 8);
  std::vector<std::array<std::uint8_t, 32>> points = source.keys();
  const std::size_t sound = points.size();
  for (const auto& key : source.unsuitable_keys()) points.push_back(key);
  const KeyRing ed25519 = ring_of(points);
  for (std::size_t i = 0; i < ed25519.keys().size(); ++i) {
    CAPTURE(i);
    CHECK(table_offers(ed25519.keys()[i], kP256, kEd).empty() == (i >= sound));
  }
  ecc_cases::P256Cases p256(6, 8);
  const KeyRing ring = ring_of(p256.keys());
  const std::vector<TableOffer> offers =
      table_offers(ring.keys()[0], {&kernels::p256_portable, 8}, {});
  REQUIRE(offers.size() == 3);
  CHECK(offers[0].window == 8);
  CHECK(offers[0].bytes == 262'144);
  CHECK(offers[2].bytes == std::uint64_t{5} << 20);
  PreparedKey other;
  other.type = KeyType::kEc;
  other.curve = Curve::kP384;
  CHECK(table_offers(other, kP256, {}).empty());
  CHECK(table_offers(ring.keys()[0], {}, {}).empty());
  CHECK(table_offers(ring.keys()[0], kP256, {}).size() == 2);
}

}  // namespace
}  // namespace jotmill
