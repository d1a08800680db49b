#include "pipeline/known_answers.h"

#include "core/alg.h"
#include "kernels/ecc/ecc_variants.h"
#include "kernels/rsa/rsa_variants.h"
#include "support/catch.h"

namespace jotmill {
namespace {

TEST_CASE("OpenSSL finds each published signature good, and bad with one bit turned") {
  for (const Alg alg : {Alg::kRS256, Alg::kES256, Alg::kEdDSA}) {
    CAPTURE(info(alg).name);
    OpensslKnown known(alg);
    for (int time = 0; time < 2; ++time) {
      CHECK(known.check() == SignatureCheck::kGood);
      CHECK(known.check_altered_signature() == SignatureCheck::kBad);
      CHECK(known.check_altered_message() == SignatureCheck::kBad);
    }
    CHECK(known.answers_right());
  }
}

void wrong_rsa(const kernels::RsaJob*, std::size_t) {}

TEST_CASE("each variant is asked its own questions") {
  CHECK(rsa_answers_right(kernels::rsa_public_openssl));
  CHECK(rsa_answers_right(kernels::rsa_public_portable));
  CHECK_FALSE(rsa_answers_right(wrong_rsa));
  CHECK(p256_answers_right(&kernels::ecc_openssl));
  CHECK(ed25519_answers_right(&kernels::ecc_openssl));
  const kernels::EccKernel refuses = kernels::ecc_openssl;  // builds no table
  CHECK_FALSE(p256_answers_right(&refuses));
  CHECK_FALSE(ed25519_answers_right(&refuses));
}

TEST_CASE("headers come to what they must, with the memo and without") {
  CHECK(headers_answer_right([] { return true; }));
  CHECK(headers_answer_right([] { return false; }));
}

}  // namespace
}  // namespace jotmill
