#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tools/report/sections.h"

namespace jotmill::tools {
namespace {

using Ink = Page::Ink;

constexpr std::uint64_t kNoEnd = ~std::uint64_t{0};

/// One row for each range between two `limits` that holds something. `words` makes text of a limit.
template <std::size_t N, typename Words>
void write_ranges(Page& page, const Histogram& histogram,
                  const std::array<std::uint64_t, N>& limits, Words words) {
  struct Range {
    std::string label;
    std::uint64_t count;
  };
  std::vector<Range> ranges;
  std::uint64_t most = 0;
  for (std::size_t i = 0; i <= N; ++i) {
    const std::uint64_t from = i == 0 ? 0 : limits[i - 1];
    const std::uint64_t to = i == N ? kNoEnd : limits[i] - 1;
    const std::uint64_t count = histogram.between(from, to);
    if (count == 0) continue;
    most = std::max(most, count);
    ranges.push_back({i == 0   ? "under " + words(limits[0])
                      : i == N ? words(from) + " and more"
                               : words(from) + " to " + words(limits[i]),
                      count});
  }
  for (const Range& range : ranges) {
    page.row({range.label, range.count, most, with_commas(range.count),
              percent(range.count, histogram.total)});
  }
}

/// Powers of two from `first` on, each `step` times the one before: ends of buckets, so the counts
/// between them are exact.
template <std::size_t N>
constexpr std::array<std::uint64_t, N> powers(std::uint64_t first, std::uint64_t step) {
  std::array<std::uint64_t, N> limits{};
  for (std::uint64_t& limit : limits) {
    limit = first;
    first *= step;
  }
  return limits;
}

void write_records(Page& page, const RunReport& report) {
  const RecordSums& records = report.records;
  if (records.records == 0) return;
  page.heading("Records", "lines", "of all");
  const auto row = [&](std::string_view label, std::uint64_t count) {
    if (count == 0) return;
    page.row({label, count, records.records, with_commas(count), percent(count, records.records)});
  };
  row("with tokens", records.with_tokens);
  row("blank", records.blank);
  row("record_without_token", records.without_token);
  row("record_not_json", records.not_json);
  row("record_too_long", records.too_long);
  std::string formats;
  for (const auto& [format, inputs] : report.formats) {
    formats +=
        fmt::format("; {} input{} read as {}", with_commas(inputs), inputs == 1 ? "" : "s", format);
  }
  page.note(fmt::format("{} in {} record{}{}", in_bytes(report.input_bytes),
                        with_commas(records.records), records.records == 1 ? "" : "s", formats));
}

/// What looked like a token and was none to judge.
void write_findings(Page& page, const RecordSums& records) {
  if (records.candidates == records.tokens) return;
  page.heading("Candidates that were not judged", "found", "of all");
  const auto row = [&](std::string_view label, std::string_view meaning, std::uint64_t count) {
    if (count == 0) return;
    page.row(
        {label, count, records.candidates, with_commas(count), percent(count, records.candidates)});
    page.note(std::string(meaning), 6);
  };
  row("truncated", "Cut by the logger: the signature is shorter than its algorithm's.",
      records.truncated);
  row("redacted", "The logger put a placeholder in place of the signature.", records.redacted);
  row("lookalike", "Begins like a token, but its header is no JSON object with alg or enc.",
      records.lookalike);
}

void write_places(Page& page, std::string_view title, const TopList& list) {
  if (list.total() == 0) return;
  const auto rows = list.top(page.style().rows);
  page.heading(title, "tokens", "accepted");
  for (const TopList::Row& row : rows) {
    page.row({row.text == "-" ? "(standard input)" : std::string_view(row.text), row.tokens(),
              rows.front().tokens(), with_commas(row.tokens()), percent(row.accepted, row.tokens()),
              Ink::kPlain, true});
  }
  if (list.exact() && list.values.size() > rows.size()) {
    page.note(fmt::format("and {} more", with_commas(list.values.size() - rows.size())));
  }
  if (!list.exact())
    page.note(fmt::format("approximate: a count is at most {} too high",
                          with_commas(list.error_at_most())));
}

void write_events(Page& page, const InputEvents& events) {
  if (events.total() == 0) return;
  page.heading("Input events: not everything could be read whole");
  for (std::size_t kind = 0; kind < kInputEventKinds; ++kind) {
    if (events.counts[kind] == 0) continue;
    page.entry(code(static_cast<InputEventKind>(kind)), with_commas(events.counts[kind]),
               Ink::kWarn);
  }
  std::size_t shown = 0;
  for (const InputEvent& event : events.listed) {
    if (shown == page.style().rows) break;
    ++shown;
    std::string place = event.source == "-" ? "standard input" : event.source;
    if (event.line > 0) place += fmt::format(", line {}", event.line);
    if (event.offset_bytes > 0) place += fmt::format(", byte {}", event.offset_bytes);
    page.note(fmt::format("{}: {}{}{}", place, code(event.kind), event.reason.empty() ? "" : ": ",
                          event.reason),
              4, Ink::kPlain);
  }
  if (events.total() > shown)
    page.note(fmt::format("and {} more", with_commas(events.total() - shown)), 4);
}

}  // namespace

void write_sizes(Page& page, const RunReport& report) {
  const Histogram& sizes = report.sizes;
  if (sizes.total == 0) return;
  page.heading("Token sizes", "tokens", "of all");
  write_ranges(page, sizes, powers<15>(64, 2), in_bytes);
  page.note(fmt::format("{} to {} bytes, half up to {}, 90% up to {}, 99% up to {}",
                        with_commas(sizes.least), with_commas(sizes.most),
                        with_commas(sizes.quantile(500)), with_commas(sizes.quantile(900)),
                        with_commas(sizes.quantile(990))));
}

void write_ages(Page& page, const RunReport& report) {
  const Histogram& ages = report.ages;
  if (ages.total + report.ages_ahead.total == 0) return;
  page.heading("Token ages (as-of minus iat, good signatures)", "tokens", "of all");
  if (ages.total > 0) {
    write_ranges(page, ages, powers<14>(16, 4), in_time);
    page.note(fmt::format("half up to {}, 90% up to {}, 99% up to {}, the oldest {}",
                          in_time(ages.quantile(500)), in_time(ages.quantile(900)),
                          in_time(ages.quantile(990)), in_time(ages.most)));
  }
  if (report.ages_ahead.total > 0) {
    page.note(fmt::format("{} issued after the as-of time, by up to {}",
                          with_commas(report.ages_ahead.total), in_time(report.ages_ahead.most)));
  }
  if (report.claims.without_iat > 0) {
    page.note(fmt::format("{} without iat", with_commas(report.claims.without_iat)));
  }
}

void write_times(Page& page, const RunReport& report) {
  const RecordTimes& times = report.times;
  if (times.tokens_with + times.tokens_without == 0) return;
  page.heading("Time of the records", "tokens", "accepted");
  TimeBuckets buckets = times.buckets;
  buckets.settle(page.style().rows);
  std::uint64_t most = 0;
  for (const auto& [start, count] : buckets.buckets) most = std::max(most, count.tokens);
  for (const auto& [start, count] : buckets.buckets) {
    page.row({in_utc({start, 0}), count.tokens, most, with_commas(count.tokens),
              percent(count.accepted, count.tokens)});
  }
  if (times.first && times.last) {
    page.note(fmt::format("from {} to {}; a row is {}", in_utc(*times.first), in_utc(*times.last),
                          in_time(static_cast<std::uint64_t>(buckets.width_s()))));
  }
  if (times.tokens_without == 0) return;
  page.note(fmt::format("{} token{} in {} record{} without a readable time (record_without_time): "
                        "exp, nbf and iat were not judged",
                        with_commas(times.tokens_without), times.tokens_without == 1 ? "" : "s",
                        with_commas(report.records.without_time),
                        report.records.without_time == 1 ? "" : "s"),
            2, Ink::kWarn);
}

void write_inputs(Page& page, const RunReport& report) {
  write_records(page, report);
  write_findings(page, report.records);
  if (report.channels.values.size() > 1) write_places(page, "Where in a record", report.channels);
  if (report.layers.values.size() > 1 || report.layers.values.count("none") == 0) {
    write_places(page, "What was undone to read them", report.layers);
  }
  write_places(page, "Sources", report.sources);
  write_events(page, report.events);
}

}  // namespace jotmill::tools
