// All variants of scan against an oracle that follows the words of scan.h byte by byte and shares
// nothing with them: same positions, no read outside the text.

#include "kernels/scan/scan.h"

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
ScanFn scan_avx512bw_emulated;
#endif

namespace {

constexpr ScanFor kAll[] = {ScanFor::kTokenStart, ScanFor::kPartEnd, ScanFor::kThinLine,
                            ScanFor::kCountLines};

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool oracle_at(std::string_view rest, ScanFor what) {
  const auto at = [&](std::size_t i) { return i < rest.size() ? rest[i] : '\0'; };
  switch (what) {
    case ScanFor::kTokenStart:
      if (rest.size() < 2) return false;
      if (rest.substr(0, 2) == "ZX" || rest.substr(0, 2) == "\\u" || rest.substr(0, 2) == "\\x")
        return true;
      if (at(0) == '%') return is_one_of(at(1), "234567");
      if (rest.size() < 3) return false;
      if (rest.substr(0, 2) == "ey") return is_one_of(at(2), "ABCDIJKL");
      if (rest.substr(0, 2) == "ew") return is_one_of(at(2), "opqr0123klmn");
      return rest.substr(0, 2) == "e3" && is_one_of(at(2), "0123");
    case ScanFor::kPartEnd:
      return !is_one_of(at(0), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    case ScanFor::kThinLine: return at(0) == '\n' && rest.size() > 1 && is_one_of(at(1), "\n\r \t");
    case ScanFor::kCountLines: return at(0) == '\n';
  }
  return false;
}

std::size_t oracle(std::string_view text, std::size_t from, ScanFor what) {
  std::size_t lines = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (!oracle_at(text.substr(i), what)) continue;
    if (what != ScanFor::kCountLines) return i;
    ++lines;
  }
  return what == ScanFor::kCountLines ? lines : text.size();
}

std::vector<Variant<ScanFn>> runnable() {
  std::vector<Variant<ScanFn>> variants;
  const CpuMask cpu = testing::cpu_under_test();
  for (const auto& variant : scan_variants()) {
    if (variant.fn != nullptr && cpu.has(variant.needs)) variants.push_back(variant);
  }
#if defined(JOTMILL_HAVE_SIMDE)
  variants.push_back({"avx512bw emulated", {}, 64, scan_avx512bw_emulated});
#endif
  return variants;
}

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Every variant and question over `text` from every position in `froms`.
void check_text(std::string_view text, const std::vector<std::size_t>& froms) {
  for (const auto& variant : runnable()) {
    for (const ScanFor what : kAll) {
      for (const std::size_t from : froms) {
        const std::size_t got = variant.fn(bytes_of(text), from, text.size(), what);
        if (got == oracle(text, from, what)) continue;
        CAPTURE(std::string(variant.name), static_cast<int>(what), from, text);
        CHECK(got == oracle(text, from, what));
        return;
      }
    }
  }
}

TEST_CASE("scan: every pair and triple that matters, at every place of a step") {
  const std::string_view letters =
      "eyw3ZX%27\\uxIJKLMADEHor0139knlp\n\r \t.-_AZaz@[`{/:\x7F\x80\xFF";
  for (const char a : letters) {
    for (const char b : letters) {
      std::string text(70, '!');
      text += a;
      text += b;
      for (const char c : letters) check_text(text + c + "!!", {60, 70});
      check_text(text, {0, 70, 71, 72});
    }
  }
}

TEST_CASE("scan: every first, second and third byte") {
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    for (const std::string_view around :
         {"?yJ", "e?J", "ey?", "ew?", "e3?", "Z?", "%?", "\\?", "\n?"}) {
      std::string text(std::string(40, '.') + std::string(around) + std::string(80, '.'));
      text[40 + around.find('?')] = byte;
      check_text(text, {0, 39, 40});
    }
  }
}

TEST_CASE("scan: random texts of every length from every start") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::string_view letters = "eeyywwJJoZX%2\\u\n\n \tab.AZ09-_\xC3";
  for (std::size_t len = 0; len < 200; ++len) {
    std::string text(len, '\0');
    const bool rare = random() % 2 == 0;
    for (char& c : text) c = rare && random() % 16 != 0 ? 'q' : letters[random() % letters.size()];
    std::vector<std::size_t> froms;
    for (std::size_t from = 0; from <= len; from += 1 + random() % 9) froms.push_back(from);
    froms.push_back(len);
    check_text(text, froms);
  }
}

TEST_CASE("scan: line ends are counted beyond what a byte holds") {
  const std::string text(100'000, '\n');
  for (const auto& variant : runnable()) {
    CHECK(variant.fn(bytes_of(text), 1, text.size(), ScanFor::kCountLines) == 99'999);
  }
}

TEST_CASE("scan: nothing is read before or behind the text") {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* map = ::mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(map != MAP_FAILED);
  auto* middle = static_cast<std::uint8_t*>(map) + page;
  REQUIRE(::mprotect(middle, page, PROT_READ | PROT_WRITE) == 0);
  std::memset(middle, 'q', page);
  for (const auto& variant : runnable()) {
    for (std::size_t len = 0; len <= 200; ++len) {
      for (const ScanFor what : kAll) {
        const std::size_t none = what == ScanFor::kCountLines ? 0 : len;
        CHECK(variant.fn(middle + page - len, 0, len, what) == none);
        CHECK(variant.fn(middle, 0, len, what) == none);
      }
    }
    CHECK(variant.fn(nullptr, 0, 0, ScanFor::kTokenStart) == 0);
  }
  ::munmap(map, 3 * page);
}

}  // namespace
}  // namespace jotmill::kernels
