#ifndef JOTMILL_TOOLS_BENCH_WORKLOAD_H_
#define JOTMILL_TOOLS_BENCH_WORKLOAD_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/options.h"
#include "jotmill/result.h"
#include "tools/bench/memory_file.h"
#include "tools/generate/recipe.h"
#include "tools/generate/world.h"

namespace jotmill::tools {

/// A named set of tokens that `bench` knows by itself: a recipe of datasets/recipes at a size whose
/// run takes some tenths of a second, so that repetitions can be many.
struct Preset {
  std::string_view name, recipe;
  std::uint64_t tokens;      ///< with --quick; without it four times as many
  std::uint32_t pool;        ///< of tokens that repeat; 0: the recipe's
  std::uint32_t keys;        ///< of each kind; 0: the recipe's
  std::string_view meaning;  ///< for --help
};
std::span<const Preset> presets();

/// Tokens, keys and policy: all that a run needs.
struct Workload {
  std::string name;
  RunOptions options;   ///< inputs, keys, policy, format, fields
  std::string dataset;  ///< BenchRow::dataset
  std::uint64_t bytes = 0;
  std::shared_ptr<MemoryFile> memory;  ///< holds the tokens that were made here
};

/// What a workload is made from. Text of an argument -> a preset or a file with a recipe; errors
/// name what there is.
struct WorkloadSource {
  std::string name;
  Recipe recipe;
};
struct WorkloadSize {
  bool quick = false;
  std::optional<std::uint64_t> tokens;  ///< --tokens
};
Result<WorkloadSource> find_workload(const std::string& argument, const WorkloadSize& size);
/// "rs256/4096" -> "RS256/4096": the name of algorithm_workload() that is meant, in the letters of
/// the standard. Error (kUsage) where there is none.
Result<std::string> algorithm_named(const std::string& name);
/// A workload of a single algorithm, tokens of some 400 characters, all good and all distinct; the
/// name is that of the algorithm, "RS256" or "RS256/4096" with the bits of an RSA key.
Result<WorkloadSource> algorithm_workload(const std::string& name, const WorkloadSize& size);

Result<World> world_of(const WorkloadSource& source);
/// BenchRow::dataset of tokens made from a recipe whose labels these are.
std::string dataset_of(const Recipe& recipe, std::string_view labels);

/// Makes the tokens in memory. `progress` gets the tokens made so far; `interrupted` ends it (Error
/// kInterrupted).
Result<Workload> make_workload(const WorkloadSource& source,
                               const std::function<void(std::uint64_t)>& progress,
                               const std::function<bool()>& interrupted = {});

/// The workload that --from-log makes.
inline constexpr std::string_view kFromLog = "from-log";
/// A captured log as it stands in its place. Nothing of the file is kept but its SHA-256.
Result<Workload> log_workload(const std::string& path, RunOptions options);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_WORKLOAD_H_
