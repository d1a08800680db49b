#ifndef JOTMILL_RESULT_H_
#define JOTMILL_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace jotmill {

/// What went wrong in the world around the tokens. A bad token is a Verdict, never an Error.
enum class ErrorKind : std::uint8_t {
  kUsage,        ///< options that contradict each other or cannot be met
  kKeys,         ///< a key file or set that is refused whole
  kNoKeys,       ///< no key at all was given
  kUnreadable,   ///< a file that cannot be opened or read
  kOutput,       ///< an output that cannot be written
  kFormat,       ///< a file (report, recipe) that is not what it should be
  kUnsupported,  ///< asked for something that this build does not have
  kInterrupted,  ///< someone asked the run to end
  kInternal,     ///< memory, a library, or a broken invariant
};

/// An error with its place. `subject` is the path, option or name it is about; `reason` a short
/// phrase in lower case without a full stop. Only tools/ turns it into a sentence for a person.
/// Neither ever holds a token or key material.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string subject;
  std::string reason;
  std::optional<std::uint64_t> offset_bytes = std::nullopt;
};

/// A value or an Error. Check ok() before value().
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

struct Unit {};
using Status = Result<Unit>;

}  // namespace jotmill

#endif  // JOTMILL_RESULT_H_
