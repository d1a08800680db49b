// --checkpoint: what can have one, what is refused and leaves everything as it was, and that the
// file is hostile input. That killed runs end as undisturbed ones do is the business of
// tests/checkpoint.
#include <openssl/evp.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

std::string sha256_hex(const std::string& text) {
  unsigned char digest[32];
  REQUIRE(EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr) == 1);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

/// A folder with tokens, keys, and a run whose report could not be written (its place is a full
/// disk): all its records and its checkpoint are there.
struct Stopped {
  Folder folder;
  Stopped() {
    keys_file();
    std::string tokens;
    for (int i = 0; i < 100; ++i) tokens += (i % 3 == 0 ? forged_token() : good_token()) + "\n";
    write_file("in.txt", tokens);
    std::filesystem::create_symlink("/dev/full", in_folder("r.json"));
    const Ended ended = go();
    INFO(ended.err);
    REQUIRE(ended.exit_code == 4);
    REQUIRE(exists("ck"));
    REQUIRE(count_lines(read_file("out.ndjson")) == 100);
  }
  static Words args() {
    return {"verify",   "--keys", "keys.json",    "--verdicts", "out.ndjson",
            "--report", "r.json", "--checkpoint", "ck",         "--quiet",
            "--format", "lines",  "--audience",   "api",        "in.txt"};
  }
  static Ended go(const Words& more = {}) {
    Words all = args();
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
};

/// The run is refused with `said`, and neither records nor checkpoint are touched.
void check_refused(const std::string& said, const Words& more = {}) {
  const std::string checkpoint = read_file("ck");
  const std::string records = exists("out.ndjson") ? read_file("out.ndjson") : "";
  const Ended ended = Stopped::go(more);
  INFO(said);
  INFO(ended.err);
  CHECK(ended.exit_code == 2);
  CHECK(contains(ended.err, said));
  const bool names_it = contains(ended.err, "ck: ") || contains(ended.err, "ck is") ||
                        contains(ended.err, "the checkpoint");
  CHECK(names_it);
  CHECK(read_file("ck") == checkpoint);
  CHECK((exists("out.ndjson") ? read_file("out.ndjson") : "") == records);
}

/// The checkpoint with its checksum made to fit `body` again, as someone who means harm would.
void forge(const std::function<void(std::string& body)>& change) {
  std::string body = read_file("ck");
  body.erase(0, body.find('\n') + 1);
  change(body);
  write_file("ck", "jotmill.checkpoint/1 sha256=" + sha256_hex(body) + "\n" + body);
}

void set_member(std::string& body, const std::string& name, const std::string& value) {
  const std::size_t at = body.find("\"" + name + "\":");
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + name.size() + 3;
  body.replace(begin, body.find_first_of(",}", begin) - begin, value);
}

}  // namespace

TEST_CASE("a whole run removes its checkpoint; one whose report is lost goes on to write it") {
  const Stopped stopped;
  const std::string records = read_file("out.ndjson");
  std::filesystem::remove(in_folder("r.json"));
  const Ended ended = Stopped::go();
  INFO(ended.err);
  CHECK(ended.exit_code == 1);
  CHECK(read_file("out.ndjson") == records);
  CHECK(contains(read_file("r.json"), "\"tokens\":100"));
  CHECK_FALSE(exists("ck"));
  CHECK_FALSE(exists("ck.new"));
}

