#ifndef JOTMILL_SINKS_LOCK_H_
#define JOTMILL_SINKS_LOCK_H_

#include <string>

#include "jotmill/result.h"

namespace jotmill {

/// Locks the open file for as long as it is open (flock). False: another process has it. Where a
/// file system has no locks (ENOLCK, ENOTSUP) everyone is the only one.
bool take_lock(int fd);

/// Opens the file at `path`, no link, so that it can be locked: for writing where that is allowed,
/// for NFS wants it so (flock(2)). -1 and errno.
int open_to_lock(const std::string& path);

/// What to say then; kUsage.
Error held_by_another(const std::string& path);

}  // namespace jotmill

#endif  // JOTMILL_SINKS_LOCK_H_
