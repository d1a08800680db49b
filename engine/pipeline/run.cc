// The frame around the story: sources in, chunks through the workers, records and counts out in
// input order.

#include <sys/resource.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "input/shard.h"
#include "jotmill/jotmill.hpp"
#include "jotmill/shard.h"
#include "keys/load.h"
#include "pipeline/checkpoint.h"
#include "pipeline/cores.h"
#include "pipeline/feed.h"
#include "pipeline/from_options.h"
#include "pipeline/handover.h"
#include "pipeline/process.h"
#include "pipeline/record_tally.h"
#include "pipeline/run.h"
#include "sinks/output_file.h"

namespace jotmill {
namespace {

using Clock = std::chrono::steady_clock;

/// Items in flight: one in each worker's hands, one waiting for it, and two for the reader and the
/// writer.
std::size_t items_in_flight(unsigned threads) { return 2 * std::size_t{threads} + 2; }

/// Things that are made when first needed and then go from hand to hand: workers and items.
template <typename T>
class Pool {
 public:
  template <typename Make>
  std::unique_ptr<T> take(Make make) {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<T> one = std::move(idle_.back());
        idle_.pop_back();
        return one;
      }
    }
    return make();
  }
  void give_back(std::unique_ptr<T> one) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(one));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

std::uint64_t nanoseconds_since(Clock::time_point start) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

std::uint64_t peak_rss_bytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

BatchTime batch_time(const Item& item) {
  std::uint64_t ns = 0;
  for (const std::uint64_t stage_ns : item.stage_ns) ns += stage_ns;
  return {item.found.counts.tokens, ns - item.stage_ns[static_cast<std::size_t>(Stage::kRead)]};
}

/// One run while it runs.
class Run {
 public:
  Run(const RunOptions& options, const RunHooks& hooks, std::shared_ptr<const Shop> shop,
      ShardPlan inputs, bool with_header, std::optional<Checkpoint> stopped)
      : options_(options),
        hooks_(hooks),
        shop_(std::move(shop)),
        threads_wanted_(options.threads == 0 ? usable_cores() : options.threads),
        threads_(startable_threads(threads_wanted_)),
        feed_(options, std::move(inputs.list), std::move(inputs.parts), shop_->fingerprint_key,
              shop_->kernels.scan, hooks.interrupted),
        totals_(report_options(options), key_labels(list_keys(shop_->ring))),
        records_(totals_, options.max_record_bytes),
        stopped_(std::move(stopped)),
        with_header_(with_header) {}

  Status prepare();
  RunOutcome go();

 private:
  Item* read();
  void process(Item& item);
  void write(Item& item);
  void report_progress(bool last);
  Status open_inputs();
  Status open_output();
  RunEnd end_so_far() const;
  void keep_checkpoint(const Item& item);
  void write_checkpoint(const RunPosition& position);
  void miss_checkpoint(Error why);
  void end_checkpoints();

  const RunOptions& options_;
  const RunHooks& hooks_;
  std::shared_ptr<const Shop> shop_;
  unsigned threads_wanted_, threads_;
  Feed feed_;
  RunPlan plan_;
  std::vector<std::string> source_names_;
  OutputFile output_;
  Pool<Worker> workers_;
  Pool<Item> items_;
  RunTotals totals_;
  RecordTally records_;
  std::optional<Checkpoint> stopped_;  ///< an earlier run, with which this one goes on
  bool with_header_;
  std::optional<CheckpointBook> book_;
  std::optional<RunPosition> position_;    ///< of all that was written, where one can go on
  std::optional<Error> checkpoint_error_;  ///< of the last attempt
  bool checkpoints_ended_ = false;
  StageTimes stage_ns_{};
  BatchWork work_;
  std::vector<std::string> disagreements_;  ///< the first of the cross-checks, in input order
  std::atomic<bool> stop_ = false;
  bool interrupted_ = false, lost_chunk_ = false;
  std::uint64_t reads_ = 0;  ///< calls of read()
  std::uint64_t bytes_total_ = 0, tokens_written_ = 0, unprintable_ = 0;
  Clock::time_point started_ = Clock::now(), last_progress_ = started_;
};

