// A set of 100,000 keys, and files made to hurt: load time and memory stay linear in the bytes, and
// nothing crashes.

#include <chrono>
#include <random>

#include "keys/jwk.h"
#include "keys/key_maker_for_test.h"
#include "keys/pem.h"
#include "keys/prepare.h"
#include "support/catch.h"

namespace jotmill::keys_test {
namespace {

ByteVector random_bytes(std::mt19937_64& random, std::size_t size) {
  ByteVector bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

// Points 1 G, 2 G, 3 G ... as JWK coordinates.
std::vector<std::pair<ByteVector, ByteVector>> p256_points(std::size_t count) {
  EC_GROUP* group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  BN_CTX* context = BN_CTX_new();
  EC_POINT* point = EC_POINT_dup(EC_GROUP_get0_generator(group), group);
  BIGNUM *x = BN_new(), *y = BN_new();
  std::vector<std::pair<ByteVector, ByteVector>> points(count, {ByteVector(32), ByteVector(32)});
  for (auto& [x_bytes, y_bytes] : points) {
    EC_POINT_get_affine_coordinates(group, point, x, y, context);
    BN_bn2binpad(x, x_bytes.data(), 32);
    BN_bn2binpad(y, y_bytes.data(), 32);
    EC_POINT_add(group, point, point, EC_GROUP_get0_generator(group), context);
  }
  BN_free(x), BN_free(y), EC_POINT_free(point), EC_GROUP_free(group), BN_CTX_free(context);
  return points;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST_CASE("keys of one kid that differ in alg or kty alone cost no more than others") {
  // Compared pair by pair 40,000 of them took ten seconds; a limit would be one of a clock, so this
  // only says that they load, and is slow when they do not do so linearly.
  for (const std::string member : {"alg", "kty"}) {
    std::string text = R"({"keys":[)";
    for (int i = 0; i < 40'000; ++i) {
      text += R"({"kid":"a",)" +
              std::string(member == "alg" ? R"("kty":"oct","k":"c2VjcmV0",)" : "") + '"' + member +
              R"(":"z)" + std::to_string(i) + R"("},)";
    }
    text.back() = ']';
    const auto file = parse_jwk(text + "}");
    REQUIRE(file);
    CHECK(file.value().keys.size() == 40'000);
  }
}

TEST_CASE("a set of 100,000 keys is loaded whole and found by kid") {
  constexpr std::size_t kCount = 100'000;
  std::mt19937_64 random(2024);
  const auto points = p256_points(kCount / 2);
  std::string text = R"({"keys":[)";
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::string kid = R"(,"use":"sig","kid":"key-)" + std::to_string(i) + "\"";
    if (i % 2 == 0) {
      ByteVector n = random_bytes(random, 256);
      n.front() |= 0x80, n.back() |= 1;
      text += rsa_jwk(n, {1, 0, 1}, kid);
    } else {
      text += point_jwk("P-256", points[i / 2].first, points[i / 2].second, kid);
    }
    text += i + 1 < kCount ? "," : "]}";
  }
  const Folder folder;
  const KeySource source{folder.write("large.json", text), false, std::nullopt};
  auto start = std::chrono::steady_clock::now();
  const auto ring = load_keys(std::span(&source, 1), false);
  const double load_s = seconds_since(start);
  REQUIRE(ring);
  const auto& keys = ring.value().keys();
  REQUIRE(keys.size() == kCount);
  CHECK(ring.value().warnings().empty());
  std::size_t refused = 0, right_type = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    refused += keys[i].refused() ? 1 : 0;
    right_type += keys[i].type == (i % 2 == 0 ? KeyType::kRsa : KeyType::kEc) ? 1 : 0;
  }
  CHECK(refused == 0);
  CHECK(right_type == kCount);
  CHECK(keys[99'999].y == points[49'999].second);

  start = std::chrono::steady_clock::now();
  std::size_t wrong = 0;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const auto found =
        ring.value().find(i % 2 == 0 ? Alg::kRS256 : Alg::kES256, true, "key-" + std::to_string(i));
    wrong += found.usable_count == 1 && found.usable[0] == i ? 0 : 1;
  }
  const double find_s = seconds_since(start);
  CHECK(wrong == 0);
  start = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < kCount; ++i) {
    wrong += ring.value().find(Alg::kES256, false, {}).failure == Verdict::kKeyAmbiguous ? 0 : 1;
    wrong += ring.value().find(Alg::kES384, false, {}).failure == Verdict::kKeyTypeMismatch ? 0 : 1;
    wrong += ring.value().find(Alg::kES256, true, "none").failure == Verdict::kKeyNotFound ? 0 : 1;
  }
  const double no_kid_s = seconds_since(start);
  CHECK(wrong == 0);
  start = std::chrono::steady_clock::now();
  CHECK(list_keys(ring.value()).size() == kCount);
  WARN("100,000 keys, " << text.size() << " bytes: loaded in " << load_s << " s, listed in "
                        << seconds_since(start) << " s; lookups by kid " << find_s * 1e9 / kCount
                        << " ns, others " << no_kid_s * 1e9 / kCount / 3 << " ns each");
}

