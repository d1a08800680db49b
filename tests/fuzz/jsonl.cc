// JSON lines without --field: the same tokens as text, whatever the bytes; what is no JSON is
// counted so. With --field: what stands at the pointers, nothing else.
#include <algorithm>

#include "core/batch.h"
#include "fuzz/find.h"
#include "fuzz/require.h"
#include "input/extract.h"

namespace {

using namespace jotmill;

void by_field(std::string_view source) {
  JsonlExtractor extractor({"/token", "/a/0", ""}, 1 << 16);
  Chunk chunk;
  chunk.bytes.assign(source.begin(), source.end());
  chunk.bytes.resize(source.size() + kSlackBytes);
  chunk.size_bytes = source.size();
  TokenBatch batch;
  RecordCounts counts;
  extractor.begin(chunk);
  // So few tokens are one batch.
  FUZZ_REQUIRE(!extractor.extract(batch, counts) || source.size() > TokenBatch::kMostRows);
  FUZZ_REQUIRE(counts.conserved());
  FUZZ_REQUIRE(counts.tokens == batch.size);
  for (std::size_t i = 0; i < batch.size; ++i) {
    FUZZ_REQUIRE(batch.origin_off[i] <= source.size());
    const std::string_view token = batch.token(i);
    // A token without layers is a piece of its own line.
    if (batch.layers[i].count == 0)
      FUZZ_REQUIRE(source.substr(batch.origin_off[i], token.size()) == token);
    const auto before = source.substr(0, batch.origin_off[i]);
    FUZZ_REQUIRE(std::ranges::count(before, '\n') == batch.line[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  by_field(source);
  RecordCounts jsonl, text;
  const auto found = testing::find(source, InputFormat::kJsonl, kernels::scan_scalar, jsonl);
  const auto as_text = testing::find(source, InputFormat::kText, kernels::scan_scalar, text);
  FUZZ_REQUIRE(found == as_text);
  FUZZ_REQUIRE(jsonl.records == text.records);
  FUZZ_REQUIRE(jsonl.blank == text.blank);
  FUZZ_REQUIRE(jsonl.with_tokens == text.with_tokens);
  return 0;
}
