#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "input/chunker.h"
#include "input/extract_text.h"
#include "input/har_map.h"
#include "input/memory_reader_test.h"
#include "support/catch.h"

using namespace jotmill;
using jotmill::testing::MemoryReader;

namespace {

const std::string kToken =
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.sssssssssssssssssssssssssssssssssssssssssss";

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 63];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

struct Har {
  std::vector<std::string> found;  ///< "offset line channel layers token"
  std::vector<std::uint64_t> offsets;
  RecordCounts counts;
  std::uint64_t pieces = 0, without_time = 0;
  std::vector<std::int64_t> times;
};

Har read_har(std::string_view document, std::size_t chunk_bytes = 1 << 20,
             std::size_t max_record_bytes = 1 << 20) {
  MemoryReader reader{std::string(document)};
  Chunker chunker({.chunk_bytes = chunk_bytes, .scan = kernels::scan_scalar});
  chunker.begin(reader, 0, nullptr);
  chunker.set_max_record_bytes(max_record_bytes, 2000);
  chunker.cut_as_har();
  TextExtractor extractor(kernels::scan_scalar, 1000);
  Har out;
  Chunk chunk;
  TokenBatch batch;
  for (;;) {
    const Result<bool> more = chunker.next(chunk);
    REQUIRE(more.ok());
    if (!more.value()) break;
    const bool whole = chunk.piece == Chunk::Piece::kWhole;
    out.pieces += !whole;
    whole ? extractor.begin_har(chunk) : extractor.begin(chunk);
    for (bool again = true; again;) {
      batch.clear();
      again = extractor.extract(batch, out.counts);
      if (whole) out.without_time += extractor.read_entry_times(batch);
      for (std::size_t i = 0; i < batch.size; ++i) {
        std::string line = std::to_string(chunk.offset_bytes + batch.origin_off[i]) + " " +
                           std::to_string(chunk.first_line + batch.line[i]) + " ";
        line.append(words(batch.channel[i])).append(batch.text_of(batch.channel_name[i]));
        for (const Layer layer : batch.layers[i]) line.append(" ").append(words(layer));
        out.found.push_back(line.append(" ").append(batch.token(i)));
        out.offsets.push_back(chunk.offset_bytes + batch.origin_off[i]);
        out.times.push_back(batch.has_record_time[i] ? batch.record_time[i].s : -1);
      }
    }
    if (whole) extractor.count_entries(out.counts);
  }
  CHECK(out.counts.conserved());
  CHECK(out.counts.tokens == out.found.size());
  return out;
}

std::string entry(const std::string& request, const std::string& response) {
  return R"({"startedDateTime":"2026-11-23T15:04:05.000Z","time":1,
 "request":{)" +
         request + R"(},
 "response":{)" +
         response + "}}";
}
std::string document(const std::vector<std::string>& entries) {
  std::string out = R"({"log":{"version":"1.2","pages":[{"id":"a"},{"id":"b"}],"entries":[)";
  for (std::size_t i = 0; i < entries.size(); ++i) out += (i > 0 ? ",\n" : "") + entries[i];
  return out + R"(],"comment":"end"}})";
}

const std::string kRequest = R"("url":"https://a.b/c?access_token=)" + kToken +
                             R"(","headers":[{"name":"Authorization","value":"Bearer )" + kToken +
                             R"("}],"cookies":[{"name":"sid","value":")" + kToken +
                             R"("}],"queryString":[{"name":"access_token","value":")" + kToken +
                             R"("}],"postData":{"mimeType":"x","text":"{\"id_token\":\")" + kToken +
                             R"(\"}"})";
const std::string kResponse = R"("headers":[{"name":"Set-Cookie","value":"sid=)" + kToken +
                              R"(; Path=/"}],"content":{"size":9,"mimeType":"x","text":")" +
                              base64("{\"access_token\":\"" + kToken + "\"}") +
                              R"(","encoding":"base64"})";

}  // namespace

