// What a token looks like in the wild, and what only looks like one: every row of the table of
// inputs, each trap as one case, seen from the command line.
#include <openssl/hmac.h>
#include <simdjson.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

struct Seen {
  int exit_code = -1;
  Words verdicts, channels, layers, ids;
  std::vector<std::uint64_t> lines, offsets;
  std::uint64_t truncated = 0, redacted = 0, lookalike = 0, without_token = 0;
  bool nothing() const { return verdicts.empty(); }
};

/// verify over `input` as a file, its records and the counts of its report.
Seen look(const std::string& input, Words more = {"--format", "text"}) {
  write_file("input", input);
  Words args = {"verify",   "--keys",   keys_file(), "--verdicts",
                "v.ndjson", "--report", "r.json",    "input"};
  args.insert(args.end(), more.begin(), more.end());
  const Ended ended = run(args);
  INFO(ended.err);
  REQUIRE((ended.exit_code == 0 || ended.exit_code == 1));
  Seen seen;
  seen.exit_code = ended.exit_code;
  simdjson::dom::parser parser;
  const std::string records = read_file("v.ndjson");
  for (std::size_t start = 0; start < records.size();) {
    const std::size_t end = records.find('\n', start);
    const simdjson::dom::element row = parser.parse(records.substr(start, end - start));
    seen.verdicts.emplace_back(std::string_view(row["verdict"]));
    seen.channels.emplace_back(std::string_view(row["channel"]));
    seen.ids.emplace_back(std::string_view(row["token_id"]));
    seen.lines.push_back(row["line"]);
    seen.offsets.push_back(row["offset"]);
    std::string layers;
    for (const std::string_view layer : row["layers"])
      layers += (layers.empty() ? "" : " ") + std::string(layer);
    seen.layers.push_back(layers);
    start = end + 1;
  }
  const simdjson::dom::element counts = parser.load(in_folder("r.json"))["records"];
  seen.truncated = counts["truncated"];
  seen.redacted = counts["redacted"];
  seen.lookalike = counts["lookalike"];
  seen.without_token = counts["record_without_token"];
  return seen;
}

/// One good token at `offset`, in this channel, through these layers, and nothing beside it.
void one_good(const Seen& seen, std::size_t offset, const std::string& channel,
              const std::string& layers = "") {
  CHECK(seen.exit_code == 0);
  CHECK(seen.verdicts == Words{"accepted"});
  CHECK(seen.channels == Words{channel});
  CHECK(seen.layers == Words{layers});
  CHECK(seen.offsets == std::vector<std::uint64_t>{offset});
  CHECK(seen.truncated + seen.redacted + seen.lookalike == 0);
}

std::string replace_all(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}
std::string percent_dots(const std::string& token) { return replace_all(token, ".", "%2E"); }

std::string without_signature(const std::string& token) {
  return token.substr(0, token.rfind('.') + 1);
}

std::string signed_with_header(const std::string& header) {
  return sign(header, R"({"sub":"x","exp":4102444800})");
}

}  // namespace

// ---- Authorization

TEST_CASE("a Bearer or DPoP scheme in any case is the channel of the token behind it") {
  const Folder folder;
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER ", "bEaReR "}) {
    CAPTURE(scheme);
    const std::string before = std::string("Authorization: ") + scheme;
    one_good(look(before + good_token() + "\n"), before.size(), "authorization");
  }
  for (const char* scheme : {"DPoP ", "dpop ", "DPOP "}) {
    CAPTURE(scheme);
    const std::string before = std::string("> authorization: ") + scheme;
    one_good(look(before + good_token() + "\r\n"), before.size(), "dpop");
  }
}

TEST_CASE("punctuation behind a token is no part of it") {
  const Folder folder;
  const std::string id = look(good_token() + "\n").ids.front();
  for (const char* behind :
       {"\"", "'", ",", ";", ")", ".", "]", "}", ">", "|", "\\n", ". Then", "..."}) {
    CAPTURE(behind);
    const Seen seen = look("(see " + good_token() + behind + "\n");
    one_good(seen, 5, "bare");
    CHECK(seen.ids == Words{id});
  }
}

