#ifndef JOTMILL_TOOLS_OPTIONS_TOKEN_ARGUMENT_H_
#define JOTMILL_TOOLS_OPTIONS_TOKEN_ARGUMENT_H_

#include <span>
#include <string>

#include "jotmill/result.h"

namespace jotmill::tools {

/// Refuses (kUsage) a path that is no file but a token given by mistake, whole, cut or damaged: an
/// encoded object, long enough for a header, and a dot behind it. The message does not repeat it,
/// since a token is a credential and messages end in logs; a path that cannot be opened would be
/// named.
Status refuse_tokens(const std::string& role, std::span<const std::string> paths);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_TOKEN_ARGUMENT_H_
