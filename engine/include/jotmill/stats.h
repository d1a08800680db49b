#ifndef JOTMILL_STATS_H_
#define JOTMILL_STATS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/keys.h"
#include "jotmill/options.h"
#include "jotmill/sketches.h"
#include "jotmill/verdict.h"
#include "jotmill/work.h"

namespace jotmill {

/// Rows of the algorithm table: the sixteen names, then "other" (no alg, an unknown one, or an
/// unreadable header).
inline constexpr std::size_t kReportAlgs = 17;
std::string_view report_alg_name(std::size_t row);

struct AlgCount {
  std::uint64_t tokens = 0, accepted = 0;
};

/// Tokens whose verdict speaks of one key, or that it verified.
struct KeyCount {
  std::uint64_t tokens = 0, accepted = 0;
  std::uint16_t algs = 0;  ///< bit r: signatures were good under report_alg_name(r)
  bool several_algs() const { return (algs & (algs - 1)) != 0; }  ///< RFC 8725 s3.1
};

/// What became of the records: records == blank + with_tokens + without_token + not_json +
/// too_long. And of the candidates in them: candidates == tokens + truncated + redacted +
/// lookalike.
struct RecordSums {
  std::uint64_t records = 0, blank = 0, with_tokens = 0, without_token = 0, not_json = 0,
                too_long = 0;
  std::uint64_t candidates = 0;
  std::uint64_t tokens = 0;  ///< that the extractor handed on
  /// Cut or blanked by the logger, or no token at all: findings beside the verdicts.
  std::uint64_t truncated = 0, redacted = 0, lookalike = 0;
  /// Of those with tokens, under Policy::as_of_record: their time could not be read.
  std::uint64_t without_time = 0;
};

/// What can be said about claims. No statement is made about a token before its signature is good.
struct ClaimSums {
  std::uint64_t verified = 0;    ///< good signature, whatever the verdict
  std::uint64_t unverified = 0;  ///< all others
  std::uint64_t read = 0;        ///< verified, and the claims could be read
  std::uint64_t without_iss = 0, without_sub = 0, without_iat = 0;  ///< among those read
  std::uint64_t accepted_read = 0;         ///< accepted, and the claims were read
  std::uint64_t accepted_without_exp = 0;  ///< among those: tokens that never expire
};

/// The times of the tokens' own records, where tokens were judged at them (Policy::as_of_record);
/// all empty otherwise.
struct RecordTimes {
  std::uint64_t tokens_with = 0;     ///< judged at the time of their record
  std::uint64_t tokens_without = 0;  ///< no time could be read: their time checks were not run
  std::optional<TimePoint> first, last;
  TimeBuckets buckets;
  void count(TimePoint time, bool accepted);
  void add(const RecordTimes& other);
};

/// "auto", "lines" and so on: stable names.
std::string_view code(InputFormat format);

enum class InputEventKind : std::uint8_t {
  kInputUnreadable,
  kInputTruncated,
  kInputChanged,
  kDecompressError,
  kRecordTooLong,
};
inline constexpr std::size_t kInputEventKinds = 5;
/// "input_unreadable" and so on: stable names.
std::string_view code(InputEventKind kind);

/// Something that happened to an input: counted always, and listed.
struct InputEvent {
  InputEventKind kind = InputEventKind::kInputUnreadable;
  std::string source;              ///< path as given
  std::uint64_t offset_bytes = 0;  ///< in the decompressed stream
  std::uint64_t line = 0;          ///< 1-based; 0 when unknown
  std::string reason;              ///< in words
  /// By place, then by what happened: the order in which reports list them.
  std::strong_ordering operator<=>(const InputEvent& other) const;
  bool operator==(const InputEvent&) const = default;
};

struct InputEvents {
  static constexpr std::size_t kMostListed = 1000;
  std::array<std::uint64_t, kInputEventKinds> counts{};
  std::multiset<InputEvent> listed;  ///< the first kMostListed in order
  std::uint64_t total() const;
  void count(const InputEvent& event);
  void add(const InputEvents& other);
};

/// What decided the verdicts, as far as the command line goes. Reports with different ones cannot
/// be added, but for as_of.
struct ReportOptions {
  Policy policy;  ///< without as_of
  std::optional<TimePoint> first_as_of,
      last_as_of;           ///< equal in the report of one run; absent: time checks were off, or at
                            ///< the times of the records
  std::optional<int> year;  ///< of syslog times; only under Policy::as_of_record
  std::vector<std::string> show;
  std::vector<std::string> fields;
  std::uint64_t max_record_bytes = 0;
};
ReportOptions report_options(const RunOptions& options);

/// Names of the checks that these options do not ask for: issuer, audience, exp_required, typ,
/// time, claims.
std::vector<std::string_view> checks_not_asked(const ReportOptions& options);
/// Names of the relaxations that are on: allow-padding, allow-weak-secret.
std::vector<std::string_view> relaxations(const ReportOptions& options);

struct StageTime {
  std::string stage;
  std::uint64_t ns = 0;  ///< thread-nanoseconds
};

/// Everything that depends on the machine or on timing, so that the rest of a report does not.
struct RunFacts {
  std::uint64_t runs = 0;            ///< reports in the sum
  std::uint64_t wall_ns = 0;         ///< summed: as if one run had followed the other
  std::uint64_t thread_wall_ns = 0;  ///< threads * wall_ns, summed
  std::uint64_t threads = 0;         ///< the most of any run
  std::uint64_t peak_rss_bytes = 0;  ///< the most of any run
  std::vector<StageTime> stages;
  std::map<std::string, LaneUse> lanes;  ///< by kernel, and "openssl" for what has no lanes
  MemoUse memo;                          ///< signatures; HMAC is not remembered
  MemoUse headers;
  CrossChecks cross_checks;
  std::map<std::string, TableFacts> tables;  ///< at the end: "P-256 kid", "Ed25519 base point"
  std::set<std::string> cpus;                ///< models
  std::set<std::string> builds;              ///< version, commit, compiler
  std::set<std::string> kernels;             ///< "base64url=avx2"
  void add(const RunFacts& other);
};

/// The result of a run, or of several added together. Every member but `run` is the same for every
/// way of cutting the same input into runs, threads and chunks. Texts are labels (make_label).
struct RunReport {
  bool interrupted = false;
  std::uint64_t input_bytes = 0;                 ///< read, after decompression
  std::map<std::string, std::uint64_t> formats;  ///< input format -> number of inputs
  RecordSums records;
  std::uint64_t tokens = 0;
  std::uint64_t token_bytes = 0;
  std::array<std::uint64_t, kVerdictCount> verdicts{};
  std::array<AlgCount, kReportAlgs> algs{};
  std::map<std::string, KeyCount> keys;  ///< always exact: bounded by the keys that were loaded
  std::uint64_t without_key = 0;         ///< tokens whose verdict speaks of no key
  ClaimSums claims;
  TopList issuers, subjects;  ///< of tokens with a good signature; subjects only with --show sub
  TopList channels, sources;
  TopList layers;         ///< what was undone, outermost first: "none", "json", "percent;base64url"
  TopList rejected_kids;  ///< as the rejected tokens claim them
  Histogram sizes;        ///< bytes
  Histogram ages;         ///< whole seconds as_of - iat, good signatures only, iat not after as_of
  Histogram ages_ahead;   ///< whole seconds iat - as_of, iat after as_of
  RecordTimes times;
  DistinctSketch distinct;
  std::uint64_t not_compared =
      0;  ///< tokens over the size limit, which are not kept: no part of `distinct`
  InputEvents events;
  ReportOptions options;
  RunFacts run;