TEST_CASE("parts before a token are no part of it") {
  const Folder folder;
  one_good(look("trace.id.7." + good_token() + "\n"), 11, "bare");
}

TEST_CASE("a token that is glued to a word before it is none") {
  const Folder folder;
  CHECK(look("x" + good_token() + "\n").nothing());
}

// ---- URLs

TEST_CASE("a parameter of a request line, a Referer or a fragment") {
  const Folder folder;
  for (const char* name :
       {"access_token", "id_token", "token", "jwt", "assertion", "client_assertion"}) {
    CAPTURE(name);
    const std::string before = std::string("\"GET /cb?state=1&") + name + "=";
    one_good(look(before + good_token() + "&x=1 HTTP/1.1\"\n"), before.size(),
             std::string("query:") + name);
    const std::string referer = std::string("\"https://a.test/cb#") + name + "=";
    one_good(look(referer + good_token() + "\"\n"), referer.size(), std::string("query:") + name);
  }
}

TEST_CASE("dots that were percent-encoded once, and twice") {
  const Folder folder;
  const std::string before = "GET /cb?jwt=";
  one_good(look(before + percent_dots(good_token()) + " HTTP/1.1\n"), before.size(), "query:jwt",
           "percent");
  one_good(look(before + replace_all(percent_dots(good_token()), "%", "%25") + " HTTP/1.1\n"),
           before.size(), "query:jwt", "percent percent");
}

TEST_CASE("a token behind an encoded equals sign begins where its own text begins") {
  const Folder folder;
  for (const char* equals : {"%3D", "%3d", "%253D"}) {
    CAPTURE(equals);
    const std::string before = std::string("GET /login?next=https%3A%2F%2Fa%2Fcb%3Fjwt") + equals;
    const Seen seen = look(before + good_token() + "%26x HTTP/1.1\n");
    CHECK(seen.verdicts == Words{"accepted"});
    CHECK(seen.offsets == std::vector<std::uint64_t>{before.size()});
    CHECK(seen.layers == Words{""});
  }
}

// ---- JSON

TEST_CASE("a member of a JSON body") {
  const Folder folder;
  const std::string before = R"(response {"access_token":")";
  one_good(look(before + good_token() +
                R"(","token_type":"Bearer","expires_in":3600})"
                "\n"),
           before.size(), "body:access_token");
}

TEST_CASE("JSON in JSON, once and twice") {
  const Folder folder;
  const std::string once = R"({"msg":"{\"access_token\":\")";
  one_good(look(once + good_token() +
                R"(\"}"})"
                "\n"),
           once.size(), "body:access_token");
  const std::string twice = R"({"a":"{\"msg\":\"{\\\"access_token\\\":\\\")";
  one_good(look(twice + good_token() +
                R"(\\\"}\"}"})"
                "\n"),
           twice.size(), "body:access_token");
}

TEST_CASE("dots as \\u002e, once and within JSON in JSON") {
  const Folder folder;
  const std::string before = R"({"id_token":")";
  one_good(look(before + replace_all(good_token(), ".", "\\u002e") + "\"}\n"), before.size(),
           "body:id_token", "json");
  const std::string twice = R"({"msg":"{\"id_token\":\")";
  one_good(look(twice + replace_all(good_token(), ".", "\\\\u002e") + "\\\"}\"}\n"), twice.size(),
           "body:id_token", "json json");
}

TEST_CASE("the same line as jsonl has the same tokens as text") {
  const Folder folder;
  const std::string line = R"({"msg":"{\"access_token\":\")" + good_token() +
                           R"(\"}","h":["Bearer )" + good_token() +
                           R"("]})"
                           "\n";
  const Seen text = look(line), jsonl = look(line, {"--format", "jsonl"});
  CHECK(jsonl.verdicts == Words{"accepted", "accepted"});
  CHECK(jsonl.offsets == text.offsets);
  CHECK(jsonl.channels == text.channels);
  CHECK(jsonl.layers == text.layers);
}

// ---- Forms and cookies

TEST_CASE("a form body") {
  const Folder folder;
  const std::string before = "body: grant_type=x&assertion=";
  one_good(look(before + good_token() + "&scope=read\n"), before.size(), "body:assertion");
}

