#ifndef JOTMILL_TOOLS_OPTIONS_GIVEN_H_
#define JOTMILL_TOOLS_OPTIONS_GIVEN_H_

#include <optional>
#include <string>
#include <vector>

#include "jotmill/result.h"

namespace CLI {
class App;
}

namespace jotmill::tools {

/// The values that the user gave to the options of one command, as text.
class Given {
 public:
  explicit Given(const CLI::App& app) : app_(&app) {}

  /// Every value of a repeatable option or positional, in the order of the command line.
  std::vector<std::string> all(const std::string& name) const;
  /// The value of a single option; nothing when it was not given.
  std::optional<std::string> one(const std::string& name) const;
  bool has(const std::string& name) const;

  /// An Error that names the first given option that this build does not have.
  Status check_available(unsigned command) const;

 private:
  const CLI::App* app_;
};

/// `error` with the option's name as its subject.
Error about(const std::string& option, Error error);
Error usage_error(std::string option, std::string reason);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_GIVEN_H_
