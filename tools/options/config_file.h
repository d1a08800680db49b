#ifndef JOTMILL_TOOLS_OPTIONS_CONFIG_FILE_H_
#define JOTMILL_TOOLS_OPTIONS_CONFIG_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/result.h"

namespace jotmill::tools {

/// One `name = value` of a config file; a list has several values.
struct ConfigEntry {
  std::string name;  ///< long option name without its dashes
  std::vector<std::string> values;
  std::size_t line = 0;  ///< 1-based
};

/// Reads the part of TOML 1.0 that options need: top-level keys, strings ("..." with escapes and
/// '...'), numbers, dates and booleans (handed out as written), lists of those over any number of
/// lines, comments. Tables, nested lists and multi-line strings are refused with their line, as is
/// a name given twice. Written here because CLI11's reader cuts a value at a # within quotes and
/// does not know escapes: it would change an issuer without a word.
Result<std::vector<ConfigEntry>> parse_config(std::string_view text, const std::string& path);

/// parse_config over a file of at most 1 MiB.
Result<std::vector<ConfigEntry>> read_config_file(const std::string& path);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_CONFIG_FILE_H_
