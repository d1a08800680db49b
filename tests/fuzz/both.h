#ifndef JOTMILL_TESTS_FUZZ_BOTH_H_
#define JOTMILL_TESTS_FUZZ_BOTH_H_

#include <string>
#include <string_view>
#include <vector>

#include "jotmill/jotmill.hpp"
#include "support/reference_verifier.h"

namespace jotmill::testing {

/// The engine and the reference verifier with the same keys and the same policy.
class Both {
 public:
  /// Every file must be sound: fewer keys than meant would be a weaker test.
  Both(const std::vector<reference::KeyFile>& files, const reference::Policy& policy);

  /// Ends the process when verdict, alg or kid of a token differ, or when the engine's kernels
  /// differ among themselves.
  void hold(std::string_view token);

 private:
  reference::Keys keys_;
  reference::Policy policy_;
  std::vector<Verifier> engines_;  ///< best kernels, and portable ones
};

/// The HMAC key under which targets sign what they were given; its kid is "h".
reference::KeyFile hmac_key();
/// header.payload.tag, the tag made with that key.
std::string signed_token(std::string_view header, std::string_view payload);

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_FUZZ_BOTH_H_
