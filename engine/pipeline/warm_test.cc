// A warm worker allocates nothing for a token: what it needs it has from the batch before.

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "jotmill/jotmill.hpp"
#include "keys/load.h"
#include "pipeline/process.h"
#include "pipeline/shop.h"
#include "support/catch.h"
#include "support/codec.h"
#include "verify/openssl_keys_for_test.h"

namespace {

std::atomic<bool> counting = false;
std::atomic<std::uint64_t> allocations = 0;

void* allocate(std::size_t bytes) {
  if (counting) ++allocations;
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  if (counting) ++allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t& tag) noexcept {
  return ::operator new(bytes, tag);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace jotmill {
namespace {

// RFC 7515 A.1 and A.2.
constexpr std::string_view kSecret =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
constexpr std::string_view kRsa =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";
constexpr std::string_view kHmacToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
    "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kRsaToken =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__"
    "dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4B"
    "h-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
    "nZLgrnbyTyWzO75vRK5h6xBAr"
    "LIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phC"
    "nvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

// RFC 7515 A.3, and the payload of that under the key of RFC 8037 A.1.
constexpr std::string_view kEc =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view kEd25519 =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr std::string_view kEcToken =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfK"
    "TUJqPP3-Kg6NU1Q";
constexpr std::string_view kEd25519Token =
    "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmN"
    "vbS9pc19yb290Ijp0cnVlfQ._vSpFAYzQd76KTga_fKXdhrh3C0FWu4LvjqsxWd4NRyBOrKTdBeh_PkyRQtFmRgGKgdW"
    "5upgieZM67Gbz4AtAA";

/// A token, and what comes of it.
struct Kind {
  std::string token;
  Verdict verdict = Verdict::kAccepted;
};

/// An RSA key made for this run, and tokens of it.
class RsaSigner {
 public:
  RsaSigner(int bits, std::string kid)
      : pkey_(testing::make_rsa(bits, 65537)), kid_(std::move(kid)) {}

  std::string jwk() const {
    const testing::Buffer n = testing::number_of(pkey_.get(), OSSL_PKEY_PARAM_RSA_N);
    return R"({"kty":"RSA","e":"AQAB","kid":")" + kid_ + R"(","n":")" +
           codec::base64url(as_text(n)) + "\"}";
  }
  std::string token(std::string_view alg, std::string_view payload) const {
    const std::string header = R"({"alg":")" + std::string(alg) + R"(","kid":")" + kid_ + "\"}";
    const std::string input = codec::base64url(header) + "." + codec::base64url(payload);
    const testing::Own<EVP_MD_CTX> ctx(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;  // belongs to ctx
    REQUIRE(EVP_DigestSignInit(ctx.get(), &settings, EVP_sha256(), nullptr, pkey_.get()) == 1);
    if (alg.starts_with("PS")) {
      REQUIRE(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1);
      REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    testing::Buffer signature(static_cast<std::size_t>(EVP_PKEY_get_size(pkey_.get())));
    std::size_t len = signature.size();
    REQUIRE(EVP_DigestSign(ctx.get(), signature.data(), &len,
                           reinterpret_cast<const unsigned char*>(input.data()),
                           input.size()) == 1);
    return input + "." + codec::base64url(as_text(signature));
  }

 private:
  testing::Own<EVP_PKEY> pkey_;
  std::string kid_;
};

/// The kernel takes keys of 2048, 3072 and 4096 bits: the other key is OpenSSL's.
const RsaSigner& common_rsa() {
  static const RsaSigner signer(2048, "common");
  return signer;
}
const RsaSigner& odd_rsa() {
  static const RsaSigner signer(2056, "odd");
  return signer;
}

constexpr std::string_view kInForce = R"({"iss":"joe","exp":1300819380})";
constexpr std::string_view kExpired = R"({"iss":"joe","exp":1200000000})";

/// The same with a signature of 30 bytes.
Kind cut_short(const std::string& token) {
  return {token.substr(0, token.rfind('.') + 41), Verdict::kSignatureLength};
}
/// A header in front of segments that need not be good.
Kind refused(std::string_view header, Verdict why) {
  return {codec::base64url(header) + ".e30.AAAA", why};
}

/// The same with another signature: one of its characters is changed.
Kind forged(std::string token) {
  char& changed = token[token.size() - 20];
  changed = changed == 'A' ? 'B' : 'A';
  return {std::move(token), Verdict::kSignatureMismatch};
}

/// Many of a curve, so that its keys have earned their tables.
std::vector<Kind> published_kinds() {
  return {{std::string(kHmacToken)},
          {std::string(kRsaToken)},
          {std::string(kEcToken)},
          {std::string(kEd25519Token)}};
}

/// Allocations of a warm worker for a chunk of `tokens` tokens of these kinds.
std::uint64_t allocations_of(const std::vector<Kind>& kinds, std::size_t tokens,
                             std::size_t memo_entries, bool records) {
  const std::vector<KeySource> keys = {
      {.path = "secret", .kid = {}, .content = std::string(kSecret)},
      {.path = "rsa", .kid = {}, .content = std::string(kRsa)},
      {.path = "ec", .kid = {}, .content = std::string(kEc)},
      {.path = "ed25519", .kid = {}, .content = std::string(kEd25519)},
      {.path = "common", .kid = {}, .content = common_rsa().jwk()},
      {.path = "odd", .kid = {}, .content = odd_rsa().jwk()}};
  Policy policy;
  policy.as_of = TimePoint{1'300'000'000, 0};
  const auto shop = open_shop({.keys = keys,
                               .policy = policy,
                               .kernels = {},
                               .cpu_mask = {},
                               .memo_entries = memo_entries,
                               .table_memory_bytes = std::size_t{4} << 20});
  REQUIRE(shop.ok());
  RunPlan plan;
  plan.count = {.source_names = {"-"}, .as_of = policy.as_of, .subjects = false};
  if (records) {
    plan.records = RecordContext{.source_names = plan.count.source_names,
                                 .format = record_format("x.ndjson"),
                                 .only = RecordFilter::kAll,
                                 .with_claims = false};
  }
  Worker worker(*shop.value(), &plan);
  Item item;
  std::string lines;
  for (std::size_t i = 0; i < tokens; ++i) lines.append(kinds[i % kinds.size()].token).append("\n");
  item.chunk.bytes.assign(lines.begin(), lines.end());
  item.chunk.bytes.resize(lines.size() + kSlackBytes);
  item.chunk.size_bytes = lines.size();
  for (int time = 0; time < 3; ++time) worker.process(item);
  REQUIRE(item.found.counts.tokens == tokens);
  allocations = 0;
  counting = true;
  worker.process(item);
  counting = false;
  REQUIRE_FALSE(item.failed);
  for (std::size_t i = 0; i < tokens; ++i)
    REQUIRE(item.batch.verdict[i] == kinds[i % kinds.size()].verdict);
  return allocations;
}

}  // namespace

// A handful a batch is none a token.
constexpr std::uint64_t kMostForABatch = 8;

TEST_CASE("a warm worker allocates nothing for a token") {
  CHECK(allocations_of(published_kinds(), 200, 0, false) <= kMostForABatch);
  CHECK(allocations_of(published_kinds(), 200, 1000, false) <= kMostForABatch);
  CHECK(allocations_of(published_kinds(), 200, 1000, true) <= kMostForABatch);
}

// What OpenSSL 3.0 allocates inside a check that it computes (12 times for RS256, 21 for PS256)
// does not come by operator new and is not counted.
TEST_CASE("nor for PS256, a size of key that goes to OpenSSL, and tokens that are rejected") {
  const auto check = [](const std::string& what, const Kind& kind) {
    for (const std::size_t memo_entries : {0u, 1000u}) {
      for (const bool records : {false, true}) {
        CAPTURE(what, memo_entries, records);
        CHECK(allocations_of({kind}, 200, memo_entries, records) <= kMostForABatch);
      }
    }
  };
  check("PS256", {common_rsa().token("PS256", kInForce)});
  check("RS256 of 2056 bits", {odd_rsa().token("RS256", kInForce)});
  check("PS256 of 2056 bits", {odd_rsa().token("PS256", kInForce)});
  check("signature of another length", cut_short(common_rsa().token("RS256", kInForce)));
  check("no key of the type",
        refused(R"({"alg":"ES512","kid":"common"})", Verdict::kKeyTypeMismatch));
  check("crit", refused(R"({"alg":"HS256","crit":["https://a.example/b"],"https://a.example/b":1})",
                        Verdict::kCritUnsupported));
  check("expired", {common_rsa().token("RS256", kExpired), Verdict::kExpired});
  for (const Kind& kind : published_kinds())
    check("forged " + kind.token.substr(0, 20), forged(kind.token));
  check("forged PS256", forged(common_rsa().token("PS256", kInForce)));
  check("forged RS256 of 2056 bits", forged(odd_rsa().token("RS256", kInForce)));
}

TEST_CASE("the counter counts") {
  allocations = 0;
  counting = true;
  const auto one = std::make_unique<int>(1);
  counting = false;
  CHECK(allocations == 1);
}

}  // namespace jotmill
