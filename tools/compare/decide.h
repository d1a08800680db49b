#ifndef JOTMILL_TOOLS_COMPARE_DECIDE_H_
#define JOTMILL_TOOLS_COMPARE_DECIDE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/statistics/bootstrap.h"

/// Is NEW slower than BASE? Numbers in, a decision out; knows neither files nor programs.
namespace jotmill::tools {

enum class Decision : std::uint8_t {
  kRegressed,
  kImproved,
  kEquivalent,
  kInconclusive,
  kUnmeasurable
};
const char* name_of(Decision decision);  ///< "REGRESSED" and so on

/// What was measured of one row. Times are logarithms of nanoseconds a token, so that a difference
/// is a ratio. The limits +-delta_min are shares of BASE's time, as the change is told.
struct Evidence {
  std::string name;
  std::vector<double> base, fresh;   ///< log of every run of BASE and of NEW
  std::vector<double> block_ratios;  ///< paired: log(NEW / BASE) of each block; empty: unpaired
  double noise_floor = 0;            ///< as a share
  bool paired() const { return !block_ratios.empty(); }
};

inline constexpr double kLeastDelta = 0.02;         ///< a change that matters, whatever the noise
inline constexpr double kDeltaPerNoise = 1.5;       ///< or so many noise floors
inline constexpr double kMostNoise = 0.15;          ///< above it nothing can be said
inline constexpr double kSignificance = 0.01;       ///< of the adjusted p
inline constexpr std::size_t kMostRunsTold = 9999;  ///< more is not worth a number

struct RowDecision {
  std::string name;
  Decision decision = Decision::kInconclusive;
  std::string why;    ///< in words, short
  double change = 0;  ///< of the time a token, as a share: 0.041 is +4.1 %, slower
  statistics::Interval range95, range90;  ///< of `change`
  double p = 1, adjusted_p = 1;
  double cliffs_delta = 0;  ///< above 0: NEW takes longer
  double noise_floor = 0, delta_min = kLeastDelta;
  std::size_t runs = 0;                    ///< blocks, or runs of the smaller side
  bool too_few = false;                    ///< no p of so few runs can be small enough
  std::optional<std::size_t> runs_needed;  ///< for a decision, where one is missing
};

/// Decides every row; p is adjusted over all of them (Holm).
std::vector<RowDecision> decide(const std::vector<Evidence>& rows);

/// The noise of paired blocks, as a share: half of (A1 - A2) + (B2 - B1) has the spread of the
/// block's ratio and nothing of its effect. `contrasts` are those, in logs.
double noise_floor_of_contrasts(const std::vector<double>& contrasts);

/// Whether more blocks would tell little more: the noise floor leaves delta_min at its least, the
/// 95 % interval is at most half of that wide to either side, and blocks that scatter so would show
/// a change of delta_min as significant among so many rows. It looks at the scatter alone, never at
/// where the blocks lie: stopping when the answer looks good finds differences where there are
/// none. (A wide delta_min of a noisy hour must not make a wide interval good enough: few blocks
/// would then be called EQUIVALENT that more of them tell apart.)
bool narrow_enough(const std::vector<double>& block_ratios, double noise_floor, std::size_t rows);

/// Blocks below which no row can be decided, for so many rows.
std::size_t least_blocks(std::size_t rows);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_COMPARE_DECIDE_H_
