#include "input/extract.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace jotmill;

namespace {

Chunk chunk_of(std::string_view bytes) {
  Chunk chunk;
  chunk.bytes.assign(bytes.begin(), bytes.end());
  chunk.bytes.resize(bytes.size() + kSlackBytes);
  chunk.size_bytes = bytes.size();
  return chunk;
}

struct Token {
  std::string token;
  std::uint32_t line, offset;
  bool unwrapped;
  bool operator==(const Token&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Token& t) {
  return out << t.token << " line " << t.line << " offset " << t.offset
             << (t.unwrapped ? " json" : "");
}

struct Extraction {
  std::vector<Token> tokens;
  std::vector<std::string> channels;
  std::vector<std::size_t> batches;  ///< rows
  RecordCounts counts;
};

Extraction jsonl(std::string_view bytes, std::vector<std::string> fields = {"/token"},
                 std::size_t max_record_bytes = 1 << 20) {
  const Chunk chunk = chunk_of(bytes);
  JsonlExtractor extractor(std::move(fields), max_record_bytes);
  TokenBatch batch;
  Extraction out;
  extractor.begin(chunk);
  for (bool more = true; more;) {
    batch.clear();
    more = extractor.extract(batch, out.counts);
    out.batches.push_back(batch.size);
    for (std::size_t i = 0; i < batch.size; ++i) {
      out.tokens.push_back({std::string(batch.token(i)), batch.line[i], batch.origin_off[i],
                            batch.token_unwrapped[i] != 0});
      out.channels.emplace_back(batch.text_of(batch.channel_name[i]));
    }
  }
  CHECK(out.counts.conserved());
  CHECK(out.counts.tokens == out.tokens.size());
  return out;
}

}  // namespace

TEST_CASE("lines: one line end is removed and nothing else") {
  const Chunk chunk = chunk_of("a.b.c\r\n\n \t\n\xEF\xBB\xBFx\n y \nz\r");
  TokenBatch batch;
  const RecordCounts counts = extract_lines(chunk, batch);
  REQUIRE(batch.size == 4);
  CHECK(batch.token(0) == "a.b.c");
  CHECK(batch.token(1) == "\xEF\xBB\xBFx");
  CHECK(batch.token(2) == " y ");
  CHECK(batch.token(3) == "z\r");
  CHECK(batch.line[3] == 5);
  CHECK(counts.records == 6);
  CHECK(counts.blank == 2);
  CHECK(counts.with_tokens == 4);
}

TEST_CASE("jsonl: the member is the token, whatever it looks like") {
  const Extraction got = jsonl(
      "{\"token\":\"abc\"}\n{\"x\":1}\n\nnope\n{\"token\":\"\"}\n{\"token\":null}\n[1]\n{\"token\":"
      "\"d\"");
  CHECK(got.tokens == std::vector<Token>{{"abc", 0, 10, false}, {"", 4, 40, false}});
  CHECK(got.counts.records == 8);
  CHECK(got.counts.blank == 1);
  CHECK(got.counts.not_json == 2);
  CHECK(got.counts.without_token == 3);
}

TEST_CASE("jsonl: a scheme word in front of the token is not part of it") {
  CHECK(jsonl(R"({"token":"Bearer abc"})").tokens == std::vector<Token>{{"abc", 0, 17, false}});
  CHECK(jsonl(R"({"token":"dPoP abc"})").tokens == std::vector<Token>{{"abc", 0, 15, false}});
  CHECK(jsonl(R"({"token":"Bearer  abc"})").tokens == std::vector<Token>{{" abc", 0, 17, false}});
  CHECK(jsonl(R"({"token":"Bearer"})").tokens == std::vector<Token>{{"Bearer", 0, 10, false}});
  CHECK(jsonl(R"({"token":"Basic abc"})").tokens ==
        std::vector<Token>{{"Basic abc", 0, 10, false}});
}

TEST_CASE("jsonl: escapes are undone, and the offset is where the token's own text begins") {
  CHECK(jsonl(R"({"token":"a\u002eb\/c"})").tokens == std::vector<Token>{{"a.b/c", 0, 10, true}});
  CHECK(jsonl(R"({"token":"\u0042earer\u0020a\u002eb"})").tokens ==
        std::vector<Token>{{"a.b", 0, 27, true}});
}

TEST_CASE("jsonl: pointers reach members at any depth, array elements and odd names") {
  const std::string record = R"({"a":{"b/c":["x",{"~":"deep"}]},"":"empty","0":"zero"})";
  CHECK(jsonl(record, {"/a/b~1c/1/~0"}).tokens.at(0).token == "deep");
  CHECK(jsonl(record, {"/a/b~1c/0"}).tokens.at(0).token == "x");
  CHECK(jsonl(record, {"/"}).tokens.at(0).token == "empty");
  CHECK(jsonl(record, {"/0"}).tokens.at(0).token == "zero");
  CHECK(jsonl(record, {"/a/b~1c/00"}).tokens.empty());
  CHECK(jsonl("\"root\"", {""}).tokens.at(0).token == "root");
  const Extraction two = jsonl(record, {"/0", "/"});
  CHECK(two.channels == std::vector<std::string>{"/", "/0"});
  CHECK(two.counts.with_tokens == 1);
  CHECK(jsonl(record, {"/0", "/", "/0"}).channels == std::vector<std::string>{"/", "/0"});
}

TEST_CASE("jsonl: of members with the same name none is lost") {
  CHECK(jsonl(R"({"token":"a","token":"b"})").tokens.size() == 2);
  CHECK(jsonl(R"({"token":"a","tok\u0065n":"b"})").tokens.size() == 2);
}

TEST_CASE("jsonl: a broken record gives no token, not even one that stands before the break") {
  const Extraction got = jsonl("{\"token\":\"a\",}\n{\"token\":\"a\"} \xFF\n{\"token\":\"a\n");
  CHECK(got.tokens.empty());
  CHECK(got.counts.not_json == 3);
}

TEST_CASE(
    "jsonl: no token is lost to a string that was cut, to bad UTF-8 or to a control character") {
  for (const std::string text : {"\xFF", "\x01", "\t", R"(\ud83d)", R"(\udc00)", R"(\ud83d\ud83d)",
                                 R"(\ud83d\u0041)", R"(\ud83d\n)"}) {
    CAPTURE(text);
    const std::string other = R"(,"agent":")" + text + "\"}\n";
    const Extraction got = jsonl(R"({"token":"a.b.c")" + other, {"/token"});
    REQUIRE(got.tokens.size() == 1);
    CHECK(got.tokens[0].token == "a.b.c");
    CHECK(got.counts.with_tokens == 1);
    // Without a token it is what it was.
    CHECK(jsonl(R"({"none":"a.b.c")" + other, {"/token"}).counts.not_json == 1);
    CHECK(jsonl(R"({"token":"x)" + text + "y\"}\n", {"/token"}).tokens.size() == 1);
  }
  const std::string nul = std::string("{\"token\":\"a\",\"b\":\"") + '\0' + "\"}\n";
  CHECK(jsonl(nul, {"/token"}).tokens.size() == 1);
  // A name with half a pair is found under the same name.
  CHECK(jsonl(R"({"\ud83d":"no","token":"a"})", {"/token"}).tokens.size() == 1);
  CHECK(jsonl(R"({"a":"\ud83d\ude00.b.c"})", {"/a"}).tokens.at(0).token == "\xF0\x9F\x98\x80.b.c");
}

