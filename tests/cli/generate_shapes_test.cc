// Shapes: what the labels of generated logs say about their places, read from the bytes alone.
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>

#include "support/catch.h"
#include "tests/cli/generated_set.h"
#include "tests/cli/workspace.h"
#include "tools/generate/check_labels.h"
#include "tools/generate/piece.h"
#include "tools/generate/produce.h"
#include "tools/generate/shaped_capture.h"
#include "tools/generate/shapes.h"

namespace jotmill::cli_test {
namespace {

tools::World world_of_shape(std::string_view shape, std::uint64_t count = 400) {
  tools::Recipe recipe = built_in_recipe("log");
  recipe.output.shape = tools::shape_named(shape);
  REQUIRE(recipe.output.shape != nullptr);
  recipe.algorithms = {1};  // HS256: fast, and not random
  // These sign with whatever fits them, ECDSA too.
  std::erase_if(recipe.keys, [](const auto& pool) {
    return pool.first == "refused" || pool.first == "encryption";
  });
  recipe.faults.weights = {{"*", 1}, {"key_type_mismatch.alg_of_another", 0}};
  recipe.count = count;
  recipe.repeats.pool = 50;
  return world_of(std::move(recipe));
}

tools::Tally produce(const tools::World& world, unsigned threads = 2, unsigned shards = 1) {
  const auto tally = tools::produce(world, {.folder = test_folder(),
                                            .threads = threads,
                                            .absolute_paths = false,
                                            .shards = shards,
                                            .on_progress = {}});
  REQUIRE(tally.ok());
  return tally.value();
}

struct PlaceLabel {
  std::string source, channel;
  std::uint64_t line = 0, offset = 0;
  std::vector<std::string> layers;
};

std::vector<PlaceLabel> read_labels() {
  std::vector<PlaceLabel> labels;
  simdjson::dom::parser parser;
  const std::string text = read_file("labels.ndjson");
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    const simdjson::dom::element label = parser.parse(text.substr(start, end - start));
    PlaceLabel& row = labels.emplace_back();
    row.source = std::string_view(label["source"]);
    row.channel = std::string_view(label["channel"]);
    row.line = label["line"];
    row.offset = label["offset"];
    for (const std::string_view layer : label["layers"]) row.layers.emplace_back(layer);
    start = end + 1;
  }
  return labels;
}

/// A token without layers begins with an encoded brace, and the byte before it is none of a part.
bool begins_here(const std::string& capture, std::uint64_t offset) {
  static constexpr std::string_view kInPart =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string_view start = std::string_view(capture).substr(offset, 3);
  const bool brace = start == "eyJ" || start == "eyA" || start == "ewo" || start == "ew0" ||
                     start == "ewk" || start == "eyI";
  // Behind \t and %3D the letters before it belong to the escape.
  const bool escaped = offset > 3 && (capture[offset - 2] == '\\' || capture[offset - 3] == '%' ||
                                      capture.substr(offset - 5, 3) == "%25" ||
                                      capture.substr(offset - 4, 2) == "\\x");
  return brace && (offset == 0 || escaped || kInPart.find(capture[offset - 1]) == kInPart.npos);
}

}  // namespace

TEST_CASE("every label of every shape points at the first byte of a token, on its line",
          "[generate]") {
  for (const tools::Shape& shape : tools::shapes()) {
    const Folder folder;
    CAPTURE(shape.name);
    const tools::Tally tally = produce(world_of_shape(shape.name));
    const std::string capture = read_file(std::string(shape.capture));
    const std::vector<PlaceLabel> labels = read_labels();
    CHECK(labels.size() == tally.tokens());
    CHECK(tally.bytes == capture.size());
    std::uint64_t last = 0;
    for (const PlaceLabel& label : labels) {
      CAPTURE(label.line, label.offset, label.channel);
      REQUIRE(label.source == shape.capture);
      REQUIRE(label.offset < capture.size());
      REQUIRE((label.offset > last || label.offset == 0));
      last = label.offset;
      const auto end = capture.begin() + static_cast<std::ptrdiff_t>(label.offset);
      REQUIRE(label.line == 1 + static_cast<std::uint64_t>(std::count(capture.begin(), end, '\n')));
      if (std::ranges::find(label.layers, "base64url") == label.layers.end())
        REQUIRE(begins_here(capture, label.offset));
    }
  }
}

