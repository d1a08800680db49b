#include "verify/memo.h"

#include <map>
#include <random>
#include <set>
#include <vector>

#include "support/catch.h"

using namespace jotmill;

namespace {

using Answer = SignatureMemo::Answer;

SignatureMemo::Key key_of(std::uint32_t number) {
  SignatureMemo::Key key{};
  std::mt19937 random(number);
  for (auto& byte : key) byte = static_cast<std::uint8_t>(random());
  return key;
}

/// One round with one claim.
Answer ask(SignatureMemo& memo, const SignatureMemo::Key& key, SignatureCheck result) {
  memo.begin_round();
  const Answer answer = memo.claim(key, 0).answer;
  memo.end_round([result](std::uint32_t) { return result; });
  return answer;
}

}  // namespace

TEST_CASE("a memo knows good and bad signatures, and no failures") {
  SignatureMemo memo(64);
  CHECK(ask(memo, key_of(1), SignatureCheck::kGood) == Answer::kUnknown);
  CHECK(ask(memo, key_of(2), SignatureCheck::kBad) == Answer::kUnknown);
  CHECK(ask(memo, key_of(3), SignatureCheck::kFailed) == Answer::kUnknown);
  CHECK(ask(memo, key_of(1), SignatureCheck::kBad) == Answer::kGood);
  CHECK(ask(memo, key_of(2), SignatureCheck::kGood) == Answer::kBad);
  CHECK(ask(memo, key_of(3), SignatureCheck::kGood) == Answer::kUnknown);
  CHECK(ask(memo, key_of(3), SignatureCheck::kBad) == Answer::kGood);
}

TEST_CASE("every bit of a key counts") {
  SignatureMemo memo(4);  // one set: nothing but the comparison tells keys apart
  ask(memo, key_of(1), SignatureCheck::kGood);
  for (std::size_t bit = 0; bit < 256; ++bit) {
    SignatureMemo::Key other = key_of(1);
    other[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    memo.begin_round();
    REQUIRE(memo.claim(other, 0).answer == Answer::kUnknown);
    memo.end_round([](std::uint32_t) { return SignatureCheck::kFailed; });
  }
}

TEST_CASE("what repeats within a round is told by the first of its kind") {
  SignatureMemo memo(64);
  memo.begin_round();
  CHECK(memo.claim(key_of(1), 0).answer == Answer::kUnknown);
  CHECK(memo.claim(key_of(2), 1).answer == Answer::kUnknown);
  const auto again = memo.claim(key_of(2), 7);
  CHECK(again.answer == Answer::kSame);
  CHECK(again.same_as == 1);
  memo.end_round([](std::uint32_t check) {
    return check == 1 ? SignatureCheck::kGood : SignatureCheck::kBad;
  });
  CHECK(ask(memo, key_of(1), SignatureCheck::kGood) == Answer::kBad);
  CHECK(ask(memo, key_of(2), SignatureCheck::kBad) == Answer::kGood);
}

TEST_CASE("a round that was broken off leaves nothing behind") {
  SignatureMemo memo(64);
  memo.begin_round();
  memo.claim(key_of(1), 3);
  CHECK(ask(memo, key_of(1), SignatureCheck::kBad) == Answer::kUnknown);
  CHECK(ask(memo, key_of(1), SignatureCheck::kGood) == Answer::kBad);
}

TEST_CASE("a memo is bounded, never tells a wrong result, and keeps what is used") {
  for (const std::size_t entries : {1u, 2u, 3u, 4u, 5u, 64u, 1000u}) {
    SignatureMemo memo(entries);
    std::mt19937 random(11);
    std::set<std::uint32_t> known;
    std::uint32_t hits = 0;
    for (int round = 0; round < 300; ++round) {
      memo.begin_round();
      std::map<std::uint32_t, std::uint32_t> asked;  // check -> key number
      for (std::uint32_t check = 0; check < 40; ++check) {
        const auto number =
            static_cast<std::uint32_t>(random() % 5 ? random() % 8 : random() % 5000);
        const auto found = memo.claim(key_of(number), check);
        asked[check] = number;
        if (found.answer == Answer::kGood) REQUIRE(number % 3 == 0);
        if (found.answer == Answer::kBad) REQUIRE(number % 3 != 0);
        if (found.answer == Answer::kSame) REQUIRE(asked.at(found.same_as) == number);
        hits += found.answer != Answer::kUnknown;
      }
      memo.end_round([&](std::uint32_t check) {
        return asked.at(check) % 3 == 0 ? SignatureCheck::kGood : SignatureCheck::kBad;
      });
    }
    if (entries >= 64) CHECK(hits > 300 * 40 * 3 / 4);
  }
}

TEST_CASE("a memo that is off remembers nothing") {
  SignatureMemo memo(0);
  CHECK_FALSE(memo.on());
  CHECK(ask(memo, key_of(1), SignatureCheck::kGood) == Answer::kUnknown);
  CHECK(ask(memo, key_of(1), SignatureCheck::kGood) == Answer::kUnknown);
}
