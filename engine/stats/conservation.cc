#include <string>
#include <utility>

#include "jotmill/stats.h"

namespace jotmill {
namespace {

/// Collects the first equation that does not hold.
class Equations {
 public:
  void equal(std::string_view left, std::uint64_t a, std::string_view right, std::uint64_t b) {
    if (a == b || broken_) return;
    broken_ = std::string(left) + " = " + std::to_string(a) + ", but " + std::string(right) +
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
}

void check_tables(const RunReport& report, Equations& equations) {
  std::uint64_t by_verdict = 0;
  for (const std::uint64_t count : report.verdicts) by_verdict += count;
  equations.equal("tokens", report.tokens, "accepted + every reason", by_verdict);

  AlgCount by_alg;
  for (const AlgCount& alg : report.algs) {
    by_alg.tokens += alg.tokens;
    by_alg.accepted += alg.accepted;
  }
  equations.equal("tokens", report.tokens, "the sum over algorithms", by_alg.tokens);
  equations.equal("accepted", report.accepted(), "accepted by algorithm", by_alg.accepted);

  KeyCount by_key;
  for (const auto& [label, key] : report.keys) {
    by_key.tokens += key.tokens;
    by_key.accepted += key.accepted;
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

void check_claims(const RunReport& report, Equations& equations) {
  const ClaimSums& claims = report.claims;
  equations.equal("tokens", report.tokens, "verified + unverified",
                  claims.verified + claims.unverified);
  equations.equal("tokens with readable claims", claims.read, "with and without an issuer",
                  report.issuers.total() + claims.without_iss);
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
  check_claims(report, equations);
  check_times(report, equations);
  return std::move(equations).broken();
}

}  // namespace jotmill
