// The options of the C interface: each function checks its arguments and fills one field.

#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "doors/c_objects.h"
#include "keys/load.h"

using namespace jotmill;         // NOLINT: the names of this file are C's
using namespace jotmill::doors;  // NOLINT

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;

std::int32_t missing(jotmill_error* error, std::string_view what) {
  return fail(error, JOTMILL_E_ARGUMENT, what, "is NULL");
}

std::optional<std::string> optional_string(const char* text) {
  return text ? std::optional<std::string>(text) : std::nullopt;
}

std::int32_t add_source(jotmill_options* options, KeySource source, jotmill_error* error) {
  const ContentsWiper wiper({&source, 1});  // of what was not moved away
  if (!options) return missing(error, "options");
  options->run.keys.push_back(std::move(source));
  return JOTMILL_OK;
}

std::vector<std::string>* list_of(RunOptions& run, std::int32_t option) {
  switch (option) {
    case JOTMILL_TEXT_ALG: return &run.policy.algs;
    case JOTMILL_TEXT_ISSUER: return &run.policy.issuers;
    case JOTMILL_TEXT_AUDIENCE: return &run.policy.audiences;
    case JOTMILL_TEXT_SUBJECT: return &run.policy.subjects;
    case JOTMILL_TEXT_REQUIRE: return &run.policy.require;
    case JOTMILL_TEXT_SHOW: return &run.show;
    case JOTMILL_TEXT_FIELD: return &run.fields;
    default: return nullptr;
  }
}

std::int32_t set_format(RunOptions& run, std::string_view name, jotmill_error* error) {
  for (const auto& [known, format] :
       {std::pair<std::string_view, InputFormat>("auto", InputFormat::kAuto),
        std::pair<std::string_view, InputFormat>("lines", InputFormat::kLines),
        std::pair<std::string_view, InputFormat>("jsonl", InputFormat::kJsonl),
        std::pair<std::string_view, InputFormat>("text", InputFormat::kText),
        std::pair<std::string_view, InputFormat>("har", InputFormat::kHar)}) {
    if (name != known) continue;
    run.format = format;
    return JOTMILL_OK;
  }
  return fail(error, JOTMILL_E_ARGUMENT, "format", "is none of auto, lines, jsonl, text, har");
}

std::int32_t set_kernel(RunOptions& run, std::string_view text, jotmill_error* error) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return fail(error, JOTMILL_E_ARGUMENT, "kernel", "is not NAME=VARIANT");
  run.kernels[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  return JOTMILL_OK;
}

/// What a number may be, and what is said of another one.
struct Range {
  const char* name;
  std::uint64_t least, most;
  const char* otherwise;
};
std::optional<Range> range_of(std::int32_t option) {
  constexpr const char* kFlag = "is not 0 or 1";
  constexpr const char* kBytes = "is not from 1 byte to 1 GiB";
  switch (option) {
    case JOTMILL_NUMBER_CLAIMS: return Range{"claims", 0, 1, kFlag};
    case JOTMILL_NUMBER_ALLOW_PADDING: return Range{"allow_padding", 0, 1, kFlag};
    case JOTMILL_NUMBER_ALLOW_WEAK_SECRET: return Range{"allow_weak_secret", 0, 1, kFlag};
    case JOTMILL_NUMBER_MAX_TOKEN_BYTES: return Range{"max_token_bytes", 1, kMostBytes, kBytes};
    case JOTMILL_NUMBER_MAX_RECORD_BYTES: return Range{"max_record_bytes", 1, kMostBytes, kBytes};
    case JOTMILL_NUMBER_MEMO: return Range{"memo", 0, std::uint64_t{1} << 24, "is over 16777216"};
    case JOTMILL_NUMBER_AS_OF_RECORD: return Range{"as_of_record", 0, 1, kFlag};
    case JOTMILL_NUMBER_YEAR: return Range{"year", 1970, 9999, "is not from 1970 to 9999"};
    case JOTMILL_NUMBER_CROSS_CHECK: return Range{"cross_check", 0, UINT64_MAX, ""};
    default: return std::nullopt;
  }
}

/// typ is compared without its application/ prefix (RFC 8725 s3.11), as --typ does.
std::string typ_name(std::string_view text) {
  constexpr std::string_view kPrefix = "application/";
  if (text.size() > kPrefix.size()) {
    std::string head(text.substr(0, kPrefix.size()));
    for (char& c : head) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (head == kPrefix) text.remove_prefix(kPrefix.size());
  }
  return std::string(text);
}

}  // namespace

jotmill_options::~jotmill_options() { wipe_contents(run.keys); }

int32_t jotmill_options_new(jotmill_options** out, jotmill_error* error) {
  if (!out) return missing(error, "out");
  return guarded(error, [&] {
    *out = new jotmill_options;
    return JOTMILL_OK;
  });
}

void jotmill_options_free(jotmill_options* options) { delete options; }

int32_t jotmill_options_add_key_file(jotmill_options* options, const char* path,
                                     jotmill_error* error) {
  if (!path) return missing(error, "path");
  return guarded(error, [&] { return add_source(options, {.path = path}, error); });
}

