#ifndef JOTMILL_TOOLS_EXPLAIN_TEXT_H_
#define JOTMILL_TOOLS_EXPLAIN_TEXT_H_

#include <string>
#include <vector>

#include "jotmill/jotmill.hpp"

namespace jotmill::tools {

/// An explanation for a person, safe for a terminal; one line or more for each check.
std::string explanation_text(const Explanation& explanation, const std::vector<KeyInfo>& keys,
                             bool color);

/// The same for programs: one JSON object in one line, "schema":"jotmill.explain/1". `header` and
/// `payload` are texts (a header that could be read need not be JSON), null where withheld.
std::string explanation_json(const Explanation& explanation, const std::vector<KeyInfo>& keys);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_EXPLAIN_TEXT_H_