Status Run::prepare() {
  if (threads_ < threads_wanted_ && hooks_.on_warning) {
    hooks_.on_warning("the system starts only " + std::to_string(threads_) + " of " +
                      std::to_string(threads_wanted_) + " threads; the run goes on with these");
  }
  bool sizes_known = true;
  for (const SourceEntry& source : feed_.sources()) {
    source_names_.push_back(source.name);
    sizes_known = sizes_known && source.name != "-";
    bytes_total_ += source.size_bytes;
  }
  if (!sizes_known) bytes_total_ = 0;
  if (Status opened = open_inputs(); !opened) return opened.error();

  plan_ = run_plan(options_, *shop_, source_names_);
  if (options_.verdicts_path.empty()) return Unit{};
  plan_.records = RecordContext{.source_names = source_names_,
                                .format = record_format(options_.verdicts_path),
                                .only = options_.only,
                                .with_claims = !options_.show.empty(),
                                .with_verdicts = options_.task == RunTask::kVerify};
  return open_output();
}

/// With a checkpoint nothing is changed anywhere before it is known that this run may have one.
Status Run::open_inputs() {
  if (!options_.checkpoint_path.empty()) {
    book_.emplace(options_, *shop_, feed_.list());
    if (Status begun = book_->begin(stopped_); !begun) return begun.error();
  }
  if (!stopped_) {
    feed_.prepare();
    return Unit{};
  }
  if (Status there = feed_.resume(stopped_->position, stopped_->formats); !there) {
    if (there.error().kind != ErrorKind::kInterrupted) return there.error();
    interrupted_ = stop_ = true;  // the report is then what the stopped run knew
  }
  tokens_written_ = stopped_->report.tokens;
  if (hooks_.on_warning) {
    hooks_.on_warning("checkpoint " + options_.checkpoint_path + ": the run goes on behind " +
                      std::to_string(tokens_written_) + " tokens");
  }
  totals_.resume(std::move(stopped_->report));
  return Unit{};
}

Status Run::open_output() {
  if (!book_) return output_.open(options_.verdicts_path);
  return output_.open_to_resume(
      options_.verdicts_path, stopped_ ? stopped_->output_bytes : 0,
      [this](int fd) { return stopped_ ? book_->check_output(*stopped_, fd) : Status(Unit{}); });
}

/// First step, serial: the next chunk, in input order.
Item* Run::read() {
  if (stop_) return nullptr;
  // The first call hands out what was read to tell the format, also when an interrupt ended that.
  if (reads_++ > 0 && hooks_.interrupted && hooks_.interrupted()) {
    interrupted_ = true;
    return nullptr;
  }
  std::unique_ptr<Item> item = items_.take([] { return std::make_unique<Item>(); });
  item->stage_ns = {};
  StageTimer timer(item->stage_ns);
  const std::uint64_t waited_before = feed_.waited_ns();
  const bool more = feed_.next(*item);
  timer.lap(Stage::kRead);
  // Waiting for the thread that decompresses is no work; its own time is added in end_so_far().
  std::uint64_t& read_ns = item->stage_ns[static_cast<std::size_t>(Stage::kRead)];
  read_ns -= std::min(read_ns, feed_.waited_ns() - waited_before);
  if (more) return item.release();
  interrupted_ = hooks_.interrupted && hooks_.interrupted();
  items_.give_back(std::move(item));
  return nullptr;
}

/// Second step, parallel: all stages of a chunk on one worker.
void Run::process(Item& item) {
  std::unique_ptr<Worker> worker =
      workers_.take([&] { return std::make_unique<Worker>(*shop_, &plan_); });
  worker->process(item);
  workers_.give_back(std::move(worker));
}

