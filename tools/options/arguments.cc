#include "tools/options/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tools/options/config_file.h"
#include "tools/options/given.h"
#include "tools/options/parse.h"
#include "tools/options/table.h"
#include "tools/options/token_argument.h"
#include "tools/safe_text.h"

namespace jotmill::tools {
namespace {

constexpr std::string_view kSecretFile = "[KID=]PATH";

/// "--name", also of a hidden option (whose get_name() is empty).
std::string name_of(const CLI::Option& option) {
  return option.get_lnames().empty() ? "-" + option.get_single_name()
                                     : "--" + option.get_lnames().front();
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

bool is_single(const CLI::Option& option) {
  return !is_flag(option) && option.get_multi_option_policy() == CLI::MultiOptionPolicy::Throw &&
         option.get_expected_max() == 1;
}

std::string unknown_option(const CLI::App& command, const std::string& name) {
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    if (option->nonpositional() && !option->get_group().empty())
      known.push_back(option->get_name());
  }
  const auto close = nearest(name, known);
  const auto hint = close ? fmt::format("did you mean {}?", *close)
                          : fmt::format("'jotmill {} --help' lists them", command.get_name());
  return fmt::format("there is no such option; {}", hint);
}

/// The walk over the command line: options by name with their values, and the rest.
class Walk {
 public:
  explicit Walk(CLI::App& command) : command_(command) {}

  Status run(std::span<const std::string> args) {
    for (std::size_t i = 0; i < args.size(); ++i) {
      const std::string& arg = args[i];
      if (arg == "--") {
        positionals_.insert(positionals_.end(), args.begin() + i + 1, args.end());
        break;
      }
      if (arg == "-h" || arg == "--help") {
        help = true;
        return Unit{};
      }
      if (arg.size() < 2 || arg.front() != '-') {
        positionals_.push_back(arg);
        continue;
      }
      Status taken = take_option(args, i);
      if (!taken) return taken;
    }
    return Unit{};
  }

  /// Adds the file's options that the command line does not give.
  Status add_config(const std::string& path) {
    Result<std::vector<ConfigEntry>> read = read_config_file(path);
    if (!read) return read.error();
    std::vector<std::pair<std::string, std::string>> from_file;
    for (const ConfigEntry& entry : read.value()) {
      Status added = add_entry(path, entry, from_file);
      if (!added) return added;
    }
    options_.insert(options_.begin(), from_file.begin(), from_file.end());
    return Unit{};
  }

  /// No message repeats a key or secret that was given in the place of a path.
  Status refuse_keys() const {
    for (const auto& [name, value] : options_) {
      const std::string kind = command_.get_option(name)->get_type_name();
      if (kind == kSecretFile) {
        const std::size_t equals = value.find('=');
        const std::string path = value.substr(equals == std::string::npos ? 0 : equals + 1);
        // A secret in base64 may end in =.
        if (Status sound = refuse_secret(name, path); !sound) return sound;
      } else if (name == "--fingerprint-key") {
        if (Status sound = refuse_secret(name, value); !sound) return sound;
      } else if (kind.find("PATH") != kind.npos || kind.find("FILE") != kind.npos) {
        if (Status sound = refuse_key(name, value); !sound) return sound;
      }
    }
    if (command_.get_name() == "explain") return Unit{};  // a token, which is never named
    const auto options =
        command_.get_options([](const CLI::Option* option) { return option->get_positional(); });
    const std::string role = options.empty() ? "argument" : options.front()->get_name(true);
    for (const std::string& value : positionals_) {
      if (Status sound = refuse_key(role, value); !sound) return sound;
    }
    return Unit{};
  }

  std::vector<std::string> canonical() const {
    std::vector<std::string> out;
    for (const auto& [name, value] : options_) {
      out.push_back(name);
      if (!is_flag(*command_.get_option(name))) out.push_back(value);
    }
    if (!positionals_.empty()) out.push_back("--");
    out.insert(out.end(), positionals_.begin(), positionals_.end());
    return out;
  }