int32_t jotmill_options_add_key(jotmill_options* options, const char* name, jotmill_text content,
                                jotmill_error* error) {
  if (!is_sound(content)) return missing(error, "content");
  return guarded(error, [&] {
    return add_source(options,
                      {.path = name ? name : "(memory)", .content = std::string(view_of(content))},
                      error);
  });
}

int32_t jotmill_options_add_secret_file(jotmill_options* options, const char* kid, const char* path,
                                        jotmill_error* error) {
  if (!path) return missing(error, "path");
  return guarded(error, [&] {
    return add_source(options, {.path = path, .raw_secret = true, .kid = optional_string(kid)},
                      error);
  });
}

int32_t jotmill_options_add_secret(jotmill_options* options, const char* kid, jotmill_text secret,
                                   jotmill_error* error) {
  if (!is_sound(secret)) return missing(error, "secret");
  return guarded(error, [&] {
    return add_source(options,
                      {.path = "(secret in memory)",
                       .raw_secret = true,
                       .kid = optional_string(kid),
                       .content = std::string(view_of(secret)),
                       .exact_secret = true},
                      error);
  });
}

int32_t jotmill_options_set_text(jotmill_options* options, int32_t option, jotmill_text value,
                                 jotmill_error* error) {
  if (!options) return missing(error, "options");
  if (!is_sound(value)) return missing(error, "value");
  return guarded(error, [&]() -> std::int32_t {
    RunOptions& run = options->run;
    const std::string_view text = view_of(value);
    if (std::vector<std::string>* list = list_of(run, option)) {
      list->emplace_back(text);
      return JOTMILL_OK;
    }
    switch (option) {
      case JOTMILL_TEXT_TYP: run.policy.typ = typ_name(text); return JOTMILL_OK;
      case JOTMILL_TEXT_FINGERPRINT_KEY: run.fingerprint_key_path = text; return JOTMILL_OK;
      case JOTMILL_TEXT_SOURCE: options->source = text; return JOTMILL_OK;
      case JOTMILL_TEXT_FORMAT: return set_format(run, text, error);
      case JOTMILL_TEXT_KERNEL: return set_kernel(run, text, error);
      default: return fail(error, JOTMILL_E_ARGUMENT, "option", "is no text option");
    }
  });
}

int32_t jotmill_options_set_time(jotmill_options* options, int32_t option, int64_t seconds,
                                 uint32_t nanoseconds, jotmill_error* error) {
  if (!options) return missing(error, "options");
  if (nanoseconds > 999'999'999)
    return fail(error, JOTMILL_E_ARGUMENT, "nanoseconds", "is a second or more");
  Policy& policy = options->run.policy;
  if (option == JOTMILL_TIME_AS_OF) {
    policy.as_of = TimePoint{seconds, nanoseconds};
    return JOTMILL_OK;
  }
  const Duration length{seconds, nanoseconds};
  const auto set = [&](const char* name, auto& target) -> std::int32_t {
    if (seconds < 0) return fail(error, JOTMILL_E_ARGUMENT, name, "is negative");
    target = length;
    return JOTMILL_OK;
  };
  switch (option) {
    case JOTMILL_TIME_LEEWAY_EXP: return set("leeway of exp", policy.leeway_exp);
    case JOTMILL_TIME_LEEWAY_NBF: return set("leeway of nbf", policy.leeway_nbf);
    case JOTMILL_TIME_LEEWAY_IAT: return set("leeway of iat", policy.leeway_iat);
    case JOTMILL_TIME_MAX_AGE: return set("max_age", policy.max_age);
    default: return fail(error, JOTMILL_E_ARGUMENT, "option", "is no time option");
  }
}

int32_t jotmill_options_set_number(jotmill_options* options, int32_t option, uint64_t value,
                                   jotmill_error* error) {
  if (!options) return missing(error, "options");
  Policy& policy = options->run.policy;
  const std::optional<Range> range = range_of(option);
  if (!range) return fail(error, JOTMILL_E_ARGUMENT, "option", "is no number option");
  if (value < range->least || value > range->most)
    return fail(error, JOTMILL_E_ARGUMENT, range->name, range->otherwise);
  switch (option) {
    case JOTMILL_NUMBER_CLAIMS: policy.claims = value != 0; return JOTMILL_OK;
    case JOTMILL_NUMBER_ALLOW_PADDING: policy.allow_padding = value != 0; return JOTMILL_OK;
    case JOTMILL_NUMBER_ALLOW_WEAK_SECRET: policy.allow_weak_secret = value != 0; return JOTMILL_OK;
    case JOTMILL_NUMBER_MAX_TOKEN_BYTES: policy.max_token_bytes = value; return JOTMILL_OK;
    case JOTMILL_NUMBER_MAX_RECORD_BYTES: options->run.max_record_bytes = value; return JOTMILL_OK;
    case JOTMILL_NUMBER_MEMO: options->run.memo_entries = value; return JOTMILL_OK;
    case JOTMILL_NUMBER_AS_OF_RECORD: policy.as_of_record = value != 0; return JOTMILL_OK;
    case JOTMILL_NUMBER_YEAR: options->run.year = static_cast<int>(value); return JOTMILL_OK;
    case JOTMILL_NUMBER_CROSS_CHECK: options->run.cross_check = value; return JOTMILL_OK;
    default: return fail(error, JOTMILL_E_ARGUMENT, "option", "is no number option");
  }
}
