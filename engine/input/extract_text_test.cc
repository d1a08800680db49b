#include "input/extract_text.h"

#include <random>
#include <string>
#include <vector>

#include "input/chunker.h"
#include "input/memory_reader_test.h"
#include "support/catch.h"

using namespace jotmill;
using jotmill::testing::MemoryReader;

namespace {

/// RFC 4648 s5 by the book.
std::string encode(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 63];
  return out;
}

std::string with_header(std::string_view header, std::size_t signature_chars = 43) {
  return encode(header) + "." + encode(R"({"iss":"a"})") + "." + std::string(signature_chars, 's');
}
const std::string kToken = with_header(R"({"alg":"HS256"})");
const std::string kOther = with_header("{\"typ\":\"JWT\",\r\n \"alg\":\"ES256\"}", 86);

struct Found {
  std::string token, channel, layers;
  std::uint64_t line, offset;
  bool operator==(const Found&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Found& f) {
  return out << f.token << ' ' << f.channel << " [" << f.layers << "] line " << f.line << " byte "
             << f.offset;
}

struct Extraction {
  std::vector<Found> found;
  RecordCounts counts;
};

struct Cut {
  std::size_t chunk_bytes = 1 << 20, piece_bytes = 1 << 20, max_token_bytes = 1 << 16;
};

Extraction extract(std::string_view bytes, Cut cut = {}) {
  MemoryReader reader(std::string(bytes), 50'000);
  Chunker chunker({.chunk_bytes = cut.chunk_bytes,
                   .max_record_bytes = cut.piece_bytes,
                   .piece_bytes = cut.piece_bytes,
                   .scan = kernels::scan_scalar});
  chunker.begin(reader, 0, nullptr);
  TextExtractor extractor(kernels::scan_scalar, cut.max_token_bytes);
  Extraction out;
  Chunk chunk;
  TokenBatch batch;
  bool piece_blank = true, piece_tokens = false;
  for (;;) {
    const Result<bool> more = chunker.next(chunk);
    REQUIRE(more.ok());
    if (!more.value()) break;
    extractor.begin(chunk);
    for (bool again = true; again;) {
      batch.clear();
      again = extractor.extract(batch, out.counts);
      for (std::size_t i = 0; i < batch.size; ++i) {
        Found found{std::string(batch.token(i)), std::string(words(batch.channel[i])), "",
                    chunk.first_line + batch.line[i], chunk.offset_bytes + batch.origin_off[i]};
        found.channel += batch.text_of(batch.channel_name[i]);
        for (const Layer layer : batch.layers[i])
          found.layers += std::string(found.layers.empty() ? "" : " ") + std::string(words(layer));
        out.found.push_back(std::move(found));
      }
    }
    if (chunk.piece == Chunk::Piece::kWhole) {
      extractor.count_records(out.counts, false);
      continue;
    }
    piece_blank = piece_blank && extractor.piece_is_blank();
    piece_tokens = piece_tokens || extractor.piece_has_tokens();
    if (chunk.piece != Chunk::Piece::kLast) continue;
    ++out.counts.records;
    ++(piece_tokens  ? out.counts.with_tokens
       : piece_blank ? out.counts.blank
                     : out.counts.without_token);
    piece_blank = true;
    piece_tokens = false;
  }
  CHECK(out.counts.conserved());
  CHECK(out.counts.tokens == out.found.size());
  return out;
}

/// The one token of a text.
Found one(const std::string& text) {
  const Extraction out = extract(text);
  CAPTURE(text);
  REQUIRE(out.found.size() == 1);
  CHECK(out.counts.candidates == 1);
  return out.found[0];
}

void check_one(const std::string& before, const std::string& shown, const std::string& behind,
               const std::string& token, const std::string& channel, const std::string& layers) {
  const Found found = one(before + shown + behind);
  CAPTURE(before, shown, behind);
  CHECK(found.token == token);
  CHECK(found.channel == channel);
  CHECK(found.layers == layers);
  CHECK(found.offset == before.size());
}
void check_plain(const std::string& before, const std::string& behind, const std::string& channel) {
  check_one(before, kToken, behind, kToken, channel, "");
}

RecordCounts findings(const std::string& text) {
  const Extraction out = extract(text);
  CAPTURE(text);
  CHECK(out.found.empty());
  return out.counts;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// What nginx, JSON and URLs make of a text, as often as asked.
std::string json_escaped(const std::string& text, int times) {
  std::string out = text;
  for (; times > 0; --times) out = replaced(replaced(out, "\\", "\\\\"), "\"", "\\\"");
  return out;
}
std::string percent_escaped(const std::string& text, std::string_view which) {
  std::string out;
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (which.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    }
  }
  return out;
}

}  // namespace

TEST_CASE("text: channels") {
  check_plain("", "", "bare");
  check_plain("Authorization: Bearer ", "\r\n", "authorization");
  check_plain("> authorization: BEARER  ", "\n", "authorization");
  check_plain("{\"Authorization\":\"Bearer ", "\"}\n", "authorization");
  check_plain("GET / 200 \"bearer ", "\"\n", "authorization");
  check_plain("authorization: DPoP ", "\n", "dpop");
  check_plain("DPoP: ", "\n", "dpop");
  check_plain("x-forbearer ", "\n", "bare");
  check_plain("GET /cb?access_token=", " HTTP/1.1\n", "query:access_token");
  check_plain("GET /cb?a=b&id_token=", "&c=d HTTP/1.1\n", "query:id_token");
  check_plain("\"https://a.b/c#jwt=", "\"\n", "query:jwt");
  check_plain("grant_type=x&assertion=", "&scope=y\n", "body:assertion");
  check_plain("client_assertion=", "&a=b\n", "body:client_assertion");
  check_plain("{\"access_token\":\"", "\",\"token_type\":\"Bearer\"}", "body:access_token");
  check_plain("{ 'id_token' : '", "'}", "body:id_token");
  check_plain("{\\\"access_token\\\":\\\"", "\\\",", "body:access_token");
  check_plain("{\\x22access_token\\x22:\\x22", "\\x22,", "body:access_token");
  check_plain("Cookie: sid=", "\n", "cookie:sid");
  check_plain("Cookie: a=b; sid=", "; c=d\n", "cookie:sid");
  check_plain("\"cookie\":\"a=b; sid=", "\"\n", "cookie:sid");
  check_plain("Set-Cookie: sid=", "; Path=/; HttpOnly\n", "cookie:sid");
  check_plain("x-amzn-oidc-data: ", "\n", "bare");
  check_plain("(", ").", "bare");
  check_plain("Bearer%20", "%22", "authorization");
  check_plain("access_token%3D", "%26a%3Db", "body:access_token");
  check_plain("/cb%3Faccess_token%3D", "%26a", "query:access_token");
  check_plain("?redirect=%252Fcb%253Faccess_token%253D", "", "query:access_token");
  check_plain("GET /cb?a=1&amp;access_token=", "&amp;b=2\n", "query:access_token");
  // A member may have any name.
  check_plain("{\"kubernetes.io/token\":\"", "\"}\n", "body:kubernetes.io/token");
  check_plain("{\"user token\":\"", "\"}\n", "body:user token");
  check_plain("{\\\"a:b\\\": \\\"", "\\\"}\n", "body:a:b");
  check_plain("{\"\xC3\xA9\":\"", "\"}\n", "body:\xC3\xA9");
  check_plain("{\"" + std::string(129, 'n') + "\":\"", "\"}\n", "bare");
  check_plain("map[Cookie:[s=", "; b=1] X:1]\n", "cookie:s");
  check_plain("filter[token]=", "&x=y\n", "body:filter[token]");
  // A URL: what is written as percents breaks none, nor do commas and brackets.
  check_plain("GET /cb?scope=openid%20profile&id_token=", " HTTP/1.1\n", "query:id_token");
  check_plain("{\"url\":\"https://a/?q=%22a%22%2C%5Bb%5D&token=", "\"}", "query:token");
  check_plain("GET /?ids=1,2&a[]=(x)&token=", " HTTP/1.1\n", "query:token");
  check_plain("https://a/cb#state=a%20b&access_token=", " x\n", "query:access_token");
  check_plain("GET /?a=1;token=", " HTTP/1.1\n", "query:token");
  check_plain("GET /x?y form a=1&token=", "\n", "body:token");
  check_plain("%7B%22a%22%3A%22/x?y%22%7D&b=1&token=", "\n", "query:token");
  check_plain("Cookie: r=/x?y;token=", "\n", "cookie:token");
  check_plain("Cookie: flag; token=", "\n", "cookie:token");
  check_plain("a; token=", "\n", "body:token");
  // What stands between is passed over: a terminal's marks, parts of the run, a signature's `s:`.
  check_plain("Bearer \x1B[01;31m\x1B[K", "\x1B[m\x1B[K\n", "authorization");
  check_plain("\x1B[01;31m\x1B[KBearer \x1B[m\x1B[K", "\n", "authorization");
  check_plain("\\e[32mdpop \\e[0m", "\n", "dpop");
  check_plain("xBearer ", "\n", "bare");
  check_plain("Authorization: Bearer v1.", "\n", "authorization");
  check_plain("Cookie: s=v1.local.", "\n", "cookie:s");
  check_plain("Bearer \x1B[32mv1.", "\n", "authorization");
  check_plain("Cookie: sid=s%3A", ".c2ln\n", "cookie:sid");
  // Half of a word, or the end of a terminal's colour, is no name.
  check_plain("GET /?na\xC3\xAFve=", " x\n", "bare");
  check_plain("\x1B[36mtoken\x1B[0m=", "\x1B[0m x\n", "bare");
  check_plain("\\u001b[36mtoken\\u001b[0m=", " x\n", "bare");
}

TEST_CASE("text: channels behind values that are longer than most") {
  for (const std::size_t size : {300, 505, 506, 507, 511, 512, 600, 3400, 4000}) {
    const std::string x(size, 'x');
    INFO(size);
    check_plain("GET /cb?code=" + x + "&id_token=", " HTTP/1.1\n", "query:id_token");
    check_plain("\"/cb?code=" + x + "&id_token=", "\"\n", "query:id_token");
    check_plain("/cb&code=" + x + "&id_token=", "\n", "query:id_token");
    check_plain("u=https%3A%2F%2Fa%2Fcb%253Fcode%3D" + x + "%26id_token%3D", "\n",
                "query:id_token");
    check_plain("code=" + x + "&id_token=", "\n", "body:id_token");
    check_plain("/cb?a= code=" + x + "&id_token=", "\n", "body:id_token");
    check_plain("/cb?\ncode=" + x + "&id_token=", "\n", "body:id_token");
    check_plain("Cookie: sid=" + x + "; token=", "\n", "cookie:token");
  }
  // No further.
  check_plain("/cb?code=" + std::string(4096, 'x') + "&id_token=", "\n", "body:id_token");
  // Two tokens of one URL, three of one header.
  for (const Found& found :
       extract("/cb#a=" + kToken + "&b=" + kToken + "&c=" + kToken + "\n").found)
    CHECK(found.channel.starts_with("query:"));
  const std::string large = with_header(R"({"alg":"RS256"})");
  for (const Found& found : extract("Cookie: a=" + large + "; b=" + large + "; c=" + large).found)
    CHECK(found.channel.starts_with("cookie:"));
  // Whatever the pieces that a line comes in.
  std::string line;
  for (int i = 0; i < 100; ++i)
    line += " /cb?code=" + std::string(static_cast<std::size_t>(i) * 41, 'x') + "&t=" + kToken;
  const Extraction whole = extract(line), pieces = extract(line, {.piece_bytes = 6000});
  REQUIRE(whole.found.size() == 100);
  CHECK((whole.found == pieces.found));
  CHECK(whole.found[99].channel == "query:t");
}

TEST_CASE("text: a name that holds a token is shown nowhere") {
  const std::string shorter = with_header(R"({"alg":"HS256"})", 43);
  REQUIRE(shorter.size() < 128);
  for (const std::string& name :
       {shorter, "x." + shorter, "x-" + shorter, encode(shorter).substr(0, 100)}) {
    const std::string as_member = "{\"" + name + "\":\"" + kToken + "\"}\n";
    const std::string as_pair = "a " + name + "=" + kToken + "\n";
    const std::string escaped = "{\"" + replaced(name, ".", "\\u002e") + "\":\"" + kToken + "\"}\n";
    for (const std::string& text : {as_member, as_pair, escaped}) {
      const std::vector<Found> all = extract(text).found;
      REQUIRE(!all.empty());
      CAPTURE(text);
      CHECK(all.back().token == kToken);
      CHECK(all.back().channel == "bare");
    }
  }
  CHECK(one("{\"kafka.keyDeserializer.class\":\"" + kToken + "\"}").channel ==
        "body:kafka.keyDeserializer.class");
}

TEST_CASE("text: what stands around a token is no part of it") {
  for (const std::string before :
       {"a.b.",  ".",       "..",    "v4.",  "k8s.io.", "=", "\\n", "\\\\n", "\\t", "%20", "%2E",
        "%252E", "\\u0022", "\\x20", "\\\"", "\xFF",    "/", "+",   "\\",    "%",   "'"}) {
    for (const std::string behind :
         {"",     ".",   "...",  ". ",   ",",   ";",     ")",       "\"",
          "'",    "\\n", "\\\"", "%22",  "%20", "%252C", "\\u0026", "\\x22",
          ".x.y", "/",   "\xC3", "\r\n", "=",   "==",    "\\",      "%"}) {
      const Found found = one(before + kToken + behind);
      CAPTURE(before, behind);
      CHECK(found.token == (behind == "=" ? kToken + "=" : kToken));
      CHECK(found.offset == before.size());
      CHECK(found.layers.empty());
    }
  }
  // A header in the middle of a part begins nothing; the payload behind its dot does, and is none.
  for (const std::string before : {"x", "-", "_", "%41", "\\u0041"}) {
    CHECK(findings(before + kToken + "\n").candidates == 1);
    CHECK(findings(before + kToken + "\n").lookalike == 1);
  }
}

TEST_CASE("text: a mark of a logger in front of a token is no part of it") {
  for (const std::string mark : {"\x1B[32m",
                                 "\x1B[m",
                                 "\x1B[38;2;255;255;255m",
                                 "\\u001b[1;31m",
                                 "\\\\u001B[0m",
                                 "\\x1b[0m",
                                 "\\x1B[0m",
                                 "\\033[0m",
                                 "\\e[0m",
                                 "#033[0m",
                                 "^[[0m",
                                 "\x1B[K",
                                 "\x1B[Z",
                                 "\x1B[01;31m\x1B[K",
                                 "\x1B[2J",
                                 "\x1B[?25h",
                                 "\\u001b[1G",
                                 "%1B[K",
                                 "%1B%5B32m",
                                 "%1b%5b0m",
                                 "#011",
                                 "#012",
                                 "\\011",
                                 "\\012",
                                 "\\0",
                                 "\\a",
                                 "\\v",
                                 "^I",
                                 "^M",
                                 "token=3D"}) {
    for (const std::string& token :
         {kToken, replaced(kToken, ".", "%2E"), encode(kToken), "\\u0065" + kToken.substr(1)}) {
      CAPTURE(mark, token);
      const Found found = one("x" + mark + token + " y\n");
      CHECK(found.token == kToken);
      CHECK(found.offset == 1 + mark.size());
    }
  }
  // Marks that are none, and letters and digits of a run.
  for (const std::string before : {"m", "32m", "[32m", "x[32m", "[K", "\x1BK", "\x1B[3!m",
                                   "\x1B%5BK", "#811", "#041", "011", "3D", "0", "a"})
    CHECK(findings("x" + before + kToken + " y\n").lookalike > 0);
}

TEST_CASE("text: layers are undone, and the offset stays that of the text") {
  const std::string dot2e = replaced(kToken, ".", "%2E");
  check_one("?token=", dot2e, "&", kToken, "query:token", "percent");
  check_one("%3Ftoken%3D", replaced(kToken, ".", "%252e"), "%26", kToken, "query:token",
            "percent percent");
  check_one("\"", replaced(kToken, ".", "\\u002e"), "\"", kToken, "bare", "json");
  check_one("\"", replaced(kToken, ".", "\\\\u002E"), "\"", kToken, "bare", "json json");
  check_one("\"", replaced(kToken, ".", "\\x2E"), "\"", kToken, "bare", "json");
  check_one("\"", replaced(kToken, ".", "\\u00252E"), "\"", kToken, "bare", "json percent");
  check_one("\"", replaced(kToken, ".", "%5Cu002e"), "\"", kToken, "bare", "percent json");
  check_one("\"", replaced(kToken, ".", "\\\\\\\\u002E"), "\"", kToken, "bare", "json json json");
  // Encoders that escape digits too, beside one that does not: two levels are two.
  const std::size_t dot = kToken.find('.');
  const std::string behind_dot = replaced(kToken.substr(dot + 1), ".", "%25%32%45");
  check_one("?token=", kToken.substr(0, dot) + "%252E" + behind_dot, "&", kToken, "query:token",
            "percent percent");
  check_one("?token=", kToken.substr(0, dot) + "%25%32%35%32%45" + behind_dot, "&", kToken,
            "query:token", "percent percent percent");
  // A backslash that was written before an escape is none of the token's, at any depth.
  const std::string header = kToken.substr(0, kToken.find('.'));
  const std::string rest = "cGF5.c2ln";
  for (const std::string slashes : {"\\\\\\", "\\\\\\\\\\", "\\\\\\\\\\\\"}) {
    const std::string text = "\"" + header + slashes + "u002e" + rest + "\"\n";
    CAPTURE(text);
    CHECK(one(text).token == header);
  }
  // Nor is a bare percent sign part of one that its escaped digits would make.
  for (const std::string digits : {"%2532E", "2%2545", "%32%45"}) {
    const std::string text = "?token=" + header + "%" + digits + rest + "&\n";
    CAPTURE(text);
    CHECK(one(text).token == header);
  }
  // Every character that can hide a start.
  check_one("\"", percent_escaped(kToken, "e"), "\"", kToken, "bare", "percent");
  check_one("\"", percent_escaped(kToken, "yJ"), "\"", kToken, "bare", "percent");
  check_one(" ", percent_escaped(kToken, kToken), " ", kToken, "bare", "percent");
  check_one(" ", "\\u0065" + kToken.substr(1), " ", kToken, "bare", "json");
  check_one(" ", "e\\u0079" + kToken.substr(2), " ", kToken, "bare", "json");
  // base64url around it, and layers around that.
  check_one("base64url.bearer.authorization.k8s.io.", encode(kToken), ", x", kToken, "bare",
            "base64url");
  check_one("\"", encode(kOther), "\"", kOther, "bare", "base64url");
  const std::string around = encode(kToken);
  check_one("\"", "%5A" + around.substr(1), "\"", kToken, "bare", "percent base64url");
}

TEST_CASE("text: JSON in JSON, to any depth") {
  std::string text = "{\"access_token\":\"" + kToken + "\"}";
  for (int depth = 0; depth < 7; ++depth) {
    const std::string shown = json_escaped(text, depth);
    const Found found = one("{\"m\":\"" + shown + "\"}\n");
    CHECK(found.token == kToken);
    CHECK(found.channel == "body:access_token");
    CHECK(found.layers.empty());
  }
}

TEST_CASE("text: headers that do not begin with a brace and a quote") {
  for (const std::string space : {"", " ", "\n", "\r\n", "\t", " \t\n"}) {
    const std::string token = with_header("{" + space + "\"alg\":\"none\"}", 0);
    CHECK(one("x: " + token + "\n").token == token);
    CHECK(one("x: " + encode(token) + "\n").token == token);
  }
  CHECK(one("\"" + with_header("{\"\xC3\xA4\":1,\"alg\":\"HS256\"}") + "\"").line == 1);
}

TEST_CASE("text: detached, unsecured, encrypted and padded tokens") {
  const std::string h = encode(R"({"alg":"HS256"})"), p = encode(R"({"a":1})");
  CHECK(one(h + ".." + std::string(43, 's') + "\n").token == h + ".." + std::string(43, 's'));
  CHECK(one("\"" + h + "." + p + ".\"").token == h + "." + p + ".");
  CHECK(one(h + "." + p + ".\n").token == h + "." + p + ".");
  const std::string jwe = encode(R"({"alg":"dir","enc":"A128GCM"})") + "..iv.text.tag";
  CHECK(one("a " + jwe + ".b\n").token == jwe);
  CHECK(one("a " + jwe + ".\n").token == jwe);
  const std::string padded = encode(R"({"alg":"ES256","kid":"ab"})") + "==." +
                             encode(R"({"iss":"ab"})") + "=." + std::string(86, 's') + "==";
  CHECK(one("x-amzn-oidc-data: " + padded + "\r\n").token == padded);
  CHECK(one("x=" + padded + ";").token == padded);
  CHECK(one("x-amzn-oidc-data: " + replaced(padded, "=", "%3D") + "\n").layers == "percent");
  CHECK(one("x " + replaced(padded, "=", "\\u003d") + " ").token == padded);
  // The padding as it is and what follows it escaped.
  CHECK(one("x " + replaced(padded, "=.", "=%2E") + " ").token == padded);
  CHECK(one("x " + replaced(padded, "==", "=\\u003d") + " ").token == padded);
}

TEST_CASE("text: truncated is cut at the end of its record, or where dots say so") {
  const std::string cut = kToken.substr(0, kToken.size() - 5);
  for (const std::string behind :
       {"", "\n", "\r\n", "...", "\xE2\x80\xA6", "\\u2026", "%E2%80%A6", "\\xE2\\x80\\xA6"})
    CHECK(findings("a " + cut + behind).truncated == 1);
  CHECK(findings("a " + replaced(cut, ".", "%2E") + "\nb").truncated == 1);
  CHECK(findings("a " + replaced(cut, ".", "%2E") + "\r").truncated == 1);
  CHECK(findings("a " + encode(cut) + "\n").truncated == 1);
  // In its payload: no signature at all, and the record ends there.
  CHECK(findings("a " + kToken.substr(0, 25) + "\n").truncated == 1);
  CHECK(one("\"" + kToken.substr(0, 25) + "\"").token == kToken.substr(0, 25));
  // Not at the end of a record: a short signature is a verdict, and an empty one always.
  for (const std::string behind : {"\"", "\\n", " \n", ",", ". \n", "\"\n"})
    CHECK(one("a " + cut + behind).token == cut);
  CHECK(one(with_header(R"({"alg":"HS256"})", 0) + "\n").channel == "bare");
  CHECK(one(with_header(R"({"alg":"none"})", 3) + "\n").channel == "bare");
  CHECK(one(kToken + "\n").token == kToken);
  CHECK(findings(with_header(R"({"alg":"RS256"})", 341) + "\n").truncated == 1);
  CHECK(one(with_header(R"({"alg":"RS256"})", 342) + "\n").channel == "bare");
  // Padded, as a load balancer of AWS does, and cut behind the padding.
  const std::string padded = encode(R"({"alg":"HS256" })") + "==." + encode(R"({"a":1})");
  CHECK(findings("a " + padded + "==\n").truncated == 1);
  CHECK(findings("a " + padded + "%3D%3D").truncated == 1);
  CHECK(findings("a " + encode(R"({"alg":"HS256" })") + "==\n").truncated == 1);
  for (const std::string behind : {"== x\n", "==\"\n", "=\n", "===\n"})
    CHECK(one("a " + padded + behind).token == padded);
  // A line of docker that comes in pieces.
  const std::string start = "{\"log\":\"" + std::string(16'384 - cut.size(), 'x').append(1, ' ');
  CHECK(findings(start + cut + "\",\"stream\":\"stdout\",\"time\":\"t\"}\n").truncated == 1);
  CHECK(one("{\"log\":\"" + cut + "\",\"stream\":\"stdout\"}\n").token == cut);
  const std::string escaped = replaced(cut, ".", "%2E");
  CHECK(findings(start + escaped + "\",\"stream\":\"stdout\"}\n").truncated == 1);
  CHECK(one("{\"log\":\"" + escaped + "\",\"stream\":\"stdout\"}\n").token == cut);
}

TEST_CASE("text: the dots behind a cut payload are an ellipsis and separate nothing") {
  const std::string header = encode(R"({"alg":"HS256"})"), payload = encode(R"({"iss":"a"})");
  for (std::size_t size = 0; size + 1 < payload.size(); ++size) {
    const std::string cut = header + (size > 0 ? "." : "") + payload.substr(0, size);
    for (const std::string dots :
         {"...", "....", "\xE2\x80\xA6", "%2E%2E%2E", "..%2E", ".\\u002e.", "...(cut)"}) {
      CAPTURE(cut, dots);
      CHECK(findings("a " + cut + dots + " b\n").truncated == 1);
      CHECK(findings("a " + replaced(cut, ".", "%2E") + dots + " b\n").truncated == 1);
      CHECK(findings("a " + cut + dots + " b\n").lookalike == 0);
    }
    CHECK(findings("a " + cut + "...[REDACTED] b\n").redacted == 1);
  }
  // A whole payload is followed by a missing signature, and a sentence's dots.
  const std::string attack = header + "." + payload + ".";
  for (const std::string behind : {"", ".", "..", "...", " b"})
    CHECK(one("a " + attack + behind + "\n").token == attack);
}

TEST_CASE("text: a record that ends within an escape has cut the token in front of it") {
  const std::string cut = kToken.substr(0, 25), shorter = kToken.substr(0, kToken.size() - 5);
  for (const std::string& token : {cut, shorter}) {
    for (const std::string escape : {"%", "%2", "%25", "%252", "%2525", "\\", "\\\\", "\\u", "\\u0",
                                     "\\u00", "\\u002", "\\x", "\\x2", "\\\\u00", "\\x%37"}) {
      for (const std::string end : {"\n", "\r\n", ""}) {
        CAPTURE(token, escape, end);
        CHECK(findings("a " + token + escape + end).truncated == 1);
        CHECK(findings("a " + replaced(token, ".", "%2E") + escape + end).truncated == 1);
      }
      CHECK(one("a " + token + escape + "\"\n").token == token);
    }
  }
}

TEST_CASE("text: a JWE that was cut is truncated, one that was written short is a verdict") {
  const std::string jwe =
      encode(R"({"alg":"dir","enc":"A128GCM"})") + ".k0k0.aXZpdml2aXZpdml2.Y3RjdGN0";
  const std::string whole = jwe + "." + std::string(22, 'A');
  CHECK(one("a " + whole + "\n").token == whole);
  for (const std::string& cut : {jwe, whole.substr(0, whole.size() - 1)}) {
    for (const std::string behind : {"", "\n", "\r\n", "...", "\xE2\x80\xA6", "%E2%80%A6"})
      CHECK(findings("a " + cut + behind).truncated == 1);
    for (const std::string behind : {"\"", " ", ",", "\"\n"})
      CHECK(one("a " + cut + behind).token == cut);
    CHECK(findings("Cookie: a.0=" + cut + "; a.1=x\n").truncated == 1);
  }
  CHECK(one("Cookie: a.0=" + whole + "; a.1=x\n").token == whole);
  CHECK(one("a " + jwe + ".\n").token ==
        jwe);  // an empty tag is an attack, as an empty signature is
  // Three parts are a cut JWE too, but where they may be a JWS: its alg signs, and it has the room.
  const std::string three = jwe.substr(0, jwe.rfind('.'));
  CHECK(findings("a " + three + "\n").truncated == 1);
  CHECK(one("a " + three + " x\n").token == three);
  const std::string signed_too = with_header(R"({"alg":"HS256","enc":"A128GCM"})");
  CHECK(one("a " + signed_too + "\n").token == signed_too);
  CHECK(findings("a " + signed_too.substr(0, signed_too.size() - 1) + "\n").truncated == 1);
}

TEST_CASE("text: the chunks of a cookie that a logger has taken apart are truncated too") {
  const std::string cut = kToken.substr(0, kToken.size() - 6);
  CHECK(findings("{\"cookies\":{\"a.0\":\"" + cut + "\",\"a.1\":\"x\"}}\n").truncated == 1);
  CHECK(findings("appSession.0=" + cut + " z\n").truncated == 1);
  CHECK(one("{\"cookies\":{\"a.0\":\"" + kToken + "\"}}\n").channel == "body:a.0");
  CHECK(one("appSession=" + cut + " z\n").token == cut);
}

TEST_CASE("text: words that say that something was cut are no placeholder") {
  const std::string cut = kToken.substr(0, kToken.size() - 5);
  for (const std::string dots : {"...", "\xE2\x80\xA6"}) {
    for (const std::string words :
         {"[truncated]", "(truncated)", "<truncated>", "(cut)", "[TRIMMED]"}) {
      CHECK(findings("a " + cut + dots + words + " x\n").truncated == 1);
    }
  }
  CHECK(findings("a " + kToken.substr(0, 25) + "\xE2\x80\xA6(cut) x\n").truncated == 1);
  // Without dots the words stand for a signature.
  CHECK(findings(with_header(R"({"alg":"RS256"})", 0) + "[truncated]\n").redacted == 1);
}

TEST_CASE("text: what follows an attack token does not hide it") {
  const std::string none = with_header(R"({"alg":"none"})", 0);
  for (const std::string behind : {"<br>", "</td>", "<span>", "(x)", "{id}", "*/", "**/",
                                   "<input type=\"hidden\">", "<p class=secret>", "{\"secret\":1}"})
    CHECK(one("** " + none + behind + "\n").token == none);
}

TEST_CASE("text: redacted has a placeholder for a signature") {
  const std::string hp = with_header(R"({"alg":"RS256"})", 0);
  for (const std::string blank : {"redacted",
                                  "REDACTED",
                                  "***",
                                  "*****",
                                  "XXXX",
                                  "xxx",
                                  "XX",
                                  "[REDACTED]",
                                  "<redacted>",
                                  "(hidden)",
                                  "[signature removed]",
                                  "[...]",
                                  "[\xE2\x80\xA6]",
                                  "<redacted:jwt>",
                                  "[[REDACTED]]",
                                  "{masked 43}",
                                  "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2",
                                  "####",
                                  "[***]",
                                  "\\u2022\\u2022"}) {
    INFO(blank);
    CHECK(findings("\"" + hp + blank + "\"\n").redacted == 1);
    CHECK(findings(hp + blank).redacted == 1);
  }
  // A piece of the signature, or of what stands before it, may be left.
  const std::string header = hp.substr(0, hp.find('.')),
                    payload = hp.substr(header.size() + 1, hp.size() - header.size() - 2);
  for (const std::string& left :
       {hp + "c2lnbmF0dXJl", header + "." + payload, header, std::string("eyJ"),
        header + "." + payload.substr(0, 4), header.substr(0, 9)}) {
    for (const std::string blank : {"[REDACTED]", "<redacted>", "(redacted)", "{filtered}",
                                    "%5BREDACTED%5D", "***", "[...]"}) {
      INFO(left << blank);
      CHECK(findings("\"" + left + blank + "\" x\n").redacted == 1);
      CHECK(findings(left + blank).redacted == 1);
    }
    CHECK(extract(left + "[INFO] x\n").counts.redacted == 0);
    CHECK(extract(left + "(x) x\n").counts.redacted == 0);
  }
  CHECK(findings(hp + "c2lnbmF0dXJlXXXX x").redacted == 1);
  CHECK(findings(with_header(R"({"alg":"HS256"})", 35) + "xxxxxxxx x").redacted == 1);
  CHECK(one(with_header(R"({"alg":"HS256"})", 36) + "XXXXXXX").token != "");
  // A payload may be blanked as well; of a JWE any part.
  const std::string signature = kToken.substr(kToken.rfind('.'));
  for (const std::string blank : {"redacted", "XXXXXXXX", "xx", "masked"}) {
    for (const std::string behind : {" x", "", "\n"}) {
      CHECK(findings(header + "." + blank + signature + behind).redacted == 1);
      CHECK(findings(header + "." + blank + behind).redacted == 1);
      CHECK(findings(encode(R"({"alg":"dir","enc":"A128GCM"})") + "." + blank + behind).redacted ==
            1);
      CHECK(
          findings(encode(R"({"alg":"dir","enc":"A128GCM"})") + "..aXY." + blank + ".dGFn" + behind)
              .redacted == 1);
    }
  }
  CHECK(one("xx." + kToken).token == kToken);
  CHECK(findings("eyJ\xE2\x80\xA6[REDACTED] x\n").redacted == 1);
  CHECK(findings("eyJ...[REDACTED] x\n").redacted == 1);
  CHECK(findings("\"" + hp + "%5BREDACTED%5D\"").redacted == 1);
  CHECK(findings("\"" + hp + "abc...[REDACTED]\"").redacted == 1);
  CHECK(one(kToken + "[INFO]").token == kToken);
  CHECK(one(kToken + "***").token == kToken);
  CHECK(one(hp + " [REDACTED]").token == hp);
}

TEST_CASE("text: what blanks a signature may be escaped as a whole") {
  const std::string start = with_header(R"({"alg":"HS256"})", 0);
  const auto percent = [](std::string_view text) {
    std::string out;
    for (const char c : text) out += "%25" + std::to_string(c / 16) + "0123456789ABCDEF"[c % 16];
    return out;
  };
  for (const std::string& token : {start, replaced(start, ".", "%2E")}) {
    CHECK(findings(token + percent("[REDACTED by proxy]") + " x\n").redacted == 1);
    CHECK(findings(token + "<" + percent("the signature of it") + "> x\n").redacted == 1);
  }
}

TEST_CASE("text: lookalikes are counted and are none") {
  CHECK(findings(encode(R"({"user":1})") + ".Ac1d2w.sig").lookalike == 1);
  CHECK(findings("?cursor=" + encode(R"({"page":2})") + "&x").lookalike == 1);
  CHECK(findings(encode(R"({"alg":5})") + ".a.b").lookalike == 1);
  CHECK(findings(encode(R"({"alg":"HS256")") + ".a.b").lookalike == 1);
  CHECK(findings(encode(R"({"alg":"HS256"}x)") + ".a.b").lookalike == 1);
  for (const char* text :
       {"v4.local.abcdef", "report.final.pdf", "example.com.au", "every.one.two",
        "data:image/png;base64,iVBORw0KGgo=", "they keyJar new key.ew", "ey", "e", "Z", "ZX",
        "ZXhhbXBsZQ", "%", "\\", "\\u", "%2", "%e3302", "x%E3%e30.a"})
    CHECK(findings(text).candidates == 0);
  // Half a surrogate pair makes a bad token, and no other thing of it.
  for (const std::string header :
       {R"({"alg":"HS256","x":"\ud800"})", R"({"x":"\uDC00\uD800","alg":"none"})",
        R"({"\ud800\ud800\udc00":1,"alg":"HS256"})", R"({"alg":"HS256","x":"\\\ud800"})"}) {
    INFO(header);
    CHECK(one("x " + encode(header) + ".e30.AA x").token == encode(header) + ".e30.AA");
  }
  CHECK(findings("x " + encode(R"({"alg":"HS256","x":"\ud80"})") + ".e30.AA x").lookalike > 0);
  // The first part is no header, the second one is.
  const Extraction out = extract(encode(R"({"a":1})") + "." + kToken);
  CHECK(out.counts.lookalike == 1);
  REQUIRE(out.found.size() == 1);
  CHECK(out.found[0].token == kToken);
}

TEST_CASE("text: NUL, bad UTF-8 and bare line ends hide nothing; records add up") {
  using namespace std::string_literals;
  const std::string text = "\0\xFF\xC3"s + kToken + "\0\r"s + kOther + "\n\n \t\r\nx\r" + kToken +
                           "\n" + kToken + " " + kOther;
  const Extraction out = extract(text);
  REQUIRE(out.found.size() == 5);
  CHECK(out.found[1].line == 1);
  CHECK(out.found[2].line == 4);
  CHECK(out.found[4].line == 5);
  for (const Found& found : out.found)
    CHECK(text.substr(found.offset, found.token.size()) == found.token);
  CHECK(out.counts.records == 5);
  CHECK(out.counts.blank == 2);
  CHECK(out.counts.with_tokens == 3);
  CHECK(out.counts.without_token == 0);
  const RecordCounts none = findings("\n\r\n  \na\n\t");
  CHECK(none.records == 5);
  CHECK(none.blank == 4);
  CHECK(none.without_token == 1);
}

TEST_CASE("text: a token over the cap is one token") {
  const std::string big = encode(R"({"alg":"HS256"})") + "." + std::string(70'000, 'p') + ".sig";
  for (const std::string behind : {"\n", " x\n", ""}) {
    CHECK(one("a " + big + behind).token == big);
    CHECK(one("a " + replaced(big, ".", "%2E") + behind).token == big);
  }
}

TEST_CASE("text: a token whose header alone is over the cap is one token") {
  const std::string header = R"({"alg":"HS256","x":")" + std::string(60'000, 'x') + "\"}";
  const std::string big = with_header(header);
  const Extraction found = extract("a " + big + " b\n" + kToken, {.max_token_bytes = 1 << 14});
  REQUIRE(found.found.size() == 2);
  CHECK(found.found[0].token == big);
  CHECK(found.counts.lookalike == 0);
}

TEST_CASE("text: the answer does not depend on where the input is cut") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::string cut = kToken.substr(0, kToken.size() - 3);
  const std::vector<std::string> pieces = {kToken,
                                           kOther,
                                           cut,
                                           encode(kToken),
                                           replaced(kToken, ".", "%2E"),
                                           replaced(kOther, ".", "\\u002e"),
                                           "Authorization: Bearer ",
                                           "Cookie: a=b; sid=",
                                           "\"",
                                           "\\\"",
                                           "\n",
                                           "\r\n",
                                           "\n\n",
                                           " \n",
                                           " ",
                                           " ",
                                           ".",
                                           "eyJ",
                                           "eyJ.",
                                           "%",
                                           "%20",
                                           "%5C",
                                           "\\",
                                           "\\n",
                                           "...",
                                           "[REDACTED]",
                                           "?token=",
                                           "&",
                                           ";",
                                           "=",
                                           "ZXlK",
                                           "ew0",
                                           "{\"access_token\":\"",
                                           "\xFF",
                                           "abc"};
  for (int round = 0; round < 60; ++round) {
    std::string text;
    const bool long_lines = round % 2 == 0;
    for (std::size_t i = 0; i < 300; ++i) {
      const std::string& piece = pieces[random() % pieces.size()];
      if (long_lines && piece.find('\n') != std::string::npos && random() % 8 != 0) continue;
      text += piece;
    }
    const Extraction whole = extract(text);
    for (const std::size_t chunk : {1, 100, 1000, 5000}) {
      const Extraction got = extract(text, {.chunk_bytes = chunk});
      const bool equal = got.found == whole.found;
      REQUIRE(equal);
      REQUIRE(got.counts.records == whole.counts.records);
      REQUIRE(got.counts.candidates == whole.counts.candidates);
    }
    // Lines in pieces; runs that nothing separates may be cut in the middle, but only where they
    // are longer than a piece.
    const Extraction pieced = extract(text, {.piece_bytes = 2000});
    const Extraction again = extract(text, {.chunk_bytes = 1, .piece_bytes = 2000});
    const bool equal = pieced.found == again.found && pieced.found == whole.found;
    REQUIRE(equal);
    REQUIRE(pieced.counts.records == whole.counts.records);
    REQUIRE(pieced.counts.blank == whole.counts.blank);
    REQUIRE(pieced.counts.with_tokens == whole.counts.with_tokens);
    REQUIRE(pieced.counts.truncated == whole.counts.truncated);
    REQUIRE(pieced.counts.redacted == whole.counts.redacted);
    REQUIRE(pieced.counts.lookalike == whole.counts.lookalike);
  }
}

TEST_CASE("text: one line of megabytes, with every kind of border at every place") {
  std::string line;
  std::vector<std::uint64_t> offsets;
  for (std::size_t i = 0; line.size() < 400'000; ++i) {
    line += std::string(1 + i % 37, i % 3 == 0 ? 'x' : ' ');
    line += ' ';
    offsets.push_back(line.size());
    line += kToken;
    line += i % 2 == 0 ? "\"" : " ";
  }
  const Extraction out = extract(line + "\n" + kToken, {.piece_bytes = 5000});
  REQUIRE(out.found.size() == offsets.size() + 1);
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    REQUIRE(out.found[i].offset == offsets[i]);
    REQUIRE(out.found[i].line == 1);
  }
  CHECK(out.found.back().line == 2);
  CHECK(out.counts.records == 2);
  CHECK(out.counts.with_tokens == 2);
}

TEST_CASE("text: a run longer than a piece loses no token within the overlap") {
  // Nothing separates these but dots, so the run is cut where pieces are full.
  std::string run;
  std::size_t tokens = 0;
  while (run.size() < 100'000) {
    run += kToken + ".";
    ++tokens;
  }
  const Extraction out = extract(run, {.piece_bytes = 5000, .max_token_bytes = 1000});
  const Extraction again =
      extract(run, {.chunk_bytes = 1, .piece_bytes = 5000, .max_token_bytes = 1000});
  CHECK(out.found.size() == tokens);
  CHECK(out.found == again.found);
}

TEST_CASE("text: hostile repetitions take linear time") {
  // Each would take minutes if any of it were quadratic.
  for (const std::string unit : {"eyJ", "eyJ.", ".", "%41", "%25", "\\u0041", "\\", "\\\\u",
                                 "eyJ%41", "ZXlK", "ZXlK.", "eyJ...", "ew0 ", "eyJ[a", "%2", "=",
                                 "eyJ=.", "eyJhbGciOiJIUzI1NiJ9.", "\",\"stream\":\"std"}) {
    std::string text;
    while (text.size() < 2'000'000) text += unit;
    extract(text);
    extract(text, {.piece_bytes = 300'000});
  }
}
