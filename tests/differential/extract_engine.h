#ifndef JOTMILL_TESTS_DIFFERENTIAL_EXTRACT_ENGINE_H_
#define JOTMILL_TESTS_DIFFERENTIAL_EXTRACT_ENGINE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "jotmill/jotmill.hpp"
#include "support/reference_extract.h"
#include "tools/generate/world.h"

namespace jotmill::testing {

/// A record with the place of a token, as check_labels() reads it; its verdict is "-".
std::string place_record(const std::string& source, const reference::ExtractedToken& token);

/// Verifies generated files of `folder` with the keys and the policy of their world; the records go
/// to verdicts.ndjson there.
Result<RunOutcome> verify_run(const tools::World& world, const std::filesystem::path& folder,
                              const std::vector<std::string>& inputs);

/// What the engine finds in `text` otherwise than `wanted`, in words; empty: nothing.
std::string engine_difference(const std::filesystem::path& folder, const std::string& text,
                              const reference::Extraction& wanted);

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_DIFFERENTIAL_EXTRACT_ENGINE_H_
