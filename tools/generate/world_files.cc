#include "tools/generate/world_files.h"

#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "tools/generate/shapes.h"

namespace jotmill::tools {
namespace {

constexpr std::string_view kWarning =
    "TEST ONLY: everybody knows the private halves of these keys.";

bool in_secret_file(const World& world, const TestKey& key) {
  return key.symmetric() &&
         (world.recipe().pem || std::ranges::find(world.recipe().secret_files, key.pool) !=
                                    world.recipe().secret_files.end());
}

std::string jwk_set(const std::vector<const TestKey*>& keys) {
  std::string out = fmt::format("{{\n \"_warning\": {},\n \"keys\": [", json_quote(kWarning));
  for (const TestKey* key : keys) {
    out += key == keys.front() ? "\n  " : ",\n  ";
    out += key->members.text();
  }
  return out + "\n ]\n}\n";
}

/// A TOML basic string: JSON's escapes, and DEL escaped as well.
std::string toml(std::string_view text) {
  std::string out = json_quote(text);
  for (std::size_t at = 0; (at = out.find('\x7F', at)) != std::string::npos;) {
    out.replace(at, 1, "\\u007f");
  }
  return out;
}

std::string toml_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? ", " : "") + toml(value);
  return out + "]";
}

class PolicyText {
 public:
  void list(std::string_view name, const std::vector<std::string>& values) {
    if (!values.empty()) text += fmt::format("{} = {}\n", name, toml_list(values));
  }
  void string(std::string_view name, std::string_view value) {
    text += fmt::format("{} = {}\n", name, toml(value));
  }
  void flag(std::string_view name, bool on) {
    if (on) text += fmt::format("{} = true\n", name);
  }
  std::string text =
      "# Written by jotmill generate: use as  jotmill verify --config policy.toml CAPTURE\n";
};

std::vector<std::string> allowed_algs(AlgSet set) {
  std::vector<std::string> names;
  for (AlgId alg = 0; alg < kAlgCount; ++alg) {
    if (contains(set, alg)) names.emplace_back(kAlgs[alg].name);
  }
  return names;
}

void write_claim_policy(const World& world, PolicyText& out) {
  const RecipePolicy& policy = world.policy();
  const Recipe& recipe = world.recipe();
  if (!policy.claims) return out.string("claims", "off");
  if (policy.issuer) out.list("issuer", recipe.issuers);
  if (policy.audience) out.list("audience", recipe.audiences);
  if (policy.subject) {
    std::vector<std::string> subjects;
    for (std::uint64_t i = 0; i < recipe.subjects; ++i) subjects.push_back(subject_name(i));
    out.list("subject", subjects);
  }
  out.list("require", policy.require);
  if (policy.leeway_exp_s + policy.leeway_nbf_s + policy.leeway_iat_s > 0) {
    out.string("leeway", fmt::format("exp={}s,nbf={}s,iat={}s", policy.leeway_exp_s,
                                     policy.leeway_nbf_s, policy.leeway_iat_s));
  }
  if (policy.max_age_s) out.string("max-age", fmt::format("{}s", *policy.max_age_s));
}

std::string policy_text(const World& world, const std::vector<std::string>& keys,
                        const std::vector<std::string>& secrets) {
  const RecipePolicy& policy = world.policy();
  PolicyText out;
  out.list("keys", keys);
  out.list("secret-file", secrets);
  if (policy.lists_algs) out.list("alg", allowed_algs(policy.algs));
  out.string("as-of", policy.as_of_record ? "record"
                      : policy.as_of_s    ? std::to_string(*policy.as_of_s)
                                          : "off");
  if (policy.as_of_record) out.string("year", time_text(world.base_time_s(), "%Y"));
  write_claim_policy(world, out);
  if (!policy.typ.empty()) out.string("typ", policy.typ);
  out.flag("allow-padding", policy.allow_padding);
  out.flag("allow-weak-secret", policy.allow_weak_secret);
  if (policy.max_token_bytes)
    out.string("max-token-bytes", std::to_string(*policy.max_token_bytes));
  const RecipeOutput& output = world.recipe().output;
  if (output.shape != nullptr) {
    out.string("format", output.shape->format);
  } else if (output.format == CaptureFormat::kJsonl) {
    out.string("format", "jsonl");
    out.list("field", {output.field_pointer});
  } else {
    out.string("format", "lines");
  }
  return out.text;
}

std::string from_bio(BIO* bio) {
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string public_key_bytes(const TestKey& key, std::string_view form) {
  if (form == "jwk") return key.members.text();
  if (form == "n") return key.modulus;
  if (form == "empty") return {};
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  if (form == "pem") {
    PEM_write_bio_PUBKEY(bio.get(), key.private_key.get());
  } else {
    i2d_PUBKEY_bio(bio.get(), key.private_key.get());
  }
  return from_bio(bio.get());
}

std::vector<SideFile> side_files(const World& world, std::string_view folder) {
  const std::string before = folder.empty() ? "" : std::string(folder) + "/";
  std::vector<SideFile> files;
  std::vector<std::string> key_paths, secret_paths;
  std::vector<const TestKey*> open_keys, secrets;
  for (const World::Key& key : world.keys()) {
    if (in_secret_file(world, *key)) {
      const std::string name = "secret-" + key->kid + ".bin";
      secret_paths.push_back((world.recipe().pem ? "" : key->kid + "=") + before + name);
      files.push_back({name, key->secret});
    } else if (world.recipe().pem) {
      const std::string name = "public-" + key->kid + ".pem";
      key_paths.push_back(before + name);
      files.push_back({name, "jotmill test key. " + std::string(kWarning) + "\n" +
                                 public_key_bytes(*key, "pem")});
    } else {
      (key->symmetric() ? secrets : open_keys).push_back(key.get());
    }
  }
  // One set may not mix secrets and public keys (RFC 8725 s2.1), hence two.
  for (const auto& [name, keys] : {std::pair("keys-public.jwks.json", &open_keys),
                                   std::pair("keys-secret.jwks.json", &secrets)}) {
    if (keys->empty()) continue;
    key_paths.push_back(before + name);
    files.push_back({name, jwk_set(*keys)});
  }
  files.push_back({"policy.toml", policy_text(world, key_paths, secret_paths)});
  return files;
}

}  // namespace jotmill::tools