/// Third step, serial and in order: record bytes and counts. What was counted is exactly what was
/// written.
void Run::write(Item& item) {
  if (hooks_.on_batch) hooks_.on_batch(batch_time(item));
  StageTimer timer(item.stage_ns);
  for (const InputEvent& event : item.events) totals_.add_event(event);
  if (plan_.records) {
    output_.write(item.records);
    if (output_.reader_went_away()) stop_ = true;
  }
  timer.lap(Stage::kWrite);
  lost_chunk_ = lost_chunk_ || item.failed;
  totals_.add(item.stats);
  records_.add(item.chunk, item.format, item.found, source_names_[item.chunk.source]);
  tokens_written_ += item.found.counts.tokens;
  unprintable_ += item.unprintable;
  timer.lap(Stage::kCount);
  for (std::size_t s = 0; s < kStageCount; ++s) stage_ns_[s] += item.stage_ns[s];
  work_.add(item.work);
  for (std::string& one : item.disagreements) {
    if (disagreements_.size() < RunOutcome::kMostDisagreements)
      disagreements_.push_back(std::move(one));
  }
  if (book_) keep_checkpoint(item);
  report_progress(false);
}

void Run::keep_checkpoint(const Item& item) {
  position_.reset();
  if (!item.ends_record) return;
  position_ = item.end;
  if (book_->is_due()) write_checkpoint(item.end);
}

/// The records first, then what speaks of them. Never of a run in which something broke: the last
/// one from before stands.
void Run::write_checkpoint(const RunPosition& position) {
  if (lost_chunk_ || !disagreements_.empty()) {
    if (!std::exchange(checkpoints_ended_, true) && hooks_.on_warning) {
      hooks_.on_warning("checkpoint " + options_.checkpoint_path +
                        ": stays as it is, for something broke in this run");
    }
    return;
  }
  if (output_.reader_went_away() || (output_.is_open() && !output_.sync())) return;
  const std::vector<InputFormat>& formats = feed_.formats();
  const std::size_t told = std::min<std::size_t>(std::size_t{position.source} + 1, formats.size());
  Checkpoint made;
  made.position = position;
  made.formats.assign(formats.begin(), formats.begin() + static_cast<std::ptrdiff_t>(told));
  made.output_bytes = output_.size_bytes();
  try {
    made.report = RunTotals(totals_).finish(end_so_far());
    if (Status written = book_->write(std::move(made), output_.fd()); !written)
      return miss_checkpoint(written.error());
    checkpoint_error_.reset();
  } catch (const std::bad_alloc&) {
    miss_checkpoint({ErrorKind::kOutput, options_.checkpoint_path, "no memory to write it"});
  }
}

/// The run goes on, and the next time may do better: a disk that was full for a minute costs no
/// more than that minute. Told at once, since it may take days until the end tells it.
void Run::miss_checkpoint(Error why) {
  if (!checkpoint_error_ && hooks_.on_warning) {
    hooks_.on_warning("checkpoint " + why.subject + ": cannot be written: " + why.reason +
                      "; the run goes on, and tries again");
  }
  checkpoint_error_ = std::move(why);
}

/// All records are written. A run that was interrupted goes on from here; of one that is whole this
/// keeps the report until the caller has it.
void Run::end_checkpoints() {
  if (!book_) return;
  if (!interrupted_) return write_checkpoint(feed_.position());
  // What the feed met behind this place is met again from here.
  if (position_) write_checkpoint(*position_);
}

void Run::report_progress(bool last) {
  if (!hooks_.on_progress) return;
  const Clock::time_point now = Clock::now();
  if (!last && now - last_progress_ < std::chrono::milliseconds(100)) return;
  last_progress_ = now;
  hooks_.on_progress({.bytes_read = feed_.raw_bytes_read(),
                      .bytes_total = bytes_total_,
                      .tokens = tokens_written_,
                      .seconds = std::chrono::duration<double>(now - started_).count()});
}

