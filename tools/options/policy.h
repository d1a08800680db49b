#ifndef JOTMILL_TOOLS_OPTIONS_POLICY_H_
#define JOTMILL_TOOLS_OPTIONS_POLICY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "jotmill/options.h"
#include "jotmill/result.h"
#include "tools/options/given.h"

namespace jotmill::tools {

/// The options that verify and explain share, text -> values. Every Error is kUsage, kNoKeys or
/// kUnsupported with the option's name as its subject. `now` is read once, here.
Result<Policy> read_policy(const Given& given);

/// --keys and --secret-file in the order: all --keys, then all --secret-file.
Result<std::vector<KeySource>> read_key_sources(const Given& given);

/// --kernels: kernel name -> variant name.
Result<std::map<std::string, std::string>> read_kernels(const Given& given);

/// An option whose value is a number from `least` to `most`, or off, which is 0; nothing when it is
/// not given.
Result<std::optional<std::uint64_t>> read_count_or_off(const Given& given, const std::string& name,
                                                       std::uint64_t least, std::uint64_t most);

/// The features that JOTMILL_CPU_MASK takes away from the kernels; empty when it is not set.
std::vector<std::string> cpu_mask_of_environment();

/// --color: whether output to `fd` is coloured.
Result<bool> read_color(const Given& given, int fd);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_POLICY_H_
