// Time of a token in each stage that looks at it without cryptography: extract, decode, header,
// payload, judge, format, over batches of 2,048 tokens as the generator makes them: "short" (some
// 300 characters), "long" (some 4,400) and "mixed" sizes, which keep the branch predictor from
// learning one; every token is another one. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true
//
// A stage changes its batch, so the stages before it are run anew for each iteration, outside the
// time that counts.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "claims/header.h"
#include "claims/payload.h"
#include "core/batch.h"
#include "cpu/features.h"
#include "decode/decode.h"
#include "input/extract.h"
#include "judge/judge.h"
#include "kernels/kernels.h"
#include "sinks/records.h"
#include "tools/generate/capture.h"
#include "tools/generate/embedded.h"
#include "tools/generate/produce.h"
#include "tools/generate/world.h"

namespace {

using namespace jotmill;

constexpr std::uint64_t kTokens = 2048;

std::string tokens_of_sizes(std::vector<tools::ClaimSize> sizes) {
  std::string recipe_text;
  for (const tools::EmbeddedFile& file : tools::embedded_recipes()) {
    if (file.name == "hs256") recipe_text = file.text;
  }
  auto recipe = tools::parse_recipe(recipe_text);
  const auto pools = tools::KeyPools::load();
  if (!recipe || !pools) std::abort();
  recipe.value().count = kTokens;
  recipe.value().sizes = std::move(sizes);
  const auto world = tools::World::build(std::move(recipe).value(), pools.value());
  if (!world) std::abort();
  std::string capture;
  tools::ProduceOptions options;
  options.sink = [&](std::string_view name, std::string_view bytes) -> Status {
    if (name == tools::capture_name(world.value())) capture += bytes;
    return Unit{};
  };
  if (!tools::produce(world.value(), options)) std::abort();
  return capture;
}

Policy strict_policy() {
  Policy policy;
  policy.issuers = {"https://issuer.example"};
  policy.audiences = {"api"};
  policy.require = {"exp"};
  policy.as_of = TimePoint{1'800'000'000, 0};
  return policy;
}

/// A batch, and the stages over it in order.
class Line {
 public:
  explicit Line(const std::string& capture)
      : policy_(strict_policy()),
        headers_(policy_),
        payloads_(policy_, {}),
        sources_{"capture.txt"} {
    chunk_.bytes.assign(capture.begin(), capture.end());
    chunk_.size_bytes = capture.size();
    chunk_.bytes.resize(capture.size() + kSlackBytes);
    const CpuMask cpu = detect_cpu();
    for (const auto& variant : kernels::base64url_variants()) {
      if (variant.fn != nullptr && cpu.has(variant.needs)) decode_ = variant.fn;
    }
    records_.source_names = sources_;
  }

  void extract() {
    batch_.clear();
    extract_lines(chunk_, batch_);
  }
  void decode() { decode_segments(batch_, policy_, decode_); }
  void header() { headers_.parse_headers(batch_); }
  /// As if a key had been found and the signature were good.
  void trust() {
    for (std::size_t i = 0; i < batch_.size; ++i) {
      batch_.passed[i] =
          static_cast<std::uint8_t>(batch_.passed[i] | kPassedBind | kPassedSignature);
    }
  }
  void payload() { payloads_.parse_payloads(batch_); }
  void judge() {
    judge_claims(batch_, policy_);
    settle(batch_, policy_);
  }
  void format() {
    out_.clear();
    batch_.token_id.resize(batch_.size);
    format_records(batch_, records_, out_);
  }
  /// Whether all stages did their work: what was fast because it refused everything is no result.
  bool all_accepted() const {
    std::size_t accepted = 0;
    for (const Verdict verdict : batch_.verdict) accepted += verdict == Verdict::kAccepted ? 1 : 0;
    return accepted == kTokens;
  }
  std::size_t bytes() const { return chunk_.size_bytes; }

 private:
  Policy policy_;
  Chunk chunk_;
  TokenBatch batch_;
  HeaderParser headers_;
  PayloadParser payloads_;
  kernels::Base64urlDecodeFn* decode_ = nullptr;
  std::vector<std::string> sources_;
  RecordContext records_;
  std::string out_;
};

using Step = void (Line::*)();
constexpr std::pair<std::string_view, Step> kSteps[] = {
    {"extract", &Line::extract}, {"decode", &Line::decode},   {"header", &Line::header},
    {"trust", &Line::trust},     {"payload", &Line::payload}, {"judge", &Line::judge},
    {"format", &Line::format}};

void run_stage(benchmark::State& state, const std::string& capture, std::size_t wanted) {
  Line line(capture);
  for (auto _ : state) {
    for (std::size_t step = 0; step < std::size(kSteps); ++step) {
      const auto start = std::chrono::steady_clock::now();
      (line.*kSteps[step].second)();
      const auto end = std::chrono::steady_clock::now();
      if (step == wanted) {
        state.SetIterationTime(std::chrono::duration<double>(end - start).count());
      }
    }
  }
  if (!line.all_accepted()) state.SkipWithError("a good token was not accepted");
  const auto iterations = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(iterations * static_cast<std::int64_t>(kTokens));
  state.SetBytesProcessed(iterations * static_cast<std::int64_t>(line.bytes()));
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::string> captures = {
      {"short", tokens_of_sizes({{160, 1}})},
      {"long", tokens_of_sizes({{3000, 1}})},
      {"mixed", tokens_of_sizes({{160, 4}, {300, 4}, {700, 2}, {3000, 1}})}};
  for (std::size_t step = 0; step < std::size(kSteps); ++step) {
    if (kSteps[step].first == "trust") continue;
    for (const auto& [name, capture] : captures) {
      benchmark::RegisterBenchmark(
          (std::string(kSteps[step].first) + "/" + name).c_str(),
          [&capture, step](benchmark::State& state) { run_stage(state, capture, step); })
          ->UseManualTime();
    }
  }
  benchmark::AddCustomContext("cpu", cpu_brand());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
