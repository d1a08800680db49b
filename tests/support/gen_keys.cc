#include "support/gen_keys.h"

#include <array>
#include <set>

#include "support/codec.h"
#include "support/gen_json.h"
#include "support/reference_algorithms.h"

namespace jotmill::gen {
namespace {

using reference::KeyFile;
using Literals = std::vector<std::string>;

// The asymmetric keys of all worlds, made once per process: RSA keys are slow to make. Moduli of
// 2049 and 2056 bits have the encodings that 2048, 3072 and 4096 do not show.
const std::vector<SigningKey>& pool() {
  static const std::vector<SigningKey> keys = [] {
    std::vector<SigningKey> made;
    Random random(0x6A6F746D696C6C);
    for (const int bits : {2048, 2048, 2049, 2056, 3072, 4096}) {
      made.push_back(make_rsa(random, bits, bits == 2056 ? 3 : 65537));
    }
    for (const char* crv : {"P-256", "P-384", "P-521", "secp256k1"}) {
      for (int i = 0; i < 3; ++i) made.push_back(make_ec(random, crv));
    }
    for (const char* crv : {"Ed25519", "Ed448"}) {
      for (int i = 0; i < 4; ++i) made.push_back(make_okp(random, crv));
    }
    return made;
  }();
  return keys;
}

std::string encoded(std::string_view bytes) {
  std::string literal = "\"";
  literal += codec::base64url(bytes);
  literal += '"';
  return literal;
}

Fields jwk_of(const SigningKey& key) {
  Fields jwk;
  jwk.add("kty", codec::quoted(key.kty));
  if (!key.crv.empty()) jwk.add("crv", codec::quoted(key.crv));
  if (key.kty == "oct") jwk.add("k", encoded(key.secret));
  if (key.kty == "RSA") jwk.add("n", encoded(key.n));
  if (key.kty == "RSA") jwk.add("e", encoded(key.e));
  if (!key.x.empty()) jwk.add("x", encoded(key.x));
  if (!key.y.empty()) jwk.add("y", encoded(key.y));
  return jwk;
}

std::string flipped(Random& random, std::string bytes) {
  char& byte = bytes[random.below(bytes.size())];
  byte = static_cast<char>(byte ^ (1 << random.below(8)));
  return bytes;
}

std::string with_last(std::string bytes, int last) {
  bytes.back() = static_cast<char>(last);
  return bytes;
}

void put_any(Random& random, std::string_view name, Fields& jwk, const Literals& values) {
  jwk.set(name, random.pick(values));
}

// Makes an RSA key one that must be refused, or one that only looks like it.
void spoil_rsa(Random& random, const SigningKey& key, Fields& jwk) {
  switch (random.below(12)) {
    case 0: jwk.set("n", encoded(with_last(random.bytes(128), 0x0B))); return;
    case 1:
      jwk.set("n", encoded("\x7F" + with_last(random.bytes(255), 0x0B)));
      return;  // 2047 bits
    case 2: jwk.set("n", encoded(with_last(key.n, 0x0A))); return;
    case 3: jwk.set("n", encoded(roca_modulus(random, 2048))); return;
    case 4: jwk.set("n", encoded(std::string(1 + random.below(3), '\0') + key.n)); return;
    case 5: jwk.set("e", "\"AQ\""); return;
    case 6: jwk.set("e", "\"Ag\""); return;
    case 7: jwk.set("e", "\"AAEAAQ\""); return;
    case 8: jwk.set("e", encoded("\x01" + std::string(7, '\0') + "\x01")); return;  // 65 bits
    case 9: jwk.set("e", encoded(std::string(8, '\xFF'))); return;                  // 64 bits
    case 10:
      jwk.set("n", encoded("\x01" + with_last(random.bytes(2048), 0x0B)));
      return;  // 16385 bits
    default: put_any(random, random.percent(50) ? "n" : "e", jwk, {"\"\"", "\"AA\""}); return;
  }
}

void spoil_ec(Random& random, const SigningKey& key, Fields& jwk) {
  switch (random.below(8)) {
    case 0: jwk.set("x", encoded(flipped(random, key.x))); return;
    case 1: jwk.set("y", encoded(flipped(random, key.y))); return;
    case 2: jwk.set("x", encoded(std::string(1, '\0') + key.x)); return;
    case 3: jwk.set("y", encoded(key.y.substr(1))); return;
    case 4:
      jwk.set("crv", random.pick(Literals{"\"P-192\"", "\"P-256\"", "\"P-384\"", "\"secp256k1\"",
                                          "\"p-256\"", "\"Ed25519\"", "1"}));
      return;
    case 5: jwk.set("x", encoded(std::string(key.x.size(), '\xFF'))); return;
    case 6:
      jwk.set("x", encoded(std::string(key.x.size(), '\0')));
      jwk.set("y", encoded(std::string(key.y.size(), '\0')));
      return;
    default: jwk.set("x", encoded(key.y)); return;
  }
}

void spoil_okp(Random& random, const SigningKey& key, Fields& jwk) {
  const size_t size = key.x.size();
  switch (random.below(9)) {
    case 0: jwk.set("x", encoded(std::string(size, '\0'))); return;
    case 1: jwk.set("x", encoded("\x01" + std::string(size - 1, '\0'))); return;
    case 2: jwk.set("x", encoded(std::string(size, '\xFF'))); return;
    case 3:
      jwk.set("x", encoded("\xEC" + std::string(30, '\xFF') + "\x7F"));
      return;  // -1 of Ed25519
    case 4:
      jwk.set("x", encoded("\xEE" + std::string(30, '\xFF') + "\x7F"));
      return;  // p + 1 of it
    case 5:
      jwk.set("x", encoded(codec::from_hex(
                       "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")));
      return;
    case 6: jwk.set("x", encoded(key.x.substr(1))); return;
    case 7:
      jwk.set("crv", random.pick(Literals{"\"X25519\"", "\"X448\"", "\"Ed25519\"", "\"Ed448\"",
                                          "\"ed25519\"", "\"P-256\""}));
      return;
    default: jwk.set("x", encoded(std::string(1, '\0') + key.x)); return;
  }
}

void spoil_oct(Random& random, Fields& jwk) {
  const Literals look_alikes = {
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC "
      "KEY-----\n",
      "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 someone@example",
      R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"})",
      as_der(pool()[6], FileShape::spki), as_pem(pool()[6], FileShape::spki)};
  switch (random.below(3)) {
    case 0: jwk.set("k", "\"\""); return;
    case 1: jwk.set("k", encoded(random.pick(look_alikes))); return;
    default:
      jwk.set("k", encoded(random.bytes(random.pick(std::array{1, 15, 16, 31, 32, 47, 48, 63}))));
      return;
  }
}

// Faults that any JWK can have.
void spoil_any(Random& random, Fields& jwk) {
  const std::string& member = random.pick(jwk.list).name;
  const std::string name = member.substr(1, member.size() - 2);
  switch (random.below(9)) {
    case 0: jwk.remove(name); return;
    case 1: jwk.set(name, random.pick(Literals{"null", "1", "[]", "{}", "true"})); return;
    case 2:
      put_any(random, random.pick(std::array{"kid", "alg", "use", "key_ops"}), jwk,
              {"null", "1", "[1]", "{}"});
      return;
    case 3:
      jwk.set("kty",
              random.pick(Literals{"\"rsa\"", "\"AKP\"", "\"\"", "\"EC\"", "\"OKP\"", "\"RSA\""}));
      return;
    case 4:
      jwk.set("alg", random.pick(Literals{"\"RSA1_5\"", "\"A256KW\"", "\"ES521\"", "\"ECDH-ES\"",
                                          "\"none\"", "\"\"", "\"HS256\"", "\"RS256\"", "\"ES256\"",
                                          "\"EdDSA\"", "\"Ed448\""}));
      return;
    case 5:
      put_any(random, random.pick(std::array{"n", "x", "k"}), jwk,
              {"\"A\"", "\"AB\"", "\"AA==\"", "\"+/+/\"", "\"A A\""});
      return;
    case 6: jwk.list.push_back(random.pick(jwk.list)); return;
    case 7: jwk.add("ext", random.percent(50) ? "true" : "\"yes\""); return;
    default: jwk.add("x5c", "[\"AAAA\"]"); return;
  }
}

void spoil_key(Random& random, const SigningKey& key, Fields& jwk) {
  if (random.percent(35)) return spoil_any(random, jwk);
  if (key.kty == "RSA") return spoil_rsa(random, key, jwk);
  if (key.kty == "EC") return spoil_ec(random, key, jwk);
  if (key.kty == "OKP") return spoil_okp(random, key, jwk);
  return spoil_oct(random, jwk);
}

// Collects the keys of one JWK Set; no kid comes twice for one kty and alg, which would refuse the
// set.
class SetWriter {
 public:
  SetWriter(Random& random, World& world) : random_(random), world_(world) {}

