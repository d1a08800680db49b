#ifndef JOTMILL_PIPELINE_SHOP_H_
#define JOTMILL_PIPELINE_SHOP_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "jotmill/keys.h"
#include "jotmill/options.h"
#include "jotmill/result.h"
#include "kernels/choose.h"
#include "kernels/ecc/ecc.h"
#include "kernels/kernels.h"
#include "kernels/rsa/rsa.h"
#include "keys/key_ring.h"
#include "verify/verify.h"

namespace jotmill {

/// What every worker of a run shares: built before it, read-only during it.
struct Shop {
  KeyRing ring;
  Policy policy;
  kernels::Kernels kernels;  ///< `choices` are those of room E too
  bool header_memo = true;
  std::unique_ptr<RsaKeys> rsa_keys;      ///< made as they are needed
  std::unique_ptr<EccTables> ecc_tables;  ///< likewise; locked where they change
  SignatureSetup signatures;
  std::vector<std::string> show;      ///< claims to copy into records
  SecretBytes fingerprint_key;        ///< empty: token_id is plain SHA-256
  std::vector<std::string> warnings;  ///< about key files and kernels, in words

  Shop() = default;
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;
};

/// Loads keys, chooses kernels and reads the fingerprint key. Errors: kKeys, kNoKeys, kUnreadable
/// (keys); kUsage (an unknown alg, a contradiction in the policy, a kernel that cannot run here).
struct ShopOrder {
  std::span<const KeySource> keys;
  const Policy& policy;
  const std::map<std::string, std::string>& kernels;
  const std::vector<std::string>& cpu_mask;
  std::vector<std::string> show = {};
  std::string fingerprint_key_path = {};
  std::size_t memo_entries = 0;        ///< RunOptions::memo_entries
  std::uint64_t cross_check = 0;       ///< RunOptions::cross_check
  std::size_t table_memory_bytes = 0;  ///< RunOptions::table_memory_bytes
  bool without_keys = false;           ///< nothing will be verified: no key is loaded or missed
};
Result<std::shared_ptr<const Shop>> open_shop(const ShopOrder& order);

/// The tables of curve keys that there are now.
std::vector<TableUse> tables_in_use(const Shop& shop);

/// The RSA kernel and its variants: "openssl" among them leaves all to the library.
const kernels::Kernel<kernels::RsaPublicFn>& rsa_kernel();
/// ES256 and Ed25519 with tables, likewise.
const kernels::Kernel<const kernels::EccKernel>& p256_kernel();
const kernels::Kernel<const kernels::EccKernel>& ed25519_kernel();
/// "headers": whether headers that have passed are known again ("memo") or parsed each time
/// ("parse").
const kernels::Kernel<bool()>& headers_kernel();

/// The kernels for this CPU without the features that `cpu_mask` names: those of kernels/ and those
/// of room E that stand on a library.
struct ChosenKernels {
  kernels::Kernels kernels;
  SignatureSetup signatures;  ///< as far as it is kernels
  bool header_memo = true;
};
Result<ChosenKernels> choose_kernels(const std::map<std::string, std::string>& overrides,
                                     const std::vector<std::string>& cpu_mask);
Result<CpuMask> masked_cpu(const std::vector<std::string>& cpu_mask);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_SHOP_H_
