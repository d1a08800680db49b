// The front door for tokens in memory.

#include <utility>

#include "core/check.h"
#include "core/json.h"
#include "jotmill/jotmill.hpp"
#include "keys/load.h"
#include "pipeline/explain.h"
#include "pipeline/from_options.h"
#include "pipeline/process.h"
#include "pipeline/shop.h"

namespace jotmill {
namespace {

/// Tokens judged at a time: as many as a chunk of a run holds.
constexpr std::size_t kGroupTokens = 2048;
constexpr std::size_t kGroupBytes = 1 << 20;

std::optional<std::string> optional_text(const TokenBatch& batch, TextRef ref) {
  return ref.present() ? std::optional<std::string>(batch.text_of(ref)) : std::nullopt;
}

TokenVerdict read_row(const TokenBatch& batch, std::size_t i) {
  TokenVerdict answer;
  answer.verdict = batch.verdict[i];
  answer.detail = batch.text_of(batch.detail[i]);
  answer.alg = optional_text(batch, batch.alg_text[i]);
  answer.kid = optional_text(batch, batch.kid[i]);
  if (batch.key[i] != kNoKey) answer.key = batch.key[i];
  return answer;
}

std::string utf8_or_empty(Bytes bytes) {
  return json::validate_utf8(as_text(bytes)) ? std::string(as_text(bytes)) : std::string();
}

}  // namespace

struct Verifier::State {
  std::shared_ptr<const Shop> shop;
  std::shared_ptr<const std::vector<KeyInfo>> keys;
  Worker worker;
  TokenBatch batch;
  Chunk chunk;
  StageTimes stage_ns{};
  BatchWork work;
  std::size_t bytes = 0;  ///< of the tokens in the batch

  State(std::shared_ptr<const Shop> the_shop, std::shared_ptr<const std::vector<KeyInfo>> the_keys)
      : shop(std::move(the_shop)), keys(std::move(the_keys)), worker(*shop) {}

  void start() {
    batch.clear();
    batch.chunk = &chunk;
    bytes = 0;
  }
  void add(std::string_view token, const std::optional<TimePoint>& record_time = std::nullopt) {
    const std::size_t i = batch.add_borrowed(token, 0, 0);
    batch.has_record_time[i] = record_time.has_value();
    if (record_time) batch.record_time[i] = *record_time;
    bytes += token.size();
  }
};

Verifier::Verifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
Verifier::~Verifier() = default;
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;

Result<Verifier> Verifier::create(std::span<const KeySource> keys, const Policy& policy,
                                  const std::map<std::string, std::string>& kernels,
                                  const std::vector<std::string>& cpu_mask) {
  if (Status sound = check_limits({.policy = policy}); !sound) return sound.error();
  Result<std::shared_ptr<const Shop>> shop =
      open_shop({.keys = keys,
                 .policy = policy,
                 .kernels = kernels,
                 .cpu_mask = cpu_mask,
                 .table_memory_bytes = RunOptions{}.table_memory_bytes});
  if (!shop) return shop.error();
  auto infos = std::make_shared<const std::vector<KeyInfo>>(list_keys(shop.value()->ring));
  return Verifier(std::make_unique<State>(std::move(shop).value(), std::move(infos)));
}

Verifier Verifier::clone() const {
  return Verifier(std::make_unique<State>(state_->shop, state_->keys));
}

const std::vector<KeyInfo>& Verifier::keys() const { return *state_->keys; }
const std::vector<std::string>& Verifier::warnings() const { return state_->shop->warnings; }

TokenVerdict Verifier::verify(std::string_view token) {
  TokenVerdict answer;
  verify_many({&token, 1}, {&answer, 1});
  return answer;
}

void Verifier::verify_many(std::span<const std::string_view> tokens,
                           std::span<TokenVerdict> verdicts) {
  verify_many(tokens, {}, verdicts);
}

void Verifier::verify_many(std::span<const std::string_view> tokens,
                           std::span<const std::optional<TimePoint>> record_times,
                           std::span<TokenVerdict> verdicts) {
  JM_CHECK(tokens.size() == verdicts.size());
  JM_CHECK(record_times.empty() || record_times.size() == tokens.size());
  std::size_t done = 0;
  while (done < tokens.size()) {
    state_->start();
    std::size_t end = done;
    do {
      state_->add(tokens[end], record_times.empty() ? std::nullopt : record_times[end]);
      ++end;
    } while (end < tokens.size() && end - done < kGroupTokens && state_->bytes < kGroupBytes);
    state_->worker.judge(state_->batch, state_->stage_ns, state_->work);
    for (std::size_t i = 0; done < end; ++done, ++i) verdicts[done] = read_row(state_->batch, i);
  }
}

Explanation Verifier::explain(std::string_view token) {
  state_->start();
  state_->add(token);
  state_->worker.judge(state_->batch, state_->stage_ns, state_->work);
  const TokenBatch& batch = state_->batch;
  Explanation out;
  out.answer = read_row(batch, 0);
  if (batch.passed[0] & kPassedDecode) out.header_json = utf8_or_empty(batch.segment(0, 0));
  if (batch.passed[0] & kPassedSignature) out.payload_json = utf8_or_empty(batch.segment(0, 1));
  out.checks = explain_checks(batch, 0, state_->shop->policy, state_->shop->ring);
  return out;
}

Result<KeyListing> list_keys(std::span<const KeySource> sources, bool allow_weak_secret) {
  Result<KeyRing> ring = load_keys(sources, allow_weak_secret);
  if (!ring) return ring.error();
  const Result<ChosenKernels> chosen = choose_kernels({}, {});
  if (!chosen) return chosen.error();
  const SignatureSetup& by = chosen.value().signatures;
  KeyListing listing{list_keys(ring.value()), ring.value().warnings()};
  for (std::size_t i = 0; i < listing.keys.size(); ++i)
    listing.keys[i].tables = table_offers(ring.value().keys()[i], by.p256, by.ed25519);
  return listing;
}

}  // namespace jotmill
