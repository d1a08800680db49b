// Time of a token in each stage of a batch: extract, decode, header, keys, hash, signature,
// payload, judge, count, format, over batches of 2,048 tokens as the generator makes them: HS256
// "short" (some 300 characters), "long" (some 4,400) and "mixed" sizes, which keep the branch
// predictor from learning one; and RS256, ES256 and EdDSA, for the stages that know keys. Every
// token is another one. Run with
//   --benchmark_repetitions=10 --benchmark_report_aggregates_only=true
//
// A stage changes its batch, so the stages before it are run anew for each iteration, outside the
// time that counts. Reading, decompression and writing are measured with files: files_bench.

#include <benchmark/benchmark.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/run_benchmarks.h"
#include "claims/header.h"
#include "claims/payload.h"
#include "core/batch.h"
#include "core/stage.h"
#include "cpu/features.h"
#include "decode/decode.h"
#include "input/extract.h"
#include "judge/judge.h"
#include "keys/bind.h"
#include "pipeline/from_options.h"
#include "pipeline/shop.h"
#include "sinks/records.h"
#include "stats/count.h"
#include "tools/bench/workload.h"
#include "verify/verify.h"

namespace {

using namespace jotmill;

constexpr std::uint64_t kTokens = 2048;

/// So many tokens of an algorithm, with their keys and policy.
tools::Workload tokens_of(const std::string& alg, std::vector<tools::ClaimSize> sizes) {
  auto source = tools::algorithm_workload(alg, {.quick = true, .tokens = kTokens});
  if (!source) std::abort();
  if (!sizes.empty()) source.value().recipe.sizes = std::move(sizes);
  auto made = tools::make_workload(source.value(), {});
  if (!made) std::abort();
  made.value().options.memo_entries = 0;  // the same batch comes again and again
  return std::move(made).value();
}

std::shared_ptr<const Shop> shop_of(const RunOptions& options) {
  auto shop = open_shop(shop_order(options));
  if (!shop) std::abort();
  return std::move(shop).value();
}

/// A batch, and the stages over it in order.
class Line {
 public:
  explicit Line(const tools::Workload& workload)
      : shop_(shop_of(workload.options)),
        headers_(shop_->policy, shop_->header_memo),
        payloads_(shop_->policy, {}),
        signatures_(shop_->ring, shop_->signatures),
        sources_{"capture.txt"},
        count_(run_plan(workload.options, *shop_, sources_).count) {
    std::ifstream in(workload.options.inputs.front(), std::ios::binary);
    chunk_.bytes.assign(std::istreambuf_iterator<char>(in), {});
    chunk_.size_bytes = chunk_.bytes.size();
    chunk_.bytes.resize(chunk_.size_bytes + kSlackBytes);
    records_.source_names = sources_;
  }

  void extract() {
    batch_.clear();
    extract_lines(chunk_, batch_);
  }
  void decode() { decode_segments(batch_, shop_->policy, shop_->kernels.base64url_decode); }
  void header() { headers_.parse_headers(batch_); }
  void keys() { bind_keys(batch_, shop_->ring); }
  /// Two stages in one; each has its own time in stage_ns().
  void signature() {
    stage_ns_ = {};
    StageTimer timer(stage_ns_);
    signatures_.verify_signatures(batch_, timer, work_);
  }
  void payload() { payloads_.parse_payloads(batch_); }
  void judge() {
    judge_claims(batch_, shop_->policy);
    settle(batch_, shop_->policy);
  }
  void count() {
    stats_.clear();
    stats_.count(batch_, count_);
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
  double seconds_in(Stage stage) const {
    return 1e-9 * static_cast<double>(stage_ns_[static_cast<std::size_t>(stage)]);
  }

 private:
  std::shared_ptr<const Shop> shop_;
  Chunk chunk_;
  TokenBatch batch_;
  HeaderParser headers_;
  PayloadParser payloads_;
  SignatureVerifier signatures_;
  StageTimes stage_ns_{};
  BatchWork work_;
  std::vector<std::string> sources_;
  CountContext count_;
  BatchStats stats_;
  RecordContext records_;
  std::string out_;
};

using Step = void (Line::*)();
constexpr std::pair<std::string_view, Step> kSteps[] = {
    {"extract", &Line::extract}, {"decode", &Line::decode},       {"header", &Line::header},
    {"keys", &Line::keys},       {"signature", &Line::signature}, {"payload", &Line::payload},
    {"judge", &Line::judge},     {"count", &Line::count},         {"format", &Line::format}};

/// `wanted`: the name of a step, or "hash", which is a part of the step "signature".
void run_stage(benchmark::State& state, const tools::Workload& workload, std::string_view wanted) {
  Line line(workload);
  for (auto _ : state) {
    for (const auto& [name, step] : kSteps) {
      const auto start = std::chrono::steady_clock::now();
      (line.*step)();
      const auto end = std::chrono::steady_clock::now();
      if (name != "signature") {
        if (name == wanted) {
          state.SetIterationTime(std::chrono::duration<double>(end - start).count());
        }
      } else if (wanted == "hash" || wanted == "signature") {
        state.SetIterationTime(
            line.seconds_in(wanted == "hash" ? Stage::kHash : Stage::kSignature));
      }
    }
  }
  if (!line.all_accepted()) state.SkipWithError("a good token was not accepted");
  const auto iterations = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(iterations * static_cast<std::int64_t>(kTokens));
  state.SetBytesProcessed(iterations * static_cast<std::int64_t>(line.bytes()));
}

void register_stage(std::string_view stage, const std::string& name,
                    const tools::Workload& workload) {
  benchmark::RegisterBenchmark(
      (std::string(stage) + "/" + name).c_str(),
      [&workload, stage](benchmark::State& state) { run_stage(state, workload, stage); })
      ->UseManualTime();
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, tools::Workload> sizes, algorithms;
  sizes["short"] = tokens_of("HS256", {{160, 1}});
  sizes["long"] = tokens_of("HS256", {{3000, 1}});
  sizes["mixed"] = tokens_of("HS256", {{160, 4}, {300, 4}, {700, 2}, {3000, 1}});
  for (const char* alg : {"RS256", "ES256", "EdDSA"}) algorithms[alg] = tokens_of(alg, {});
  for (const auto& [stage, step] : kSteps) {
    for (const auto& [name, workload] : sizes) register_stage(stage, name, workload);
  }
  for (const auto& [name, workload] : sizes) register_stage("hash", name, workload);
  for (const char* stage : {"keys", "hash", "signature"}) {
    for (const auto& [name, workload] : algorithms) register_stage(stage, name, workload);
  }
  return jotmill::bench::run_benchmarks(argc, argv);
}
