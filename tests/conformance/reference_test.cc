// The oracle against the published vectors, and its extraction against the rules one by one: before
// it may judge the engine it has to be right itself.

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/codec.h"
#include "support/reference_extract.h"
#include "support/vectors.h"

namespace jotmill::vectors {
namespace {

template <typename Cases, typename Verifier>
void require_all(const Cases& cases, size_t count, const Verifier& verifier) {
  REQUIRE(cases.size() == count);
  for (const std::string& line : mismatches(cases, verifier)) FAIL_CHECK(line);
}

TEST_CASE("the reference gives every attack its exact verdict") {
  if (!available("attacks/attacks.jsonl")) return;
  require_all(attacks(), 189, reference_outcome);
}

TEST_CASE("the reference agrees with every row of Wycheproof's json_web_signature") {
  if (!available("wycheproof/expected.tsv")) return;
  require_all(json_web_signature(), 401, reference_outcome);
}

TEST_CASE("the reference agrees with the examples of the RFCs") {
  if (!available("rfc/rfc_vectors.json")) return;
  require_all(rfc_examples(), 21, reference_outcome);
}

TEST_CASE("the reference reads and refuses JSON as JSONTestSuite wants it") {
  if (!available("json/test_parsing")) return;
  require_all(json_test_suite(), 2 * 318, reference_outcome);
}

TEST_CASE("the reference agrees with every primitive of Wycheproof") {
  if (!available("wycheproof/LICENSE")) return;
  const auto cases = primitives();
  CHECK(cases.size() > 7000);
  for (const std::string& line : mismatches(cases, reference_signature)) FAIL_CHECK(line);
}

}  // namespace
}  // namespace jotmill::vectors

