#include "fuzz/find.h"

#include <algorithm>

#include "core/batch.h"
#include "cpu/features.h"
#include "fuzz/require.h"
#include "kernels/kernels.h"
#include "pipeline/finder.h"
#include "support/reference_undo.h"

namespace jotmill::testing {
namespace {

std::string in_words(const reference::Extraction& all, std::size_t i) {
  if (i >= all.tokens.size()) return "nothing";
  const reference::ExtractedToken& token = all.tokens[i];
  std::string out = "line " + std::to_string(token.line) + " offset " +
                    std::to_string(token.offset) + " " + token.channel + " [";
  for (const std::string& layer : token.layers) out += layer + " ";
  return out + "] " + token.bytes;
}

std::string in_words(const char* name, std::uint64_t wanted, std::uint64_t found) {
  if (wanted == found) return "";
  return std::string(name) + ": reference " + std::to_string(wanted) + ", engine " +
         std::to_string(found);
}

Chunk chunk_of(std::string_view source) {
  Chunk chunk;
  chunk.bytes.assign(source.begin(), source.end());
  chunk.bytes.resize(source.size() + kSlackBytes);
  chunk.size_bytes = source.size();
  return chunk;
}

void take_rows(const TokenBatch& batch, reference::Extraction& out) {
  for (std::size_t i = 0; i < batch.size; ++i) {
    reference::ExtractedToken& token = out.tokens.emplace_back();
    token.line = batch.line[i] + batch.chunk->first_line;
    token.offset = batch.chunk->offset_bytes + batch.origin_off[i];
    token.channel = words(batch.channel[i]);
    if (has_name(batch.channel[i])) token.channel += batch.text_of(batch.channel_name[i]);
    for (const Layer layer : batch.layers[i]) token.layers.emplace_back(words(layer));
    token.bytes = batch.token(i);
  }
}

}  // namespace

reference::Extraction find(std::string_view source, InputFormat format, kernels::ScanFn* scan,
                           RecordCounts& counts) {
  TokenFinder finder(
      {.max_record_bytes = 1 << 24, .max_token_bytes = 256 * 1024, .scan = scan, .year = {}});
  const Chunk chunk = chunk_of(source);
  finder.begin(chunk, format);
  reference::Extraction out;
  TokenBatch batch;
  for (bool more = true; more;) {
    batch.clear();
    batch.chunk = &chunk;
    more = finder.next(batch);
    take_rows(batch, out);
  }
  counts = finder.found().counts;
  FUZZ_REQUIRE(counts.conserved());
  FUZZ_REQUIRE(counts.tokens == out.tokens.size());
  out.truncated = counts.truncated;
  out.redacted = counts.redacted;
  out.lookalike = counts.lookalike;
  return out;
}

void clear_channels(reference::Extraction& extraction) {
  for (auto& token : extraction.tokens) token.channel.clear();
}

bool is_shallow(std::string_view source) {
  const std::size_t room = 2;  // base64url around the token, and escapes in it
  return reference::undo_escapes(reference::plain(source, 0)).passes.size() + room <
         reference::kMostPasses;
}

std::string difference(const reference::Extraction& wanted, const reference::Extraction& found) {
  const std::size_t count = std::max(wanted.tokens.size(), found.tokens.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string left = in_words(wanted, i), right = in_words(found, i);
    if (left != right) return "reference: " + left + "\n  engine: " + right;
  }
  std::string out = in_words("truncated", wanted.truncated, found.truncated);
  if (out.empty()) out = in_words("redacted", wanted.redacted, found.redacted);
  if (out.empty()) out = in_words("lookalike", wanted.lookalike, found.lookalike);
  return out;
}

kernels::ScanFn* best_scan() {
  const CpuMask cpu = detect_cpu();
  for (const auto& variant : kernels::scan_variants()) {
    if (variant.fn != nullptr && cpu.has(variant.needs)) return variant.fn;
  }
  return kernels::scan_scalar;
}

}  // namespace jotmill::testing
