// Columns and streams of records against a run of the engine over a file of the same bytes.

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <random>

#include "cli/workspace.h"
#include "doors/arrays.h"
#include "doors/made.h"
#include "jotmill/jotmill.hpp"
#include "jotmill/report_json.h"
#include "support/catch.h"

namespace jotmill::doors_test {
namespace {

/// Log lines of many shapes around tokens of many fates; some null, empty, of several lines, long.
Rows make_records(std::size_t count) {
  Rows rows;
  const std::vector<std::string> tokens = make_tokens(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& t = tokens[i];
    const std::string time = "2026-11-23T15:04:" + std::to_string(10 + i % 50) + "Z ";
    switch (i % 9) {
      case 0: rows.emplace_back(time + "Authorization: Bearer " + t + "\" 200"); break;
      case 1: rows.emplace_back("GET /?access_token=" + t + "&x=1 HTTP/1.1"); break;
      case 2:
        rows.emplace_back(R"({"time":1790000000,"log":"{\"id_token\":\")" + t + R"(\"}"})");
        break;
      case 3: rows.emplace_back(std::nullopt); break;
      case 4: rows.emplace_back(i % 2 == 0 ? "" : " \t"); break;
      case 5: rows.emplace_back(t + "\nsecond line\r\nCookie: s=" + tokens[i - 1]); break;
      case 6:
        rows.emplace_back(i % 2 == 0 ? "nothing here but eyJhbGciOiJ9 and a.b.c"
                                     : R"({"token":"Bearer )" + t + "\"}");
        break;
      case 7: rows.emplace_back(t.substr(0, t.size() - 3)); break;
      default: rows.emplace_back(t + " " + t + "\r"); break;
    }
  }
  if (count > 100) rows[50] = std::string(2'500'000, 'x') + " " + tokens[0] + " tail";
  return rows;
}

std::string stream_of(const Rows& rows) {
  std::string bytes;
  for (const auto& row : rows) bytes += row.value_or("") + "\n";
  return bytes;
}

/// The first line of `got` that is not that of `wanted`, and both; empty when they are equal.
std::string difference(const std::string& got, const std::string& wanted) {
  if (got == wanted) return "";
  std::size_t at = 0;
  while (at < std::min(got.size(), wanted.size()) && got[at] == wanted[at]) ++at;
  const std::size_t begin = at - std::min<std::size_t>(at, 100);
  return "at " + std::to_string(at) + ": got ..." + got.substr(begin, 200) + "... wanted ..." +
         wanted.substr(begin, 200);
}

/// What a scan has to give: the records as CSV without their header, and the report before its run.
struct Told {
  std::string csv, report;
};

struct Wanted {
  std::string format = "text";
  std::vector<std::string> fields = {};
  bool as_of_record = false;
};

void fill(const Options& options, const Wanted& wanted) {
  REQUIRE(jotmill_options_set_text(options.get, JOTMILL_TEXT_FORMAT, text(wanted.format),
                                   nullptr) == JOTMILL_OK);
  for (const std::string& field : wanted.fields)
    REQUIRE(jotmill_options_set_text(options.get, JOTMILL_TEXT_FIELD, text(field), nullptr) ==
            JOTMILL_OK);
}

Told of_run(const std::string& file, const Wanted& wanted) {
  RunOptions options;
  options.keys = {{.path = "keys", .content = std::string(kKeys)}};
  options.policy.as_of = TimePoint{kAsOf, 0};
  options.show = {"iss", "sub"};
  options.inputs = {file};
  options.fields = wanted.fields;
  options.format = wanted.format == "text"    ? InputFormat::kText
                   : wanted.format == "lines" ? InputFormat::kLines
                   : wanted.format == "jsonl" ? InputFormat::kJsonl
                                              : InputFormat::kAuto;
  options.verdicts_path = cli_test::in_folder("run.csv");
  const Result<RunOutcome> outcome = run(options);
  REQUIRE(outcome.ok());
  CHECK_FALSE(outcome.value().broken_invariant.has_value());
  std::string csv = cli_test::read_file("run.csv");
  return {csv.substr(csv.find('\n') + 1), before_run(render_json(outcome.value().report))};
}

std::string csv_cell(const std::optional<std::string>& value) {
  if (!value) return "";
  std::string cell = *value;
  if (!cell.empty() && std::strchr("=+-@", cell[0]) != nullptr) cell.insert(0, "'");
  if (cell.find_first_of(",\"\n\r") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

void add_csv(const Verdicts& verdicts, std::string& csv) {
  std::vector<Rows> columns;
  for (const char* name : {"source", "line", "offset", "channel", "layers", "verdict", "detail",
                           "alg", "kid", "token_id", "claims"})
    columns.push_back(verdicts.column(name));
  for (std::size_t row = 0; row < columns[0].size(); ++row) {
    for (std::size_t c = 0; c < columns.size(); ++c)
      csv += (c == 0 ? "" : ",") + csv_cell(columns[c][row]);
    csv += "\n";
  }
}

Told of_column(const std::string& file, const Rows& rows, const Wanted& wanted, std::size_t step,
               const Shape& shape) {
  const Options options;
  fill(options, wanted);
  const Engine engine(options);
  REQUIRE(jotmill_engine_place(engine.get, text(file), 1, 0, nullptr) == JOTMILL_OK);
  Told told;
  std::vector<Rows> parts(2);  // arrays without rows, such as a reader may begin with
  for (std::size_t at = 0; at < rows.size(); at += step)
    parts.emplace_back(
        rows.begin() + static_cast<std::ptrdiff_t>(at),
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), at + step)));
  for (const Rows& part : parts) {
    const auto made = make_array(part, shape);
    Verdicts out;
    jotmill_error error = {};
    const int code = jotmill_scan_arrow(engine.get, &made->schema, &made->array, nullptr,
                                        JOTMILL_ALL_COLUMNS, &out.schema, &out.array, &error);
    CAPTURE(error.message);
    REQUIRE(code == JOTMILL_OK);
    add_csv(out, told.csv);
  }
  told.report = before_run(engine.report());
  return told;
}