TEST_CASE("every shape has findings of each kind and every form of itself", "[generate]") {
  std::set<std::string> channels, layers;
  for (const tools::Shape& shape : tools::shapes()) {
    const Folder folder;
    CAPTURE(shape.name);
    const tools::Tally tally = produce(world_of_shape(shape.name, 1000));
    CHECK(tally.truncated > 5);
    CHECK(tally.redacted > 5);
    CHECK(tally.lookalike > 0);
    for (const PlaceLabel& label : read_labels()) {
      channels.insert(label.channel);
      for (const std::string& layer : label.layers) layers.insert(layer);
    }
  }
  for (const char* channel :
       {"authorization", "dpop", "bare", "query:access_token", "query:jwt", "cookie:session",
        "body:access_token", "body:assertion", "har:request.headers", "har:request.url",
        "har:request.queryString", "har:request.cookies", "har:request.postData.text",
        "har:response.headers", "har:response.content.text"}) {
    CAPTURE(channel);
    CHECK(channels.contains(channel));
  }
  CHECK(layers == std::set<std::string>{"base64url", "json", "percent"});
}

TEST_CASE("a shape has the same bytes on any number of threads, and its shards are its pieces",
          "[generate]") {
  const tools::World world = world_of_shape("har", 2000);
  const Folder folder;
  produce(world, 1);
  const std::string whole = read_file("capture.har"), labels = read_file("labels.ndjson");
  produce(world, 3);
  CHECK((read_file("capture.har") == whole));
  CHECK((read_file("labels.ndjson") == labels));
  produce(world, 2, 3);
  std::map<std::string, std::string> shards;
  simdjson::dom::parser parser;
  std::size_t entries = 0;
  for (const char* name : {"capture.1.har", "capture.2.har", "capture.3.har"}) {
    shards[name] = read_file(name);
    entries += parser.parse(shards[name])["log"]["entries"].get_array().size();
  }
  CHECK(entries == parser.parse(whole)["log"]["entries"].get_array().size());
  const std::vector<PlaceLabel> placed = read_labels();
  CHECK(placed.size() == count_lines(labels));
  for (const PlaceLabel& label : placed) {
    const std::string& capture = shards.at(label.source);
    const auto end = capture.begin() + static_cast<std::ptrdiff_t>(label.offset);
    REQUIRE(label.line == 1 + static_cast<std::uint64_t>(std::count(capture.begin(), end, '\n')));
  }
}

TEST_CASE("with record times, plain tokens are good or expired by the time of their line",
          "[generate]") {
  tools::Recipe recipe = built_in_recipe("record-time");
  recipe.algorithms = {1};
  recipe.count = 1000;
  const Folder folder;
  const tools::Tally tally = produce(world_of(recipe));
  CHECK(tally.by_verdict[static_cast<std::size_t>(Verdict::kExpired)] > 50);
  CHECK(tally.by_verdict[static_cast<std::size_t>(Verdict::kNotYetValid)] > 0);
  CHECK(tally.by_verdict[0] > 500);
  CHECK(tally.without_time > 20);
  CHECK(contains(read_file("policy.toml"), "as-of = \"record\"\nyear = \"2027\"\n"));
}

TEST_CASE("encodings move a token's place and add a layer only where they change the token",
          "[generate]") {
  const tools::Piece token = tools::token_piece("eyJh.eyJi.c2ln", "bare");
  const tools::Piece quoted = tools::json_string(tools::Piece("a\n\"") + token);
  CHECK(quoted.text == "\"a\\n\\\"eyJh.eyJi.c2ln\"");
  CHECK(quoted.places.front().offset == 6);
  CHECK(quoted.places.front().layers.empty());
  const tools::Piece dots = tools::percent_encoded(tools::json_escaped(token, true));
  CHECK(dots.text == "eyJh%5Cu002eeyJi%5Cu002ec2ln");
  CHECK(dots.places.front().layers == std::vector<std::string_view>{"percent", "json"});
  CHECK(dots.places.front().bytes == dots.text.size());
  CHECK(tools::percent_encoded(tools::percent_encoded(token, true)).text ==
        "eyJh%252EeyJi%252Ec2ln");
  CHECK(tools::nginx_escaped("\"\\\xE2").text == "\\x22\\x5C\\xE2");
  CHECK(tools::apache_escaped("\"\\\t\xE2").text == "\\\"\\\\\\t\\xe2");
  const tools::Piece wrapped = tools::base64_encoded(tools::Piece("ab") + token);
  CHECK(wrapped.places.front().offset == 2);
  CHECK(wrapped.places.front().layers == std::vector<std::string_view>{"base64url"});
}

