#include "tools/generate/produce.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "tools/generate/plan.h"
#include "tools/generate/shaped_capture.h"
#include "tools/generate/shapes.h"
#include "tools/generate/world_files.h"

namespace jotmill::tools {
namespace {

constexpr std::uint64_t kBlockTokens =
    512;  // some 400 KiB of capture: small enough to share out, large enough to write

/// A file being written; every error names the path and the system's reason.
class File {
 public:
  File(const ProduceOptions& options, const std::string& name)
      : name_(name), path_(std::filesystem::path(options.folder) / name), sink_(options.sink) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Status open() {
    if (sink_) return Unit{};
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return fd_ >= 0 ? Status(Unit{}) : failed();
  }
  Status write(std::string_view bytes) {
    if (sink_) return sink_(name_, bytes);
    while (!bytes.empty()) {
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed();
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return Unit{};
  }
  /// Some file systems report a full disk only here.
  Status close() {
    if (sink_) return Unit{};
    const int result = ::close(fd_);
    fd_ = -1;
    return result == 0 ? Status(Unit{}) : failed();
  }

 private:
  Status failed() const { return Error{ErrorKind::kOutput, path_, std::strerror(errno)}; }

  std::string name_, path_;
  const std::function<Status(std::string_view, std::string_view)>& sink_;
  int fd_ = -1;
};

/// The captures and their labels, written side by side. Blocks do not know what lies before them:
/// here each gets its place.
class Outputs {
 public:
  Outputs(const World& world, const ProduceOptions& options)
      : world_(world),
        shape_(world.recipe().output.shape),
        options_(options),
        shards_(options.shards),
        labels_(options, "labels.ndjson") {}

  Status open() {
    if (Status status = labels_.open(); !status.ok()) return status;
    return begin_capture(1);
  }
  /// `shard`: 1-based, never less than that of the block before.
  Status write(const CaptureBlock& block, unsigned shard) {
    if (shard != shard_) {
      if (Status status = end_capture(); !status.ok()) return status;
      if (Status status = begin_capture(shard); !status.ok()) return status;
    }
    if (block.capture.empty()) return Unit{};  // a shard without tokens
    std::string_view bytes = block.capture;
    if (empty_ && shape_ != nullptr) {  // what stands between two records stands before none
      bytes.remove_prefix(shape_->between.size());
      offset_ -= shape_->between.size();
      lines_ -= count_lines(shape_->between);
    }
    empty_ = false;
    std::string labels;
    for (const PlacedLabel& label : block.labels) append(label, labels);
    offset_ += block.capture.size();
    lines_ += block.lines;
    tally_.add(block.tally);
    if (Status status = capture_->write(bytes); !status.ok()) return status;
    return labels_.write(labels);
  }
  Status close() {
    if (Status status = end_capture(); !status.ok()) return status;
    if (Status status = labels_.close(); !status.ok()) return status;
    if (shape_ == nullptr) return Unit{};
    File counts(options_, "counts.json");
    if (Status status = counts.open(); !status.ok()) return status;
    if (Status status =
            counts.write("{\"schema\":\"jotmill.counts/1\",\"files\":[\n" + counts_ + "\n]}\n");
        !status.ok()) {
      return status;
    }
    return counts.close();
  }
  std::uint64_t bytes() const { return bytes_; }

 private:
  static std::uint64_t count_lines(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
  }

  Status begin_capture(unsigned shard) {
    shard_ = shard;
    source_ = shard_name(capture_name(world_), shard, shards_);
    capture_ = std::make_unique<File>(options_, source_);
    empty_ = true;
    tally_ = {};
    const std::string_view head = shape_ == nullptr ? "" : shape_->head;
    offset_ = head.size();
    lines_ = 1 + count_lines(head);
    if (Status status = capture_->open(); !status.ok()) return status;
    return capture_->write(head);
  }
  Status end_capture() {
    const std::string_view tail = shape_ == nullptr ? "" : shape_->tail;
    bytes_ += offset_ + tail.size();
    counts_ += fmt::format(
        R"({}{{"source":"{}","tokens":{},"truncated":{},"redacted":{},"lookalike":{},"tokens_without_time":{}}})",
        counts_.empty() ? "" : ",\n", source_, tally_.tokens(), tally_.truncated, tally_.redacted,
        tally_.lookalike, tally_.without_time);
    if (Status status = capture_->write(tail); !status.ok()) return status;
    return capture_->close();
  }
  void append(const PlacedLabel& label, std::string& labels) const {
    labels += fmt::format(R"({{"source":"{}","line":{},)", source_, lines_ + label.line);
    if (label.offset) labels += fmt::format("\"offset\":{},", offset_ + *label.offset);
    labels += label.rest + "}\n";
  }

