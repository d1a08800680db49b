#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "jotmill/jotmill.hpp"
#include "tools/commands.h"
#include "tools/help.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/parse.h"
#include "tools/options/policy.h"
#include "tools/options/token_argument.h"
#include "tools/output.h"
#include "tools/report/layout.h"
#include "tools/safe_text.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Shows what was loaded from key files, what each key will verify, what was refused and why. "
    "Secrets are never shown.";

constexpr const char* kFooter =
    R"(A refused key disables no other; a token that selects it gets key_rejected. A
file that is refused whole (unreadable, malformed, encrypted, one kid twice,
secrets beside public keys in one set) is named, and verify would not start.

Examples:
  jotmill keys jwks.json
  jotmill keys issuer.pem certs/
  jotmill keys --secret-file k1=secret.bin
  jotmill keys --format json jwks.json | jq '.keys[] | select(.refusal)'

Exit codes: 0 at least one key can verify something, 1 none can, 2 bad usage,
no keys, or a file was refused whole, 4 output failed, 5 internal error,
141 the reader of our output went away.
)";

constexpr std::size_t kMostTextBytes = 256;

bool is_usable(const KeyInfo& key) { return !key.algs.empty(); }

// --- text

/// A line of its own below a key, wrapped at 80 columns.
std::string below(std::string_view label, const std::string& text) {
  return fmt::format("       {}\n", wrapped(fmt::format("{} {}", label, text), 9));
}

/// "of 256.0 KiB after 128 signatures, ...": what the key can earn in a run.
std::string tables_text(const KeyInfo& key) {
  std::vector<std::string> offers;
  for (const TableOffer& table : key.tables) {
    offers.push_back(fmt::format("{} after {} signatures", in_bytes(table.bytes),
                                 with_commas(table.signatures)));
  }
  return fmt::format("{}", fmt::join(offers, ", "));
}

std::string key_text(const KeyInfo& key) {
  const bool is_curve = !key.curve.empty();
  std::string title = printable(key.type.empty() ? "unknown" : key.type, 64);
  if (is_curve) {
    title += " " + printable(key.curve, 64);
  } else if (key.bits > 0) {
    title += fmt::format(" {} bits", key.bits);
  }
  title += key.kid ? ", kid " + printable(*key.kid, kMostTextBytes) : ", no kid";
  if (key.alg) title += ", alg " + printable(*key.alg, 64);
  std::string out = fmt::format("{:>5}  {}\n", key.position, wrapped(title, 7));
  if (!key.refusal.empty()) {
    out += below("REFUSED:", printable(key.refusal, kMostTextBytes));
  } else if (!key.for_signatures) {
    out += below("verifies nothing:", "its use or key_ops leave signatures out");
  } else {
    out += below("verifies", fmt::format("{}", fmt::join(key.algs, " ")));
  }
  if (!key.thumbprint.empty()) out += below("thumbprint", key.thumbprint);
  if (!key.tables.empty()) {
    out += below("tables", tables_text(key));
  } else if (key.curve == "Ed25519" && is_usable(key)) {
    out += below("tables", "none: not in the subgroup of prime order, so OpenSSL verifies it");
  }
  if (!key.alg && key.algs.size() > 1) {
    out += below("note:", "no alg of its own, so any of these may select it (RFC 8725 s3.1)");
  }
  for (const std::string& warning : key.warnings) {
    out += below("warning:", printable(warning, kMostTextBytes));
  }
  return out;
}

std::string summary_text(const KeyListing& listing) {
  const std::vector<KeyInfo>& keys = listing.keys;
  const auto usable = std::ranges::count_if(keys, is_usable);
  const auto refused =
      std::ranges::count_if(keys, [](const KeyInfo& key) { return !key.refusal.empty(); });
  return fmt::format("{} {}: {} usable, {} refused, {} not for signatures\n", keys.size(),
                     keys.size() == 1 ? "key" : "keys", usable, refused,
                     static_cast<std::ptrdiff_t>(keys.size()) - usable - refused);
}

std::string listing_text(const KeyListing& listing) {
  std::string out;
  const std::string* source = nullptr;
  for (const KeyInfo& key : listing.keys) {
    if (source == nullptr || *source != key.source) {
      out += fmt::format("{}{}\n", out.empty() ? "" : "\n", printable(key.source));
    }
    source = &key.source;
    out += key_text(key);
  }
  out += "\n" + summary_text(listing);
  for (const std::string& warning : listing.warnings) {
    out += wrapped("warning: " + printable(warning), 2) + "\n";
  }
  return out;
}

// --- JSON

std::string json_list(const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& value : values) quoted.push_back(json_string(value));
  return fmt::format("[{}]", fmt::join(quoted, ","));
}

std::string json_or_null(const std::optional<std::string>& value) {
  return value ? json_string(*value) : "null";
}

std::string json_or_null(const std::string& value) {
  return value.empty() ? "null" : json_string(value);
}

