// Wycheproof: whole tokens (json_web_signature) and the primitives beneath them.

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "support/codec.h"
#include "support/reference_algorithms.h"
#include "support/vectors.h"
#include "support/vectors_files.h"

namespace jotmill::vectors {
namespace {

using reference::Json;
using reference::KeyFile;

struct Label {
  std::string verdict;
  std::string detail;
};

// expected.tsv: file, tcId, kind, upstream label, our verdict, its detail, comment. The upstream
// labels contradict one another or the RFC in eight places, so that ours alone count.
std::map<std::string, Label> token_labels() {
  std::map<std::string, Label> labels;
  std::istringstream lines(read_file(root() / "wycheproof/expected.tsv"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> columns;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) columns.push_back(cell);
    if (columns.size() < 6) throw std::runtime_error("expected.tsv: a row with too few columns");
    labels[columns[1]] = {columns[4] == "accept" ? "accepted" : columns[4], columns[5]};
  }
  return labels;
}

std::string base64url_of_hex(std::string hex) {
  if (hex.size() % 2 != 0) hex.insert(0, "0");
  return codec::base64url(codec::from_hex(hex));
}

// A coordinate as a JWK wants it: exactly `bytes` of it, however many digits the file has.
std::string coordinate(const std::string& hex, size_t bytes) {
  std::string digits = hex.size() > 2 * bytes ? hex.substr(hex.size() - 2 * bytes) : hex;
  digits.insert(0, 2 * bytes - digits.size(), '0');
  return base64url_of_hex(digits);
}

KeyFile rsa_key(const Json& group) {
  const Json& key = member(group, "publicKey");
  return jwks_file("rsa", R"({"kty":"RSA","n":")" + base64url_of_hex(text(key, "modulus")) +
                              R"(","e":")" + base64url_of_hex(text(key, "publicExponent")) + "\"}");
}

KeyFile ec_key(const Json& group, const std::string& crv, size_t bytes) {
  const Json& key = member(group, "publicKey");
  return jwks_file("ec", R"({"kty":"EC","crv":")" + crv + R"(","x":")" +
                             coordinate(text(key, "wx"), bytes) + R"(","y":")" +
                             coordinate(text(key, "wy"), bytes) + "\"}");
}

KeyFile okp_key(const Json& group, const std::string& crv) {
  return jwks_file("okp", R"({"kty":"OKP","crv":")" + crv + R"(","x":")" +
                              base64url_of_hex(text(member(group, "publicKey"), "pk")) + "\"}");
}

KeyFile oct_key(const Json& test) {
  return jwks_file("oct", R"({"kty":"oct","k":")" + base64url_of_hex(text(test, "key")) + "\"}");
}

// One file of primitive tests: calls `add(group, test, name)` for each test of it.
template <typename Add>
void each_test(const std::string& file, Add add) {
  const Json document = read_json(root() / "wycheproof" / file);
  for (const Json& group : member(document, "testGroups").items) {
    for (const Json& test : member(group, "tests").items)
      add(group, test, file + " " + text(test, "tcId"));
  }
}

SignatureCase signature_case(std::string name, std::string_view alg, KeyFile key,
                             const Json& test) {
  const char* signature = test.find("sig") != nullptr ? "sig" : "tag";
  return {std::move(name) + " as " + std::string(alg),
          std::string(alg),
          std::move(key),
          codec::from_hex(text(test, "msg")),
          codec::from_hex(text(test, signature)),
          text(test, "result") == "valid",
          ""};
}

void add_ecdsa(const std::string& file, std::vector<SignatureCase>& out) {
  const bool is_384 = file.find("secp384r1") != std::string::npos;
  const bool is_k1 = file.find("secp256k1") != std::string::npos;
  const bool is_jws_form =
      file.find("p1363") != std::string::npos;  // the others hold DER, which JWS never does
  const char* alg = is_k1 ? "ES256K" : is_384 ? "ES384" : "ES256";
  const char* crv = is_k1 ? "secp256k1" : is_384 ? "P-384" : "P-256";
  each_test(file, [&](const Json& group, const Json& test, const std::string& name) {
    out.push_back(signature_case(name, alg, ec_key(group, crv, is_384 ? 48 : 32), test));
    out.back().accept &= is_jws_form;
  });
}

