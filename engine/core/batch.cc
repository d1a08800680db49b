#include "core/batch.h"

#include <algorithm>
#include <limits>

#include "core/check.h"

namespace jotmill {
namespace {

/// Columns grow by this many rows at most: one resize a column and block costs a tenth of one a
/// token. A small batch doubles: clearing rows that it does not need took half the time of a single
/// verification.
constexpr std::size_t kFewestRows = 8, kMostRowsAtATime = 256;

/// Calls `fn` on every column that has one entry a token, so that clear() and add() cannot forget
/// one.
template <typename Fn>
void for_each_column(TokenBatch& b, Fn fn) {
  fn(b.token_off), fn(b.token_len), fn(b.token_unwrapped), fn(b.origin_off), fn(b.line);
  fn(b.channel), fn(b.channel_name), fn(b.layers), fn(b.has_record_time), fn(b.record_time);
  fn(b.dot1), fn(b.dot2);
  for (auto& column : b.seg_off) fn(column);
  for (auto& column : b.seg_len) fn(column);
  fn(b.alg), fn(b.alg_text), fn(b.kid), fn(b.cty_is_jwt);
  fn(b.cand_off), fn(b.cand_count), fn(b.key);
  fn(b.present), fn(b.exp), fn(b.nbf), fn(b.iat), fn(b.iss), fn(b.sub);
  fn(b.aud_off), fn(b.aud_count), fn(b.missing_claim), fn(b.shown_claims);
  fn(b.verdict), fn(b.passed), fn(b.detail);
}

}  // namespace

void TokenBatch::clear() {
  for_each_column(*this, [](auto& column) { column.clear(); });
  size = 0;
  chunk = nullptr;
  borrowed.clear();
  unwrapped.clear();
  long_records.clear();
  token_id.clear();
  candidates.clear();
  aud_refs.clear();
  text.clear();
}

std::size_t TokenBatch::add(std::uint32_t off, std::uint32_t len, bool in_unwrapped,
                            std::uint32_t origin, std::uint32_t line_index) {
  const std::size_t i = size++;
  if (i == token_off.size()) {
    const std::size_t more = std::clamp(i, kFewestRows, kMostRowsAtATime);
    for_each_column(*this, [&](auto& column) { column.resize(i + more); });
  }
  token_off[i] = off;
  token_len[i] = len;
  token_unwrapped[i] = in_unwrapped ? 1 : 0;
  origin_off[i] = origin;
  line[i] = line_index;
  alg[i] = Alg::kNone;
  key[i] = kNoKey;
  verdict[i] = kPending;
  return i;
}

std::size_t TokenBatch::add_borrowed(std::string_view token, std::uint32_t origin,
                                     std::uint32_t line_index) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  const auto len = static_cast<std::uint32_t>(std::min(token.size(), kMost));
  const std::size_t i = add(0, len, false, origin, line_index);
  borrowed.push_back(token.data());
  JM_CHECK(borrowed.size() == size);
  return i;
}

TextRef TokenBatch::add_text(std::string_view value) {
  const TextRef ref{static_cast<std::uint32_t>(text.size()),
                    static_cast<std::uint32_t>(value.size())};
  text.insert(text.end(), value.begin(), value.end());
  return ref;
}

void TokenBatch::reject(std::size_t i, Verdict why, std::string_view detail_text) {
  JM_CHECK(i < size && pending(i) && why != Verdict::kAccepted);
  // Without memory for its detail the token stays pending, and is an internal error.
  if (!detail_text.empty()) detail[i] = add_text(detail_text);
  verdict[i] = why;
}

}  // namespace jotmill
