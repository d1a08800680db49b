#include "support/vectors.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "support/codec.h"
#include "support/reference_signature.h"
#include "support/vectors_files.h"

namespace jotmill::vectors {
namespace {

using reference::Json;
using reference::KeyFile;

constexpr reference::Nanoseconds kSecond = 1'000'000'000;

std::vector<std::string> strings(const Json& array) {
  std::vector<std::string> out;
  for (const Json& item : array.items) out.push_back(item.text);
  return out;
}

// The attack key set holds symmetric and public keys on purpose, which one file may not.
std::vector<KeyFile> split_by_kind(const Json& set) {
  Json symmetric, others;
  symmetric.kind = others.kind = Json::Kind::array;
  for (const Json& jwk : member(set, "keys").items) {
    (text(jwk, "kty") == "oct" ? symmetric : others).items.push_back(jwk);
  }
  return {jwks_file("symmetric", "{\"keys\":" + codec::to_text(symmetric) + "}"),
          jwks_file("public", "{\"keys\":" + codec::to_text(others) + "}")};
}

std::string verdict_of_label(const std::string& label) {
  return label == "accept" ? "accepted" : label;
}

// The keys of an RFC example: one JWK, a set that may mix kinds, or none.
std::vector<KeyFile> rfc_keys(const Json& vector) {
  const Json* jwk = vector.find("jwk");
  if (jwk != nullptr && jwk->is(Json::Kind::object))
    return {jwks_file("jwk", codec::to_text(*jwk))};
  const Json* jwks = vector.find("jwks");
  if (jwks != nullptr && jwks->is(Json::Kind::object)) return split_by_kind(*jwks);
  return {};
}

std::string describe(const std::string& name, const std::string& wanted, const std::string& got) {
  return name + ": must be " + wanted + ", is " + got;
}

}  // namespace

std::filesystem::path root() {
  if (const char* folder = std::getenv("JOTMILL_VECTORS")) return folder;
  const char* project = std::getenv("JOTMILL_SOURCE_DIR");
  return std::filesystem::path(project == nullptr ? "." : project) / ".." / "shared" / "vectors";
}

bool available(std::string_view path) {
  const auto wanted = root() / path;
  if (std::filesystem::exists(wanted)) return true;
  std::cout << "SKIPPED: no test vectors at " << wanted.string() << " (set JOTMILL_VECTORS)"
            << std::endl;
  const char* ci = std::getenv("CI");
  if (ci != nullptr && std::string_view(ci) == "true") {
    throw std::runtime_error("test vectors are missing: " + wanted.string());
  }
  return false;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Json read_json(const std::filesystem::path& path) {
  auto json = reference::parse_json(read_file(path));
  if (!json) throw std::runtime_error("not JSON: " + path.string());
  return *std::move(json);
}

const Json& member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  if (found == nullptr) throw std::runtime_error("no member " + std::string(name));
  return *found;
}

const std::string& text(const Json& object, std::string_view name) {
  return member(object, name).text;
}

KeyFile jwks_file(std::string name, std::string jwk_or_set) {
  return {KeyFile::Kind::jwks, std::move(name), std::move(jwk_or_set), std::nullopt};
}

std::vector<Case> attacks() {
  const Json rules = read_json(root() / "attacks/policy.json");
  reference::Policy policy;
  policy.issuers = strings(member(rules, "iss"));
  policy.audiences = strings(member(rules, "aud"));
  policy.require = strings(member(rules, "required"));
  policy.exp_leeway = policy.nbf_leeway = policy.iat_leeway =
      std::stoll(text(rules, "leeway")) * kSecond;
  policy.as_of = std::stoll(text(rules, "now")) * kSecond;
  policy.max_token_bytes = std::stoull(text(rules, "max_token_bytes"));
  const auto keys = split_by_kind(read_json(root() / "attacks/keys.jwks.json"));

  std::vector<Case> cases;
  std::istringstream lines(read_file(root() / "attacks/attacks.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto row = reference::parse_json(line);
    if (!row) throw std::runtime_error("attacks.jsonl: a line is not JSON");
    cases.push_back({"attack " + text(*row, "id") + " " + text(*row, "name"),
                     codec::from_base64(text(*row, "token_b64")), keys, policy,
                     verdict_of_label(text(*row, "expect")), ""});
  }
  return cases;
}

std::vector<Case> rfc_examples() {
  reference::Policy policy;
  policy.as_of = 1'700'000'000 * kSecond;
  const Json document = read_json(root() / "rfc/rfc_vectors.json");
  std::vector<Case> cases;
  for (const Json& vector : member(document, "vectors").items) {
    const Json* token = vector.find("token");
    const bool compact = token != nullptr && token->is(Json::Kind::string);
    cases.push_back(
        {text(vector, "id"), compact ? token->text : codec::to_text(member(vector, "json")),
         rfc_keys(vector), policy, verdict_of_label(text(vector, "expect_default")), ""});
  }
  return cases;
}

std::vector<std::string> mismatches(const std::vector<Case>& cases, const Verifier& verifier) {
  std::vector<std::string> out;
  for (const Case& one : cases) {
    const Outcome got = verifier(one.token, one.key_files, one.policy);
    const bool detail_differs = !one.detail.empty() && got.detail != one.detail;
    if (got.verdict != one.verdict || detail_differs) {
      out.push_back(describe(one.name, one.verdict + " (" + one.detail + ")",
                             got.verdict + " (" + got.detail + ")"));
    }
  }
  return out;
}

std::vector<std::string> mismatches(const std::vector<SignatureCase>& cases,
                                    const SignatureVerifier& verifier) {
  std::vector<std::string> out;
  for (const SignatureCase& one : cases) {
    const std::string got = verifier(one);
    const bool is_rejection = got.starts_with("signature_");
    const bool right = one.accept            ? got == "accepted"
                       : one.verdict.empty() ? is_rejection
                                             : got == one.verdict;
    const std::string wanted = one.accept            ? "accepted"
                               : one.verdict.empty() ? "rejected"
                                                     : one.verdict;
    if (!right) out.push_back(describe(one.name, wanted, got));
  }
  return out;
}

Outcome reference_outcome(std::string_view token, const std::vector<KeyFile>& files,
                          const reference::Policy& policy) {
  reference::Keys keys;
  for (const KeyFile& file : files) {
    if (std::string fault = keys.load(file); !fault.empty()) return {"load_refused", fault};
  }
  const reference::Answer answer = reference::judge(token, keys, policy);
  return {answer.verdict, answer.detail};
}

std::string reference_signature(const SignatureCase& one) {
  reference::Keys keys;
  if (const std::string fault = keys.load(one.key); !fault.empty()) return "load_refused: " + fault;
  const reference::Key& key = keys.all().front();
  if (!key.refused.empty()) return "key_rejected: " + key.refused;
  return reference::verify_signature(one.alg, key, one.message, one.signature);
}

}  // namespace jotmill::vectors
