#ifndef JOTMILL_JOTMILL_HPP_
#define JOTMILL_JOTMILL_HPP_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/build.h"
#include "jotmill/keys.h"
#include "jotmill/options.h"
#include "jotmill/result.h"
#include "jotmill/stats.h"
#include "jotmill/verdict.h"

/// The front door of the library: verify one token, many tokens, or run a whole job. No third-party
/// type appears here, nothing is printed, nothing exits, and no exception leaves but
/// std::bad_alloc.
namespace jotmill {

/// The answer for one token. Text fields are what the token says and not to be trusted before
/// `verdict` is accepted.
struct TokenVerdict {
  Verdict verdict = Verdict::kInternalError;
  std::string detail;              ///< a short, free second word; may be empty
  std::optional<std::string> alg;  ///< header alg, when the header could be read
  std::optional<std::string> kid;  ///< header kid, likewise
  std::optional<std::uint32_t>
      key;  ///< index into Verifier::keys() of the key that the verdict speaks of
  bool accepted() const { return verdict == Verdict::kAccepted; }
};

/// One row of `explain`: a check of the verdict table, and what became of it.
struct CheckRow {
  enum class State : std::uint8_t { kPassed, kFailed, kNotRun, kNotAsked };
  Verdict check = Verdict::kAccepted;  ///< the verdict that this check would have given
  State state = State::kNotRun;
  std::string expected;  ///< in words
  std::string found;     ///< in words; never the signature or a secret
};

struct Explanation {
  TokenVerdict answer;
  std::string header_json;   ///< decoded header when it is UTF-8, else empty
  std::string payload_json;  ///< decoded payload, only when the signature is good
  std::vector<CheckRow> checks;
};

/// What `jotmill keys` needs: every key in load order, and remarks about whole files.
struct KeyListing {
  std::vector<KeyInfo> keys;
  std::vector<std::string> warnings;
};
Result<KeyListing> list_keys(std::span<const KeySource> sources, bool allow_weak_secret);

/// Keys and a policy, made ready once; verifies tokens in memory. Movable. verify() and
/// verify_many() may be called from many threads at once only on different Verifier objects made by
/// clone(): each holds its own working memory; keys are shared. So are the tables of ES256 and
/// Ed25519 keys with many tokens (RunOptions::table_memory_bytes, as by default): who verifies a
/// key's 128th token makes its table, in a millisecond or two.
class Verifier {
 public:
  /// Loads the keys. `kernels` and `cpu_mask` as in RunOptions.
  static Result<Verifier> create(std::span<const KeySource> keys, const Policy& policy,
                                 const std::map<std::string, std::string>& kernels = {},
                                 const std::vector<std::string>& cpu_mask = {});
  Verifier clone() const;
  ~Verifier();
  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;

  TokenVerdict verify(std::string_view token);
  /// The same for many tokens at once, which is faster; verdicts[i] answers tokens[i]. Sizes must
  /// be equal.
  void verify_many(std::span<const std::string_view> tokens, std::span<TokenVerdict> verdicts);
  /// Likewise under Policy::as_of_record, where each token is judged at a time of its own:
  /// record_times[i] is that of tokens[i], and nothing means that its times are not judged (which
  /// verify() and the other verify_many() do for all of them).
  void verify_many(std::span<const std::string_view> tokens,
                   std::span<const std::optional<TimePoint>> record_times,
                   std::span<TokenVerdict> verdicts);
  /// Every check of one token in order.
  Explanation explain(std::string_view token);

  const std::vector<KeyInfo>& keys() const;
  const std::vector<std::string>& warnings() const;

 private:
  struct State;
  explicit Verifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What a run tells while it works, for a progress line. All counts so far.
struct Progress {
  std::uint64_t bytes_read = 0;   ///< as they stand in the inputs: before decompression
  std::uint64_t bytes_total = 0;  ///< of regular files; 0 when unknown
  std::uint64_t tokens = 0;
  double seconds = 0;
};

/// One batch of a run: what came of one chunk.
struct BatchTime {
  std::uint64_t tokens = 0;
  std::uint64_t ns =
      0;  ///< of one thread, from extracting to counting; without reading and writing
};

struct RunHooks {
  /// Called about ten times a second from the writing thread; empty: never.
  std::function<void(const Progress&)> on_progress = {};
  /// Polled between chunks; true ends the run cleanly with a partial report.
  std::function<bool()> interrupted = {};
  /// Warnings in words (kernels disabled, keys refused, dropped newlines), once each, before the
  /// run starts.
  std::function<void(const std::string&)> on_warning = {};
  /// Called for each batch in input order, one call at a time.
  std::function<void(const BatchTime&)> on_batch = {};
  /// Where the time of RunFacts::wall_ns begins, keys loaded and inputs found, and where it ends:
  /// for counters of the same span.
  std::function<void()> on_begin = {}, on_end = {};
};

/// How a run ended. Several may be true; `exit_code` of product.md is made of them.
struct RunOutcome {
  RunTask task = RunTask::kVerify;
  RunReport report;
  /// RunTask::kExtractRaw: tokens that were found and cannot stand on a line of their own, or were
  /// too long to be kept.
  std::uint64_t unprintable_tokens = 0;
  bool interrupted = false;
  bool input_incomplete = false;  ///< some input could not be read whole (the events say which)
  /// Of a checkpoint that is spent: keeps other runs from it until it is removed.
  std::shared_ptr<const void> checkpoint_hold;
  bool checkpoint_spent = false;      ///< the run is whole: its checkpoint is of no use any more
  bool reader_went_away = false;      ///< EPIPE on the verdict output
  std::optional<Error> output_error;  ///< the verdict output could not be written whole
  std::optional<std::string>
      broken_invariant;  ///< conservation failed or an internal error happened
  /// What OpenSSL contradicted in a cross-check, in words with kernel and token_id, in input order:
  /// the first of report.run.cross_checks.disagreed. The very first opens broken_invariant too,
  /// unless something worse happened.
  static constexpr std::size_t kMostDisagreements = 10;
  std::vector<std::string> disagreements;
  int exit_code() const;
};

/// Runs a whole job: reads inputs, verifies, writes verdict records, and returns the report. An
/// Error means that nothing was run.
Result<RunOutcome> run(const RunOptions& options, const RunHooks& hooks = {});

/// One variant of one kernel on this machine.
struct KernelInfo {
  std::string kernel = {}, variant = {};
  bool can_run = false;  ///< not: this build or CPU lacks it, or it failed its self-test
  bool chosen = false;
  std::string why = {};        ///< why it was chosen or not
  bool self_test_ok = false;   ///< false: it ran here and gave a wrong answer
  double rate = 0;             ///< units per second, 0 when not measured
  std::string rate_unit = {};  ///< e.g. "bytes/s"
};
/// `measure_seconds` > 0 also measures each variant for about that long. Error: kUsage where the
/// mask names no feature.
Result<std::vector<KernelInfo>> kernel_inventory(const std::vector<std::string>& cpu_mask = {},
                                                 double measure_seconds = 0);

/// Names of the CPU features found here (after the mask). Error: kUsage where the mask names none.
Result<std::vector<std::string>> cpu_feature_names(const std::vector<std::string>& cpu_mask = {});

}  // namespace jotmill

#endif  // JOTMILL_JOTMILL_HPP_
