#include "tools/report/text.h"

#include "report/reports.h"
#include "support/catch.h"

namespace jotmill::tools {
namespace {

using jotmill::test::Row;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string row_of(const std::string& text, const std::string& label) {
  const std::size_t at = text.find("\n  " + label);
  if (at == std::string::npos) return "";
  std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
  std::string squeezed;
  for (const char c : line) {
    if (c == '#' || (c == ' ' && (squeezed.empty() || squeezed.back() == ' '))) continue;
    squeezed += c;
  }
  return squeezed;
}

test::Piece sample() {
  test::Piece piece;
  for (int i = 0; i < 7; ++i) {
    piece.rows.push_back({.token = "token" + std::to_string(i),
                          .kid = "k",
                          .iss = "https://issuer.example",
                          .sub = "alice",
                          .exp = i < 5,
                          .iat = 1'699'999'400});
  }
  piece.rows.push_back(piece.rows.front());
  piece.rows.push_back({.token = "expired",
                        .verdict = Verdict::kExpired,
                        .alg = Alg::kPS256,
                        .kid = "k",
                        .iss = "https://issuer.example",
                        .iat = 1'600'000'000});
  piece.rows.push_back({.token = "forged",
                        .verdict = Verdict::kSignatureMismatch,
                        .alg = Alg::kHS256,
                        .key = 2,
                        .passed = jotmill::test::kUntilBind,
                        .kid = "evil\x1b[2J",
                        .iss = "never shown"});
  piece.records = {.records = 13,
                   .blank = 1,
                   .with_tokens = 10,
                   .without_token = 1,
                   .not_json = 1,
                   .too_long = 0,
                   .candidates = 14,
                   .tokens = 10,
                   .truncated = 1,
                   .redacted = 2,
                   .lookalike = 1};
  piece.events.push_back(
      {InputEventKind::kInputChanged, "a.log", 4096, 17, "grew while it was read"});
  return piece;
}

std::string sample_text(bool interrupted = false) {
  const test::Piece piece = sample();
  return render_text(test::report_of({&piece}, interrupted), {.color = false, .unicode = false});
}

TEST_CASE("text: the printed numbers of every section") {
  const std::string text = sample_text();
  CHECK(holds(text, "jotmill: report\n  10 tokens, 80.0% accepted, 10 tokens/s on 2 threads\n"));
  CHECK(row_of(text, "accepted") == "accepted 8 80.0%");
  CHECK(row_of(text, "rejected") == "rejected 2 20.0%");
  CHECK(row_of(text, "distinct tokens") == "distinct tokens 9 90.0%");
  CHECK(row_of(text, "repeats") == "repeats 1 10.0%");
  CHECK(row_of(text, "expired") == "expired 1 10.0%");
  CHECK(holds(text, "\n      The token's exp has passed.\n"));
  CHECK(row_of(text, "signature_mismatch") == "signature_mismatch 1 10.0%");
  CHECK(row_of(text, "RS256") == "RS256 8 100.0%");
  CHECK(row_of(text, "PS256") == "PS256 1 0.0%");
  CHECK(row_of(text, "k0 ") == "k0 9 88.9%");
  CHECK(holds(text, "Keys that verified under more than one algorithm\n"));
  CHECK(row_of(text, "k0                 RS256") == "k0 RS256, PS256");
  CHECK(row_of(text, "https://issuer.example") == "https://issuer.example 9 88.9%");
  CHECK(holds(text, "of 9 tokens with a good signature; the 1 unverified"));
  CHECK(row_of(text, "alice") == "alice 8 100.0%");
  CHECK(row_of(text, "under 64 B") == "under 64 B 10 100.0%");
  CHECK(holds(text, "  6 to 7 bytes, half up to 6, 90% up to 6, 99% up to 7\n"));
  CHECK(row_of(text, "4.3 min to 17 min") == "4.3 min to 17 min 8 88.9%");
  CHECK(holds(text, "half up to 10 min, 90% up to 3.2 y, 99% up to 3.2 y, the oldest 3.2 y"));
  CHECK(row_of(text, "with tokens") == "with tokens 10 76.9%");
  CHECK(row_of(text, "record_not_json") == "record_not_json 1 7.7%");
  CHECK(row_of(text, "truncated") == "truncated 1 7.1%");
  CHECK(row_of(text, "redacted") == "redacted 2 14.3%");
  CHECK(row_of(text, "lookalike") == "lookalike 1 7.1%");
  CHECK(row_of(text, "a.log") == "a.log 10 80.0%");
  CHECK(row_of(text, "input_changed") == "input_changed 1");
  CHECK(holds(text, "    a.log, line 17, byte 4096: input_changed: grew while it was read\n"));
  CHECK(holds(text, "3 of 8 accepted tokens have no exp and never expire") == false);
  CHECK(holds(text, "2 of 8 accepted tokens have no exp and never expire"));
  CHECK(row_of(text, "as-of") == "as-of 2023-11-14T22:13:20Z");
  CHECK(row_of(text, "RELAXED") == "RELAXED --allow-padding");
  CHECK(row_of(text, "read ") == "read 25.0 ms 25.0%");
  CHECK(row_of(text, "signature ") == "signature 75.0 ms 75.0%");
  CHECK(holds(text,
              "\n  the threads had nothing to do for 95.0% of their time: start, and waiting for\n"
              "  input, output or each other\n"));
  CHECK(row_of(text, "rate") == "rate 10 tokens/s, 5 per thread; 71 B/s of input");
  CHECK(row_of(text, "peak memory") == "peak memory 64 MiB");
  CHECK(row_of(text, "lanes used") == "lanes used rsa 93.8%, sha256 100.0%");
  CHECK(row_of(text, "memo") == "memo 3 of 4 known, 75.0%");
  CHECK(row_of(text, "headers") == "headers 99 of 100 known, 99.0%");
  CHECK(row_of(text, "tables") == "tables 1 of 8 bits, 1 of 11 bits; 1.7 MiB, 4.7 ms to build");
  CHECK(row_of(text, "Ed25519 k1") == "Ed25519 k1, 11 bits 1.4 MiB 4.00 ms");
  CHECK(row_of(text, "P-256 base point") == "P-256 base point, 8 bits 256 KiB 700 us");
  CHECK(row_of(text, "cross-check") == "cross-check 7 verified again by OpenSSL, 2 disagreed");
  CHECK(row_of(text, "kernels") == "kernels base64url=scalar");
}

TEST_CASE("text: threads that always had something to do are not spoken of") {
  const test::Piece piece = sample();
  RunReport report = test::report_of({&piece});
  REQUIRE(waiting_ns(report.run) == 1'900'000'000);
  for (const std::uint64_t thread_wall_ns : {100'000'000, 99'000'000, 0}) {
    report.run.thread_wall_ns = thread_wall_ns;
    CHECK(waiting_ns(report.run) == 0);
    CHECK_FALSE(holds(render_text(report, {}), "nothing to do"));
  }
}

TEST_CASE("text: checks that were not asked for, and not those that were") {
  const std::string text = sample_text();
  const std::string section = text.substr(text.find("Checks that were not asked for"));
  CHECK(row_of(section, "audience").starts_with("audience any aud"));
  CHECK(row_of(section, "typ").starts_with("typ tokens of another kind"));
  CHECK(row_of(section, "issuer ") ==
        "issuer https://issuer.example");  // among the options in force
}

TEST_CASE("text: nothing of an unverified token's claims, no control character, 80 columns") {
  std::mt19937_64 random(3);
  const std::vector<test::Piece> pieces = test::random_pieces(random, 3000, 500);
  for (const std::string& text :
       {sample_text(), render_text(test::report_of(pieces), {.color = false})}) {
    CHECK_FALSE(holds(text, "never shown"));
    std::size_t from = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', from)) {
      const std::string line = text.substr(from, end - from);
      INFO(line);
      CHECK(columns(line) <= 80);
      for (const char c : line) REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
      from = end + 1;
    }
  }
  CHECK(holds(sample_text(), "\"evil[2J\""));
}

TEST_CASE("text: an interrupted run says so first") {
  const std::string text = sample_text(true);
  CHECK(holds(text.substr(0, 300), "PARTIAL REPORT"));
  CHECK_FALSE(holds(sample_text(), "PARTIAL"));
}

TEST_CASE("text: nothing found is said, not divided by") {
  RunReport empty;
  const std::string text = render_text(empty, {.color = false, .unicode = false});
  CHECK(holds(text, "0 tokens"));
  CHECK(holds(text, "No token was found in the input."));
  CHECK_FALSE(holds(text, "nan"));
}

TEST_CASE("text: an approximate list says so, with its bounds") {
  RunReport report;
  for (std::size_t i = 0; i <= TopList::kExactValues; ++i) {
    report.rejected_kids.count("kid" + std::to_string(i),
                               {0, 1, (i * 2654435761u) & TopList::kMostDraw});
  }
  report.rejected_kids.count("heavy", {0, 50000, 1});
  report.rejected_kids.settle();
  report.tokens = report.rejected_kids.total();
  const std::string text = render_text(report, {.color = false, .unicode = false});
  CHECK(row_of(text, "heavy").starts_with("heavy 50,"));
  CHECK(holds(text, "approximate: more than 65,536 different ones; a count is at most 15"));
  CHECK(holds(text, "with 225 tokens or more is known"));
}

TEST_CASE("text: one token reads well") {
  test::Piece piece;
  piece.rows.push_back({.token = "t", .exp = true});
  piece.records = {.records = 1, .with_tokens = 1, .candidates = 1, .tokens = 1};
  const std::string text =
      render_text(test::report_of({&piece}), {.color = false, .unicode = false});
  CHECK(holds(text, "  1 token, 100.0% accepted"));
  CHECK(holds(text, "  2 B in 1 record\n"));
  CHECK(holds(text, "a token without exp never expires, and would have passed"));
  CHECK_FALSE(holds(text, "Why tokens were rejected"));
}

TEST_CASE("text: colour") {
  const test::Piece piece = sample();
  const std::string text = render_text(test::report_of({&piece}), {.color = true});
  CHECK(holds(text, "\x1b[32maccepted"));
  CHECK(holds(text, "\x1b[31mexpired"));
}

TEST_CASE("text: times of records, and how many were not judged") {
  test::Piece piece;
  for (int i = 0; i < 40; ++i) piece.rows.push_back({.time = TimePoint{1'700'000'000 + i * 60, 0}});
  piece.rows.push_back({.verdict = Verdict::kExpired, .time = TimePoint{1'700'000'001, 0}});
  piece.rows.push_back({});
  piece.records.records = piece.records.with_tokens = piece.records.tokens =
      piece.records.candidates = piece.rows.size();
  const std::string text = render_text(test::report_of({&piece}, false, true), {.unicode = false});
  CHECK(holds(text, "Time of the records"));
  CHECK(row_of(text, "2023-11-14T22:10:00Z") == "2023-11-14T22:10:00Z 8 87.5%");
  CHECK(holds(text, "from 2023-11-14T22:13:20Z to 2023-11-14T22:52:20Z; a row is 10 min"));
  CHECK(holds(text, "1 token in 1 record without a readable time (record_without_time)"));
  CHECK(row_of(text, "as-of").starts_with("as-of record: the time of each token"));
  CHECK(holds(sample_text(), "Time of the records") == false);
}

}  // namespace
}  // namespace jotmill::tools