TEST_CASE("a checkpoint holds no token and no secret, and is for its owner alone") {
  const Stopped stopped;
  const std::string checkpoint = read_file("ck");
  CHECK_FALSE(contains(checkpoint, "eyJ"));
  CHECK_FALSE(contains(checkpoint, std::string(kSecret)));
  CHECK_FALSE(contains(checkpoint, base64url(kSecret)));
  CHECK_FALSE(contains(checkpoint, good_token().substr(good_token().rfind('.') + 1)));
  for (const char* path : {"ck", "out.ndjson"}) {
    struct stat info {};
    REQUIRE(::stat(in_folder(path).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a checkpoint of other options is refused with the reason") {
  const Stopped stopped;
  check_refused("another issuer", {"--issuer", "x"});
  check_refused("another audience", {"--audience", "web"});
  check_refused("another subject", {"--subject", "x"});
  check_refused("another alg", {"--alg", "HS256"});
  check_refused("another require", {"--require", "exp"});
  check_refused("another leeway", {"--leeway", "5s"});
  check_refused("another as-of", {"--as-of", "1800000000"});
  check_refused("another as-of", {"--as-of", "off"});
  check_refused("another max-age", {"--max-age", "5s"});
  check_refused("another typ", {"--typ", "JWT"});
  check_refused("another allow-padding", {"--allow-padding"});
  check_refused("another max-token-bytes", {"--max-token-bytes", "5K"});
  check_refused("another only", {"--only", "rejected"});
  check_refused("another show", {"--show", "iss"});
  check_refused("not 3", {"keys.json", "keys.json"});
  write_file("fingerprint.key", "0123456789abcdef");
  check_refused("other keys", {"--fingerprint-key", "fingerprint.key"});
  write_file("more.key", "0123456789abcdef0123456789abcdef");
  check_refused("other keys", {"--secret-file", "k2=more.key"});
}

TEST_CASE("how fast the run goes is no reason to refuse it") {
  const Stopped stopped;
  std::filesystem::remove(in_folder("r.json"));
  const Ended ended = Stopped::go({"--threads", "1", "--chunk-bytes", "1K", "--memo", "off",
                                   "--cross-check", "off", "--kernels", "base64url=scalar"});
  INFO(ended.err);
  CHECK(ended.exit_code == 1);
}

TEST_CASE("a checkpoint of other inputs is refused with the reason") {
  const Stopped stopped;
  const std::string tokens = read_file("in.txt");
  write_file("in.txt", tokens + good_token() + "\n");
  check_refused("in.txt was");
  std::string other = tokens;
  other[10] = other[10] == 'A' ? 'B' : 'A';
  write_file("in.txt", other);
  check_refused("in.txt was changed since");
  write_file("new.txt", tokens);
  std::filesystem::rename(in_folder("new.txt"), in_folder("in.txt"));
  check_refused("in.txt was changed since");
  std::filesystem::remove(in_folder("in.txt"));
  check_refused("in.txt was");
}

TEST_CASE("the same time and size, but other bytes") {
  const Stopped stopped;
  const auto time = std::filesystem::last_write_time(in_folder("in.txt"));
  const std::string tokens = read_file("in.txt");
  for (const std::size_t at : {std::size_t{10}, tokens.size() / 2, tokens.size() - 10}) {
    std::string other = tokens;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    write_file("in.txt", other);
    std::filesystem::last_write_time(in_folder("in.txt"), time);
    check_refused("in.txt holds other bytes");
  }
  // A copy with the time of the first, as after a restore or on another mount.
  write_file("copy.txt", tokens);
  std::filesystem::last_write_time(in_folder("copy.txt"), time);
  std::filesystem::rename(in_folder("copy.txt"), in_folder("in.txt"));
  std::filesystem::remove(in_folder("r.json"));
  CHECK(Stopped::go().exit_code == 1);
}

TEST_CASE("a key file of another name gives its keys other names in the report") {
  const Folder folder;
  const std::string same = R"({"keys":[{"kty":"oct","kid":"k1","alg":"HS256","k":")" +
                           base64url(kSecret) +
                           R"("},{"kty":"oct","kid":"k1","alg":"HS384","k":")" +
                           base64url("another-secret-0123456789abcdef!0123456789abcdef") + "\"}]}";
  write_file("keys.json", same);
  write_file("other.json", same);
  write_file("in.txt", good_token() + "\n");
  std::filesystem::create_symlink("/dev/full", in_folder("r.json"));
  const auto go = [](const char* keys) {
    return run({"verify", "--keys", keys, "--report", "r.json", "--checkpoint", "ck", "--quiet",
                "in.txt"});
  };
  REQUIRE(go("keys.json").exit_code == 4);
  const Ended other = go("other.json");
  CHECK(other.exit_code == 2);
  CHECK(contains(other.err, "made with other keys"));
  CHECK(go("keys.json").exit_code == 4);
}

TEST_CASE("a checkpoint that somebody else may write, or a link to one, is not believed") {
  const Stopped stopped;
  for (const mode_t mode : {0620U, 0602U, 0666U}) {
    REQUIRE(::chmod(in_folder("ck").c_str(), mode) == 0);
    check_refused("others may write to it");
  }
  REQUIRE(::chmod(in_folder("ck").c_str(), 0600) == 0);
  std::filesystem::rename(in_folder("ck"), in_folder("real"));
  std::filesystem::create_symlink("real", in_folder("ck"));
  check_refused("is a symbolic link");
}

TEST_CASE("a key with the name of another one is another key") {
  const Stopped stopped;
  write_file("keys.json", R"({"keys":[{"kty":"oct","kid":"k1","alg":"HS256","k":")" +
                              base64url("another-secret-0123456789abcdef!!") + "\"}]}");
  check_refused("other keys");
}

TEST_CASE("records that are not those of the checkpoint are refused") {
  const Stopped stopped;
  const std::string records = read_file("out.ndjson");
  write_file("out.ndjson", records.substr(0, records.size() - 1));
  check_refused("bytes, but the checkpoint speaks of");
  std::string other = records;
  other[other.size() - 10] ^= 1;
  write_file("out.ndjson", other);
  check_refused("other records");
  std::filesystem::remove(in_folder("out.ndjson"));
  check_refused("are gone");
  CHECK_FALSE(exists("out.ndjson"));
  // What stands behind its records was written after it, and is cut off.
  write_file("out.ndjson", records + "{\"half a rec");
  std::filesystem::remove(in_folder("r.json"));
  CHECK(Stopped::go().exit_code == 1);
  CHECK(read_file("out.ndjson") == records);
}

TEST_CASE("a checkpoint that is cut off or altered anywhere is refused") {
  const Stopped stopped;
  const std::string whole = read_file("ck");
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{27}, std::size_t{60},
                                 std::size_t{93}, whole.size() / 2, whole.size() - 1}) {
    write_file("ck", whole.substr(0, size));
    check_refused("no checkpoint that can be used");
  }
  for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 12) {
    std::string altered = whole;
    altered[at] ^= 4;
    write_file("ck", altered);
    check_refused("no checkpoint that can be used");
  }
  write_file("ck", whole + " ");
  check_refused("checksum");
  write_file("ck", "jotmill.checkpoint/2" + whole.substr(20));
  check_refused("another version");
}

