#include "pipeline/rates.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "claims/header.h"
#include "kernels/ecc/ecc_variants.h"
#include "kernels/kernels.h"
#include "kernels/rsa/rsa_variants.h"
#include "pipeline/known_answers.h"
#include "pipeline/shop.h"

namespace jotmill {
namespace {

/// Units per second of `step`, which does some and returns how many.
template <typename Step>
double rate_of(double seconds, Step step) {
  using Clock = std::chrono::steady_clock;
  double units = 0, elapsed_s = 0;
  const Clock::time_point start = Clock::now();
  while (elapsed_s < seconds) {
    for (int i = 0; i < 8; ++i) units += step();
    elapsed_s = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return units / elapsed_s;
}

template <typename Fn>
Fn* find(std::span<const kernels::Variant<Fn>> variants, std::string_view name) {
  for (const auto& variant : variants) {
    if (variant.name == name) return variant.fn;
  }
  return nullptr;
}

double measure_base64url(kernels::Base64urlDecodeFn* decode, double seconds) {
  const std::string segment(342, 'A');
  std::vector<std::uint8_t> out(segment.size() + kernels::kBase64urlSlackBytes);
  return rate_of(seconds, [&] {
    double characters = 0;
    for (int i = 0; i < 500; ++i) {
      const bool decoded = decode(segment.data(), segment.size(), out.data()).written > 0;
      characters += decoded ? static_cast<double>(segment.size()) : 0;
    }
    return characters;
  });
}

double measure_hash(MakeHashEngine* make, Hash hash, double seconds) {
  const std::unique_ptr<HashEngine> engine = make();
  if (!engine) return 0;
  constexpr std::size_t kMessages = 128, kBytes = 250;
  const std::vector<std::uint8_t> text(kMessages * kBytes, 'a');
  const HmacStates states;
  std::vector<DigestBytes> out(kMessages);
  std::vector<HashJob> jobs;
  for (std::size_t i = 0; i < kMessages; ++i)
    jobs.push_back({{text.data() + i * kBytes, kBytes}, &states, &out[i]});
  return rate_of(seconds, [&] { return engine->run(hash, jobs) ? double{kMessages} : 0.0; });
}

/// A modulus of 2048 bits and signatures under it: the questions of the kernel's self-test.
struct RsaQuestions {
  static constexpr std::size_t kBytes = 256, kCount = 16;
  std::array<std::uint8_t, kBytes> n{};
  std::array<std::array<std::uint8_t, kBytes>, kCount> signatures{};

  RsaQuestions() {
    for (std::size_t i = 0; i < kCount; ++i)
      kernels::rsa_question(kBytes, 0, n.data(), i, signatures[i].data());
  }
};

double measure_rsa_kernel(kernels::RsaPublicFn* rsa_public, double seconds) {
  const RsaQuestions questions;
  const std::array<std::uint8_t, 3> e = {1, 0, 1};
  kernels::RsaKey key;
  if (!kernels::rsa_prepare(questions.n.data(), questions.n.size(), e.data(), e.size(), &key))
    return 0;
  std::array<std::array<std::uint8_t, RsaQuestions::kBytes>, RsaQuestions::kCount> blocks{};
  std::array<kernels::RsaJob, RsaQuestions::kCount> jobs{};
  for (std::size_t i = 0; i < jobs.size(); ++i)
    jobs[i] = {&key, questions.signatures[i].data(), blocks[i].data()};
  return rate_of(seconds, [&] {
    rsa_public(jobs.data(), jobs.size());
    return double{RsaQuestions::kCount};
  });
}

/// One published signature many times, with tables of windows of 8 bits.
double measure_ecc_kernel(const kernels::EccKernel* kernel, const kernels::EccKnownSignature& known,
                          double seconds) {
  const kernels::EccTrial trial(*kernel, known, 8);
  if (!trial.ready()) return 0;
  std::array<kernels::EccJob, kernels::kEccBlock> jobs;
  std::array<kernels::EccAnswer, kernels::kEccBlock> answers{};
  jobs.fill(trial.job(known.signature, known.digest));
  return rate_of(seconds, [&] {
    trial.verify(jobs, answers.data());
    return answers[0] == kernels::EccAnswer::kGood ? double{kernels::kEccBlock} : 0.0;
  });
}

/// The library on a published signature, many times.
double measure_openssl(Alg alg, double seconds) {
  OpensslKnown known(alg);
  return rate_of(seconds, [&] { return known.check() == SignatureCheck::kGood ? 1.0 : 0.0; });
}

/// Lines of a log in which no token begins, as most of a log is: the search goes through to its
/// end.
double measure_scan(kernels::ScanFn* scan, double seconds) {
  constexpr std::string_view kLine =
      "203.0.113.7 - - [12/Mar/2026:10:04:31 +0000] \"GET /api/v1/orders/1042 HTTP/1.1\" 200 512\n";
  std::vector<std::uint8_t> text;
  while (text.size() < 64 * 1024) text.insert(text.end(), kLine.begin(), kLine.end());
  return rate_of(seconds, [&] {
    const std::size_t end = scan(text.data(), 0, text.size(), kernels::ScanFor::kTokenStart);
    return end == text.size() ? static_cast<double>(end) : 0.0;
  });
}

/// Headers of a few issuers, again and again, as a capture brings them.
double measure_headers(bool memo, double seconds) {
  std::vector<std::string> headers;
  for (char key = 'a'; key < 'a' + 16; ++key)
    headers.push_back(std::string(R"({"alg":"RS256","kid":"2026-03-)") + key + R"(","typ":"JWT"})");
  TokenBatch batch = batch_of_headers(headers);
  const Policy policy;
  HeaderParser parser(policy, memo);
  return rate_of(seconds, [&] {
    // As it was before the stage.
    batch.text.clear();
    std::fill_n(batch.passed.begin(), batch.size, std::uint8_t{kPassedDecode});
    parser.parse_headers(batch);
    const bool passed = (batch.passed[batch.size - 1] & kPassedHeader) != 0;
    return passed ? static_cast<double>(batch.size) : 0.0;
  });
}

}  // namespace

Rate measure_rate(std::string_view kernel, std::string_view variant, double seconds) {
  if (kernel == "base64url")
    return {measure_base64url(find(kernels::base64url_variants(), variant), seconds),
            "characters/s"};
  if (kernel == "scan")
    return {measure_scan(find(kernels::scan_variants(), variant), seconds), "bytes/s"};
  if (kernel == headers_kernel().name)
    return {measure_headers(find(headers_kernel().variants, variant)(), seconds), "headers/s"};
  if (kernel == sha256_kernel().name)
    return {measure_hash(find(sha256_kernel().variants, variant), Hash::kSha256, seconds),
            "tags/s"};
  if (kernel == sha512_kernel().name)
    return {measure_hash(find(sha512_kernel().variants, variant), Hash::kSha512, seconds),
            "tags/s"};
  if (kernel == rsa_kernel().name) {
    return {variant == "openssl"
                ? measure_openssl(Alg::kRS256, seconds)
                : measure_rsa_kernel(find(rsa_kernel().variants, variant), seconds),
            "sigs/s"};
  }
  if (kernel == p256_kernel().name || kernel == ed25519_kernel().name) {
    const bool ed25519 = kernel == ed25519_kernel().name;
    const auto& curve = ed25519 ? ed25519_kernel() : p256_kernel();
    return {variant == "openssl"
                ? measure_openssl(ed25519 ? Alg::kEdDSA : Alg::kES256, seconds)
                : measure_ecc_kernel(find(curve.variants, variant),
                                     ed25519 ? kernels::ed25519_known() : kernels::p256_known(),
                                     seconds),
            "sigs/s"};
  }
  return {};
}

}  // namespace jotmill
