// A file that one process keeps to itself: who comes second changes nothing, and what failed once
// may do better the next time.

#include "sinks/held_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.h"

using namespace jotmill;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMark = "mark/1 ";

struct Place {
  std::string folder;
  Place() {
    const char* base = std::getenv("TMPDIR");
    folder = std::string(base ? base : "/tmp") + "/jotmill-held-XXXXXX";
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
  }
  ~Place() { fs::remove_all(folder); }
  std::string path() const { return folder + "/ck"; }
  std::string next() const { return folder + "/ck.new"; }
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

void check_refused(const Place& place) {
  HeldFile second;
  const Status held = second.hold(place.path(), kMark);
  REQUIRE_FALSE(held.ok());
  CHECK(held.error().kind == ErrorKind::kUsage);
  CHECK(held.error().reason == "another run is writing it");
  CHECK(held.error().subject == place.path());
}

}  // namespace

TEST_CASE("who comes second is refused before the first write, after it and between any two") {
  const Place place;
  HeldFile first;
  REQUIRE(first.hold(place.path(), kMark).ok());
  check_refused(place);
  for (const std::string text : {"mark/1 a", "mark/1 bb", "mark/1 c"}) {
    REQUIRE(first.replace(text).ok());
    CHECK(content(place.path()) == text);
    CHECK_FALSE(fs::exists(place.next()));
    check_refused(place);
    CHECK(content(place.path()) == text);
  }
}

TEST_CASE("the lock goes with its owner, and so does a file that was never used") {
  const Place place;
  {
    HeldFile first;
    REQUIRE(first.hold(place.path(), kMark).ok());
  }
  CHECK(fs::is_empty(place.folder));
  {
    HeldFile second;
    REQUIRE(second.hold(place.path(), kMark).ok());
    REQUIRE(second.replace("mark/1 x").ok());
  }
  HeldFile third;
  REQUIRE(third.hold(place.path(), kMark).ok());
  CHECK(content(place.path()) == "mark/1 x");
}

TEST_CASE("what a killed process left is written over, what is something else is not") {
  const Place place;
  for (const std::string left : {"", "mar", "mark/1 ", "mark/1 half of it"}) {
    put(place.next(), left);
    HeldFile file;
    CAPTURE(left);
    REQUIRE(file.hold(place.path(), kMark).ok());
    REQUIRE(file.replace("mark/1 whole").ok());
    CHECK(content(place.path()) == "mark/1 whole");
  }
  put(place.next(), "my notes");
  HeldFile file;
  const Status held = file.hold(place.path(), kMark);
  REQUIRE_FALSE(held.ok());
  CHECK(held.error().kind == ErrorKind::kUsage);
  CHECK(held.error().reason.find("ck.new") != std::string::npos);
  CHECK(content(place.next()) == "my notes");
}

TEST_CASE("after a failure another attempt may do better") {
  const Place place;
  HeldFile file;
  REQUIRE(file.hold(place.path(), kMark).ok());
  REQUIRE(file.replace("mark/1 a").ok());
  fs::create_directory(place.next());
  const Status written = file.replace("mark/1 b");
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().kind == ErrorKind::kOutput);
  CHECK(content(place.path()) == "mark/1 a");
  check_refused(place);
  fs::remove(place.next());
  REQUIRE(file.replace("mark/1 c").ok());
  CHECK(content(place.path()) == "mark/1 c");
}

TEST_CASE("somebody removes the file that is to be written next") {
  const Place place;
  HeldFile file;
  REQUIRE(file.hold(place.path(), kMark).ok());
  fs::remove(place.next());
  REQUIRE(file.replace("mark/1 a").ok());
  CHECK(content(place.path()) == "mark/1 a");
}

TEST_CASE("its owner can read and write it whatever the umask, and nobody else") {
  const Place place;
  const mode_t before = ::umask(0777);
  HeldFile file;
  const bool held = file.hold(place.path(), kMark).ok() && file.replace("mark/1 a").ok();
  ::umask(before);
  REQUIRE(held);
  struct stat info {};
  REQUIRE(::stat(place.path().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a folder that is not there, and a link in its place") {
  const Place place;
  HeldFile file;
  const Status nowhere = file.hold(place.folder + "/no/ck", kMark);
  REQUIRE_FALSE(nowhere.ok());
  CHECK(nowhere.error().kind == ErrorKind::kOutput);
  CHECK(nowhere.error().subject == place.folder + "/no/ck");
  fs::create_symlink("elsewhere", place.path());
  CHECK_FALSE(file.hold(place.path(), kMark).ok());
  fs::remove(place.path());
  fs::create_symlink("elsewhere", place.next());
  CHECK_FALSE(file.hold(place.path(), kMark).ok());
  CHECK_FALSE(fs::exists(place.folder + "/elsewhere"));
}
