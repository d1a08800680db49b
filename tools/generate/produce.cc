#include "tools/generate/produce.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "tools/generate/plan.h"
#include "tools/generate/world_files.h"

namespace jotmill::tools {
namespace {

constexpr std::uint64_t kBlockTokens =
    512;  // some 400 KiB of capture: small enough to share out, large enough to write

/// A file being written; every error names the path and the system's reason.
class File {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Status open() {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return fd_ >= 0 ? Status(Unit{}) : failed();
  }
  Status write(std::string_view bytes) {
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
    const int result = ::close(fd_);
    fd_ = -1;
    return result == 0 ? Status(Unit{}) : failed();
  }

 private:
  Status failed() const { return Error{ErrorKind::kOutput, path_, std::strerror(errno)}; }

  std::string path_;
  int fd_ = -1;
};

/// The capture and its labels, written side by side.
class Outputs {
 public:
  Outputs(const World& world, const std::filesystem::path& folder)
      : capture_(folder / capture_name(world)), labels_(folder / "labels.ndjson") {}

  Status open() {
    if (Status status = capture_.open(); !status.ok()) return status;
    return labels_.open();
  }
  Status write(std::string_view capture, std::string_view labels) {
    if (Status status = capture_.write(capture); !status.ok()) return status;
    return labels_.write(labels);
  }
  Status close() {
    if (Status status = capture_.close(); !status.ok()) return status;
    return labels_.close();
  }

 private:
  File capture_, labels_;
};

Status write_side_files(const World& world, const ProduceOptions& options) {
  std::error_code error;
  const std::filesystem::path folder = options.folder;
  std::filesystem::create_directories(folder, error);
  if (error) return Error{ErrorKind::kOutput, options.folder, error.message()};
  const std::filesystem::path absolute = std::filesystem::canonical(folder, error);
  if (error) return Error{ErrorKind::kOutput, options.folder, error.message()};
  for (const SideFile& side : side_files(world, options.absolute_paths ? absolute.string() : "")) {
    File file(folder / side.name);
    if (Status status = file.open(); !status.ok()) return status;
    if (Status status = file.write(side.content); !status.ok()) return status;
    if (Status status = file.close(); !status.ok()) return status;
  }
  return Unit{};
}

/// Makes blocks of tokens; shared by all threads, changed by none.
class Mill {
 public:
  struct Block {
    std::string capture, labels;
    Tally tally;
    bool failed = false;
  };

  explicit Mill(const World& world)
      : world_(world), seed_(world.recipe().seed), plan_(world, seed_, world.recipe().count) {}

  /// The tokens that repeats are drawn from: made first, kept for the whole run. False when OpenSSL
  /// failed.
  bool make_pool(unsigned threads) {
    pool_.resize(plan_.pool_size());
    bool good = true;
    constexpr std::uint64_t kStep = 32;
    run_ordered(threads, (pool_.size() + kStep - 1) / kStep, [&](std::uint64_t block) {
      Signer signer;
      const std::uint64_t end = std::min<std::uint64_t>((block + 1) * kStep, pool_.size());
      for (std::uint64_t rank = block * kStep; rank < end; ++rank) {
        pool_[rank] = forge_token(world_, signer, Rng(seed_, Stream::kPool, rank),
                                  plan_.pool_at(static_cast<std::uint32_t>(rank)).variant);
      }
      return [&good, failed = signer.failed()] { return good = good && !failed; };
    });
    return good;
  }

  Block make(std::uint64_t block) const {
    Signer signer;
    Block out;
    const std::uint64_t end = std::min((block + 1) * kBlockTokens, world_.recipe().count);
    for (std::uint64_t index = block * kBlockTokens; index < end; ++index) {
      const Slot slot = plan_.at(index);
      if (slot.pool_rank) {
        append(index, pool_[*slot.pool_rank], out);
      } else {
        append(index, forge_token(world_, signer, Rng(seed_, Stream::kToken, index), slot.variant),
               out);
      }
    }
    out.failed = signer.failed();
    return out;
  }

 private:
  void append(std::uint64_t index, const ForgedToken& token, Block& out) const {
    append_record(world_, seed_, index, token, out.capture, out.tally);
    append_label(world_, index, token, out.labels);
  }

  const World& world_;
  std::uint64_t seed_;
  Plan plan_;
  std::vector<ForgedToken> pool_;
};

unsigned thread_count(unsigned asked) {
  return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

Error openssl_failed() {
  return {ErrorKind::kInternal, "OpenSSL", "a signature could not be made"};
}

}  // namespace

void run_ordered(unsigned threads, std::uint64_t blocks,
                 const std::function<std::function<bool()>(std::uint64_t block)>& make) {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::uint64_t, std::function<bool()>> ready;
  std::uint64_t next = 0, written = 0;
  bool stop = false;
  const auto work = [&] {
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
  };
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < threads; ++i) workers.emplace_back(work);
  std::unique_lock lock(mutex);
  while (written < blocks && !stop) {
    changed.wait(lock, [&] { return ready.contains(written); });
    const auto finish = std::move(ready.extract(written).mapped());
    lock.unlock();
    const bool go_on = finish();
    lock.lock();
    ++written;
    stop = !go_on;
    changed.notify_all();
  }
}

Result<Tally> produce(const World& world, const ProduceOptions& options) {
  if (Status status = write_side_files(world, options); !status.ok()) return status.error();
  Outputs outputs(world, options.folder);
  if (Status status = outputs.open(); !status.ok()) return status.error();
  const unsigned threads = thread_count(options.threads);
  Mill mill(world);
  if (!mill.make_pool(threads)) return openssl_failed();
  Tally tally;
  Status status = Unit{};
  const std::uint64_t blocks = (world.recipe().count + kBlockTokens - 1) / kBlockTokens;
  run_ordered(threads, blocks, [&](std::uint64_t number) {
    auto block = std::make_shared<const Mill::Block>(mill.make(number));
    return [&, block] {
      status =
          block->failed ? Status(openssl_failed()) : outputs.write(block->capture, block->labels);
      tally.add(block->tally);
      if (options.on_progress) options.on_progress(tally.tokens());
      return status.ok();
    };
  });
  if (status.ok()) status = outputs.close();
  if (!status.ok()) return status.error();
  return tally;
}

}  // namespace jotmill::tools
