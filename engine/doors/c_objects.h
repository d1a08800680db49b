#ifndef JOTMILL_DOORS_C_OBJECTS_H_
#define JOTMILL_DOORS_C_OBJECTS_H_

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "doors/audit.h"
#include "jotmill/jotmill.h"
#include "jotmill/options.h"
#include "jotmill/result.h"

/// What stands behind the opaque names of jotmill.h, and how its functions end.

struct jotmill_options {
  jotmill::RunOptions run;
  std::string source = "-";

  jotmill_options() = default;
  jotmill_options(const jotmill_options&) = delete;
  jotmill_options& operator=(const jotmill_options&) = delete;
  ~jotmill_options();
};

struct jotmill_engine {
  std::unique_ptr<jotmill::doors::Audit> audit;
  /// The texts that answers point to, one for each group of the last call.
  std::vector<std::vector<char>> texts;
};

namespace jotmill::doors {

/// Fills `error`, if there is one, and returns `code`. Never throws.
std::int32_t fail(jotmill_error* error, jotmill_code code, std::string_view subject,
                  std::string_view reason) noexcept;
std::int32_t fail(jotmill_error* error, const Error& why) noexcept;

inline std::string_view view_of(jotmill_text text) { return {text.data, text.len}; }
/// A text that may be read: not NULL where it has a length.
inline bool is_sound(jotmill_text text) { return text.data != nullptr || text.len == 0; }

/// Runs the body of a C function: no exception gets past it.
template <typename Body>
std::int32_t guarded(jotmill_error* error, Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(error, JOTMILL_E_NO_MEMORY, "", "out of memory");
  } catch (const std::length_error&) {
    return fail(error, JOTMILL_E_NO_MEMORY, "", "out of memory");
  } catch (const std::exception&) {
    return fail(error, JOTMILL_E_INTERNAL, "", "a library failed");
  }
}

/// `text` as a string for the caller, to be freed with jotmill_string_free().
std::int32_t hand_out(std::string_view text, char** out, std::size_t* len, jotmill_error* error);

}  // namespace jotmill::doors

#endif  // JOTMILL_DOORS_C_OBJECTS_H_