  // `kid_chance`, `alg_chance`: in percent, that the key has the member.
  void add(SigningKey key, size_t kid_chance = 80, size_t alg_chance = 50) {
    Signer signer{std::move(key), std::nullopt, std::nullopt};
    if (random_.percent(alg_chance)) signer.alg = random_.pick(fitting_algs(signer.key));
    if (random_.percent(kid_chance)) signer.kid = free_kid(signer);
    Fields jwk = jwk_of(signer.key);
    if (signer.alg) jwk.add("alg", codec::quoted(*signer.alg));
    if (signer.kid) jwk.add("kid", string_literal(random_, *signer.kid));
    add_purpose(jwk);
    if (signer.key.kty == "EC" && random_.percent(10)) jwk.add("d", encoded(signer.key.d));
    random_.shuffle(jwk.list);
    if (random_.percent(20)) spoil_key(random_, signer.key, jwk);
    keys_.push_back(render(random_, jwk));
    world_.signers.push_back(std::move(signer));
  }

  void add_text(std::string jwk) { keys_.push_back(std::move(jwk)); }
  bool empty() const { return keys_.empty(); }
  const std::string& any_key() { return random_.pick(keys_); }

  std::string text() {
    if (keys_.size() == 1 && random_.percent(30)) return keys_.front();
    random_.shuffle(keys_);
    std::string out = "{\"keys\":[";
    for (const std::string& key : keys_) out += (&key == &keys_.front() ? "" : ",") + key;
    return out + "]}";
  }

