#ifndef JOTMILL_VERIFY_ONE_BY_ONE_H_
#define JOTMILL_VERIFY_ONE_BY_ONE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/batch.h"
#include "keys/key_ring.h"
#include "verify/openssl_backend.h"

namespace jotmill {

/// Of the failures of a token's candidates the one furthest down the verdict table, and the key it
/// speaks of; of equal ones the first. kAccepted: none yet.
struct Furthest {
  Verdict verdict = Verdict::kAccepted;
  std::uint32_t key = kNoKey;

  void take(Verdict failure, std::uint32_t of_key) {
    if (failure <= verdict) return;
    verdict = failure;
    key = of_key;
  }
  bool operator==(const Furthest&) const = default;
};

/// What room E says of one token and one key before any cryptography: signature_length or
/// signature_out_of_range, else kAccepted.
Verdict check_form(const PreparedKey& key, Alg alg, Bytes signature);

/// Rejects token i for what its candidates came to, with the words that belong to the verdict;
/// `kernel`: the kernel that OpenSSL contradicted, which are the words then.
void reject_signature(TokenBatch& batch, std::size_t i, const Furthest& furthest,
                      const KeyRing& ring, std::string_view kernel = {});

/// Room E for token i alone, by OpenSSL alone, candidate after candidate: kAccepted and the key
/// that verified, or the failure that got furthest. The plain reading of the rules, which the
/// batched way is held against; shares the form checks with it and nothing else. Not
/// signature_missing: the signature is not empty.
Furthest verify_one_by_one(const TokenBatch& batch, std::size_t i, const KeyRing& ring,
                           OpensslBackend& backend);

}  // namespace jotmill

#endif  // JOTMILL_VERIFY_ONE_BY_ONE_H_
