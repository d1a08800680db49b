#include "pipeline/known_answers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "claims/header.h"
#include "kernels/base64url/base64url.h"
#include "kernels/ecc/ecc_variants.h"
#include "kernels/rsa/rsa_variants.h"
#include "keys/key_ring_builder.h"

namespace jotmill {
namespace {

using ByteVector = std::vector<std::uint8_t>;

/// RFC 7515 A.2: n and the signature in base64url, SHA-256 of the signing input.
constexpr std::string_view kRsaN =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1"
    "Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpa"
    "SHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4"
    "LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view kRsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O"
    "8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARN"
    "PvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ"
    "1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::array<std::uint8_t, 32> kRsaDigest = {
    0xc8, 0x8a, 0x34, 0x84, 0x7b, 0x4f, 0xfb, 0x12, 0xa9, 0x32, 0x6e, 0x54, 0x0f, 0x14, 0x4b, 0x3d,
    0xcc, 0x4d, 0x55, 0x15, 0xf1, 0x87, 0x01, 0xe7, 0xd6, 0xe0, 0xee, 0x78, 0x66, 0xc9, 0xc7, 0x05};
/// RFC 8032 s7.1, test 3.
constexpr std::array<std::uint8_t, 2> kEd25519Message = {0xaf, 0x82};

ByteVector decoded(std::string_view text) {
  ByteVector bytes(text.size() + kernels::kBase64urlSlackBytes);
  bytes.resize(kernels::base64url_decode_scalar(text.data(), text.size(), bytes.data()).written);
  return bytes;
}

ByteVector bytes_at(const std::uint8_t* data, std::size_t len) { return {data, data + len}; }

const kernels::EccKnownSignature& known_of_curve(Alg alg) {
  return alg == Alg::kEdDSA ? kernels::ed25519_known() : kernels::p256_known();
}

PreparedKey published_key(Alg alg) {
  PreparedKey key;
  if (alg == Alg::kRS256) {
    key.type = KeyType::kRsa;
    key.n = decoded(kRsaN);
    key.e = {1, 0, 1};
    return key;
  }
  const std::uint8_t* const point = known_of_curve(alg).key;
  key.x = bytes_at(point, 32);
  if (alg == Alg::kEdDSA) {
    key.type = KeyType::kOkp;
    key.curve = Curve::kEd25519;
  } else {
    key.type = KeyType::kEc;
    key.curve = Curve::kP256;
    key.y = bytes_at(point + 32, 32);
  }
  return key;
}

/// As OpensslBackend takes it: a digest, or for EdDSA the message itself.
ByteVector published_message(Alg alg) {
  if (alg == Alg::kRS256) return {kRsaDigest.begin(), kRsaDigest.end()};
  if (alg == Alg::kEdDSA) return {kEd25519Message.begin(), kEd25519Message.end()};
  return bytes_at(known_of_curve(alg).digest, 32);
}

ByteVector published_signature(Alg alg) {
  return alg == Alg::kRS256 ? decoded(kRsaSignature) : bytes_at(known_of_curve(alg).signature, 64);
}

KeyRing ring_of_published_key(Alg alg) {
  KeyRingBuilder builder;
  builder.begin_source("published");
  builder.add(published_key(alg));
  return builder.build();
}

}  // namespace

OpensslKnown::OpensslKnown(Alg alg)
    : alg_(alg),
      message_(published_message(alg)),
      signature_(published_signature(alg)),
      ring_(ring_of_published_key(alg)),
      backend_(ring_) {}

SignatureCheck OpensslKnown::check_altered_signature() {
  ByteVector altered = signature_;
  altered[40] ^= 1;  // of s or S where there are two numbers: both stay in their range
  return backend_.check(0, alg_, message_, altered);
}

SignatureCheck OpensslKnown::check_altered_message() {
  ByteVector altered = message_;
  altered[1] ^= 1;
  return backend_.check(0, alg_, altered, signature_);
}

