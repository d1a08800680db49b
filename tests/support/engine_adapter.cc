#include "support/engine_adapter.h"
#include "support/cpu_under_test.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace jotmill::testing {
namespace {

constexpr std::int64_t kNsPerS = 1'000'000'000;

TimePoint time_point(reference::Nanoseconds ns) {
  auto s = static_cast<std::int64_t>(ns / kNsPerS);
  auto rest = static_cast<std::int64_t>(ns % kNsPerS);
  if (rest < 0) {
    --s;
    rest += kNsPerS;
  }
  return {s, static_cast<std::uint32_t>(rest)};
}

Duration duration(reference::Nanoseconds ns) {
  const TimePoint t = time_point(ns);
  return {t.s, t.ns};
}

/// Everything that makes one Verifier different from another, as one string.
std::string identity(const std::vector<reference::KeyFile>& keys, const reference::Policy& policy) {
  std::ostringstream out;
  const auto text = [&](std::string_view value) { out << value.size() << ':' << value << ','; };
  const auto list = [&](const std::vector<std::string>& values) {
    out << values.size() << '[';
    for (const std::string& value : values) text(value);
  };
  const auto number = [&](reference::Nanoseconds ns) {
    const TimePoint t = time_point(ns);
    out << t.s << '.' << t.ns << ',';
  };
  for (const auto& file : keys) {
    out << static_cast<int>(file.kind);
    text(file.bytes);
    text(file.kid.value_or("\x01none"));
  }
  list(policy.algs), list(policy.issuers), list(policy.audiences), list(policy.subjects),
      list(policy.require);
  number(policy.exp_leeway), number(policy.nbf_leeway), number(policy.iat_leeway);
  out << policy.as_of.has_value();
  number(policy.as_of.value_or(0));
  out << policy.max_age.has_value();
  number(policy.max_age.value_or(0));
  text(policy.typ);
  out << policy.claims << policy.allow_padding << policy.allow_weak_secret
      << policy.max_token_bytes;
  return out.str();
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "jotmill-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, std::string_view bytes) const {
  const std::string path = (path_ / name).string();
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path);
  return path;
}

Policy engine_policy(const reference::Policy& policy) {
  Policy out;
  out.algs = policy.algs;
  out.issuers = policy.issuers;
  out.audiences = policy.audiences;
  out.subjects = policy.subjects;
  out.require = policy.require;
  out.leeway_exp = duration(policy.exp_leeway);
  out.leeway_nbf = duration(policy.nbf_leeway);
  out.leeway_iat = duration(policy.iat_leeway);
  if (policy.as_of) out.as_of = time_point(*policy.as_of);
  if (policy.max_age) out.max_age = duration(*policy.max_age);
  if (!policy.typ.empty()) out.typ = policy.typ;
  out.claims = policy.claims;
  out.allow_padding = policy.allow_padding;
  out.allow_weak_secret = policy.allow_weak_secret;
  out.max_token_bytes = policy.max_token_bytes;
  return out;
}

std::vector<KeySource> engine_keys(const std::vector<reference::KeyFile>& files) {
  std::vector<KeySource> sources;
  // A run without any key is a usage error; a case without one is about what comes before keys.
  if (files.empty()) {
    sources.push_back({.path = "unrelated",
                       .content = R"({"kty":"oct","kid":"unrelated",)"
                                  R"("k":"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"})"});
  }
  for (const reference::KeyFile& file : files) {
    const bool secret = file.kind == reference::KeyFile::Kind::secret;
    sources.push_back({.path = file.name,
                       .raw_secret = secret,
                       .kid = secret ? file.kid : std::nullopt,
                       .content = file.bytes});
  }
  return sources;
}

TokenVerdict EngineAdapter::judge(std::string_view token,
                                  const std::vector<reference::KeyFile>& keys,
                                  const reference::Policy& policy) {
  const std::string id = identity(keys, policy);
  auto found = verifiers_.find(id);
  if (found == verifiers_.end()) {
    found = verifiers_
                .emplace(id, Verifier::create(engine_keys(keys), engine_policy(policy), {},
                                              cpu_mask_under_test()))
                .first;
  }
  if (!found->second) {
    TokenVerdict refused;
    refused.detail = found->second.error().reason;
    return refused;
  }
  return found->second.value().verify(token);
}

}  // namespace jotmill::testing
