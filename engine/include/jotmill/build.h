#ifndef JOTMILL_BUILD_H_
#define JOTMILL_BUILD_H_

#include <string>
#include <vector>

namespace jotmill {

/// What a build is made of: for --version and for every report, so that a number can be traced to
/// the code that made it.
struct BuildInfo {
  std::string version;  ///< of jotmill, e.g. "0.1.0"
  std::string
      commit;  ///< of the source, "+" when it was changed since; "unknown" outside a checkout
  std::string compiler;                ///< with the build type
  std::string flags;                   ///< that all files of the engine are compiled with
  std::vector<std::string> libraries;  ///< "OpenSSL 3.0.17", ...
};
const BuildInfo& build_info();

}  // namespace jotmill

#endif  // JOTMILL_BUILD_H_
