// Compressed captures in, compressed records out, as users see them.
#include <signal.h>

#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"
#include "tests/support/packed.h"

using namespace jotmill::cli_test;
using namespace jotmill::testing;

namespace {

using Words = std::vector<std::string>;

Ended verify(Words args, const std::string& input = "") {
  args.insert(args.begin(), {"verify", "--keys", keys_file(), "--verdicts", "verdicts.ndjson"});
  return run(args, input);
}

std::string records() { return read_file("verdicts.ndjson"); }

/// Different tokens, one a line, every third one forged.
std::string capture(int tokens) {
  std::string text;
  for (int i = 0; i < tokens; ++i) {
    text += i % 3 == 2 ? forged_token()
                       : token("{\"jti\":\"" + std::to_string(i * 7919) + "\",\"exp\":4102444800}");
    text += "\n";
  }
  return text;
}

constexpr long kRssLimitKib = 256 * 1024;

}  // namespace

TEST_CASE("a compressed capture gives the records of the plain one, from a file and from a pipe") {
  const Folder folder;
  const std::string text = capture(300);
  write_file("capture", text);
  REQUIRE(verify({"capture"}).exit_code == 1);
  const std::string plain = records();
  REQUIRE(count_lines(plain) == 300);
  for (const Packing packing : kPackings) {
    INFO(name(packing));
    const std::size_t half = text.size() / 2;
    for (const std::string& packed :
         {pack(packing, text), pack(packing, text.substr(0, half)) + pack(packing, "") +
                                   pack(packing, text.substr(half))}) {
      write_file("capture", packed);  // the name says nothing
      for (const char* chunk_bytes : {"64", "4K", "1M"}) {
        const Ended ended = verify({"capture", "--chunk-bytes", chunk_bytes, "--report", "r.json"});
        CHECK(ended.exit_code == 1);
        CHECK(ended.err.empty());
        CHECK(records() == plain);
        CHECK(contains(read_file("r.json"), "\"input_bytes\":" + std::to_string(text.size())));
      }
      CHECK(verify({}, packed).exit_code == 1);
      CHECK(count_lines(records()) == 300);
    }
  }
}

TEST_CASE("a trickling pipe is read as it comes") {
  const Folder folder;
  for (const Packing packing : kPackings) {
    INFO(name(packing));
    const std::string packed = pack(packing, good_token() + "\n" + good_token() + "\n");
    Running running(Start{{"verify", "--keys", keys_file(), "--verdicts", "verdicts.ndjson"}});
    for (const char byte : packed) {
      running.write(std::string(1, byte));
      running.run_on(1);
    }
    running.close_input();
    CHECK(running.wait().exit_code == 0);
    CHECK(members(records(), "verdict") == Words{"accepted", "accepted"});
  }
}

TEST_CASE("a cut capture: the whole records before it, one event, exit 3") {
  const Folder folder;
  const std::string text = capture(60);
  write_file("capture", text);
  verify({"capture"});
  const std::string plain = records();
  for (const Packing packing : kPackings) {
    const std::string packed = pack(packing, text);
    const std::vector<std::size_t> sizes = sizes_of_prefixes(packing, packed);
    for (std::size_t cut = 2; cut < packed.size(); cut += packed.size() / 40) {
      CAPTURE(name(packing), cut);
      write_file("capture", packed.substr(0, cut));
      const Ended ended = verify({"capture", "--report", "r.json"});
      CHECK(ended.exit_code == 3);
      const std::size_t whole = count_lines(text.substr(0, sizes[cut]));
      CHECK(count_lines(records()) == whole);
      CHECK(plain.starts_with(records()));
      const std::string report = read_file("r.json");
      CHECK(contains(report, "\"input_truncated\":1"));
      CHECK(contains(report, "\"decompress_error\":0"));
      CHECK(contains(report, "compressed byte " + std::to_string(cut)));
      CHECK(contains(ended.err, "ends before its end"));
    }
  }
}

