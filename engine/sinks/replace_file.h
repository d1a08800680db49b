#ifndef JOTMILL_SINKS_REPLACE_FILE_H_
#define JOTMILL_SINKS_REPLACE_FILE_H_

#include <string>
#include <string_view>

#include "jotmill/result.h"

namespace jotmill {

/// What replace_file() writes before it takes the place of `path`; one that a killed process left
/// is written over.
std::string temporary_of(const std::string& path);

/// `path` holds `bytes` after it, with mode 0600, and on the disk; after any failure, a kill or a
/// loss of power it holds what it held before. Error kOutput.
Status replace_file(const std::string& path, std::string_view bytes);

/// Whether replace_file() could write its temporary there; leaves nothing behind. Error kOutput.
Status check_replaceable(const std::string& path);

}  // namespace jotmill

#endif  // JOTMILL_SINKS_REPLACE_FILE_H_
