#include "stats/count.h"

#include <algorithm>
#include <utility>

#include "stats/hash.h"

namespace jotmill {
namespace {

void add_to(TopList::Count& sum, const TopList::Count& more) {
  sum.accepted += more.accepted;
  sum.rejected += more.rejected;
  sum.draw = std::min(sum.draw, more.draw);
}

void add_claims(ClaimSums& to, const ClaimSums& from) {
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

void BatchStats::clear() {
  tokens_ = token_bytes_ = not_compared_ = without_key_ = 0;
  verdicts_ = {};
  algs_ = {};
  claims_ = {};
  for (SmallCounts* counts :
       {&issuers_, &subjects_, &channels_, &layers_, &sources_, &rejected_kids_}) {
    counts->clear();
  }
  keys_.clear();
  times_ = {};
  for (SmallHistogram* histogram : {&sizes_, &ages_, &ages_ahead_}) histogram->clear();
  hashes_.clear();
}

void BatchStats::count(const TokenBatch& batch, const CountContext& context) {
  if (batch.size == 0) return;
  const std::string& source = context.source_names[batch.chunk->source];
  const std::uint64_t source_hash = hash64(source);
  TopList::Count of_source, bare, no_layer;  // what nearly every token has: no look-up for each
  for (std::size_t i = 0; i < batch.size; ++i) {
    const Verdict verdict = batch.verdict[i];
    const bool accepted = verdict == Verdict::kAccepted;
    ++tokens_;
    token_bytes_ += batch.len_bytes(i);
    sizes_.count(batch.len_bytes(i));
    ++verdicts_[static_cast<std::size_t>(verdict)];
    AlgCount& alg = algs_[static_cast<std::size_t>(batch.alg[i])];
    ++alg.tokens;
    alg.accepted += accepted;

    // A token over the size limit is kept whole, or not, as chunks happen to fall: its bytes must
    // not count.
    const bool compared = verdict != Verdict::kTokenTooLarge;
    const std::uint64_t token_hash = compared ? hash64(batch.token(i)) : 0;
    if (compared) {
      hashes_.push_back(token_hash);
    } else {
      ++not_compared_;
    }
    const std::uint64_t place = batch.chunk->offset_bytes + batch.origin_off[i];
    const SmallCounts::Occurrence occurrence = {
        accepted, mix64(mix64(source_hash + place) ^ token_hash) & TopList::kMostDraw};

    occurrence.add_to(of_source);
    if (batch.channel[i] == ChannelKind::kBare) {
      occurrence.add_to(bare);
    } else {
      words_.assign(words(batch.channel[i])).append(batch.text_of(batch.channel_name[i]));
      channels_.count(words_, occurrence);
    }
    if (batch.layers[i].count == 0) {
      occurrence.add_to(no_layer);
    } else {
      words_.clear();
      for (const Layer layer : batch.layers[i])
        words_.append(words_.empty() ? "" : ";").append(words(layer));
      layers_.count(words_, occurrence);
    }
    if (!accepted && batch.kid[i].present()) {
      rejected_kids_.count(batch.text_of(batch.kid[i]), occurrence);
    }
    if (context.as_of_record && batch.has_record_time[i]) {
      times_.count(batch.record_time[i], accepted);
    } else if (context.as_of_record) {
      ++times_.tokens_without;
    }
    count_key(batch, i, accepted);
    count_claims(batch, context, i, occurrence);
  }
  add_to(sources_.at(source), of_source);
  if (bare.accepted + bare.rejected > 0) add_to(channels_.at("bare"), bare);
  if (no_layer.accepted + no_layer.rejected > 0) add_to(layers_.at("none"), no_layer);
  for (SmallCounts* counts :
       {&issuers_, &subjects_, &channels_, &layers_, &sources_, &rejected_kids_}) {
    counts->make_labels();
  }
}

void BatchStats::count_key(const TokenBatch& batch, std::size_t i, bool accepted) {
  if (batch.key[i] == kNoKey) {
    ++without_key_;
    return;
  }
  KeyCount& key = keys_.at(batch.key[i]);
  ++key.tokens;
  key.accepted += accepted;
  if ((batch.passed[i] & kPassedSignature) != 0) key.algs |= alg_bit(batch.alg[i]);
}

/// Nothing that a token claims is counted before its signature is good.
void BatchStats::count_claims(const TokenBatch& batch, const CountContext& context, std::size_t i,
                              SmallCounts::Occurrence occurrence) {
  if ((batch.passed[i] & kPassedSignature) == 0) {
    ++claims_.unverified;
    return;
  }
  ++claims_.verified;
  if ((batch.passed[i] & kPassedPayload) == 0) return;
  ++claims_.read;
  const auto has = [&](ClaimBit claim) { return (batch.present[i] & claim) != 0; };
  if (occurrence.accepted) {
    ++claims_.accepted_read;
    claims_.accepted_without_exp += !has(kClaimExp);
  }
  if (has(kClaimIss)) {
    issuers_.count(batch.text_of(batch.iss[i]), occurrence);
  } else {
    ++claims_.without_iss;
  }
  if (!has(kClaimSub)) {
    ++claims_.without_sub;
  } else if (context.subjects) {
    subjects_.count(batch.text_of(batch.sub[i]), occurrence);
  }
  if (!has(kClaimIat)) {
    ++claims_.without_iat;
    return;
  }
  std::optional<TimePoint> as_of = context.as_of;
  if (context.as_of_record && batch.has_record_time[i]) as_of = batch.record_time[i];
  if (as_of) {
    // Unsigned differences: the true one of two 64-bit times always fits.
    const auto now = static_cast<std::uint64_t>(as_of->s);
    const auto iat = static_cast<std::uint64_t>(batch.iat[i].s);
    if (batch.iat[i].s <= as_of->s) {
      ages_.count(now - iat);
    } else {
      ages_ahead_.count(iat - now);
    }
  }
}

RunTotals::RunTotals(ReportOptions options, std::vector<std::string> labels)
    : key_labels_(std::move(labels)), keys_(key_labels_.size()) {
  report_.options = std::move(options);
}

void RunTotals::resume(RunReport report) {
  report.options = std::move(report_.options);
  report_ = std::move(report);
}

void RunTotals::add(const BatchStats& batch) {
  report_.tokens += batch.tokens_;
  report_.token_bytes += batch.token_bytes_;
  report_.not_compared += batch.not_compared_;
  report_.without_key += batch.without_key_;
  for (std::size_t i = 0; i < kVerdictCount; ++i) report_.verdicts[i] += batch.verdicts_[i];
  for (std::size_t i = 0; i < kReportAlgs; ++i) {
    report_.algs[i].tokens += batch.algs_[i].tokens;
    report_.algs[i].accepted += batch.algs_[i].accepted;
  }
  add_claims(report_.claims, batch.claims_);
  batch.issuers_.add_to(report_.issuers);
  batch.subjects_.add_to(report_.subjects);
  batch.channels_.add_to(report_.channels);
  batch.layers_.add_to(report_.layers);
  batch.sources_.add_to(report_.sources);
  batch.rejected_kids_.add_to(report_.rejected_kids);
  batch.keys_.add_to(keys_);
  batch.sizes_.add_to(report_.sizes);
  batch.ages_.add_to(report_.ages);
  batch.ages_ahead_.add_to(report_.ages_ahead);
  report_.times.add(batch.times_);
  for (const std::uint64_t hash : batch.hashes_) report_.distinct.add_hash(hash);
}

void RunTotals::add_records(const RecordCounts& counts) {
  RecordSums& sums = report_.records;
  sums.records += counts.records;
  sums.blank += counts.blank;
  sums.with_tokens += counts.with_tokens;
  sums.without_token += counts.without_token;
  sums.not_json += counts.not_json;
  sums.too_long += counts.too_long;
  sums.candidates += counts.candidates;
  sums.tokens += counts.tokens;
  sums.truncated += counts.truncated;
  sums.redacted += counts.redacted;
  sums.lookalike += counts.lookalike;
  sums.without_time += counts.without_time;
}

void RunTotals::add_event(const InputEvent& event) { report_.events.count(event); }

RunReport RunTotals::finish(const RunEnd& end) {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].tokens == 0) continue;
    KeyCount& sum = report_.keys[make_label(key_labels_[i])];
    sum.tokens += keys_[i].tokens;
    sum.accepted += keys_[i].accepted;
    sum.algs |= keys_[i].algs;
  }
  for (TopList* list : {&report_.issuers, &report_.subjects, &report_.channels, &report_.layers,
                        &report_.sources, &report_.rejected_kids}) {
    list->settle();
  }
  report_.interrupted = end.interrupted;
  report_.input_bytes = end.input_bytes;
  for (const InputFormat format : end.formats) {
    if (format != InputFormat::kAuto) ++report_.formats[std::string(code(format))];
  }
  RunFacts run;
  run.runs = 1;
  run.wall_ns = end.wall_ns;
  run.threads = end.threads;
  run.thread_wall_ns = end.wall_ns * end.threads;
  run.peak_rss_bytes = end.peak_rss_bytes;
  for (std::size_t i = 0; i < kStageCount; ++i) {
    run.stages.push_back({std::string(kStageNames[i]), end.stage_ns[i]});
  }
  for (std::size_t i = 0; i < kWorkKernels; ++i) {
    if (end.work.lanes[i].total == 0) continue;
    run.lanes[std::string(kWorkKernelNames[i])].add(end.work.lanes[i]);
  }
  run.memo = end.work.memo;
  run.headers = end.work.headers;
  run.cross_checks = end.work.cross_checks;
  for (const TableUse& table : end.tables) {
    const std::string curve = table.ed25519 ? "Ed25519 " : "P-256 ";
    const bool base = table.key == TableUse{}.key;
    run.tables[make_label(curve + (base ? "base point" : key_labels_[table.key]))].add(table.facts);
  }
  if (!end.cpu.empty()) run.cpus.insert(make_label(end.cpu));
  if (!end.build.empty()) run.builds.insert(make_label(end.build));
  for (const std::string& kernel : end.kernels) run.kernels.insert(make_label(kernel));
  report_.run.add(run);
  return std::move(report_);
}

}  // namespace jotmill
