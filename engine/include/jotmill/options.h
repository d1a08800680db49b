#ifndef JOTMILL_OPTIONS_H_
#define JOTMILL_OPTIONS_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace jotmill {

/// A point in time: Unix seconds and nanoseconds within that second (0 to 999,999,999).
struct TimePoint {
  std::int64_t s = 0;
  std::uint32_t ns = 0;

  friend constexpr auto operator<=>(const TimePoint&, const TimePoint&) = default;
};

/// A length of time, never negative, in the same units.
struct Duration {
  std::int64_t s = 0;
  std::uint32_t ns = 0;
};

/// What a token must satisfy beside a good signature. A verdict is a pure function of (token, keys,
/// Policy).
struct Policy {
  /// Allowed values of alg, each one of the sixteen names; empty: all of them, and the key rules
  /// decide the rest.
  std::vector<std::string> algs = {};
  /// Exact strings; a token must match one of each list that is not empty (RFC 7519 s4.1.1-3).
  std::vector<std::string> issuers = {};
  std::vector<std::string> audiences = {};
  std::vector<std::string> subjects = {};
  /// Names of claims that must be present.
  std::vector<std::string> require = {};
  /// Clock leeway per claim.
  Duration leeway_exp = {};
  Duration leeway_nbf = {};
  Duration leeway_iat = {};
  /// The time that exp, nbf and iat are compared with; nothing: no time check is run. `now` is read
  /// once by the caller.
  std::optional<TimePoint> as_of = std::nullopt;
  /// They are compared with the time of the token's own record instead, and not at all where it has
  /// none that can be read. Excludes `as_of`.
  bool as_of_record = false;
  /// Greatest age by iat; nothing: iat is not judged.
  std::optional<Duration> max_age = std::nullopt;
  /// Wanted typ header without its application/ prefix (RFC 8725 s3.11); nothing: typ is not
  /// judged.
  std::optional<std::string> typ = std::nullopt;
  /// false: signature only, the payload may be anything (rooms F and G are not run).
  bool claims = true;
  /// Accept exactly the padding that RFC 4648 would write. A relaxation: off, and named in the
  /// report when on.
  bool allow_padding = false;
  /// Accept HMAC secrets shorter than RFC 7518 s3.2 allows. A relaxation likewise.
  bool allow_weak_secret = false;
  /// Longest token that is judged, in bytes.
  std::size_t max_token_bytes = 256 * 1024;
};

/// One --keys or --secret-file. A --keys path may be a directory: all its files, sorted by name.
struct KeySource {
  std::string path;
  bool raw_secret = false;                        ///< the file is an HMAC secret as it stands
  std::optional<std::string> kid = std::nullopt;  ///< only for raw secrets
  /// What the file would hold, for keys that are in memory; `path` is then only a name for
  /// messages.
  std::optional<std::string> content = std::nullopt;
  /// The secret is taken as it stands: a newline at its end is part of it.
  bool exact_secret = false;
};

enum class InputFormat : std::uint8_t {
  kAuto,   ///< told by the first bytes of each input
  kLines,  ///< one token a line
  kJsonl,  ///< one JSON text a line
  kText,   ///< tokens anywhere in any bytes
  kHar,    ///< an HTTP Archive
};
enum class RecordFilter : std::uint8_t { kAll, kRejected, kAccepted };

/// What becomes of the tokens that a run finds.
enum class RunTask : std::uint8_t {
  kVerify,
  kExtract,     ///< a record each, of provenance and fingerprint; no keys, no verdicts
  kExtractRaw,  ///< the tokens themselves, one a line: credentials
};

/// A whole run of `verify` or `extract`.
struct RunOptions {
  /// Under the two that extract, `keys` and all of `policy` but max_token_bytes count for nothing,
  /// and the report holds records, formats and events alone.
  RunTask task = RunTask::kVerify;
  std::vector<KeySource> keys = {};
  Policy policy = {};

  /// Files, directories (walked, sorted by name) or "-" for standard input; empty: standard input.
  std::vector<std::string> inputs = {};
  InputFormat format = InputFormat::kAuto;
  /// jsonl: JSON Pointers (RFC 6901) of the members that hold tokens.
  std::vector<std::string> fields = {};
  /// The year of syslog times, which name none; nothing: they cannot be read. Counts only under
  /// Policy::as_of_record.
  std::optional<int> year = std::nullopt;
  /// jsonl: a longer record is counted as record_too_long.
  std::size_t max_record_bytes = 16 * 1024 * 1024;

  /// Where verdict records go: a path, "-" for standard output; empty: nowhere. A name ending in
  /// .csv is CSV, else NDJSON.
  std::string verdicts_path = {};
  RecordFilter only = RecordFilter::kAll;
  /// Claims that are copied into the records.
  std::vector<std::string> show = {};
  /// File with the key of token_id (HMAC-SHA-256); empty: plain SHA-256.
  std::string fingerprint_key_path = {};

  /// Worker threads; 0: all the cores that this process may use.
  unsigned threads = 0;
  /// Bytes read at a time; records are never split, so a chunk may be longer.
  std::size_t chunk_bytes = 1024 * 1024;
  /// Entries of each worker's memo of verified signatures, 40 bytes each; 0: no memo.
  std::size_t memo_entries = 131'072;
  /// For the tables of ES256 and Ed25519 keys, all together; 0: no tables, OpenSSL verifies.
  std::size_t table_memory_bytes = 64 * 1024 * 1024;
  /// One token in this many is verified again by OpenSSL, and a disagreement is internal_error; 0:
  /// none.
  std::uint64_t cross_check = 4096;
  /// Where the run writes how far it is, so that the same run can go on there after it was stopped,
  /// and from where it goes on when the file is there; empty: nowhere. Inputs and verdicts_path
  /// must then be regular files, the latter not compressed. kVerify alone. The file stays when the
  /// run is whole (RunOutcome::checkpoint_spent), so that nothing is lost if the caller dies before
  /// the report is safe: removing it is the caller's part.
  std::string checkpoint_path = {};
  /// Least time between two of them; 0: after every chunk. Writing them takes at most a twentieth
  /// of a run's time, whatever this says, unless it is 0.
  std::uint32_t checkpoint_interval_ms = 5000;
  /// policy.as_of is the time at which the run was asked for: one that goes on is judged at the
  /// time at which it began.
  bool as_of_is_now = false;
  /// Kernel name -> variant name, e.g. {"base64url", "scalar"}.
  std::map<std::string, std::string> kernels = {};
  /// CPU features that kernels must not use although they are there (names of `jotmill cpu`).
  std::vector<std::string> cpu_mask = {};
};

}  // namespace jotmill

#endif  // JOTMILL_OPTIONS_H_