namespace jotmill::reference {
namespace {

const std::string kHeader = codec::base64url(R"({"alg":"HS256","typ":"JWT"})");
const std::string kPayload = codec::base64url(R"({"sub":"someone","exp":1800000})");
const std::string kSignature(43, 'k'), kHalf(20, 'k');
const std::string kSigned = kHeader + "." + kPayload + ".", kToken = kSigned + kSignature;
const std::string kEncrypted = codec::base64url(R"({"alg":"dir","enc":"A256GCM"})");
const std::string kEscape = "\x1B";

// What was found, in words: "2 tokens, 1 redacted".
std::string found(const Extraction& out) {
  std::string words;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count == 0) return;
    words += (words.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(out.tokens.size(), "token");
  add(out.truncated, "truncated");
  add(out.redacted, "redacted");
  add(out.lookalike, "lookalike");
  return words;
}
std::string in_text(const std::string& text) { return found(extract_text(text)); }

// The channel of the one token that stands behind `before`, and whole.
std::string channel(const std::string& before, const std::string& behind = "") {
  const Extraction out = extract_text(before + kToken + behind);
  if (out.tokens.size() != 1 || out.tokens[0].bytes != kToken) return "? " + found(out);
  return out.tokens[0].channel;
}

TEST_CASE("a token begins behind a terminal's CSI sequence") {
  for (const char* escape : {"\x1B", "\\u001b", "\\u001B", "\\x1b", "\\033", "\\e", "#033", "^["}) {
    for (const char* rest : {"[32m", "[m", "[K", "[?25h", "[38:5:1m", "[1;31m", "[Z"}) {
      CAPTURE(escape, rest);
      CHECK(channel(std::string(escape) + rest) == "bare");
      CHECK(channel(std::string("Bearer ") + escape + rest) == "authorization");
    }
    CHECK(in_text(std::string(escape) + "%5B32m" + kToken) == "1 lookalike");
  }
  for (const char* mark : {"%1B[32m", "%1b%5B32m", "%1B%5b0K"}) {
    CHECK(channel(std::string("DPoP ") + mark) == "dpop");
  }
  CHECK(channel(kEscape + "[" + std::string(37, '1') + "m") == "bare");
  CHECK(in_text(kEscape + "[" + std::string(38, '1') + "m" + kToken) == "1 lookalike");
  CHECK(in_text(kEscape + "[3 m" + kToken) == "1 lookalike");
  CHECK(in_text("[32m" + kToken) == "1 lookalike");
  // As often as there is one, but nothing else in between.
  CHECK(channel("Bearer " + kEscape + "[0m\\u001b[1;32m") == "authorization");
  CHECK(channel("token=" + kEscape + "[32m") == "body:token");
  CHECK(channel("Bearer " + kEscape + "[0m " + kEscape + "[1m") == "bare");
}

TEST_CASE("leading parts and the marks of signed cookies are passed over") {
  CHECK(channel("Bearer v1.") == "authorization");
  CHECK(channel("Bearer a-_0.b..") == "authorization");
  CHECK(channel("s=v1.") == "body:s");
  CHECK(channel(R"({"token":"v1.)", "\"}") == "body:token");
  CHECK(channel("Bearer " + kEscape + "[32mv1.") == "authorization");
  CHECK(channel("Bearer " + kEscape + "[" + std::string(37, '1') + "mv1.") == "authorization");
  CHECK(channel("Bearer " + kEscape + "[" + std::string(38, '1') + "mv1.") == "bare");
  CHECK(channel("x/v1.") == "bare");
  CHECK(channel("token=s:") == "body:token");
  CHECK(channel("Cookie: a=b; sid=s%3A") == "cookie:sid");
  CHECK(channel("token=j:v1.") == "body:token");
  CHECK(channel("token=S:") == "bare");
  CHECK(channel("token=\"s:", "\"") == "bare");
  CHECK(channel("sid=" + std::string(500, 'a') + ".") == "body:sid");
  CHECK(channel("sid=" + std::string(511, 'a') + ".") == "bare");
}

TEST_CASE("a placeholder for a payload blanks the token") {
  CHECK(in_text(kHeader + ".REDACTED") == "1 redacted");
  CHECK(in_text(kHeader + ".redacted." + kSignature + " " + kToken) == "1 token, 1 redacted");
  CHECK(in_text(kHeader + ".xxxx." + kToken) ==
        "1 redacted, 1 lookalike");  // behind the third part
  CHECK(in_text(kHeader + ".masked, " + kToken) == "1 token, 1 redacted");
  CHECK(in_text("eyJhbGci.redacted." + kSignature) == "1 lookalike");
  const std::string tag(22, 't');
  CHECK(in_text(kEncrypted + "..iv.text." + tag) == "1 token");
  CHECK(in_text(kEncrypted + ".XXX.iv.text." + tag) == "1 redacted");
  CHECK(in_text(kEncrypted + "..XXX.text." + tag) == "1 redacted");
  CHECK(in_text(kEncrypted + "..iv.redacted." + tag) == "1 redacted");
  CHECK(in_text(kEncrypted + "..iv.text.redacted") == "1 redacted");
  CHECK(in_text(kEncrypted + ".hidden") == "1 redacted");
}

TEST_CASE("brackets and signs behind an incomplete signature blank the token") {
  const std::string bullet = "\xE2\x80\xA2", dots = "\xE2\x80\xA6";
  std::vector<std::string> marks = {"[REDACTED]",
                                    "<secret:jwt>",
                                    "(12 chars omitted)",
                                    "{{private}}",
                                    "[***]",
                                    "<x.X>",
                                    "[" + dots + "]",
                                    "(" + bullet + ")",
                                    "***",
                                    "****!",
                                    "###",
                                    bullet + bullet,
                                    "[3 <removed> lines]",
                                    "[" + std::string(40, 'a') + "mask]"};
  std::vector<std::string> no_marks = {"[]",
                                       "<3 bytes>",
                                       "[REDACTED",
                                       "(redacted]",
                                       "[withheld 12]",
                                       "***/",
                                       "##",
                                       bullet,
                                       "[***!]",
                                       " [REDACTED]",
                                       "[" + std::string(43, 'a') + "mask]"};
  for (const std::string& start : {kHeader, kHeader + "." + kPayload, kSigned, kSigned + kHalf,
                                   std::string("eyJhbGci"), std::string("eyJ")}) {
    for (const std::string& mark : marks) {
      CAPTURE(start, mark);
      CHECK(in_text(start + mark) == "1 redacted");
      CHECK(in_text(start + mark + " " + kToken) == "1 token, 1 redacted");
    }
    const std::string otherwise = start.starts_with(kHeader) ? "1 token" : "1 lookalike";
    for (const std::string& mark : no_marks) {
      CAPTURE(start, mark);
      CHECK(in_text(start + mark) == otherwise);
    }
    CHECK(in_text(start + "%5BREDACTED\\u005d") == "1 redacted");
  }
  CHECK(in_text(kToken + "[REDACTED]") == "1 token");
  CHECK(in_text(kSigned + "[any words]") == "1 redacted");
}

TEST_CASE("a signature that ends in X's is none") {
  CHECK(in_text(kSigned + "kkkXXXX") == "1 redacted");
  CHECK(in_text(kSigned + "kkkxxxxx ") == "1 redacted");
  CHECK(in_text(kSigned + "kkkXXX ") == "1 token");
  CHECK(in_text(kToken + "xxxxxxx") == "1 token");
  CHECK(in_text(kToken + "xxxxxxxx") == "1 redacted");
  CHECK(in_text(kToken + "XXXXXXXX") == "1 redacted");
}

TEST_CASE("padding at the end of the record does not hide that a token was cut") {
  const std::string two = codec::base64url("{\"a\":\"bcd\"}...").substr(0, 18);
  const std::string three = codec::base64url("{\"a\":\"bcd\"}...").substr(0, 19);
  CHECK(in_text(kHeader + "." + two + "==") == "1 truncated");
  CHECK(in_text(kHeader + "." + three + "=\r\nx") == "1 truncated");
  CHECK(in_text(kHeader + "." + three + "%3D") == "1 truncated");
  CHECK(in_text(kHeader + "." + two + "=") == "1 token");
  CHECK(in_text(kHeader + "." + three + "==") == "1 token");
  CHECK(in_text(kHeader + "." + two + "== ") == "1 token");
  const std::string alone = codec::base64url(R"({"alg":"HS256"})" + std::string("  "));
  REQUIRE(alone.size() % 4 == 3);
  CHECK(in_text(alone + "=") == "1 truncated");
}

TEST_CASE("lone surrogates do not hide a header") {
  const auto with_kid = [](const std::string& kid) {
    const std::string header = R"({"alg":"HS256","kid":")" + kid + "\"}";
    return in_text(codec::base64url(header) + "." + kPayload + "." + kSignature);
  };
  for (const char* kid : {"\\ud800", "\\uDFFF", "\\uD83D\\uDE00", "\\uD83D\\uD83D\\uDE00",
                          "\\ud800\\u0041", "\\\\ud800", "\\ud800\xFF"}) {
    CAPTURE(kid);
    CHECK(with_kid(kid) == "1 token");
  }
  for (const char* kid : {"\\ud80", "\\ud800\\q", "\\\\\\ud8"}) {
    CAPTURE(kid);
    CHECK(with_kid(kid) == "2 lookalike");  // header and payload
  }
}

