#ifndef JOTMILL_KEYS_KEY_MAKER_FOR_TEST_H_
#define JOTMILL_KEYS_KEY_MAKER_FOR_TEST_H_

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "keys/base64.h"
#include "keys/load.h"

// Keys and key files made with the library's own writers, so that our readers are held against
// someone else's. For the tests of this folder alone.
namespace jotmill::keys_test {

struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;
using ByteVector = std::vector<std::uint8_t>;

inline EVP_PKEY* good(EVP_PKEY* key) {
  if (key == nullptr) std::abort();
  return key;
}
inline Pkey make_rsa(unsigned bits) {
  return Pkey(good(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits})));
}
inline Pkey make_ec(const char* group) {
  return Pkey(good(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group)));
}
inline Pkey make_plain(const char* type) {
  return Pkey(good(EVP_PKEY_Q_keygen(nullptr, nullptr, type)));
}

/// Made once: key generation is most of these tests' time.
inline EVP_PKEY* rsa_2048() {
  static const Pkey key = make_rsa(2048);
  return key.get();
}
inline EVP_PKEY* p256() {
  static const Pkey key = make_ec("P-256");
  return key.get();
}
inline EVP_PKEY* ed25519() {
  static const Pkey key = make_plain("ED25519");
  return key.get();
}

inline ByteVector number_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) std::abort();
  ByteVector bytes(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(number)));
  if (BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size())) < 0) std::abort();
  BN_free(number);
  return bytes;
}
inline ByteVector rsa_n(const EVP_PKEY* key) { return number_of(key, OSSL_PKEY_PARAM_RSA_N); }
inline ByteVector ec_x(const EVP_PKEY* key, std::size_t size) {
  return number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size);
}
inline ByteVector ec_y(const EVP_PKEY* key, std::size_t size) {
  return number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size);
}
inline ByteVector raw_public(const EVP_PKEY* key) {
  ByteVector bytes(64);
  std::size_t length = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, bytes.data(), &length) != 1) std::abort();
  bytes.resize(length);
  return bytes;
}

