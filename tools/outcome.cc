#include "tools/outcome.h"

#include <fmt/format.h>

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

}  // namespace

Result<RunOutcome> run_with_progress(const RunOptions& options, Shard shard, bool quiet,
                                     bool show_progress) {
  catch_interrupts();
  ProgressLine line;
  RunHooks hooks;
  hooks.interrupted = interrupted;
  if (!quiet) hooks.on_warning = [](const std::string& text) { say(text); };
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
  const std::uint64_t unjudged =
      outcome.report.verdicts[static_cast<std::size_t>(Verdict::kInternalError)];
  if (unjudged > 0) {
    say(
        fmt::format("internal error: memory or a library failed for {} of the tokens; their "
                    "verdict is internal_error",
                    unjudged));
  }
  if (outcome.broken_invariant) say("internal error: " + *outcome.broken_invariant);
}

}  // namespace jotmill::tools
