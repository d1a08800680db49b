// Rooms A and B: the shape of the token and the encoding of its three segments.
#include <array>

#include "tools/generate/faults.h"
#include "tools/generate/forge.h"

namespace jotmill::tools {
namespace {

using enum Verdict;
using namespace std::string_view_literals;

void replace_token(Forge& f, std::string_view text) { f.token() = text; }
void append_to_token(Forge& f, std::string_view text) { f.token() += text; }
void prepend_to_token(Forge& f, std::string_view text) { f.token().insert(0, text); }
void repeat_text(Forge& f, std::string_view text) {
  std::string& token = f.token();
  token.clear();
  for (int i = 0; i < 5000; ++i) token += text;
}

/// Cuts the token behind its first `dots` dots: "0" leaves the header, "1" header and payload.
void keep_segments(Forge& f, std::string_view dots) {
  const std::string header = f.segment(0);
  const std::string both = f.signing_input();
  f.token() = dots == "0" ? header : both;
}

void too_large_json(Forge& f, std::string_view) {
  f.token() = "{\"payload\":\"" + f.rng().word(f.world().max_token_bytes()) + "\"}";
}

void flattened_json(Forge& f, std::string_view before) {
  const std::string header = f.segment(0);
  const std::string payload = f.segment(1);
  const std::string signature = f.signature_text();
  f.token() = std::string(before) + "{\"payload\":\"" + payload + "\",\"protected\":\"" + header +
              "\",\"signature\":\"" + signature + "\"}";
}

void general_json(Forge& f, std::string_view) {
  const std::string header = f.segment(0);
  const std::string payload = f.segment(1);
  const std::string signature = f.signature_text();
  f.token() = "{\"payload\":\"" + payload + "\",\"signatures\":[{\"protected\":\"" + header +
              "\",\"signature\":\"" + signature + "\"}]}";
}

void jwe_compact(Forge& f, std::string_view) {
  Rng& rng = f.rng();
  f.token() = base64url(R"({"alg":"RSA-OAEP","enc":"A256GCM"})") + "." + base64url(rng.bytes(256)) +
              "." + base64url(rng.bytes(12)) + "." + base64url(rng.bytes(300)) + "." +
              base64url(rng.bytes(16));
}

// ---- encoding: 0 header, 1 payload, 2 signature

template <int kSegment>
std::string& segment(Forge& f) {
  if constexpr (kSegment == 2)
    return f.signature_text();
  else
    return f.segment(kSegment);
}

template <int kSegment>
void make_room_for_trailing_bits(Forge& f) {
  if constexpr (kSegment == 0) leave_unused_bits(f.header_text());
  if constexpr (kSegment == 1) leave_unused_bits(f.payload_text());
}

template <int kSegment>
void empty(Forge& f, std::string_view) {
  segment<kSegment>(f).clear();
}

template <int kSegment>
void alphabet(Forge& f, std::string_view bad) {
  std::string& text = segment<kSegment>(f);
  text.replace(f.rng().below(text.size()), 1, bad);
}

template <int kSegment>
void append(Forge& f, std::string_view tail) {
  segment<kSegment>(f) += tail;
}

/// The padding that RFC 4648 s3.2 would write: right elsewhere, wrong in a JWS (RFC 7515 s2).
template <int kSegment>
void full_padding(Forge& f, std::string_view) {
  make_room_for_trailing_bits<kSegment>(f);
  std::string& text = segment<kSegment>(f);
  if (text.size() % 4 == 0) text += "====";
  while (text.size() % 4 != 0) text += '=';
}

/// As many "=" as the text needs and one more, which no rule allows.
template <int kSegment>
void too_much_padding(Forge& f, std::string_view) {
  std::string& text = segment<kSegment>(f);
  while (text.size() % 4 != 0) text += '=';
  text += '=';
}

template <int kSegment>
void impossible_length(Forge& f, std::string_view) {
  std::string& text = segment<kSegment>(f);
  while (text.size() % 4 != 1) text += 'A';
}

/// Non-zero bits behind the last byte: lenient decoders see the same bytes (RFC 4648 s3.5).
template <int kSegment>
void trailing_bits(Forge& f, std::string_view) {
  make_room_for_trailing_bits<kSegment>(f);
  std::string& text = segment<kSegment>(f);
  if (text.size() % 4 == 0) {
    text += "AB";  // a signature whose length leaves no unused bits: one byte more, with some
    return;
  }
  const int unused = text.size() % 4 == 2 ? 15 : 3;
  const int bits = 1 + static_cast<int>(f.rng().below(static_cast<std::uint64_t>(unused)));
  text.back() = base64url_character(base64url_value(text.back()) | bits);
}

/// Padding as allowed, but with bits under it.
template <int kSegment>
void padded_trailing_bits(Forge& f, std::string_view) {
  trailing_bits<kSegment>(f, {});
  std::string& text = segment<kSegment>(f);
  while (text.size() % 4 != 0) text += '=';
}

void payload_and_signature(Forge& f, std::string_view) {
  f.segment(1) += '+';
  f.signature_text() += '+';
}

/// A later fault beside it: room B comes before room C.
void none_with_bad_signature_text(Forge& f, std::string_view) {
  f.header().set("alg", "\"none\"");
  f.replace_signature("");
  f.signature_text() = "/";
}

}  // namespace

void leave_unused_bits(std::string& json_text) {
  if (json_text.size() % 3 == 0) json_text += ' ';
}

void token_of_limit_plus(Forge& f, std::string_view excess) {
  // All but the payload is known before: sign once to learn the length of the signature's text,
  // then grow the payload.
  const std::size_t rest =
      base64url(f.header_text()).size() + 2 + (signature_bytes(f.alg(), f.key()) * 4 + 2) / 3;
  std::size_t wanted = f.world().max_token_bytes() + std::stoul(std::string(excess)) - rest;
  if (wanted % 4 ==
      1) {  // no base64url text has this length: one byte more in the header's white space does
    f.header_text().insert(1, " ");
    const std::size_t longer =
        base64url(f.header_text()).size() + 2 + (signature_bytes(f.alg(), f.key()) * 4 + 2) / 3;
    wanted -= longer - rest;
  }
  std::string& payload = f.payload_text();
  payload.append(wanted * 3 / 4 - payload.size(), ' ');
}

#define JM_ENCODING_FAULTS(code, verdict, index)                                        \
  {code ".plus", verdict, kNone, kAnyAlg, alphabet<index>, "+"sv},                      \
      {code ".slash", verdict, kNone, kAnyAlg, alphabet<index>, "/"sv},                 \
      {code ".space", verdict, kNone, kAnyAlg, alphabet<index>, " "sv},                 \
      {code ".tab", verdict, kNone, kAnyAlg, alphabet<index>, "\t"sv},                  \
      {code ".percent", verdict, kNone, kAnyAlg, alphabet<index>, "%2B"sv},             \
      {code ".nul", verdict, kNone, kAnyAlg, alphabet<index>, "\0"sv},                  \
      {code ".utf8", verdict, kNone, kAnyAlg, alphabet<index>, "\xC3\xA9"sv},           \
      {code ".high_byte", verdict, kLines, kAnyAlg, alphabet<index>, "\xFF"sv},         \
      {code ".newline", verdict, kJsonl, kAnyAlg, alphabet<index>, "\n"sv},             \
      {code ".space_behind", verdict, kNone, kAnyAlg, append<index>, " "sv},            \
      {code ".equals_inside", verdict, kNone, kAnyAlg, alphabet<index>, "=A"sv},        \
      {code ".padding", verdict, kPaddingRefused, kAnyAlg, full_padding<index>},        \
      {code ".padding_excess", verdict, kNone, kAnyAlg, too_much_padding<index>},       \
      {code ".length", verdict, kNone, kAnyAlg, impossible_length<index>},              \
      {code ".trailing_bits", verdict, kNone, kAnyAlg, trailing_bits<index>}, {         \
    code ".padded_bits", verdict, kPaddingAllowed, kAnyAlg, padded_trailing_bits<index> \
  }

std::span<const FaultRow> shape_faults() {
  static constexpr auto kRows = std::to_array<FaultRow>({
      {"token_empty.empty_string", kTokenEmpty, kJsonl, kAnyAlg, replace_token, ""sv},
      {"token_too_large.by_one", kTokenTooLarge, kSmallTokens, kAnyAlg, token_of_limit_plus, "1"sv},
      {"token_too_large.by_many", kTokenTooLarge, kSmallTokens, kAnyAlg, token_of_limit_plus,
       "9000"sv},
      {"token_too_large.and_json", kTokenTooLarge, kSmallTokens, kAnyAlg, too_large_json},
      {"json_serialization.flattened", kJsonSerialization, kNone, kAnyAlg, flattened_json, ""sv},
      {"json_serialization.spaces_before", kJsonSerialization, kNone, kAnyAlg, flattened_json,
       " \t "sv},
      {"json_serialization.newline_before", kJsonSerialization, kJsonl, kAnyAlg, flattened_json,
       "\r\n"sv},
      {"json_serialization.general", kJsonSerialization, kNone, kAnyAlg, general_json},
      {"json_serialization.empty_object", kJsonSerialization, kNone, kAnyAlg, replace_token,
       "{}"sv},
      {"json_serialization.brace_before", kJsonSerialization, kNone, kAnyAlg, prepend_to_token,
       "{"sv},
      {"encrypted_token.jwe", kEncryptedToken, kNone, kAnyAlg, jwe_compact},
      {"encrypted_token.four_dots", kEncryptedToken, kNone, kAnyAlg, replace_token, "...."sv},
      {"encrypted_token.two_more", kEncryptedToken, kNone, kAnyAlg, append_to_token, ".."sv},
      {"segment_count.header_alone", kSegmentCount, kNone, kAnyAlg, keep_segments, "0"sv},
      {"segment_count.no_signature_dot", kSegmentCount, kNone, kAnyAlg, keep_segments, "1"sv},
      {"segment_count.dot_behind", kSegmentCount, kNone, kAnyAlg, append_to_token, "."sv},
      {"segment_count.dot_before", kSegmentCount, kNone, kAnyAlg, prepend_to_token, "."sv},
      {"segment_count.six", kSegmentCount, kNone, kAnyAlg, append_to_token, "...AA"sv},
      {"segment_count.word", kSegmentCount, kNone, kAnyAlg, replace_token, "null"sv},
      {"segment_count.one_dot", kSegmentCount, kNone, kAnyAlg, replace_token, "."sv},
      {"segment_count.many_dots", kSegmentCount, kNone, kAnyAlg, repeat_text, "."sv},
      {"segment_count.and_bad_header", kSegmentCount, kNone, kAnyAlg, replace_token, "!!.AA"sv},
      {"header_encoding.empty", kHeaderEncoding, kNone, kAnyAlg, empty<0>},
      {"header_encoding.two_dots", kHeaderEncoding, kNone, kAnyAlg, replace_token, ".."sv},
      JM_ENCODING_FAULTS("header_encoding", kHeaderEncoding, 0),
      {"header_encoding.space_before", kHeaderEncoding, kNone, kAnyAlg, prepend_to_token, " "sv},
      {"header_encoding.bearer_colon", kHeaderEncoding, kNone, kAnyAlg, prepend_to_token,
       "Bearer:"sv},
      {"header_encoding.bearer_in_line", kHeaderEncoding, kLines, kAnyAlg, prepend_to_token,
       "Bearer "sv},
      JM_ENCODING_FAULTS("payload_encoding", kPayloadEncoding, 1),
      {"payload_encoding.and_signature", kPayloadEncoding, kNone, kAnyAlg, payload_and_signature},
      JM_ENCODING_FAULTS("signature_encoding", kSignatureEncoding, 2),
      {"signature_encoding.newline_behind", kSignatureEncoding, kJsonl, kAnyAlg, append_to_token,
       "\n"sv},
      {"signature_encoding.and_none", kSignatureEncoding, kNone, kAnyAlg,
       none_with_bad_signature_text},
  });
  return kRows;
}

#undef JM_ENCODING_FAULTS

}  // namespace jotmill::tools