TEST_CASE("har: every place of an entry, each occurrence once, with its part") {
  const std::string text = document({entry(kRequest, kResponse)});
  const Har har = read_har(text);
  REQUIRE(har.found.size() == 7);
  const std::vector<std::string> parts = {"request.url",
                                          "request.headers",
                                          "request.cookies",
                                          "request.queryString",
                                          "request.postData.text",
                                          "response.headers",
                                          "response.content.text base64url"};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    CAPTURE(har.found[i]);
    CHECK(har.found[i].find(" har:" + parts[i] + " " + kToken) != std::string::npos);
    if (i < 6) CHECK(text.substr(har.offsets[i], kToken.size()) == kToken);
  }
  // The token's first bits are in the character that byte 17 of the body begins in.
  CHECK(har.offsets[6] == text.find(base64("{\"access_token\"")) + 17 / 3 * 4 + 17 % 3);
  CHECK(har.counts.records == 1);
  CHECK(har.counts.with_tokens == 1);
  CHECK(har.times == std::vector<std::int64_t>(7, 1795446245));
}

TEST_CASE("har: encoding may come first, slashes be escaped, and other base64 is text") {
  std::string body = base64("\xFF\xFF\xFE token=" + kToken);
  std::string escaped;
  for (const char c : body) escaped += c == '/' ? std::string("\\/") : std::string(1, c);
  const Har har =
      read_har(document({entry("", R"("content":{"encoding":"base64","text":")" + escaped + "\"}"),
                         entry("", R"("content":{"text":")" + body + "\"}")}));
  REQUIRE(har.found.size() == 1);
  CHECK(har.found[0].find("base64url " + kToken) != std::string::npos);
  CHECK(har.counts.records == 2);
  CHECK(har.counts.without_token == 1);
}

TEST_CASE("har: an escape among base64 is a layer of the token that it stands for, of no other") {
  const std::string before = "{\"first\":\"", body = base64(before + kToken + "\",\"more\":1}");
  // Characters that hold bits of the token's first and last byte.
  const std::size_t first = before.size() / 3 * 4 + before.size() % 3;
  const std::size_t end = before.size() + kToken.size() - 1;
  const std::size_t last = end / 3 * 4 + end % 3 + 1;
  for (const std::size_t at : {std::size_t{0}, first - 1, first, last, last + 1, body.size() - 5}) {
    for (const bool percent : {false, true}) {
      CAPTURE(at, percent);
      char escape[8];
      std::snprintf(escape, sizeof escape, percent ? "%%%02X" : "\\u%04x", body[at]);
      const std::string text = std::string(body).replace(at, 1, escape);
      const Har har = read_har(
          document({entry("", R"("content":{"encoding":"base64","text":")" + text + "\"}")}));
      REQUIRE(har.found.size() == 1);
      const std::string outer = at < first || at > last ? "text " : percent ? "percent " : "json ";
      CHECK(har.found[0].find(outer + "base64url " + kToken) != std::string::npos);
    }
  }
}

TEST_CASE("har: a line end in a body ends no record, base64 or not") {
  const std::string body = kToken.substr(0, kToken.rfind('.'));  // two parts are a token, not cut
  const Har har = read_har(document({
      entry("", R"("content":{"text":")" + body + R"(\nmore"})"),
      entry("", R"("content":{"encoding":"base64","text":")" + base64(body + "\nmore") + "\"}"),
      entry("", R"("content":{"encoding":"base64","text":")" + base64(body + "\r\nmore") + "\"}"),
  }));
  REQUIRE(har.found.size() == 3);
  for (const std::string& found : har.found) CHECK(found.ends_with(" " + body));
  CHECK(har.counts.truncated == 0);
}

