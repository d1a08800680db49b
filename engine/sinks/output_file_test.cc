// Compressed outputs are whole streams, and fail as plain ones do.

#include "sinks/output_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "sinks/records.h"
#include "support/catch.h"
#include "support/packed.h"

using namespace jotmill;
using namespace jotmill::testing;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base ? base : "/tmp") + "/jotmill-output-XXXXXX";
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Writes `text` in pieces of at most `piece` bytes; the file's bytes.
std::string written(const std::string& path, std::string_view text, std::size_t piece) {
  OutputFile file;
  REQUIRE(file.open(path).ok());
  for (std::size_t at = 0; at < text.size(); at += piece) file.write(text.substr(at, piece));
  file.close();
  CHECK_FALSE(file.error().has_value());
  CHECK_FALSE(file.is_open());
  return content(path);
}

std::string noisy_text(std::size_t bytes) {
  std::mt19937 random(4);
  std::string text;
  while (text.size() < bytes) text += std::to_string(random()) + "\n";
  return text;
}

}  // namespace

TEST_CASE("the suffix names the compression, and the one before it the records") {
  CHECK(compression_suffix("a.gz") == ".gz");
  CHECK(compression_suffix("a.csv.zst") == ".zst");
  CHECK(compression_suffix("a.xz").empty());
  CHECK(compression_suffix("-").empty());
  CHECK(record_format("a.csv.gz") == RecordFormat::kCsv);
  CHECK(record_format("a.csv.zst") == RecordFormat::kCsv);
  CHECK(record_format("a.csv") == RecordFormat::kCsv);
  CHECK(record_format("csv.gz") == RecordFormat::kNdjson);
  CHECK(record_format("a.ndjson.gz") == RecordFormat::kNdjson);
  CHECK(record_format("a.gz.csv") == RecordFormat::kCsv);
  CHECK(record_format("-") == RecordFormat::kNdjson);
}

TEST_CASE("what is written comes back whole, whatever the pieces it was written in") {
  const Folder folder;
  for (const std::size_t size : {0, 1, 70'000, 3'000'000}) {
    const std::string text = noisy_text(size);
    for (const std::size_t piece : {10, 1000, 10'000'000}) {
      if (piece == 10 && size > 100'000) continue;
      CAPTURE(size, piece);
      CHECK((written(folder / "plain", text, piece) == text));
      const std::string gz = written(folder / "out.gz", text, piece);
      const std::string zst = written(folder / "out.zst", text, piece);
      CHECK((unpack(Packing::kGzip, gz) == text));
      CHECK((unpack(Packing::kZstd, zst) == text));
      if (size > 1000) CHECK(gz.size() < text.size() * 2 / 3);
      if (size > 1000) CHECK(zst.size() < text.size() * 2 / 3);
    }
  }
}

TEST_CASE("the end of the stream comes also without close()") {
  const Folder folder;
  {
    OutputFile file;
    REQUIRE(file.open(folder / "a.gz").ok());
    file.write("left alone\n");
  }
  CHECK(unpack(Packing::kGzip, content(folder / "a.gz")) == "left alone\n");
}

TEST_CASE("a disk that fills up in the middle of a record leaves whole records") {
  const Folder folder;
  const std::string path = folder / "limited.ndjson";
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t limit : {rlim_t{1}, rlim_t{63}, rlim_t{64}, rlim_t{65}, rlim_t{1000}}) {
    const rlimit small{.rlim_cur = limit, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    OutputFile out;
    REQUIRE(out.open(path).ok());
    const std::string record = std::string(63, 'r') + "\n";
    for (int i = 0; i < 10; ++i) out.write(record + record);
    out.close();
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(out.error().has_value());
    CHECK(content(path).size() == limit / 64 * 64);
  }
  ::signal(SIGXFSZ, ignored);
}

TEST_CASE("a full disk is told, at the latest when the stream ends") {
  const Folder folder;
  for (const char* name : {"full.gz", "full.zst"}) {
    for (const std::size_t size : {0, 10, 3'000'000}) {
      CAPTURE(name, size);
      fs::remove(folder / name);
      fs::create_symlink("/dev/full", folder / name);
      OutputFile file;
      REQUIRE(file.open(folder / name).ok());
      file.write(noisy_text(size));
      file.close();
      REQUIRE(file.error().has_value());
      CHECK(file.error()->kind == ErrorKind::kOutput);
      CHECK(file.error()->reason == "No space left on device");
      CHECK_FALSE(file.reader_went_away());
    }
  }
}

TEST_CASE("a reader that goes away is told apart from an error") {
  const Folder folder;
  ::signal(SIGPIPE, SIG_IGN);
  for (const char* name : {"fifo.gz", "fifo.zst"}) {
    for (const std::size_t size : {10, 3'000'000}) {
      CAPTURE(name, size);
      fs::remove(folder / name);
      REQUIRE(::mkfifo((folder / name).c_str(), 0600) == 0);
      const int reader = ::open((folder / name).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
      REQUIRE(reader >= 0);
      OutputFile file;
      REQUIRE(file.open(folder / name).ok());
      ::close(reader);
      file.write(noisy_text(size));
      file.close();
      CHECK(file.reader_went_away());
      CHECK_FALSE(file.error().has_value());
    }
  }
}
