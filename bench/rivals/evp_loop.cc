// The floor of every verifier that stands on OpenSSL: base64url of the signature, and EVP, with the
// key prepared once. It reads no header, no claim and no key id.
//
//   evp_loop HS256|RS256|ES256|EdDSA KEY_FILE TOKENS SECONDS
//
// KEY_FILE: a PEM public key, for HS256 the raw secret.

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <cstring>
#include <string_view>

#include "rivals/rival.h"

namespace {

using Bytes = std::vector<unsigned char>;

Bytes from_base64url(std::string_view text) {
  static const auto table = [] {
    std::vector<int> values(256, -1);
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
      values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int>(i);
    }
    return values;
  }();
  Bytes out;
  unsigned held = 0, bits = 0;
  for (const char c : text) {
    held = held << 6 | static_cast<unsigned>(table[static_cast<unsigned char>(c)]);
    bits += 6;
    if (bits >= 8) out.push_back(static_cast<unsigned char>(held >> (bits -= 8)));
  }
  return out;
}

/// r and s side by side, as JWS has them, to the DER that EVP wants.
Bytes to_der(const Bytes& raw) {
  const int half = static_cast<int>(raw.size() / 2);
  ECDSA_SIG* signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(raw.data(), half, nullptr),
                 BN_bin2bn(raw.data() + half, half, nullptr));
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(signature, &der);
  Bytes out(der, der + length);
  OPENSSL_free(der);
  ECDSA_SIG_free(signature);
  return out;
}

EVP_PKEY* read_key(const std::string& path) {
  const std::string text = rival::read_file(path);
  BIO* bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (key == nullptr) rival::stop("no PEM public key in " + path);
  return key;
}

struct Split {
  std::string_view input;
  Bytes signature;
};
Split split(const std::string& token) {
  const std::size_t dot = token.rfind('.');
  return {std::string_view(token).substr(0, dot),
          from_base64url(std::string_view(token).substr(dot + 1))};
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) rival::stop("usage: evp_loop ALG KEY_FILE TOKENS SECONDS");
  const std::string alg = argv[1];
  const std::vector<std::string> tokens = rival::read_lines(argv[3]);
  const double seconds = std::atof(argv[4]);
  if (alg == "HS256") {
    const std::string secret = rival::read_file(argv[2]);
    return rival::measure(tokens, seconds, [&](const std::string& token) {
      const Split parts = split(token);
      unsigned char tag[32];
      unsigned length = 0;
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(parts.input),
           parts.input.size(), tag, &length);
      return parts.signature.size() == 32 && CRYPTO_memcmp(tag, parts.signature.data(), 32) == 0;
    });
  }
  EVP_PKEY* key = read_key(argv[2]);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const EVP_MD* digest = alg == "EdDSA" ? nullptr : EVP_sha256();
  return rival::measure(tokens, seconds, [&](const std::string& token) {
    Split parts = split(token);
    if (alg == "ES256") parts.signature = to_der(parts.signature);
    EVP_MD_CTX_reset(context);
    return EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key) == 1 &&
           EVP_DigestVerify(context, parts.signature.data(), parts.signature.size(),
                            bytes_of(parts.input), parts.input.size()) == 1;
  });
}
