// The oracle's rules for loaded keys, one by one: an oracle that lets a bad key pass would hide the
// engine's fault.

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/codec.h"
#include "support/reference_keys.h"
#include "support/signer.h"

namespace jotmill::reference {
namespace {

using gen::FileShape;

const std::string kOkp =
    R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
const std::string kEc =
    R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";
const std::string kOct =
    R"("kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0")";

const gen::SigningKey& rsa_key() {
  static const gen::SigningKey key = [] {
    gen::Random random(3);
    return gen::make_rsa(random, 2048, 65537);
  }();
  return key;
}

std::string rsa_jwk(const std::string& n, const std::string& e, const std::string& more = "") {
  return R"({"kty":"RSA","n":")" + codec::base64url(n) + R"(","e":")" + codec::base64url(e) + "\"" +
         more + "}";
}

std::string okp_jwk(const std::string& crv, const std::string& x) {
  return R"({"kty":"OKP","crv":")" + crv + R"(","x":")" + codec::base64url(x) + "\"}";
}

std::string oct_jwk(const std::string& secret, const std::string& more = "") {
  return R"({"kty":"oct","k":")" + codec::base64url(secret) + "\"" + more + "}";
}

// Why the only key of a JWK is refused; "weak: ..." where only a weak secret is; empty when it is
// not.
std::string refusal(const std::string& jwk) {
  Keys keys;
  REQUIRE(keys.load_jwks(jwk) == "");
  REQUIRE(keys.all().size() == 1);
  const Key& key = keys.all().front();
  return key.refused.empty() && !key.refused_if_weak.empty() ? "weak: " + key.refused_if_weak
                                                             : key.refused;
}

std::string fault(const std::string& text) {
  Keys keys;
  std::string reason = keys.load_jwks(text);
  if (!reason.empty()) CHECK(keys.all().empty());
  return reason;
}

std::string with_last(std::string bytes, char last) {
  bytes.back() = last;
  return bytes;
}

TEST_CASE("RSA keys are refused for their numbers") {
  const std::string n = rsa_key().n;
  const std::string e = rsa_key().e;
  gen::Random random(9);
  CHECK(refusal(rsa_jwk(n, e)) == "");
  CHECK(refusal(rsa_jwk(std::string(3, '\0') + n, std::string(2, '\0') + e)) == "");
  CHECK(refusal(rsa_jwk(n, "\x03")) == "");
  CHECK(refusal(rsa_jwk(n, std::string(8, '\xFF'))) == "");
  CHECK(refusal(rsa_jwk("\x7F" + with_last(n.substr(1), 1), e)) == "modulus under 2048 bits");
  CHECK(refusal(rsa_jwk("\x01" + with_last(random.bytes(2048), 1), e)) ==
        "modulus over 16384 bits");
  CHECK(refusal(rsa_jwk(std::string(2048, '\xFF'), e)) == "");
  CHECK(refusal(rsa_jwk(with_last(n, 2), e)) == "modulus is even");
  CHECK(refusal(rsa_jwk(n, "\x04")) == "exponent is even");
  CHECK(refusal(rsa_jwk(n, std::string(1, '\0'))) == "exponent is even");
  CHECK(refusal(rsa_jwk(n, "\x01")) == "exponent under 3");
  CHECK(refusal(rsa_jwk(n, "\x01" + with_last(std::string(8, '\0'), 1))) ==
        "exponent over 64 bits");
  for (const int bits : {2048, 3072})
    CHECK(refusal(rsa_jwk(gen::roca_modulus(random, bits), e)) == "ROCA fingerprint");
  CHECK(refusal(R"({"kty":"RSA","e":"AQAB"})") == "n is missing");
  CHECK(refusal(R"({"kty":"RSA","n":"AA=","e":"AQAB"})") == "n is not base64url");
}

TEST_CASE("EC keys are refused for their point") {
  gen::Random random(4);
  CHECK(refusal("{" + kEc + "}") == "");
  for (const char* crv : {"P-256", "P-384", "P-521", "secp256k1"}) {
    const gen::SigningKey key = gen::make_ec(random, crv);
    const auto jwk = [&](const std::string& x, const std::string& y) {
      return std::string(R"({"kty":"EC","crv":")") + crv + R"(","x":")" + codec::base64url(x) +
             R"(","y":")" + codec::base64url(y) + "\"}";
    };
    INFO(crv);
    CHECK(refusal(jwk(key.x, key.y)) == "");
    CHECK(refusal(jwk(key.y, key.x)) == "point is off the curve");
    CHECK(refusal(jwk(key.x.substr(1), key.y)) == "wrong coordinate length");
    CHECK(refusal(jwk(key.x, std::string(1, '\0') + key.y)) == "wrong coordinate length");
    CHECK(refusal(jwk(std::string(key.x.size(), '\xFF'), key.y)) == "coordinate is not reduced");
    CHECK(refusal(jwk(std::string(key.x.size(), '\0'), std::string(key.y.size(), '\0'))) ==
          "point is off the curve");
  }
  CHECK(refusal(R"({"kty":"EC","crv":"P-192","x":"AA","y":"AA"})") == "unknown curve");
  CHECK(refusal(R"({"kty":"EC","x":"AA","y":"AA"})") == "crv is missing");
}

