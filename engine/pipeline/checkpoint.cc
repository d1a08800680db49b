#include "pipeline/checkpoint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/hex.h"
#include "jotmill/build.h"
#include "jotmill/stats.h"
#include "keys/key_mark.h"
#include "keys/load.h"
#include "sinks/compress.h"
#include "sinks/lock.h"
#include "verify/sha2.h"

namespace jotmill {
namespace {

constexpr std::string_view kMagic = "jotmill.checkpoint/1 sha256=";
constexpr std::size_t kDigestDigits = 64;
/// The largest reports there are (six lists of 65,536 labels of 256 bytes, escaped) stay below it.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::size_t kSampleBytes = 4096;  ///< of an input, by which it is known again
constexpr std::uint64_t kSamples = 16;      ///< evenly spread, the first and the last bytes too
constexpr std::string_view kUnreadable = "unreadable";
constexpr std::size_t kLastBytes = 4096;  ///< of the records, likewise
constexpr std::size_t kSaltBytes = 16;
constexpr int kShareOfTime = 20;

std::string sha256_hex(std::string_view text) {
  return hex(Bytes(sha2(Hash::kSha256, as_bytes(text))).first(kDigestDigits / 2));
}

std::string random_salt() {
  std::array<std::uint8_t, kSaltBytes> salt{};
  // What it salts is told from guesses by whoever reads it with the salt in any case.
  if (::getentropy(salt.data(), salt.size()) != 0) salt = {};
  return hex(salt);
}

Error usage(const std::string& subject, std::string reason) {
  return {ErrorKind::kUsage, subject, std::move(reason)};
}

std::string of(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += std::to_string(text.size()) + ':' + text;
  return all;
}
std::string of(const Duration& duration) {
  return std::to_string(duration.s) + '.' + std::to_string(duration.ns);
}
std::string of(const std::optional<TimePoint>& time) {
  return time ? std::to_string(time->s) + '.' + std::to_string(time->ns) : "none";
}

/// Whether `stat` has something to say of `path`, and whether it is a regular file.
struct Looked {
  bool there = false, regular = false;
  struct stat info {};
};
Looked look(const std::string& path) {
  Looked looked;
  looked.there = ::stat(path.c_str(), &looked.info) == 0;
  looked.regular = looked.there && S_ISREG(looked.info.st_mode);
  return looked;
}

struct OpenFile {
  explicit OpenFile(int opened) : fd(opened) {}
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  const int fd;
};

/// Bytes read, fewer where the file ends; nothing: it cannot be read.
std::optional<std::size_t> read_at(int fd, std::uint64_t offset, char* to, std::size_t bytes) {
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = ::pread(fd, to + have, bytes - have, static_cast<::off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

/// Some of its content, in order; nothing: it cannot be read. What a copy on another disk has too:
/// neither device nor inode, which a remount may change.
std::optional<std::string> samples_of(const std::string& path, std::uint64_t size) {
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd < 0) return std::nullopt;
  std::string all;
  std::array<char, kSampleBytes> sample{};
  const std::uint64_t last = size > kSampleBytes ? size - kSampleBytes : 0;
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    const std::uint64_t at = last / (kSamples - 1) * i + last % (kSamples - 1) * i / (kSamples - 1);
    const std::optional<std::size_t> got = read_at(file.fd, at, sample.data(), sample.size());
    if (!got) return std::nullopt;
    all.append(sample.data(), *got);
    if (last == 0) break;
  }
  return all;
}

/// Why `now` is not what `then` was.
std::string difference(const InputMark& then, const InputMark& now) {
  if (then.name != now.name) return then.name + " is not among the inputs in its place";
  if (then.size != now.size) {
    return now.name + " was " + (then.size.empty() ? "not there" : then.size + " bytes") +
           ", and is " + (now.size.empty() ? "not there" : now.size + " bytes");
  }
  if (then.time != now.time) return now.name + " was changed since";
  if (now.content == kUnreadable) return now.name + " cannot be read now";
  if (then.content == kUnreadable) return now.name + " could not be read then, and can be now";
  return now.name + " holds other bytes";
}

}  // namespace

Status check_checkpointable(const RunOptions& options) {
  const auto refuse = [](std::string reason) { return usage("checkpoint", std::move(reason)); };
  if (options.task != RunTask::kVerify) return refuse("verify alone has checkpoints");
  const bool standard_input =
      options.inputs.empty() || std::ranges::find(options.inputs, "-") != options.inputs.end();
  if (standard_input)
    return refuse("standard input cannot be read again where a run stopped: name files");
  if (options.verdicts_path == "-")
    return refuse("verdicts on standard output cannot be cut back: name a file");
  if (!compression_suffix(options.verdicts_path).empty())
    return refuse("compressed verdicts cannot be cut back: " + options.verdicts_path);
  const Looked verdicts = look(options.verdicts_path);
  if (verdicts.there && !verdicts.regular)
    return refuse("verdicts must be a regular file: " + options.verdicts_path);
  const Looked checkpoint = look(options.checkpoint_path);
  if (checkpoint.there && !checkpoint.regular)
    return refuse(options.checkpoint_path + " is not a regular file");
  struct stat link {};
  if (::lstat(options.checkpoint_path.c_str(), &link) == 0 && S_ISLNK(link.st_mode))
    return refuse(options.checkpoint_path + " is a symbolic link: name the file itself");
  return Unit{};
}

Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path) {
  const auto refuse = [&](std::string reason) {
    return Error{
        ErrorKind::kFormat, path,
        "no checkpoint that can be used: " + std::move(reason) + "; remove it to begin anew"};
  };
  const auto unreadable = [&] {
    return Error{ErrorKind::kUnreadable, path, std::generic_category().message(errno)};
  };
  // One file from its first to its last byte: its owner may put another one in its place.
  const OpenFile file(open_to_lock(path));
  if (file.fd < 0 && errno == ENOENT) return std::optional<Checkpoint>();
  struct stat info {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) return unreadable();
  if (!S_ISREG(info.st_mode)) return refuse("it is not a regular file");
  if (!take_lock(file.fd)) return held_by_another(path);
  if (static_cast<std::size_t>(info.st_size) > kMostBytes) return refuse("it is too large");
  // It tells the run what is done: who writes it can have tokens passed over.
  if (info.st_uid != ::geteuid()) return refuse("it belongs to another user");
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) return refuse("others may write to it");
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  const std::optional<std::size_t> have = read_at(file.fd, 0, text.data(), text.size());
  if (!have) return unreadable();
  if (*have < text.size()) return refuse("it is cut off");
  const std::size_t body = kMagic.size() + kDigestDigits + 1;
  if (!text.starts_with(kMagic) || text.size() < body || text[body - 1] != '\n') {
    const bool other = text.starts_with("jotmill.checkpoint/") && text.size() >= body;
    return refuse(other ? "it is of another version" : "it is something else, or cut off");
  }
  const std::string_view rest = std::string_view(text).substr(body);
  if (sha256_hex(rest) != text.substr(kMagic.size(), kDigestDigits))
    return refuse("it is cut off or altered (its checksum does not fit)");
  Result<Checkpoint> read = read_checkpoint(rest, path);
  if (!read) return refuse(read.error().reason);
  return std::optional<Checkpoint>(std::move(read).value());
}

