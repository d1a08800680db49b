// The C interface when memory runs out: at every allocation of a whole life of options and engine,
// the call ends in a code (or in a verdict that accepts nothing it should not), and nothing leaks.
// Under ASan a block of malloc() that is lost ends the test as well.

#include <cstring>
#include <map>

#include "claims/header_memo.h"
#include "cli/workspace.h"
#include "doors/arrays.h"
#include "doors/made.h"
#include "support/catch.h"
#include "support/failing_memory.h"
#include "support/sanitizers.h"

namespace jotmill::doors_test {
namespace {

using namespace testing;

constexpr std::string_view kPublicKey =
    R"({"kty":"EC","crv":"P-256","kid":"p","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
// RFC 7515 A.3: ES256 under the key p.
constexpr std::string_view kEs256 =
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// Everything the interface offers, once; ends at the first error. Returns its code.
struct Life {
  const std::vector<std::string>& tokens;
  const std::vector<jotmill_text>& texts;
  const std::string& report;
  const Made& column;
  std::vector<const char*> verdicts = {};  // constants of the library
  std::vector<jotmill_answer> answers = {};
  std::int32_t code = JOTMILL_OK;
  jotmill_error error = {};

  bool ok(std::int32_t got) {
    code = got;
    return got == JOTMILL_OK;
  }
  void go() {
    jotmill_options* options = nullptr;
    jotmill_engine *engine = nullptr, *clone = nullptr;
    char *json = nullptr, *sum = nullptr;
    steps(&options, &engine, &clone, &json, &sum);
    jotmill_string_free(sum);
    jotmill_string_free(json);
    jotmill_engine_free(clone);
    jotmill_engine_free(engine);
    jotmill_options_free(options);
  }
  static std::int64_t read_once(void* context, void* to, std::size_t size) {
    auto& left = *static_cast<std::string_view*>(context);
    const std::string_view part = left.substr(0, size);
    left.remove_prefix(part.size());
    std::memcpy(to, part.data(), part.size());
    return static_cast<std::int64_t>(part.size());
  }
  bool scan_stream(jotmill_engine* engine) {
    std::string_view left = kEs256;
    jotmill_scan* scan = nullptr;
    if (!ok(jotmill_engine_place(engine, text("-"), 1, 0, &error))) return false;
    if (!ok(jotmill_scan_new(engine, read_once, &left, &scan, &error))) return false;
    bool good = true;
    for (std::int32_t more = 1; good && more == 1;) {
      ArrowSchema out_schema = {};
      ArrowArray out_array = {};
      good =
          ok(jotmill_scan_next(scan, JOTMILL_ALL_COLUMNS, &out_schema, &out_array, &more, &error));
      if (good) out_array.release(&out_array);
      if (good) out_schema.release(&out_schema);
    }
    jotmill_scan_free(scan);
    return good;
  }
  void steps(jotmill_options** options, jotmill_engine** engine, jotmill_engine** clone,
             char** json, char** sum) {
    if (!ok(jotmill_options_new(options, &error))) return;
    if (!ok(jotmill_options_add_key(*options, "k", text(kKeys), &error))) return;
    if (!ok(jotmill_options_add_key(*options, "p", text(kPublicKey), &error))) return;
    if (!ok(jotmill_options_add_secret(*options, "s", text("0123456789abcdef0123456789abcdef"),
                                       &error)))
      return;
    for (const char* issuer : {"issuer-0", "issuer-1", "joe", "a-name-that-is-not-short-at-all"}) {
      if (!ok(jotmill_options_set_text(*options, JOTMILL_TEXT_ISSUER, text(issuer), &error)))
        return;
    }
    if (!ok(jotmill_options_set_text(*options, JOTMILL_TEXT_SHOW, text("sub"), &error))) return;
    if (!ok(jotmill_options_set_time(*options, JOTMILL_TIME_AS_OF, kAsOf, 0, &error))) return;
    if (!ok(jotmill_options_set_number(*options, JOTMILL_NUMBER_MEMO, 64, &error))) return;
    if (!ok(jotmill_engine_new(*options, engine, &error))) return;
    if (!ok(jotmill_engine_clone(*engine, clone, &error))) return;
    if (!ok(jotmill_engine_place(*clone, text("a source with a long enough name"), 7, 9, &error)))
      return;
    if (!ok(jotmill_verify_many(*clone, texts.data(), texts.size(), answers.data(), &error)))
      return;
    for (const jotmill_answer& answer : answers) verdicts.push_back(answer.verdict);
    ArrowSchema out_schema = {};
    ArrowArray out_array = {};
    if (!ok(jotmill_verify_arrow(*clone, &column.schema, &column.array, nullptr,
                                 JOTMILL_ALL_COLUMNS, &out_schema, &out_array, &error)))
      return;
    out_array.release(&out_array);
    out_schema.release(&out_schema);
    if (!ok(jotmill_scan_arrow(*clone, &column.schema, &column.array, nullptr, JOTMILL_ALL_COLUMNS,
                               &out_schema, &out_array, &error)))
      return;
    out_array.release(&out_array);
    out_schema.release(&out_schema);
    if (!scan_stream(*clone)) return;
    if (!ok(jotmill_report_json(*clone, json, nullptr, &error))) return;
    const jotmill_text both[] = {text(*json), text(report)};
    if (!ok(jotmill_reports_merge(both, 2, sum, nullptr, &error))) return;
  }
};

struct Sweep {
  std::vector<std::string> tokens;
  std::vector<jotmill_text> texts;
  std::string report;
  std::unique_ptr<Made> column;
  std::vector<std::string> verdicts;

