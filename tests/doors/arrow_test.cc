// Arrow arrays in every layout against the answers of the C interface for the same tokens.

#include <algorithm>
#include <cstring>
#include <random>

#include "cli/workspace.h"
#include "doors/arrays.h"
#include "doors/made.h"
#include "support/catch.h"

namespace jotmill::doors_test {
namespace {

Rows rows_of(std::size_t count) {
  Rows rows;
  for (const std::string& token : make_tokens(count)) rows.emplace_back(token);
  for (std::size_t i = 5; i < rows.size(); i += 11) rows[i] = std::nullopt;
  for (std::size_t i = 7; i < rows.size(); i += 97) rows[i] = "";
  for (std::size_t i = 8; i < rows.size(); i += 97) rows[i] = "a.b.c";  // inside its view
  return rows;
}

struct Expected {
  Rows verdict, detail, alg, kid, claims;
};
Expected expected_of(const Rows& rows) {
  Expected expected;
  Engine engine;
  const auto put = [](Rows& column, jotmill_text value) {
    column.push_back(value.data ? std::optional(std::string(view(value))) : std::nullopt);
  };
  for (const auto& row : rows) {
    jotmill_answer answer = {};
    if (row) REQUIRE(jotmill_verify(engine.get, text(*row), &answer, nullptr) == JOTMILL_OK);
    expected.verdict.push_back(row ? std::optional(std::string(answer.verdict)) : std::nullopt);
    if (answer.detail.len == 0) answer.detail.data = nullptr;
    put(expected.detail, answer.detail);
    put(expected.alg, answer.alg);
    put(expected.kid, answer.kid);
    put(expected.claims, answer.claims);
  }
  // Text from tokens is harmless here: as CSV has it.
  for (auto& kid : expected.kid) {
    const std::size_t at = kid ? kid->find("\u202e") : std::string::npos;
    if (at != std::string::npos) kid->replace(at, 3, "\\u202e");
  }
  return expected;
}

int verify(const Engine& engine, const Made& made, Verdicts& out, const char* column = nullptr,
           std::uint32_t columns = JOTMILL_ALL_COLUMNS, jotmill_error* error = nullptr) {
  return jotmill_verify_arrow(engine.get, &made.schema, &made.array, column, columns, &out.schema,
                              &out.array, error);
}

TEST_CASE("every layout of a column gives the answers of its tokens") {
  const Rows rows = rows_of(240);
  const Expected expected = expected_of(rows);
  std::vector<Shape> shapes;
  for (const char* format : {"u", "z", "U", "Z", "vu", "vz"}) {
    for (const char* index : {"", "i", "l"}) {
      for (const std::int64_t offset : {0, 13}) {
        shapes.push_back({.format = format, .index_format = index, .offset = offset});
        shapes.push_back({.format = format,
                          .index_format = index,
                          .offset = offset,
                          .in_batch = true,
                          .batch_offset = offset / 2});
      }
    }
  }
  for (const char* index : {"C", "s", "S", "I", "L"}) {
    shapes.push_back({.format = "u", .index_format = index, .offset = 2});
  }
  std::string report;
  for (const Shape& shape : shapes) {
    CAPTURE(shape.format, shape.index_format, shape.offset, shape.in_batch);
    const Engine engine;
    const auto made = make_array(rows, shape);
    Verdicts out;
    jotmill_error error = {};
    const int code =
        verify(engine, *made, out, shape.in_batch ? "token" : nullptr, JOTMILL_ALL_COLUMNS, &error);
    CAPTURE(error.message);
    REQUIRE(code == JOTMILL_OK);
    CHECK(out.column("verdict") == expected.verdict);
    CHECK(out.column("detail") == expected.detail);
    CHECK(out.column("alg") == expected.alg);
    CHECK(out.column("kid") == expected.kid);
    CHECK(out.column("claims") == expected.claims);
    // One report, whatever the layout.
    const std::string own = before_run(engine.report());
    if (report.empty()) report = own;
    CHECK(own == report);
    CHECK(made->array.release != nullptr);
  }
}

TEST_CASE("fixed-size binary, narrow indices, and the columns of place") {
  const Engine engine;
  const Rows rows = {"a.b.c", std::nullopt, "d.e.f"};
  for (const Shape& shape : {Shape{.format = "w:5"}, Shape{.format = "u", .index_format = "c"}}) {
    const auto made = make_array(rows, shape);
    REQUIRE(jotmill_engine_place(engine.get, text("some\x1bwhere"), 41, 1000, nullptr) ==
            JOTMILL_OK);
    Verdicts out;
    REQUIRE(verify(engine, *made, out) == JOTMILL_OK);
    CHECK(out.column("verdict") == Rows{"header_encoding", std::nullopt, "header_encoding"});
    CHECK(out.column("line") == Rows{"41", "42", "43"});
    CHECK(out.column("offset") == Rows{"1000", "1006", "1007"});
    CHECK(out.column("source") == Rows{"some\\u001bwhere", "some\\u001bwhere", "some\\u001bwhere"});
    CHECK(out.column("channel") == Rows{"bare", std::nullopt, "bare"});
    CHECK(out.column("layers") == Rows{"", std::nullopt, ""});
    CHECK(out.column("token_id")[0]->size() == 32);
    CHECK(out.column("token_id")[1] == std::nullopt);
    CHECK(out.names() == std::vector<std::string>{"source", "line", "offset", "channel", "layers",
                                                  "verdict", "detail", "alg", "kid", "token_id",
                                                  "claims"});
  }
}

TEST_CASE("a column of the null type is a column of nulls") {
  const Engine engine;
  const auto made = make_array(Rows(3), {});
  made->schema.format = "n";
  made->array.n_buffers = 0;
  made->array.buffers = nullptr;
  Verdicts out;
  REQUIRE(verify(engine, *made, out) == JOTMILL_OK);
  CHECK(out.column("verdict") == Rows(3));
  CHECK(engine.report().find("\"record_without_token\":3") != std::string::npos);
}

TEST_CASE("empty batches, chosen columns, columns that outlive their batch") {
  const Engine engine;
  for (const char* format : {"u", "U", "vu", "w:4"}) {
    const auto none = make_array({}, {.format = format});
    Verdicts out;
    REQUIRE(verify(engine, *none, out) == JOTMILL_OK);
    CHECK(out.array.length == 0);
    CHECK(out.column("verdict").empty());
    // Without rows a producer may leave out every buffer.
    for (std::int64_t i = 0; i + 1 < none->array.n_buffers; ++i) none->array.buffers[i] = nullptr;
    Verdicts bare;
    CHECK(verify(engine, *none, bare) == JOTMILL_OK);
  }
  const auto made = make_array(rows_of(100), {});
  Verdicts out;
  REQUIRE(verify(engine, *made, out, nullptr, JOTMILL_COLUMN_VERDICT | JOTMILL_COLUMN_LINE) ==
          JOTMILL_OK);
  CHECK(out.names() == std::vector<std::string>{"line", "verdict"});
  const Rows before = out.column("verdict");
  // Moved out as consumers do: copied, the original marked as released.
  ArrowArray moved = *out.array.children[1];
  out.array.children[1]->release = nullptr;
  ArrowSchema moved_schema = *out.schema.children[1];
  out.schema.children[1]->release = nullptr;
  out.array.release(&out.array);
  out.schema.release(&out.schema);
  CHECK(out.array.release == nullptr);
  CHECK(moved_schema.dictionary->format == std::string("U"));
  CHECK(moved.length == static_cast<std::int64_t>(before.size()));
  CHECK(std::memcmp(moved.dictionary->buffers[2], before[0]->data(), before[0]->size()) == 0);
  moved.release(&moved);
  moved_schema.release(&moved_schema);
  CHECK(moved.release == nullptr);
}

TEST_CASE("a slice costs its own rows, whatever the rest of the array is") {
  const Engine engine;
  const auto made = make_array(rows_of(20), {.in_batch = true});
  auto* offsets =
      const_cast<std::int32_t*>(static_cast<const std::int32_t*>(made->text_array->buffers[1]));
  offsets[made->text_array->offset + 15] = -5;
  Verdicts out;
  CHECK(verify(engine, *made, out, "token") == JOTMILL_E_ARGUMENT);
  made->array.length = 10;
  made->array.null_count = -1;
  Verdicts of_slice;
  CHECK(verify(engine, *made, of_slice, "token") == JOTMILL_OK);
  CHECK(of_slice.array.length == 10);
}

TEST_CASE("what is no column of tokens is refused with one message, and nothing is judged") {
  const Engine engine;
  const std::string fresh = before_run(engine.report());
  const Rows rows = rows_of(20);
  const auto refused = [&](const Made& made, const char* column, const char* words) {
    Verdicts out;
    jotmill_error error = {};
    CHECK(verify(engine, made, out, column, JOTMILL_ALL_COLUMNS, &error) == JOTMILL_E_ARGUMENT);
    CAPTURE(error.message);
    CHECK(std::string(error.message).find(words) != std::string::npos);
    CHECK(out.array.release == nullptr);
  };
  const auto damaged = [&](const Shape& shape, auto damage, const char* words) {
    const auto made = make_array(rows, shape);
    damage(*made);
    refused(*made, shape.in_batch ? "token" : nullptr, words);
  };
  damaged(
      {}, [](Made& m) { m.schema.format = "l"; }, "its type is int64");
  damaged(
      {}, [](Made& m) { m.schema.format = nullptr; }, "its type");
  damaged(
      {}, [](Made& m) { m.schema.format = "w:-3"; }, "width");
  damaged(
      {}, [](Made& m) { m.schema.format = "w:9x"; }, "width");
  damaged(
      {}, [](Made& m) { m.schema.format = "w:99999999999999999999"; }, "width");
  damaged(
      {},
      [](Made& m) {
        m.schema.format = "w:2147483647";
        m.array.length = std::int64_t{1} << 40;
      },
      "length");
  damaged(
      {}, [](Made& m) { m.array.length = -1; }, "length");
  damaged(
      {}, [](Made& m) { m.array.length = INT64_MAX; }, "length");
  damaged(
      {}, [](Made& m) { m.array.offset = -1; }, "offset");
  damaged(
      {}, [](Made& m) { m.array.offset = INT64_MAX; }, "offset");
  damaged(
      {}, [](Made& m) { m.array.null_count = -2; }, "null_count");
  damaged(
      {}, [](Made& m) { m.array.buffers[0] = nullptr; }, "validity");
  damaged(
      {}, [](Made& m) { m.array.buffers[1] = nullptr; }, "missing");
  damaged(
      {}, [](Made& m) { m.array.buffers[2] = nullptr; }, "data buffer");
  damaged(
      {}, [](Made& m) { m.array.buffers = nullptr; }, "missing");
  damaged(
      {}, [](Made& m) { m.array.n_buffers = 1; }, "too few buffers");
  damaged(
      {}, [](Made& m) { m.array.release = nullptr; }, "released");
  damaged(
      {}, [](Made& m) { m.schema.release = nullptr; }, "released");
  const auto offset_at = [](Made& m, int i) {
    return const_cast<std::int32_t*>(static_cast<const std::int32_t*>(m.text_array->buffers[1])) +
           i;
  };
  damaged(
      {}, [&](Made& m) { *offset_at(m, 3) = -5; }, "backwards");
  damaged(
      {}, [&](Made& m) { *offset_at(m, 3) = 1 << 30; }, "backwards");
  const Shape dictionary{.format = "u", .index_format = "i"};
  damaged(
      dictionary,
      [&](Made& m) {
        const_cast<std::int32_t*>(static_cast<const std::int32_t*>(m.column->buffers[1]))[2] = 20;
      },
      "outside its dictionary");
  damaged(
      dictionary,
      [&](Made& m) {
        const_cast<std::int32_t*>(static_cast<const std::int32_t*>(m.column->buffers[1]))[2] = -1;
      },
      "outside its dictionary");
  damaged(
      dictionary, [](Made& m) { m.array.dictionary = nullptr; }, "no dictionary");
  damaged(
      dictionary, [](Made& m) { m.schema.format = "g"; }, "indices of type");
  const Shape views{.format = "vu"};
  const auto view_at = [](Made& m, int i) {
    return const_cast<std::int32_t*>(static_cast<const std::int32_t*>(m.text_array->buffers[1])) +
           4 * i;
  };
  damaged(
      views, [&](Made& m) { view_at(m, 0)[0] = -1; }, "negative");
  damaged(
      views, [&](Made& m) { view_at(m, 0)[2] = 2; }, "no buffer");
  damaged(
      views, [&](Made& m) { view_at(m, 0)[2] = -1; }, "no buffer");
  damaged(
      views, [&](Made& m) { view_at(m, 0)[3] = 1 << 30; }, "within its buffer");
  damaged(
      views, [&](Made& m) { view_at(m, 0)[0] = INT32_MAX; }, "within its buffer");
  damaged(
      views, [](Made& m) { m.array.buffers[4] = nullptr; }, "sizes");
  const Shape batch{.in_batch = true};
  damaged(
      batch, [](Made& m) { m.array.length += 1; }, "shorter than its batch");
  damaged(
      batch, [](Made& m) { m.array.n_children = 2; }, "other children");
  damaged(
      batch, [](Made& m) { m.array.children = nullptr; }, "other children");
  damaged(
      batch, [](Made& m) { m.schema.children[0] = nullptr; }, "missing");
  damaged(
      batch, [](Made& m) { m.schema.children[0]->name = "token"; }, "two columns");
  const auto in_batch = make_array(rows, batch);
  refused(*in_batch, "tokens", "no column \"tokens\"");
  refused(*in_batch, "before", "its type is int64");
  CHECK(before_run(engine.report()) == fresh);
  Verdicts out;
  REQUIRE(verify(engine, *in_batch, out) == JOTMILL_OK);
  CHECK(verify(engine, *in_batch, out, nullptr, 1u << 30) == JOTMILL_E_ARGUMENT);
}

TEST_CASE("any damage to lengths, offsets, views and indices is survived") {
  const auto seed = std::random_device{}();
  std::printf("seed = %u\n", seed);
  std::mt19937_64 random(seed);
  const Engine engine;
  Rows rows;
  for (int i = 0; i < 40; ++i) rows.emplace_back(std::string(static_cast<std::size_t>(i), 'a'));
  int refused = 0, taken = 0;
  for (int round = 0; round < 3000; ++round) {
    const char* formats[] = {"vu", "vz", "vu"};
    const bool indexed = random() % 2 == 0;
    const auto made =
        make_array(rows, {.format = formats[random() % 3], .index_format = indexed ? "i" : ""});
    // Views and indices are what the interface lets one check in full: any word of theirs.
    ArrowArray& hit = indexed && random() % 2 == 0 ? *made->column : *made->text_array;
    const std::size_t words = &hit == made->text_array ? 160 : 40;
    auto* numbers = const_cast<std::int32_t*>(static_cast<const std::int32_t*>(hit.buffers[1]));
    for (int n = 0; n < 2; ++n) {
      const auto value = static_cast<std::int32_t>(random());
      numbers[random() % words] = random() % 2 == 0 ? value : value % 64;
    }
    Verdicts out;
    const int code = verify(engine, *made, out);
    (code == JOTMILL_OK ? taken : refused) += 1;
    CHECK((code == JOTMILL_OK || code == JOTMILL_E_ARGUMENT));
  }
  CHECK(refused > 300);
  CHECK(taken > 100);
}

}  // namespace
}  // namespace jotmill::doors_test
