#ifndef JOTMILL_PIPELINE_PROCESS_H_
#define JOTMILL_PIPELINE_PROCESS_H_

#include <optional>
#include <string>
#include <vector>

#include "claims/header.h"
#include "claims/payload.h"
#include "core/batch.h"
#include "core/batch_work.h"
#include "core/position.h"
#include "core/record_counts.h"
#include "core/stage.h"
#include "jotmill/options.h"
#include "pipeline/finder.h"
#include "pipeline/shop.h"
#include "sinks/records.h"
#include "stats/count.h"
#include "verify/fingerprints.h"
#include "verify/verify.h"

namespace jotmill {

/// What a run asks for beyond verdicts. Absent for tokens in memory.
struct RunPlan {
  RunTask task = RunTask::kVerify;
  FindOptions find;
  std::optional<RecordContext> records;
  CountContext count;
};

/// One chunk on its way through the pipeline, with everything that came of it. Kept and used again.
struct Item {
  Chunk chunk;
  InputFormat format = InputFormat::kLines;
  TokenBatch batch;
  FoundRecords found;
  BatchStats stats;
  std::string records;
  StageTimes stage_ns{};
  BatchWork work;
  /// Tokens on whose signature a kernel and OpenSSL disagree, in words: the run must end with exit
  /// 5.
  std::vector<std::string> disagreements;
  std::vector<InputEvent> events;  ///< of the sources before this chunk, since the last one
  RunPosition end;                 ///< behind the chunk ...
  bool ends_record = false;        ///< ... and whether a run can be taken up again there
  std::uint64_t unprintable = 0;   ///< tokens that kExtractRaw could not put on a line
  bool failed =
      false;  ///< memory ran out where no verdict could be kept: the run must end with exit 5
};

/// A worker: the stages in order, and what each keeps warm. Not thread-safe; one thread at a time
/// uses it.
class Worker {
 public:
  explicit Worker(const Shop& shop, const RunPlan* plan = nullptr);

  /// Chunk in, verdicts, counts and record bytes out.
  void process(Item& item);

  /// The verdict stages alone, over a batch whose extract columns are filled. Every token leaves
  /// with a verdict.
  void judge(TokenBatch& batch, StageTimes& stage_ns, BatchWork& work);

  /// token_id of every token that has its verdict and that `only` wants. Throws std::bad_alloc.
  void fingerprint(TokenBatch& batch, RecordFilter only);

 private:
  void run_stages(TokenBatch& batch, StageTimer& timer, BatchWork& work);
  void process_batch(Item& item);
  void report_disagreements(Item& item);
  void put_out_tokens(Item& item);

  const Shop& shop_;
  const RunPlan* plan_;
  std::optional<TokenFinder> finder_;
  HeaderParser headers_;
  SignatureVerifier signatures_;
  PayloadParser payloads_;
  Fingerprints fingerprints_;
  std::vector<Bytes> wanted_tokens_;
};

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_PROCESS_H_