/// What is known at any time: the machine and the work.
RunEnd Run::end_so_far() const {
  RunEnd end = end_of(*shop_);
  end.stage_ns = stage_ns_;
  end.stage_ns[static_cast<std::size_t>(Stage::kRead)] += feed_.packed_read_ns();
  end.stage_ns[static_cast<std::size_t>(Stage::kDecompress)] += feed_.decompress_ns();
  end.wall_ns = nanoseconds_since(started_);
  end.threads = threads_;
  end.peak_rss_bytes = peak_rss_bytes();
  end.work = work_;
  return end;
}

RunOutcome Run::go() {
  if (hooks_.on_begin) hooks_.on_begin();
  started_ = last_progress_ = Clock::now();
  if (plan_.records && plan_.task != RunTask::kExtractRaw && !stopped_ && with_header_)
    output_.write(record_header(*plan_.records));

  auto limit =
      std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism, threads_);
  tbb::task_arena arena(static_cast<int>(threads_));
  try {
    arena.initialize();
  } catch (...) {
    // Without memory for its market oneTBB throws with the market's lock held: the end of `limit`
    // would wait for it for ever.
    [[maybe_unused]] const auto* kept = limit.release();
    throw;
  }
  hand_over(&feed_);
  hand_over(&totals_);
  arena.execute([&] {
    tbb::parallel_pipeline(
        items_in_flight(threads_),
        tbb::make_filter<void, Item*>(tbb::filter_mode::serial_in_order,
                                      [&](tbb::flow_control& control) -> Item* {
                                        const Turn turn(&feed_);
                                        Item* item = read();
                                        if (item) hand_over(item);
                                        if (!item) control.stop();
                                        return item;
                                      }) &
            tbb::make_filter<Item*, Item*>(tbb::filter_mode::parallel,
                                           [&](Item* item) {
                                             const Turn turn(item);
                                             process(*item);
                                             return item;
                                           }) &
            tbb::make_filter<Item*, void>(tbb::filter_mode::serial_in_order, [&](Item* item) {
              const Turn turn(&totals_);
              take_over(item);
              write(*item);
              items_.give_back(std::unique_ptr<Item>(item));
            }));
  });
  take_over(&feed_);
  take_over(&totals_);
  feed_.book_times();
  if (interrupted_) end_checkpoints();
  for (const InputEvent& event : feed_.events()) totals_.add_event(event);
  records_.finish();
  if (!interrupted_) end_checkpoints();
  output_.close();
  report_progress(true);

  RunOutcome outcome;
  outcome.task = options_.task;
  outcome.unprintable_tokens = unprintable_;
  RunEnd end = end_so_far();
  if (hooks_.on_end) hooks_.on_end();
  end.interrupted = interrupted_;
  end.input_bytes = feed_.bytes_read();
  end.formats = feed_.formats();
  outcome.report = totals_.finish(end);
  outcome.interrupted = interrupted_;
  outcome.input_incomplete = outcome.report.events.total() > 0;
  outcome.reader_went_away = output_.reader_went_away();
  outcome.output_error = output_.error() ? output_.error() : checkpoint_error_;
  outcome.broken_invariant = options_.task == RunTask::kVerify
                                 ? check_conservation(outcome.report)
                                 : check_record_conservation(outcome.report);
  if (const std::uint64_t others = work_.cross_checks.disagreed; others > 0) {
    outcome.broken_invariant =
        disagreements_.empty() ? "cross-check: OpenSSL disagrees" : disagreements_.front();
    if (others > 1) *outcome.broken_invariant += "; " + std::to_string(others - 1) + " more";
  }
  outcome.disagreements = disagreements_;
  if (lost_chunk_)
    outcome.broken_invariant = "memory ran out: the tokens of a chunk were not judged";
  outcome.checkpoint_spent = book_ && !interrupted_ && !outcome.output_error &&
                             !outcome.reader_went_away && !outcome.broken_invariant;
  if (outcome.checkpoint_spent) outcome.checkpoint_hold = book_->hold();
  return outcome;
}

}  // namespace