std::string CheckpointBook::hash(std::string_view text) const {
  return sha256_hex(marks_.salt + std::string(text)).substr(0, 32);
}

Status CheckpointBook::mark_inputs() {
  for (const SourceEntry& source : list_.sources) {
    InputMark mark{.name = make_label(source.name), .size = {}, .time = {}, .content = {}};
    const Looked looked = look(source.name);
    if (source.name == "-" || (looked.there && !looked.regular)) {
      return usage("checkpoint", "inputs must be regular files, and " + mark.name + " is none");
    }
    if (looked.there) {
      mark.size = std::to_string(looked.info.st_size);
      mark.time = std::to_string(looked.info.st_mtim.tv_sec) + '.' +
                  std::to_string(looked.info.st_mtim.tv_nsec);
      const auto samples = samples_of(source.name, static_cast<std::uint64_t>(looked.info.st_size));
      mark.content = samples ? hash("content" + *samples) : std::string(kUnreadable);
    }
    marks_.inputs.push_back(std::move(mark));
  }
  return Unit{};
}

/// Everything that decides a verdict, a record or the report. What does not (threads, kernels,
/// memo, chunk size) may differ.
void CheckpointBook::mark_options() {
  const Policy& policy = options_.policy;
  const BuildInfo& build = build_info();
  std::vector<std::string> unreadable;
  for (const Error& error : list_.unreadable) {
    unreadable.push_back(error.subject);
    unreadable.push_back(error.reason);
  }
  const std::pair<const char*, std::string> values[] = {
      {"version", build.version + ' ' + build.commit},
      // Names too: the report gives them, and those of some keys come from their files.
      {"keys", hex(key_mark(shop_.ring, shop_.fingerprint_key, as_bytes(marks_.salt))) +
                   of(key_labels(list_keys(shop_.ring)))},
      {"alg", of(policy.algs)},
      {"issuer", of(policy.issuers)},
      {"audience", of(policy.audiences)},
      {"subject", of(policy.subjects)},
      {"require", of(policy.require)},
      {"leeway", of(policy.leeway_exp) + ' ' + of(policy.leeway_nbf) + ' ' + of(policy.leeway_iat)},
      {"as-of", policy.as_of_record     ? "record"
                : options_.as_of_is_now ? "now"
                                        : of(policy.as_of)},
      {"max-age", policy.max_age ? of(*policy.max_age) : "none"},
      {"typ", policy.typ ? "typ " + *policy.typ : "none"},
      {"claims", policy.claims ? "on" : "off"},
      {"allow-padding", policy.allow_padding ? "on" : "off"},
      {"allow-weak-secret", policy.allow_weak_secret ? "on" : "off"},
      {"max-token-bytes", std::to_string(policy.max_token_bytes)},
      {"max-record-bytes", std::to_string(options_.max_record_bytes)},
      {"format", std::to_string(static_cast<int>(options_.format))},
      {"field", of(options_.fields)},
      {"year", options_.year ? std::to_string(*options_.year) : "none"},
      {"verdicts", options_.verdicts_path},
      {"only", std::to_string(static_cast<int>(options_.only))},
      {"show", of(options_.show)},
      {"list of unreadable folders", of(unreadable)},
  };
  for (const auto& [name, value] : values)
    marks_.made_with[name] = hash(std::string(name) + '=' + value);
}

