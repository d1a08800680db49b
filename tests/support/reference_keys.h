#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_KEYS_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_KEYS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::reference {

// A key as it was typed when it was loaded. Refused keys stay in the list: a token that selects one
// gets key_rejected.
struct Key {
  std::string kty;                 // oct, RSA, EC, OKP; anything else only in a refused key
  std::string crv;                 // EC and OKP
  std::optional<std::string> kid;  // bytes after unescaping
  std::optional<std::string> alg;  // compared as a string (RFC 7517 s4.4)
  std::optional<std::string> use;  // RFC 7517 s4.2
  std::optional<std::vector<std::string>> key_ops;  // RFC 7517 s4.3

  std::optional<std::vector<std::string>> only_algs;  // of an RSASSA-PSS key (RFC 4055 s1.2)

  std::string secret;  // oct: the bytes
  std::string n, e;    // RSA: big-endian, without leading zeros
  std::string x,
      y;  // EC: big-endian coordinates of the curve's size; OKP: x alone, the encoded point

  std::string refused;          // why the key is refused at load, empty for a sound key
  std::string refused_if_weak;  // the same, unless weak secrets are allowed
  bool repeated = false;        // no token can tell it from an earlier key, which counts for both
};

// One file of keys. A secret is one because it is given as one; of the others the content decides
// what they are, and their kind is what whoever made them meant.
struct KeyFile {
  enum class Kind { jwks, pem, der, secret };

  Kind kind = Kind::jwks;
  std::string name;  // of the file, for messages
  std::string bytes;
  std::optional<std::string> kid;  // secret only
};

// The keys of a run in load order; sets of different files combine freely. Each load returns the
// empty string, or why the file is refused whole; then it has added nothing.
class Keys {
 public:
  // A JWK Set or a single JWK (RFC 7517 s4, s5). A member of the wrong type, or a member twice,
  // refuses its key alone, and a kid that cannot be told is no kid. Refused whole: not one JSON
  // object, "keys" twice or no array, no "keys" and no "kty", one kid twice for the same kty and
  // alg, symmetric and public keys together.
  std::string load_jwks(std::string_view text);

  // Every block of a PEM text: SPKI, PKCS#1, certificate, and private keys for their public half;
  // blocks that are no keys are passed over. Refused whole: no block, one that is encrypted, of
  // another kind of key, or that cannot be read.
  std::string load_pem(std::string_view text);

  // One DER structure of the kinds PEM may hold, with nothing after it.
  std::string load_der(std::string_view bytes);

  // A raw HMAC secret; one trailing LF or CRLF is dropped. Refused whole: a PEM, DER, SSH or JSON
  // key.
  std::string load_secret(std::string_view bytes, std::optional<std::string> kid);

  std::string load(const KeyFile& file);

  const std::vector<Key>& all() const { return keys_; }

 private:
  void add(std::vector<Key> keys);

  std::vector<Key> keys_;
};

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_KEYS_H_
