#ifndef JOTMILL_STATS_TEST_BATCH_H_
#define JOTMILL_STATS_TEST_BATCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/batch.h"

/// Batches by hand, for the tests of this room.
namespace jotmill::test {

inline constexpr std::uint8_t kUntilBind = kPassedDecode | kPassedHeader | kPassedBind;
inline constexpr std::uint8_t kUntilSignature = kUntilBind | kPassedSignature;
inline constexpr std::uint8_t kUntilClaims = kUntilSignature | kPassedPayload | kPassedClaims;

struct Row {
  std::string token = "h.p.s";
  Verdict verdict = Verdict::kAccepted;
  Alg alg = Alg::kRS256;
  std::uint32_t key = 0;
  std::uint8_t passed = kUntilClaims;
  std::optional<std::string> kid = std::nullopt;
  std::optional<std::string> iss = std::nullopt;
  std::optional<std::string> sub = std::nullopt;
  bool exp = false;
  std::optional<std::int64_t> iat = std::nullopt;
  std::optional<std::string> field = std::nullopt;
  LayerList layers = {};
  std::optional<TimePoint> time = std::nullopt;  ///< of its record
};

/// A chunk with one token a line, and its columns as the stages would have left them.
class Batch {
 public:
  explicit Batch(const std::vector<Row>& rows, std::uint32_t source = 0,
                 std::uint64_t offset_bytes = 0) {
    chunk_.source = source;
    chunk_.offset_bytes = offset_bytes;
    for (const Row& row : rows)
      chunk_.bytes.insert(chunk_.bytes.end(), row.token.begin(), row.token.end());
    chunk_.size_bytes = chunk_.bytes.size();
    chunk_.bytes.resize(chunk_.size_bytes + kSlackBytes);
    columns_.chunk = &chunk_;
    std::uint32_t off = 0;
    for (const Row& row : rows) {
      add(row, off);
      off += static_cast<std::uint32_t>(row.token.size());
    }
  }
  Batch(const Batch&) = delete;
  const TokenBatch& columns() const { return columns_; }

 private:
  void add(const Row& row, std::uint32_t off) {
    TokenBatch& b = columns_;
    const std::size_t i = b.add(off, static_cast<std::uint32_t>(row.token.size()), false, off,
                                static_cast<std::uint32_t>(b.size));
    b.verdict[i] = row.verdict;
    b.alg[i] = row.alg;
    b.key[i] = row.key;
    b.passed[i] = row.passed;
    if (row.kid) b.kid[i] = b.add_text(*row.kid);
    if (row.field) {
      b.channel[i] = ChannelKind::kField;
      b.channel_name[i] = b.add_text(*row.field);
    }
    b.layers[i] = row.layers;
    b.has_record_time[i] = row.time.has_value();
    if (row.time) b.record_time[i] = *row.time;
    if (row.iss) {
      b.iss[i] = b.add_text(*row.iss);
      b.present[i] |= kClaimIss;
    }
    if (row.sub) {
      b.sub[i] = b.add_text(*row.sub);
      b.present[i] |= kClaimSub;
    }
    if (row.exp) b.present[i] |= kClaimExp;
    if (row.iat) {
      b.iat[i] = {*row.iat, 0, false};
      b.present[i] |= kClaimIat;
    }
  }

  Chunk chunk_;
  TokenBatch columns_;
};

}  // namespace jotmill::test

#endif  // JOTMILL_STATS_TEST_BATCH_H_
