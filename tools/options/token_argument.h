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

/// Refuses (kUsage) a path of which there is no file and that is a key in PEM or JSON, likewise
/// without repeating it.
Status refuse_key(const std::string& role, const std::string& path);

/// Likewise, where the file is to hold a secret: also a path that may be the secret itself, since
/// it has 16 bytes or more, names no folder and ends in no dot and letters.
Status refuse_secret(const std::string& role, const std::string& path);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_TOKEN_ARGUMENT_H_