/// A stream that hands out at most `most` bytes at a time and fails at `fail_at`.
struct Source {
  std::string_view bytes = {};
  std::size_t most = 1 << 20;
  std::size_t fail_at = std::string::npos;
  std::size_t at = 0;
  static std::int64_t read(void* context, void* to, std::size_t size) {
    auto& source = *static_cast<Source*>(context);
    if (source.at >= source.fail_at) return -EIO;
    const std::size_t end = std::min(source.bytes.size(), source.fail_at);
    const std::size_t part = std::min({size, source.most, end - source.at});
    std::memcpy(to, source.bytes.data() + source.at, part);
    source.at += part;
    return static_cast<std::int64_t>(part);
  }
};

/// Lines without a token, made as they are asked for.
struct Empty {
  std::uint64_t left = 0, most_in_a_call = 0, in_call = 0;
  static std::int64_t read(void* context, void* to, std::size_t size) {
    auto& source = *static_cast<Empty*>(context);
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, source.left));
    std::memset(to, '\n', part);
    source.left -= part;
    source.in_call += part;
    source.most_in_a_call = std::max(source.most_in_a_call, source.in_call);
    return static_cast<std::int64_t>(part);
  }
};

TEST_CASE("a stream without tokens is handed back now and then") {
  Engine engine;
  Empty source{.left = std::uint64_t{200} << 20};
  jotmill_scan* scan = nullptr;
  REQUIRE(jotmill_scan_new(engine.get, Empty::read, &source, &scan, nullptr) == JOTMILL_OK);
  int calls = 0;
  for (std::int32_t more = 1; more == 1; ++calls) {
    Verdicts out;
    source.in_call = 0;
    REQUIRE(jotmill_scan_next(scan, JOTMILL_ALL_COLUMNS, &out.schema, &out.array, &more, nullptr) ==
            JOTMILL_OK);
    CHECK(out.array.length == 0);
  }
  jotmill_scan_free(scan);
  CHECK(calls > 2);
  CHECK(source.most_in_a_call < std::uint64_t{80} << 20);
  CHECK(engine.report().find("\"records\":209715200") != std::string::npos);
}