void add_eddsa(const std::string& file, std::vector<SignatureCase>& out) {
  const char* crv = file.find("25519") != std::string::npos ? "Ed25519" : "Ed448";
  each_test(file, [&](const Json& group, const Json& test, const std::string& name) {
    for (const char* alg : {"EdDSA", crv}) {
      out.push_back(signature_case(name, alg, okp_key(group, crv), test));
    }
  });
}

void add_hmac(const std::string& file, std::vector<SignatureCase>& out) {
  const bool is_512 = file.find("512") != std::string::npos;
  each_test(file, [&](const Json& group, const Json& test, const std::string& name) {
    SignatureCase one = signature_case(name, is_512 ? "HS512" : "HS256", oct_key(test), test);
    if (text(group, "tagSize") != (is_512 ? "512" : "256")) {
      one.accept = false;
      one.verdict = "signature_length";
    }
    out.push_back(std::move(one));
  });
}

// PS* fixes the salt to the hash's length and MGF1 to the same hash (RFC 7518 s3.5); each test is
// asked of all three. A group's labels speak of its own salt length: a signature of another group
// that was "changed" to the length PS* wants is invalid there and good here.
void add_pss(const std::string& file, std::vector<SignatureCase>& out) {
  each_test(file, [&](const Json& group, const Json& test, const std::string& name) {
    const std::string& hash = text(group, "sha");
    for (const int hash_bytes : {32, 48, 64}) {
      const std::string bits = std::to_string(8 * hash_bytes);
      const std::string wanted_salt = std::to_string(hash_bytes);
      SignatureCase one = signature_case(name, "PS" + bits, rsa_key(group), test);
      const bool same_hash = hash == "SHA-" + bits && text(group, "mgfSha") == hash;
      const bool same_salt = text(group, "sLen") == wanted_salt;
      const bool became_same = text(test, "comment") == "s_len changed to " + wanted_salt;
      one.accept = same_hash && (same_salt ? one.accept : became_same);
      out.push_back(std::move(one));
    }
  });
}

void add_pkcs1(const std::string& file, std::vector<SignatureCase>& out) {
  each_test(file, [&](const Json& group, const Json& test, const std::string& name) {
    out.push_back(signature_case(name, "RS" + text(group, "sha").substr(4), rsa_key(group), test));
  });
}

}  // namespace

std::vector<Case> json_web_signature() {
  const auto labels = token_labels();
  reference::Policy policy;
  policy.claims = false;
  std::vector<Case> cases;
  const Json document = read_json(root() / "wycheproof/json_web_signature_test.json");
  for (const Json& group : member(document, "testGroups").items) {
    const Json* key = group.find("public");
    if (key == nullptr) key = group.find("private");
    const std::vector<KeyFile> files = {jwks_file("group", codec::to_text(*key))};
    for (const Json& test : member(group, "tests").items) {
      const Label& label = labels.at(text(test, "tcId"));
      cases.push_back({"json_web_signature " + text(test, "tcId") + " " + text(test, "comment"),
                       text(test, "jws"), files, policy, label.verdict, label.detail});
    }
  }
  return cases;
}

std::vector<SignatureCase> primitives() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(root() / "wycheproof")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().filename().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<SignatureCase> out;
  for (const std::string& file : files) {
    if (file.starts_with("json_web_signature")) continue;
    if (file.starts_with("ecdsa_")) {
      add_ecdsa(file, out);
    } else if (file.starts_with("ed")) {
      add_eddsa(file, out);
    } else if (file.starts_with("hmac_")) {
      add_hmac(file, out);
    } else if (file.starts_with("rsa_pss_")) {
      add_pss(file, out);
    } else if (file.starts_with("rsa_signature_")) {
      add_pkcs1(file, out);
    } else {
      throw std::runtime_error("no reader for " + file);
    }
  }
  return out;
}

}  // namespace jotmill::vectors
