#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_VERIFIER_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_VERIFIER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/reference_decimal.h"
#include "support/reference_keys.h"

// The oracle of the tests: the verdict of one token, written from the RFCs and the table of
// verdicts alone. It shares no code with the engine, so that a fault of the engine cannot hide in
// both; it is slow and keeps nothing between calls.
namespace jotmill::reference {

struct Policy {
  std::vector<std::string> algs;       // allowed names; empty: all sixteen
  std::vector<std::string> issuers;    // iss must be one of them; empty: any or none
  std::vector<std::string> audiences;  // one of aud must be one of them
  std::vector<std::string> subjects;   // sub must be one of them
  std::vector<std::string> require;    // claims that must be present
  Nanoseconds exp_leeway = 0;
  Nanoseconds nbf_leeway = 0;
  Nanoseconds iat_leeway = 0;
  std::optional<Nanoseconds>
      as_of;  // since the Unix epoch; empty: no claim is compared with a time
  std::optional<Nanoseconds> max_age;  // since iat; makes iat a required claim
  std::string typ;                     // expected typ; empty: any or none
  bool claims = true;                  // false: the signature alone, the payload may be anything
  bool allow_padding = false;
  bool allow_weak_secret = false;
  size_t max_token_bytes = 262144;
};

struct Answer {
  std::string verdict;             // a code of the table of verdicts; "accepted" for a good token
  std::string detail;              // its short second word, often empty
  std::optional<std::string> alg;  // of the header, once it has been read and if it is a string
  std::optional<std::string> kid;
  int key = -1;  // index in load order of the key that verified the signature; -1: none did
};

// The first failing check in the order of the table, or "accepted".
Answer judge(std::string_view token, const Keys& keys, const Policy& policy);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_VERIFIER_H_
