#include "support/reference_keys.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "support/reference_base64url.h"
#include "support/reference_der.h"
#include "support/reference_json.h"
#include "support/reference_key_rules.h"
#include "support/reference_pem.h"

namespace jotmill::reference {
namespace {

void refuse(Key& key, std::string reason) {
  if (key.refused.empty()) key.refused = std::move(reason);
}

// An optional member that must be a string; of another type it refuses the key and counts as
// absent.
std::optional<std::string> string_member(const Json& jwk, std::string_view name, Key& key) {
  const Json* member = jwk.find(name);
  if (member == nullptr) return std::nullopt;
  if (member->is(Json::Kind::string)) return member->text;
  refuse(key, std::string(name) + " is not a string");
  return std::nullopt;
}

// A member that must be there and hold base64url (RFC 7518 s6).
std::string bytes_member(const Json& jwk, std::string_view name, Key& key) {
  const auto text = string_member(jwk, name, key);
  if (!text) {
    refuse(key, std::string(name) + " is missing");
    return "";
  }
  Decoded decoded = decode_base64url(*text, false);
  if (!decoded.ok) refuse(key, std::string(name) + " is not base64url");
  return decoded.bytes;
}

// Leading zero bytes of an RSA number are tolerated.
std::string number_member(const Json& jwk, std::string_view name, Key& key) {
  std::string bytes = bytes_member(jwk, name, key);
  bytes.erase(0, bytes.find_first_not_of('\0'));
  return bytes;
}

void read_key_ops(const Json& jwk, Key& key) {
  const Json* member = jwk.find("key_ops");
  if (member == nullptr) return;
  const bool strings = std::all_of(member->items.begin(), member->items.end(),
                                   [](const Json& op) { return op.is(Json::Kind::string); });
  if (!member->is(Json::Kind::array) || !strings) {
    refuse(key, "key_ops is not an array of strings");
    return;
  }
  auto& ops = key.key_ops.emplace();
  for (const Json& op : member->items) ops.push_back(op.text);
}

void read_material(const Json& jwk, Key& key) {
  if (key.kty == "oct") {
    key.secret = bytes_member(jwk, "k", key);
  } else if (key.kty == "RSA") {
    key.n = number_member(jwk, "n", key);
    key.e = number_member(jwk, "e", key);
  } else if (key.kty == "EC" || key.kty == "OKP") {
    const auto crv = string_member(jwk, "crv", key);
    if (!crv) refuse(key, "crv is missing");
    key.crv = crv.value_or("");
    key.x = bytes_member(jwk, "x", key);
    if (key.kty == "EC") key.y = bytes_member(jwk, "y", key);
  }
}

Key key_from_jwk(const Json& jwk) {
  Key key;
  if (!jwk.is(Json::Kind::object)) {
    key.refused = "no JSON object";
    return key;
  }
  if (jwk.has_duplicate_names()) refuse(key, "a member twice");
  const auto kty = string_member(jwk, "kty", key);
  if (!kty) refuse(key, "kty is missing");
  key.kty = kty.value_or("");
  key.kid = string_member(jwk, "kid", key);
  key.alg = string_member(jwk, "alg", key);
  key.use = string_member(jwk, "use", key);
  read_key_ops(jwk, key);
  read_material(jwk, key);
  const auto is_kid = [](const auto& member) { return member.name == "kid"; };
  if (std::count_if(jwk.members.begin(), jwk.members.end(), is_kid) > 1) key.kid.reset();
  apply_key_rules(key);
  return key;
}

// What a set may not be, refused or sound as its keys are: RFC 7517 s4.5, RFC 8725 s3.1.
std::string set_fault(const std::vector<Key>& keys) {
  std::set<std::tuple<std::string, std::string, std::optional<std::string>>> seen;
  bool symmetric = false;
  bool asymmetric = false;
  for (const Key& key : keys) {
    if (key.kid && !seen.emplace(*key.kid, key.kty, key.alg).second) {
      return "one kid twice for the same kty and alg";
    }
    symmetric |= key.kty == "oct";
    asymmetric |= key.kty == "RSA" || key.kty == "EC" || key.kty == "OKP";
  }
  return symmetric && asymmetric ? "symmetric and public keys in one set" : "";
}

// Why a key is not for verifying, in the order in which it is asked (RFC 7517 s4.2, s4.3).
std::string use_limit(const Key& key) {
  if (key.use && *key.use != "sig") return "use";
  const auto verifies = [](const std::string& op) { return op == "verify" || op == "sign"; };
  const auto& ops = key.key_ops;
  return ops && std::none_of(ops->begin(), ops->end(), verifies) ? "key_ops" : "";
}

// No token could tell them apart.
bool same_key(const Key& a, const Key& b) {
  const auto members = [](const Key& key) {
    return std::tie(key.kty, key.crv, key.kid, key.alg, key.only_algs, key.secret, key.n, key.e,
                    key.x, key.y);
  };
  return members(a) == members(b) && use_limit(a) == use_limit(b);
}

}  // namespace

void Keys::add(std::vector<Key> keys) {
  for (Key& key : keys) {
    const auto is_same = [&key](const Key& earlier) {
      return earlier.refused.empty() && same_key(earlier, key);
    };
    key.repeated = key.refused.empty() && std::any_of(keys_.begin(), keys_.end(), is_same);
    keys_.push_back(std::move(key));
  }
}

std::string Keys::load_jwks(std::string_view text) {
  const auto root = parse_json(text);
  if (!root) return "not JSON";
  if (!root->is(Json::Kind::object)) return "no JSON object";
  const Json* set = root->find("keys");
  std::vector<Key> keys;
  if (set == nullptr) {
    if (root->find("kty") == nullptr) return "neither keys nor kty";
    keys.push_back(key_from_jwk(*root));
  } else {
    if (root->has_duplicate_names()) return "a member of the set twice";
    if (!set->is(Json::Kind::array)) return "keys is not an array";
    for (const Json& jwk : set->items) keys.push_back(key_from_jwk(jwk));
    if (std::string fault = set_fault(keys); !fault.empty()) return fault;
  }
  add(std::move(keys));
  return "";
}

std::string Keys::load_pem(std::string_view text) {
  ReadKeys read = read_pem(text);
  for (Key& key : read.keys) apply_key_rules(key);
  add(std::move(read.keys));
  return read.fault;
}

std::string Keys::load_der(std::string_view bytes) {
  ReadKeys read = read_der(bytes);
  for (Key& key : read.keys) apply_key_rules(key);
  add(std::move(read.keys));
  return read.fault;
}

std::string Keys::load_secret(std::string_view bytes, std::optional<std::string> kid) {
  // With its last byte, which of a DER key may be one that looks like a newline, and without.
  if (looks_like_key_file(bytes)) return "secret is a key in a file format";
  // One newline, as Unix or as Windows writes it.
  if (bytes.ends_with("\r\n")) {
    bytes.remove_suffix(2);
  } else if (bytes.ends_with('\n')) {
    bytes.remove_suffix(1);
  }
  if (looks_like_key_file(bytes)) return "secret is a key in a file format";
  Key key;
  key.kty = "oct";
  key.kid = std::move(kid);
  key.secret = std::string(bytes);
  apply_key_rules(key);
  add({std::move(key)});
  return "";
}

std::string Keys::load(const KeyFile& file) {
  if (file.kind == KeyFile::Kind::secret) return load_secret(file.bytes, file.kid);
  const std::string_view bytes = file.bytes;
  if (const auto elements = read_elements(bytes);
      elements && elements->size() == 1 && bytes.front() == '\x30') {
    return load_der(bytes);
  }
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (bytes[first] == '{' || bytes[first] == '[')) {
    return load_jwks(bytes);
  }
  return load_pem(bytes);
}

}  // namespace jotmill::reference
