#ifndef JOTMILL_TOOLS_WORDS_H_
#define JOTMILL_TOOLS_WORDS_H_

#include <string>
#include <string_view>

#include "jotmill/result.h"
#include "jotmill/stats.h"

namespace jotmill::tools {

/// Exit codes of product documentation; the highest that applies wins.
inline constexpr int kExitOk = 0;
inline constexpr int kExitRejected = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInput = 3;
inline constexpr int kExitOutput = 4;
inline constexpr int kExitInternal = 5;
inline constexpr int kExitInterrupted = 130;
inline constexpr int kExitReaderGone = 141;

/// An Error as one sentence for a person, without a line feed, safe for a terminal.
std::string in_words(const Error& error);

/// What happened to an input, likewise.
std::string in_words(const InputEvent& event);

/// The exit code of a command that ended with `error`.
int exit_code_of(const Error& error);

/// Writes "jotmill: TEXT\n" to standard error in one write, so that lines of several processes do
/// not mix. TEXT is made printable here.
void say(std::string_view text);

/// What main() says when all else failed: these need no memory and throw nothing.
void say_out_of_memory() noexcept;
void say_internal_error(const char* what) noexcept;

/// say(in_words(error)); returns exit_code_of(error).
int fail(const Error& error);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_WORDS_H_