Status CheckpointBook::compare(const Checkpoint& stopped) const {
  const auto refuse = [&](std::string reason) {
    return usage(options_.checkpoint_path, std::move(reason) + "; remove it to begin anew");
  };
  if (stopped.made_with != marks_.made_with) {
    // The version first: it may know of other options.
    for (const char* name : {"version", "keys"}) {
      const auto then = stopped.made_with.find(name);
      if (then == stopped.made_with.end() || then->second != marks_.made_with.at(name))
        return refuse(name == std::string_view("version") ? "was made by another version of jotmill"
                                                          : "was made with other keys");
    }
    for (const auto& [name, value] : marks_.made_with) {
      const auto then = stopped.made_with.find(name);
      if (then == stopped.made_with.end() || then->second != value)
        return refuse("was made with another " + name);
    }
    return refuse("was made with other options");
  }
  if (stopped.inputs.size() != marks_.inputs.size()) {
    return refuse("was made with " + std::to_string(stopped.inputs.size()) + " inputs, not " +
                  std::to_string(marks_.inputs.size()));
  }
  for (std::size_t i = 0; i < marks_.inputs.size(); ++i) {
    if (stopped.inputs[i] != marks_.inputs[i])
      return refuse("was made with other inputs: " +
                    difference(stopped.inputs[i], marks_.inputs[i]));
  }
  const std::size_t told =
      std::min<std::size_t>(std::size_t{stopped.position.source} + 1, marks_.inputs.size());
  if (stopped.position.source > marks_.inputs.size() || stopped.formats.size() != told)
    return refuse("speaks of a place that is none");
  // Of what `auto` found, and of a file that is no HAR after all, the stopped run knows best.
  const InputFormat asked = options_.format;
  const bool settled = asked == InputFormat::kLines || asked == InputFormat::kText;
  const bool other =
      std::ranges::any_of(stopped.formats, [&](InputFormat found) { return found != asked; });
  const bool untold = stopped.position.source < stopped.formats.size() &&
                      stopped.position.offset_bytes > 0 &&
                      stopped.formats[stopped.position.source] == InputFormat::kAuto;
  if ((settled && other) || untold) return refuse("speaks of formats that are not those asked for");
  return Unit{};
}

Status CheckpointBook::begin(const std::optional<Checkpoint>& stopped) {
  marks_ = {};
  marks_.salt = stopped ? stopped->salt : random_salt();
  marks_.as_of = options_.policy.as_of;
  if (Status marked = mark_inputs(); !marked) return marked.error();
  mark_options();
  if (stopped) {
    if (Status same = compare(*stopped); !same) return same.error();
  }
  due_ = Clock::now() + std::chrono::milliseconds(options_.checkpoint_interval_ms);
  // Now, and not after hours, when the first is due.
  return file_->hold(options_.checkpoint_path, kMagic);
}

std::string CheckpointBook::hash_of_end(int fd, std::uint64_t bytes) const {
  std::string end(std::min<std::uint64_t>(bytes, kLastBytes), '\0');
  static_cast<void>(read_at(fd, bytes - end.size(), end.data(), end.size()));
  return hash("end" + end);
}

Status CheckpointBook::check_output(const Checkpoint& stopped, int fd) const {
  if (hash_of_end(fd, stopped.output_bytes) == stopped.output_end) return Unit{};
  return usage(options_.checkpoint_path, "speaks of other records than those in " +
                                             options_.verdicts_path + "; remove it to begin anew");
}

Status CheckpointBook::write(Checkpoint made, int fd) {
  const Clock::time_point begun = Clock::now();
  made.salt = marks_.salt;
  made.made_with = marks_.made_with;
  made.inputs = marks_.inputs;
  made.as_of = marks_.as_of;
  made.output_end = hash_of_end(fd, made.output_bytes);
  const std::string body = render_checkpoint(made);
  Status written = file_->replace(std::string(kMagic) + sha256_hex(body) + '\n' + body);
  due_ = Clock::now();
  if (options_.checkpoint_interval_ms > 0) {
    due_ += std::max<Clock::duration>(std::chrono::milliseconds(options_.checkpoint_interval_ms),
                                      kShareOfTime * (Clock::now() - begun));
  }
  return written;
}

}  // namespace jotmill