TEST_CASE("a cookie") {
  const Folder folder;
  const std::string before = "Cookie: theme=dark; session=";
  one_good(look(before + good_token() + "; lang=de\n"), before.size(), "cookie:session");
  const std::string set = "Set-Cookie: id=";
  one_good(look(set + good_token() + "; Path=/; HttpOnly\n"), set.size(), "cookie:id");
}

TEST_CASE("a cookie in chunks is not joined: it is truncated") {
  const Folder folder;
  const std::string token = good_token();
  const std::size_t half = token.size() - 20;
  const Seen seen =
      look("Cookie: s.0=" + token.substr(0, half) + "; s.1=" + token.substr(half) + "\n");
  CHECK(seen.nothing());
  CHECK(seen.truncated == 1);
}

// ---- AWS, Kubernetes

TEST_CASE("padding within the signing input is found, and accepted with --allow-padding alone") {
  const Folder folder;
  const auto padded = [](std::string json) {
    while (base64url(json).size() % 4 == 0) json += ' ';
    std::string text = base64url(json);
    while (text.size() % 4 != 0) text += '=';
    return text;
  };
  const std::string input =
      padded(R"({"alg":"HS256","kid":"k1"})") + "." + padded(R"({"sub":"x","exp":4102444800})");
  std::string tag(32, '\0');
  HMAC(EVP_sha256(), kSecret.data(), static_cast<int>(kSecret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(),
       reinterpret_cast<unsigned char*>(tag.data()), nullptr);
  const std::string before = "x-amzn-oidc-data: ";
  for (const char* end : {"\n", " \n", "=\n", "=\"\n"}) {
    CAPTURE(end);
    const std::string text = before + input + "." + base64url(tag) + end;
    CHECK(look(text).verdicts == Words{"header_encoding"});
    one_good(look(text, {"--format", "text", "--allow-padding"}), before.size(), "bare");
  }
}

TEST_CASE("base64url around the token, as in the Kubernetes websocket protocol") {
  const Folder folder;
  const std::string before = "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.";
  const Seen seen = look(before + base64url(good_token()) + ", v4.channel.k8s.io\n");
  CHECK(seen.verdicts == Words{"accepted"});
  CHECK(seen.layers == Words{"base64url"});
  CHECK(seen.offsets == std::vector<std::uint64_t>{before.size()});
  for (const char* header :
       {"{ \"alg\":\"HS256\",\"kid\":\"k1\"}", "{\n\"alg\":\"HS256\",\"kid\":\"k1\"}"}) {
    CHECK(look("k8s.io." + base64url(signed_with_header(header)) + "\n").verdicts ==
          Words{"accepted"});
  }
}

// ---- HAR

TEST_CASE("a HAR entry names the part, and every place of the same token is a record") {
  const Folder folder;
  const std::string t = good_token();
  const std::string har =
      R"({"log":{"version":"1.2","entries":[{"startedDateTime":"2027-01-15T08:00:00Z","request":{"url":"https://a.test/?access_token=)" +
      t + R"(","headers":[{"name":"Authorization","value":"Bearer )" + t +
      R"("}],"cookies":[{"name":"s","value":")" + t +
      R"("}],"queryString":[{"name":"access_token","value":")" + t +
      R"("}],"postData":{"text":"{\"assertion\":\")" + t +
      R"(\"}"}},"response":{"headers":[],"content":{"mimeType":"application/json","text":"{\"id_token\":\")" +
      replace_all(t, ".", "\\u002e") +
      R"(\"}"}}}]}})"
      "\n";
  const Seen seen = look(har, {"--format", "har"});
  CHECK(seen.verdicts == Words(6, "accepted"));
  CHECK(seen.channels == Words{"har:request.url", "har:request.headers", "har:request.cookies",
                               "har:request.queryString", "har:request.postData.text",
                               "har:response.content.text"});
  CHECK(seen.layers == Words{"", "", "", "", "", "json"});
  CHECK(std::ranges::is_sorted(seen.offsets));
  CHECK(look(har, {}).channels == seen.channels);  // auto sees a HAR
}