int RunOutcome::exit_code() const {
  if (reader_went_away) return 141;
  if (interrupted) return 130;
  if (broken_invariant || report.verdicts[static_cast<std::size_t>(Verdict::kInternalError)] > 0)
    return 5;
  if (output_error) return 4;
  if (input_incomplete) return 3;
  if (task != RunTask::kVerify) return report.records.tokens > 0 ? 0 : 1;
  return report.tokens > 0 && report.accepted() == report.tokens ? 0 : 1;
}

namespace {

/// The first few one by one: a tree of pipes and links need not fill a screen.
void warn_of_skipped(const std::vector<std::string>& skipped, const RunHooks& hooks) {
  constexpr std::size_t kMostShown = 10;
  for (std::size_t i = 0; i < std::min(skipped.size(), kMostShown); ++i)
    hooks.on_warning(skipped[i]);
  if (skipped.size() > kMostShown) {
    hooks.on_warning("and " + std::to_string(skipped.size() - kMostShown) +
                     " more in the input directories that are no files");
  }
}

}  // namespace

Result<RunOutcome> run_in(std::shared_ptr<const Shop> shop, const RunOptions& options,
                          const RunHooks& hooks, std::optional<Checkpoint> stopped, Shard shard) {
  if (hooks.on_warning) {
    for (const std::string& warning : shop->warnings) hooks.on_warning(warning);
  }
  ShardPlan inputs = {.list = list_sources(options.inputs)};
  if (hooks.on_warning) warn_of_skipped(inputs.list.skipped, hooks);
  if (shard.of > 1) {
    Result<ShardPlan> cut = plan_shard(std::move(inputs.list), shard);
    if (!cut) return cut.error();
    inputs = std::move(cut).value();
  }
  // Of all shards one has the header, so that their records can be put behind each other.
  Run run(options, hooks, std::move(shop), std::move(inputs), shard.index == 1, std::move(stopped));
  if (Status ready = run.prepare(); !ready) return ready.error();
  return run.go();
}

namespace {

/// All of it that stands before any file is opened for writing.
Status check_options(const RunOptions& options) {
  if (options.task != RunTask::kVerify && options.verdicts_path.empty())
    return Error{ErrorKind::kUsage, "output", "what is extracted has nowhere to go"};
  if (Status sound = check_limits(options); !sound) return sound;
  if (Status fields = check_fields(options); !fields) return fields;
  if (options.checkpoint_path.empty()) return Unit{};
  return check_checkpointable(options);
}

}  // namespace

Result<RunOutcome> run(const RunOptions& options, const RunHooks& hooks) {
  return run_shard(options, {}, hooks);
}

Result<RunOutcome> run_shard(const RunOptions& asked, Shard shard, const RunHooks& hooks) {
  if (shard.index < 1 || shard.index > shard.of || shard.of > kMostShards)
    return Error{ErrorKind::kUsage, "shard", "there is no such part"};
  if (shard.of > 1 && !asked.checkpoint_path.empty()) {
    return Error{ErrorKind::kUsage, "shard",
                 "does not go together with a checkpoint: run a stopped shard again"};
  }
  if (Status sound = check_options(asked); !sound) return sound.error();
  RunOptions options = asked;
  const ContentsWiper wiper(options.keys);
  std::optional<Checkpoint> stopped;
  if (!options.checkpoint_path.empty()) {
    Result<std::optional<Checkpoint>> found = load_checkpoint(options.checkpoint_path);
    if (!found) return found.error();
    stopped = std::move(found).value();
    if (stopped && options.as_of_is_now && stopped->as_of) options.policy.as_of = stopped->as_of;
  }
  Result<std::shared_ptr<const Shop>> shop = open_shop(shop_order(options));
  if (!shop) return shop.error();
  return run_in(std::move(shop).value(), options, hooks, std::move(stopped), shard);
}

}  // namespace jotmill
