// The story of a chunk. Every stage is a verb over the columns of one batch, and one worker does
// them all, so the batch stays in its cache. A stage looks only at tokens that are still pending
// and carry the mark of the stage before; it either decides a token or leaves its own mark. Whoever
// has neither at the end was forgotten, and settle() says internal_error.

#include "pipeline/process.h"

#include <algorithm>
#include <exception>

#include "core/hex.h"
#include "decode/decode.h"
#include "judge/judge.h"
#include "keys/bind.h"
#include "keys/hmac_states.h"

namespace jotmill {

namespace {

SecretVector<HmacStates> fingerprint_states(Bytes key) {
  return key.empty() ? SecretVector<HmacStates>() : make_hmac_states(key);
}

}  // namespace

Worker::Worker(const Shop& shop, const RunPlan* plan)
    : shop_(shop),
      plan_(plan),
      headers_(shop.policy, shop.header_memo),
      signatures_(shop.ring, shop.signatures),
      payloads_(shop.policy, shop.show),
      fingerprints_(fingerprint_states(shop.fingerprint_key), shop.signatures.sha256,
                    shop.signatures.sha512) {
  if (plan_) finder_.emplace(plan_->find);
}

void Worker::run_stages(TokenBatch& batch, StageTimer& timer, BatchWork& work) {
  // Three segments of bytes for each token, or the reason why there are none (rooms A and B).
  decode_segments(batch, shop_.policy, shop_.kernels.base64url_decode);
  timer.lap(Stage::kDecode);

  // What the token says about itself; nothing of it is believed yet (room C).
  headers_.parse_headers(batch, work.headers);
  timer.lap(Stage::kHeader);

  // From here on a token has at least one key that may serve its alg (room D).
  bind_keys(batch, shop_.ring);
  timer.lap(Stage::kKeys);

  // From here on a token's bytes are known to come from the holder of the key (room E).
  signatures_.verify_signatures(batch, timer, work);

  // Only now may the payload be looked at (room F) and its claims be judged (room G).
  if (shop_.policy.claims) {
    payloads_.parse_payloads(batch);
    timer.lap(Stage::kPayload);
    judge_claims(batch, shop_.policy);
  }

  // Every token that all stages have marked is accepted; a pending one without all marks is an
  // internal error.
  settle(batch, shop_.policy);
  timer.lap(Stage::kJudge);
}

void Worker::judge(TokenBatch& batch, StageTimes& stage_ns, BatchWork& work) {
  StageTimer timer(stage_ns);
  try {
    run_stages(batch, timer, work);
  } catch (const std::exception&) {
    // Tokens that were decided before keep their verdict; the others have none and must not look as
    // if they had.
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (batch.pending(i)) batch.verdict[i] = Verdict::kInternalError;
    }
  }
}

void Worker::fingerprint(TokenBatch& batch, RecordFilter only) {
  batch.token_id.resize(batch.size);
  const auto keep = [&](std::size_t i, const auto& digest) {
    std::copy_n(digest.begin(), batch.token_id[i].size(), batch.token_id[i].begin());
  };
  wanted_tokens_.clear();
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (!is_wanted(batch.verdict[i], only)) continue;
    if (batch.chunk->oversize.present) {
      keep(i, batch.chunk->oversize.digest);
    } else {
      wanted_tokens_.push_back(as_bytes(batch.token(i)));
    }
  }
  const std::span<const DigestBytes> digests = fingerprints_.of(wanted_tokens_);
  for (std::size_t i = 0, next = 0; next < digests.size(); ++i) {
    if (is_wanted(batch.verdict[i], only)) keep(i, digests[next++]);
  }
}

/// Names kernel and token_id of each, as whoever looks for the broken part needs them.
void Worker::report_disagreements(Item& item) {
  constexpr std::size_t kMostReported = 100;
  for (const Disagreement& one : signatures_.take_disagreements()) {
    if (item.disagreements.size() == kMostReported) break;
    const Bytes token = as_bytes(item.batch.token(one.token));
    const DigestBytes digest = fingerprints_.of({&token, 1}).front();
    const auto words = [](Verdict verdict) {
      return verdict == Verdict::kAccepted ? "a good signature" : info(verdict).code;
    };
    item.disagreements.push_back(
        "cross-check: " + one.kernel + " says " + std::string(words(one.fast)) + ", OpenSSL says " +
        std::string(words(one.openssl)) + ", token_id " + hex(Bytes(digest).first(16)));
  }
}

/// The end of the story when nothing is to be verified.
void Worker::put_out_tokens(Item& item) {
  if (plan_->task == RunTask::kExtractRaw) {
    item.unprintable += format_raw_tokens(item.batch, item.records);
    return;
  }
  fingerprint(item.batch, RecordFilter::kAll);
  format_records(item.batch, *plan_->records, item.records);
}

/// From tokens to verdicts, record bytes and counts.
void Worker::process_batch(Item& item) {
  if (plan_->task != RunTask::kVerify) {
    StageTimer timer(item.stage_ns);
    put_out_tokens(item);
    return timer.lap(Stage::kFormat);
  }
  judge(item.batch, item.stage_ns, item.work);
  report_disagreements(item);
  StageTimer timer(item.stage_ns);
  if (plan_->records) {
    fingerprint(item.batch, plan_->records->only);
    format_records(item.batch, *plan_->records, item.records);
    timer.lap(Stage::kFormat);
  }
  item.stats.count(item.batch, plan_->count);
  timer.lap(Stage::kCount);
}

void Worker::process(Item& item) {
  item.records.clear();
  item.stats.clear();
  item.work = {};
  item.disagreements.clear();
  item.unprintable = 0;
  item.failed = false;
  try {
    // A chunk may hold any number of tokens, and memory is bounded: as many at a time as a batch
    // takes.
    finder_->begin(item.chunk, item.format);
    for (bool more = true; more;) {
      item.batch.clear();
      {
        StageTimer timer(item.stage_ns);
        more = finder_->next(item.batch);
        timer.lap(Stage::kExtract);
      }
      process_batch(item);
    }
    item.found = finder_->found();
  } catch (const std::exception&) {
    item.found = {};
    item.failed = true;
    // Whole records alone: npos + 1 is 0.
    item.records.resize(item.records.rfind('\n') + 1);
  }
}

}  // namespace jotmill
