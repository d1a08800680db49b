#ifndef JOTMILL_TESTS_SUPPORT_GEN_JSON_H_
#define JOTMILL_TESTS_SUPPORT_GEN_JSON_H_

#include <string>
#include <string_view>
#include <vector>

#include "support/gen_random.h"
#include "support/reference_decimal.h"
#include "support/token_gen.h"

// JSON as text, so that it can be wrong: headers, claims and single values with every oddity the
// verdicts speak of.
namespace jotmill::gen {

// One member in raw JSON text: both halves may be anything.
struct Field {
  std::string name;  // with its quotes
  std::string value;
};

struct Fields {
  std::vector<Field> list;

  void add(std::string_view name, std::string value);  // name is quoted here
  void set(std::string_view name, std::string value);  // replaces the value, or adds
  void remove(std::string_view name);
};

// The members as an object, now and then with white space between all tokens of the object.
std::string render(Random& random, const Fields& fields);

// A value of any kind, most of them valid JSON, that somebody's parser has once got wrong.
std::string odd_value(Random& random);

// Gives the member of that name an odd value.
void set_odd(Random& random, std::string_view name, Fields& fields);

// A string literal that reads as `text`; now and then some of its letters are escapes.
std::string string_literal(Random& random, std::string_view text);

// Arrays, one in the other.
std::string nested_arrays(int levels);

// A JSON number that is that time in seconds, in one of its many spellings: exactly, or 10^-16 s
// further from zero, which no machine number can tell.
std::string date_literal(Random& random, reference::Nanoseconds time);

// A JOSE header for a signer of the world: mostly sound, otherwise with one or two oddities, named
// in `what`.
std::string make_header(Random& random, const World& world, const Signer& signer,
                        const std::string& alg, std::string& what);

// Claims that mostly please the policy, otherwise with one or two oddities, named in `what`.
std::string make_payload(Random& random, const reference::Policy& policy, std::string& what);

}  // namespace jotmill::gen

#endif  // JOTMILL_TESTS_SUPPORT_GEN_JSON_H_
