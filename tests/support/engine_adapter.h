#ifndef JOTMILL_TESTS_SUPPORT_ENGINE_ADAPTER_H_
#define JOTMILL_TESTS_SUPPORT_ENGINE_ADAPTER_H_

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/jotmill.hpp"
#include "support/reference_verifier.h"

namespace jotmill::testing {

/// A folder that goes away with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string write(const std::string& name, std::string_view bytes) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The reference's words in the engine's terms.
Policy engine_policy(const reference::Policy& policy);

/// Key files as key sources in the same order.
std::vector<KeySource> engine_keys(const std::vector<reference::KeyFile>& files);

/// The engine in the place of any verifier of the vectors. Keeps one Verifier for each set of keys
/// and policy.
class EngineAdapter {
 public:
  /// Keys that are refused whole give internal_error with the reason as detail.
  TokenVerdict judge(std::string_view token, const std::vector<reference::KeyFile>& keys,
                     const reference::Policy& policy);

 private:
  std::map<std::string, Result<Verifier>> verifiers_;
};

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_ENGINE_ADAPTER_H_
