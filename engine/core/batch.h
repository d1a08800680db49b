#ifndef JOTMILL_CORE_BATCH_H_
#define JOTMILL_CORE_BATCH_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/alg.h"
#include "core/arena.h"
#include "core/bytes.h"
#include "core/place.h"
#include "jotmill/options.h"
#include "jotmill/verdict.h"

namespace jotmill {

/// A record that is longer than the format lets a token or record be. Its bytes are not kept; what
/// is known of it was taken while they went by, so a line of 10 GiB costs no memory.
struct OversizeRecord {
  bool present = false;
  bool blank = true;                      ///< only spaces and tabs
  std::uint64_t len_bytes = 0;            ///< without its line end
  std::array<std::uint8_t, 32> digest{};  ///< as the fingerprint of a token (TokenDigest)
};

/// A piece of one source that holds whole records, as the input room hands it on. Either `bytes`
/// hold records, or `oversize` is the one record of the chunk.
struct Chunk {
  std::vector<std::uint8_t> bytes;  ///< kSlackBytes of slack follow the size_bytes that count
  std::size_t size_bytes = 0;
  std::uint32_t source = 0;              ///< index into the run's list of sources
  std::uint64_t offset_bytes = 0;        ///< of bytes[0] in the decompressed stream
  std::uint64_t first_line = 1;          ///< 1-based line number of bytes[0]
  std::optional<std::size_t> line_ends;  ///< LF in the bytes, where they have been counted
  OversizeRecord oversize;

  /// A line too long to be held at once comes in pieces, each a chunk of its own, where its format
  /// is scanned as text. The first `lead_bytes` are what stood before the piece and the last
  /// `tail_bytes` what stands behind it: context, in which no candidate of this piece begins.
  enum class Piece : std::uint8_t { kWhole, kFirst, kMiddle, kLast };
  Piece piece = Piece::kWhole;  ///< kWhole: whole records
  std::size_t lead_bytes = 0, tail_bytes = 0;
  /// har: bytes[0] stands behind an entry, not at the start of the document.
  bool har_inside = false;
  std::vector<std::uint8_t> line_head;  ///< of a piece: how its line begins, for the line's time

  Bytes view() const { return {bytes.data(), size_bytes}; }
};

/// The fingerprint of a byte string that arrives in pieces: SHA-256, or HMAC-SHA-256 with a key. An
/// interface, so that the input room can fingerprint what it does not keep without knowing a
/// cryptographic library.
class TokenDigest {
 public:
  virtual ~TokenDigest() = default;
  virtual void begin() = 0;
  virtual void update(Bytes piece) = 0;
  virtual std::array<std::uint8_t, 32> finish() = 0;
};

/// A stretch of TokenBatch::text.
struct TextRef {
  std::uint32_t off_bytes = 0;
  std::uint32_t len_bytes = kAbsent;
  static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;
  bool present() const { return len_bytes != kAbsent; }
};

/// Who has looked at a token. A verdict becomes `accepted` only when every stage that was asked for
/// has left its mark, so a stage that was forgotten or skipped ends in internal_error and never in
/// an acceptance.
enum PassedStage : std::uint8_t {
  kPassedDecode = 1,     ///< rooms A and B
  kPassedHeader = 2,     ///< room C
  kPassedBind = 4,       ///< room D
  kPassedSignature = 8,  ///< room E
  kPassedPayload = 16,   ///< room F
  kPassedClaims = 32,    ///< room G
};

/// Seven registered claims and no more (RFC 7519 s4.1), as bits of TokenBatch::present.
enum ClaimBit : std::uint8_t {
  kClaimIss = 1,
  kClaimSub = 2,
  kClaimAud = 4,
  kClaimExp = 8,
  kClaimNbf = 16,
  kClaimIat = 32,
  kClaimJti = 64,
};

/// A NumericDate (RFC 7519 s2), exact: floor in seconds, nanoseconds above it, and whether digits
/// finer than that follow.
struct NumericDate {
  std::int64_t s = 0;
  std::uint32_t ns = 0;
  bool finer = false;
};

inline constexpr std::uint32_t kNoKey = 0xFFFFFFFF;

/// The tokens of one chunk as columns: one row a token, one column a fact. Every stage reads some
/// columns and fills others; house.md calls it the meeting place of the rooms. All memory is kept
/// from batch to batch.
struct TokenBatch {
  /// Rows at which a batch of found tokens ends; those of its last record may be more. A row and
  /// its record take some 500 bytes, and a chunk may hold any number of tokens.
  static constexpr std::size_t kMostRows = 4096;

  std::size_t size = 0;  ///< tokens
  const Chunk* chunk = nullptr;