TEST_CASE("a checkpoint that was forged with care is refused where it contradicts what is there") {
  const Stopped stopped;
  const std::string whole = read_file("ck");
  const auto refused_with = [&](const std::string& name, const std::string& value,
                                const std::string& said) {
    write_file("ck", whole);
    forge([&](std::string& body) { set_member(body, name, value); });
    INFO(name << " = " << value);
    check_refused(said);
  };
  refused_with("source", "2", "speaks of a place that is none");
  refused_with("source", "-1", "source");
  refused_with("source", "4294967296", "source");
  refused_with("offset", "\"0\"", "offset");
  refused_with("output_bytes", "1", "other records");
  refused_with("output_bytes", "9007199254740991", "bytes, but the checkpoint speaks of");
  refused_with("formats", "[9]", "formats");
  refused_with("formats", "[0]", "formats");
  refused_with("formats", "[2]", "formats");
  refused_with("salt", "7", "salt");
  refused_with("salt", "\"00\"", "another version");
  refused_with("unverified", "99", "add up");
  refused_with("as_of", "{\"s\":1e400}", "JSON");
  write_file("ck", whole);
  forge([](std::string& body) { body.erase(body.find('\0'), 1); });
  check_refused("a part of it is missing");
  write_file("ck", whole);
  forge([](std::string& body) { set_member(body, "position", std::string(100'000, '[')); });
  check_refused("JSON");
}

TEST_CASE("what cannot be read again or cut back has no checkpoint") {
  const Folder folder;
  keys_file();
  write_file("in.txt", good_token() + "\n");
  REQUIRE(::mkfifo(in_folder("pipe").c_str(), 0600) == 0);
  std::filesystem::create_directory(in_folder("dir"));
  const auto refused = [](const Words& more, const std::string& said) {
    Words all = {"verify", "--keys", "keys.json", "--checkpoint", "ck", "--quiet"};
    all.insert(all.end(), more.begin(), more.end());
    const Ended ended = run(all);
    INFO(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(contains(ended.err, said));
    CHECK_FALSE(exists("ck"));
    CHECK_FALSE(exists("out.ndjson"));
  };
  refused({}, "standard input");
  refused({"-"}, "standard input");
  refused({"in.txt", "-"}, "standard input");
  refused({"pipe"}, "regular files");
  refused({"--verdicts", "-", "in.txt"}, "standard output");
  refused({"--verdicts", "out.ndjson.gz", "in.txt"}, "compressed");
  refused({"--verdicts", "out.csv.zst", "in.txt"}, "compressed");
  refused({"--verdicts", "pipe", "in.txt"}, "regular file");
  refused({"--verdicts", "/dev/null", "in.txt"}, "regular file");
  refused({"--checkpoint", "dir", "in.txt"}, "--checkpoint");
  refused({"--checkpoint-interval", "soon", "in.txt"}, "--checkpoint-interval");
  for (const auto& [checkpoint, said] : {std::pair("in.txt", "is also"), std::pair("-", "a file"),
                                         std::pair("keys.json", "is also")}) {
    const Ended ended =
        run({"verify", "--keys", "keys.json", "--checkpoint", checkpoint, "in.txt"});
    INFO(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(contains(ended.err, said));
  }
  CHECK(read_file("in.txt") == good_token() + "\n");
  const Ended alone =
      run({"verify", "--keys", "keys.json", "--checkpoint-interval", "5s", "in.txt"});
  CHECK(alone.exit_code == 2);
  CHECK(contains(alone.err, "--checkpoint"));
}

TEST_CASE("a place where no checkpoint can be written is told before anything is done") {
  const Folder folder;
  keys_file();
  write_file("in.txt", good_token() + "\n");
  const Ended ended = run({"verify", "--keys", "keys.json", "--verdicts", "out.ndjson",
                           "--checkpoint", "nowhere/ck", "in.txt"});
  CHECK(ended.exit_code == 4);
  CHECK(contains(ended.err, "nowhere/ck: cannot be written: No such file"));
  CHECK(ended.out.empty());
  CHECK_FALSE(exists("out.ndjson"));
}

TEST_CASE("a foreign file where a checkpoint is first written stays as it is") {
  const Folder folder;
  keys_file();
  write_file("in.txt", good_token() + "\n");
  write_file("ck.new", "my notes");
  const Ended ended = run({"verify", "--keys", "keys.json", "--verdicts", "out.ndjson",
                           "--checkpoint", "ck", "in.txt"});
  CHECK(ended.exit_code == 2);
  CHECK(contains(ended.err, "ck.new"));
  CHECK(read_file("ck.new") == "my notes");
  CHECK_FALSE(exists("out.ndjson"));
}

namespace {

/// A run over many tokens that writes a checkpoint behind each chunk, and its first one is there.
struct Working {
  Folder folder;
  std::size_t tokens;
  static Words args(const Words& more) {
    Words all = {"verify", "--keys",        "keys.json", "--checkpoint-interval",
                 "0",      "--chunk-bytes", "1K",        "--threads",
                 "1",      "in.txt"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  explicit Working(std::size_t count) : tokens(count) {
    keys_file();
    std::string all;
    for (std::size_t i = 0; i < tokens; ++i) all += good_token() + "\n";
    write_file("in.txt", all);
    write_file("one.txt", good_token() + "\n");
  }
  static void wait_for(Running& run, const std::string& path) {
    run.close_input();
    for (int i = 0; i < 1000 && !exists(path); ++i) run.run_on(2);
    REQUIRE(exists(path));
  }
};

}  // namespace

TEST_CASE(
    "a second start is refused, and the first run's checkpoints go on as if it had not been") {
  const Working working(12'000);
  for (const bool with_records : {true, false}) {
    CAPTURE(with_records);
    Words more = {"--checkpoint", "ck"};
    if (with_records) more.insert(more.end(), {"--verdicts", "out.ndjson"});
    Running first(Start{Working::args(more)});
    Working::wait_for(first, "ck");
    for (int i = 0; i < 3; ++i) {
      const Ended second = run(Working::args(more));
      INFO(second.err);
      CHECK(second.exit_code == 2);
      CHECK(contains(second.err, "ck: another run is writing it"));
    }
    // Later checkpoints are still written: it is removed and comes back.
    std::filesystem::remove(in_folder("ck"));
    for (int i = 0; i < 1000 && !exists("ck"); ++i) first.run_on(2);
    CHECK(exists("ck"));
    first.signal(SIGINT);
    const Ended ended = first.wait();
    INFO(ended.err);
    CHECK(ended.exit_code == 130);
    CHECK_FALSE(exists("ck.new"));
    std::filesystem::remove(in_folder("ck"));
  }
}

TEST_CASE("a run without a checkpoint does not empty the records of one that is writing them") {
  const Working working(4000);
  Running first(Start{Working::args({"--checkpoint", "ck", "--verdicts", "out.ndjson"})});
  Working::wait_for(first, "ck");
  const Ended second =
      run({"verify", "--keys", "keys.json", "--verdicts", "out.ndjson", "one.txt"});
  INFO(second.err);
  CHECK(second.exit_code == 2);
  CHECK(contains(second.err, "out.ndjson: another run is writing it"));
  CHECK(first.wait().exit_code == 0);
  CHECK(count_lines(read_file("out.ndjson")) == working.tokens);
}

TEST_CASE("a checkpoint that cannot be written once is told at once, and written the next time") {
  const Working working(4000);
  Running first(Start{Working::args({"--checkpoint", "ck", "--verdicts", "out.ndjson"})});
  Working::wait_for(first, "ck");
  std::error_code taken;
  // Between two checkpoints the name is free.
  for (int i = 0; i < 100'000 && !std::filesystem::create_directory(in_folder("ck.new"), taken);
       ++i) {
  }
  REQUIRE(std::filesystem::is_directory(in_folder("ck.new")));
  std::filesystem::remove(in_folder("ck"));
  first.run_on(20);
  std::filesystem::remove(in_folder("ck.new"));
  const Ended ended = first.wait();
  INFO(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(contains(ended.err, "the run goes on, and tries again"));
  CHECK(count_lines(read_file("out.ndjson")) == working.tokens);
}

TEST_CASE("two runs do not write the same records") {
  const Folder folder;
  keys_file();
  std::string tokens;
  for (int i = 0; i < 20'000; ++i) tokens += good_token() + "\n";
  write_file("in.txt", tokens);
  const Words args = {"verify",     "--keys",        "keys.json", "--verdicts",
                      "out.ndjson", "--checkpoint",  "ck",        "--checkpoint-interval",
                      "0",          "--chunk-bytes", "1K",        "in.txt"};
  Running first(Start{args});
  first.close_input();
  for (int i = 0; i < 1000 && !exists("ck"); ++i) first.run_on(2);
  const Ended second = run(args);
  INFO(second.err);
  CHECK(second.exit_code == 2);
  CHECK(contains(second.err, "another run"));
  first.signal(SIGKILL);
  CHECK(first.wait().exit_code == 128 + SIGKILL);
  // The lock goes with its owner.
  CHECK(run({"verify", "--keys", "keys.json", "--verdicts", "out.ndjson", "--checkpoint", "ck",
             "in.txt"})
            .exit_code == 0);
  CHECK(count_lines(read_file("out.ndjson")) == 20'000);
}