/// A member of its own, for keys of the curves that have tables.
std::string tables_json(const KeyInfo& key) {
  if (!is_usable(key) || (key.curve != "P-256" && key.curve != "Ed25519")) return {};
  std::vector<std::string> offers;
  for (const TableOffer& table : key.tables) {
    offers.push_back(fmt::format(R"({{"window":{},"bytes":{},"signatures":{}}})", table.window,
                                 table.bytes, table.signatures));
  }
  return fmt::format(R"(,"tables":[{}])", fmt::join(offers, ","));
}

std::string key_json(const KeyInfo& key) {
  return fmt::format(
      R"({{"source":{},"position":{},"type":{},"curve":{},"bits":{},"kid":{},"alg":{},)"
      R"("for_signatures":{},"algs":{},"refusal":{},"warnings":{},"thumbprint":{}{}}})",
      json_string(key.source), key.position, json_or_null(key.type), json_or_null(key.curve),
      key.bits, json_or_null(key.kid), json_or_null(key.alg), key.for_signatures,
      json_list(key.algs), json_or_null(key.refusal), json_list(key.warnings),
      json_or_null(key.thumbprint), tables_json(key));
}

/// One object, one key a line.
std::string listing_json(const KeyListing& listing) {
  std::string out = R"({"schema":"jotmill.keys/1","keys":[)";
  for (std::size_t i = 0; i < listing.keys.size(); ++i) {
    out += (i == 0 ? "\n" : ",\n") + key_json(listing.keys[i]);
  }
  return out + fmt::format("\n],\"warnings\":{}}}\n", json_list(listing.warnings));
}

// --- the command

struct Request {
  std::vector<KeySource> sources;
  bool allow_weak_secret = false;
  bool json = false;
};

Result<Request> read_request(const Given& given) {
  Request request;
  const std::string format = given.one("--format").value_or("text");
  const auto choice = parse_choice(format, std::array<std::string_view, 2>{"text", "json"});
  if (!choice) return about("--format", choice.error());
  request.json = format == "json";
  request.allow_weak_secret = given.has("--allow-weak-secret");
  const Status files = refuse_tokens("FILE", given.all("FILE"));
  if (!files) return files.error();
  for (const std::string& path : given.all("FILE")) {
    if (path.empty()) return usage_error("FILE", "an empty path");
    request.sources.push_back({path});
  }
  auto more = read_key_sources(given);
  if (more) {
    for (KeySource& source : more.value()) request.sources.push_back(std::move(source));
  } else if (more.error().kind != ErrorKind::kNoKeys || request.sources.empty()) {
    return more.error();
  }
  return request;
}

struct Answer {
  KeyListing listing;
  int exit_code = kExitOk;
};

/// All sources together as verify takes them. When one is refused whole, each by itself, so that
/// one bad file does not hide what is in the others, nor what is wrong with them.
Answer list(const Request& request) {
  Answer answer;
  Result<KeyListing> together = list_keys(request.sources, request.allow_weak_secret);
  if (together) {
    answer.listing = std::move(together).value();
    const bool any = std::ranges::any_of(answer.listing.keys, is_usable);
    answer.exit_code = any ? kExitOk : kExitRejected;
    return answer;
  }
  answer.exit_code = exit_code_of(together.error());
  bool told = false;
  for (const KeySource& source : request.sources) {
    Result<KeyListing> one = list_keys(std::span(&source, 1), request.allow_weak_secret);
    if (!one) {
      answer.exit_code = std::max(answer.exit_code, fail(one.error()));
      told = true;
      continue;
    }
    std::ranges::move(one.value().keys, std::back_inserter(answer.listing.keys));
    std::ranges::move(one.value().warnings, std::back_inserter(answer.listing.warnings));
  }
  // What failed together alone: memory, for one.
  if (!told) fail(together.error());
  return answer;
}

int keys(const Given& given) {
  const auto request = read_request(given);
  if (!request) return fail(request.error());
  const Answer answer = list(request.value());
  if (answer.exit_code > kExitRejected && answer.listing.keys.empty()) return answer.exit_code;
  const int printed =
      print(request.value().json ? listing_json(answer.listing) : listing_text(answer.listing));
  return printed != kExitOk ? printed : answer.exit_code;
}

}  // namespace

void add_keys(CLI::App& app, int& exit_code) {
  NewCommand command(app, "keys", kDescription, kFooter);
  command.arguments("FILE",
                    "JWK, JWK Set, PEM or DER files, found out by content; a directory takes all "
                    "its files");
  command.option("--keys", "PATH", "", "the same as FILE, written as for verify", true);
  command.option("--secret-file", "[KID=]PATH", "",
                 "file with a raw HMAC secret; one trailing newline is dropped, and said so", true);
  command.flag("--allow-weak-secret", "", "accept HMAC secrets shorter than RFC 7518 allows");
  command.option("--format", "text|json", "", "text or json; default text");
  command.runs(keys, exit_code);
}

}  // namespace jotmill::tools
