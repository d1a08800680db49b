// No name, path or message repeats a credential: what counts as one, and that all else stays.

#include <string>
#include <string_view>

#include "jotmill/text.h"
#include "support/catch.h"

using namespace jotmill;

namespace {

// {"alg":"HS256"} . {"sub":"x"} . a signature of 32 bytes
const std::string kHeader = "eyJhbGciOiJIUzI1NiJ9";
const std::string kRest[2] = {"eyJzdWIiOiJ4In0", std::string(43, 'S')};
const std::string kToken = kHeader + "." + kRest[0] + "." + kRest[1];

std::string with_dots(std::string_view dot) {
  return kHeader + std::string(dot) + kRest[0] + std::string(dot) + kRest[1];
}

}  // namespace

TEST_CASE("a token is hidden wherever it stands, and what stands around it is kept") {
  CHECK(hide_tokens(kToken) == "[a token]");
  CHECK(hide_tokens("logs/" + kToken + "/a.txt") == "logs/[a token]/a.txt");
  CHECK(hide_tokens("/cb?token=" + kToken + "&n=1") == "/cb?token=[a token]&n=1");
  CHECK(hide_tokens(kToken + " " + kToken) == "[a token] [a token]");
  CHECK(hide_tokens("sub-" + kToken) == "sub-[a token]");
  CHECK(hide_tokens("https://issuer.example/" + kToken) == "https://issuer.example/[a token]");
}

TEST_CASE("its dots may be escaped") {
  for (const std::string_view dot : {".", "%2E", "%2e", "%252E", "%252e", "%25252e", "\\u002E",
                                     "\\u002e", "\\\\u002e", "\\x2E", "\\x2e", "\\\\x2e"}) {
    CAPTURE(dot);
    CHECK(hide_tokens("a=" + with_dots(dot) + "&b") == "a=[a token]&b");
    CHECK(holds_token(with_dots(dot)));
  }
}

TEST_CASE("cut, padded and encrypted ones are tokens too") {
  CHECK(hide_tokens(kHeader + ".") == "[a token]");
  CHECK(hide_tokens(kHeader + "." + kRest[0]) == "[a token]");
  CHECK(hide_tokens(kHeader + "=." + kRest[0] + "==." + kRest[1]) == "[a token]");
  CHECK(hide_tokens(kHeader + "..iv.text.tag") == "[a token]");
  // {"alg":"HS256" } with a blank, and one that begins with a line end.
  CHECK(hide_tokens("eyAiYWxnIjoiSFMyNTYiIH0.e30.") == "[a token]");
  CHECK(hide_tokens("ewoiYWxnIjoiSFMyNTYifQ.e30.") == "[a token]");
}

TEST_CASE("what is no token stays as it is") {
  for (const std::string& text :
       {std::string(), std::string("."), std::string("plain"), kHeader,
        std::string("eyJhbGciOiJI."), std::string("www.example.com/a.b.c"),
        std::string("eye.catching.name"), std::string("framework-2024-01-19.log"),
        std::string("https://rework-2025-06-19.example"),
        std::string("https://framework-staging-diff.example.com/x"),
        "eyJ" + std::string(60, 'a') + ".b.c", std::string("a%2Eb%2Ec"),
        std::string("did:web:example.com#key-1"), std::string(100, '='), std::string(100, '.')}) {
    CAPTURE(text);
    CHECK(hide_tokens(text) == text);
    CHECK_FALSE(holds_token(text));
  }
}

TEST_CASE("what was hidden once holds nothing more, wherever tokens touch") {
  for (const std::string between : {"", ".", "%2E", "-", "x", "==", "%"}) {
    const std::string hidden = hide_tokens(kToken + between + kToken + between + kHeader);
    CAPTURE(between, hidden);
    CHECK_FALSE(holds_token(hidden));
    CHECK(hidden.find(kRest[1]) == std::string::npos);
  }
}

TEST_CASE("marks that no reader sees do not part a token") {
  for (const std::string mark : {"\xE2\x80\x8E", "\x01", "\x7F", "\xE2\x80\xAE", "\xC2\x85"}) {
    const std::string parted = kToken.substr(0, 12) + mark + kToken.substr(12);
    CAPTURE(parted);
    CHECK(holds_token(parted));
    CHECK(hide_tokens("a=" + parted) == "a=[a token]");
    std::string shown;
    append_shown(shown, parted, SafeText::kJson);
    CHECK(shown.starts_with("[a token]~"));
  }
  CHECK(hide_tokens("caf\xC3\xA9\n") == "caf\xC3\xA9\n");
}

TEST_CASE("two names that differ in a token still differ") {
  std::string one, other, plain;
  append_shown(one, "in/" + kToken, SafeText::kJson);
  append_shown(other, "in/" + kToken + "x", SafeText::kJson);
  append_shown(plain, "in/a.txt", SafeText::kJson);
  CHECK(one != other);
  CHECK(one.size() == std::string("in/[a token]~12345678").size());
  CHECK(plain == "in/a.txt");
}
