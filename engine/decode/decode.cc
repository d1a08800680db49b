#include "decode/decode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace jotmill {
namespace {

constexpr std::array<Verdict, 3> kSegmentVerdicts = {
    Verdict::kHeaderEncoding, Verdict::kPayloadEncoding, Verdict::kSignatureEncoding};

bool starts_as_object(std::string_view token) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  const auto first = std::find_if_not(token.begin(), token.end(), is_space);
  return first != token.end() && *first == '{';
}

/// Room A for one token. Writes dot1 and dot2.
void check_shape(TokenBatch& batch, std::size_t i, std::size_t max_token_bytes) {
  const std::uint64_t len = batch.len_bytes(i);
  const std::string_view token = batch.token(i);
  if (len == 0) return batch.reject(i, Verdict::kTokenEmpty);
  if (len > max_token_bytes) {
    return batch.reject(i, Verdict::kTokenTooLarge,
                        "more than " + std::to_string(max_token_bytes) + " bytes");
  }
  if (starts_as_object(token)) return batch.reject(i, Verdict::kJsonSerialization);
  std::uint64_t dots = 0;
  std::array<std::size_t, 2> at{};
  for (std::size_t from = 0; (from = token.find('.', from)) != std::string_view::npos; ++from) {
    if (dots < 2) at[dots] = from;
    ++dots;
  }
  if (dots == 4) return batch.reject(i, Verdict::kEncryptedToken, "5 segments");
  if (dots != 2) return batch.reject(i, Verdict::kSegmentCount, std::to_string(dots + 1));
  batch.dot1[i] = static_cast<std::uint32_t>(at[0]);
  batch.dot2[i] = static_cast<std::uint32_t>(at[1]);
}

/// Without the padding that RFC 4648 s3.2 would write for this length, and unchanged when the
/// padding is any other.
std::string_view strip_exact_padding(std::string_view segment) {
  if (segment.size() % 4 != 0 || segment.empty() || segment.back() != '=') return segment;
  const std::size_t pads = segment[segment.size() - 2] == '=' ? 2 : 1;
  return segment.substr(0, segment.size() - pads);
}

std::string_view describe(const kernels::Base64urlResult& result, std::string_view segment) {
  switch (result.error) {
    case kernels::Base64urlError::kAlphabet:
      return segment[result.position] == '=' ? "padding" : "alphabet";
    case kernels::Base64urlError::kLength: return "length";
    case kernels::Base64urlError::kTrailingBits: return "trailing_bits";
    case kernels::Base64urlError::kNone: break;
  }
  return "";
}

/// Room B for one token: header, payload, signature in this order, one behind the other in the
/// arena. Returns its new end.
std::size_t decode_token(TokenBatch& batch, std::size_t i, bool allow_padding,
                         kernels::Base64urlDecodeFn* decode, std::size_t end) {
  const std::string_view token = batch.token(i);
  const std::size_t dot1 = batch.dot1[i], dot2 = batch.dot2[i];
  const std::array<std::string_view, 3> segments = {
      token.substr(0, dot1), token.substr(dot1 + 1, dot2 - dot1 - 1), token.substr(dot2 + 1)};
  for (unsigned which = 0; which < 3; ++which) {
    std::string_view segment = segments[which];
    if (which == 0 && segment.empty()) {
      batch.reject(i, Verdict::kHeaderEncoding, "empty");
      return end;
    }
    if (allow_padding) segment = strip_exact_padding(segment);
    const kernels::Base64urlResult result =
        decode(segment.data(), segment.size(), batch.arena.data() + end);
    if (result.error != kernels::Base64urlError::kNone) {
      batch.reject(i, kSegmentVerdicts[which], describe(result, segment));
      return end;
    }
    batch.seg_off[which][i] = static_cast<std::uint32_t>(end);
    batch.seg_len[which][i] = static_cast<std::uint32_t>(result.written);
    end += result.written;
  }
  batch.passed[i] |= kPassedDecode;
  return end;
}

}  // namespace

void decode_segments(TokenBatch& batch, const Policy& policy, kernels::Base64urlDecodeFn* decode) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < batch.size; ++i) {
    // A token over the cap is not decoded, and the caller's own may be of any length.
    if (batch.token_len[i] <= policy.max_token_bytes) bytes += batch.token_len[i] / 4 * 3 + 3;
  }
  batch.arena.reset(bytes);
  std::size_t end = 0;
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (batch.pending(i)) check_shape(batch, i, policy.max_token_bytes);
    if (batch.pending(i)) end = decode_token(batch, i, policy.allow_padding, decode, end);
  }
}

}  // namespace jotmill