TEST_CASE("a parameter stands in an address from the last break on") {
  CHECK(channel("GET /a?b=c&t=") == "query:t");
  CHECK(channel("GET /a;b=(c),[d]{e}&t=") == "query:t");
  CHECK(channel("b=c&t=") == "body:t");
  CHECK(channel("/x b=c&t=") == "body:t");
  for (const char* sign : {" ", "\t", "\"", "'", "<", ">", "|"}) {
    CAPTURE(sign);
    CHECK(channel("/a" + std::string(sign) + "b=c&t=") == "body:t");
  }
  for (const char* sign : {"%20", "%22", "%2527", "%253C", "\\u002520", "%5C%22"}) {
    CAPTURE(sign);
    CHECK(channel("/a" + std::string(sign) + "b=c&t=") == "query:t");
  }
  CHECK(channel("/a\\u0022b=c&t=") == "body:t");
  CHECK(channel("http%3A%2F%2Fhost&amp;t=") == "query:t");
  CHECK(channel("x#y&t=") == "query:t");
  CHECK(channel("a=b c=", "&d=e") == "body:c");
}

TEST_CASE("a parameter behind a semicolon is one of an address") {
  CHECK(channel("GET /a?b=c;t=") == "query:t");
  CHECK(channel("https://host/a?b=c;t=") == "query:t");
  CHECK(channel("GET /a;t=") == "body:t");
  CHECK(channel("a?b=c;t=") == "cookie:t");
  CHECK(channel("GET /a?b=c; t=") == "cookie:t");
  CHECK(channel("cookies GET /a?b=c;t=") == "cookie:t");
  CHECK(channel("Set-COOKIE: /a?b=c;t=") == "cookie:t");
  CHECK(channel("xcookie GET /a?b=c;t=") == "query:t");
  CHECK(channel("COOKIE GET /a?b=" + std::string(600, 'c') + " /a?b;t=") == "query:t");
}

