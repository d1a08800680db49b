#include "tools/options/given.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "tools/options/table.h"

namespace jotmill::tools {

std::vector<std::string> Given::all(const std::string& name) const {
  return app_->get_option(name)->results();
}

std::optional<std::string> Given::one(const std::string& name) const {
  const auto& results = app_->get_option(name)->results();
  if (results.empty()) return std::nullopt;
  return results.front();
}

bool Given::has(const std::string& name) const { return app_->get_option(name)->count() > 0; }

Status Given::check_available(unsigned command) const {
  for (const OptionSpec& spec : option_table()) {
    const std::string name(spec.name);
    if ((spec.commands & command) == 0 || spec.missing.empty() || !has(name)) continue;
    return Error{ErrorKind::kUnsupported, name, std::string(spec.missing)};
  }
  return Unit{};
}

Error about(const std::string& option, Error error) {
  error.subject = option;
  return error;
}

Error usage_error(std::string option, std::string reason) {
  return Error{ErrorKind::kUsage, std::move(option), std::move(reason)};
}

}  // namespace jotmill::tools
