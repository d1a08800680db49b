#include "tools/generate/capture.h"

#include <fmt/core.h>

#include <ctime>
#include <numeric>

#include "tools/generate/plan.h"

namespace jotmill::tools {
namespace {

bool taken_at(std::uint64_t index, std::uint32_t share) {
  return taken_before(index + 1, share) > taken_before(index, share);
}

/// The line of token `index`: the tokens before it, the lines without a token up to it, and itself.
std::uint64_t line_of(const RecipeOutput& output, std::uint64_t index) {
  return index + 1 + taken_before(index + 1, output.blank) +
         taken_before(index + 1, output.without_token) + taken_before(index + 1, output.not_json);
}

std::string rfc3339(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

/// The token as a JSON string, sometimes with an escape where none is needed.
std::string token_string(const RecipeOutput& output, Rng& rng, const std::string& token) {
  static constexpr std::string_view kSchemes[] = {"Bearer ", "bearer ", "DPoP ", "BEARER "};
  std::string text;
  if (rng.chance(output.bearer)) text = kSchemes[rng.below(std::size(kSchemes))];
  std::string quoted = json_quote(text + token);
  const std::size_t dot = quoted.find('.');
  if (dot != std::string::npos && rng.below(64) == 0) quoted.replace(dot, 1, "\\u002e");
  return quoted;
}

/// A line of an access log; without `token` the member is not there.
std::string log_record(const World& world, Rng& rng, const std::string* token) {
  static constexpr std::string_view kPaths[] = {"/v1/orders", "/v1/users/me", "/health",
                                                "/v2/search?q=jwt"};
  const RecipeOutput& output = world.recipe().output;
  JsonMembers record;
  record.set_string("time",
                    rfc3339(world.base_time_s() - static_cast<std::int64_t>(rng.below(3600))));
  record.set_string("client", fmt::format("192.0.2.{}", rng.below(256)));
  record.set_string("path", kPaths[rng.below(std::size(kPaths))]);
  if (token != nullptr) {
    // From the inside out: {"a":{"b":TOKEN}} for /a/b.
    std::string value = token_string(output, rng, *token);
    for (std::size_t i = output.field.size(); i-- > 1;) {
      value = "{" + json_quote(output.field[i]) + ":" + value + "}";
    }
    record.set(output.field.front(), value);
  }
  record.set("status", rng.below(10) == 0 ? "401" : "200");
  return record.text();
}

std::string blank_line(Rng& rng) {
  static constexpr std::string_view kBlanks[] = {"", " ", "\t", " \t  "};
  return std::string(kBlanks[rng.below(std::size(kBlanks))]);
}

}  // namespace

std::uint64_t Tally::tokens() const {
  return std::accumulate(by_verdict.begin(), by_verdict.end(), std::uint64_t{0});
}

void Tally::add(const Tally& other) {
  for (std::size_t i = 0; i < kVerdictCount; ++i) by_verdict[i] += other.by_verdict[i];
  blank += other.blank;
  without_token += other.without_token;
  not_json += other.not_json;
  bytes += other.bytes;
}

std::string capture_name(const World& world) {
  return world.recipe().output.format == CaptureFormat::kJsonl ? "capture.jsonl" : "capture.txt";
}

void append_record(const World& world, std::uint64_t seed, std::uint64_t index,
                   const ForgedToken& token, std::string& capture, Tally& tally) {
  const RecipeOutput& output = world.recipe().output;
  const bool jsonl = output.format == CaptureFormat::kJsonl;
  const std::size_t size_before = capture.size();
  Rng rng(seed, Stream::kRecord, index);
  if (taken_at(index, output.blank)) {
    capture += blank_line(rng) + "\n";
    ++tally.blank;
  }
  if (taken_at(index, output.without_token)) {
    capture += log_record(world, rng, nullptr) + "\n";
    ++tally.without_token;
  }
  if (taken_at(index, output.not_json)) {
    capture += "--- log rotated, " + std::to_string(index) + " records ---\n";
    ++tally.not_json;
  }
  capture += jsonl ? log_record(world, rng, &token.bytes) : token.bytes;
  capture += rng.chance(output.crlf) ? "\r\n" : "\n";
  ++tally.by_verdict[static_cast<std::size_t>(token.verdict)];
  tally.bytes += capture.size() - size_before;
}

void append_label(const World& world, std::uint64_t index, const ForgedToken& token,
                  std::string& labels) {
  const auto text_or_null = [](const std::optional<std::string>& text) {
    return text ? json_quote(*text) : std::string("null");
  };
  labels +=
      fmt::format(R"({{"source":"{}","line":{},"verdict":"{}","alg":{},"kid":{},"what":"{}"}})",
                  capture_name(world), line_of(world.recipe().output, index), code(token.verdict),
                  text_or_null(token.alg), text_or_null(token.kid), token.what);
  labels += '\n';
}

}  // namespace jotmill::tools