TEST_CASE("what text can hold as a token, and what it cannot", "[generate]") {
  const std::string header = base64url(R"({"alg":"HS256"})");
  const std::string signature(43, 'A');
  CHECK(tools::extractable(header + ".e30." + signature));
  CHECK(tools::extractable(header + ".."));  // detached and empty parts are tokens
  CHECK(tools::extractable(header + "=.e30==." + signature + "="));
  CHECK(tools::extractable(base64url(R"({"enc":"x"})") + ".a.b.c.d"));
  CHECK_FALSE(tools::extractable(header + ".e30." + signature.substr(1)));
  CHECK_FALSE(tools::extractable(header + ".e30.redacted"));
  CHECK_FALSE(tools::extractable(header + ".e30.XXXX"));
  CHECK_FALSE(tools::extractable(header + ".e30"));
  CHECK_FALSE(tools::extractable(header + ".e30.+" + signature));
  CHECK_FALSE(tools::extractable(base64url(R"( {"alg":"HS256"})") + ".e30." + signature));
  CHECK_FALSE(tools::extractable(base64url(R"({"alg":5})") + ".e30." + signature));
}

TEST_CASE("--check measures extraction: offset, channel and layers, found, missed, invented",
          "[generate]") {
  const Folder folder;
  const auto row = [](int offset, const std::string& channel, const std::string& layers,
                      const std::string& source = "a.log") {
    return "{\"source\":\"" + source + "\",\"line\":1,\"offset\":" + std::to_string(offset) +
           ",\"channel\":\"" + channel + "\",\"layers\":[" + layers +
           "],\"verdict\":\"accepted\"}\n";
  };
  const auto check = [](const std::string& labels, const std::string& records) {
    write_file("labels.ndjson", labels);
    write_file("records.ndjson", records);
    const auto result =
        tools::check_labels(in_folder("labels.ndjson"), in_folder("records.ndjson"));
    REQUIRE(result.ok());
    return result.value();
  };
  const std::string labels = row(5, "bare", "") + row(9, "query:t", "\"percent\"");
  CHECK(check(labels, labels).all_met());
  CHECK(check(labels,
              row(5, "bare", "", "x/a.log.gz") + row(9, "query:t", "\"percent\"", "a.log.zst"))
            .all_met());
  const auto missed = check(labels, row(9, "query:t", "\"percent\""));
  CHECK(missed.missed == 1);
  CHECK(missed.invented == 0);
  CHECK(missed.differences == 1);
  const auto invented =
      check(labels, row(5, "bare", "") + row(7, "bare", "") + row(9, "query:t", "\"percent\""));
  CHECK(invented.invented == 1);
  CHECK(invented.differences == 1);
  CHECK(check(labels, row(5, "dpop", "") + row(9, "query:t", "\"percent\"")).differences == 1);
  CHECK(check(labels, row(5, "bare", "") + row(9, "query:t", "")).differences == 1);
  // The last token of one file missed, the first of the next found.
  const std::string two = row(5, "bare", "") + row(9, "bare", "") + row(2, "bare", "", "b.log");
  CHECK(check(two, row(5, "bare", "") + row(2, "bare", "", "b.log")).missed == 1);
  CHECK(check(row(5, "bare", "") + row(2, "bare", "", "b.log"), two).invented == 1);
  CHECK(contains(tools::in_words(invented), "found 2, missed 0, invented 1"));
}

TEST_CASE("--counts holds a report against counts.json", "[generate]") {
  const Folder folder;
  write_file(
      "counts.json",
      R"({"schema":"jotmill.counts/1","files":[{"truncated":1,"redacted":2,"lookalike":3},{"truncated":1,"redacted":0,"lookalike":0}]})");
  write_file("good.json", R"({"records":{"truncated":2,"redacted":2,"lookalike":3}})");
  write_file("bad.json", R"({"records":{"truncated":1,"redacted":2,"lookalike":4}})");
  tools::LabelCheck check;
  REQUIRE(tools::check_counts(in_folder("counts.json"), in_folder("good.json"), check).ok());
  CHECK(check.differences == 0);
  REQUIRE(tools::check_counts(in_folder("counts.json"), in_folder("bad.json"), check).ok());
  CHECK(check.differences == 2);
  CHECK(check.first.front() == "truncated 1 instead of 2");
  CHECK_FALSE(tools::check_counts(in_folder("bad.json"), in_folder("good.json"), check).ok());
  CHECK_FALSE(tools::check_counts(in_folder("counts.json"), in_folder("counts.json"), check).ok());
}

}  // namespace jotmill::cli_test
