// Columns of verdicts, filled row by row.

#include "doors/arrow_out.h"

#include "core/hex.h"
#include "jotmill/text.h"
#include "jotmill/verdict.h"

namespace jotmill::doors {
namespace {

/// As in records: whoever writes tokens must not decide how long a column gets.
constexpr std::size_t kMostTextBytes = 256;

}  // namespace

void Presence::add(bool present) {
  if (rows % 8 == 0) bits.push_back(0);
  if (present) {
    bits.back() = static_cast<std::uint8_t>(bits.back() | 1u << (rows % 8));
  } else {
    ++nulls;
  }
  ++rows;
}

void RepeatedTexts::add(std::string_view text) {
  presence.add(true);
  // Neighbours are mostly equal.
  if (last_ < 0 || key_ != text) {
    key_ = text;
    const auto [found, is_new] =
        known_.try_emplace(key_, static_cast<std::int32_t>(texts.ends.size()));
    if (is_new) texts.add(text);
    last_ = found->second;
  }
  indices.push_back(last_);
}

void RepeatedTexts::add_null() {
  presence.add(false);
  indices.push_back(0);
}

void VerdictColumns::add_safe(RepeatedTexts& column, const TokenBatch& batch, TextRef ref) {
  if (!ref.present()) return column.add_null();
  words_.clear();
  append_shown(words_, cut_at(batch.text_of(ref), kMostTextBytes), SafeText::kEscape);
  column.add(words_);
}

void VerdictColumns::add_row(const TokenBatch& batch, std::size_t i) {
  if (wants(JOTMILL_COLUMN_CHANNEL)) {
    words_.assign(words(batch.channel[i]));
    if (has_name(batch.channel[i]))
      append_shown(words_, batch.text_of(batch.channel_name[i]), SafeText::kEscape);
    channel_.add(words_);
  }
  if (wants(JOTMILL_COLUMN_LAYERS)) {
    words_.clear();
    for (const Layer layer : batch.layers[i])
      words_.append(words_.empty() ? "" : ";").append(words(layer));
    layers_.add(words_);
  }
  if (wants(JOTMILL_COLUMN_VERDICT)) verdict_.add(code(batch.verdict[i]));
  if (wants(JOTMILL_COLUMN_ALG)) add_safe(alg_, batch, batch.alg_text[i]);
  if (wants(JOTMILL_COLUMN_KID)) add_safe(kid_, batch, batch.kid[i]);
  if (wants(JOTMILL_COLUMN_DETAIL)) {
    detail_.presence.add(batch.detail[i].present());
    words_.clear();
    append_shown(words_, cut_at(batch.text_of(batch.detail[i]), kMostTextBytes), SafeText::kEscape);
    detail_.texts.add(words_);
  }
  if (wants(JOTMILL_COLUMN_TOKEN_ID)) {
    token_id_.presence.add(true);
    words_.clear();
    append_hex(words_, batch.token_id[i]);
    token_id_.texts.add(words_);
  }
  if (wants(JOTMILL_COLUMN_CLAIMS)) {
    claims_.presence.add(batch.shown_claims[i].present());
    claims_.texts.add(batch.text_of(batch.shown_claims[i]));
  }
}

void VerdictColumns::add_null_row() {
  for (const auto& [flag, column] :
       {std::pair(JOTMILL_COLUMN_CHANNEL, &channel_), std::pair(JOTMILL_COLUMN_LAYERS, &layers_),
        std::pair(JOTMILL_COLUMN_VERDICT, &verdict_), std::pair(JOTMILL_COLUMN_ALG, &alg_),
        std::pair(JOTMILL_COLUMN_KID, &kid_)}) {
    if (wants(flag)) column->add_null();
  }
  for (const auto& [flag, column] :
       {std::pair(JOTMILL_COLUMN_DETAIL, &detail_), std::pair(JOTMILL_COLUMN_TOKEN_ID, &token_id_),
        std::pair(JOTMILL_COLUMN_CLAIMS, &claims_)}) {
    if (!wants(flag)) continue;
    column->presence.add(false);
    column->texts.close();
  }
}

void VerdictColumns::add(const TokenBatch& batch, const std::vector<std::string_view>& rows,
                         std::string_view source) {
  std::uint64_t offset = batch.chunk->offset_bytes;
  words_.clear();
  append_shown(words_, source, SafeText::kEscape);
  const std::string safe_source = words_;
  std::size_t answer = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (wants(JOTMILL_COLUMN_SOURCE)) source_.add(safe_source);
    if (wants(JOTMILL_COLUMN_LINE)) line_.push_back(batch.chunk->first_line + row);
    if (wants(JOTMILL_COLUMN_OFFSET)) offset_.push_back(offset);
    offset += rows[row].size() + 1;
    if (answer < batch.size && batch.line[answer] == row) {
      add_row(batch, answer++);
    } else {
      add_null_row();
    }
  }
  rows_ += static_cast<std::int64_t>(rows.size());
}

void VerdictColumns::add_found(const TokenBatch& batch, std::string_view source,
                               const std::function<InColumn(std::uint64_t)>& place) {
  std::string safe_source;
  append_shown(safe_source, source, SafeText::kEscape);
  for (std::size_t i = 0; i < batch.size; ++i) {
    const std::uint64_t offset = batch.chunk->offset_bytes + batch.origin_off[i];
    if (wants(JOTMILL_COLUMN_SOURCE)) source_.add(safe_source);
    if (wants(JOTMILL_COLUMN_LINE)) line_.push_back(batch.chunk->first_line + batch.line[i]);
    if (wants(JOTMILL_COLUMN_OFFSET)) offset_.push_back(offset);
    if ((columns_ & (JOTMILL_COLUMN_ROW | JOTMILL_COLUMN_ROW_OFFSET)) != 0) {
      const InColumn in_column = place(offset);
      row_.push_back(in_column.row);
      row_offset_.push_back(in_column.offset_bytes);
    }
    add_row(batch, i);
  }
  rows_ += static_cast<std::int64_t>(batch.size);
}

}  // namespace jotmill::doors
