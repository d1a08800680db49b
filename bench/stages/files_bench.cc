// The stages that deal with files, each alone, over 8 MiB of HS256 tokens in a temporary folder:
// read (chunks cut from a plain file), decompress (a gzip member, a zstd frame), write (plain,
// gzip, zstd). The page cache holds the files: what is measured is our side of them, and the
// codec's. Bytes a second are decompressed ones. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "bench/run_benchmarks.h"
#include "core/batch.h"
#include "cpu/features.h"
#include "input/chunker.h"
#include "input/decompress.h"
#include "input/source.h"
#include "sinks/output_file.h"
#include "tools/bench/workload.h"

namespace {

using namespace jotmill;

constexpr std::size_t kBytes = std::size_t{8} << 20;

std::string some_tokens() {
  auto source = tools::algorithm_workload("HS256", {.quick = true, .tokens = 25'000});
  if (!source) std::abort();
  const auto made = tools::make_workload(source.value(), {});
  if (!made) std::abort();
  std::ifstream in(made.value().options.inputs.front(), std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  text.resize(text.rfind('\n', kBytes) + 1);
  return text;
}

/// A folder that goes away with its content, and the tokens in it, packed as their names say.
class Files {
 public:
  Files() : text_(some_tokens()) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "jotmill-files-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    folder_ = pattern;
    for (const char* ending : {"", ".gz", ".zst"}) write(input(ending));
  }
  ~Files() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  const std::string& text() const { return text_; }
  std::string input(const std::string& ending) const { return folder_ + "/in" + ending; }
  std::string output(const std::string& ending) const { return folder_ + "/out" + ending; }
  /// As the writer does it: one piece a chunk.
  bool write(const std::string& path) const {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    OutputFile out;
    if (!out.open(path)) return false;
    for (std::size_t at = 0; at < text_.size(); at += kPiece)
      out.write(std::string_view(text_).substr(at, kPiece));
    out.close();
    return !out.error();
  }

 private:
  std::string text_, folder_;
};

void count_bytes(benchmark::State& state, const Files& files) {
  const auto bytes = static_cast<std::int64_t>(files.text().size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bytes);
}

void read_chunks(benchmark::State& state, const Files& files) {
  Chunk chunk;
  for (auto _ : state) {
    SourceReader source;
    if (!source.open(files.input(""))) return state.SkipWithError("no input");
    Decompressor plain;
    plain.begin(source);
    Chunker chunker({});
    chunker.begin(plain, 0, nullptr);
    std::size_t bytes = 0;
    for (;;) {
      const Result<bool> more = chunker.next(chunk);
      if (!more) return state.SkipWithError("the input could not be read");
      if (!more.value()) break;
      bytes += chunk.size_bytes;
    }
    if (bytes != files.text().size()) return state.SkipWithError("not all was read");
  }
  count_bytes(state, files);
}

void decompress(benchmark::State& state, const Files& files, const std::string& ending) {
  std::vector<std::uint8_t> block(256 * 1024);
  for (auto _ : state) {
    SourceReader source;
    if (!source.open(files.input(ending))) return state.SkipWithError("no input");
    Decompressor packed;
    packed.begin(source);
    std::size_t bytes = 0;
    for (;;) {
      const Result<std::size_t> got = packed.read(block.data(), block.size());
      if (!got) return state.SkipWithError("the input is damaged");
      if (got.value() == 0) break;
      bytes += got.value();
    }
    if (bytes != files.text().size()) return state.SkipWithError("not all was decompressed");
  }
  count_bytes(state, files);
}

void write(benchmark::State& state, const Files& files, const std::string& ending) {
  for (auto _ : state) {
    if (!files.write(files.output(ending))) return state.SkipWithError("it could not be written");
  }
  count_bytes(state, files);
}

}  // namespace

int main(int argc, char** argv) {
  const Files files;
  const auto add = [&](const std::string& name, auto run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond);
  };
  add("read/plain", [&](benchmark::State& state) { read_chunks(state, files); });
  for (const std::string ending : {".gz", ".zst"}) {
    add("decompress/" + ending.substr(1),
        [&files, ending](benchmark::State& state) { decompress(state, files, ending); });
  }
  for (const std::string ending : {"", ".gz", ".zst"}) {
    add("write/" + (ending.empty() ? "plain" : ending.substr(1)),
        [&files, ending](benchmark::State& state) { write(state, files, ending); });
  }
  return jotmill::bench::run_benchmarks(argc, argv);
}
