#ifndef JOTMILL_TESTS_REPORT_REPORTS_H_
#define JOTMILL_TESTS_REPORT_REPORTS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "stats/count.h"
#include "stats/test_batch.h"

/// Reports for these tests, made by the room that makes them in a run.
namespace jotmill::tools::test {

/// One chunk of a capture and what the extractor says of it.
struct Piece {
  std::vector<jotmill::test::Row> rows;
  std::uint32_t source = 0;
  std::uint64_t offset_bytes = 0;
  RecordCounts records;
  std::vector<InputEvent> events;
};

inline const CountContext kContext = {{"a.log", "b.log", "-"}, TimePoint{1'700'000'000, 0}, true};
inline const std::vector<std::string> kKeys = {"k0", "k1", "k2", "k3"};

inline RunOptions run_options() {
  RunOptions options;
  options.policy.as_of = kContext.as_of;
  options.policy.issuers = {"https://issuer.example"};
  options.policy.allow_padding = true;
  options.show = {"sub"};
  return options;
}

/// Likewise for a run that judges each token at the time of its record.
inline RunOptions record_options() {
  RunOptions options = run_options();
  options.policy.as_of.reset();
  options.policy.as_of_record = true;
  options.year = 2026;
  return options;
}
inline const CountContext kRecordContext = {kContext.source_names, std::nullopt, true, true};

/// What the extractor says of a piece where it reads times: each row is a record.
inline RecordCounts with_times(const Piece& piece) {
  RecordCounts records = piece.records;
  records.without_time = static_cast<std::uint64_t>(
      std::ranges::count_if(piece.rows, [](const auto& row) { return !row.time; }));
  return records;
}

/// The report of a run over these pieces in this order.
inline RunReport report_of(const std::vector<const Piece*>& pieces, bool interrupted = false,
                           bool as_of_record = false) {
  RunTotals totals(report_options(as_of_record ? record_options() : run_options()), kKeys);
  BatchStats stats;
  std::uint64_t bytes = 0;
  for (const Piece* piece : pieces) {
    const jotmill::test::Batch batch(piece->rows, piece->source, piece->offset_bytes);
    stats.clear();
    stats.count(batch.columns(), as_of_record ? kRecordContext : kContext);
    totals.add(stats);
    totals.add_records(as_of_record ? with_times(*piece) : piece->records);
    for (const InputEvent& event : piece->events) totals.add_event(event);
    for (const jotmill::test::Row& row : piece->rows) bytes += row.token.size() + 1;
  }
  RunEnd end;
  end.interrupted = interrupted;
  end.input_bytes = bytes;
  end.formats = {};
  end.wall_ns = 1'000'000'000;
  end.threads = 2;
  end.stage_ns[static_cast<std::size_t>(Stage::kRead)] = 25'000'000;
  end.stage_ns[static_cast<std::size_t>(Stage::kSignature)] = 75'000'000;
  end.peak_rss_bytes = 64 << 20;
  end.work.of(WorkKernel::kRsa) = {90, 96};
  end.work.of(WorkKernel::kSha256) = {500, 500};
  end.work.memo = {3, 1};
  end.work.headers = {99, 1};
  end.work.cross_checks = {7, 2};
  end.tables = {
      {.key = kNoKey,
       .facts = {.window = 8, .bytes = 262'144, .build_ns = 700'000, .signatures = 300}},
      {.key = 1,
       .ed25519 = true,
       .facts = {.window = 11, .bytes = 1'507'328, .build_ns = 4'000'000, .signatures = 20'000}}};
  end.cpu = "Test CPU";
  end.build = "jotmill 0.0.0";
  end.kernels = {"base64url=scalar"};
  return totals.finish(end);
}

inline RunReport report_of(const std::vector<Piece>& pieces) {
  std::vector<const Piece*> all;
  for (const Piece& piece : pieces) all.push_back(&piece);
  return report_of(all);
}

/// Pieces with `tokens` tokens in all. `texts` different issuers, subjects and kids are drawn from,
/// the first ones often.
inline std::vector<Piece> random_pieces(std::mt19937_64& random, std::size_t tokens,
                                        std::size_t texts) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const auto text = [&](const char* kind) {
    const std::uint64_t n = below(3) == 0 ? below(8) : below(texts);
    return kind + std::to_string(n);
  };
  std::vector<Piece> pieces;
  std::array<std::uint64_t, 3> offset{};
  while (tokens > 0) {
    Piece piece;
    piece.source = static_cast<std::uint32_t>(below(3));
    piece.offset_bytes = offset[piece.source];
    const std::size_t count = std::min<std::size_t>(tokens, 1 + below(1000));
    tokens -= count;
    for (std::size_t i = 0; i < count; ++i) {
      jotmill::test::Row row;
      row.token = "token" + std::to_string(below(3) == 0 ? below(50) : below(1u << 30));
      row.token.resize(10 + below(200), 'x');
      offset[piece.source] += row.token.size();
      row.alg = static_cast<Alg>(below(kAlgCount));
      row.key = static_cast<std::uint32_t>(below(kKeys.size()));
      if (below(2) == 0) row.kid = text("kid");
      switch (below(8)) {
        case 0:
          row.verdict = Verdict::kSignatureMismatch;
          row.passed = jotmill::test::kUntilBind;
          break;
        case 1:
          row.verdict = Verdict::kHeaderNotJson;
          row.alg = Alg::kNone;
          row.key = kNoKey;
          row.passed = kPassedDecode;
          break;
        case 2:
          row.verdict = Verdict::kTokenTooLarge;
          row.passed = 0;
          row.key = kNoKey;
          break;
        case 3: row.verdict = Verdict::kExpired; [[fallthrough]];
        default:
          if (below(10) != 0) row.iss = text("issuer");
          if (below(10) != 0) row.sub = text("subject");
          row.exp = below(3) != 0;
          if (below(5) != 0)
            row.iat = 1'700'000'000 - static_cast<std::int64_t>(below(1u << below(30))) + 100;
      }
      if (below(8) != 0) {
        const std::uint64_t span = below(2) == 0 ? 100'000 : std::uint64_t{1} << 31;
        row.time = TimePoint{static_cast<std::int64_t>(below(span)), 7};
      }
      if (below(4) == 0) row.field = "/t" + std::to_string(below(3));
      for (std::uint64_t layers = below(4); layers > 1; --layers)
        row.layers.push(static_cast<Layer>(below(3)));
      piece.rows.push_back(std::move(row));
    }
    piece.records.tokens = piece.records.with_tokens = count;
    piece.records.truncated = below(3);
    piece.records.redacted = below(3);
    piece.records.lookalike = below(3);
    piece.records.candidates =
        count + piece.records.truncated + piece.records.redacted + piece.records.lookalike;
    piece.records.blank = below(5);
    piece.records.records = count + piece.records.blank;
    if (below(10) == 0) {
      piece.events.push_back({InputEventKind::kInputChanged, kContext.source_names[piece.source],
                              piece.offset_bytes, 0, "size"});
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace jotmill::tools::test

#endif  // JOTMILL_TESTS_REPORT_REPORTS_H_