  std::optional<std::string> config_path() const {
    for (const auto& [name, value] : options_) {
      if (name == "--config") return value;
    }
    return std::nullopt;
  }

  bool help = false;

 private:
  Status take_option(std::span<const std::string> args, std::size_t& i) {
    const std::string& arg = args[i];
    const std::size_t equals = arg.starts_with("--") ? arg.find('=') : std::string::npos;
    const std::string name = arg.substr(0, equals);
    const CLI::Option* option = command_.get_option_no_throw(name);
    if (option == nullptr || !option->nonpositional()) {
      return usage_error(printable(name, 40), unknown_option(command_, name));
    }
    const std::string shown = name_of(*option);
    if (is_flag(*option)) {
      if (equals != std::string::npos) return usage_error(shown, "takes no value");
      options_.emplace_back(shown, "true");
      return Unit{};
    }
    if (is_single(*option) && count(shown) > 0) {
      return usage_error(shown, "given more than once; it takes one value");
    }
    if (equals != std::string::npos) {
      options_.emplace_back(shown, arg.substr(equals + 1));
    } else if (i + 1 < args.size()) {
      options_.emplace_back(shown, args[++i]);
    } else {
      return usage_error(shown,
                         fmt::format("needs a value: {} {}", shown, option->get_type_name()));
    }
    return Unit{};
  }

  Status add_entry(const std::string& path, const ConfigEntry& entry,
                   std::vector<std::pair<std::string, std::string>>& from_file) {
    const std::string name = "--" + entry.name;
    const auto wrong = [&](const std::string& reason) {
      return usage_error(fmt::format("{}:{}: {}", path, entry.line, printable(entry.name, 40)),
                         reason);
    };
    const CLI::Option* option = command_.get_option_no_throw(name);
    // One file serves verify and explain: each passes over what only the other has. The two options
    // called --format mean different things, and a file speaks of verify's.
    const bool explain = command_.get_name() == "explain";
    if (explain && in_option_table(name) && (option == nullptr || name == "--format"))
      return Unit{};
    if (option == nullptr || name == "--help" || name == "--config") {
      return wrong(name == "--config" ? "a file cannot name another"
                                      : unknown_option(command_, name));
    }
    if (count(name) > 0) return Unit{};  // the command line wins
    if (is_flag(*option)) {
      const bool on = entry.values == std::vector<std::string>{"true"};
      if (!on && entry.values != std::vector<std::string>{"false"})
        return wrong("is true or false");
      if (on) from_file.emplace_back(name, "true");
      return Unit{};
    }
    if (is_single(*option) && entry.values.size() != 1) return wrong("takes one value");
    // A check that was meant would be left out.
    if (entry.values.empty()) return wrong("an empty list; leave the option out");
    for (const std::string& value : entry.values) from_file.emplace_back(name, value);
    return Unit{};
  }

  std::size_t count(const std::string& name) const {
    return static_cast<std::size_t>(
        std::ranges::count(options_, name, [](const auto& option) { return option.first; }));
  }

  CLI::App& command_;
  std::vector<std::pair<std::string, std::string>> options_;
  std::vector<std::string> positionals_;
};

}  // namespace

Result<Arguments> read_arguments(CLI::App& command, std::span<const std::string> args) {
  for (CLI::Option* option : command.get_options({})) {
    if (option->nonpositional()) option->allow_extra_args(false);
  }
  Walk walk(command);
  const Status walked = walk.run(args);
  if (!walked) return walked.error();
  if (walk.help) return Arguments{true, {}};
  if (const auto path = walk.config_path()) {
    if (Status sound = walk.refuse_keys(); !sound) return sound.error();
    const Status added = walk.add_config(*path);
    if (!added) return added.error();
  }
  if (Status sound = walk.refuse_keys(); !sound) return sound.error();
  return Arguments{false, walk.canonical()};
}

}  // namespace jotmill::tools
