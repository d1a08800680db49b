// Whole tokens: whatever the bytes, engine and reference verifier give one verdict. The first byte
// says what the others are: a token as it stands, or the number of a generated token with valid
// signature and edits to it, so that what comes behind the signature is reached too.
#include <array>
#include <cstdint>
#include <memory>

#include "fuzz/both.h"
#include "fuzz/require.h"
#include "support/token_gen.h"

namespace {

using namespace jotmill;

constexpr std::size_t kWorlds = 8;

struct Place {
  explicit Place(std::uint64_t seed)
      : world(gen::make_world(seed, {.refused_files = false, .bases = 24})),
        both(sound_files(world), world.policy) {}

  static std::vector<reference::KeyFile> sound_files(const gen::World& world) {
    std::vector<reference::KeyFile> sound;
    for (const reference::KeyFile& file : world.key_files) {
      reference::Keys keys;
      if (keys.load(file).empty()) sound.push_back(file);
    }
    return sound;
  }

  gen::World world;
  testing::Both both;
};

Place& place(std::size_t index) {
  static std::array<std::unique_ptr<Place>, kWorlds> places;
  if (!places[index]) places[index] = std::make_unique<Place>(1 + index);
  return *places[index];
}

/// Edits of three bytes: place (two), new byte.
void edit(std::string& token, const std::uint8_t* data, std::size_t size) {
  for (; size >= 3; data += 3, size -= 3) {
    const std::size_t at = data[0] | static_cast<std::size_t>(data[1]) << 8;
    if (at < token.size()) token[at] = static_cast<char>(data[2]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  Place& here = place(data[0] % kWorlds);
  if ((data[0] & 0x80) == 0) {
    here.both.hold({reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
  }
  const std::uint64_t index = data[1] | static_cast<std::uint64_t>(data[2]) << 8;
  std::string token = gen::make_token(here.world, index).bytes;
  edit(token, data + 3, size - 3);
  here.both.hold(token);
  return 0;
}