TEST_CASE("jsonl: a value nested at any depth hides no token beside it") {
  for (const std::size_t levels : {1022u, 1023u, 1024u, 100'000u}) {
    CAPTURE(levels);
    const std::string deep = std::string(levels, '[') + std::string(levels, ']');
    const auto tokens = [](const std::string& line) {
      std::string out;
      for (const Token& one : jsonl(line, {"/t", "/d/1"}).tokens) out += one.token;
      return out;
    };
    CHECK(tokens("{\"d\":" + deep + R"(,"t":"T"})") == "T");
    CHECK(tokens(R"({"t":"T","d":)" + deep + "}") == "T");
    CHECK(tokens("{\"d\":[" + deep + R"(,"D"],"t":"T"})") == "DT");
    CHECK(jsonl("{\"d\":" + deep + "}", {"/t"}).counts.without_token == 1);
    CHECK(jsonl("{\"d\":[" + deep + R"(,"t":"T"})", {"/t"}).counts.not_json == 1);
  }
}

TEST_CASE("jsonl: numbers that no machine type holds do not matter") {
  CHECK(jsonl(R"({"n":1e400,"m":123456789012345678901234567890,"token":"a"})").tokens.size() == 1);
}

TEST_CASE("jsonl: equal members hide no token from each other") {
  std::string record = R"({"token":"a.b.c")";
  for (int i = 0; i < 900; ++i) record += R"(,"token":"x")";
  CHECK(jsonl(record + "}").tokens.size() == 901);
}

TEST_CASE("jsonl: a record over the limit is counted and named") {
  const Chunk chunk =
      chunk_of("{\"token\":\"a\"}\n{\"token\":\"" + std::string(100, 'x') + "\"}\n");
  TokenBatch batch;
  RecordCounts counts;
  JsonlExtractor extractor({"/token"}, 50);
  extractor.begin(chunk);
  CHECK_FALSE(extractor.extract(batch, counts));
  CHECK(counts.too_long == 1);
  CHECK(counts.with_tokens == 1);
  REQUIRE(batch.long_records.size() == 1);
  CHECK(batch.long_records[0].line == 1);
  CHECK(batch.long_records[0].off_bytes == 14);
}

TEST_CASE("json pointers are told from other strings") {
  CHECK(is_json_pointer(""));
  CHECK(is_json_pointer("/a/~0~1"));
  CHECK_FALSE(is_json_pointer("a"));
  CHECK_FALSE(is_json_pointer("/a~"));
  CHECK_FALSE(is_json_pointer("/a~2"));
}

TEST_CASE("jsonl: a record with any number of tokens of one name is told and not taken") {
  const auto record = [](int count) {
    std::string text = "{\"x\":0";
    for (int i = 0; i < count; ++i) text += ",\"token\":\"a\"";
    return text + "}\n";
  };
  CHECK(jsonl(record(1001)).tokens.size() == 1001);
  const Extraction got = jsonl(record(1002) + record(1));
  CHECK(got.tokens.size() == 1);
  CHECK(got.counts.too_long == 1);
}

TEST_CASE("auto: har, jsonl, lines or text, as far as it can be seen") {
  const auto sniff = [](std::string_view text, bool whole = true) {
    return sniff_format({as_bytes(text), whole}, false);
  };
  CHECK(sniff("{\"a\":1}\n\n[2]\n") == InputFormat::kJsonl);
  CHECK(sniff("{\"a\":1}\n{\"b\":", false) == InputFormat::kJsonl);
  CHECK(sniff("{\"a\":", false) == InputFormat::kJsonl);
  CHECK(sniff("{\"a\":1}\n{\"b\":", true) == InputFormat::kText);
  CHECK(sniff("{\"a\":1}\neyJ.x.y\n") == InputFormat::kText);
  CHECK(sniff("{oops}\n") == InputFormat::kText);
  CHECK(sniff("a b\n") == InputFormat::kText);
  CHECK(sniff("eyJ.x.y\n\n \neyJ.x.z\n") == InputFormat::kLines);
  CHECK(sniff("eyJ.x.y\nnothing\n") == InputFormat::kLines);
  CHECK(sniff("eyJ.x.y\nnothing\nnothing\n") == InputFormat::kText);
  CHECK(sniff("eyJ.x.y\neyJ=.x.z\n") == InputFormat::kText);
  CHECK(sniff("eyJ.x.y\neyJ.x.z 'cut", false) == InputFormat::kLines);
  CHECK(sniff("eyJ.x.yyyyyyyyyyyy", false) == InputFormat::kLines);
  CHECK(sniff("{\"log\":{\"version\":\"1.2\",\"pages\":[{}],\"entries\":[{\"a\":", false) ==
        InputFormat::kHar);
  CHECK(sniff("\xEF\xBB\xBF{\n\"log\": {\"entries\": [] } }\n") == InputFormat::kHar);
  CHECK(sniff("{\"log\":{\"entries\":1}}\n") == InputFormat::kJsonl);
  CHECK(sniff("{\"log\":\"entries\"}\n") == InputFormat::kJsonl);
  CHECK(sniff("") == InputFormat::kLines);
}

TEST_CASE("auto with fields: one line of JSON is enough, so that a broken one loses no other") {
  const auto sniff = [](std::string_view text, bool whole = true) {
    return sniff_format({as_bytes(text), whole}, true);
  };
  CHECK(sniff("oops\n{\"a\":1}\n") == InputFormat::kJsonl);
  CHECK(sniff("{oops}\n") == InputFormat::kJsonl);
  CHECK(sniff("{\"a\":", false) == InputFormat::kJsonl);
  CHECK(sniff("eyJ.x.y\neyJ.x.z\n") == InputFormat::kLines);
  // A log among JSON files: its lines are no tokens.
  CHECK(sniff("GET /?access_token=eyJ.x.y HTTP/1.1\n") == InputFormat::kText);
}

TEST_CASE("jsonl: a chunk of any number of tokens comes in batches of few") {
  std::string bytes;
  std::vector<Token> wanted;
  for (std::uint32_t line = 0; line < 20; ++line) {
    bytes += "{\"x\":0";
    for (int i = 0; i < 1001; ++i) {
      const std::string text = std::to_string(line) + "." + std::to_string(i);
      bytes += ",\"token\":\"";
      wanted.push_back({text, line, static_cast<std::uint32_t>(bytes.size()), false});
      bytes += text + "\"";
    }
    bytes += "}\n";
  }
  const Extraction got = jsonl(bytes);
  CHECK(got.tokens == wanted);
  CHECK(got.counts.with_tokens == 20);
  // A record is never cut: five of them are the first to reach the limit.
  CHECK(got.batches == std::vector<std::size_t>{5005, 5005, 5005, 5005, 0});
}
