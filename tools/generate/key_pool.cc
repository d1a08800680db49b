#include "tools/generate/key_pool.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>

#include "tools/generate/embedded.h"

namespace jotmill::tools {
namespace {

using simdjson::dom::element;

/// Reads members of one JWK; `failed` stays set after the first that cannot be read.
class JwkReader {
 public:
  explicit JwkReader(const element& jwk) : jwk_(jwk) {}

  std::string text(const char* name) const {
    std::string_view value;
    return jwk_[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
  }
  std::string bytes(const char* name) const { return from_base64url(text(name)).value_or(""); }
  bool has(const char* name) const { return jwk_[name].error() == simdjson::SUCCESS; }

 private:
  const element& jwk_;
};

/// Numbers of a key on their way into OpenSSL; frees them.
class KeyNumbers {
 public:
  KeyNumbers() : builder_(OSSL_PARAM_BLD_new()) {}
  ~KeyNumbers() {
    for (BIGNUM* number : numbers_) BN_clear_free(number);
    OSSL_PARAM_BLD_free(builder_);
  }
  KeyNumbers(const KeyNumbers&) = delete;
  KeyNumbers& operator=(const KeyNumbers&) = delete;

  void number(const char* name, const std::string& big_endian) {
    BIGNUM* value = BN_bin2bn(reinterpret_cast<const unsigned char*>(big_endian.data()),
                              static_cast<int>(big_endian.size()), nullptr);
    numbers_.push_back(value);
    OSSL_PARAM_BLD_push_BN(builder_, name, value);
  }
  void text(const char* name, const char* value) {
    OSSL_PARAM_BLD_push_utf8_string(builder_, name, value, 0);
  }
  void octets(const char* name, std::string bytes) {
    const std::string& value = octets_.emplace_back(std::move(bytes));  // read when the key is made
    OSSL_PARAM_BLD_push_octet_string(builder_, name, value.data(), value.size());
  }

  /// Null when OpenSSL refuses the numbers.
  std::shared_ptr<EVP_PKEY> key(const char* type) {
    OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder_);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata_init(context) == 1) {
      EVP_PKEY_fromdata(context, &made, EVP_PKEY_KEYPAIR, params);
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return made == nullptr ? nullptr : std::shared_ptr<EVP_PKEY>(made, EVP_PKEY_free);
  }

 private:
  OSSL_PARAM_BLD* builder_;
  std::vector<BIGNUM*> numbers_;
  std::deque<std::string> octets_;
};

std::shared_ptr<EVP_PKEY> rsa_private_key(const JwkReader& jwk) {
  static constexpr std::pair<const char*, const char*> kParts[] = {
      {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
      {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
      {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
      {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}};
  KeyNumbers numbers;
  for (const auto& [member, parameter] : kParts) numbers.number(parameter, jwk.bytes(member));
  return numbers.key("RSA");
}

std::shared_ptr<EVP_PKEY> ec_private_key(const JwkReader& jwk, const std::string& curve) {
  const std::string group = curve == "secp256k1" ? curve : "P-" + curve.substr(2);
  KeyNumbers numbers;
  numbers.text(OSSL_PKEY_PARAM_GROUP_NAME, group.c_str());
  numbers.octets(OSSL_PKEY_PARAM_PUB_KEY, "\x04" + jwk.bytes("x") + jwk.bytes("y"));
  numbers.number(OSSL_PKEY_PARAM_PRIV_KEY, jwk.bytes("d"));
  return numbers.key("EC");
}

std::shared_ptr<EVP_PKEY> okp_private_key(const JwkReader& jwk, KeyType type) {
  const std::string raw = jwk.bytes("d");
  return {EVP_PKEY_new_raw_private_key(
              type == KeyType::kEd25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448, nullptr,
              reinterpret_cast<const unsigned char*>(raw.data()), raw.size()),
          EVP_PKEY_free};
}

KeyType type_of(const std::string& kty, const std::string& curve) {
  if (kty == "oct") return KeyType::kOct;
  if (kty == "RSA") return KeyType::kRsa;
  if (curve == "P-256") return KeyType::kP256;
  if (curve == "P-384") return KeyType::kP384;
  if (curve == "P-521") return KeyType::kP521;
  if (curve == "secp256k1") return KeyType::kSecp256k1;
  if (curve == "Ed25519") return KeyType::kEd25519;
  return curve == "Ed448" ? KeyType::kEd448 : KeyType::kOther;
}

bool is_private_member(std::string_view name, const std::string& kty) {
  static constexpr std::string_view kPrivate[] = {"d", "p", "q", "dp", "dq", "qi"};
  return kty != "oct" && std::ranges::find(kPrivate, name) != std::end(kPrivate);
}

Result<TestKey> read_key(const element& object, std::string pool) {
  const JwkReader jwk(object);
  const std::string kty = jwk.text("kty");
  const std::string curve = jwk.text("crv");
  TestKey key;
  key.kid = jwk.text("kid");
  key.pool = std::move(pool);
  key.type = type_of(kty, curve);
  for (const auto& field : object.get_object()) {
    if (field.key.starts_with('_') || is_private_member(field.key, kty)) continue;
    key.members.set(field.key, simdjson::minify(field.value));
  }
  if (jwk.has("alg")) key.alg = jwk.text("alg");
  if (jwk.has("_expect")) {
    key.expect = verdict_from_code(jwk.text("_expect")).value_or(Verdict::kInternalError);
  }
  key.secret = jwk.bytes("k");
  key.modulus = jwk.bytes("n");
  key.coordinate_x = jwk.bytes("x");
  if (jwk.has("d")) {
    if (kty == "RSA") key.private_key = rsa_private_key(jwk);
    if (kty == "EC") key.private_key = ec_private_key(jwk, curve);
    if (kty == "OKP") key.private_key = okp_private_key(jwk, key.type);
    if (key.private_key == nullptr)
      return Error{ErrorKind::kInternal, key.kid, "test key refused by OpenSSL"};
  }
  return key;
}

}  // namespace

Result<KeyPools> KeyPools::load() {
  KeyPools pools;
  simdjson::dom::parser parser;
  for (const EmbeddedFile& file : embedded_keys()) {
    element document;
    std::string_view name;
    simdjson::dom::array keys;
    if (parser.parse(simdjson::padded_string(file.text)).get(document) != simdjson::SUCCESS ||
        document["pool"].get(name) != simdjson::SUCCESS ||
        document["keys"].get(keys) != simdjson::SUCCESS) {
      return Error{ErrorKind::kInternal, std::string(file.name), "embedded key file is damaged"};
    }
    Pool pool{.name = std::string(name), .keys = {}};
    for (const element& object : keys) {
      Result<TestKey> key = read_key(object, pool.name);
      if (!key.ok()) return key.error();
      pool.keys.push_back(std::make_shared<const TestKey>(std::move(key).value()));
    }
    pools.pools_.push_back(std::move(pool));
  }
  return pools;
}

const std::vector<std::shared_ptr<const TestKey>>& KeyPools::pool(std::string_view name) const {
  static const std::vector<std::shared_ptr<const TestKey>> kNoKeys;
  for (const Pool& pool : pools_) {
    if (pool.name == name) return pool.keys;
  }
  return kNoKeys;
}

std::vector<std::string> KeyPools::names() const {
  std::vector<std::string> names;
  for (const Pool& pool : pools_) names.push_back(pool.name);
  return names;
}

}  // namespace jotmill::tools