TEST_CASE("a token behind a semicolon is among cookies when there may be another") {
  CHECK(channel("a=b;t=") == "cookie:t");
  CHECK(channel("a=b;  t=") == "cookie:t");
  CHECK(channel("word; t=") == "body:t");
  CHECK(channel("Cookie [word; t=") == "cookie:t");
  CHECK(channel("Cookie: t=") == "cookie:t");
  CHECK(channel("t=", ";") == "cookie:t");
  CHECK(channel(std::string(508, '.') + "; t=") == "body:t");
  CHECK(channel(std::string(509, '.') + "; t=") == "cookie:t");
}

TEST_CASE("a channel is told by 512 bytes, an address by 4096") {
  CHECK(channel("Bearer" + std::string(506, ' ')) == "authorization");
  CHECK(channel("Bearer" + std::string(507, ' ')) == "bare");
  const auto far = [](const std::string& start, std::size_t distance) {
    return channel(start + std::string(distance - start.size() - 3, 'a') + "&t=");
  };
  CHECK(far("x?", 512) == "query:t");
  for (const char* sign : {"?", "#", "://", "%3F", "%3f", "%23", "%253F", "%252525253f"}) {
    CAPTURE(sign);
    CHECK(channel("y" + std::string(sign) + std::string(4000, 'a') + "&t=") == "query:t");
    CHECK(channel(std::string(sign) + " " + std::string(4000, 'a') + "&t=") == "body:t");
    CHECK(channel(std::string(sign) + std::string(4096, 'a') + "&t=") == "body:t");
  }
  CHECK(far("/a", 4096) == "query:t");
  CHECK(far("/a", 4097) == "body:t");
  CHECK(far("//a", 4097) == "body:t");
  CHECK(far("x /a", 4096) == "query:t");
  CHECK(far("x /a", 4097) == "query:t");
  CHECK(far("x /a", 4098) == "body:t");
  CHECK(far("x/a", 1000) == "body:t");
  CHECK(far("x/ a", 1000) == "body:t");
  // As they stand: an encoded break is none, an escaped quote is one.
  CHECK(far("/%22a", 1000) == "query:t");
  CHECK(far("/\\\"a", 1000) == "body:t");
  CHECK(far("/\\u0022a", 1000) == "query:t");
  CHECK(far("/\\u0022a", 512) == "body:t");
  // The border between them hides neither a sign nor a break.
  for (std::size_t distance = 508; distance < 520; ++distance) {
    CHECK(far("x://a", distance) == "query:t");
    CHECK(far("x%3Fa", distance) == "query:t");
    CHECK(far("?\"a", distance) == "body:t");
    CHECK(far("?\\\"a", distance) == "body:t");
    CHECK(far("x\"/a", distance) == "query:t");
  }
  CHECK(channel("a?b\n" + std::string(600, 'a') + "&t=") == "body:t");  // within the record
}

TEST_CASE("a cookie's first chunk in HAR is told behind what channels pass over") {
  const auto in_cookie = [](const std::string& before) {
    return found(extract_har(R"({"log":{"entries":[{"request":{"headers":[{"name":"Cookie",)"
                             R"("value":")" +
                             before + kSigned + kHalf + R"("}]}}]}})"));
  };
  CHECK(in_cookie("a=b; sid.0=") == "1 truncated");
  CHECK(in_cookie("a=b; sid.0=s:") == "1 truncated");
  CHECK(in_cookie("a=b; sid.0=v1.") == "1 truncated");
  CHECK(in_cookie("a=b; sid.0=x:") == "1 token");
  CHECK(in_cookie("a=b; sid=s:") == "1 token");
  // A name stands in no part: its record is the string.
  const Extraction name = extract_har("{\"/a?b=c;t=" + kToken + "\":1}");
  REQUIRE(name.tokens.size() == 1);
  CHECK(name.tokens[0].channel == "query:t");
}

}  // namespace
}  // namespace jotmill::reference
