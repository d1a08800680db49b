#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "jotmill/stats.h"

namespace jotmill {
namespace {

/// Collects the first statement that does not hold.
class Equations {
 public:
  void equal(std::string_view left, std::uint64_t a, std::string_view right, std::uint64_t b) {
    if (a == b || broken_) return;
    broken_ = std::string(left) + " = " + std::to_string(a) + ", but " + std::string(right) +
              " = " + std::to_string(b);
  }
  void at_most(std::string_view left, std::uint64_t a, std::string_view right, std::uint64_t b) {
    if (a <= b || broken_) return;
    broken_ = std::string(left) + " = " + std::to_string(a) + ", more than " + std::string(right) +
              " = " + std::to_string(b);
  }
  std::optional<std::string> broken() && { return std::move(broken_); }

 private:
  std::optional<std::string> broken_;
};

void check_records(const RunReport& report, Equations& equations) {
  const RecordSums& records = report.records;
  equations.equal("records", records.records,
                  "blank + with_tokens + record_without_token + record_not_json + record_too_long",
                  records.blank + records.with_tokens + records.without_token + records.not_json +
                      records.too_long);
  equations.equal("candidates", records.candidates,
                  "tokens found + truncated + redacted + lookalike",
                  records.tokens + records.truncated + records.redacted + records.lookalike);
  equations.at_most("records without a time", records.without_time, "those with tokens or too long",
                    records.with_tokens + records.too_long);
}

void check_tables(const RunReport& report, Equations& equations) {
  std::uint64_t by_verdict = 0;
  for (const std::uint64_t count : report.verdicts) by_verdict += count;
  equations.equal("tokens", report.tokens, "accepted + every reason", by_verdict);

  AlgCount by_alg;
  for (const AlgCount& alg : report.algs) {
    by_alg.tokens += alg.tokens;
    by_alg.accepted += alg.accepted;
    equations.at_most("accepted of an algorithm", alg.accepted, "its tokens", alg.tokens);
  }
  equations.equal("tokens", report.tokens, "the sum over algorithms", by_alg.tokens);
  equations.equal("accepted", report.accepted(), "accepted by algorithm", by_alg.accepted);

  KeyCount by_key;
  for (const auto& [label, key] : report.keys) {
    by_key.tokens += key.tokens;
    by_key.accepted += key.accepted;
    equations.at_most("accepted of a key", key.accepted, "its tokens", key.tokens);
  }
  equations.equal("tokens", report.tokens, "the sum over keys and those without one",
                  by_key.tokens + report.without_key);
  equations.equal("accepted", report.accepted(), "accepted by key", by_key.accepted);

  for (const auto& [name, list] :
       {std::pair("channels", &report.channels), std::pair("layers", &report.layers),
        std::pair("sources", &report.sources)}) {
    equations.equal("accepted", report.accepted(), std::string("accepted by ") + name,
                    list->accepted);
    equations.equal("rejected", report.rejected(), std::string("rejected by ") + name,
                    list->rejected);
  }
  equations.equal("tokens", report.tokens, "the sum over sizes", report.sizes.total);
  equations.equal("accepted key ids among the rejected", report.rejected_kids.accepted, "none", 0);
  equations.at_most("key ids of rejected tokens", report.rejected_kids.rejected, "rejected",
                    report.rejected());
}

void check_times(const RunReport& report, Equations& equations) {
  const RecordTimes& times = report.times;
  const bool counted = report.options.policy.as_of_record;
  equations.equal(counted ? "tokens" : "tokens with a record time, where none was asked for",
                  counted ? report.tokens : 0, "tokens with and without a record time",
                  times.tokens_with + times.tokens_without);
  equations.equal("tokens with a record time", times.tokens_with, "the sum over times",
                  times.buckets.total());
  equations.equal("whether tokens have no record time", times.tokens_without > 0 ? 1 : 0,
                  "whether records with tokens have none", report.records.without_time > 0 ? 1 : 0);
}

/// Every event is counted, and the first of them are listed.
void check_events(const RunReport& report, Equations& equations) {
  const InputEvents& events = report.events;
  std::array<std::uint64_t, kInputEventKinds> listed{};
  for (const InputEvent& event : events.listed) ++listed[static_cast<std::size_t>(event.kind)];
  for (std::size_t kind = 0; kind < kInputEventKinds; ++kind) {
    const std::string name(code(static_cast<InputEventKind>(kind)));
    equations.at_most(name + " events listed", listed[kind], "those counted", events.counts[kind]);
  }
  equations.equal("events listed", events.listed.size(), "as many as are kept of those counted",
                  std::min<std::uint64_t>(events.total(), InputEvents::kMostListed));
}

/// Ages are known of tokens with a good signature, readable claims and iat, where there was a time
/// to judge at.
void check_ages(const RunReport& report, Equations& equations) {
  const std::uint64_t ages = report.ages.total + report.ages_ahead.total;
  const std::uint64_t with_iat = report.claims.read - report.claims.without_iat;
  if (report.options.first_as_of) {
    equations.equal("tokens with iat", with_iat, "the sum over ages", ages);
  } else if (report.options.policy.as_of_record) {
    equations.at_most("the sum over ages", ages, "tokens with iat", with_iat);
  } else {
    equations.equal("ages without a time to judge at", ages, "none", 0);
  }
}

void check_claims(const RunReport& report, Equations& equations) {
  const ClaimSums& claims = report.claims;
  equations.equal("tokens", report.tokens, "verified + unverified",
                  claims.verified + claims.unverified);
  equations.equal("tokens with readable claims", claims.read, "with and without an issuer",
                  report.issuers.total() + claims.without_iss);
  equations.at_most("accepted", report.accepted(), "verified", claims.verified);
  equations.at_most("tokens with readable claims", claims.read, "verified", claims.verified);
  equations.at_most("accepted with readable claims", claims.accepted_read, "accepted",
                    report.accepted());
  equations.at_most("accepted with readable claims", claims.accepted_read,
                    "tokens with readable claims", claims.read);
  equations.at_most("accepted without exp", claims.accepted_without_exp,
                    "accepted with readable claims", claims.accepted_read);
  equations.at_most("accepted by issuer", report.issuers.accepted, "accepted with readable claims",
                    claims.accepted_read);
  for (const auto& [name, without] :
       {std::pair("sub", claims.without_sub), std::pair("iat", claims.without_iat)}) {
    equations.at_most(std::string("tokens without ") + name, without, "tokens with readable claims",
                      claims.read);
  }
  equations.at_most("tokens by subject", report.subjects.total(), "tokens with sub",
                    claims.read - claims.without_sub);
}

}  // namespace

std::optional<std::string> check_record_conservation(const RunReport& report) {
  Equations equations;
  check_records(report, equations);
  return std::move(equations).broken();
}

std::optional<std::string> check_conservation(const RunReport& report) {
  Equations equations;
  check_records(report, equations);
  equations.equal("tokens found", report.records.tokens, "tokens judged", report.tokens);
  check_tables(report, equations);
  check_events(report, equations);
  check_claims(report, equations);
  check_ages(report, equations);
  check_times(report, equations);
  return std::move(equations).broken();
}

}  // namespace jotmill
