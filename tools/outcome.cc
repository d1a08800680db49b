#include "tools/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "tools/progress.h"
#include "tools/signals.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

/// Names the first inputs that something happened to; the report lists more of them.
void say_events(const InputEvents& events) {
  constexpr std::uint64_t kSaid = 20;
  std::uint64_t said = 0;
  for (const InputEvent& event : events.listed) {
    if (said == kSaid) break;
    say(in_words(event));
    ++said;
  }
  if (events.total() > said) {
    say(fmt::format("{} more such events; the report counts them", events.total() - said));
  }
}

void say_cause(std::string_view cause, std::uint64_t tokens) {
  if (tokens == 0) return;
  say(fmt::format("internal error: {} for {} of the tokens; their verdict is internal_error", cause,
                  tokens));
}

/// The two ways to that verdict, each with its count.
void say_internal_errors(const RunOutcome& outcome) {
  const std::uint64_t all =
      outcome.report.verdicts[static_cast<std::size_t>(Verdict::kInternalError)];
  const std::uint64_t contradicted = std::min(all, outcome.report.run.cross_checks.disagreed);
  say_cause("memory or a library failed", all - contradicted);
  say_cause("OpenSSL contradicted a kernel", contradicted);
}

/// A line each, so that they can be looked up.
void say_disagreements(const RunOutcome& outcome) {
  for (const std::string& one : outcome.disagreements) say(one);
  const std::uint64_t all = outcome.report.run.cross_checks.disagreed;
  const std::uint64_t said = outcome.disagreements.size();
  if (all > said) say(fmt::format("cross-check: and {} more", all - said));
}

}  // namespace

Result<RunOutcome> run_with_progress(const RunOptions& options, Shard shard, bool quiet,
                                     bool show_progress) {
  catch_interrupts();
  ProgressLine line;
  RunHooks hooks;
  hooks.interrupted = interrupted;
  if (!quiet) {
    hooks.on_warning = [&line](const std::string& text) {
      line.wipe();
      say(text);
    };
  }
  if (show_progress) {
    hooks.on_progress = [&line](const Progress& progress) { line.show(progress); };
  }
  auto outcome = run_shard(options, shard, hooks);
  line.wipe();
  return outcome;
}

void say_what_failed(const RunOutcome& outcome) {
  say_events(outcome.report.events);
  if (outcome.report.records.tokens == 0 && !outcome.interrupted)
    say("no token was found in the input");
  if (outcome.interrupted) say("interrupted: the report covers what was read until then");
  if (outcome.output_error) say(in_words(*outcome.output_error));
  say_internal_errors(outcome);
  say_disagreements(outcome);
  const bool told = !outcome.disagreements.empty() && outcome.broken_invariant &&
                    outcome.broken_invariant->starts_with(outcome.disagreements.front());
  if (outcome.broken_invariant && !told) say("internal error: " + *outcome.broken_invariant);
}

}  // namespace jotmill::tools