 private:
  std::string free_kid(const Signer& signer) {
    const std::string alg = signer.alg.value_or("");
    std::string kid = "k" + std::to_string(random_.below(12));
    while (!taken_.insert(kid + " " + signer.key.kty + " " + alg).second) kid += "'";
    return kid;
  }

  void add_purpose(Fields& jwk) {
    if (random_.percent(35)) {
      jwk.add("use", random_.percent(80)
                         ? "\"sig\""
                         : random_.pick(Literals{"\"enc\"", "\"\"", "\"SIG\"", "\"verify\""}));
    }
    if (random_.percent(12)) {
      jwk.add("key_ops",
              random_.pick(Literals{"[\"verify\"]", "[\"sign\"]", "[\"sign\",\"verify\"]",
                                    "[\"encrypt\"]", "[]", "[\"x\",\"verify\"]", "[\"VERIFY\"]"}));
    }
  }

  Random& random_;
  World& world_;
  std::vector<std::string> keys_;
  std::set<std::string> taken_;
};

void add_file(World& world, KeyFile::Kind kind, std::string bytes,
              std::optional<std::string> kid = std::nullopt) {
  world.key_files.push_back(
      {kind, "file" + std::to_string(world.key_files.size()), std::move(bytes), std::move(kid)});
}

void add_symmetric_set(Random& random, World& world) {
  SetWriter set(random, world);
  for (int i = random.between(1, 4); i > 0; --i) {
    set.add(make_oct(random, random.pick(std::array{32, 32, 48, 64, 64, 65, 128, 129})));
  }
  add_file(world, KeyFile::Kind::jwks, set.text());
}

void add_public_sets(Random& random, World& world) {
  SetWriter set(random, world);
  for (int i = random.between(1, 9); i > 0; --i) set.add(random.pick(pool()));
  if (random.percent(5))
    set.add_text(random.pick(Literals{"1", "null", "[]", "{}", "\"x\"", "{\"kty\":\"RSA\"}"}));
  const std::string repeated = set.any_key();
  add_file(world, KeyFile::Kind::jwks, set.text());
  if (random.percent(12)) {
    SetWriter second(random, world);
    second.add_text(repeated);
    if (random.percent(50)) second.add(random.pick(pool()));
    add_file(world, KeyFile::Kind::jwks, second.text());
  }
}

// Around the limit of 16 usable candidates: keys of one type, none of which can be told from the
// token.
void add_crowd(Random& random, World& world) {
  SetWriter set(random, world);
  const int count = random.between(15, 24);
  const bool symmetric = random.percent(60);
  for (int i = 0; i < count; ++i)
    set.add(symmetric ? make_oct(random, 64) : make_okp(random, "Ed25519"), 10, 5);
  add_file(world, KeyFile::Kind::jwks, set.text());
}

void add_raw_key(Random& random, World& world) {
  const SigningKey& key = random.pick(pool());
  const FileShape shape = random.percent(50)   ? FileShape::spki
                          : key.kty != "RSA"   ? FileShape::pkcs8
                          : random.percent(50) ? FileShape::pkcs1
                                               : FileShape::pkcs8;
  if (random.percent(60)) {
    std::string text = as_pem(key, shape);
    if (random.percent(20)) text = "a comment before\n" + text;
    if (random.percent(20)) text += as_pem(random.pick(pool()), FileShape::spki);
    add_file(world, KeyFile::Kind::pem, text);
  } else {
    add_file(world, KeyFile::Kind::der, as_der(key, shape));
  }
  world.signers.push_back({key, std::nullopt, std::nullopt});
}

void add_secret(Random& random, World& world) {
  Signer signer{make_oct(random, random.pick(std::array{20, 32, 32, 64})), std::nullopt,
                std::nullopt};
  if (random.percent(60)) signer.kid = "s" + std::to_string(random.below(3));
  add_file(world, KeyFile::Kind::secret, signer.key.secret + (random.percent(40) ? "\n" : ""),
           signer.kid);
  world.signers.push_back(std::move(signer));
}

void add_refused_file(Random& random, World& world) {
  const std::string oct =
      R"({"kty":"oct","kid":"r","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0"})";
  const std::string okp =
      R"({"kty":"OKP","kid":"r","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  const std::string pem = as_pem(random.pick(pool()), FileShape::spki);
  switch (random.below(9)) {
    case 0: add_file(world, KeyFile::Kind::jwks, "{\"keys\":[" + oct + "," + okp + "]}"); return;
    case 1: add_file(world, KeyFile::Kind::jwks, "{\"keys\":[" + oct + "," + oct + "]}"); return;
    case 2: add_file(world, KeyFile::Kind::jwks, "{\"keys\":[" + okp + "]"); return;
    case 3: add_file(world, KeyFile::Kind::jwks, "{\"keys\":{\"a\":" + okp + "}}"); return;
    case 4: add_file(world, KeyFile::Kind::jwks, "[" + okp + "]"); return;
    case 5: add_file(world, KeyFile::Kind::jwks, "{\"a\":1}"); return;
    case 6: add_file(world, KeyFile::Kind::pem, pem.substr(0, pem.size() / 2)); return;
    case 7: add_file(world, KeyFile::Kind::secret, pem, "r"); return;
    default:
      add_file(world, KeyFile::Kind::der, as_der(pool()[6], FileShape::spki).substr(1));
      return;
  }
}

}  // namespace

std::vector<std::string> fitting_algs(const SigningKey& key) {
  std::vector<std::string> names;
  for (const reference::Algorithm& algorithm : reference::kAlgorithms) {
    if (reference::fits(algorithm, key.kty, key.crv)) names.emplace_back(algorithm.name);
  }
  return names;
}

void add_key_files(Random& random, const WorldOptions& options, World& world) {
  if (random.percent(6)) {
    add_crowd(random, world);
  } else {
    if (random.percent(85)) add_symmetric_set(random, world);
    if (random.percent(90) || world.signers.empty()) add_public_sets(random, world);
  }
  if (random.percent(20)) add_raw_key(random, world);
  if (random.percent(15)) add_secret(random, world);
  if (options.refused_files && random.percent(6)) add_refused_file(random, world);
}

}  // namespace jotmill::gen
