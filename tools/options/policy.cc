#include "tools/options/policy.h"

#include <fmt/format.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "tools/options/parse.h"
#include "tools/options/token_argument.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

/// RFC 7518 s3.1, RFC 8037 s3.1, RFC 8812 s3.2, RFC 9864.
constexpr std::array<std::string_view, 16> kAlgs = {
    "HS256", "HS384", "HS512", "RS256", "RS384",  "RS512", "PS256",   "PS384",
    "PS512", "ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448"};

constexpr std::size_t kMaxTokenBytes = std::size_t{1} << 30;

/// Parses the value of a single option into `target` when it was given.
template <typename T, typename Parse>
Status read_one(const Given& given, const std::string& name, T& target, Parse parse) {
  const auto text = given.one(name);
  if (!text) return Unit{};
  auto value = parse(*text);
  if (!value) return about(name, value.error());
  target = std::move(value).value();
  return Unit{};
}

Status read_names(const Given& given, const std::string& name, std::vector<std::string>& target) {
  auto names = parse_list(given.all(name));
  if (!names) return about(name, names.error());
  target = std::move(names).value();
  return Unit{};
}

Status read_algs(const Given& given, Policy& policy) {
  Status read = read_names(given, "--alg", policy.algs);
  if (!read) return read;
  for (const std::string& alg : policy.algs) {
    const auto known = parse_choice(alg, kAlgs);
    if (!known) return about("--alg", known.error());
  }
  return Unit{};
}

/// "60s" for all three, or "exp=60s,nbf=5s" with the others 0.
Status read_leeway(const Given& given, Policy& policy) {
  const auto text = given.one("--leeway");
  if (!text) return Unit{};
  if (text->find('=') == std::string::npos) {
    const Result<Duration> all = parse_duration(*text);
    if (!all) return about("--leeway", all.error());
    policy.leeway_exp = policy.leeway_nbf = policy.leeway_iat = all.value();
    return Unit{};
  }
  const Result<std::vector<std::string>> parts = parse_list(std::array{*text});
  if (!parts) return about("--leeway", parts.error());
  std::map<std::string, Duration*> open = {
      {"exp", &policy.leeway_exp}, {"nbf", &policy.leeway_nbf}, {"iat", &policy.leeway_iat}};
  for (const std::string& part : parts.value()) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto claim = open.find(part.substr(0, equals));
    if (equals == part.size() || claim == open.end()) {
      return usage_error("--leeway", in_quotes(part) + ": write exp=60s,nbf=5s,iat=5s, each once");
    }
    const Result<Duration> leeway = parse_duration(std::string_view(part).substr(equals + 1));
    if (!leeway) return about("--leeway", leeway.error());
    *claim->second = leeway.value();
    open.erase(claim);
  }
  return Unit{};
}

/// Whole seconds, so that what a record says of it (as_of=...) can be given to --as-of again.
TimePoint now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::floor<std::chrono::seconds>(since).count(), 0};
}

Status read_as_of(const Given& given, Policy& policy) {
  const std::string text = given.one("--as-of").value_or("now");
  if (text == "off") {
    policy.as_of = std::nullopt;
  } else if (text == "now") {
    policy.as_of = now();
  } else if (text == "record") {
    policy.as_of = std::nullopt;
    policy.as_of_record = true;
  } else {
    const Result<TimePoint> time = parse_time(text);
    if (!time) return usage_error("--as-of", time.error().reason + "; or now, record or off");
    policy.as_of = time.value();
  }
  return Unit{};
}

/// --claims, and that no other option asks for what --claims off leaves out.
Status read_claims(const Given& given, Policy& policy) {
  const std::string text = given.one("--claims").value_or("on");
  const auto choice = parse_choice(text, std::array<std::string_view, 2>{"on", "off"});
  if (!choice) return about("--claims", choice.error());
  policy.claims = text == "on";
  if (policy.claims) return Unit{};
  for (const char* name :
       {"--issuer", "--audience", "--subject", "--require", "--leeway", "--max-age"}) {
    if (!given.has(name)) continue;
    return usage_error("--claims",
                       fmt::format("off leaves out the claims, but {} asks for them", name));
  }
  return Unit{};
}

