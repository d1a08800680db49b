// The engine of the C interface: verify, place, report.

#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "doors/c_objects.h"
#include "jotmill/build.h"
#include "jotmill/report_json.h"
#include "jotmill/text.h"

using namespace jotmill;         // NOLINT: the names of this file are C's
using namespace jotmill::doors;  // NOLINT

namespace {

/// Text options on both sides of one address space: an empty text that is there is not NULL.
constexpr char kEmpty[] = "";

jotmill_text text_in(const std::vector<char>& texts, TextRef ref) {
  if (!ref.present()) return {nullptr, 0};
  return {ref.len_bytes == 0 ? kEmpty : texts.data() + ref.off_bytes, ref.len_bytes};
}

jotmill_answer answer_of(const TokenBatch& batch, const std::vector<char>& texts, std::size_t i) {
  jotmill_answer answer = {};
  answer.verdict = code(batch.verdict[i]).data();
  answer.accepted = batch.verdict[i] == Verdict::kAccepted ? 1 : 0;
  answer.key = batch.key[i] == kNoKey ? JOTMILL_NO_KEY : batch.key[i];
  answer.detail = text_in(texts, batch.detail[i]);
  if (!answer.detail.data) answer.detail.data = kEmpty;
  answer.alg = text_in(texts, batch.alg_text[i]);
  answer.kid = text_in(texts, batch.kid[i]);
  answer.claims = text_in(texts, batch.shown_claims[i]);
  std::copy_n(batch.token_id[i].begin(), batch.token_id[i].size(), answer.token_id);
  return answer;
}

void verify_all(jotmill_engine& engine, std::span<const jotmill_text> tokens,
                jotmill_answer* answers) {
  engine.texts.clear();
  std::vector<std::string_view> rows;
  rows.reserve(std::min(tokens.size(), Audit::kGroupRows));
  while (!tokens.empty()) {
    rows.clear();
    for (const jotmill_text& token : tokens.first(std::min(tokens.size(), Audit::kGroupRows))) {
      rows.push_back(token.data ? view_of(token) : std::string_view(kEmpty, 0));
    }
    const std::size_t count = Audit::group_size(rows);
    const TokenBatch& batch =
        engine.audit->judge_tokens(std::span(rows).first(count), /*with_token_ids=*/true);
    const std::vector<char>& texts = engine.texts.emplace_back(batch.text);
    for (std::size_t i = 0; i < count; ++i) *answers++ = answer_of(batch, texts, i);
    tokens = tokens.subspan(count);
  }
}

jotmill_code code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage: return JOTMILL_E_USAGE;
    case ErrorKind::kKeys: return JOTMILL_E_KEYS;
    case ErrorKind::kNoKeys: return JOTMILL_E_NO_KEYS;
    case ErrorKind::kUnreadable: return JOTMILL_E_UNREADABLE;
    case ErrorKind::kFormat: return JOTMILL_E_FORMAT;
    case ErrorKind::kUnsupported: return JOTMILL_E_UNSUPPORTED;
    case ErrorKind::kOutput:
    case ErrorKind::kInterrupted:
    case ErrorKind::kInternal: break;
  }
  return JOTMILL_E_INTERNAL;
}

constexpr const char* kCodeNames[] = {"ok",        "argument",   "usage",  "keys",
                                      "no_keys",   "unreadable", "format", "unsupported",
                                      "no_memory", "internal"};

}  // namespace

std::int32_t doors::fail(jotmill_error* error, jotmill_code code, std::string_view subject,
                         std::string_view reason) noexcept {
  if (!error) return code;
  error->code = code;
  error->message[0] = '\0';
  try {
    std::string words;
    append_shown(words, subject, SafeText::kEscape);
    if (!subject.empty()) words += code == JOTMILL_E_ARGUMENT ? " " : ": ";
    append_shown(words, reason, SafeText::kEscape);
    const std::string_view kept = cut_at(words, sizeof(error->message) - 1);
    std::copy(kept.begin(), kept.end(), error->message);
    error->message[kept.size()] = '\0';
  } catch (const std::exception&) {
    std::strcpy(error->message, "out of memory");
  }
  return code;
}

std::int32_t doors::fail(jotmill_error* error, const Error& why) noexcept {
  if (why.kind == ErrorKind::kNoKeys && why.reason.empty())
    return fail(error, JOTMILL_E_NO_KEYS, "", "no key was given");
  // The rooms catch a lack of memory at their doors and say so in words.
  const bool no_memory =
      why.kind == ErrorKind::kInternal && why.reason.starts_with("out of memory");
  return fail(error, no_memory ? JOTMILL_E_NO_MEMORY : code_of(why.kind), why.subject, why.reason);
}

std::int32_t doors::hand_out(std::string_view text, char** out, std::size_t* len,
                             jotmill_error* error) {
  (void)error;
  char* copy = new char[text.size() + 1];
  std::copy(text.begin(), text.end(), copy);
  copy[text.size()] = '\0';
  *out = copy;
  if (len) *len = text.size();
  return JOTMILL_OK;
}

