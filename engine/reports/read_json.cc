#include <algorithm>
#include <array>
#include <utility>

#include "jotmill/report_json.h"
#include "reports/json_in.h"
#include "reports/read_sketches.h"

namespace jotmill {
namespace {

std::optional<std::size_t> report_alg_row(std::string_view name) {
  for (std::size_t row = 0; row < kReportAlgs; ++row) {
    if (report_alg_name(row) == name) return row;
  }
  return std::nullopt;
}

std::vector<std::string> read_texts(const JsonIn& in, const char* name) {
  std::vector<std::string> texts;
  in.each(name, [&](JsonIn::Element element, const std::string& path) {
    texts.push_back(make_label(string_of(element, path, in.problem())));
  });
  return texts;
}

void read_records(const JsonIn& report, RecordSums& records) {
  const JsonIn in = report.object("records");
  records.records = in.number("records");
  records.blank = in.number("blank");
  records.with_tokens = in.number("with_tokens");
  records.without_token = in.number("record_without_token");
  records.not_json = in.number("record_not_json");
  records.too_long = in.number("record_too_long");
  records.candidates = in.number("candidates");
  records.tokens = in.number("tokens");
  records.truncated = in.number("truncated");
  records.redacted = in.number("redacted");
  records.lookalike = in.number("lookalike");
  records.without_time = in.number("record_without_time", records.with_tokens + records.too_long);
}

void read_summary(const JsonIn& in, RunReport& report) {
  const JsonIn summary = in.object("summary");
  report.tokens = summary.number("tokens");
  report.not_compared = summary.number("not_compared", report.tokens);
  report.token_bytes = summary.number("token_bytes");
  report.input_bytes = summary.number("input_bytes");
  in.each_count("formats", [&](std::string_view format, std::uint64_t inputs) {
    constexpr std::array kFormats = {InputFormat::kLines, InputFormat::kJsonl, InputFormat::kText,
                                     InputFormat::kHar};
    if (!std::ranges::any_of(kFormats, [&](InputFormat known) { return code(known) == format; })) {
      return in.problem().found("formats has a name that this build does not know");
    }
    report.formats[std::string(format)] = inputs;
  });
  in.each_count("verdicts", [&](std::string_view verdict, std::uint64_t count) {
    const auto known = verdict_from_code(verdict);
    if (!known) return in.problem().found("verdicts has a code that this build does not know");
    report.verdicts[static_cast<std::size_t>(*known)] = count;
  });
}

void read_algorithms(const JsonIn& in, RunReport& report) {
  in.each("algorithms", [&](JsonIn::Element element, const std::string& path) {
    const JsonIn entry(element, path, in.problem());
    const auto row = report_alg_row(entry.string("alg"));
    if (!row) return in.problem().found(path + ".alg is not one that this build knows");
    report.algs[*row] = {entry.number("tokens"), entry.number("accepted")};
  });
}

void read_keys(const JsonIn& in, RunReport& report) {
  const JsonIn keys = in.object("keys");
  report.without_key = keys.number("without_key");
  keys.each("used", [&](JsonIn::Element element, const std::string& path) {
    const JsonIn entry(element, path, in.problem());
    KeyCount key = {entry.number("tokens"), entry.number("accepted"), 0};
    entry.each("algs", [&](JsonIn::Element alg, const std::string& place) {
      const auto row = report_alg_row(string_of(alg, place, in.problem()));
      if (!row || *row + 1 == kReportAlgs) {
        return in.problem().found(place + " is not an algorithm that this build knows");
      }
      key.algs = static_cast<std::uint16_t>(key.algs | 1u << *row);
    });
    if (!report.keys.emplace(make_label(entry.string("key")), key).second) {
      in.problem().found(path + ".key was there before");
    }
  });
}

void read_claims(const JsonIn& in, ClaimSums& claims) {
  const JsonIn entry = in.object("claims");
  claims.verified = entry.number("verified");
  claims.unverified = entry.number("unverified");
  claims.read = entry.number("read");
  claims.without_iss = entry.number("without_iss");
  claims.without_sub = entry.number("without_sub");
  claims.without_iat = entry.number("without_iat");
  claims.accepted_read = entry.number("accepted_read");
  claims.accepted_without_exp = entry.number("accepted_without_exp");
}

std::optional<InputEventKind> event_kind(std::string_view name) {
  for (std::size_t kind = 0; kind < kInputEventKinds; ++kind) {
    if (code(static_cast<InputEventKind>(kind)) == name) return static_cast<InputEventKind>(kind);
  }
  return std::nullopt;
}

void read_events(const JsonIn& in, InputEvents& events) {
  const JsonIn entry = in.object("events");
  entry.each_count("counts", [&](std::string_view name, std::uint64_t count) {
    const auto kind = event_kind(name);
    if (!kind) return in.problem().found("events has a kind that this build does not know");
    events.counts[static_cast<std::size_t>(*kind)] = count;
  });
  entry.each("listed", [&](JsonIn::Element element, const std::string& path) {
    const JsonIn event(element, path, in.problem());
    const auto kind = event_kind(event.string("event"));
    if (!kind) return in.problem().found(path + ".event is not one that this build knows");
    constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
    events.listed.insert({*kind, make_label(event.string("source")), event.number("offset", kAny),
                          event.number("line", kAny), make_label(event.string("reason"))});
    if (events.listed.size() > InputEvents::kMostListed) {
      in.problem().found(path + " is one event too many");
    }
  });
}

/// TimePoint or Duration.
template <typename Time>
Time read_time(const JsonIn& in, const char* name) {
  const JsonIn entry = in.object(name);
  return {entry.signed_number("s"), static_cast<std::uint32_t>(entry.number("ns", 999'999'999))};
}

template <typename Time>
std::optional<Time> read_optional_time(const JsonIn& in, const char* name) {
  if (in.is_null(name)) return std::nullopt;
  return read_time<Time>(in, name);
}

void read_options(const JsonIn& report, ReportOptions& options) {
  const JsonIn in = report.object("options");
  Policy& policy = options.policy;
  policy.algs = read_texts(in, "alg");
  policy.issuers = read_texts(in, "issuer");
  policy.audiences = read_texts(in, "audience");
  policy.subjects = read_texts(in, "subject");
  policy.require = read_texts(in, "require");
  policy.leeway_exp = read_time<Duration>(in, "leeway_exp");
  policy.leeway_nbf = read_time<Duration>(in, "leeway_nbf");
  policy.leeway_iat = read_time<Duration>(in, "leeway_iat");
  options.first_as_of = read_optional_time<TimePoint>(in, "first_as_of");
  options.last_as_of = read_optional_time<TimePoint>(in, "last_as_of");
  if (options.first_as_of.has_value() != options.last_as_of.has_value()) {
    in.problem().found("options.first_as_of and last_as_of do not go together");
  }
  policy.as_of_record = in.boolean("as_of_record");
  if (policy.as_of_record && options.first_as_of) {
    in.problem().found("options.as_of_record and first_as_of do not go together");
  }
  if (!in.is_null("year")) options.year = static_cast<int>(in.number("year", 9999));
  policy.max_age = read_optional_time<Duration>(in, "max_age");
  if (!in.is_null("typ")) policy.typ = make_label(in.string("typ"));
  policy.claims = in.boolean("claims");
  policy.allow_padding = in.boolean("allow_padding");
  policy.allow_weak_secret = in.boolean("allow_weak_secret");
  policy.max_token_bytes = in.number("max_token_bytes", std::numeric_limits<std::size_t>::max());
  options.max_record_bytes = in.number("max_record_bytes", std::numeric_limits<std::size_t>::max());
  options.show = read_texts(in, "show");
  options.fields = read_texts(in, "field");
}

/// [first second, tokens, accepted], ascending, each at the start of a bucket of that width.
RecordTimes read_record_times(const JsonIn& report) {
  const JsonIn in = report.object("record_times");
  RecordTimes times;
  times.tokens_with = in.number("tokens_with");
  times.tokens_without = in.number("tokens_without");
  times.first = read_optional_time<TimePoint>(in, "first");
  times.last = read_optional_time<TimePoint>(in, "last");
  const std::int64_t width = in.signed_number("bucket_s");
  const auto known = std::ranges::find(TimeBuckets::kWidths, width);
  if (known == TimeBuckets::kWidths.end()) {
    in.problem().found("record_times.bucket_s is not a width that this build knows");
    return times;
  }
  times.buckets.level = static_cast<int>(known - TimeBuckets::kWidths.begin());
  // Far beyond every time that a record can have; so no sum of a time and a width overflows.
  constexpr std::int64_t kFarthest = std::int64_t{1} << 53;
  in.each("buckets", [&](JsonIn::Element element, const std::string& path) {
    simdjson::dom::array row;
    std::int64_t start = 0;
    if (element.get(row) != simdjson::SUCCESS || row.size() != 3 ||
        (*row.begin()).get(start) != simdjson::SUCCESS || start % width != 0 ||
        start < -kFarthest || start > kFarthest) {
      return in.problem().found(path + " is not a bucket of that width");
    }
    auto at = row.begin();
    TimeBuckets::Count count;
    count.tokens = number_of(*++at, path, in.problem());
    count.accepted = number_of(*++at, path, in.problem(), count.tokens);
    if (count.tokens == 0) in.problem().found(path + " counts nothing");
    if (!times.buckets.buckets.emplace(start, count).second) {
      in.problem().found(path + " was there before");
    }
    if (times.buckets.buckets.size() > TimeBuckets::kMostBuckets) {
      in.problem().found(path + " is one bucket too many");
    }
  });
  return times;
}

void read_run(const JsonIn& report, RunFacts& run) {
  const JsonIn in = report.object("run");
  run.runs = in.number("runs");
  run.wall_ns = in.number("wall_ns");
  run.thread_wall_ns = in.number("thread_wall_ns");
  run.threads = in.number("threads");
  run.peak_rss_bytes = in.number("peak_rss_bytes");
  in.each_count("stage_ns", [&](std::string_view stage, std::uint64_t ns) {
    if (run.stages.size() == 64) return in.problem().found("run.stage_ns has too many stages");
    run.stages.push_back({make_label(stage), ns});
  });
  in.each_object("lanes", [&](std::string_view kernel, const JsonIn& use) {
    if (run.lanes.size() == 64) return in.problem().found("run.lanes has too many kernels");
    run.lanes[make_label(kernel)] = {use.number("used"), use.number("total")};
  });
  for (const auto& [name, memo] :
       {std::pair("memo", &run.memo), std::pair("headers", &run.headers)}) {
    const JsonIn entry = in.object(name);
    *memo = {entry.number("hits"), entry.number("misses")};
  }
  in.each_object("tables", [&](std::string_view key, const JsonIn& table) {
    constexpr std::size_t kMostTables = 65'536;
    if (run.tables.size() == kMostTables) return in.problem().found("run.tables has too many keys");
    run.tables[make_label(key)] = {table.number("window"), table.number("bytes"),
                                   table.number("build_ns"), table.number("signatures")};
  });
  const JsonIn cross_check = in.object("cross_check");
  run.cross_checks = {cross_check.number("checked"), cross_check.number("disagreed")};
  for (const auto& [name, set] : {std::pair("cpus", &run.cpus), std::pair("builds", &run.builds),
                                  std::pair("kernels", &run.kernels)}) {
    const std::vector<std::string> texts = read_texts(in, name);
    set->insert(texts.begin(), texts.end());
  }
}

/// The first member that every report has; anything else is not read any further.
void check_schema(const JsonIn& in) {
  const std::string schema = in.problem().any() ? "" : in.string("schema");
  if (schema == kReportSchema) return;
  const bool other = schema.starts_with("jotmill.report/");
  in.problem().found(other ? "a report of another version than " + std::string(kReportSchema)
                           : "not a jotmill report");
}

RunReport read_report(const JsonIn& in) {
  RunReport report;
  report.interrupted = in.boolean("interrupted");
  read_summary(in, report);
  read_records(in, report.records);
  read_algorithms(in, report);
  read_keys(in, report);
  read_claims(in, report.claims);
  read_events(in, report.events);
  read_options(in, report.options);
  const JsonIn state = in.object("state");
  report.issuers = read_top_list(state, "issuers");
  report.subjects = read_top_list(state, "subjects");
  report.channels = read_top_list(state, "channels");
  report.layers = read_top_list(state, "layers");
  report.sources = read_top_list(state, "sources");
  report.rejected_kids = read_top_list(state, "rejected_kids");
  report.distinct = read_distinct(state, "distinct");
  report.sizes = read_histogram(in, "sizes");
  report.ages = read_histogram(in, "ages");
  report.ages_ahead = read_histogram(in, "ages_ahead");
  report.times = read_record_times(in);
  read_run(in, report.run);
  return report;
}

}  // namespace

Result<RunReport> read_json_report(std::string_view json, const std::string& name) {
  const auto refuse = [&](std::string reason) {
    return Error{ErrorKind::kFormat, name, std::move(reason)};
  };
  if (json.empty()) return refuse("not a jotmill report: the file is empty");
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    if (error == simdjson::MEMALLOC) return Error{ErrorKind::kInternal, name, "out of memory"};
    return refuse("not a jotmill report, or cut off: the file is not whole JSON");
  }
  ReadProblem problem;
  const JsonIn in(root, "", problem);
  if (problem.any()) return refuse("not a jotmill report");
  check_schema(in);
  if (problem.any()) {
    const bool no_schema = problem.what() == "schema is missing";
    return refuse(no_schema ? "not a jotmill report" : *problem.what());
  }
  RunReport report = read_report(in);
  if (problem.any()) return refuse(*problem.what());
  if (const auto broken = check_conservation(report)) {
    return refuse("its numbers do not add up: " + *broken);
  }
  return report;
}

}  // namespace jotmill