TEST_CASE("a cut jsonl capture stays jsonl") {
  const Folder folder;
  const std::string text = "{\"token\":\"" + good_token() + "\"}\n{\"token\":\"" + good_token();
  const std::string packed = gzip(text);
  const Ended ended = verify({"--field", "/token"}, packed.substr(0, packed.size() - 8));
  CHECK(ended.exit_code == 3);
  CHECK(members(records(), "verdict") == Words{"accepted"});
  CHECK(members(records(), "channel") == Words{"field:/token"});
  CHECK(contains(ended.err, "was not judged"));
}

TEST_CASE("damage in one capture among several: its event, and the others are read") {
  const Folder folder;
  std::string bad_crc = gzip(good_token() + "\n");
  bad_crc[bad_crc.size() - 6] = static_cast<char>(bad_crc[bad_crc.size() - 6] ^ 1);
  write_file("a", bad_crc);
  write_file("b", xz(good_token() + "\n"));
  write_file("c", zstd(good_token() + "\n") + "garbage");
  const Ended ended = verify({"a", "b", "c", "--report", "r.json"});
  CHECK(ended.exit_code == 3);
  CHECK(members(records(), "source") == Words{"a", "b", "c"});
  CHECK(contains(read_file("r.json"), "\"decompress_error\":2"));
  CHECK(contains(ended.err, "incorrect data check"));
  CHECK(contains(ended.err, "what follows the last frame is no zstd"));
}

TEST_CASE("a gzip bomb of 1 GiB without a line end is one token_too_large in bounded memory") {
  const Folder folder;
  // 64 members of 16 MiB each: 1 MiB on the disk.
  const std::string member = gzip(std::string(16 << 20, '\0'), 9);
  std::string bomb;
  for (int i = 0; i < 64; ++i) bomb += member;
  write_file("bomb", bomb);
  const Ended ended = verify({"--format", "lines", "bomb", "--report", "r.json"});
  CHECK(ended.exit_code == 1);
  CHECK(members(records(), "verdict") == Words{"token_too_large"});
  CHECK(contains(read_file("r.json"), "\"input_bytes\":1073741824"));
  CHECK(ended.max_rss_kib < kRssLimitKib + kSanitizerKib);
}

TEST_CASE("compressed records are the plain ones, NDJSON and CSV") {
  const Folder folder;
  write_file("capture", capture(2000));
  for (const std::string base : {"out.ndjson", "out.csv"}) {
    for (const char* threads : {"1", "2"}) {
      Words args = {"verify", "--keys", keys_file(), "--threads", threads, "capture", "--verdicts"};
      for (const char* suffix : {"", ".gz", ".zst"}) {
        args.push_back(base + suffix);
        CHECK(run(args).exit_code == 1);
        args.pop_back();
      }
      const std::string plain = read_file(base);
      CHECK(count_lines(plain) == (base == "out.csv" ? 2001 : 2000));
      CHECK(unpack(Packing::kGzip, read_file(base + ".gz")) == plain);
      CHECK(unpack(Packing::kZstd, read_file(base + ".zst")) == plain);
    }
  }
}

TEST_CASE("no token at all: compressed records are an empty stream, not an empty file") {
  const Folder folder;
  for (const char* path : {"out.gz", "out.zst"}) {
    CHECK(run({"verify", "--keys", keys_file(), "--verdicts", path}, "").exit_code == 1);
    const Packing packing = contains(path, ".gz") ? Packing::kGzip : Packing::kZstd;
    CHECK(unpack(packing, read_file(path)) == "");
  }
}

TEST_CASE("an interrupt leaves compressed records that are whole") {
  const Folder folder;
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += good_token() + "\n";
  for (const Packing packing : {Packing::kGzip, Packing::kZstd}) {
    const std::string path = packing == Packing::kGzip ? "out.gz" : "out.zst";
    Running running(Start{{"verify", "--keys", keys_file(), "--verdicts", path, "--format", "lines",
                           "--chunk-bytes", "4K"}});
    running.write(many);
    for (int i = 0; i < 1000 && (!exists(path) || read_file(path).size() < 1000); ++i) {
      running.run_on(10);
    }
    running.signal(SIGINT);
    CHECK(running.wait().exit_code == 130);
    const auto unpacked = unpack(packing, read_file(path));
    REQUIRE(unpacked.has_value());
    CHECK(unpacked->ends_with("}\n"));
  }
}