TEST_CASE("OKP keys are refused for their point") {
  const auto point = [](const std::string& hex) {
    return okp_jwk("Ed25519", codec::from_hex(hex));
  };
  const std::string ff(60, 'f');
  CHECK(refusal("{" + kOkp + "}") == "");
  CHECK(refusal(okp_jwk("Ed25519", std::string(31, 'a'))) == "wrong point length");
  CHECK(refusal(okp_jwk("Ed448", std::string(32, 'a'))) == "wrong point length");
  CHECK(refusal(okp_jwk("X25519", std::string(32, 'a'))) == "unknown curve");
  // The points of order 1, 2, 4, 4, 8, 8, 8, 8, and 1 and 2 again with the sign they cannot have.
  for (const std::string& y :
       {"01" + std::string(62, '0'), "ec" + ff + "7f", std::string(64, '0'),
        std::string(62, '0') + "80",
        std::string("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        std::string("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        std::string("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        std::string("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
        "01" + std::string(60, '0') + "80", "ec" + ff + "ff"}) {
    INFO(y);
    CHECK(refusal(point(y)) == "small-order point");
  }
  CHECK(refusal(point("ed" + ff + "7f")) == "point is not canonical");
  CHECK(refusal(point("ff" + ff + "ff")) == "point is not canonical");
  CHECK(refusal(okp_jwk("Ed448", std::string(57, '\0'))) == "small-order point");
  CHECK(refusal(okp_jwk("Ed448", std::string(57, '\xFF'))) == "point is not canonical");
  CHECK(refusal(okp_jwk("Ed448", "\x05" + std::string(55, '\0') + "\x01")) ==
        "point is not canonical");
}

TEST_CASE("secrets are refused for their length and their looks") {
  CHECK(refusal(oct_jwk(std::string(32, 'a'))) == "");
  CHECK(refusal(oct_jwk("")) == "empty secret");
  CHECK(refusal(oct_jwk(std::string(31, 'a'))) == "weak: secret shorter than 32 bytes");
  CHECK(refusal(oct_jwk(std::string(47, 'a'), R"(,"alg":"HS384")")) ==
        "weak: secret shorter than 48 bytes");
  CHECK(refusal(oct_jwk(std::string(48, 'a'), R"(,"alg":"HS384")")) == "");
  CHECK(refusal(oct_jwk(std::string(63, 'a'), R"(,"alg":"HS512")")) ==
        "weak: secret shorter than 64 bytes");
  CHECK(refusal(oct_jwk(std::string(64, 'a'), R"(,"alg":"A256KW")")) ==
        "alg A256KW does not fit kty oct");
  gen::Random random(6);
  const gen::SigningKey ec = gen::make_ec(random, "P-256");
  for (const std::string& secret :
       {gen::as_pem(rsa_key(), FileShape::spki), gen::as_der(rsa_key(), FileShape::spki),
        gen::as_der(rsa_key(), FileShape::pkcs1), gen::as_der(ec, FileShape::spki),
        gen::as_der(ec, FileShape::pkcs8),
        std::string(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"),
        "{" + kOkp + "}", " {\"keys\":[{" + kOkp + "}]}\n"}) {
    CHECK(refusal(oct_jwk(secret)) == "secret is a key in a file format");
    Keys keys;
    CHECK(keys.load_secret(secret, "k") == "secret is a key in a file format");
    CHECK(keys.all().empty());
  }
}

TEST_CASE("members of the wrong kind refuse their key alone") {
  CHECK(refusal("{" + kOkp + R"(,"alg":"ES521"})") == "alg ES521 does not fit crv Ed25519");
  CHECK(refusal("{" + kEc + R"(,"alg":"ES384"})") == "alg ES384 does not fit crv P-256");
  CHECK(refusal(rsa_jwk(rsa_key().n, rsa_key().e, R"(,"alg":"RSA1_5")")) ==
        "alg RSA1_5 does not fit kty RSA");
  CHECK(refusal("{" + kOkp + R"(,"alg":1})") == "alg is not a string");
  CHECK(refusal("{" + kOkp + R"(,"kid":1})") == "kid is not a string");
  CHECK(refusal("{" + kOkp + R"(,"use":["sig"]})") == "use is not a string");
  CHECK(refusal("{" + kOkp + R"(,"key_ops":"verify"})") == "key_ops is not an array of strings");
  CHECK(refusal("{" + kOkp + R"(,"key_ops":["verify",1]})") ==
        "key_ops is not an array of strings");
  CHECK(refusal("{" + kOkp + R"(,"crv":"Ed25519"})") == "a member twice");
  CHECK(refusal("{" + kOkp + R"(,"ext":"any","x5c":1,"d":null})") ==
        "");  // RFC 7517 s4: unknown members are ignored
  CHECK(refusal(R"({"kty":"AKP"})") == "unknown kty");
  CHECK(refusal(R"({"kty":"rsa"})") == "unknown kty");
  CHECK(refusal(R"({"keys":[{}]})") == "kty is missing");
  CHECK(refusal(R"({"keys":["x"]})") == "no JSON object");
}

TEST_CASE("files are refused whole") {
  CHECK(fault("{") == "not JSON");
  CHECK(fault("\xEF\xBB\xBF{" + kOkp + "}") == "not JSON");
  CHECK(fault("[{" + kOkp + "}]") == "no JSON object");
  CHECK(fault(R"({"a":1})") == "neither keys nor kty");
  CHECK(fault(R"({"keys":{}})") == "keys is not an array");
  CHECK(fault(R"({"keys":[],"keys":[]})") == "a member of the set twice");
  CHECK(fault(R"({"keys":[]})") == "");
  CHECK(fault("{\"keys\":[{" + kOkp + "},{" + kOct + "}]}") ==
        "symmetric and public keys in one set");
  const std::string kid = R"(,"kid":"1")";
  const std::string twice = "one kid twice for the same kty and alg";
  CHECK(fault("{\"keys\":[{" + kOkp + kid + "},{" + kOkp + R"(,"kid":"\u0031")" + "}]}") == twice);
  CHECK(fault("{\"keys\":[{" + kOkp + kid + "},{" + kOkp + kid + R"(,"alg":"EdDSA")" + "}]}") ==
        "");
  CHECK(fault("{\"keys\":[{" + kOkp + kid + "},{" + kEc + kid + "}]}") == "");
  CHECK(fault("{\"keys\":[{" + kOkp + "},{" + kOkp + "}]}") == "");
}

TEST_CASE("sets of different files combine, and a repeated key counts once") {
  Keys keys;
  REQUIRE(keys.load_jwks("{" + kOkp + "}") == "");
  REQUIRE(keys.load_jwks("{" + kOct + "}") == "");
  REQUIRE(keys.load_jwks("{" + kOkp + "}") == "");
  REQUIRE(keys.load_jwks("{" + kOkp + R"(,"kid":"1"})") == "");
  REQUIRE(keys.all().size() == 4);
  CHECK_FALSE(keys.all()[0].repeated);
  CHECK(keys.all()[2].repeated);
  CHECK_FALSE(keys.all()[3].repeated);
}

// A self-signed certificate of a key, PEM.
std::string certificate_of(const gen::SigningKey& key) {
  X509* certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key.pkey.get());
  X509_sign(certificate, key.pkey.get(), key.kty == "RSA" ? EVP_sha256() : nullptr);
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(bio);
  X509_free(certificate);
  return pem;
}

std::string encrypted(const gen::SigningKey& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  char password[] = "test";
  PEM_write_bio_PKCS8PrivateKey(bio, key.pkey.get(), EVP_aes_128_cbc(), password, 4, nullptr,
                                nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(bio);
  return pem;
}

TEST_CASE("PEM and DER hold the same keys as JWKs") {
  gen::Random random(8);
  for (const gen::SigningKey& key :
       {rsa_key(), gen::make_ec(random, "P-521"), gen::make_ec(random, "secp256k1"),
        gen::make_okp(random, "Ed25519"), gen::make_okp(random, "Ed448")}) {
    Keys keys;
    REQUIRE(keys.load_pem("a comment\n" + gen::as_pem(key, FileShape::spki) + "between\n" +
                          gen::as_pem(key, FileShape::pkcs8)) == "");
    REQUIRE(keys.load_der(gen::as_der(key, FileShape::spki)) == "");
    REQUIRE(keys.load_der(gen::as_der(key, FileShape::pkcs8)) == "");
    if (key.kty == "RSA") REQUIRE(keys.load_der(gen::as_der(key, FileShape::pkcs1)) == "");
    if (key.kty == "RSA") REQUIRE(keys.load_pem(gen::as_pem(key, FileShape::pkcs1)) == "");
    if (key.kty != "EC") REQUIRE(keys.load_pem(certificate_of(key)) == "");
    REQUIRE(keys.all().size() >= 4);
    for (const Key& read : keys.all()) {
      INFO(key.kty << " " << key.crv);
      CHECK(read.refused == "");
      CHECK(read.kty == key.kty);
      CHECK(read.crv == key.crv);
      CHECK((read.n == key.n && read.e == key.e && read.x == key.x && read.y == key.y));
    }
  }
}

TEST_CASE("PEM and DER files are refused whole") {
  const std::string pem = gen::as_pem(rsa_key(), FileShape::spki);
  const std::string der = gen::as_der(rsa_key(), FileShape::spki);
  Keys keys;
  CHECK(keys.load_pem("") == "PEM without a key");
  CHECK(keys.load_pem("no PEM at all") == "PEM without a key");
  CHECK(keys.load_pem(pem.substr(0, pem.size() / 2)) == "PEM block without its end");
  CHECK(keys.load_pem(pem + encrypted(rsa_key())) == "encrypted PEM");
  CHECK(keys.load_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n") ==
        "PEM block cannot be read");
  CHECK(keys.load_pem("-----BEGIN ANY KEY-----\nAAAA\n-----END ANY KEY-----\n") ==
        "PEM block of a key that is not known");
  CHECK(keys.load_pem("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n") == "");
  CHECK(keys.load_der("") == "malformed DER");
  CHECK(keys.load_der(der + "x") == "malformed DER");
  CHECK(keys.load_der(der.substr(0, der.size() - 1)) == "malformed DER");
  CHECK(keys.all().empty());
}

TEST_CASE("a DER key that is well-formed and none of ours is refused, not its file") {
  gen::Random random(12);
  const gen::SigningKey ec = gen::make_ec(random, "P-256");
  const gen::SigningKey ed = gen::make_okp(random, "Ed25519");
  const auto refusal_of = [](const std::string& der) {
    Keys keys;
    REQUIRE(keys.load_der(der) == "");
    return keys.all().front().refused;
  };
  std::string off = gen::as_der(ec, FileShape::spki);
  off.back() = static_cast<char>(off.back() ^ 1);
  CHECK(refusal_of(off) == "point is off the curve");
  std::string hybrid = gen::as_der(ec, FileShape::spki);
  hybrid[hybrid.size() - 65] = 6;
  CHECK(refusal_of(hybrid) == "neither an uncompressed nor a compressed point");
  std::string other = gen::as_der(ed, FileShape::spki);
  other[8] = 0x6E;  // the last byte of its OBJECT IDENTIFIER: X25519
  CHECK(refusal_of(other) == "unknown key type");
  // RFC 8032 s5.1.3: y = 2 has no x.
  const std::string y2 = "\x02" + std::string(31, '\0');
  CHECK(refusal_of(other.substr(0, 8) + "\x70" + other.substr(9, 3) + y2) ==
        "point is off the curve");
}

TEST_CASE("DER is read to the byte") {
  gen::Random random(13);
  const std::string der = gen::as_der(gen::make_ec(random, "P-256"), FileShape::spki);
  REQUIRE(der.starts_with("\x30\x59\x30\x13"));
  Keys keys;
  CHECK(keys.load_der("\x30\x81" + der.substr(1)) == "malformed DER");  // length not the shortest
  CHECK(keys.load_der("\x30\x80" + der.substr(2) + std::string(2, '\0')) == "malformed DER");
  CHECK(keys.load_der("\x30\x5A\x30\x81" + der.substr(3)) == "malformed DER");
}

TEST_CASE("a secret file loses one newline and no more") {
  const std::string secret(32, 'k');
  const std::vector<std::pair<std::string, std::string>> tails = {
      {"", ""}, {"\n", ""}, {"\r\n", ""}, {"\n\n", "\n"}, {"\r", "\r"}, {"\r\r\n", "\r"}};
  for (const auto& [tail, rest] : tails) {
    Keys keys;
    REQUIRE(keys.load_secret(secret + tail, "s") == "");
    CHECK(keys.all().front().secret == secret + rest);
    CHECK(keys.all().front().kid == "s");
  }
}

TEST_CASE("a refused key does not stand for a sound one of the same material") {
  const std::string material =
      R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
  Keys keys;
  REQUIRE(keys.load_jwks("{\"keys\":[{" + material + ",\"use\":1},{" + material + "}]}") == "");
  CHECK_FALSE(keys.all()[0].refused.empty());
  CHECK_FALSE(keys.all()[1].repeated);
}

}  // namespace
}  // namespace jotmill::reference