  const World& world_;
  const Shape* shape_;
  const ProduceOptions& options_;
  unsigned shards_;
  File labels_;
  std::unique_ptr<File> capture_;
  std::string source_;  ///< the capture's name, as labels have it
  unsigned shard_ = 1;
  bool empty_ = true;                     ///< no record is in the capture yet
  std::uint64_t offset_ = 0, lines_ = 1;  ///< where the next block's text begins in the capture
  std::uint64_t bytes_ = 0;               ///< of the captures that are finished
  Tally tally_;                           ///< of the capture
  std::string counts_;
};

/// Makes the folder, and returns what stands before the key files' names in policy.toml.
Result<std::string> make_folder(const ProduceOptions& options) {
  if (options.sink) return std::string();
  std::error_code error;
  const std::filesystem::path folder = options.folder;
  std::filesystem::create_directories(folder, error);
  if (error) return Error{ErrorKind::kOutput, options.folder, error.message()};
  const std::filesystem::path absolute = std::filesystem::canonical(folder, error);
  if (error) return Error{ErrorKind::kOutput, options.folder, error.message()};
  return options.absolute_paths ? absolute.string() : "";
}

Status write_side_files(const World& world, const ProduceOptions& options) {
  const Result<std::string> before = make_folder(options);
  if (!before) return before.error();
  for (const SideFile& side : side_files(world, before.value())) {
    File file(options, side.name);
    if (Status status = file.open(); !status.ok()) return status;
    if (Status status = file.write(side.content); !status.ok()) return status;
    if (Status status = file.close(); !status.ok()) return status;
  }
  return Unit{};
}

/// The tokens [begin, end) of a capture, which stand in one of its shards.
struct BlockPlan {
  std::uint64_t begin, end;
  unsigned shard;  ///< 1-based
};

/// Cuts so many tokens into shards of equal size, and each into blocks; a shard without tokens has
/// one of none.
class BlockPlans {
 public:
  BlockPlans(std::uint64_t tokens, unsigned shards) : tokens_(tokens), shards_(shards) {
    for (unsigned shard = 0; shard < shards_; ++shard) {
      firsts_.push_back(count_);
      const std::uint64_t size = begin_of(shard + 1) - begin_of(shard);
      count_ += std::max<std::uint64_t>(1, (size + kBlockTokens - 1) / kBlockTokens);
    }
  }
  std::uint64_t count() const { return count_; }
  BlockPlan at(std::uint64_t block) const {
    const auto behind = std::ranges::upper_bound(firsts_, block);
    const auto shard = static_cast<unsigned>(behind - firsts_.begin());
    const std::uint64_t begin = begin_of(shard - 1) + (block - firsts_[shard - 1]) * kBlockTokens;
    return {begin, std::min(begin + kBlockTokens, begin_of(shard)), shard};
  }

 private:
  std::uint64_t begin_of(unsigned shard) const {
    // In parts: their product may be too large.
    return tokens_ / shards_ * shard + tokens_ % shards_ * shard / shards_;
  }

  std::uint64_t tokens_;
  unsigned shards_;
  std::vector<std::uint64_t> firsts_;  ///< the first block of each shard
  std::uint64_t count_ = 0;
};

/// Makes blocks of tokens; shared by all threads, changed by none.
class Mill {
 public:
  Mill(const World& world, const std::function<bool()>& interrupted)
      : world_(world),
        interrupted_(interrupted),
        seed_(world.recipe().seed),
        plan_(world, seed_, world.recipe().count) {}

  /// What is made from here on is not whole.
  bool interrupted() const { return interrupted_ && interrupted_(); }

  /// The tokens that repeats are drawn from: made first, kept for the whole run.
  void make_pool(unsigned threads) {
    pool_.resize(plan_.pool_size());
    constexpr std::uint64_t kStep = 32;
    run_ordered(threads, (pool_.size() + kStep - 1) / kStep, [&](std::uint64_t block) {
      Signer signer;
      const std::uint64_t end = std::min<std::uint64_t>((block + 1) * kStep, pool_.size());
      for (std::uint64_t rank = block * kStep; rank < end && !interrupted(); ++rank) {
        pool_[rank] = forge_token(world_, signer, Rng(seed_, Stream::kPool, rank),
                                  plan_.pool_at(static_cast<std::uint32_t>(rank)).variant);
      }
      return [this] { return !interrupted(); };
    });
  }