Status read_typ(const Given& given, Policy& policy) {
  constexpr std::string_view kPrefix = "application/";
  auto typ = given.one("--typ");
  if (!typ) return Unit{};
  if (typ->size() > kPrefix.size() &&
      ::strncasecmp(typ->c_str(), kPrefix.data(), kPrefix.size()) == 0) {
    typ->erase(0, kPrefix.size());
  }
  if (typ->empty()) return usage_error("--typ", "an empty name; write JWT or at+jwt");
  policy.typ = std::move(typ);
  return Unit{};
}

}  // namespace

Result<Policy> read_policy(const Given& given) {
  Policy policy;
  policy.issuers = given.all("--issuer");
  policy.audiences = given.all("--audience");
  policy.subjects = given.all("--subject");
  policy.allow_padding = given.has("--allow-padding");
  policy.allow_weak_secret = given.has("--allow-weak-secret");
  const auto size = [](const std::string& text) { return parse_size(text, kMaxTokenBytes); };
  const auto duration = [](const std::string& text) { return parse_duration(text); };
  for (const Status& status :
       {read_algs(given, policy), read_names(given, "--require", policy.require),
        read_leeway(given, policy), read_as_of(given, policy),
        read_one(given, "--max-age", policy.max_age, duration), read_typ(given, policy),
        read_claims(given, policy),
        read_one(given, "--max-token-bytes", policy.max_token_bytes, size)}) {
    if (!status) return status.error();
  }
  return policy;
}

Result<std::vector<KeySource>> read_key_sources(const Given& given) {
  std::vector<KeySource> sources;
  const Status files = refuse_tokens("--keys", given.all("--keys"));
  if (!files) return files.error();
  for (const std::string& path : given.all("--keys")) {
    if (path.empty()) return usage_error("--keys", "an empty path");
    sources.push_back({path});
  }
  for (const std::string& text : given.all("--secret-file")) {
    KeySource source{text, true};
    // The first = ends the KID; a path that holds one and has no KID is written =PATH.
    if (const std::size_t equals = text.find('='); equals != std::string::npos) {
      if (equals > 0) source.kid = text.substr(0, equals);
      source.path = text.substr(equals + 1);
    }
    if (source.path.empty()) return usage_error("--secret-file", "an empty path; write [KID=]PATH");
    sources.push_back(std::move(source));
  }
  if (sources.empty()) return Error{ErrorKind::kNoKeys, "", ""};
  return sources;
}

Result<std::map<std::string, std::string>> read_kernels(const Given& given) {
  const auto parts = parse_list(given.all("--kernels"));
  if (!parts) return about("--kernels", parts.error());
  std::map<std::string, std::string> kernels;
  for (const std::string& part : parts.value()) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == part.size()) {
      return usage_error("--kernels",
                         in_quotes(part) + ": write KERNEL=VARIANT, e.g. base64url=scalar");
    }
    if (!kernels.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
      return usage_error("--kernels", in_quotes(part.substr(0, equals)) + " is given twice");
    }
  }
  return kernels;
}

Result<std::optional<std::uint64_t>> read_count_or_off(const Given& given, const std::string& name,
                                                       std::uint64_t least, std::uint64_t most) {
  const auto text = given.one(name);
  if (!text) return std::optional<std::uint64_t>();
  if (*text == "off") return std::optional<std::uint64_t>(0);
  const auto count = parse_count(*text, least, most);
  if (count) return std::optional<std::uint64_t>(count.value());
  Error error = count.error();
  error.reason += ", nor off";
  return about(name, error);
}

std::vector<std::string> cpu_mask_of_environment() {
  const char* text = std::getenv("JOTMILL_CPU_MASK");
  std::vector<std::string> names;
  for (std::string_view rest = text != nullptr ? text : ""; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma > 0) names.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return names;
}

Result<bool> read_color(const Given& given, int fd) {
  const std::string when = given.one("--color").value_or("auto");
  const auto choice =
      parse_choice(when, std::array<std::string_view, 3>{"auto", "always", "never"});
  if (!choice) return about("--color", choice.error());
  if (when != "auto") return when == "always";
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::string(value) : std::string();
  };
  return set("NO_COLOR").empty() && set("TERM") != "dumb" && ::isatty(fd) == 1;
}

}  // namespace jotmill::tools