const char* jotmill_version(void) { return JOTMILL_VERSION; }
uint32_t jotmill_abi_version(void) { return JOTMILL_ABI_VERSION; }

const char* jotmill_code_name(int32_t code) {
  const bool known = code >= 0 && static_cast<std::size_t>(code) < std::size(kCodeNames);
  return known ? kCodeNames[code] : "unknown";
}

int32_t jotmill_engine_new(const jotmill_options* options, jotmill_engine** out,
                           jotmill_error* error) {
  if (!options || !out)
    return fail(error, JOTMILL_E_ARGUMENT, options ? "out" : "options", "is NULL");
  return guarded(error, [&]() -> std::int32_t {
    Result<std::unique_ptr<Audit>> audit = Audit::open(options->run, options->source);
    if (!audit) return fail(error, audit.error());
    *out = new jotmill_engine{std::move(audit).value(), {}};
    return JOTMILL_OK;
  });
}

int32_t jotmill_engine_clone(const jotmill_engine* engine, jotmill_engine** out,
                             jotmill_error* error) {
  if (!engine || !out) return fail(error, JOTMILL_E_ARGUMENT, engine ? "out" : "engine", "is NULL");
  return guarded(error, [&] {
    *out = new jotmill_engine{engine->audit->clone(), {}};
    return JOTMILL_OK;
  });
}

void jotmill_engine_free(jotmill_engine* engine) { delete engine; }

const char* jotmill_engine_warning(const jotmill_engine* engine, size_t index) {
  if (!engine || index >= engine->audit->warnings().size()) return nullptr;
  return engine->audit->warnings()[index].c_str();
}

int32_t jotmill_engine_place(jotmill_engine* engine, jotmill_text source, uint64_t line,
                             uint64_t offset, jotmill_error* error) {
  if (!engine) return fail(error, JOTMILL_E_ARGUMENT, "engine", "is NULL");
  if (!is_sound(source)) return fail(error, JOTMILL_E_ARGUMENT, "source", "is NULL");
  return guarded(error, [&] {
    engine->audit->place(view_of(source), line, offset);
    return JOTMILL_OK;
  });
}

int32_t jotmill_verify_many(jotmill_engine* engine, const jotmill_text* tokens, size_t count,
                            jotmill_answer* answers, jotmill_error* error) {
  if (!engine) return fail(error, JOTMILL_E_ARGUMENT, "engine", "is NULL");
  if (count > 0 && (!tokens || !answers))
    return fail(error, JOTMILL_E_ARGUMENT, tokens ? "answers" : "tokens", "is NULL");
  for (size_t i = 0; i < count; ++i) {
    if (!is_sound(tokens[i]))
      return fail(error, JOTMILL_E_ARGUMENT, "tokens", "holds a NULL with a length");
  }
  return guarded(error, [&] {
    verify_all(*engine, {tokens, count}, answers);
    return JOTMILL_OK;
  });
}

int32_t jotmill_verify(jotmill_engine* engine, jotmill_text token, jotmill_answer* answer,
                       jotmill_error* error) {
  return jotmill_verify_many(engine, &token, 1, answer, error);
}

int32_t jotmill_report_json(const jotmill_engine* engine, char** out, size_t* len,
                            jotmill_error* error) {
  if (!engine || !out) return fail(error, JOTMILL_E_ARGUMENT, engine ? "out" : "engine", "is NULL");
  return guarded(error, [&]() -> std::int32_t {
    const Result<RunReport> report = engine->audit->report();
    if (!report) return fail(error, report.error());
    return hand_out(render_json(report.value()), out, len, error);
  });
}

int32_t jotmill_reports_merge(const jotmill_text* reports, size_t count, char** out, size_t* len,
                              jotmill_error* error) {
  if (!reports || !out)
    return fail(error, JOTMILL_E_ARGUMENT, reports ? "out" : "reports", "is NULL");
  if (count == 0) return fail(error, JOTMILL_E_ARGUMENT, "count", "is 0");
  return guarded(error, [&]() -> std::int32_t {
    std::optional<RunReport> sum;
    for (size_t i = 0; i < count; ++i) {
      const std::string name = "report " + std::to_string(i + 1);
      if (!is_sound(reports[i])) return fail(error, JOTMILL_E_ARGUMENT, name, "is NULL");
      Result<RunReport> report = read_json_report(view_of(reports[i]), name);
      if (!report) return fail(error, report.error());
      if (!sum) {
        sum = std::move(report).value();
        continue;
      }
      if (const auto reason = why_not_addable(*sum, report.value()))
        return fail(error, JOTMILL_E_FORMAT, name, "cannot be added to the first: " + *reason);
      sum->add(report.value());
    }
    return hand_out(render_json(*sum), out, len, error);
  });
}

void jotmill_string_free(char* text) { delete[] text; }