  std::uint64_t accepted() const { return verdicts[0]; }
  std::uint64_t rejected() const { return tokens - accepted(); }
  /// Tokens that had been seen before, among those that are compared.
  std::uint64_t repeats() const;

  /// Associative and commutative. The options must go together: see why_not_addable().
  void add(const RunReport& other);
};

/// Time of the threads that no stage used, thread-nanoseconds: the start, and waiting for input,
/// output or each other. 0 where the stages are not below the whole.
std::uint64_t waiting_ns(const RunFacts& run);

/// `amount` of anything in `ns` nanoseconds, as a rate; 0 when no time was measured.
std::uint64_t per_second(std::uint64_t amount, std::uint64_t ns);

/// Why two reports cannot be added, as the name of the first option that differs and a reason;
/// nothing when they can.
std::optional<std::string> why_not_addable(const RunReport& a, const RunReport& b);

/// Tokens = accepted + every reason, records = the sum of what became of them, and every table adds
/// up to the tokens it speaks of. The first equation that does not hold, in words with its numbers;
/// nothing when all hold.
std::optional<std::string> check_conservation(const RunReport& report);

/// Those equations alone that speak of records and of what was found in them.
std::optional<std::string> check_record_conservation(const RunReport& report);

/// One label for each key, by which reports add them up: its kid, or its thumbprint, or
/// source#position. Keys that share a kid get something of their own behind it. The same keys give
/// the same labels in every run.
std::vector<std::string> key_labels(std::span<const KeyInfo> keys);

}  // namespace jotmill

#endif  // JOTMILL_STATS_H_
