#ifndef JOTMILL_KEYS_DER_H_
#define JOTMILL_KEYS_DER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/bytes.h"

namespace jotmill {

/// Tags of X.690 that keys are made of.
enum DerTag : std::uint8_t {
  kDerInteger = 0x02,
  kDerBitString = 0x03,
  kDerOctetString = 0x04,
  kDerNull = 0x05,
  kDerOid = 0x06,
  kDerSequence = 0x30,
  kDerContext0 = 0xA0,  ///< [0], constructed; [1] to [3] follow
};

/// Reads the elements of one level, front to back. Strict DER (X.690 s10): definite lengths in
/// their shortest form, tags of one byte. Never reads outside the bytes it was given; each element
/// once.
class DerReader {
 public:
  explicit DerReader(Bytes bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  /// The tag of the next element, 0 at the end.
  std::uint8_t peek() const { return rest_.empty() ? std::uint8_t{0} : rest_.front(); }
  /// Content of the next element when it is well-formed and has this tag; else nothing, and no
  /// step.
  std::optional<Bytes> take(std::uint8_t tag);
  /// The whole next element, header included, under the same conditions.
  std::optional<Bytes> take_whole(std::uint8_t tag);

 private:
  struct Element {
    Bytes whole, content;
  };
  std::optional<Element> next(std::uint8_t tag) const;
  Bytes rest_;
};

/// Content of the one element of this tag that `bytes` is, nothing before and nothing behind it.
std::optional<Bytes> der_only(Bytes bytes, std::uint8_t tag);

/// Magnitude of an INTEGER's content, without leading zeros (zero itself is empty). Nothing when it
/// is negative or not in its shortest form.
std::optional<Bytes> der_magnitude(Bytes content);

/// Bytes of a BIT STRING's content, which must be whole bytes.
std::optional<Bytes> der_bit_string_bytes(Bytes content);

/// An OBJECT IDENTIFIER's content in dots, cut after 64 characters.
std::string oid_text(Bytes content);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_DER_H_