TEST_CASE("a HAR content in base64") {
  const Folder folder;
  std::string body = base64url("{\"access_token\":\"" + good_token() + "\"}");
  std::ranges::replace(body, '-', '+');
  std::ranges::replace(body, '_', '/');
  while (body.size() % 4 != 0) body += '=';
  const Seen seen =
      look(R"({"log":{"entries":[{"response":{"content":{"encoding":"base64","text":")" + body +
               "\"}}}]}}\n",
           {"--format", "har"});
  CHECK(seen.verdicts == Words{"accepted"});
  CHECK(seen.layers == Words{"base64url"});
  CHECK(seen.channels == Words{"har:response.content.text"});
}

// ---- Escapes of servers, docker

TEST_CASE("the escapes of nginx and Apache") {
  const Folder folder;
  const std::string nginx = R"("{\x22access_token\x22:\x22)";
  one_good(look(nginx + good_token() +
                R"(\x22}")"
                "\n"),
           nginx.size(), "body:access_token");
  const std::string apache = R"("{\"access_token\":\")";
  one_good(look(apache + good_token() +
                R"(\"}")"
                "\n"),
           apache.size(), "body:access_token");
}

TEST_CASE("a line of docker's json-file, with an escape glued to the token") {
  const Folder folder;
  const std::string before = R"({"log":"dump:\n)";
  const std::string after = R"(\n","stream":"stdout","time":"2027-01-15T08:00:00.000000000Z"})"
                            "\n";
  one_good(look(before + good_token() + after), before.size(), "bare");
  one_good(look(before + good_token() + after, {"--format", "jsonl"}), before.size(), "bare");
}

// ---- Cut and blanked

TEST_CASE("a signature that ends with its record is truncated, and no verdict") {
  const Folder folder;
  const std::string cut = good_token().substr(0, good_token().size() - 7);
  for (const char* end : {"\n", "\r\n", "", "...\n", "... more\n", "\xE2\x80\xA6 more\n"}) {
    CAPTURE(end);
    const Seen seen = look(good_token() + "\nBearer " + cut + end);
    CHECK(seen.verdicts == Words{"accepted"});
    CHECK(seen.truncated == 1);
    CHECK(seen.exit_code == 0);
  }
}

TEST_CASE("a short signature before the end of a string is a verdict, not a finding") {
  const Folder folder;
  const std::string cut = good_token().substr(0, good_token().size() - 7);
  for (const char* end : {"\"\n", "\"}\n", " \n", ", x\n", ".\n"}) {
    CAPTURE(end);
    const Seen seen = look("\"Bearer " + cut + end);
    CHECK(seen.verdicts == Words{"signature_length"});
    CHECK(seen.truncated == 0);
  }
}

TEST_CASE("an empty signature is an attack, and never truncated") {
  const Folder folder;
  for (const char* end : {"\n", "", "\"\n"}) {
    CAPTURE(end);
    const Seen seen = look("Bearer " + without_signature(good_token()) + end);
    CHECK(seen.verdicts == Words{"signature_missing"});
    CHECK(seen.truncated == 0);
    CHECK(seen.exit_code == 1);
  }
}

TEST_CASE("a signature that was blanked is redacted, and no verdict") {
  const Folder folder;
  for (const char* blank :
       {"redacted", "REDACTED", "***", "*", "XXXXXXXX", "xxxx", "[REDACTED]", "[removed]"}) {
    CAPTURE(blank);
    const Seen seen =
        look(good_token() + "\nBearer " + without_signature(good_token()) + blank + "\n");
    CHECK(seen.verdicts == Words{"accepted"});
    CHECK(seen.redacted == 1);
    CHECK(seen.truncated == 0);
    CHECK(seen.exit_code == 0);
  }
}

TEST_CASE("in lines, what stands there is the token: cut and blanked ones have a verdict") {
  const Folder folder;
  const std::string cut = good_token().substr(0, good_token().size() - 7);
  const Seen seen =
      look(cut + "\n" + without_signature(good_token()) + "redacted\n", {"--format", "lines"});
  CHECK(seen.verdicts == Words{"signature_length", "signature_length"});
  CHECK(seen.truncated + seen.redacted == 0);
}