/// What `write` puts into a memory BIO.
template <typename Write>
std::string written(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  if (write(bio) != 1) std::abort();
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(length));
  BIO_free(bio);
  return text;
}
inline std::string spki_pem(EVP_PKEY* key) {
  return written([&](BIO* b) { return PEM_write_bio_PUBKEY(b, key); });
}
inline std::string spki_der(EVP_PKEY* key) {
  return written([&](BIO* b) { return i2d_PUBKEY_bio(b, key); });
}
inline std::string pkcs8_pem(EVP_PKEY* key) {
  return written([&](BIO* b) {
    return PEM_write_bio_PrivateKey(b, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}
inline std::string traditional_pem(EVP_PKEY* key) {
  return written([&](BIO* b) {
    return PEM_write_bio_PrivateKey_traditional(b, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}
inline std::string encrypted_pem(EVP_PKEY* key, bool traditional) {
  char pass[] = "secret";
  const auto write = traditional ? PEM_write_bio_PrivateKey_traditional : PEM_write_bio_PrivateKey;
  return written(
      [&](BIO* b) { return write(b, key, EVP_aes_128_cbc(), nullptr, 0, nullptr, pass); });
}
inline std::string pkcs8_der(EVP_PKEY* key) {
  return written([&](BIO* b) {
    return i2d_PKCS8PrivateKey_bio(b, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}
inline std::string encrypted_der(EVP_PKEY* key) {
  char pass[] = "secret";
  return written([&](BIO* b) {
    return i2d_PKCS8PrivateKey_bio(b, key, EVP_aes_128_cbc(), nullptr, 0, nullptr, pass);
  });
}
inline std::string private_der(EVP_PKEY* key) {
  return written([&](BIO* b) { return i2d_PrivateKey_bio(b, key); });
}
/// RSAPublicKey of PKCS#1.
inline std::string pkcs1_der(EVP_PKEY* key) {
  unsigned char* data = nullptr;
  const int length = i2d_PublicKey(key, &data);
  if (length <= 0) std::abort();
  std::string text(reinterpret_cast<char*>(data), static_cast<std::size_t>(length));
  OPENSSL_free(data);
  return text;
}
inline std::string armor(const std::string& label, const std::string& der) {
  return written([&](BIO* b) {
    return PEM_write_bio(b, label.c_str(), "", reinterpret_cast<const unsigned char*>(der.data()),
                         static_cast<long>(der.size())) > 0
               ? 1
               : 0;
  });
}
inline X509* make_certificate(EVP_PKEY* key) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_pubkey(certificate, key);
  const bool plain = EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1;
  if (X509_sign(certificate, key, plain ? nullptr : EVP_sha256()) <= 0) std::abort();
  return certificate;
}
inline std::string certificate_pem(EVP_PKEY* key) {
  X509* certificate = make_certificate(key);
  const std::string text = written([&](BIO* b) { return PEM_write_bio_X509(b, certificate); });
  X509_free(certificate);
  return text;
}
inline std::string certificate_der(EVP_PKEY* key) {
  X509* certificate = make_certificate(key);
  const std::string text = written([&](BIO* b) { return i2d_X509_bio(b, certificate); });
  X509_free(certificate);
  return text;
}

// --- JWK texts. `more` is further members, each with a comma before it.
inline std::string oct_jwk(std::string_view secret, const std::string& more = "") {
  return R"({"kty":"oct","k":")" + encode_base64url(as_bytes(secret)) + "\"" + more + "}";
}
inline std::string rsa_jwk(const ByteVector& n, const ByteVector& e, const std::string& more = "") {
  return R"({"kty":"RSA","n":")" + encode_base64url(n) + R"(","e":")" + encode_base64url(e) + "\"" +
         more + "}";
}
inline std::string rsa_jwk(const EVP_PKEY* key, const std::string& more = "") {
  return rsa_jwk(rsa_n(key), {1, 0, 1}, more);
}
inline std::string point_jwk(const std::string& crv, const ByteVector& x, const ByteVector& y,
                             const std::string& more = "") {
  return R"({"kty":"EC","crv":")" + crv + R"(","x":")" + encode_base64url(x) + R"(","y":")" +
         encode_base64url(y) + "\"" + more + "}";
}
inline std::string ec_jwk(const EVP_PKEY* key, const std::string& crv, std::size_t size,
                          const std::string& more = "") {
  return point_jwk(crv, ec_x(key, size), ec_y(key, size), more);
}
inline std::string okp_jwk(const std::string& crv, const ByteVector& x,
                           const std::string& more = "") {
  return R"({"kty":"OKP","crv":")" + crv + R"(","x":")" + encode_base64url(x) + "\"" + more + "}";
}
inline std::string jwk_set(const std::vector<std::string>& keys) {
  std::string text = R"({"keys":[)";
  for (std::size_t i = 0; i < keys.size(); ++i) text += (i == 0 ? "" : ",") + keys[i];
  return text + "]}";
}

/// A folder of its own that goes away with its content.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "jotmill-keys-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& content) const {
    const std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private:
  std::string path_;
};

/// Loads files with these contents, in this order.
inline Result<KeyRing> load_texts(const std::vector<std::string>& contents,
                                  bool allow_weak = false) {
  const Folder folder;
  std::vector<KeySource> sources;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    sources.push_back({folder.write("file" + std::to_string(i), contents[i]), false, std::nullopt});
  }
  return load_keys(sources, allow_weak);
}
/// A secret file with this content.
inline Result<KeyRing> load_secret(const std::string& content, bool allow_weak = false) {
  const Folder folder;
  const KeySource source{folder.write("secret", content), true, "s1"};
  return load_keys(std::span(&source, 1), allow_weak);
}
/// Why these contents are refused whole; empty when they are not.
inline std::string refused_whole(const std::vector<std::string>& contents) {
  const Result<KeyRing> ring = load_texts(contents);
  return ring ? std::string() : ring.error().reason;
}
/// Why the one key of this content was refused; "whole: ..." when the file was.
inline std::string refusal(const std::string& content, bool allow_weak = false) {
  const Result<KeyRing> ring = load_texts({content}, allow_weak);
  if (!ring) return "whole: " + ring.error().reason;
  if (ring.value().keys().size() != 1) return "not one key";
  return ring.value().keys()[0].refusal;
}

}  // namespace jotmill::keys_test

#endif  // JOTMILL_KEYS_KEY_MAKER_FOR_TEST_H_
