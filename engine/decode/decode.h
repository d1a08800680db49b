#ifndef JOTMILL_DECODE_DECODE_H_
#define JOTMILL_DECODE_DECODE_H_

#include "core/batch.h"
#include "jotmill/options.h"
#include "kernels/base64url/base64url.h"

namespace jotmill {

/// decode_segments: reads token_off, token_len (bytes); writes dot1, dot2, arena, seg_off, seg_len
/// (bytes); may set every verdict of rooms A (shape) and B (encoding); leaves kPassedDecode on the
/// tokens that go on. RFC 7515 s5.2 steps 1, 2, 6, 7, s7.1; RFC 4648 s3.3, s3.5, s5. Two passes
/// over the bytes (dots, decoding), no allocation when warm.
void decode_segments(TokenBatch& batch, const Policy& policy, kernels::Base64urlDecodeFn* decode);

}  // namespace jotmill

#endif  // JOTMILL_DECODE_DECODE_H_
