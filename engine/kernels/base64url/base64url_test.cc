// All variants of base64url against an oracle that decodes bit by bit and shares nothing with them:
// same bytes, same error, same position, no read outside the segment, no write outside result and
// slack.

#include "kernels/base64url/base64url.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/features.h"
#include "kernels/kernels.h"
#include "support/catch.h"
#include "support/cpu_under_test.h"

namespace jotmill::kernels {

#if defined(JOTMILL_HAVE_SIMDE)
Base64urlDecodeFn base64url_decode_avx512vbmi_emulated;
#endif

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kCanary = 0xA5;

struct Expected {
  std::vector<std::uint8_t> bytes;
  std::size_t position = 0;
  Base64urlError error = Base64urlError::kNone;
};

Expected fails(Base64urlError error, std::size_t position) { return {{}, position, error}; }

/// RFC 4648 s5 read literally.
Expected oracle(std::string_view text) {
  const std::size_t bad = text.find_first_not_of(kAlphabet);
  if (bad != std::string_view::npos) return fails(Base64urlError::kAlphabet, bad);
  if (text.size() % 4 == 1) return fails(Base64urlError::kLength, text.size() - 1);
  Expected expected;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    bits = bits << 6 | static_cast<unsigned>(kAlphabet.find(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    expected.bytes.push_back(static_cast<std::uint8_t>(bits >> held));
    bits &= (1u << held) - 1;
  }
  if (bits != 0) return fails(Base64urlError::kTrailingBits, text.size() - 1);
  return expected;
}

/// Every variant that can run here, the emulated one too.
std::vector<Variant<Base64urlDecodeFn>> runnable() {
  std::vector<Variant<Base64urlDecodeFn>> variants;
  const CpuMask cpu = testing::cpu_under_test();
  for (const auto& variant : base64url_variants()) {
    if (variant.fn != nullptr && cpu.has(variant.needs)) variants.push_back(variant);
  }
#if defined(JOTMILL_HAVE_SIMDE)
  variants.push_back({"avx512vbmi emulated", {}, 64, base64url_decode_avx512vbmi_emulated});
#endif
  return variants;
}

/// What is wrong with `decode` on `text`, or "". `out` starts at any alignment.
std::string difference(Base64urlDecodeFn* decode, std::string_view text, const Expected& expected,
                       std::vector<std::uint8_t>* buffer, std::size_t out_offset = 0) {
  const std::size_t room = text.size() * 3 / 4 + kBase64urlSlackBytes;
  buffer->assign(out_offset + room + 64, kCanary);
  std::uint8_t* out = buffer->data() + out_offset;
  const Base64urlResult result = decode(text.data(), text.size(), out);
  if (result.error != expected.error) return "error kind";
  if (result.position != expected.position) return "position";
  if (result.written != expected.bytes.size()) return "written";
  if (result.written != 0 && std::memcmp(out, expected.bytes.data(), result.written) != 0)
    return "bytes";
  for (std::size_t i = 0; i < out_offset; ++i) {
    if ((*buffer)[i] != kCanary) return "write before dst";
  }
  for (std::size_t i = out_offset + room; i < buffer->size(); ++i) {
    if ((*buffer)[i] != kCanary) return "write after the slack";
  }
  return {};
}

/// In hex: a failing input may hold any byte.
std::string hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (const char c : text) {
    digits += kDigits[static_cast<unsigned char>(c) >> 4];
    digits += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return digits;
}

/// Compares all variants on `text`; on a difference says enough to replay it.
void check_all(const std::vector<Variant<Base64urlDecodeFn>>& variants, std::string_view text) {
  static thread_local std::vector<std::uint8_t> buffer;
  const Expected expected = oracle(text);
  for (const auto& variant : variants) {
    const std::string wrong = difference(variant.fn, text, expected, &buffer);
    if (!wrong.empty()) {
      FAIL(variant.name << " differs in " << wrong << " for length " << text.size() << ": "
                        << hex(text));
    }
  }
}

std::string random_text(std::size_t len, std::mt19937_64* random) {
  std::string text(len, 'A');
  for (char& c : text) c = kAlphabet[(*random)() % kAlphabet.size()];
  return text;
}

/// Sets the unused bits of the last character to zero.
void clear_trailing_bits(std::string* text) {
  if (text->size() % 4 < 2) return;
  const std::size_t unused = text->size() % 4 == 2 ? 16 : 4;
  char& last = text->back();
  last = kAlphabet[kAlphabet.find(last) / unused * unused];
}

TEST_CASE("known answers: RFC 4648 s10 without padding, RFC 7515 A.1, and each kind of error") {
  struct Case {
    std::string_view text;
    std::string_view bytes;
    Base64urlError error;
    std::size_t position;
  };
  using enum Base64urlError;
  const Case cases[] = {
      {"", "", kNone, 0},
      {"Zg", "f", kNone, 0},
      {"Zm8", "fo", kNone, 0},
      {"Zm9v", "foo", kNone, 0},
      {"Zm9vYg", "foob", kNone, 0},
      {"Zm9vYmE", "fooba", kNone, 0},
      {"Zm9vYmFy", "foobar", kNone, 0},
      {"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
       kNone, 0},
      {"-_-_", "\xFB\xFF\xBF", kNone, 0},
      {"Zg==", "", kAlphabet, 2},
      {"Zm9v+m9v", "", kAlphabet, 4},
      {"Zm9v/m9v", "", kAlphabet, 4},
      {"Z", "", kLength, 0},
      {"Zm9vY", "", kLength, 4},
      {"Zh", "", kTrailingBits, 1},
      {"Zm9", "", kTrailingBits, 2},
      {"Zm9vYh", "", kTrailingBits, 5},
      // Several wrong at once: the first bad byte wins, wherever it stands, then the length.
      {"Zm9v!?", "", kAlphabet, 4},
      {"Zm9vY!", "", kAlphabet, 5},
      {"!Zm9v", "", kAlphabet, 0},
      {"Zm9v\n", "", kAlphabet, 4},
  };
  for (const auto& variant : runnable()) {
    for (const Case& one : cases) {
      CAPTURE(std::string(variant.name), std::string(one.text));
      std::vector<std::uint8_t> out(one.text.size() * 3 / 4 + kBase64urlSlackBytes);
      const Base64urlResult result = variant.fn(one.text.data(), one.text.size(), out.data());
      CHECK(result.error == one.error);
      CHECK(result.position == one.position);
      REQUIRE(result.written == one.bytes.size());
      CHECK(std::memcmp(out.data(), one.bytes.data(), result.written) == 0);
    }
    const Base64urlResult nothing = variant.fn(nullptr, 0, std::vector<std::uint8_t>(64).data());
    CHECK(nothing.error == Base64urlError::kNone);
    CHECK(nothing.written == 0);
  }
}

TEST_CASE("the variants of this machine are tested, none left out in silence") {
  const auto variants = runnable();
  REQUIRE_FALSE(variants.empty());
  bool scalar = false;
  bool avx512 = false;
  for (const auto& variant : variants) {
    scalar |= variant.name == "scalar";
    avx512 |= variant.name.starts_with("avx512vbmi");
    UNSCOPED_INFO(variant.name);
  }
  CHECK(scalar);
#if defined(__x86_64__)
  if (!avx512) WARN("avx512vbmi is not tested here: no such CPU and no libsimde-dev");
  CHECK(base64url_variants().size() == 3);
#endif
}

TEST_CASE("every byte value at every position, lengths 0 to 130") {
  const auto variants = runnable();
  std::mt19937_64 random(4648);
  for (std::size_t len = 0; len <= 130; ++len) {
    std::string text = random_text(len, &random);
    clear_trailing_bits(&text);
    check_all(variants, text);
    for (std::size_t at = 0; at < len; ++at) {
      const char saved = text[at];
      for (int value = 0; value < 256; ++value) {
        text[at] = static_cast<char>(value);
        check_all(variants, text);
      }
      text[at] = saved;
    }
  }
  SUCCEED();
}

TEST_CASE("every pair of final bytes") {
  const auto variants = runnable();
  std::mt19937_64 random(7515);
  // One length for each remainder, short, at a step of each variant, and just beyond one.
  for (const std::size_t len : {2, 3, 4, 5, 34, 35, 64, 65, 66, 67, 98, 131}) {
    std::string text = random_text(len, &random);
    for (int first = 0; first < 256; ++first) {
      for (int second = 0; second < 256; ++second) {
        text[len - 2] = static_cast<char>(first);
        text[len - 1] = static_cast<char>(second);
        check_all(variants, text);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("two bad bytes: the first one is reported") {
  const auto variants = runnable();
  std::mt19937_64 random(2);
  for (const std::size_t len : {63, 64, 65, 130, 200}) {
    const std::string good = random_text(len, &random);
    for (std::size_t first = 0; first < len; ++first) {
      for (std::size_t second = first; second < len; ++second) {
        std::string text = good;
        text[first] = '=';
        text[second] = '\xFF';
        check_all(variants, text);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("random long inputs, with and without one wrong byte") {
  const auto variants = runnable();
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 400; ++round) {
    std::string text = random_text(random() % 20000, &random);
    if (round % 4 != 0) clear_trailing_bits(&text);
    if (round % 3 == 0 && !text.empty()) text[random() % text.size()] = static_cast<char>(random());
    check_all(variants, text);
  }
  SUCCEED();
}

TEST_CASE("any alignment of source and result") {
  const auto variants = runnable();
  std::mt19937_64 random(64);
  std::vector<std::uint8_t> buffer;
  std::vector<char> home(64 + 300);
  for (const std::size_t len : {0, 1, 2, 3, 7, 31, 32, 63, 64, 86, 127, 128, 214, 299}) {
    std::string text = random_text(len, &random);
    clear_trailing_bits(&text);
    const Expected expected = oracle(text);
    for (std::size_t offset = 0; offset < 64; ++offset) {
      if (len != 0) std::memcpy(home.data() + offset, text.data(), len);
      for (const auto& variant : variants) {
        const std::string_view moved(home.data() + offset, len);
        CHECK(difference(variant.fn, moved, expected, &buffer, 63 - offset) == "");
      }
    }
  }
}

/// `pages` readable pages with an unreadable one on either side.
class GuardedPages {
 public:
  explicit GuardedPages(std::size_t pages)
      : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))), size_(pages * page_) {
    void* all = mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(all != MAP_FAILED);
    base_ = static_cast<char*>(all);
    REQUIRE(mprotect(base_ + page_, size_, PROT_READ | PROT_WRITE) == 0);
  }
  ~GuardedPages() { munmap(base_, size_ + 2 * page_); }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;

  char* begin() { return base_ + page_; }
  char* end() { return begin() + size_; }

 private:
  std::size_t page_;
  std::size_t size_;
  char* base_ = nullptr;
};

TEST_CASE("nothing outside the segment is read, nothing outside result and slack is written") {
  const auto variants = runnable();
  std::mt19937_64 random(3);
  GuardedPages source(1);
  GuardedPages target(1);
  for (std::size_t len = 0; len <= 300; ++len) {
    for (const bool with_error : {false, true}) {
      std::string text = random_text(len, &random);
      clear_trailing_bits(&text);
      if (with_error && len != 0) text[len - 1] = '*';
      const Expected expected = oracle(text);
      char* const places[] = {source.begin(), source.end() - len};
      for (char* src : places) {
        if (len != 0) std::memcpy(src, text.data(), len);
        for (const auto& variant : variants) {
          auto* dst =
              reinterpret_cast<std::uint8_t*>(target.end() - (len * 3 / 4 + kBase64urlSlackBytes));
          const Base64urlResult result = variant.fn(src, len, dst);
          CAPTURE(std::string(variant.name), len, with_error);
          REQUIRE(result.error == expected.error);
          REQUIRE(result.position == expected.position);
          REQUIRE(result.written == expected.bytes.size());
          REQUIRE(std::equal(expected.bytes.begin(), expected.bytes.end(), dst));
        }
      }
    }
  }
}

}  // namespace
}  // namespace jotmill::kernels
