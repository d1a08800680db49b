#ifndef JOTMILL_TESTS_DOORS_MADE_H_
#define JOTMILL_TESTS_DOORS_MADE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/jotmill.h"

/// What the tests of the doors share: one key, tokens of many fates, and the C objects with an
/// owner. Nothing here needs more than the front door.
namespace jotmill::doors_test {

/// Keys as `jotmill_options_add_key` takes them: an HMAC key k1, a second one without a kid, and a
/// refused one.
extern const std::string_view kKeys;
inline constexpr std::int64_t kAsOf = 1'800'000'000;

/// `count` tokens: good ones, and those of some twenty other verdicts, in a fixed order that never
/// repeats a token exactly. No line feed and no blank token among them.
std::vector<std::string> make_tokens(std::size_t count);
std::vector<jotmill_text> texts_of(const std::vector<std::string>& tokens);
inline std::string_view view(jotmill_text text) { return {text.data, text.len}; }
inline jotmill_text text(std::string_view view) { return {view.data(), view.size()}; }

/// Options with kKeys, kAsOf, `iss` and `sub` shown; freed with their owner.
struct Options {
  jotmill_options* get = nullptr;
  Options();
  ~Options() { jotmill_options_free(get); }
  Options(const Options&) = delete;
};

struct Engine {
  jotmill_engine* get = nullptr;
  explicit Engine(const Options& options = {});
  ~Engine() { jotmill_engine_free(get); }
  Engine(const Engine&) = delete;
  std::string report() const;
};

/// A report without its last line, which is of the machine.
std::string before_run(const std::string& report);

}  // namespace jotmill::doors_test

#endif  // JOTMILL_TESTS_DOORS_MADE_H_