  CaptureBlock make(const BlockPlan& block) const {
    Signer signer;
    CaptureBlock out;
    for (std::uint64_t index = block.begin; index < block.end && !interrupted(); ++index) {
      const Slot slot = plan_.at(index);
      if (slot.pool_rank) {
        append(index, pool_[*slot.pool_rank], signer, out);
      } else {
        append(index, forge_token(world_, signer, Rng(seed_, Stream::kToken, index), slot.variant),
               signer, out);
      }
    }
    return out;
  }

 private:
  void append(std::uint64_t index, const ForgedToken& token, Signer& signer,
              CaptureBlock& out) const {
    if (world_.recipe().output.shape == nullptr) {
      append_record(world_, seed_, index, token, out);
    } else if (extractable(token.bytes)) {
      append_shaped_record(world_, seed_, index, token, out);
    } else {  // a variant of a kind that text can hide: a plain token in its place
      append_shaped_record(
          world_, seed_, index,
          forge_token(world_, signer, Rng(seed_, Stream::kInstead, index), nullptr), out);
    }
  }

  const World& world_;
  const std::function<bool()>& interrupted_;
  std::uint64_t seed_;
  Plan plan_;
  std::vector<ForgedToken> pool_;
};

unsigned thread_count(unsigned asked) {
  return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

void run_ordered(unsigned threads, std::uint64_t blocks,
                 const std::function<std::function<bool()>(std::uint64_t block)>& make) {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::uint64_t, std::function<bool()>> ready;
  std::uint64_t next = 0, written = 0;
  bool stop = false;
  std::exception_ptr error;
  // Called where an exception was caught, without the lock.
  const auto give_up = [&] {
    const std::unique_lock lock(mutex);
    if (!error) error = std::current_exception();
    stop = true;
    changed.notify_all();
  };
  const auto work = [&] {
    try {
      std::unique_lock lock(mutex);
      for (;;) {
        changed.wait(lock, [&] { return stop || next >= blocks || next < written + 4 * threads; });
        if (stop || next >= blocks) return;
        const std::uint64_t block = next++;
        lock.unlock();
        std::function<bool()> finish = make(block);
        lock.lock();
        ready.emplace(block, std::move(finish));
        changed.notify_all();
      }
    } catch (...) {
      give_up();
    }
  };
  {
    std::vector<std::jthread> workers;
    try {
      for (unsigned i = 0; i < threads; ++i) workers.emplace_back(work);
      std::unique_lock lock(mutex);
      while (written < blocks && !stop) {
        changed.wait(lock, [&] { return stop || ready.contains(written); });
        if (stop) break;
        const auto finish = std::move(ready.extract(written).mapped());
        lock.unlock();
        const bool go_on = finish();
        lock.lock();
        ++written;
        stop = stop || !go_on;
        changed.notify_all();
      }
    } catch (...) {
      give_up();
    }
  }
  if (error) std::rethrow_exception(error);
}

std::string shard_name(const std::string& capture, unsigned shard, unsigned shards) {
  if (shards <= 1) return capture;
  const std::size_t dot = capture.rfind('.');
  return fmt::format("{}.{}{}", capture.substr(0, dot), shard, capture.substr(dot));
}

Result<Tally> produce(const World& world, const ProduceOptions& options) {
  if (Status status = write_side_files(world, options); !status.ok()) return status.error();
  Outputs outputs(world, options);
  if (Status status = outputs.open(); !status.ok()) return status.error();
  const unsigned threads = thread_count(options.threads);
  const Error interrupted{ErrorKind::kInterrupted, "generate", "interrupted"};
  Mill mill(world, options.interrupted);
  mill.make_pool(threads);
  Tally tally;
  Status status = Unit{};
  const BlockPlans plans(world.recipe().count, options.shards);
  run_ordered(threads, plans.count(), [&](std::uint64_t number) {
    const BlockPlan plan = plans.at(number);
    auto block = std::make_shared<const CaptureBlock>(mill.make(plan));
    return [&, block, shard = plan.shard] {
      if (mill.interrupted()) status = interrupted;
      if (!status.ok()) return false;
      status = outputs.write(*block, shard);
      tally.add(block->tally);
      if (options.on_progress) options.on_progress(tally.tokens());
      return status.ok();
    };
  });
  if (mill.interrupted()) return interrupted;
  if (status.ok()) status = outputs.close();
  if (!status.ok()) return status.error();
  tally.bytes = outputs.bytes();
  return tally;
}

}  // namespace jotmill::tools
