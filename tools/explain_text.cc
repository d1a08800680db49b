#include "tools/explain_text.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "tools/help.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

constexpr std::size_t kLabelColumn = 11;
constexpr std::size_t kCheckColumn = 38;
constexpr std::size_t kShownBytes = 4096;

std::string_view word(CheckRow::State state) {
  switch (state) {
    case CheckRow::State::kPassed: return "passed";
    case CheckRow::State::kFailed: return "FAILED";
    case CheckRow::State::kNotRun: return "not run";
    case CheckRow::State::kNotAsked: return "not asked";
  }
  return "?";
}

std::string_view json_word(CheckRow::State state) {
  switch (state) {
    case CheckRow::State::kPassed: return "passed";
    case CheckRow::State::kFailed: return "failed";
    case CheckRow::State::kNotRun: return "not_run";
    case CheckRow::State::kNotAsked: return "not_asked";
  }
  return "";
}

const KeyInfo* key_of(const Explanation& explanation, const std::vector<KeyInfo>& keys) {
  const auto index = explanation.answer.key;
  return index && *index < keys.size() ? &keys[*index] : nullptr;
}

std::string key_in_words(const KeyInfo& key) {
  std::string text = key.kid ? fmt::format("kid \"{}\", ", *key.kid) : std::string("no kid, ");
  text += key.curve.empty() ? fmt::format("{} of {} bits", key.type, key.bits)
                            : fmt::format("{} {}", key.type, key.curve);
  text += fmt::format(", number {} of {}", key.position + 1, key.source);
  return text;
}

std::string labelled(std::string_view label, const std::string& text) {
  return fmt::format("{:<{}}{}\n", label, kLabelColumn,
                     wrapped(printable(text, kShownBytes), kLabelColumn));
}

std::string painted(std::string_view text, std::string_view code, bool color) {
  return color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string row_text(const CheckRow& row, bool color) {
  const std::string state = fmt::format("{:<10}", word(row.state));
  const std::string name = fmt::format("  {} {:<25}", state, code(row.check));
  std::string line = name;
  if (color && row.state == CheckRow::State::kFailed) line = painted(name, "1;31", true);
  if (color && row.state == CheckRow::State::kPassed) line = painted(name, "32", true);
  std::string text;
  if (!row.expected.empty()) text = "expected " + printable(row.expected, kShownBytes);
  if (!row.found.empty()) {
    text += (text.empty() ? "found " : "; found ") + printable(row.found, kShownBytes);
  }
  if (text.empty()) {
    const std::size_t end = line.find_last_not_of(' ');
    return (color ? line : line.substr(0, end + 1)) + '\n';
  }
  return line + wrapped(text, kCheckColumn) + '\n';
}

std::string payload_in_words(const Explanation& explanation) {
  if (!explanation.payload_json.empty()) return explanation.payload_json;
  const VerdictRoom room = info(explanation.answer.verdict).room;
  const bool good_signature = explanation.answer.accepted() || room == VerdictRoom::kPayload ||
                              room == VerdictRoom::kClaims;
  return good_signature ? "empty, or no UTF-8 text"
                        : "withheld: nothing is said about claims before the signature is good";
}

std::string optional_json(const std::optional<std::string>& text) {
  return text ? json_string(*text) : "null";
}

}  // namespace

std::string explanation_text(const Explanation& explanation, const std::vector<KeyInfo>& keys,
                             bool color) {
  const TokenVerdict& answer = explanation.answer;
  const VerdictInfo& verdict = info(answer.verdict);
  std::string out = fmt::format("{:<{}}{}\n", "verdict", kLabelColumn,
                                painted(verdict.code, answer.accepted() ? "1;32" : "1;31", color));
  out += labelled("", fmt::format("{} ({})", verdict.sentence, verdict.source));
  if (!answer.detail.empty()) out += labelled("detail", answer.detail);
  if (answer.alg) out += labelled("alg", *answer.alg);
  if (answer.kid) out += labelled("kid", *answer.kid);
  if (const KeyInfo* key = key_of(explanation, keys)) out += labelled("key", key_in_words(*key));
  if (!explanation.header_json.empty()) out += labelled("header", explanation.header_json);
  out += labelled("payload", payload_in_words(explanation));
  out += "\nchecks, in order\n";
  for (const CheckRow& row : explanation.checks) out += row_text(row, color);
  return out;
}

std::string explanation_json(const Explanation& explanation, const std::vector<KeyInfo>& keys) {
  const TokenVerdict& answer = explanation.answer;
  const auto text = [](const std::string& value) {
    return value.empty() ? std::string("null") : json_string(value);
  };
  std::string out = fmt::format(
      R"({{"schema":"jotmill.explain/1","verdict":"{}","sentence":{},"detail":{},"alg":{},"kid":{},)",
      code(answer.verdict), json_string(info(answer.verdict).sentence), text(answer.detail),
      optional_json(answer.alg), optional_json(answer.kid));
  if (const KeyInfo* key = key_of(explanation, keys)) {
    out += fmt::format(R"("key":{{"source":{},"position":{},"type":{},"kid":{}}},)",
                       json_string(key->source), key->position, json_string(key->type),
                       optional_json(key->kid));
  } else {
    out += R"("key":null,)";
  }
  out += fmt::format(R"("header":{},"payload":{},"checks":[)", text(explanation.header_json),
                     text(explanation.payload_json));
  for (std::size_t i = 0; i < explanation.checks.size(); ++i) {
    const CheckRow& row = explanation.checks[i];
    out += fmt::format(R"({}{{"check":"{}","state":"{}","source":{},"expected":{},"found":{}}})",
                       i == 0 ? "" : ",", code(row.check), json_word(row.state),
                       json_string(info(row.check).source), text(row.expected), text(row.found));
  }
  return out + "]}\n";
}

}  // namespace jotmill::tools