  Sweep() : tokens(make_tokens(40)) {
    tokens.emplace_back(kEs256);
    tokens[19] = "a short one instead";
    texts = texts_of(tokens);
    column = make_array({tokens[0], tokens[1], std::nullopt, tokens[7]}, {});
    const Life life = live();
    CAPTURE(life.error.message);
    REQUIRE(life.code == JOTMILL_OK);
    verdicts.assign(life.verdicts.begin(), life.verdicts.end());
    CHECK(std::count(verdicts.begin(), verdicts.end(), "accepted") >= 2);
    CHECK(verdicts.back() == "expired");
  }
  Life live() {
    if (report.empty()) {
      Options options;
      for (const char* issuer : {"issuer-0", "issuer-1", "joe", "a-name-that-is-not-short-at-all"})
        jotmill_options_set_text(options.get, JOTMILL_TEXT_ISSUER, text(issuer), nullptr);
      report = Engine(options).report();
      // made.h shows iss and sub, this test sub alone.
      const std::size_t show = report.find("\"show\":[\"iss\",\"sub\"]");
      REQUIRE(show != std::string::npos);
      report.replace(show, 20, "\"show\":[\"sub\"]");
    }
    Life life{tokens, texts, report, *column};
    life.answers.resize(tokens.size());
    life.verdicts.reserve(tokens.size());
    return life_of(std::move(life));
  }
  static Life life_of(Life life) {
    life.go();
    return life;
  }
  /// One life in which allocation `nth` fails; false when there were not so many.
  bool fails_at(std::size_t nth, bool lasting, std::map<std::int32_t, int>* codes) {
    Life life{tokens, texts, report, *column};
    life.answers.resize(tokens.size());
    life.verdicts.reserve(tokens.size());
    const std::ptrdiff_t before = blocks_alive();
    fail_allocation(nth, lasting);
    life.go();
    allow_allocations();
    const std::ptrdiff_t after = blocks_alive();
    CAPTURE(nth, lasting, life.code, life.error.message);
    CHECK(after == before);
    if (!was_refused()) return false;
    ++(*codes)[life.code];
    const bool known = life.code == JOTMILL_OK || life.code == JOTMILL_E_NO_MEMORY ||
                       life.code == JOTMILL_E_INTERNAL || life.code == JOTMILL_E_KEYS;
    CHECK(known);
    if (life.code != JOTMILL_OK) CHECK(std::strlen(life.error.message) > 3);
    for (std::size_t i = 0; i < life.verdicts.size(); ++i) {
      const std::string_view verdict = life.verdicts[i];
      if (verdict != "internal_error") CHECK(verdict == verdicts[i]);
    }
    return true;
  }
};

/// Every allocation in turn; with AddressSanitizer, which makes each life ten times as long, one in
/// this many.
#if JOTMILL_UNDER_ASAN
constexpr std::size_t kStep = 13;
#else
constexpr std::size_t kStep = 1;
#endif

/// Before the first use of OpenSSL in this program.
const bool openssl_is_watched = watch_openssl();

TEST_CASE("memory runs out at every allocation of a whole life, and nothing leaks") {
  REQUIRE(openssl_is_watched);
  Sweep sweep;
  for (const bool lasting : {false, true}) {
    std::map<std::int32_t, int> codes;
    std::size_t nth = 0;
    while (sweep.fails_at(nth, lasting, &codes)) nth += kStep;
    CHECK(nth > 500);
    CHECK(codes[JOTMILL_E_NO_MEMORY] > static_cast<int>(300 / kStep));
    CHECK(blocks_alive() > 0);
  }
}

TEST_CASE(
    "a header that found no memory in the memo is forgotten, and no other one's answer its own") {
  HeaderMemo memo;
  int forgotten = 0;
  for (std::size_t i = 0; i < 20'000; ++i) {
    PassedHeader passed;
    passed.has_kid = true;
    passed.kid = std::to_string(i) + std::string(i * 7 % 90, 'k');
    const std::string header = passed.kid + std::string(i * 11 % 300, ' ');
    fail_allocation(i % 3, false);
    try {
      memo.add(header, passed);
    } catch (const std::bad_alloc&) {
      ++forgotten;
    }
    allow_allocations();
    const PassedHeader* const known = memo.find(header);
    if (known != nullptr) REQUIRE(known->kid == passed.kid);
  }
  CHECK(forgotten > 100);
}

}  // namespace
}  // namespace jotmill::doors_test
