#ifndef JOTMILL_TESTS_CLI_GENERATED_SET_H_
#define JOTMILL_TESTS_CLI_GENERATED_SET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/reference_verifier.h"
#include "tools/generate/capture.h"
#include "tools/generate/world.h"

namespace jotmill::cli_test {

/// The text of a built-in recipe.
std::string_view recipe_text(std::string_view name);
/// A built-in recipe; fails the test when there is none or it is damaged.
tools::Recipe built_in_recipe(std::string_view name);
/// Its world; fails the test when it has none.
tools::World world_of(tools::Recipe recipe);

struct Label {
  std::string source, verdict, what;
  std::uint64_t line = 0;
  std::optional<std::string> alg, kid;
};

/// A token as the reader of a capture finds it.
struct FoundToken {
  std::uint64_t line = 0;
  std::string bytes;
};

/// What produce() wrote, read back.
struct GeneratedSet {
  std::vector<FoundToken> tokens;  ///< of a shape: as the reference extraction finds them
  std::vector<Label> labels;
  tools::Tally tally;
  std::uint64_t blank = 0, without_token = 0, not_json = 0;  ///< counted while reading
};

/// Generates into `folder` and reads everything back: records by the rules of the formats lines and
/// jsonl (a token behind "Bearer " or "DPoP " in any case, one line end removed), written here
/// anew.
GeneratedSet generate(const tools::World& world, const std::string& folder, unsigned threads = 2);

/// The same keys and policy for the oracle; the keys are loaded from the files in `folder`.
reference::Keys reference_keys(const tools::World& world, const std::string& folder);
reference::Policy reference_policy(const tools::World& world);

}  // namespace jotmill::cli_test

#endif  // JOTMILL_TESTS_CLI_GENERATED_SET_H_
