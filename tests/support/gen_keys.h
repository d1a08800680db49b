#ifndef JOTMILL_TESTS_SUPPORT_GEN_KEYS_H_
#define JOTMILL_TESTS_SUPPORT_GEN_KEYS_H_

#include <string>
#include <vector>

#include "support/gen_random.h"
#include "support/token_gen.h"

namespace jotmill::gen {

// The names a key of that type and curve can serve, in the order of RFC 7518 s3.1.
std::vector<std::string> fitting_algs(const SigningKey& key);

// Key files of every kind into the world, with the private halves: sound keys and refusable ones,
// with equal, absent and wrong kids, narrow and contradictory alg, use and key_ops.
void add_key_files(Random& random, const WorldOptions& options, World& world);

}  // namespace jotmill::gen

#endif  // JOTMILL_TESTS_SUPPORT_GEN_KEYS_H_
