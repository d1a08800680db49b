#include "keys/key_ring.h"

#include <algorithm>
#include <random>

#include "keys/bind.h"
#include "keys/key_maker_for_test.h"
#include "keys/key_ring_builder.h"
#include "support/catch.h"

namespace jotmill::keys_test {
namespace {

std::string secret(int i, std::size_t size = 64) {
  std::string bytes = "secret number " + std::to_string(i);
  bytes.resize(size, '.');
  return bytes;
}
std::string kid(const std::string& name) { return ",\"kid\":\"" + name + "\""; }

std::vector<std::uint32_t> usable(const KeyRing::Lookup& lookup) {
  return {lookup.usable.begin(), lookup.usable.begin() + lookup.usable_count};
}
using Indices = std::vector<std::uint32_t>;

TEST_CASE("candidates: equal kid and no kid, in load order; without kid all") {
  const auto ring = load_texts(
      {jwk_set({oct_jwk(secret(0), kid("a")), oct_jwk(secret(1)), oct_jwk(secret(2), kid("b")),
                oct_jwk(secret(3)), oct_jwk(secret(4), kid(""))})});
  REQUIRE(ring);
  const KeyRing& r = ring.value();
  CHECK(usable(r.find(Alg::kHS256, true, "a")) == Indices{0, 1, 3});
  CHECK(usable(r.find(Alg::kHS512, true, "b")) == Indices{1, 2, 3});
  CHECK(usable(r.find(Alg::kHS256, true, "c")) == Indices{1, 3});
  CHECK(usable(r.find(Alg::kHS256, true, "")) == Indices{1, 3, 4});
  CHECK(usable(r.find(Alg::kHS256, true, std::string_view("a\0", 2))) == Indices{1, 3});
  CHECK(usable(r.find(Alg::kHS256, false, "")) == Indices{0, 1, 2, 3, 4});
}

TEST_CASE("no key with the kid and none without: key_not_found; an empty ring too") {
  const auto ring = load_texts({oct_jwk(secret(0), kid("a"))});
  REQUIRE(ring);
  const auto lookup = ring.value().find(Alg::kHS256, true, "b");
  CHECK(lookup.usable_count == 0);
  CHECK(lookup.failure == Verdict::kKeyNotFound);
  CHECK(lookup.failure_key == 0xFFFFFFFF);
  CHECK(KeyRing().find(Alg::kHS256, false, "").failure == Verdict::kKeyNotFound);
}

TEST_CASE("each failure of section D, and its words") {
  const std::string p256_es = ec_jwk(p256(), "P-256", 32, R"(,"kid":"e","alg":"ES256")");
  const auto ring = load_texts(
      {jwk_set({oct_jwk("short", kid("weak")), oct_jwk(secret(1), kid("h") + R"(,"alg":"HS384")"),
                oct_jwk(secret(2, 32), kid("h32")),
                oct_jwk(secret(3), kid("enc") + R"(,"use":"enc")"),
                oct_jwk(secret(4), kid("ops") + R"(,"key_ops":["encrypt"])")}),
       jwk_set({p256_es, okp_jwk("Ed25519", raw_public(ed25519()), kid("d") + R"(,"alg":"EdDSA")"),
                rsa_jwk(rsa_2048(), kid("r") + R"(,"alg":"PS256")")})});
  REQUIRE(ring);
  const KeyRing& r = ring.value();
  const auto failing = [&](Alg alg, const char* name) {
    const auto lookup = r.find(alg, true, name);
    REQUIRE(lookup.usable_count == 0);
    REQUIRE(lookup.failure_key < r.keys().size());
    return std::string(code(lookup.failure)) + ": " +
           judge_key_detail(r.keys()[lookup.failure_key], alg);
  };
  CHECK(failing(Alg::kHS256, "weak") == "key_rejected: oct of 40 bits, 256 is the least");
  CHECK(failing(Alg::kRS256, "weak") == "key_rejected: oct of 40 bits, 256 is the least");
  CHECK(failing(Alg::kHS512, "h32") == "key_rejected: oct of 256 bits, 512 is the least for HS512");
  CHECK(failing(Alg::kHS384, "h32") == "key_rejected: oct of 256 bits, 384 is the least for HS384");
  CHECK(failing(Alg::kRS256, "h32") == "key_type_mismatch: oct");
  CHECK(failing(Alg::kHS256, "h") == "key_alg_mismatch: HS384");
  CHECK(failing(Alg::kHS256, "enc") == "key_use_mismatch: use");
  CHECK(failing(Alg::kHS256, "ops") == "key_use_mismatch: key_ops");
  CHECK(failing(Alg::kHS256, "e") == "key_type_mismatch: P-256");
  CHECK(failing(Alg::kES384, "e") == "key_type_mismatch: P-256");
  CHECK(failing(Alg::kEd448, "d") == "key_type_mismatch: Ed25519");
  CHECK(failing(Alg::kEd25519, "d") == "key_alg_mismatch: EdDSA");
  CHECK(failing(Alg::kRS256, "r") == "key_alg_mismatch: PS256");
  CHECK(failing(Alg::kHS256, "r") == "key_type_mismatch: RSA");
  CHECK(usable(r.find(Alg::kHS256, true, "h32")) == Indices{2});
  CHECK(usable(r.find(Alg::kEdDSA, true, "d")) == Indices{6});
}

TEST_CASE("the failure that got furthest is reported, of equal ones the first loaded") {
  const auto ring = load_texts(
      {jwk_set({oct_jwk("short"), oct_jwk(secret(1), R"(,"use":"enc")"),
                oct_jwk(secret(2), R"(,"alg":"HS512")"), oct_jwk(secret(3), R"(,"alg":"HS512")"),
                oct_jwk(secret(4), kid("k") + R"(,"use":"enc")")})});
  REQUIRE(ring);
  auto lookup = ring.value().find(Alg::kHS256, false, "");
  CHECK(lookup.failure == Verdict::kKeyAlgMismatch);
  CHECK(lookup.failure_key == 2);
  lookup = ring.value().find(Alg::kRS256, false, "");
  CHECK(lookup.failure == Verdict::kKeyTypeMismatch);
  CHECK(lookup.failure_key == 1);
  lookup = ring.value().find(Alg::kHS384, true, "k");
  CHECK(lookup.failure == Verdict::kKeyAlgMismatch);
  CHECK(lookup.failure_key == 2);
}

TEST_CASE("sixteen usable candidates are tried, seventeen are ambiguous") {
  std::vector<std::string> files;  // one key each: in one set the kid could not be given twice
  for (int i = 0; i < 16; ++i) files.push_back(oct_jwk(secret(i), i % 2 == 0 ? "" : kid("k")));
  auto ring = load_texts(files);
  REQUIRE(ring);
  CHECK(ring.value().find(Alg::kHS256, true, "k").usable_count == 16);
  CHECK(ring.value().find(Alg::kHS256, false, "").usable_count == 16);
  CHECK(ring.value().find(Alg::kHS256, true, "other").usable_count == 8);

  files.push_back(oct_jwk(secret(99)));
  ring = load_texts(files);
  REQUIRE(ring);
  for (const bool has_kid : {true, false}) {
    const auto lookup = ring.value().find(Alg::kHS256, has_kid, "k");
    CHECK(lookup.usable_count == 0);
    CHECK(lookup.failure == Verdict::kKeyAmbiguous);
    CHECK(lookup.failure_key == 0xFFFFFFFF);
  }
  CHECK(ring.value().find(Alg::kHS256, true, "other").usable_count == 9);
}

TEST_CASE("equal material counts once, under another kid, alg or use it stays reachable") {
  const std::string same = ec_jwk(p256(), "P-256", 32);
  const auto ring =
      load_texts({same, spki_pem(p256()), ec_jwk(p256(), "P-256", 32, kid("a")),
                  ec_jwk(p256(), "P-256", 32, kid("b")), ec_jwk(p256(), "P-256", 32, kid("a")),
                  ec_jwk(p256(), "P-256", 32, kid("a") + R"(,"use":"enc")")});
  REQUIRE(ring);
  const KeyRing& r = ring.value();
  REQUIRE(r.keys().size() == 4);
  CHECK(usable(r.find(Alg::kES256, false, "")) == Indices{0});
  CHECK(usable(r.find(Alg::kES256, true, "a")) == Indices{0});
  CHECK(usable(r.find(Alg::kES256, true, "b")) == Indices{0});
  CHECK(usable(r.find(Alg::kES256, true, "c")) == Indices{0});
  CHECK(r.keys()[1].material == r.keys()[0].material);
  REQUIRE(r.keys()[1].warnings.size() == 1);
  CHECK(r.keys()[1].warnings[0].starts_with("the same key material as key 0 of "));
  std::string warnings;
  for (const std::string& warning : r.warnings()) warnings += warning + "\n";
  CHECK(warnings.find(
            "file1: 1 key given before, counted once; first key 0: the same as key 0 of ") !=
        std::string::npos);
  CHECK(warnings.find("file4: 1 key given before, counted once") != std::string::npos);
  CHECK(warnings.find("file2: 1 key given before under another kid, alg or use") !=
        std::string::npos);

  // Without a key that has no kid, each kid finds its own.
  const auto named =
      load_texts({ec_jwk(p256(), "P-256", 32, kid("a")), ec_jwk(p256(), "P-256", 32, kid("b"))});
  REQUIRE(named);
  CHECK(usable(named.value().find(Alg::kES256, true, "a")) == Indices{0});
  CHECK(usable(named.value().find(Alg::kES256, true, "b")) == Indices{1});
  CHECK(usable(named.value().find(Alg::kES256, false, "")) == Indices{0});
}

// The rule as verdicts.md says it, by a walk over all keys.
KeyRing::Lookup walk(const KeyRing& ring, Alg alg, bool has_kid, std::string_view name) {
  KeyRing::Lookup lookup;
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < ring.keys().size(); ++i) {
    const PreparedKey& key = ring.keys()[i];
    if (has_kid && key.has_kid && key.kid != name) continue;
    const Verdict verdict = judge_key(key, alg);
    if (verdict != Verdict::kAccepted) {
      if (verdict > lookup.failure) lookup.failure = verdict, lookup.failure_key = i;
      continue;
    }
    const auto same = [&](std::uint32_t j) { return ring.keys()[j].material == key.material; };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(i);
  }
  if (found.size() > 16) {
    lookup.failure = Verdict::kKeyAmbiguous, lookup.failure_key = 0xFFFFFFFF;
  } else {
    std::copy(found.begin(), found.end(), lookup.usable.begin());
    lookup.usable_count = static_cast<std::uint8_t>(found.size());
  }
  return lookup;
}

TEST_CASE("the index answers as a walk over all keys does") {
  std::mt19937 random(11);
  const auto draw = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  const Pkey rsa2 = make_rsa(2048);
  for (int round = 0; round < 60; ++round) {
    KeyRingBuilder builder;
    builder.begin_source("test");
    const unsigned kids = 1 + draw(4), count = draw(round % 3 == 0 ? 200 : 30);
    for (unsigned i = 0; i < count; ++i) {
      PreparedKey key;
      switch (draw(4)) {
        case 0: key.type = KeyType::kRsa, key.n = {static_cast<std::uint8_t>(draw(20))}; break;
        case 1: key.type = KeyType::kOct, key.secret = {static_cast<std::uint8_t>(draw(20))}; break;
        case 2:
          key.type = KeyType::kEc, key.curve = draw(2) ? Curve::kP256 : Curve::kP384;
          key.x = {static_cast<std::uint8_t>(draw(20))};
          break;
        default:
          key.type = KeyType::kOkp, key.curve = Curve::kEd25519,
          key.x = {static_cast<std::uint8_t>(draw(20))};
      }
      if (draw(3) != 0)
        key.has_kid = true, key.kid = std::string(1, static_cast<char>('a' + draw(kids)));
      if (draw(3) == 0) key.has_alg = true, key.alg = info(static_cast<Alg>(draw(kAlgCount))).name;
      if (draw(8) == 0) key.refusal = "because";
      if (draw(8) == 0) key.use_limit = UseLimit::kUse;
      if (draw(8) == 0) key.permitted = static_cast<AlgSet>(random());
      builder.add(std::move(key));
    }
    const KeyRing ring = builder.build();
    for (const AlgInfo& row : alg_table()) {
      for (const char* name : {"a", "b", "c", "d", "e", ""}) {
        const bool has_kid = *name != '\0';
        const auto expected = walk(ring, row.alg, has_kid, name),
                   found = ring.find(row.alg, has_kid, name);
        REQUIRE(usable(found) == usable(expected));
        if (found.usable_count > 0) continue;
        REQUIRE(found.failure == expected.failure);
        REQUIRE(found.failure_key == expected.failure_key);
      }
    }
  }
}

TEST_CASE(
    "bind_keys fills the columns of pending tokens that passed the header, and of no others") {
  const auto ring = load_texts(
      {jwk_set({oct_jwk(secret(0), kid("a")), oct_jwk(secret(1)), oct_jwk("short", kid("weak"))})});
  REQUIRE(ring);
  TokenBatch batch;
  const auto add = [&](Alg alg, const char* name) {
    const std::size_t i = batch.add(0, 0, false, 0, 0);
    batch.alg[i] = alg;
    if (name != nullptr) batch.kid[i] = batch.add_text(name);
    batch.passed[i] = kPassedDecode | kPassedHeader;
    return i;
  };
  const auto a = add(Alg::kHS256, "a"), none = add(Alg::kHS256, nullptr),
             rsa = add(Alg::kRS256, "a"), decided = add(Alg::kHS256, "a"),
             not_passed = add(Alg::kNone, nullptr), other = add(Alg::kHS512, "zz");
  batch.reject(decided, Verdict::kSegmentCount);
  batch.passed[not_passed] = kPassedDecode;
  bind_keys(batch, ring.value());

  const auto row = [&](std::size_t i) {
    return Indices(batch.candidates.begin() + batch.cand_off[i],
                   batch.candidates.begin() + batch.cand_off[i] + batch.cand_count[i]);
  };
  CHECK(row(a) == Indices{0, 1});
  CHECK((batch.passed[a] & kPassedBind) != 0);
  CHECK(batch.pending(a));
  CHECK(batch.key[a] == kNoKey);
  CHECK(row(none) == Indices{0, 1});
  CHECK(row(other) == Indices{1});
  CHECK(batch.verdict[rsa] == Verdict::kKeyTypeMismatch);
  CHECK(batch.key[rsa] == 0);
  CHECK(batch.text_of(batch.detail[rsa]) == "oct");
  CHECK((batch.passed[rsa] & kPassedBind) == 0);
  CHECK(batch.verdict[decided] == Verdict::kSegmentCount);
  CHECK((batch.passed[decided] & kPassedBind) == 0);
  CHECK(batch.pending(not_passed));
  CHECK((batch.passed[not_passed] & kPassedBind) == 0);
}

TEST_CASE(
    "bind_keys: a neighbour's answer serves only the same alg, the same kid, and a kid as absent "
    "as its own") {
  const auto ring =
      load_texts({jwk_set({oct_jwk(secret(0, 32), kid("a")), oct_jwk(secret(1), kid("b")),
                           oct_jwk(secret(2), kid("")), oct_jwk(secret(3))})});
  REQUIRE(ring);
  TokenBatch batch;
  struct Row {
    Alg alg;
    const char* kid;
    Indices expected;
  };
  const Row rows[] = {
      {Alg::kHS256, "a", {0, 3}}, {Alg::kHS512, "a", {3}},    {Alg::kHS512, "b", {1, 3}},
      {Alg::kHS512, "b", {1, 3}}, {Alg::kHS512, "", {2, 3}},  {Alg::kHS512, nullptr, {1, 2, 3}},
      {Alg::kHS512, "", {2, 3}},  {Alg::kHS256, "", {2, 3}},  {Alg::kHS256, nullptr, {0, 1, 2, 3}},
      {Alg::kHS256, "b", {1, 3}}, {Alg::kHS256, "a", {0, 3}},
  };
  for (const Row& row : rows) {
    const std::size_t i = batch.add(0, 0, false, 0, 0);
    batch.alg[i] = row.alg;
    if (row.kid != nullptr) batch.kid[i] = batch.add_text(row.kid);
    batch.passed[i] = kPassedDecode | kPassedHeader;
  }
  bind_keys(batch, ring.value());
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    INFO("row " << i);
    CHECK(Indices(batch.candidates.begin() + batch.cand_off[i],
                  batch.candidates.begin() + batch.cand_off[i] + batch.cand_count[i]) ==
          rows[i].expected);
  }
}

}  // namespace
}  // namespace jotmill::keys_test
