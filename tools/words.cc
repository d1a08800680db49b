#include "tools/words.h"

#include <fmt/format.h>
#include <unistd.h>

#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

std::string place(const Error& error) {
  if (!error.offset_bytes) return error.subject;
  return fmt::format("{} (byte {})", error.subject, *error.offset_bytes);
}

std::string sentence(const Error& error) {
  const std::string where = place(error);
  switch (error.kind) {
    case ErrorKind::kNoKeys:
      return "no keys: give --keys PATH or --secret-file PATH" +
             (error.reason.empty() ? "" : " (" + error.reason + ")");
    case ErrorKind::kKeys: return fmt::format("{}: keys refused: {}", where, error.reason);
    case ErrorKind::kUnreadable: return fmt::format("{}: cannot be read: {}", where, error.reason);
    case ErrorKind::kOutput: return fmt::format("{}: cannot be written: {}", where, error.reason);
    case ErrorKind::kInternal: return fmt::format("internal error: {}: {}", where, error.reason);
    case ErrorKind::kUsage:
    case ErrorKind::kFormat:
    case ErrorKind::kInterrupted:
    case ErrorKind::kUnsupported: break;
  }
  return where.empty() ? error.reason : fmt::format("{}: {}", where, error.reason);
}

std::string_view event_name(InputEventKind kind) {
  switch (kind) {
    case InputEventKind::kInputUnreadable: return "cannot be read";
    case InputEventKind::kInputTruncated: return "ends before its end";
    case InputEventKind::kInputChanged: return "changed while it was read";
    case InputEventKind::kDecompressError: return "cannot be decompressed";
    case InputEventKind::kRecordTooLong: return "a record is too long";
  }
  return "something went wrong";
}

}  // namespace

std::string in_words(const Error& error) { return printable(sentence(error)); }

std::string in_words(const InputEvent& event) {
  std::string where = event.source == "-" ? "standard input" : event.source;
  if (event.line > 0) where += fmt::format(", line {}", event.line);
  if (event.offset_bytes > 0) where += fmt::format(" (byte {})", event.offset_bytes);
  const std::string reason = event.reason.empty() ? "" : ": " + event.reason;
  return printable(fmt::format("{}: {}{}", where, event_name(event.kind), reason));
}

int exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kOutput: return kExitOutput;
    case ErrorKind::kInternal: return kExitInternal;
    case ErrorKind::kInterrupted: return kExitInterrupted;
    default: return kExitUsage;  // nothing was run
  }
}

void say(std::string_view text) {
  const std::string line = "jotmill: " + printable(text) + '\n';
  // Nothing useful can be done when standard error itself is gone.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

void say_out_of_memory() noexcept {
  constexpr std::string_view kLine = "jotmill: internal error: out of memory\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
}

void say_internal_error(const char* what) noexcept {
  try {
    say(std::string("internal error: ") + what);
  } catch (const std::exception&) {
    say_out_of_memory();
  }
}

int fail(const Error& error) {
  say(in_words(error));
  return exit_code_of(error);
}

}  // namespace jotmill::tools
