#include "keys/key_mark.h"

#include <openssl/evp.h>

#include <memory>
#include <new>
#include <string_view>

namespace jotmill {
namespace {

constexpr int kRounds = 100'000;

/// SHA-256 over parts, each behind its length, so that no two lists of parts are the same bytes.
class PartHash {
 public:
  PartHash() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_) throw std::bad_alloc();
    must(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
  }
  void add(Bytes part) {
    const std::uint64_t size = part.size();
    must(EVP_DigestUpdate(context_.get(), &size, sizeof size));
    must(EVP_DigestUpdate(context_.get(), part.data(), part.size()));
  }
  void add(std::string_view part) { add(as_bytes(part)); }
  void add(std::uint64_t number) {
    add(Bytes(reinterpret_cast<const std::uint8_t*>(&number), sizeof number));
  }
  SecretBytes finish() {
    SecretBytes digest(32);
    must(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
    return digest;
  }

 private:
  /// Two marks of a digest that failed would be equal, whatever the keys.
  static void must(int done) {
    if (done != 1) throw std::bad_alloc();
  }

  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;  ///< wiped when it is freed
};

void add_key(PartHash& hash, const PreparedKey& key) {
  hash.add(static_cast<std::uint64_t>(key.type));
  hash.add(static_cast<std::uint64_t>(key.curve));
  hash.add(std::uint64_t{key.bits});
  hash.add(std::uint64_t{key.has_kid} | std::uint64_t{key.has_alg} << 1);
  hash.add(static_cast<std::uint64_t>(key.use_limit));
  hash.add(static_cast<std::uint64_t>(key.permitted));
  for (const std::string* text :
       {&key.kid, &key.alg, &key.type_text, &key.curve_text, &key.refusal})
    hash.add(*text);
  for (const auto* number : {&key.n, &key.e, &key.x, &key.y}) hash.add(Bytes(*number));
  hash.add(Bytes(key.secret));
}

}  // namespace

std::array<std::uint8_t, 32> key_mark(const KeyRing& ring, Bytes other_secret, Bytes salt) {
  PartHash hash;
  bool secret = !other_secret.empty();
  hash.add(other_secret);
  for (const PreparedKey& key : ring.keys()) {
    add_key(hash, key);
    secret = secret || key.type == KeyType::kOct || !key.secret.empty();
  }
  const SecretBytes digest = hash.finish();
  std::array<std::uint8_t, 32> mark{};
  if (PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(digest.data()),
                        static_cast<int>(digest.size()), salt.data(), static_cast<int>(salt.size()),
                        secret ? kRounds : 1, EVP_sha256(), static_cast<int>(mark.size()),
                        mark.data()) != 1)
    throw std::bad_alloc();
  return mark;
}

}  // namespace jotmill
