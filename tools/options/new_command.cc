#include "tools/options/new_command.h"

#include <CLI/CLI.hpp>
#include <string>

#include "tools/options/table.h"

namespace jotmill::tools {
namespace {

constexpr int kMostArguments = 1 << 28;

CLI::MultiOptionPolicy policy_of(bool repeat) {
  return repeat ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw;
}

}  // namespace

NewCommand::NewCommand(CLI::App& program, const char* name, const char* description,
                       const char* footer)
    : command_(program.add_subcommand(name, description)) {
  command_->footer(footer);
}

void NewCommand::arguments(const char* name, const char* meaning) {
  command_->add_option(name, CLI::callback_t{}, meaning)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(kMostArguments)
      ->type_name("");
}

void NewCommand::argument(const char* name, const char* meaning) {
  command_->add_option(name, CLI::callback_t{}, meaning)->expected(1)->type_name("");
}

void NewCommand::option(const char* name, const char* value, const char* group, const char* meaning,
                        bool repeat) {
  CLI::Option* option = command_->add_option(name, CLI::callback_t{}, meaning);
  option->type_name(value)->expected(1)->multi_option_policy(policy_of(repeat));
  if (*group != '\0') option->group(group);
}

void NewCommand::flag(const char* name, const char* group, const char* meaning) {
  CLI::Option* flag = command_->add_flag(name)->description(meaning);
  if (*group != '\0') flag->group(group);
}

void NewCommand::table_options(unsigned command) {
  for (const OptionSpec& spec : option_table()) {
    if ((spec.commands & command) == 0) continue;
    const std::string name(spec.name);
    CLI::Option* option =
        spec.value.empty() ? command_->add_flag(name)->description(std::string(spec.help))
                           : command_->add_option(name, CLI::callback_t{}, std::string(spec.help));
    option->group(spec.missing.empty() ? std::string(spec.group) : std::string());
    if (spec.value.empty()) continue;
    option->type_name(std::string(spec.value))->expected(1);
    option->multi_option_policy(policy_of(spec.repeat));
  }
}

void NewCommand::runs(int (*work)(const Given& given), int& exit_code) {
  command_->callback([command = command_, work, &exit_code] { exit_code = work(Given(*command)); });
}

}  // namespace jotmill::tools
