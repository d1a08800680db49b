#ifndef JOTMILL_KEYS_KEY_RING_BUILDER_H_
#define JOTMILL_KEYS_KEY_RING_BUILDER_H_

#include <memory>
#include <string>
#include <vector>

#include "keys/key_ring.h"

namespace jotmill {

/// Gathers keys source by source and builds the ring with its index.
class KeyRingBuilder {
 public:
  KeyRingBuilder();
  ~KeyRingBuilder();

  /// The keys that follow come from here. Their positions count from 0.
  void begin_source(std::string path);
  /// A key that has been through KeyPreparer, or many of them.
  void add(PreparedKey key);
  void add(std::vector<PreparedKey> keys);
  /// A remark about a file or folder.
  void warn(std::string_view path, std::string_view remark);
  std::size_t key_count() const;

  /// Drops keys that say nothing new (same material, kid, alg and use as an earlier one), numbers
  /// key material, and makes the index. Adds a remark for each source that has duplicates, private
  /// keys or refused keys. Linear in the number of keys. The builder is spent.
  KeyRing build();

 private:
  std::unique_ptr<KeyRing::State> state_;
};

}  // namespace jotmill

#endif  // JOTMILL_KEYS_KEY_RING_BUILDER_H_
