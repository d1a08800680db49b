// A warm worker allocates nothing for a token: what it needs it has from the batch before.

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "jotmill/jotmill.hpp"
#include "keys/load.h"
#include "pipeline/process.h"
#include "pipeline/shop.h"
#include "support/catch.h"

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

/// Allocations of a warm worker for a chunk of `tokens` tokens of these kinds.
std::uint64_t allocations_of(std::size_t tokens, std::size_t memo_entries, bool records) {
  const std::vector<KeySource> keys = {
      {.path = "secret", .kid = {}, .content = std::string(kSecret)},
      {.path = "rsa", .kid = {}, .content = std::string(kRsa)},
      {.path = "ec", .kid = {}, .content = std::string(kEc)},
      {.path = "ed25519", .kid = {}, .content = std::string(kEd25519)}};
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
  // Many of a curve, so that its keys have earned their tables.
  constexpr std::string_view kTokens[] = {kHmacToken, kRsaToken, kEcToken, kEd25519Token};
  std::string lines;
  for (std::size_t i = 0; i < tokens; ++i) lines.append(kTokens[i % 4]).append("\n");
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
  for (std::size_t i = 0; i < tokens; ++i) REQUIRE(item.batch.verdict[i] == Verdict::kAccepted);
  return allocations;
}

}  // namespace

TEST_CASE("a warm worker allocates nothing for a token") {
  // A handful a batch is none a token.
  constexpr std::uint64_t kMostForABatch = 8;
  CHECK(allocations_of(200, 0, false) <= kMostForABatch);
  CHECK(allocations_of(200, 1000, false) <= kMostForABatch);
  CHECK(allocations_of(200, 1000, true) <= kMostForABatch);
}

TEST_CASE("the counter counts") {
  allocations = 0;
  counting = true;
  const auto one = std::make_unique<int>(1);
  counting = false;
  CHECK(allocations == 1);
}

}  // namespace jotmill