TEST_CASE("one kid on thousands of keys, one key under thousands of kids") {
  std::string files;
  std::vector<std::string> same_kid, same_key;
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string more = ",\"kid\":\"k\",\"alg\":\"HS256-" + std::to_string(i) + "\"";
    same_kid.push_back(oct_jwk(as_text(random_bytes(random, 32)), more));
    same_key.push_back(ec_jwk(p256(), "P-256", 32, ",\"kid\":\"" + std::to_string(i) + "\""));
  }
  const auto ring = load_texts({jwk_set(same_kid), jwk_set(same_key), jwk_set(same_key)});
  REQUIRE(ring);
  CHECK(ring.value().keys().size() == 40'000);
  for (int i = 0; i < 100'000; ++i) {
    REQUIRE(ring.value().find(Alg::kHS256, true, "k").failure == Verdict::kKeyRejected);
    REQUIRE(ring.value().find(Alg::kES256, false, {}).usable_count == 1);
  }
  CHECK(ring.value().find(Alg::kES256, true, "19999").usable[0] == 39'999);
}

TEST_CASE("deep, long and hostile JSON ends in an answer") {
  const std::string deep(1 << 20, '[');
  CHECK(refused_whole({deep}) == "neither a JWK nor a JWK Set");
  CHECK(refused_whole({R"({"kty":"oct","k":)" + deep}) == "not JSON: depth");
  CHECK(refused_whole({R"({"keys":[{"x":)" + deep}) == "not JSON: depth");
  CHECK(refusal(R"({"kty":"RSA","e":"AQAB","n":")" + std::string(8 << 20, 'B') + "\"}") ==
        "RSA of 50331643 bits, 16384 is the most");
  std::string members = R"({"kty":"oct","k":"AA")";
  for (int i = 0; i < 200'000; ++i) members += ",\"m" + std::to_string(i) + "\":1e999";
  CHECK(refusal(members + "}") == "oct of 8 bits, 256 is the least");
  CHECK(refusal(members + ",\"m7\":0}") == "two members named m7");
  const std::string operations = R"({"kty":"oct","k":"AA","key_ops":[)" + [] {
    std::string list = "\"a\"";
    for (int i = 0; i < 200'000; ++i) list += ",\"\\u0061\"";
    return list;
  }();
  CHECK(refusal(operations + "]}") == "oct of 8 bits, 256 is the least");
  std::string blocks;
  for (int i = 0; i < 100'000; ++i) blocks += "-----BEGIN PUBLIC KEY-----\n";
  CHECK(refused_whole({blocks}) == "PEM block 1 has no proper end");
}

// Reads mutated files with the parsers themselves: no file system, so that a million fit in a few
// seconds.
TEST_CASE("mutated files never crash, and what they yield is refused or sound") {
  const std::vector<std::string> seeds = {
      spki_der(p256()),
      certificate_der(ed25519()),
      pkcs8_der(p256()),
      private_der(p256()),
      pkcs8_der(ed25519()),
      spki_pem(ed25519()),
      oct_jwk(std::string(40, 's'), R"(,"kid":"a","alg":"HS256","key_ops":["verify"])"),
      ec_jwk(p256(), "P-256", 32, R"(,"kid":"\u0061")"),
      jwk_set({okp_jwk("Ed25519", raw_public(ed25519())), R"({"kty":"OKP"})"})};
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  KeyPreparer preparer(false);
  std::size_t read = 0, refused = 0, sound = 0;
  for (int round = 0; round < 1'000'000; ++round) {
    std::string text = seeds[random() % seeds.size()];
    for (std::uint64_t i = random() % 4; i < 4; ++i) {
      const std::size_t at = random() % text.size();
      switch (random() % 6) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text[at] = static_cast<char>(text[at] ^ 1 << random() % 8); break;
        case 2: text.erase(at, 1 + random() % 4); break;
        case 3: text.insert(at, 1, static_cast<char>(random())); break;
        case 4: text.resize(at + 1); break;
        default: text.insert(at, text.substr(random() % text.size(), random() % 8)); break;
      }
      if (text.empty()) text = "0";
    }
    Result<KeyFile> file = text[0] == '{'   ? parse_jwk(text)
                           : text[0] == '-' ? parse_pem(text, preparer.arithmetic())
                                            : parse_der(as_bytes(text), preparer.arithmetic());
    (void)key_in_disguise(as_bytes(text));
    if (!file) {
      REQUIRE(file.error().kind == ErrorKind::kKeys);
      REQUIRE_FALSE(file.error().reason.empty());
      continue;
    }
    ++read;
    for (PreparedKey& key : file.value().keys) {
      preparer.prepare(key);
      ++(key.refused() ? refused : sound);
      if (key.refused()) continue;
      REQUIRE(key.type != KeyType::kUnknown);
      if (key.type == KeyType::kEc) {
        REQUIRE(preparer.arithmetic().on_curve(key.curve, key.x, key.y));
      }
      if (key.type == KeyType::kOct) REQUIRE(key.hmac.size() == 3);
    }
  }
  // The mutations reach all three ends.
  CHECK(read > 1000);
  CHECK(refused > 1000);
  CHECK(sound > 1000);
}

}  // namespace
}  // namespace jotmill::keys_test
