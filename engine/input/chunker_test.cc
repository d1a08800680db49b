#include "input/chunker.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "input/extract.h"
#include "support/catch.h"

using namespace jotmill;

namespace {

/// A file with the given bytes that goes away with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes) {
    const char* folder = std::getenv("TMPDIR");
    path_ = std::string(folder ? folder : "/tmp") + "/jotmill-chunker-XXXXXX";
    const int fd = ::mkstemp(path_.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Not a hash: remembers the bytes, so that a test can see what would be hashed.
class RecordingDigest final : public TokenDigest {
 public:
  void begin() override { bytes.clear(); }
  void update(Bytes piece) override { bytes += as_text(piece); }
  std::array<std::uint8_t, 32> finish() override { return {}; }
  std::string bytes;
};

struct Seen {
  std::string token;
  std::uint64_t line, offset, len_bytes;
  bool operator==(const Seen&) const = default;
};

/// Tokens of a file in lines format, cut with the given sizes.
std::vector<Seen> read_all(const std::string& bytes, std::size_t chunk_bytes,
                           std::size_t max_record_bytes, RecordCounts* counts = nullptr) {
  const TemporaryFile file(bytes);
  SourceReader reader;
  REQUIRE(reader.open(file.path()).ok());
  RecordingDigest digest;
  Chunker chunker({.chunk_bytes = chunk_bytes, .max_record_bytes = max_record_bytes});
  chunker.begin(reader, 0, &digest);
  std::vector<Seen> seen;
  Chunk chunk;
  TokenBatch batch;
  std::uint64_t next_offset = 0;
  for (;;) {
    const Result<bool> more = chunker.next(chunk);
    REQUIRE(more.ok());
    if (!more.value()) break;
    CHECK(chunk.offset_bytes >= next_offset);
    next_offset = chunk.offset_bytes + chunk.size_bytes;
    batch.clear();
    const RecordCounts got = extract_lines(chunk, batch);
    CHECK(got.conserved());
    if (counts) counts->add(got);
    for (std::size_t i = 0; i < batch.size; ++i) {
      const bool over = chunk.oversize.present || batch.token_len[i] > max_record_bytes;
      std::string token(chunk.oversize.present ? digest.bytes : std::string(batch.token(i)));
      const std::size_t len = batch.len_bytes(i);
      CHECK(token.size() == len);
      if (over) token = "<over>" + token;
      seen.push_back(
          {token, chunk.first_line + batch.line[i], chunk.offset_bytes + batch.origin_off[i], len});
    }
  }
  CHECK_FALSE(reader.changed().has_value());
  return seen;
}

}  // namespace

TEST_CASE("every chunk size gives the same tokens, lines and offsets") {
  std::mt19937 random(20261123);
  for (int round = 0; round < 60; ++round) {
    std::string bytes;
    const int lines = static_cast<int>(random() % 40);
    for (int l = 0; l < lines; ++l) {
      const std::size_t len = random() % 7 == 0 ? random() % 300 : random() % 20;
      for (std::size_t i = 0; i < len; ++i) bytes += "ab.\r\t "[random() % 6];
      bytes += random() % 4 == 0 ? "\r\n" : "\n";
    }
    if (random() % 2 == 0) bytes += "last\r";
    RecordCounts whole_counts;
    const std::vector<Seen> whole = read_all(bytes, 1 << 20, 100, &whole_counts);
    for (const std::size_t chunk_bytes : {1, 2, 7, 64, 101, 1000}) {
      RecordCounts counts;
      CHECK(read_all(bytes, chunk_bytes, 100, &counts) == whole);
      CHECK(counts.records == whole_counts.records);
      CHECK(counts.blank == whole_counts.blank);
    }
  }
}

TEST_CASE("a chunk holds a bounded number of records however short they are") {
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) bytes += "a\n";
  const TemporaryFile file(bytes + "end");
  SourceReader reader;
  REQUIRE(reader.open(file.path()).ok());
  Chunker chunker({.chunk_bytes = 1 << 20, .max_record_bytes = 100});
  chunker.begin(reader, 0, nullptr);
  Chunk chunk;
  std::uint64_t records = 0, next_line = 1, next_offset = 0;
  while (chunker.next(chunk).value()) {
    CHECK(chunk.first_line == next_line);
    CHECK(chunk.offset_bytes == next_offset);
    TokenBatch batch;
    const RecordCounts counts = extract_lines(chunk, batch);
    CHECK(counts.records <= 4096);
    records += counts.records;
    next_line += counts.records;
    next_offset += chunk.size_bytes;
  }
  CHECK(records == 20'001);
  CHECK(next_offset == bytes.size() + 3);
}

TEST_CASE("a line far over the limit is one record of known length") {
  const std::string big(3'000'000, 'x');
  RecordCounts counts;
  const auto seen = read_all("a\n" + big + "\r\nb\n", 1000, 5000, &counts);
  REQUIRE(seen.size() == 3);
  CHECK(seen[0] == Seen{"a", 1, 0, 1});
  CHECK(seen[1] == Seen{"<over>" + big, 2, 2, big.size()});
  CHECK(seen[2] == Seen{"b", 3, 2 + big.size() + 2, 1});
  CHECK(counts.records == 3);
}

TEST_CASE("a long line of spaces is blank, with and without an end") {
  RecordCounts counts;
  CHECK(read_all(std::string(500'000, ' ') + "\n" + std::string(500'000, '\t'), 1000, 5000, &counts)
            .empty());
  CHECK(counts.records == 2);
  CHECK(counts.blank == 2);
}

TEST_CASE("a lone CR belongs to the token, also of an oversize one without a line end") {
  CHECK(read_all("a\rb\n", 64, 100) == std::vector<Seen>{{"a\rb", 1, 0, 3}});
  CHECK(read_all("a\r", 64, 100) == std::vector<Seen>{{"a\r", 1, 0, 2}});
  const std::string big(200'000, 'y');
  CHECK(read_all(big + "\r", 64, 100) ==
        std::vector<Seen>{{"<over>" + big + "\r", 1, 0, big.size() + 1}});
}

TEST_CASE("peek does not consume") {
  const TemporaryFile file("one\ntwo\n");
  SourceReader reader;
  REQUIRE(reader.open(file.path()).ok());
  Chunker chunker({.chunk_bytes = 4, .max_record_bytes = 100});
  chunker.begin(reader, 0, nullptr);
  CHECK(as_text(chunker.peek(5)) == "one\nt");
  Chunk chunk;
  REQUIRE(chunker.next(chunk).value());
  CHECK(as_text(chunk.view()) == "one\n");
  REQUIRE(chunker.next(chunk).value());
  CHECK(as_text(chunk.view()) == "two\n");
  CHECK_FALSE(chunker.next(chunk).value());
}

TEST_CASE("a file that is replaced, grows or goes away is told") {
  const TemporaryFile file("one\n");
  SourceReader reader;
  REQUIRE(reader.open(file.path()).ok());
  std::uint8_t buffer[64];
  while (reader.read(buffer, sizeof buffer).value() > 0) {
  }
  CHECK_FALSE(reader.changed().has_value());
  std::ofstream(file.path(), std::ios::app) << "two\n";
  CHECK(reader.changed() == "was 4 bytes, is 8");
  ::unlink(file.path().c_str());
  REQUIRE(reader.changed().has_value());
  CHECK(reader.changed()->starts_with("gone at the end"));
}

TEST_CASE("a file that cannot be opened is an error with its name") {
  SourceReader reader;
  const Status status = reader.open("/no/such/file");
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().kind == ErrorKind::kUnreadable);
  CHECK(status.error().subject == "/no/such/file");
}
