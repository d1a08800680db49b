#include "decode/decode.h"

#include <string>

#include "support/catch.h"

using namespace jotmill;

namespace {

/// Decodes one token; what it became is in the batch.
TokenBatch decode(std::string_view token, const Policy& policy = {}) {
  static Chunk chunk;
  chunk.bytes.assign(token.begin(), token.end());
  chunk.bytes.resize(token.size() + kSlackBytes);
  chunk.size_bytes = token.size();
  TokenBatch batch;
  batch.chunk = &chunk;
  batch.add(0, static_cast<std::uint32_t>(token.size()), false, 0, 0);
  decode_segments(batch, policy, kernels::base64url_decode_scalar);
  return batch;
}

std::string outcome(std::string_view token, const Policy& policy = {}) {
  const TokenBatch batch = decode(token, policy);
  if (batch.pending(0)) return (batch.passed[0] & kPassedDecode) != 0 ? "passed" : "forgotten";
  return std::string(code(batch.verdict[0])) + " " + std::string(batch.text_of(batch.detail[0]));
}

}  // namespace

TEST_CASE("shape: the first check that fails decides") {
  CHECK(outcome("") == "token_empty ");
  CHECK(outcome("a") == "segment_count 1");
  CHECK(outcome("a.b") == "segment_count 2");
  CHECK(outcome("a.b.c.d") == "segment_count 4");
  CHECK(outcome("a.b.c.d.e") == "encrypted_token 5 segments");
  CHECK(outcome("a.b.c.d.e.f") == "segment_count 6");
  CHECK(outcome(" \t{\"payload\":1}") == "json_serialization ");
  CHECK(outcome("{....") == "json_serialization ");
}

TEST_CASE("shape: the cap is the last length that is judged") {
  Policy policy;
  policy.max_token_bytes = 8;
  CHECK(outcome("QUJD.QQ.", policy) == "passed");
  CHECK(outcome("QUJD.QUI.", policy) == "token_too_large more than 8 bytes");
  CHECK(outcome("{........", policy) == "token_too_large more than 8 bytes");
}

TEST_CASE("shape: a token over the cap takes no memory, however long it is") {
  Policy policy;
  policy.max_token_bytes = 100;
  const std::string few(100, '.'), many(1 << 20, '.');
  CHECK(decode(many, policy).arena.capacity_bytes() <= decode(few, policy).arena.capacity_bytes());
}

TEST_CASE("encoding: header, payload and signature in this order, each with its reason") {
  CHECK(outcome(".QQ.QQ") == "header_encoding empty");
  CHECK(outcome("QQ..") == "passed");
  CHECK(outcome("Q+.Q+.Q+") == "header_encoding alphabet");
  CHECK(outcome("QQ==.QQ.QQ") == "header_encoding padding");
  CHECK(outcome("QQQQQ.QQ.QQ") == "header_encoding length");
  CHECK(outcome("QR.QQ.QQ") == "header_encoding trailing_bits");
  CHECK(outcome("QQ.Q/.QQ") == "payload_encoding alphabet");
  CHECK(outcome("QQ.QQ.QQ\r") == "signature_encoding alphabet");
  CHECK(outcome("QQ.QQ.Q") == "signature_encoding length");
}

TEST_CASE("allow_padding accepts exactly the padding that RFC 4648 would write") {
  Policy policy;
  policy.allow_padding = true;
  CHECK(outcome("QQ==.QUI=.QUJD", policy) == "passed");
  CHECK(outcome("QQ.QUI.QUJD", policy) == "passed");
  CHECK(outcome("QQ=.QUI.QUJD", policy) == "header_encoding padding");
  CHECK(outcome("QUJD=.QUI.QUJD", policy) == "header_encoding padding");
  CHECK(outcome("QUJD====.QUI.QUJD", policy) == "header_encoding padding");
  CHECK(outcome("QQ==.====.QUJD", policy) == "payload_encoding padding");
  CHECK(outcome("QR==.QUI.QUJD", policy) == "header_encoding trailing_bits");
  CHECK(outcome("Q===.QUI.QUJD", policy) == "header_encoding padding");
}

TEST_CASE("segments stand in the arena as they were encoded") {
  const TokenBatch batch = decode("QUJD.RA.RUY");
  CHECK(as_text(batch.segment(0, 0)) == "ABC");
  CHECK(as_text(batch.segment(0, 1)) == "D");
  CHECK(as_text(batch.segment(0, 2)) == "EF");
  CHECK(batch.signing_input(0) == "QUJD.RA");
}
