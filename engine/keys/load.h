#ifndef JOTMILL_KEYS_LOAD_H_
#define JOTMILL_KEYS_LOAD_H_

#include <span>
#include <vector>

#include "jotmill/keys.h"
#include "jotmill/options.h"
#include "jotmill/result.h"
#include "keys/key_ring.h"

namespace jotmill {

/// A key file may be this long, a raw secret that long, in bytes.
inline constexpr std::size_t kMostKeyFileBytes = std::size_t{256} << 20;
inline constexpr std::size_t kMostSecretBytes = std::size_t{1} << 20;

/// Reads, checks and indexes all keys of a run. The content of a file decides what it is: JWK, JWK
/// Set, PEM or DER. A directory gives its regular files, sorted by name as bytes; folders inside it
/// are named in a warning. Of a raw secret one trailing newline (LF, or CR LF) is dropped, with a
/// warning. Errors, with the path and for JSON the byte: kUnreadable; kKeys, a file refused whole;
/// kNoKeys, when `sources` hold no key at all; kInternal, out of memory.
Result<KeyRing> load_keys(std::span<const KeySource> sources, bool allow_weak_secret);

/// Overwrites what the sources hold in memory, before that is given back: it may be secrets.
void wipe_contents(std::span<KeySource> sources);

/// The same at the end of a scope, however it is left. Of sources that outlive it and are not
/// added to.
class ContentsWiper {
 public:
  explicit ContentsWiper(std::span<KeySource> sources) : sources_(sources) {}
  ~ContentsWiper() { wipe_contents(sources_); }
  ContentsWiper(const ContentsWiper&) = delete;
  ContentsWiper& operator=(const ContentsWiper&) = delete;

 private:
  std::span<KeySource> sources_;
};

/// Every key of the ring in words, in load order; element i is key index i.
std::vector<KeyInfo> list_keys(const KeyRing& ring);

}  // namespace jotmill

#endif  // JOTMILL_KEYS_LOAD_H_
