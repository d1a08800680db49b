// run() as a library user calls it: what only shows in the outcome and the report.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "jotmill/jotmill.h"
#include "jotmill/jotmill.hpp"
#include "support/catch.h"
#include "support/cpu_under_test.h"
#include "support/engine_adapter.h"
#include "support/packed.h"

using namespace jotmill;

namespace {

constexpr const char* kKeys =
    R"({"kty":"oct","kid":"k","k":"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"})";

struct Job {
  testing::TemporaryFolder folder;
  RunOptions options;

  Job() {
    options.keys = {KeySource{.path = folder.write("keys.json", kKeys)}};
    options.threads = 2;
    options.cpu_mask = testing::cpu_mask_under_test();
  }
  RunOutcome go() {
    Result<RunOutcome> outcome = run(options);
    REQUIRE(outcome.ok());
    return std::move(outcome).value();
  }
};

}  // namespace

TEST_CASE("every byte of the input is counted once, whatever the format was found by") {
  for (const InputFormat format : {InputFormat::kAuto, InputFormat::kLines}) {
    Job job;
    job.options.inputs = {job.folder.write("a", "a.b.c\n"), job.folder.write("b", "d.e.f\n\n")};
    job.options.format = format;
    const RunOutcome outcome = job.go();
    CHECK(outcome.report.input_bytes == 13);
    CHECK(outcome.report.tokens == 2);
    CHECK(outcome.exit_code() == 1);
  }
}

TEST_CASE("an input that cannot be read is an event in its place") {
  Job job;
  job.options.inputs = {job.folder.write("a", "a.b.c\n"), "/no/such/file",
                        job.folder.write("b", "d.e.f\n")};
  const RunOutcome outcome = job.go();
  CHECK(outcome.report.tokens == 2);
  REQUIRE(outcome.report.events.total() == 1);
  CHECK(outcome.report.events.listed.begin()->source == "/no/such/file");
  CHECK(outcome.exit_code() == 3);
}