TEST_CASE("har: base64 in lines, in pieces and by any case of its name loses no token") {
  const auto content = [](const std::string& text, const std::string& name = "base64") {
    return entry("", R"("content":{"encoding":")" + name + R"(","text":")" + text + "\"}");
  };
  const std::string body = base64("{\"access_token\": \"" + kToken + "\"} and more of it");
  const auto in_lines = [&](std::size_t length, const std::string& end) {
    std::string lines;
    for (std::size_t at = 0; at < body.size(); at += length) lines += body.substr(at, length) + end;
    return lines;
  };
  std::vector<std::string> entries = {
      content(in_lines(76, R"(\n)")), content(in_lines(76, R"(\r\n)")), content(in_lines(13, " ")),
      content(in_lines(7, R"( \t)")), content(R"(\n\n )" + body),       content(body, "BASE64"),
      content(body, "Base64")};
  const std::string second = base64(" token=" + kToken);
  entries.push_back(content(base64("x") + base64("yz") + second));
  entries.push_back(content(base64("x") + " " + second));
  const Har har = read_har(document(entries));
  CHECK(har.found.size() == entries.size());
  for (const std::string& found : har.found) {
    CAPTURE(found);
    CHECK(found.find("har:response.content.text base64url " + kToken) != std::string::npos);
  }
  CHECK(har.counts.records == entries.size());
  CHECK(har.counts.with_tokens == entries.size());
  CHECK(har.counts.lookalike == 0);
}

TEST_CASE("har: behind base64 and a blank a token may stand as it is") {
  const auto text =
      document({entry("", R"("content":{"encoding":"base64","text":")" +
                              base64("token=" + kToken + " ") + " " + kToken + "\"}")});
  const Har har = read_har(text);
  REQUIRE(har.found.size() == 2);
  CHECK(har.found[0].find("base64url " + kToken) != std::string::npos);
  CHECK(har.found[1].find("base64url") == std::string::npos);
  CHECK(har.offsets[1] == text.rfind(kToken));
}

TEST_CASE("har: a deep object hides neither its own tokens nor those of later entries") {
  for (const std::size_t levels : {58u, 59u, 60u, 61u, 200u, 100'000u}) {
    CAPTURE(levels);
    std::string deep = R"("_initiator":)";
    for (std::size_t i = 0; i < levels; ++i) deep += i % 2 == 0 ? R"({"p":)" : "[";
    deep += "\"?t=" + kToken + "\"";
    for (std::size_t i = levels; i-- > 0;) deep += i % 2 == 0 ? "}" : "]";
    const std::string plain = R"("content":{"encoding":"base64","text":")" + base64(kToken) + "\"}";
    const Har har = read_har(document({entry(deep, plain), entry("", plain)}));
    REQUIRE(har.found.size() == 3);
    CHECK(har.found[0].find(" har:request._initiator.p") != std::string::npos);
    CHECK(har.found[1].find("har:response.content.text base64url") != std::string::npos);
    CHECK(har.found[2].find("har:response.content.text base64url") != std::string::npos);
    CHECK(har.counts.records == 2);
    CHECK(har.counts.with_tokens == 2);
  }
}

TEST_CASE(
    "har: the first chunk of a cookie that was too long was cut, wherever the cookie stands") {
  const std::string cut = kToken.substr(0, kToken.rfind('.') + 11);  // ten characters of signature
  const auto count = [](const std::string& request) {
    const Har har = read_har(document({entry(request, "")}));
    CHECK(har.counts.tokens + har.counts.truncated == 1);
    return har.counts.truncated;
  };
  const auto header = [](const std::string& name, const std::string& value) {
    return R"("headers":[{"name":")" + name + R"(","value":")" + value + "\"}]";
  };
  CHECK(count(R"("cookies":[{"name":"s.0","value":")" + cut + "\"}]") == 1);
  CHECK(count(R"("cookies":[{"name":"s.12","path":"/","value":")" + cut + "\"}]") == 1);
  CHECK(count(header("Cookie", "s.0=" + cut)) == 1);
  CHECK(count(header("cookie", "a=b; s.0=" + cut + "; s.1=rest")) == 1);
  CHECK(count(header("Set-Cookie", "s.0=" + cut + "; Path=/")) == 1);
  CHECK(count(R"("cookies":[{"name":"s","value":")" + cut + "\"}]") == 0);
  CHECK(count(R"("cookies":[{"name":"0","value":")" + cut + "\"}]") == 0);
  CHECK(count(R"("cookies":[{"name":"s.0x","value":")" + cut + "\"}]") == 0);
  CHECK(count(R"("queryString":[{"name":"s.0","value":")" + cut + "\"}]") == 0);
  CHECK(count(header("X-Other", "s.0=" + cut)) == 0);
  // A whole signature is a verdict.
  CHECK(count(R"("cookies":[{"name":"s.0","value":")" + kToken + "\"}]") == 0);
}

