#ifndef JOTMILL_TOOLS_OPTIONS_CLASHES_H_
#define JOTMILL_TOOLS_OPTIONS_CLASHES_H_

#include <string>
#include <vector>

#include "jotmill/result.h"

namespace jotmill::tools {

/// A file that a run touches, with the words that name its role in a message.
struct FileUse {
  std::string role;  ///< "--verdicts", "an input", ...
  std::string path;
};

/// What a run reads and writes, as far as paths tell. "-" is a standard stream.
struct FileUses {
  std::vector<FileUse> reads;   ///< files, directories or "-" (standard input)
  std::vector<FileUse> writes;  ///< files or "-" (standard output)
};

/// Refuses (kUsage) an output that is also read, by device and inode, so through links too; one
/// that lies within a directory that is read; two outputs in one file; a directory as output.
/// Opens nothing. Devices may be shared: /dev/null can be both.
Status check_clashes(const FileUses& uses);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_OPTIONS_CLASHES_H_
