#ifndef JOTMILL_KERNELS_ECC_ECC_VARIANTS_H_
#define JOTMILL_KERNELS_ECC_ECC_VARIANTS_H_

// The kernels `p256` and `ed25519`: their variants and the questions that each must answer. Not for
// ISA files.

#include <cstdlib>
#include <memory>
#include <span>

#include "kernels/ecc/ecc.h"
#include "kernels/variant.h"

namespace jotmill::kernels {

/// Best first; the last is "openssl": no implementation, but the name for "the caller's library
/// does it" (kernels know no library). It builds no table, so that nothing comes to it.
std::span<const Variant<const EccKernel>> p256_variants();
std::span<const Variant<const EccKernel>> ed25519_variants();
extern const EccKernel ecc_openssl;

/// A published signature (RFC 6979 A.2.5, RFC 8032 s7.1 test 3), all as EccKernel takes it.
struct EccKnownSignature {
  const std::uint8_t *key, *signature, *digest, *base_point;
  std::size_t scalar_bits;
};
const EccKnownSignature& p256_known();
const EccKnownSignature& ed25519_known();  ///< its message is the two bytes AF 82

/// A kernel made ready for the key of a published signature: its tables, both of the same window,
/// and working memory.
class EccTrial {
 public:
  EccTrial(const EccKernel& kernel, const EccKnownSignature& known, std::uint32_t window);
  /// False: the kernel refused the key, or there was no memory. Nothing below may be called then.
  bool ready() const { return ready_; }
  EccJob job(const std::uint8_t* signature, const std::uint8_t* digest) const {
    return {signature, digest, key_.get()};
  }
  /// `answers`: one a job.
  void verify(std::span<const EccJob> jobs, EccAnswer* answers) const;

 private:
  struct Release {
    void operator()(void* p) const { std::free(p); }
  };
  template <typename T>
  using Aligned = std::unique_ptr<T[], Release>;

  const EccKernel& kernel_;
  std::uint32_t window_;
  Aligned<std::uint64_t> base_, key_;
  Aligned<std::uint8_t> scratch_;
  bool ready_;
};

/// True when the kernel builds a table for a published key and tells its signature from altered
/// ones, in two groups of eight lanes and a rest. About half a millisecond. Always true for
/// ecc_openssl, which computes nothing: who has the library asks it.
bool p256_self_test(const EccKernel* kernel);
bool ed25519_self_test(const EccKernel* kernel);

}  // namespace jotmill::kernels

#endif  // JOTMILL_KERNELS_ECC_ECC_VARIANTS_H_
