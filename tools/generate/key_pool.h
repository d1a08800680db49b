#ifndef JOTMILL_TOOLS_GENERATE_KEY_POOL_H_
#define JOTMILL_TOOLS_GENERATE_KEY_POOL_H_

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/result.h"
#include "jotmill/verdict.h"
#include "tools/generate/algs.h"
#include "tools/generate/text.h"

namespace jotmill::tools {

/// A test key of datasets/keys, with the private part that signs.
struct TestKey {
  std::string kid;
  std::string pool;  ///< "RSA-2048", "oct-64", "refused", ...
  KeyType type = KeyType::kOther;
  JsonMembers members;  ///< the JWK as a verifier may see it: of public keys, the public members
  std::optional<std::string> alg;         ///< the key's own alg
  std::string secret;                     ///< oct: the bytes of k
  std::string modulus;                    ///< RSA: n, big-endian
  std::string coordinate_x;               ///< EC and OKP: the bytes of x
  std::shared_ptr<EVP_PKEY> private_key;  ///< null when the file has no private part, and for oct
  /// kAccepted: usable. Else the verdict of every token that selects the key (verdicts.md section
  /// D).
  Verdict expect = Verdict::kAccepted;

  bool symmetric() const { return type == KeyType::kOct; }
  bool can_sign() const { return private_key != nullptr || symmetric(); }
};

/// Every embedded test key, by pool. Made once; the keys are shared by all threads, read-only.
class KeyPools {
 public:
  static Result<KeyPools> load();
  /// The keys of `pool` in file order; empty when there is no such pool.
  const std::vector<std::shared_ptr<const TestKey>>& pool(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  struct Pool {
    std::string name;
    std::vector<std::shared_ptr<const TestKey>> keys;
  };
  std::vector<Pool> pools_;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_KEY_POOL_H_
