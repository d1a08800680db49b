#ifndef JOTMILL_TESTS_SUPPORT_VECTORS_H_
#define JOTMILL_TESTS_SUPPORT_VECTORS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/reference_keys.h"
#include "support/reference_verifier.h"

// The published and our own test vectors as data, so that any verifier can be run through the same
// cases. They are read from the folder in JOTMILL_VECTORS; without it, from ../shared/vectors seen
// from the project's root.
namespace jotmill::vectors {

// One whole token and what it must get.
struct Case {
  std::string name;
  std::string token;
  std::vector<reference::KeyFile> key_files;
  reference::Policy policy;
  std::string verdict;
  std::string detail;  // empty: any
};

// One signature over any bytes (a message here is no signing input, so there is no token around
// it).
struct SignatureCase {
  std::string name;
  std::string alg;
  reference::KeyFile key;  // a JWK Set with one key; an HMAC key may be a weak secret
  std::string message;
  std::string signature;
  bool accept = false;
  std::string verdict;  // empty: any rejection when `accept` is false
};

struct Outcome {
  std::string verdict;
  std::string detail;
};

using Verifier =
    std::function<Outcome(std::string_view token, const std::vector<reference::KeyFile>& keys,
                          const reference::Policy& policy)>;
using SignatureVerifier = std::function<std::string(const SignatureCase& one)>;

// True when that file or folder of the vectors is there. Otherwise one line on stdout says that it
// was SKIPPED; where the environment says CI=true it throws std::runtime_error, so that no check
// can get lost.
bool available(std::string_view path);

// 189 adversarial tokens, policy.json in force, the key set split by kind into two files.
std::vector<Case> attacks();

// 401 rows of Wycheproof's json_web_signature_test against expected.tsv, without claims.
std::vector<Case> json_web_signature();

// 21 examples of RFC 7515, 7519, 7520, 7797, 8037 as of 2023, with no policy.
std::vector<Case> rfc_examples();

// Every file of JSONTestSuite twice: as a signed payload, and as a header.
std::vector<Case> json_test_suite();

// Every primitive file of Wycheproof that is there.
std::vector<SignatureCase> primitives();

// One line for each case that got another verdict (or detail, where the case has one) than it must.
std::vector<std::string> mismatches(const std::vector<Case>& cases, const Verifier& verifier);
std::vector<std::string> mismatches(const std::vector<SignatureCase>& cases,
                                    const SignatureVerifier& verifier);

// The reference verifier in the shape of a Verifier. A refused key file is the verdict
// "load_refused" with the reason.
Outcome reference_outcome(std::string_view token, const std::vector<reference::KeyFile>& keys,
                          const reference::Policy& policy);
std::string reference_signature(const SignatureCase& one);

}  // namespace jotmill::vectors

#endif  // JOTMILL_TESTS_SUPPORT_VECTORS_H_
