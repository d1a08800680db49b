#include "sinks/records.h"

#include <string>
#include <vector>

#include "jotmill/text.h"
#include "support/catch.h"

using namespace jotmill;

namespace {

std::string safe(std::string_view text, SafeText mode) {
  std::string out;
  append_safe(out, text, mode);
  return out;
}

/// A batch of one token with a verdict, as the pipeline leaves it.
struct OneToken {
  Chunk chunk;
  TokenBatch batch;
  std::vector<std::string> names = {"access.log"};

  explicit OneToken(Verdict verdict, std::string_view detail = "", std::string_view kid = "k1") {
    chunk.offset_bytes = 5000;
    chunk.first_line = 10;
    batch.chunk = &chunk;
    batch.add(0, 0, false, 123, 7);
    batch.verdict[0] = verdict;
    batch.alg_text[0] = batch.add_text("RS256");
    batch.kid[0] = batch.add_text(kid);
    if (!detail.empty()) batch.detail[0] = batch.add_text(detail);
    batch.token_id.resize(1);
    batch.token_id[0][0] = 0x9f;
  }
  std::string format(RecordContext context) {
    context.source_names = names;
    std::string out;
    format_records(batch, context, out);
    return out;
  }
};

}  // namespace

TEST_CASE("a record has its fields in their order") {
  OneToken one(Verdict::kExpired, "exp=1 as_of=2");
  CHECK(one.format({}) ==
        "{\"source\":\"access.log\",\"line\":17,\"offset\":5123,\"channel\":\"bare\",\"layers\":[],"
        "\"verdict\":\"expired\","
        "\"detail\":\"exp=1 "
        "as_of=2\",\"alg\":\"RS256\",\"kid\":\"k1\",\"token_id\":"
        "\"9f000000000000000000000000000000\"}\n");
}

TEST_CASE("unknown is null in NDJSON and empty in CSV") {
  OneToken one(Verdict::kTokenEmpty);
  one.batch.alg_text[0] = one.batch.kid[0] = TextRef{};
  CHECK(one.format({}).find("\"detail\":null,\"alg\":null,\"kid\":null") != std::string::npos);
  CHECK(one.format({.format = RecordFormat::kCsv}) ==
        "access.log,17,5123,bare,,token_empty,,,,9f000000000000000000000000000000\n");
  CHECK(record_header({.format = RecordFormat::kCsv}) ==
        "source,line,offset,channel,layers,verdict,detail,alg,kid,token_id\n");
  CHECK(record_header({}).empty());
}

TEST_CASE("claims stand in the record only when they were asked for") {
  OneToken one(Verdict::kAccepted);
  CHECK(one.format({}).find("claims") == std::string::npos);
  CHECK(one.format({.with_claims = true}).find("\"claims\":null}") != std::string::npos);
  one.batch.shown_claims[0] = one.batch.add_text(R"({"sub":"a"})");
  CHECK(one.format({.with_claims = true}).find("\"claims\":{\"sub\":\"a\"}}") != std::string::npos);
  CHECK(one.format({.format = RecordFormat::kCsv, .with_claims = true})
            .ends_with(",\"{\"\"sub\"\":\"\"a\"\"}\"\n"));
}

TEST_CASE("CSV cells that a spreadsheet would run are disarmed") {
  for (const char first : {'=', '+', '-', '@'}) {
    OneToken one(Verdict::kKeyNotFound, "", std::string(1, first) + "cmd|'/c calc'");
    CHECK(one.format({.format = RecordFormat::kCsv}).find(",'" + std::string(1, first) + "cmd|") !=
          std::string::npos);
  }
  OneToken quoted(Verdict::kKeyNotFound, "", "=a,\"b\"");
  CHECK(quoted.format({.format = RecordFormat::kCsv}).find(",\"'=a,\"\"b\"\"\",") !=
        std::string::npos);
}

TEST_CASE("long text is cut at 256 bytes and never inside a character") {
  OneToken one(Verdict::kKeyNotFound, "", std::string(255, 'a') + "\xC3\xA9" + "b");
  CHECK(one.format({}).find("\"kid\":\"" + std::string(255, 'a') + "\"") != std::string::npos);
  OneToken exact(Verdict::kKeyNotFound, "", std::string(300, 'a'));
  CHECK(exact.format({}).find("\"kid\":\"" + std::string(256, 'a') + "\"") != std::string::npos);
}

TEST_CASE("only the records that are wanted are written") {
  OneToken good(Verdict::kAccepted), bad(Verdict::kExpired);
  CHECK(good.format({.only = RecordFilter::kRejected}).empty());
  CHECK(bad.format({.only = RecordFilter::kAccepted}).empty());
  CHECK_FALSE(good.format({.only = RecordFilter::kAccepted}).empty());
  CHECK_FALSE(bad.format({.only = RecordFilter::kRejected}).empty());
}

TEST_CASE("text from tokens is made harmless") {
  CHECK(safe("a\x1b[31m\n\x7f", SafeText::kJson) == "a\\u001b[31m\\u000a\\u007f");
  CHECK(safe("a\x1b[31m\n\x7f", SafeText::kDrop) == "a[31m");
  CHECK(safe("\xC2\x85\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAE\xE2\x81\xA6", SafeText::kEscape) ==
        "\\u0085\\u2028\\u2029\\u202e\\u2066");
  CHECK(safe("\"\\", SafeText::kJson) == "\\\"\\\\");
  CHECK(safe("\"\\", SafeText::kEscape) == "\"\\");
  CHECK(safe("\xC3\xA9\xF0\x9F\x98\x80", SafeText::kJson) == "\xC3\xA9\xF0\x9F\x98\x80");
}

TEST_CASE("what is not UTF-8 becomes one replacement for each maximal part") {
  const std::string r = "\xEF\xBF\xBD";
  CHECK(safe("\xFF", SafeText::kJson) == r);
  CHECK(safe("a\xE2\x82", SafeText::kJson) == "a" + r);
  CHECK(safe("\xF0\x9F\x98z", SafeText::kJson) == r + "z");
  CHECK(safe("\xED\xA0\x80", SafeText::kJson) == r + r + r);
  CHECK(safe("\xC0\xAF", SafeText::kJson) == r + r);
}

TEST_CASE("channel and layers: the kind and its name, layers outermost first") {
  OneToken one(Verdict::kAccepted);
  one.batch.channel[0] = ChannelKind::kQuery;
  one.batch.channel_name[0] = one.batch.add_text("id_token");
  one.batch.layers[0].push(Layer::kPercent);
  one.batch.layers[0].push(Layer::kBase64url);
  CHECK(one.format({}).find(
            "\"channel\":\"query:id_token\",\"layers\":[\"percent\",\"base64url\"],\"verdict\"") !=
        std::string::npos);
  CHECK(one.format({.format = RecordFormat::kCsv})
            .find(",query:id_token,percent;base64url,accepted,") != std::string::npos);
  one.batch.channel[0] = ChannelKind::kDpop;
  CHECK(one.format({}).find("\"channel\":\"dpop\",\"layers\"") != std::string::npos);
}
