// Reading ahead changes nothing: same bytes, same end, same error.

#include "input/read_ahead.h"

#include <chrono>
#include <string>

#include "input/memory_reader_test.h"
#include "input/packed_file_test.h"
#include "support/packed.h"

using namespace jotmill;
using namespace jotmill::testing;

TEST_CASE("read ahead: all bytes in order, then the end or the error, and both stay") {
  const std::string text = token_like_lines(3'000'000);
  ReadAhead ahead;  // one serves source after source
  for (const bool fails : {false, true}) {
    for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{65'537}, std::size_t{999}}) {
      for (const std::size_t wanted : {std::size_t{1} << 20, std::size_t{4097}}) {
        MemoryReader pieces(text, piece, fails);
        REQUIRE(ahead.start(pieces, {}));
        std::string got, room(wanted, '\0');
        for (;;) {
          const auto read = ahead.read(reinterpret_cast<std::uint8_t*>(room.data()), wanted);
          REQUIRE(read.ok() == !(fails && got.size() == text.size()));
          if (!read || read.value() == 0) break;
          got.append(room, 0, read.value());
          REQUIRE(ahead.bytes_read() == got.size());
        }
        CHECK((got == text));
        const auto again = ahead.read(reinterpret_cast<std::uint8_t*>(room.data()), wanted);
        CHECK(again.ok() == !fails);
        if (!again) CHECK(again.error().reason == "broken");
        ahead.stop();
      }
    }
  }
}

TEST_CASE("read ahead: it stops in the middle, and when nobody takes anything") {
  const std::string text = token_like_lines(8'000'000);
  for (const bool read_some : {false, true}) {
    MemoryReader pieces(text, 100'000, false);
    ReadAhead ahead;
    REQUIRE(ahead.start(pieces, {}));
    std::uint8_t room[100];
    if (read_some) CHECK(ahead.read(room, sizeof room).value() == 100);
    ahead.stop();
    CHECK_FALSE(ahead.running());
    // Bounded: it was not far ahead.
    CHECK(pieces.bytes_read() <= (ReadAhead::kBlocks + 2) * ReadAhead::kBlockBytes);
  }
}

TEST_CASE("read ahead: an interrupt while the source is silent") {
  const testing::NamedPipe pipe;
  const int end = pipe.open(O_RDWR);
  SourceReader source;
  ReadAhead ahead;
  source.set_interrupted([&] { return ahead.stopping(); });
  REQUIRE(source.open(pipe.path()).ok());
  int polls = 0;
  REQUIRE(ahead.start(source, [&] { return ++polls > 2; }));
  std::uint8_t room[100];
  const auto got = ahead.read(room, sizeof room);
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().kind == ErrorKind::kInterrupted);
  ahead.stop();  // the thread waits for a pipe that stays silent, and ends all the same
  ::close(end);
}