TEST_CASE("har: equal and escaped names hide no body, and a wrong bracket no later entry") {
  const std::string body = base64("token=" + kToken);
  for (const std::string content : {R"("encoding":"base64","text":"BODY","text":"x")",
                                    R"("encoding":"base64","text":"BODY","encoding":"x")",
                                    R"("encoding":"b\u0061se64","text":"BODY")",
                                    R"("enc\u006fding":"base64","te\u0078t":"BODY")"}) {
    CAPTURE(content);
    std::string text = content;
    text.replace(text.find("BODY"), 4, body);
    const Har har = read_har(document({entry("", "\"content\":{" + text + "}")}));
    REQUIRE(har.found.size() == 1);
    CHECK(har.found[0].find("base64url " + kToken) != std::string::npos);
  }
  const std::string good = entry("", R"("content":{"encoding":"base64","text":")" + body + "\"}");
  for (const std::string broken : {R"({"a":[})", R"({"a":{]})"}) {
    CAPTURE(broken);
    const Har har = read_har(document({broken, good, good}));
    CHECK(har.found.size() == 2);
  }
}

TEST_CASE(
    "har: a body of more tokens than a batch holds, and a part that nobody wants to read twice") {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "eyJhbGciOiIifQ ";
  std::string text =
      document({entry("", R"("content":{"encoding":"base64","text":")" + base64(many) + "\"}")});
  CHECK(read_har(text).found.size() == 10'000);
  std::string deep = "\"" + kToken + "\"";
  for (int i = 0; i < 40; ++i) deep = "{\"" + std::string(100, 'n') + "\":" + deep + "}";
  const Har har = read_har(document({entry("\"x\":" + deep, "")}));
  REQUIRE(har.found.size() == 1);
  CHECK(har.found[0].size() < kToken.size() + 300);
}

TEST_CASE("har: what is called base64 and is not loses no token") {
  const auto content = [](const std::string& text) {
    return entry("", R"("content":{"encoding":"base64","text":")" + text + "\"}");
  };
  const std::string good = base64("token=" + kToken + " and more");
  const Har har = read_har(document({
      content("token=" + kToken + " as it is"),  // a token as it stands
      content(kToken),
      content(good + "#token=" + kToken),  // a token on both sides of the damage
      content(good.substr(0, 20) + "#" + good.substr(20)),
  }));
  REQUIRE(har.found.size() == 4);
  for (const std::size_t i : {0, 1, 3}) {
    CHECK(har.found[i].find(kToken) != std::string::npos);
    CHECK(har.found[i].find("base64url") == std::string::npos);
  }
  CHECK(har.found[2].find("base64url " + kToken) != std::string::npos);
  CHECK(har.counts.conserved());
}