  // --- extract: where the token stands. token_off counts in the chunk, or in `unwrapped` when a
  // layer had to be undone.
  std::vector<std::uint32_t> token_off, token_len;  // bytes
  std::vector<std::uint8_t> token_unwrapped;        // 0: chunk bytes, 1: `unwrapped`
  std::vector<std::uint32_t> origin_off;  // bytes in the chunk where the token's text begins
  std::vector<std::uint32_t> line;        // 0-based, counted from chunk->first_line
  std::vector<ChannelKind> channel;
  std::vector<TextRef> channel_name;  // where has_name(channel): what stands behind the colon
  std::vector<LayerList> layers;      // what was undone, outermost first
  /// Tokens that stand neither in the chunk nor in `unwrapped`, but in memory of the caller of the
  /// library: the first byte of each. Empty when there are none; else every row is such a token.
  std::vector<const char*> borrowed;
  std::vector<std::uint8_t> unwrapped;  // tokens whose layers were undone, kSlackBytes behind them
  std::vector<std::uint8_t> has_record_time;  // 0 or 1: record_time was read
  std::vector<TimePoint> record_time;         // of the token's own record; only for --as-of record

  /// Records over the limit, for the run's list of events: offset in the chunk and 0-based line.
  struct LongRecord {
    std::uint32_t off_bytes, line;
  };
  std::vector<LongRecord> long_records;

  // --- decode: dots and the three decoded segments in `arena` (header, payload, signature).
  std::vector<std::uint32_t> dot1, dot2;              // bytes from the token's start
  std::array<std::vector<std::uint32_t>, 3> seg_off;  // bytes in arena
  std::array<std::vector<std::uint32_t>, 3> seg_len;  // bytes
  Arena arena;

  // --- header
  std::vector<Alg> alg;                  // kNone until a header names one of the sixteen
  std::vector<TextRef> alg_text;         // alg as the header has it, absent when unknown
  std::vector<TextRef> kid;              // after unescaping
  std::vector<std::uint8_t> cty_is_jwt;  // 0 or 1

  // --- keys: candidates of token i are candidates[cand_off[i] .. + cand_count[i]), in load order,
  // all usable.
  std::vector<std::uint32_t> cand_off;
  std::vector<std::uint8_t> cand_count;   // at most 16
  std::vector<std::uint32_t> candidates;  // key indices
  std::vector<std::uint32_t>
      key;  // the key that verified, or the one the verdict speaks of; kNoKey

  // --- payload: only for tokens whose signature is good.
  std::vector<std::uint8_t> present;  // ClaimBit
  std::vector<NumericDate> exp, nbf, iat;
  std::vector<TextRef> iss, sub;
  std::vector<std::uint32_t> aud_off, aud_count;  // rows of aud_refs
  std::vector<TextRef> aud_refs;
  std::vector<TextRef> missing_claim;  // the first of Policy::require that is absent
  std::vector<TextRef>
      shown_claims;  // JSON object text with the claims of --show, absent when none was asked for

  // --- the answer
  static constexpr Verdict kPending = static_cast<Verdict>(0xFF);
  std::vector<Verdict>
      verdict;  // kPending until a stage or settle() decides; never rewritten after
  std::vector<std::uint8_t> passed;  // PassedStage
  std::vector<TextRef> detail;
  /// Fingerprint of the token's bytes; sized and filled only for the rows that become records.
  std::vector<std::array<std::uint8_t, 16>> token_id;

  /// Names, kids, claims and details of this batch, back to back.
  std::vector<char> text;

  /// Forget all tokens, keep all memory.
  void clear();
  /// One more row, at `off` in the chunk (or in `unwrapped`); everything else at its default.
  /// Returns its index.
  std::size_t add(std::uint32_t off, std::uint32_t len, bool in_unwrapped, std::uint32_t origin,
                  std::uint32_t line_index);
  /// One more row whose bytes stay where they are, and must until the batch is done with; all rows
  /// of a batch are of this kind, or none. A token of 4 GiB or more is as one of 4 GiB less a byte.
  std::size_t add_borrowed(std::string_view token, std::uint32_t origin, std::uint32_t line_index);

  /// Length for the record and the size statistics: the true one also of a token whose bytes were
  /// not kept.
  std::uint64_t len_bytes(std::size_t i) const {
    return chunk != nullptr && chunk->oversize.present ? chunk->oversize.len_bytes : token_len[i];
  }
  std::string_view token(std::size_t i) const {
    if (!borrowed.empty()) return {borrowed[i], token_len[i]};
    const std::uint8_t* base = token_unwrapped[i] ? unwrapped.data() : chunk->bytes.data();
    return {reinterpret_cast<const char*>(base) + token_off[i], token_len[i]};
  }
  /// Decoded segment: 0 header, 1 payload, 2 signature. kSlackBytes may be read behind it.
  Bytes segment(std::size_t i, unsigned which) const {
    return {arena.data() + seg_off[which][i], seg_len[which][i]};
  }
  std::string_view signing_input(std::size_t i) const { return token(i).substr(0, dot2[i]); }

  TextRef add_text(std::string_view value);
  std::string_view text_of(TextRef ref) const {
    return ref.present() ? std::string_view(text.data() + ref.off_bytes, ref.len_bytes)
                         : std::string_view();
  }

  bool pending(std::size_t i) const { return verdict[i] == kPending; }
  /// Decide token i. The first decision stands: a second call is a programmer's error.
  void reject(std::size_t i, Verdict why, std::string_view detail_text = {});
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_BATCH_H_
