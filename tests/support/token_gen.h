#ifndef JOTMILL_TESTS_SUPPORT_TOKEN_GEN_H_
#define JOTMILL_TESTS_SUPPORT_TOKEN_GEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/reference_verifier.h"
#include "support/signer.h"

// Worlds of keys, a policy and tokens for differential tests: any two verifiers must say the same
// of every token. Everything follows from numbers: make_world(seed) and make_token(world, index)
// give the same bytes in every process and on every machine, so that the two numbers of a mismatch
// are all it takes to replay it.
namespace jotmill::gen {

// A private key and the kid under which its public half was offered, if it was.
struct Signer {
  SigningKey key;
  std::optional<std::string> kid;
  std::optional<std::string> alg;  // as the key file has it
};

// A signed token in parts, decoded: what mutations start from. Its header and claims may be odd
// already.
struct Base {
  std::string header;
  std::string payload;
  std::string signature;
  std::string alg;    // the algorithm that made the signature
  size_t signer = 0;  // index
  std::string what;
};

struct World {
  uint64_t seed = 0;
  std::vector<reference::KeyFile>
      key_files;  // in load order; one may be refused whole, which is no reason to stop
  reference::Policy policy;
  std::vector<Signer> signers;
  std::vector<Base> bases;
};

struct WorldOptions {
  bool fractional_times =
      true;  // as-of time, leeways and maximal age in nanoseconds, not in whole seconds alone
  bool refused_files = true;  // now and then a file that must be refused whole
  size_t bases = 40;          // signed tokens per world
};

struct GeneratedToken {
  std::string bytes;
  std::string what;  // the steps that made it, for people
};

// About 10 ms with 40 bases. The first call in a process makes the RSA keys that all worlds share:
// some seconds.
World make_world(uint64_t seed, const WorldOptions& options = {});

// The index-th token of the world, whichever were made before. About 10 us; HMAC tokens may be
// signed anew, others carry the signature of a base.
GeneratedToken make_token(const World& world, uint64_t index);

}  // namespace jotmill::gen

#endif  // JOTMILL_TESTS_SUPPORT_TOKEN_GEN_H_
