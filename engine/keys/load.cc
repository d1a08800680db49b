#include "keys/load.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <system_error>

#include "keys/jwk.h"
#include "keys/key_ring_builder.h"
#include "keys/pem.h"
#include "keys/pkix.h"
#include "keys/prepare.h"

namespace jotmill {
namespace {

Error unreadable(const std::string& path, int error) {
  return Error{ErrorKind::kUnreadable, path, std::generic_category().message(error)};
}

struct FileHandle {
  int number;
  ~FileHandle() {
    if (number >= 0) ::close(number);
  }
};

// The whole of a file, a pipe or a device, up to `most` bytes. The buffer grows by doubling and is
// wiped wherever it goes.
Result<SecretBytes> read_file(const std::string& path, std::size_t most) {
  const FileHandle file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number < 0) return unreadable(path, errno);
  struct stat status {};
  if (::fstat(file.number, &status) != 0) return unreadable(path, errno);
  if (S_ISDIR(status.st_mode)) return unreadable(path, EISDIR);
  SecretBytes bytes;
  const auto expected = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  bytes.resize(std::min(std::max<std::size_t>(expected + 1, 4096), most + 1));
  for (std::size_t length = 0;;) {
    if (length == bytes.size()) bytes.resize(std::min(2 * length, most + 1));
    const ssize_t count = ::read(file.number, bytes.data() + length, bytes.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path, errno);
    length += static_cast<std::size_t>(count);
    if (length > most) {
      return Error{ErrorKind::kKeys, path, "over " + std::to_string(most >> 20) + " MiB"};
    }
    if (count == 0) {
      bytes.resize(length);
      return bytes;
    }
  }
}

// The file, or what the caller has in its place.
Result<SecretBytes> read_source(const KeySource& source, std::size_t most) {
  if (!source.content) return read_file(source.path, most);
  if (source.content->size() > most) {
    return Error{ErrorKind::kKeys, source.path, "over " + std::to_string(most >> 20) + " MiB"};
  }
  return SecretBytes(source.content->begin(), source.content->end());
}

// What a file is, by its content. DER first: no text has its length bytes right by chance.
Result<KeyFile> parse_key_file(Bytes bytes, CurveArithmetic& arithmetic) {
  const std::string_view text = as_text(bytes);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return Error{ErrorKind::kKeys, {}, "empty file"};
  if (is_der_sequence(bytes)) return parse_der(bytes, arithmetic);
  if (text[first] == '{' || text[first] == '[') return parse_jwk(text);
  if (holds_pem(text)) return parse_pem(text, arithmetic);
  if (text.starts_with("\xEF\xBB\xBF{")) return parse_jwk(text);  // which says why not
  if (bytes[0] == 0x30 && bytes.size() > 1 && bytes[1] >= 0x80) {
    return Error{ErrorKind::kKeys, {}, "DER that is cut short or malformed"};
  }
  if (key_in_disguise(bytes) == "an SSH key") {
    return Error{ErrorKind::kKeys, {}, "an SSH key; ssh-keygen -e -m PKCS8 makes a PEM file of it"};
  }
  return Error{ErrorKind::kKeys, {}, "neither JWK, JWK Set, PEM nor DER"};
}

class Loader {
 public:
  explicit Loader(bool allow_weak_secret) : preparer_(allow_weak_secret) {}

  Status load(const KeySource& source) {
    if (source.raw_secret) return load_secret(source);
    std::error_code error;
    if (!source.content && std::filesystem::is_directory(source.path, error)) {
      return load_folder(source.path);
    }
    return load_file(source);
  }
  KeyRing finish() { return builder_.build(); }
  std::size_t key_count() const { return builder_.key_count(); }

 private:
  Status load_file(const KeySource& source) {
    const std::string& path = source.path;
    const Result<SecretBytes> bytes = read_source(source, kMostKeyFileBytes);
    if (!bytes) return bytes.error();
    Result<KeyFile> file = parse_key_file(bytes.value(), preparer_.arithmetic());
    if (!file) {
      Error error = file.error();
      error.subject = path;
      return error;
    }
    builder_.begin_source(path);
    for (const std::string& remark : file.value().warnings) builder_.warn(path, remark);
    for (PreparedKey& key : file.value().keys) preparer_.prepare(key);
    builder_.add(std::move(file.value().keys));
    return Unit{};
  }

  Status load_folder(const std::string& path) {
    std::error_code error;
    std::vector<std::string> files, others;
    for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code gone;
      (std::filesystem::is_regular_file(entry->status(gone)) ? files : others)
          .push_back(entry->path().string());
    }
    if (error) return Error{ErrorKind::kUnreadable, path, error.message()};
    std::ranges::sort(files);
    std::ranges::sort(others);
    for (const std::string& other : others) {
      builder_.warn(other, "not a regular file, skipped");
    }
    if (files.empty()) builder_.warn(path, "no file in it");
    for (const std::string& file : files) {
      if (Status status = load_file({.path = file}); !status) return status;
    }
    return Unit{};
  }

  Status load_secret(const KeySource& source) {
    Result<SecretBytes> read = read_source(source, kMostSecretBytes);
    if (!read) return read.error();
    SecretBytes& secret = read.value();
    if (const std::string_view kind = key_in_disguise(secret); !kind.empty()) {
      return Error{ErrorKind::kKeys, source.path,
                   "holds " + std::string(kind) + ", no secret; give it as a key file"};
    }
    builder_.begin_source(source.path);
    if (!source.exact_secret && secret.size() > 0 && secret.back() == '\n') {
      secret.pop_back();
      if (secret.size() > 0 && secret.back() == '\r') secret.pop_back();
      builder_.warn(source.path, "one trailing newline dropped from the secret");
    }
    PreparedKey key;
    key.type = KeyType::kOct;
    key.has_kid = source.kid.has_value();
    key.kid = source.kid.value_or("");
    key.secret = std::move(secret);
    preparer_.prepare(key);
    builder_.add(std::move(key));
    return Unit{};
  }

  KeyPreparer preparer_;
  KeyRingBuilder builder_;
};

}  // namespace

Result<KeyRing> load_keys(std::span<const KeySource> sources, bool allow_weak_secret) try {
  if (sources.empty()) return Error{ErrorKind::kNoKeys, {}, {}};
  Loader loader(allow_weak_secret);
  for (const KeySource& source : sources) {
    if (const Status status = loader.load(source); !status) return status.error();
  }
  if (loader.key_count() == 0) {
    const std::string& path = sources.front().path;
    return Error{ErrorKind::kNoKeys, path, "no key in " + path};
  }
  return loader.finish();
} catch (const std::bad_alloc&) {
  return Error{ErrorKind::kInternal, "keys", "out of memory"};
}

void wipe_contents(std::span<KeySource> sources) {
  for (KeySource& source : sources) {
    if (source.content) ::explicit_bzero(source.content->data(), source.content->size());
  }
}

}  // namespace jotmill