// ---- Empty parts, other headers, JWE

TEST_CASE("empty parts are parts: alg none, and a detached payload") {
  const Folder folder;
  CHECK(look("Bearer " + without_signature(signed_with_header(R"({"alg":"none"})")) + "\n")
            .verdicts == Words{"alg_none"});
  const std::string t = good_token();
  const std::string detached = t.substr(0, t.find('.') + 1) + t.substr(t.rfind('.'));
  CHECK(look("x " + detached + " y\n").verdicts == Words{"signature_mismatch"});
}

TEST_CASE("a header may begin with white space behind its brace") {
  const Folder folder;
  for (const char* brace : {"{ ", "{\n", "{\r\n", "{\t", "{  \n\t"}) {
    CAPTURE(base64url(brace));
    const std::string t = signed_with_header(std::string(brace) + R"("alg":"HS256","kid":"k1"})");
    one_good(look("Bearer " + t + "\n"), 7, "authorization");
  }
}

TEST_CASE("a JWE of five parts is one encrypted token") {
  const Folder folder;
  const std::string jwe = base64url(R"({"alg":"dir","enc":"A256GCM"})") + "..AAAA.BBBB.CCCC";
  const Seen seen = look("Bearer " + jwe + ".\n");
  CHECK(seen.verdicts == Words{"encrypted_token"});
  CHECK(seen.offsets == std::vector<std::uint64_t>{7});
}

// ---- What is no token

TEST_CASE("Flask cookies, PASETO, images, file names and hosts are no tokens") {
  const Folder folder;
  const std::string flask = base64url(R"({"user":7})") + ".Ac1d2w.k3-b";
  CHECK(look("Cookie: session=" + flask + "\n").nothing());
  CHECK(look("Cookie: session=" + flask + "\n").lookalike == 1);
  for (const std::string& text :
       {std::string(".eJwVyk0KgzAQBeC7zNpF.Ac1d2w.k3-bbbbbbbbb"),
        std::string("v4.local.AAAAbbbbCCCC"),
        std::string("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="),
        std::string("report.final.v2.tar.gz"), std::string("node-7.cluster.local"),
        std::string("example.com/eye.witness.txt")}) {
    CAPTURE(text);
    const Seen seen = look("a " + text + " b\n");
    CHECK(seen.nothing());
    CHECK(seen.lookalike == 0);
    CHECK(seen.without_token == 1);
  }
  CHECK(look("v4.public." + base64url("{\"data\":1}\xFF\xFE signature") + "\n").nothing());
}

TEST_CASE("a first part without alg and enc is a lookalike, and the token behind it is found") {
  const Folder folder;
  const std::string before = base64url(R"({"typ":"JWT"})") + ".";
  const Seen seen = look(before + good_token() + "\n");
  CHECK(seen.verdicts == Words{"accepted"});
  CHECK(seen.offsets == std::vector<std::uint64_t>{before.size()});
  CHECK(seen.lookalike == 1);
}

// ---- Bytes

TEST_CASE("NUL bytes and bad UTF-8 around a token hide nothing") {
  const Folder folder;
  const std::string before("\0\xFF\xC3(\x80 \x01", 7);
  one_good(look(before + good_token() + std::string("\0\xFF", 2) + "\n"), before.size(), "bare");
}

TEST_CASE("lines are counted through all of it, and the last needs no end") {
  const Folder folder;
  const Seen seen = look("\n\nx\r\n" + good_token() + "\n\n\n y " + good_token());
  CHECK(seen.lines == std::vector<std::uint64_t>{4, 7});
  CHECK(seen.verdicts == Words{"accepted", "accepted"});
}

TEST_CASE("auto: a log is text, JSON lines are jsonl, bare tokens are lines") {
  const Folder folder;
  CHECK(look("GET / \"Bearer " + good_token() + "\"\n", {}).channels == Words{"authorization"});
  CHECK(look("{\"access_token\":\"" + good_token() + "\"}\n", {}).channels ==
        Words{"body:access_token"});
  CHECK(look(good_token() + "\nno-token\n", {}).verdicts == Words{"accepted", "segment_count"});
}