TEST_CASE("har: the answer does not depend on where the document is cut") {
  std::vector<std::string> entries;
  for (int i = 0; i < 30; ++i) {
    entries.push_back(i % 3 == 0   ? entry(kRequest, kResponse)
                      : i % 3 == 1 ? entry("", kResponse)
                                   : entry("", R"("comment":"}]{[\"\\")"));
  }
  const std::string text = document(entries);
  const Har whole = read_har(text);
  CHECK(whole.found.size() == 10 * 7 + 10 * 2);
  CHECK(whole.counts.records == 30);
  CHECK(whole.counts.without_token == 10);
  for (const std::size_t chunk : {1, 1000, 3000, 10'000}) {
    const Har cut = read_har(text, chunk);
    CHECK(cut.found == whole.found);
    CHECK(cut.times == whole.times);
    CHECK(cut.counts.records == 30);
    CHECK(cut.counts.with_tokens == 20);
  }
}

TEST_CASE("har: an entry over the limit comes in pieces and loses no token that stands in it") {
  const std::string big =
      entry(R"("comment":")" + std::string(9000, 'x') + " " + kToken + "\"", "");
  const std::string text = document({entry(kRequest, ""), big, entry("", kResponse)});
  const Har har = read_har(text, 1000, 4000);
  CHECK(har.pieces > 2);
  REQUIRE(har.found.size() == 5 + 1 + 2);
  CHECK(har.found[5].find(" bare " + kToken) != std::string::npos);
  CHECK(text.substr(har.offsets[5], kToken.size()) == kToken);
  CHECK(har.found[6].find(" har:response.headers ") != std::string::npos);
  CHECK(har.counts.records == 2);  // and the one whose pieces are counted by the run
}

TEST_CASE("har: what is broken is text") {
  const std::string whole = document({entry(kRequest, ""), entry(kRequest, "")});
  for (std::size_t end = 0; end < whole.size(); end += 7) {
    std::size_t expected = 0;
    const std::string cut = whole.substr(0, end);
    for (std::size_t at = 0; (at = cut.find(kToken, at)) != std::string::npos; ++at) ++expected;
    const Har har = read_har(cut);
    std::size_t full = 0;
    for (const std::string& found : har.found) full += found.ends_with(kToken);
    CHECK(full == expected);
  }
  CHECK(read_har("]]}}\"" + kToken + "\"{[").found.size() == 1);
  CHECK(read_har("{\"log\":[[[[" + kToken + "]]]]}").found.size() == 1);
  CHECK(read_har(std::string(100'000, '[') + kToken).found.size() == 1);
}

TEST_CASE("har: a name that holds a token is no part of any channel") {
  std::string token = kToken.substr(0, kToken.rfind('.') + 1) + std::string(43, 's');
  const std::string escaped = "\\u0065" + token.substr(1);
  for (const std::string& name : {token, "x-" + token, escaped}) {
    const Har har =
        read_har(document({"{\"request\":{\"" + name + "\":{\"b\":\"" + kToken + "\"}}}"}));
    REQUIRE(!har.found.empty());
    CHECK(har.found.back().find(" har:request.token.b ") != std::string::npos);
  }
}

TEST_CASE("har: names are told without their escapes") {
  const auto part = [](const std::string& name) {
    const Har har = read_har(document({"{\"" + name + "\":{\"b\":\"" + kToken + "\"}}"}));
    REQUIRE(har.found.size() == 1);
    const std::size_t at = har.found[0].find("har:") + 4;
    return har.found[0].substr(at, har.found[0].rfind(' ') - at);
  };
  CHECK(part(R"(re\u0071uest)") == "request.b");
  CHECK(part(R"(\/\u00e4\ud83d\ude00%41)") == "/\xC3\xA4\xF0\x9F\x98\x80%41.b");
  CHECK(part(R"(a\\u0071)") == R"(a\u0071.b)");
  CHECK(part(R"(no\xescape)") == R"(no\xescape.b)");
  std::string escaped;
  for (int i = 0; i < 1000; ++i) escaped += R"(\u0071)";
  CHECK(part(escaped.substr(0, 6 * 128)) == std::string(128, 'q') + ".b");
  CHECK(part(escaped).size() == 128 + 2);
  // The names that a document is read by are names however they are written.
  const Har har = read_har(
      R"({"l\u006fg":{"entr\u0069es":[{"st\u0061rtedDateTime":"2026-11-23T15:04:05Z","a":")" +
      kToken + "\"}]}}");
  CHECK(har.counts.records == 1);
  CHECK(har.without_time == 0);
}

TEST_CASE("har: an entry without a time is counted once") {
  const Har har = read_har(document({"{\"request\":{" + kRequest + "}}"}));
  CHECK(har.found.size() == 5);
  CHECK(har.without_time == 1);
}

TEST_CASE("har: the entry that a cut went through is one, with the time in front of the cut") {
  const std::string whole = document({entry(kRequest, kResponse), entry(kRequest, kResponse)});
  const std::size_t second = whole.rfind("{\"startedDateTime");
  const std::size_t timed = whole.find("Z\"", second) + 2;
  const std::int64_t time = 1795446245;  // of the entries
  for (std::size_t end = second + 1; end < whole.find("],\"comment"); ++end) {
    CAPTURE(end);
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{1} << 20}) {
      const Har har = read_har(whole.substr(0, end), chunk);
      REQUIRE(har.counts.records == 2);
      REQUIRE(har.without_time == 0);
      REQUIRE(std::ranges::count(har.times, time) == std::ptrdiff_t(har.times.size()));
    }
    // The same entry with its time behind what is cut off.
    std::string late = whole;
    late.erase(second + 1, timed - second);
    const Har har = read_har(late.substr(0, end));
    REQUIRE(har.counts.records == 2);
    REQUIRE(har.without_time == (har.found.size() > 7 ? 1 : 0));
  }
}

TEST_CASE("har: a token around entries makes a record of what stands there, which has no time") {
  const std::string entries = entry(kRequest, "") + ",{\"a\":1}," + entry(kRequest, "");
  const std::string pages = R"({"log":{"pages":[")" + kToken + "\",\"" + kToken + R"("],)";
  const std::string text =
      pages + R"("entries":[)" + entries + R"(,")" + kToken + R"("],"comment":")" + kToken + "\"}}";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{500}, std::size_t{1} << 20}) {
    const Har har = read_har(text, chunk);
    CHECK(har.found.size() == 2 * 5 + 4);
    CHECK(har.counts.records == 3 + 2);
    CHECK(har.counts.with_tokens == 2 + 2);
    CHECK(har.counts.without_token == 1);
    CHECK(har.without_time == 2);
    CHECK(std::ranges::count(har.times, -1) == 4);
  }
  // Brackets that are none too few or too many, and elements that are no objects.
  for (const std::string& odd :
       {R"({"log":{"entries":[)" + entries + "]}}}" + R"({"log":{"entries":[)" + entries + "]}}",
        R"({"log":{"entries":[[")" + kToken + R"("],[")" + kToken + R"("],)" + entries + "]}}"}) {
    const Har whole = read_har(odd);
    for (const std::size_t chunk : {1, 500}) {
      const Har cut = read_har(odd, chunk);
      CHECK(cut.times == whole.times);
      CHECK(cut.counts.records == whole.counts.records);
      CHECK(cut.without_time == whole.without_time);
    }
  }
  const Har bare = read_har(entry(kRequest, ""));
  CHECK(bare.counts.records == 1);
  CHECK(bare.without_time == 1);
}

TEST_CASE("har: base64 that the document is cut in or behind is decoded") {
  const std::string body = base64("a token=" + kToken + " of a body");
  const auto cut_behind = [](const std::string& content) {
    const std::string text = document({entry("", "\"content\":{" + content)});
    return read_har(text.substr(0, text.find(content) + content.size()));
  };
  const std::string encoding = R"("encoding":"base64")";
  const std::string text = R"("text":")" + body + '"';
  for (const std::string& content : {encoding + "," + text, text + "," + encoding,
                                     encoding + "," + text.substr(0, text.size() - 1),
                                     encoding + "," + text.substr(0, text.size() - 14)}) {
    CAPTURE(content);
    const Har har = cut_behind(content);
    REQUIRE(har.found.size() == 1);
    CHECK(har.found[0].ends_with("har:response.content.text base64url " + kToken));
    CHECK(har.counts.records == 1);
  }
}
