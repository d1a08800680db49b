#ifndef JOTMILL_CLAIMS_TEST_BATCH_H_
#define JOTMILL_CLAIMS_TEST_BATCH_H_

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"

namespace jotmill {

/// Decoded segments of one token, as the tests of this room write them down.
struct TestToken {
  std::string header;
  std::string payload = {};
};

/// A batch in the state in which decode (and for payloads the signature) leaves it. Behind every
/// segment stand bytes that would matter to a reader that looked at them.
inline TokenBatch make_test_batch(const std::vector<TestToken>& tokens, std::uint8_t passed) {
  constexpr std::string_view kTail = "}\"9,:]";
  std::string bytes;
  TokenBatch batch;
  for (const TestToken& token : tokens) {
    const std::size_t i = batch.add(0, 0, false, 0, 0);
    batch.passed[i] = passed;
    const std::string_view segments[2] = {token.header, token.payload};
    for (unsigned which = 0; which < 2; ++which) {
      batch.seg_off[which][i] = static_cast<std::uint32_t>(bytes.size());
      batch.seg_len[which][i] = static_cast<std::uint32_t>(segments[which].size());
      bytes.append(segments[which]).append(kTail);
    }
  }
  batch.arena.reset(bytes.size());
  std::memcpy(batch.arena.data(), bytes.data(), bytes.size());
  return batch;
}

/// A text with slack behind it, as the readers want it.
class PaddedText {
 public:
  explicit PaddedText(std::string_view text) : size_(text.size()) {
    bytes_.assign(text.begin(), text.end());
    for (std::size_t i = 0; i < kSlackBytes; ++i) bytes_.push_back("}]\"0,\\x"[i % 7]);
  }
  Bytes bytes() const { return {bytes_.data(), size_}; }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t size_;
};

}  // namespace jotmill

#endif  // JOTMILL_CLAIMS_TEST_BATCH_H_
