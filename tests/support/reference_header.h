#ifndef JOTMILL_TESTS_SUPPORT_REFERENCE_HEADER_H_
#define JOTMILL_TESTS_SUPPORT_REFERENCE_HEADER_H_

#include <optional>
#include <string>
#include <string_view>

#include "support/reference_verifier.h"

namespace jotmill::reference {

// A verdict with its detail; an empty code while nothing has failed.
struct Finding {
  std::string verdict;
  std::string detail;

  bool failed() const { return !verdict.empty(); }
};

// What the later sections need of a JOSE header.
struct Header {
  std::optional<std::string> alg, kid, typ, cty;
};

// Section C: the decoded header bytes. `out` holds what could be read, also when a check fails.
Finding check_header(std::string_view bytes, const Policy& policy, Header& out);

// The same letters in any case, ASCII alone (RFC 7515 s4.1.9 media types).
bool equal_ignoring_case(std::string_view a, std::string_view b);

// A media type without the "application/" that RFC 7515 s4.1.9 lets a header leave out.
std::string_view without_application(std::string_view media_type);

}  // namespace jotmill::reference

#endif  // JOTMILL_TESTS_SUPPORT_REFERENCE_HEADER_H_
