#ifndef JOTMILL_TOOLS_GENERATE_SHAPED_CAPTURE_H_
#define JOTMILL_TOOLS_GENERATE_SHAPED_CAPTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tools/generate/capture.h"
#include "tools/generate/forge.h"
#include "tools/generate/world.h"

namespace jotmill::tools {

/// Whether extraction finds exactly these bytes, and judges them as a token: base64url characters,
/// dots and padding alone, a header that is a JSON object with a string alg or enc, as many dots as
/// its kind has, and a signature that no logger seems to have cut or blanked.
bool extractable(std::string_view token);

/// The shortest signature text that `alg` can have (RFC 7518 s3.1, RFC 8037, RFC 8812): 0 when
/// unknown. RSA: of 2048 bits.
std::size_t least_signature_characters(std::string_view alg);

/// Appends token `index` as one or more records of the recipe's shape, with the lines before it
/// that hold noise, lookalikes and what loggers cut or blanked. Every record stands behind
/// Shape::between.
void append_shaped_record(const World& world, std::uint64_t seed, std::uint64_t index,
                          const ForgedToken& token, CaptureBlock& block);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_SHAPED_CAPTURE_H_
