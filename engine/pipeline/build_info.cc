#include "jotmill/build.h"
#include "verify/hash_many.h"
#include "verify/openssl_backend.h"

#define JOTMILL_TEXT_(x) #x

namespace jotmill {
namespace {

std::string compiler() {
#if defined(__clang__)
  std::string name = "clang " + std::string(__clang_version__);
#else
  std::string name = "g++ " + std::string(__VERSION__);
#endif
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return name + ", " + JOTMILL_BUILD_TYPE;
}

}  // namespace

const BuildInfo& build_info() {
  static const BuildInfo info = [] {
    BuildInfo made = {.version = JOTMILL_VERSION,
                      .commit = JOTMILL_COMMIT,
                      .compiler = compiler(),
                      .flags = JOTMILL_FLAGS,
                      .libraries = {openssl_version(), "simdjson " JOTMILL_SIMDJSON_VERSION,
                                    "oneTBB " JOTMILL_TBB_VERSION, "xxHash " JOTMILL_XXHASH_VERSION,
                                    "zlib " JOTMILL_ZLIB_VERSION, "zstd " JOTMILL_ZSTD_VERSION,
                                    "xz " JOTMILL_LZMA_VERSION}};
    if (const std::string library = hash_library(); !library.empty()) {
      made.libraries.push_back(library);
    }
    return made;
  }();
  return info;
}

}  // namespace jotmill
