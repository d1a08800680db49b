#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "core/alg.h"
#include "jotmill/stats.h"

namespace jotmill {
namespace {

void add_each(RecordSums& to, const RecordSums& from) {
  to.records += from.records;
  to.blank += from.blank;
  to.with_tokens += from.with_tokens;
  to.without_token += from.without_token;
  to.not_json += from.not_json;
  to.too_long += from.too_long;
  to.candidates += from.candidates;
  to.tokens += from.tokens;
  to.truncated += from.truncated;
  to.redacted += from.redacted;
  to.lookalike += from.lookalike;
  to.without_time += from.without_time;
}

void add_each(ClaimSums& to, const ClaimSums& from) {
  to.verified += from.verified;
  to.unverified += from.unverified;
  to.read += from.read;
  to.without_iss += from.without_iss;
  to.without_sub += from.without_sub;
  to.without_iat += from.without_iat;
  to.accepted_read += from.accepted_read;
  to.accepted_without_exp += from.accepted_without_exp;
}

}  // namespace

static_assert(kReportAlgs == kAlgCount + 1 && static_cast<std::size_t>(Alg::kNone) == kAlgCount);

std::string_view report_alg_name(std::size_t row) {
  return row < kAlgCount ? info(static_cast<Alg>(row)).name : std::string_view("other");
}

std::string_view code(InputFormat format) {
  switch (format) {
    case InputFormat::kAuto: return "auto";
    case InputFormat::kLines: return "lines";
    case InputFormat::kJsonl: return "jsonl";
    case InputFormat::kText: return "text";
    case InputFormat::kHar: return "har";
  }
  return "unknown";
}

std::string_view code(InputEventKind kind) {
  switch (kind) {
    case InputEventKind::kInputUnreadable: return "input_unreadable";
    case InputEventKind::kInputTruncated: return "input_truncated";
    case InputEventKind::kInputChanged: return "input_changed";
    case InputEventKind::kDecompressError: return "decompress_error";
    case InputEventKind::kRecordTooLong: return "record_too_long";
  }
  return "unknown";
}

std::strong_ordering InputEvent::operator<=>(const InputEvent& other) const {
  return std::tie(source, offset_bytes, line, kind, reason) <=>
         std::tie(other.source, other.offset_bytes, other.line, other.kind, other.reason);
}

std::uint64_t InputEvents::total() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts) sum += count;
  return sum;
}

void InputEvents::count(const InputEvent& event) {
  ++counts[static_cast<std::size_t>(event.kind)];
  InputEvent safe = event;
  safe.source = make_label(event.source);
  safe.reason = make_label(event.reason);
  listed.insert(std::move(safe));
  if (listed.size() > kMostListed) listed.erase(std::prev(listed.end()));
}

void InputEvents::add(const InputEvents& other) {
  for (std::size_t i = 0; i < kInputEventKinds; ++i) counts[i] += other.counts[i];
  for (const InputEvent& event : other.listed) listed.insert(event);
  while (listed.size() > kMostListed) listed.erase(std::prev(listed.end()));
}

void RunFacts::add(const RunFacts& other) {
  runs += other.runs;
  wall_ns += other.wall_ns;
  thread_wall_ns += other.thread_wall_ns;
  threads = std::max(threads, other.threads);
  peak_rss_bytes = std::max(peak_rss_bytes, other.peak_rss_bytes);
  for (const StageTime& theirs : other.stages) {
    const auto ours = std::find_if(stages.begin(), stages.end(), [&](const StageTime& stage) {
      return stage.stage == theirs.stage;
    });
    if (ours == stages.end()) {
      stages.push_back(theirs);
    } else {
      ours->ns += theirs.ns;
    }
  }
  for (const auto& [kernel, use] : other.lanes) lanes[kernel].add(use);
  memo.add(other.memo);
  headers.add(other.headers);
  cross_checks.add(other.cross_checks);
  for (const auto& [key, table] : other.tables) tables[key].add(table);
  cpus.insert(other.cpus.begin(), other.cpus.end());
  builds.insert(other.builds.begin(), other.builds.end());
  kernels.insert(other.kernels.begin(), other.kernels.end());
}

std::uint64_t waiting_ns(const RunFacts& run) {
  // Not by their sum, which may overflow in a report that was read.
  std::uint64_t left = run.thread_wall_ns;
  for (const StageTime& stage : run.stages) left -= std::min(left, stage.ns);
  return left;
}

std::uint64_t per_second(std::uint64_t amount, std::uint64_t ns) {
  if (ns == 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(amount) * 1e9 / static_cast<double>(ns));
}

std::uint64_t RunReport::repeats() const {
  const std::uint64_t compared = tokens - not_compared;
  return compared - std::min(compared, distinct.estimate());  // an estimate can be too high
}

void RunReport::add(const RunReport& other) {
  interrupted = interrupted || other.interrupted;
  input_bytes += other.input_bytes;
  for (const auto& [format, inputs] : other.formats) formats[format] += inputs;
  add_each(records, other.records);
  tokens += other.tokens;
  token_bytes += other.token_bytes;
  for (std::size_t i = 0; i < kVerdictCount; ++i) verdicts[i] += other.verdicts[i];
  for (std::size_t i = 0; i < kReportAlgs; ++i) {
    algs[i].tokens += other.algs[i].tokens;
    algs[i].accepted += other.algs[i].accepted;
  }
  for (const auto& [label, counts] : other.keys) {
    KeyCount& sum = keys[label];
    sum.tokens += counts.tokens;
    sum.accepted += counts.accepted;
    sum.algs |= counts.algs;
  }
  without_key += other.without_key;
  add_each(claims, other.claims);
  issuers.add(other.issuers);
  subjects.add(other.subjects);
  channels.add(other.channels);
  layers.add(other.layers);
  sources.add(other.sources);
  rejected_kids.add(other.rejected_kids);
  sizes.add(other.sizes);
  ages.add(other.ages);
  ages_ahead.add(other.ages_ahead);
  times.add(other.times);
  distinct.add(other.distinct);
  not_compared += other.not_compared;
  events.add(other.events);
  const ReportOptions& theirs = other.options;
  if (theirs.first_as_of && *theirs.first_as_of < *options.first_as_of) {
    options.first_as_of = theirs.first_as_of;
  }
  if (theirs.last_as_of && *options.last_as_of < *theirs.last_as_of) {
    options.last_as_of = theirs.last_as_of;
  }
  run.add(other.run);
}

}  // namespace jotmill
