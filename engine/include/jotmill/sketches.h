#ifndef JOTMILL_SKETCHES_H_
#define JOTMILL_SKETCHES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What a report keeps of a stream that is too long to keep. Problem: reports of shards must add up
/// to the report of the whole, byte for byte. So the state of each of these is a function of the
/// multiset of what was added and of nothing else, neither order nor partition; add() is
/// associative and commutative, and an empty one changes nothing. Rejected for that reason:
/// Space-Saving, Misra-Gries, t-digest.
namespace jotmill {

/// Counts of whole numbers in logarithmic buckets: exact below 32, at most 1/16 wide above.
struct Histogram {
  std::map<std::uint16_t, std::uint64_t> buckets;  ///< bucket_of(value) -> count, no zeros
  std::uint64_t total = 0;
  std::uint64_t least =
      std::numeric_limits<std::uint64_t>::max();  ///< exact; the maximum when empty
  std::uint64_t most = 0;                         ///< exact; 0 when empty

  static constexpr std::uint16_t kBucketCount = 976;
  static std::uint16_t bucket_of(std::uint64_t value);
  static std::uint64_t first_of(std::uint16_t bucket);  ///< the least value of a bucket
  static std::uint64_t last_of(std::uint16_t bucket);   ///< the greatest

  void count(std::uint64_t value, std::uint64_t times = 1);
  void add(const Histogram& other);

  /// The value that a share of `of_1000` thousandths of all values does not exceed, rounded up to
  /// the end of its bucket but never past `most`. 0 when empty.
  std::uint64_t quantile(unsigned of_1000) const;
  /// How many values lie in [from, to]; exact when both are ends of buckets, as powers of two and
  /// their predecessors are.
  std::uint64_t between(std::uint64_t from, std::uint64_t to) const;
};

/// How many different 64-bit hashes were added: exact up to kExactHashes, beyond that HyperLogLog
/// with 65,536 registers (Flajolet 2007) and Ertl's estimator (arXiv 1702.01284, algorithm 6):
/// standard error 0.41 %, no tables, no bias.
struct DistinctSketch {
  static constexpr std::size_t kExactHashes = 4096;
  static constexpr unsigned kIndexBits = 16;
  static constexpr std::size_t kRegisters = std::size_t{1} << kIndexBits;
  static constexpr std::uint8_t kMostRank = 64 - kIndexBits + 1;

  std::set<std::uint64_t> hashes;  ///< all of them while exact, else empty
  std::vector<std::uint8_t>
      registers;  ///< empty while exact, else kRegisters ranks of 0 to kMostRank

  bool exact() const { return registers.empty(); }
  void add_hash(std::uint64_t hash);
  void add(const DistinctSketch& other);
  std::uint64_t estimate() const;

 private:
  void pour_out();
  void raise(std::uint64_t hash);
};

/// How often each text occurred on accepted and on rejected tokens. Exact up to kExactValues
/// different texts. Beyond that a Count-Min sketch (Cormode, Muthukrishnan 2005) holds the counts,
/// and kKeptValues texts are kept as names for them: each occurrence draws a number from the hash
/// of its token and place, and the texts with the least draws stay. That is a sample without
/// replacement in which a text's chance grows with its count: one that has a share p of all
/// occurrences is missed with probability exp(-p * kKeptValues). Both are functions of the multiset
/// alone.
struct TopList {
  static constexpr std::size_t kExactValues = 65536;
  static constexpr std::size_t kKeptValues = 8192;
  static constexpr std::size_t kRows = 4;
  static constexpr std::size_t kCellsPerRow = 65536;
  static constexpr std::uint64_t kMostDraw =
      (std::uint64_t{1} << 53) - 1;  ///< a number that JSON readers keep exact

  struct Count {
    std::uint64_t accepted = 0,
                  rejected = 0;      ///< both 0 once the list is not exact: the cells know
    std::uint64_t draw = kMostDraw;  ///< the least of the text's occurrences
  };
  struct Row {
    std::string text;
    std::uint64_t accepted = 0,
                  rejected = 0;  ///< when not exact: never too low, see error_at_most()
    std::uint64_t tokens() const { return accepted + rejected; }
  };

  std::map<std::string, Count, std::less<>> values;
  std::vector<std::uint64_t> accepted_cells,
      rejected_cells;                        ///< empty while exact, else kRows * kCellsPerRow
  std::uint64_t accepted = 0, rejected = 0;  ///< sums over everything counted
  /// Draws above it need not be looked at any more. Working memory, no part of the state.
  std::uint64_t draw_limit = kMostDraw;

  bool exact() const { return accepted_cells.empty(); }
  std::uint64_t total() const { return accepted + rejected; }
  /// `text` as make_label() has made it.
  void count(std::string_view text, const Count& counts);
  void add(const TopList& other);
  /// Brings the kept texts to their canonical number. add() does so by itself, count() does not.
  void settle();

  /// 0 while exact. Beyond: a shown count is too high by at most this much, for all but one text in
  /// 2,000.
  std::uint64_t error_at_most() const;
  /// 1 while exact. Beyond: every text with at least so many occurrences is known, except with
  /// probability exp(-16).
  std::uint64_t complete_from() const;

  enum class By : std::uint8_t { kTokens, kRejected };
  /// The `most` greatest, by count and then by text; without those below complete_from() or without
  /// any `by`.
  std::vector<Row> top(std::size_t most, By by = By::kTokens) const;

 private:
  Row row_of(const std::string& text, const Count& counts) const;
  void pour_out();
  void keep_name(std::string_view text, std::uint64_t draw);
};

/// How many tokens there were in each stretch of time, and how many of them were accepted. The
/// width of a bucket is the least of kWidths at which no more than kMostBuckets hold anything: each
/// width divides the next, so the same tokens give the same buckets in whatever order and grouping
/// they are counted, and memory is bounded.
struct TimeBuckets {
  static constexpr std::size_t kMostBuckets = 1500;
  /// Seconds: a minute, ten, an hour, six, a day, and from there four times as many each.
  static constexpr std::array<std::int64_t, 13> kWidths = {60,
                                                           600,
                                                           3600,
                                                           21'600,
                                                           86'400,
                                                           4 * 86'400,
                                                           16 * 86'400,
                                                           64 * 86'400,
                                                           256 * 86'400,
                                                           1024 * 86'400,
                                                           4096 * 86'400LL,
                                                           16'384 * 86'400LL,
                                                           65'536 * 86'400LL};

  struct Count {
    std::uint64_t tokens = 0, accepted = 0;
  };
  int level = 0;                          ///< index into kWidths
  std::map<std::int64_t, Count> buckets;  ///< by their first second, Unix time; no zeros

  std::int64_t width_s() const { return kWidths[static_cast<std::size_t>(level)]; }
  void count(std::int64_t s, Count counts);
  void add(const TimeBuckets& other);
  /// Widens the buckets until there are at most `most` (or the widest are reached). For reports
  /// that show fewer; what counts and adds keeps to kMostBuckets by itself.
  void settle(std::size_t most);
  std::uint64_t total() const;

 private:
  void coarsen();
};

/// `text` as reports hold it: valid UTF-8 of at most 256 bytes. A text that had to be changed for
/// it ends in "~" and 16 hex digits of a hash of the original, so that different texts stay
/// different.
std::string make_label(std::string_view text);
inline constexpr std::size_t kMostLabelBytes = 256;

}  // namespace jotmill

#endif  // JOTMILL_SKETCHES_H_
