#include "tools/generate/capture.h"

#include <fmt/core.h>

#include <ctime>
#include <numeric>

#include "tools/generate/plan.h"
#include "tools/generate/shapes.h"

namespace jotmill::tools {
namespace {

bool taken_at(std::uint64_t index, std::uint32_t share) {
  return taken_before(index + 1, share) > taken_before(index, share);
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
  truncated += other.truncated;
  redacted += other.redacted;
  lookalike += other.lookalike;
  without_time += other.without_time;
}

std::string capture_name(const World& world) {
  const RecipeOutput& output = world.recipe().output;
  if (output.shape != nullptr) return std::string(output.shape->capture);
  return output.format == CaptureFormat::kJsonl ? "capture.jsonl" : "capture.txt";
}

void append_record(const World& world, std::uint64_t seed, std::uint64_t index,
                   const ForgedToken& token, CaptureBlock& block) {
  const RecipeOutput& output = world.recipe().output;
  const bool jsonl = output.format == CaptureFormat::kJsonl;
  Rng rng(seed, Stream::kRecord, index);
  const auto line = [&block](const std::string& text, std::string_view end) {
    block.capture += text;
    block.capture += end;
    ++block.lines;
  };
  if (taken_at(index, output.blank)) {
    line(blank_line(rng), "\n");
    ++block.tally.blank;
  }
  if (taken_at(index, output.without_token)) {
    line(log_record(world, rng, nullptr), "\n");
    ++block.tally.without_token;
  }
  if (taken_at(index, output.not_json)) {
    line("--- log rotated, " + std::to_string(index) + " records ---", "\n");
    ++block.tally.not_json;
  }
  block.labels.push_back(
      {.line = block.lines, .offset = {}, .rest = label_members(token, token.verdict)});
  const std::string record = jsonl ? log_record(world, rng, &token.bytes) : token.bytes;
  line(record, rng.chance(output.crlf) ? "\r\n" : "\n");
  ++block.tally.by_verdict[static_cast<std::size_t>(token.verdict)];
}

std::string label_members(const ForgedToken& token, Verdict verdict) {
  const auto text_or_null = [](const std::optional<std::string>& text) {
    return text ? json_quote(*text) : std::string("null");
  };
  return fmt::format(R"("verdict":"{}","alg":{},"kid":{},"what":"{}")", code(verdict),
                     text_or_null(token.alg), text_or_null(token.kid), token.what);
}

}  // namespace jotmill::tools
