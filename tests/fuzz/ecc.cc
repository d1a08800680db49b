// P-256 and Ed25519: every variant that this CPU has answers as the portable twin does, alone and
// among up to 40 others; a published signature is good wherever it stands. Signatures and digests
// are the published one's with bytes changed or numbers of note in their place, or any bytes.
#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "cpu/features.h"
#include "fuzz/require.h"
#include "fuzz/stream.h"
#include "kernels/ecc/ecc_variants.h"
#include "kernels/ed25519/ed25519.h"
#include "kernels/p256/p256.h"

namespace {

using namespace jotmill::kernels;
using jotmill::testing::Stream;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kHalf = 32, kSignature = 64, kDigest = 64;

/// 32 bytes: all of one value but the first and the last.
struct Note {
  std::uint8_t first, middle, last;
};
constexpr std::array kNotes = std::to_array<Note>({{0, 0, 0},
                                                   {0, 0, 1},
                                                   {1, 0, 0},
                                                   {0xFF, 0xFF, 0xFF},
                                                   {0xFF, 0xFF, 0x7F},
                                                   {0xED, 0xFF, 0x7F},
                                                   {0x80, 0, 0}});

struct Curve {
  Curve(const EccKnownSignature& published, std::size_t digest_bytes,
        std::span<const Variant<const EccKernel>> variants, const EccKernel& portable)
      : known(published.signature, published.signature + kSignature) {
    known.insert(known.end(), published.digest, published.digest + digest_bytes);
    known.resize(kSignature + kDigest);
    const jotmill::CpuMask cpu = jotmill::detect_cpu();
    for (const std::uint32_t window : {5U, 8U}) {
      twins.emplace_back(portable, published, window);
      for (const auto& variant : variants) {
        if (variant.fn == nullptr || variant.fn == &ecc_openssl || variant.fn == &portable ||
            !cpu.has(variant.needs))
          continue;
        others.emplace_back(*variant.fn, published, window);
      }
    }
    for (const EccTrial& trial : twins) FUZZ_REQUIRE(trial.ready());
    for (const EccTrial& trial : others) FUZZ_REQUIRE(trial.ready());
  }

  Bytes known;  ///< signature, then digest
  std::deque<EccTrial> twins, others;
};

/// A signature and its digest.
Bytes question(Stream& in, const Bytes& known) {
  Bytes out = known;
  const std::uint8_t shape = in.byte();
  if (shape % 8 == 0) out = in.bytes(known.size());
  if (shape % 8 == 1) {
    const Note note = kNotes[in.below(kNotes.size())];
    const auto half = out.begin() + static_cast<std::ptrdiff_t>(kHalf * in.below(4));
    std::fill_n(half, kHalf, note.middle);
    *half = note.first;
    *(half + kHalf - 1) = note.last;
  }
  for (std::size_t edits = shape / 8 % 4; edits > 0; --edits) {
    const std::size_t at = in.below(out.size());
    out[at] = in.byte();
  }
  return out;
}

std::vector<EccAnswer> ask(const EccTrial& trial, const std::vector<Bytes>& questions,
                           std::size_t at_once) {
  std::vector<EccJob> jobs;
  for (const Bytes& one : questions) jobs.push_back(trial.job(one.data(), one.data() + kSignature));
  std::vector<EccAnswer> answers(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); i += at_once) {
    const std::size_t count = std::min(at_once, jobs.size() - i);
    trial.verify({jobs.data() + i, count}, answers.data() + i);
  }
  return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<Curve, 2> curves = {
      Curve(p256_known(), 32, p256_variants(), p256_portable),
      Curve(ed25519_known(), 64, ed25519_variants(), ed25519_portable)};
  Stream in(data, size);
  const Curve& curve = curves[in.below(2)];
  std::vector<Bytes> questions(1 + in.below(40));
  for (Bytes& one : questions) one = question(in, curve.known);
  const std::vector<EccAnswer> wanted = ask(curve.twins.front(), questions, questions.size());
  const auto agrees = [&](const std::vector<EccAnswer>& answers) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (questions[i] == curve.known) FUZZ_REQUIRE(answers[i] == EccAnswer::kGood);
      if (answers[i] == EccAnswer::kUseScalar || wanted[i] == EccAnswer::kUseScalar) continue;
      FUZZ_REQUIRE(answers[i] == wanted[i]);
    }
  };
  agrees(wanted);
  for (const EccTrial& trial : curve.twins) agrees(ask(trial, questions, 1));
  for (const EccTrial& trial : curve.others) agrees(ask(trial, questions, questions.size()));
  return 0;
}