/// A whole life of a stream at a place.
void add_stream(const Engine& engine, Source source, Told& told) {
  jotmill_scan* scan = nullptr;
  jotmill_error error = {};
  const int made = jotmill_scan_new(engine.get, Source::read, &source, &scan, &error);
  CAPTURE(error.message);
  REQUIRE(made == JOTMILL_OK);
  for (std::int32_t more = 1; more == 1;) {
    Verdicts out;
    REQUIRE(jotmill_scan_next(scan, JOTMILL_ALL_COLUMNS, &out.schema, &out.array, &more, &error) ==
            JOTMILL_OK);
    CHECK((out.array.length > 0) == (more == 1));
    add_csv(out, told.csv);
  }
  jotmill_scan_free(scan);
}

Told of_stream(const std::string& file, std::string_view bytes, const Wanted& wanted,
               Source source = {}) {
  const Options options;
  fill(options, wanted);
  const Engine engine(options);
  REQUIRE(jotmill_engine_place(engine.get, text(file), 1, 0, nullptr) == JOTMILL_OK);
  source.bytes = bytes;
  Told told;
  add_stream(engine, source, told);
  told.report = before_run(engine.report());
  return told;
}

/// The same file in parts that begin at line ends: an engine each, and the sum of their reports.
Told of_parts(const std::string& file, std::string_view bytes, const Wanted& wanted,
              std::size_t parts) {
  Told told;
  std::vector<std::string> reports;
  std::size_t at = 0;
  std::uint64_t line = 1;
  const Options options;
  fill(options, wanted);
  for (std::size_t part = 1; part <= parts; ++part) {
    std::size_t end = part == parts ? bytes.size() : bytes.find('\n', bytes.size() * part / parts);
    end = end == std::string::npos ? bytes.size()
                                   : std::min(end + (part == parts ? 0 : 1), bytes.size());
    if (end <= at && part > 1) continue;
    const Engine engine(options);
    REQUIRE(jotmill_engine_place(engine.get, text(file), line, at, nullptr) == JOTMILL_OK);
    add_stream(engine, {.bytes = bytes.substr(at, end - at), .most = 70'000}, told);
    reports.push_back(engine.report());
    line += static_cast<std::uint64_t>(std::count(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                                  bytes.begin() + static_cast<std::ptrdiff_t>(end),
                                                  '\n'));
    at = end;
  }
  char* sum = nullptr;
  const std::vector<jotmill_text> all = texts_of(reports);
  REQUIRE(jotmill_reports_merge(all.data(), all.size(), &sum, nullptr, nullptr) == JOTMILL_OK);
  told.report = before_run(sum);
  jotmill_string_free(sum);
  return told;
}

const Wanted kByField = {.format = "jsonl", .fields = {"/time", "/token"}};

TEST_CASE("scan: a column of records is a file with these lines, in every format and layout") {
  const cli_test::Folder folder;
  const Rows rows = make_records(420);
  const std::string file = cli_test::in_folder("records");
  cli_test::write_file("records", stream_of(rows));
  for (const Wanted& wanted :
       {Wanted{}, Wanted{.format = "jsonl"}, kByField, Wanted{.format = "lines"}}) {
    CAPTURE(wanted.format, wanted.fields);
    const Told expected = of_run(file, wanted);
    CHECK(cli_test::count_lines(expected.csv) > 2);
    for (const std::size_t step : {std::size_t{420}, std::size_t{97}}) {
      for (const Shape& shape : {Shape{}, Shape{.format = "vz", .offset = 3},
                                 Shape{.format = "U", .index_format = "i"}}) {
        CAPTURE(step, shape.format);
        const Told got = of_column(file, rows, wanted, step, shape);
        CHECK(difference(got.csv, expected.csv) == "");
        CHECK(difference(got.report, expected.report) == "");
      }
    }
  }
}

TEST_CASE("scan: a stream, and the parts of one, are that file") {
  const cli_test::Folder folder;
  std::string bytes = stream_of(make_records(420));
  const std::string file = cli_test::in_folder("records");
  for (const bool ended : {true, false}) {
    if (!ended) bytes += "the last line has no end: " + make_tokens(1)[0];
    cli_test::write_file("records", bytes);
    for (const Wanted& wanted :
         {Wanted{}, Wanted{.format = "jsonl"}, kByField, Wanted{.format = "lines"}}) {
      CAPTURE(wanted.format, wanted.fields, ended);
      const Told expected = of_run(file, wanted);
      const Told got = of_stream(file, bytes, wanted, {.most = 33'333});
      CHECK(difference(got.csv, expected.csv) == "");
      CHECK(difference(got.report, expected.report) == "");
      for (const std::size_t parts : {2, 7, 64}) {
        CAPTURE(parts);
        const Told sum = of_parts(file, bytes, wanted, parts);
        CHECK(difference(sum.csv, expected.csv) == "");
        CHECK(difference(sum.report, expected.report) == "");
      }
    }
  }
}

TEST_CASE(
    "scan: compressed streams, damaged ones, streams that fail, and formats told by the bytes") {
  const cli_test::Folder folder;
  const std::string bytes = stream_of(make_records(420));
  cli_test::write_file("records", bytes);
  const std::string command =
      "gzip -n < " + cli_test::in_folder("records") + " > " + cli_test::in_folder("packed");
  REQUIRE(std::system(command.c_str()) == 0);
  std::string packed = cli_test::read_file("packed");
  const Wanted wanted = {.format = "auto"};
  const std::string file = cli_test::in_folder("packed");
  for (const int damage : {0, 1, 2}) {
    CAPTURE(damage);
    if (damage == 1)
      packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
    if (damage == 2) packed.resize(packed.size() / 3);
    cli_test::write_file("packed", packed);
    const Told expected = of_run(file, wanted);
    const Told got = of_stream(file, packed, wanted);
    CHECK(difference(got.csv, expected.csv) == "");
    CHECK(difference(got.report, expected.report) == "");
    CHECK(cli_test::contains(got.report, "\"reason\"") == (damage != 0));
  }
  // Nothing can be read: as a file that is not there.
  const Told none = of_stream("nowhere", bytes, wanted, {.fail_at = 0});
  CHECK(none.csv.empty());
  CHECK(cli_test::contains(none.report, "Input/output error"));
  CHECK(cli_test::contains(none.report, "\"formats\":{}"));
  // In the middle of a record: what stands before it is judged.
  const Told half = of_stream("half", bytes, wanted, {.fail_at = bytes.size() / 2});
  CHECK(cli_test::contains(half.report, "an unfinished record of"));
  CHECK(cli_test::count_lines(half.csv) > 10);

  CHECK(jotmill_format_of(text(bytes), 0, 0) == std::string_view("text"));
  CHECK(jotmill_format_of(text("{\"a\":1}\n"), 1, 0) == std::string_view("jsonl"));
  CHECK(jotmill_format_of(text("{\"log\":{\"entries\":[]}}"), 1, 0) == std::string_view("har"));
  CHECK(jotmill_format_of(text(make_tokens(1)[0] + "\n"), 1, 0) == std::string_view("lines"));
  CHECK(jotmill_format_of(text(packed), 0, 0) == nullptr);
}

TEST_CASE("scan: the row of every token, and its place in that row") {
  const Rows rows = make_records(200);
  const Options options;
  const Engine engine(options);
  REQUIRE(jotmill_engine_place(engine.get, text("x"), 5000, 70'000, nullptr) == JOTMILL_OK);
  const auto made = make_array(rows, {.in_batch = true, .batch_offset = 2});
  Verdicts out;
  REQUIRE(jotmill_scan_arrow(engine.get, &made->schema, &made->array, "token", JOTMILL_ALL_COLUMNS,
                             &out.schema, &out.array, nullptr) == JOTMILL_OK);
  CHECK(out.names().back() == "row_offset");
  const Rows row = out.column("row"), in_row = out.column("row_offset"),
             id = out.column("token_id"), layers = out.column("layers"),
             offset = out.column("offset");
  REQUIRE(row.size() > 100);
  std::vector<std::uint64_t> begins = {70'000};
  for (const auto& one : rows) begins.push_back(begins.back() + one.value_or("").size() + 1);
  Engine other;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::size_t at = std::stoul(*row[i]), from = std::stoul(*in_row[i]);
    REQUIRE(at < rows.size());
    REQUIRE(rows[at].has_value());
    CHECK(std::stoul(*offset[i]) == begins[at] + from);
    if (!layers[i]->empty()) continue;
    // The token is the three parts that begin there: its fingerprint says so.
    const std::string_view rest = std::string_view(*rows[at]).substr(from);
    const std::size_t end =
        rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    jotmill_answer answer = {};
    REQUIRE(jotmill_verify(other.get, text(rest.substr(0, end)), &answer, nullptr) == JOTMILL_OK);
    std::string hex;
    for (const std::uint8_t byte : answer.token_id) {
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
    CHECK(id[i] == hex);
  }
}

TEST_CASE("scan: the time of each record, and what the functions refuse") {
  const Options options;
  fill(options, {});
  REQUIRE(jotmill_options_set_number(options.get, JOTMILL_NUMBER_AS_OF_RECORD, 1, nullptr) ==
          JOTMILL_OK);
  jotmill_engine* none = nullptr;
  CHECK(jotmill_engine_new(options.get, &none, nullptr) == JOTMILL_E_USAGE);  // and a time as well
  jotmill_error error = {};
  CHECK(jotmill_options_set_number(options.get, JOTMILL_NUMBER_YEAR, 26, &error) ==
        JOTMILL_E_ARGUMENT);
  CHECK(error.message == std::string("year is not from 1970 to 9999"));

  const Options har;
  fill(har, {.format = "har"});
  const Engine engine(har);
  const auto made = make_array({"a"}, {});
  Verdicts out;
  CHECK(jotmill_scan_arrow(engine.get, &made->schema, &made->array, nullptr, 1, &out.schema,
                           &out.array, &error) == JOTMILL_E_ARGUMENT);
  CHECK(error.message == std::string("format har is no format of rows"));
  REQUIRE(jotmill_engine_place(engine.get, text("x"), 2, 10, nullptr) == JOTMILL_OK);
  jotmill_scan* scan = nullptr;
  CHECK(jotmill_scan_new(engine.get, Source::read, nullptr, &scan, &error) == JOTMILL_E_ARGUMENT);
  CHECK(jotmill_scan_new(engine.get, nullptr, nullptr, &scan, &error) == JOTMILL_E_ARGUMENT);
  CHECK(jotmill_engine_event(engine.get, "nothing", 0, "", &error) == JOTMILL_E_ARGUMENT);
  REQUIRE(jotmill_engine_event(engine.get, "input_changed", 7, "it grew", nullptr) == JOTMILL_OK);
  CHECK(cli_test::contains(engine.report(), "it grew"));

  // exp=1700000000 of a record of 1.6e9 and of one of 2026.
  std::string token;
  for (const std::string& one : make_tokens(2)) token = one;
  const Rows rows = {"{\"time\":1600000000,\"m\":\"" + token + "\"}",
                     "{\"time\":1790000000,\"m\":\"" + token + "\"}", "no time " + token};
  jotmill_options* timed = nullptr;
  REQUIRE(jotmill_options_new(&timed, nullptr) == JOTMILL_OK);
  jotmill_options_add_key(timed, "k", text(kKeys), nullptr);
  jotmill_options_set_number(timed, JOTMILL_NUMBER_AS_OF_RECORD, 1, nullptr);
  jotmill_engine* by_record = nullptr;
  REQUIRE(jotmill_engine_new(timed, &by_record, nullptr) == JOTMILL_OK);
  const auto records = make_array(rows, {});
  Verdicts verdicts;
  REQUIRE(jotmill_scan_arrow(by_record, &records->schema, &records->array, nullptr,
                             JOTMILL_ALL_COLUMNS, &verdicts.schema, &verdicts.array,
                             nullptr) == JOTMILL_OK);
  CHECK(verdicts.column("verdict") == Rows{"accepted", "expired", "accepted"});
  // Bare tokens have no record: their times are not judged.
  jotmill_answer answer = {};
  REQUIRE(jotmill_verify(by_record, text(token), &answer, nullptr) == JOTMILL_OK);
  CHECK(answer.accepted == 1);
  char* json = nullptr;
  REQUIRE(jotmill_report_json(by_record, &json, nullptr, nullptr) == JOTMILL_OK);
  jotmill_string_free(json);
  jotmill_engine_free(by_record);
  jotmill_options_free(timed);
}

}  // namespace
}  // namespace jotmill::doors_test