bool OpensslKnown::answers_right() {
  return check() == SignatureCheck::kGood && check_altered_signature() == SignatureCheck::kBad &&
         check_altered_message() == SignatureCheck::kBad;
}

bool rsa_answers_right(kernels::RsaPublicFn* rsa_public) {
  return rsa_public == kernels::rsa_public_openssl ? OpensslKnown(Alg::kRS256).answers_right()
                                                   : kernels::rsa_self_test(rsa_public);
}

bool p256_answers_right(const kernels::EccKernel* kernel) {
  return kernel == &kernels::ecc_openssl ? OpensslKnown(Alg::kES256).answers_right()
                                         : kernels::p256_self_test(kernel);
}

bool ed25519_answers_right(const kernels::EccKernel* kernel) {
  return kernel == &kernels::ecc_openssl ? OpensslKnown(Alg::kEdDSA).answers_right()
                                         : kernels::ed25519_self_test(kernel);
}

namespace {

struct KnownHeader {
  std::string_view text;
  Alg alg;
  std::string_view kid;
  bool cty_is_jwt;
  Verdict verdict;  ///< kPending: it passes
};
constexpr Verdict kPasses = TokenBatch::kPending;
constexpr KnownHeader kKnownHeaders[] = {
    {R"({"alg":"RS256","kid":"a"})", Alg::kRS256, "a", false, kPasses},
    {R"({"alg":"RS256","kid":"b"})", Alg::kRS256, "b", false, kPasses},
    {R"({"alg":"ES256","kid":"a"})", Alg::kES256, "a", false, kPasses},
    {R"({"alg":"RS256","kid":"a"} )", Alg::kRS256, "a", false, kPasses},
    {R"({"alg":"RS256","kid":"\u0061","cty":"JWT"})", Alg::kRS256, "a", true, kPasses},
    {R"({"alg":"none","kid":"a"})", Alg::kNone, "a", false, Verdict::kAlgNone},
    {R"({"alg":"RS256","kid":"a")", Alg::kNone, "", false, Verdict::kHeaderNotJson},
};

bool reads_known_headers(HeaderParser& parser, MemoUse& use) {
  std::vector<std::string> texts;
  for (const KnownHeader& header : kKnownHeaders) texts.emplace_back(header.text);
  TokenBatch batch = batch_of_headers(texts);
  parser.parse_headers(batch, use);
  for (std::size_t i = 0; i < batch.size; ++i) {
    const KnownHeader& wanted = kKnownHeaders[i];
    const bool passed = (batch.passed[i] & kPassedHeader) != 0;
    if (batch.verdict[i] != wanted.verdict || passed != (wanted.verdict == kPasses)) return false;
    if (batch.alg[i] != wanted.alg || batch.text_of(batch.kid[i]) != wanted.kid) return false;
    if ((batch.cty_is_jwt[i] != 0) != wanted.cty_is_jwt) return false;
  }
  return true;
}

}  // namespace

TokenBatch batch_of_headers(std::span<const std::string> headers) {
  TokenBatch batch;
  std::string bytes;
  for (const std::string& header : headers) {
    const std::size_t i = batch.add(0, 0, false, 0, 0);
    batch.passed[i] = kPassedDecode;
    batch.seg_off[0][i] = static_cast<std::uint32_t>(bytes.size());
    batch.seg_len[0][i] = static_cast<std::uint32_t>(header.size());
    bytes += header;
  }
  batch.arena.reset(bytes.size());
  std::memcpy(batch.arena.data(), bytes.data(), bytes.size());
  return batch;
}

bool headers_answer_right(bool (*memo)()) {
  const bool remembers = memo();
  const Policy policy;
  HeaderParser parser(policy, remembers);
  MemoUse first, second;
  return reads_known_headers(parser, first) && reads_known_headers(parser, second) &&
         first.hits == 0 && (second.hits > 0) == remembers;
}

}  // namespace jotmill