TEST_CASE("an interrupt ends the run cleanly and says so") {
  Job job;
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "a.b.c\n";
  job.options.inputs = {job.folder.write("a", lines)};
  job.options.chunk_bytes = 100;
  RunHooks hooks;
  int polls = 0;
  hooks.interrupted = [&] { return ++polls > 20; };
  Result<RunOutcome> outcome = run(job.options, hooks);
  REQUIRE(outcome.ok());
  CHECK(outcome.value().interrupted);
  CHECK(outcome.value().report.interrupted);
  CHECK(outcome.value().report.tokens > 0);
  CHECK(outcome.value().report.tokens < 10'000);
  CHECK(outcome.value().exit_code() == 130);
  CHECK_FALSE(check_conservation(outcome.value().report).has_value());
}

namespace {

/// Lines, a file that is missing, compressed lines, and another that is missing: some 20 chunks.
struct StoppableJob : Job {
  std::string checkpoint = (folder.path() / "ck").string();

  StoppableJob() {
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += "a.b.c" + std::to_string(i) + "\n";
    options.inputs = {folder.write("a", lines), "/no/such/file",
                      folder.write("b.gz", testing::gzip(lines)), "/no/such/file/either"};
    options.format = InputFormat::kLines;
    options.chunk_bytes = 100;
    options.checkpoint_path = checkpoint;
    options.checkpoint_interval_ms = 0;
    options.verdicts_path = (folder.path() / "records.ndjson").string();
  }
  RunOutcome interrupted_at_poll(int which) {
    std::atomic<int> polls = 0;
    RunHooks hooks;
    hooks.interrupted = [&] { return ++polls >= which; };
    Result<RunOutcome> outcome = run(options, hooks);
    REQUIRE(outcome.ok());
    return std::move(outcome).value();
  }
  std::string records() const { return content(options.verdicts_path); }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
};

}  // namespace

TEST_CASE("an interrupt at any moment: the same run again ends as if there had been none") {
  StoppableJob job;
  const RunOutcome whole = job.go();
  const std::string records = job.records();
  REQUIRE(whole.report.tokens == 200);
  REQUIRE(whole.report.events.total() == 2);
  int interrupted = 0;
  for (int poll = 1; poll <= 100; ++poll) {
    CAPTURE(poll);
    std::filesystem::remove(job.checkpoint);
    if (!job.interrupted_at_poll(poll).interrupted) break;
    ++interrupted;
    const RunOutcome rest = job.go();
    REQUIRE(rest.report.tokens == 200);
    REQUIRE(rest.report.events.total() == 2);
    REQUIRE(rest.report.events.listed.size() == 2);
    REQUIRE(rest.report.input_bytes == whole.report.input_bytes);
    REQUIRE(job.records() == records);
  }
  CHECK(interrupted > 15);
}

TEST_CASE("an interrupt while what is done is passed over leaves the checkpoint as it was") {
  StoppableJob job;
  const RunOutcome first = job.interrupted_at_poll(17);
  REQUIRE(first.interrupted);
  const std::string checkpoint = StoppableJob::content(job.checkpoint);
  REQUIRE(first.report.tokens > 100);
  const RunOutcome again = job.interrupted_at_poll(1);
  CHECK(again.interrupted);
  CHECK(again.exit_code() == 130);
  CHECK(again.report.tokens <= first.report.tokens);
  CHECK(again.report.tokens > 100);
  CHECK(StoppableJob::content(job.checkpoint) == checkpoint);
  CHECK(job.go().report.tokens == 200);
}

TEST_CASE("no keys, bad policies and bad fields are errors, and nothing is run") {
  Job job;
  job.options.inputs = {job.folder.write("a", "a.b.c\n")};
  const auto error_of = [](const RunOptions& options) {
    const Result<RunOutcome> outcome = run(options);
    REQUIRE_FALSE(outcome.ok());
    return outcome.error().kind;
  };
  RunOptions no_keys = job.options;
  no_keys.keys.clear();
  CHECK(error_of(no_keys) == ErrorKind::kNoKeys);
  RunOptions bad_alg = job.options;
  bad_alg.policy.algs = {"HS257"};
  CHECK(error_of(bad_alg) == ErrorKind::kUsage);
  RunOptions contradiction = job.options;
  contradiction.policy.claims = false;
  contradiction.policy.issuers = {"x"};
  CHECK(error_of(contradiction) == ErrorKind::kUsage);
  RunOptions bad_field = job.options;
  bad_field.fields = {"no-slash"};
  CHECK(error_of(bad_field) == ErrorKind::kUsage);
  RunOptions bad_kernel = job.options;
  bad_kernel.kernels = {{"rsa", "magic"}};
  CHECK(error_of(bad_kernel) == ErrorKind::kUsage);
  for (const std::size_t bytes : {std::size_t{0}, (std::size_t{1} << 30) + 1, ~std::size_t{0}}) {
    RunOptions bad_token = job.options, bad_record = job.options, bad_chunk = job.options;
    bad_token.policy.max_token_bytes = bad_record.max_record_bytes = bad_chunk.chunk_bytes = bytes;
    CHECK(error_of(bad_token) == ErrorKind::kUsage);
    CHECK(error_of(bad_record) == ErrorKind::kUsage);
    CHECK(error_of(bad_chunk) == ErrorKind::kUsage);
    CHECK_FALSE(Verifier::create(bad_token.keys, bad_token.policy).ok());
  }
  RunOptions bad_output = job.options;
  bad_output.verdicts_path = "/no/such/folder/verdicts";
  CHECK(error_of(bad_output) == ErrorKind::kOutput);
}

TEST_CASE("the order of exit codes: the highest that applies wins") {
  RunOutcome outcome;
  CHECK(outcome.exit_code() == 1);  // no token at all
  outcome.report.tokens = outcome.report.verdicts[0] = 2;
  CHECK(outcome.exit_code() == 0);
  outcome.report.verdicts[0] = 1;
  CHECK(outcome.exit_code() == 1);
  outcome.input_incomplete = true;
  CHECK(outcome.exit_code() == 3);
  outcome.output_error = Error{ErrorKind::kOutput, "x", "full"};
  CHECK(outcome.exit_code() == 4);
  outcome.broken_invariant = "sum";
  CHECK(outcome.exit_code() == 5);
  outcome.interrupted = true;
  CHECK(outcome.exit_code() == 130);
  outcome.reader_went_away = true;
  CHECK(outcome.exit_code() == 141);
  RunOutcome internal;
  internal.report.tokens = 1;
  internal.report.verdicts[static_cast<std::size_t>(Verdict::kInternalError)] = 1;
  CHECK(internal.exit_code() == 5);
}

namespace {

/// Byte i of a secret that stands nowhere in the program as it is.
constexpr char secret_byte(std::size_t i) {
  return static_cast<char>((i * 167 + (i >> 3) * 91) ^ 0xC3);
}

/// How often the secret's bytes 100 to 131 stand from `begin` to `end`. Read by the system, for a
/// thread that ends may take its pages with it; `piece`, which what is read goes to, is passed
/// over.
std::size_t copies_between(std::uintptr_t begin, std::uintptr_t end, int memory) {
  static std::array<char, 1 << 16> piece;
  std::uintptr_t own = 0;
  const char* first = piece.data();
  std::memcpy(&own, &first, sizeof own);
  std::size_t copies = 0;
  for (std::uintptr_t at = begin; at + 32 <= end;) {
    if (at >= own && at < own + piece.size()) {
      at = own + piece.size();
      continue;
    }
    const std::uintptr_t until = std::min({at + piece.size(), end, at < own ? own : end});
    const ssize_t got = ::pread(memory, piece.data(), until - at, static_cast<off_t>(at));
    const std::size_t size = got > 0 ? static_cast<std::size_t>(got) : 0;
    for (std::size_t i = 0; i + 32 <= size; ++i) {
      std::size_t same = 0;
      while (same < 32 && piece[i + same] == secret_byte(100 + same)) ++same;
      copies += same == 32;
    }
    at += size > 31 ? size - 31 : until == own ? own - at : 4096;
  }
  piece.fill(0);
  return copies;
}

/// The same of all memory that this process can write.
std::size_t copies_in_memory() {
  std::size_t copies = 0;
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  REQUIRE(memory >= 0);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, rights) != 3) continue;
    constexpr std::uintptr_t kMostBytes = std::uintptr_t{1} << 32;  // more is a sanitizer's shadow
    if (rights[0] == 'r' && rights[1] == 'w' && end - begin <= kMostBytes)
      copies += copies_between(begin, end, memory);
  }
  ::close(memory);
  return copies;
}

}  // namespace

