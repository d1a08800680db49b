#ifndef JOTMILL_TESTS_SUPPORT_GEN_MUTATE_H_
#define JOTMILL_TESTS_SUPPORT_GEN_MUTATE_H_

#include <string>

#include "support/gen_random.h"
#include "support/token_gen.h"

// One change each, at one layer; the name of the change comes back.
namespace jotmill::gen {

// The bytes of a whole token: single bytes, cuts, dots, segments moved, frames around it.
std::string mutate_token(Random& random, std::string& token);

// The text of one segment: padding, trailing bits, the other alphabet, a length that cannot be.
std::string mutate_segment(Random& random, std::string& segment);

// Decoded bytes of a header or payload: bits, JSON's own characters, bad UTF-8.
std::string mutate_json(Random& random, std::string& bytes);

// A signature, with the knowledge of what its algorithm minds: lengths, ranges, the other s,
// another token's.
std::string mutate_signature(Random& random, const World& world, const Base& base,
                             std::string& signature);

}  // namespace jotmill::gen

#endif  // JOTMILL_TESTS_SUPPORT_GEN_MUTATE_H_