TEST_CASE("a secret in memory leaves no copy of itself behind") {
  KeySource source{.path = "secret", .raw_secret = true, .exact_secret = true};
  source.content.emplace(300, '\0');
  std::string& secret = *source.content;
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = secret_byte(i);
  CHECK(copies_in_memory() == 1);
  {
    Job job;
    job.options.keys.clear();
    job.options.keys.push_back(std::move(source));
    job.options.inputs = {job.folder.write("a", "a.b.c\n")};
    job.go();
    job.options.inputs = {"/no/such/folder/"};
    job.options.policy.algs = {"HS257"};
    CHECK_FALSE(run(job.options).ok());
    source = std::move(job.options.keys[0]);
  }
  CHECK(Verifier::create({&source, 1}, {}).ok());
  jotmill_options* options = nullptr;
  REQUIRE(jotmill_options_new(&options, nullptr) == JOTMILL_OK);
  for (jotmill_options* to : {options, static_cast<jotmill_options*>(nullptr)})
    jotmill_options_add_secret(to, nullptr, {secret.data(), secret.size()}, nullptr);
  jotmill_options_free(options);
  CHECK(copies_in_memory() == 1);
  ::explicit_bzero(secret.data(), secret.size());
  CHECK(copies_in_memory() == 0);
}
