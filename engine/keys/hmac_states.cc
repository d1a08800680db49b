// The states inside a hash are not to be had through EVP: these functions are old, not unsound.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "keys/hmac_states.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace jotmill {
namespace {

struct Sha256 {
  using Context = SHA256_CTX;
  static constexpr std::size_t kBlock = SHA256_CBLOCK;
  static void init(Context& c) { SHA256_Init(&c); }
  static void update(Context& c, Bytes b) { SHA256_Update(&c, b.data(), b.size()); }
  static void final(Context& c, std::uint8_t* out) { SHA256_Final(out, &c); }
};
struct Sha512 {
  using Context = SHA512_CTX;
  static constexpr std::size_t kBlock = SHA512_CBLOCK;
  static void init(Context& c) { SHA512_Init(&c); }
  static void update(Context& c, Bytes b) { SHA512_Update(&c, b.data(), b.size()); }
  static void final(Context& c, std::uint8_t* out) { SHA512_Final(out, &c); }
};
struct Sha384 : Sha512 {
  static void init(Context& c) { SHA384_Init(&c); }
  static void final(Context& c, std::uint8_t* out) { SHA384_Final(out, &c); }
};

// State after the one block that is the key XOR a pad byte.
template <typename Sha>
void set_padded_state(std::array<std::uint64_t, 8>& state,
                      std::array<std::uint8_t, Sha::kBlock> block, std::uint8_t pad) {
  for (std::uint8_t& byte : block) byte ^= pad;
  typename Sha::Context context;
  Sha::init(context);
  Sha::update(context, block);
  std::copy(std::begin(context.h), std::end(context.h), state.begin());
  OPENSSL_cleanse(block.data(), block.size());
  OPENSSL_cleanse(&context, sizeof(context));
}

template <typename Sha>
void set_states(HmacStates& states, Bytes secret) {
  std::array<std::uint8_t, Sha::kBlock> block{};
  if (secret.size() <= block.size()) {
    std::copy(secret.begin(), secret.end(), block.begin());
  } else {
    typename Sha::Context context;
    Sha::init(context);
    Sha::update(context, secret);
    Sha::final(context, block.data());
    OPENSSL_cleanse(&context, sizeof(context));
  }
  // In place: a copy that the compiler makes on the way is wiped by nobody.
  set_padded_state<Sha>(states.inner, block, 0x36);
  set_padded_state<Sha>(states.outer, block, 0x5C);
  OPENSSL_cleanse(block.data(), block.size());
}

}  // namespace

SecretVector<HmacStates> make_hmac_states(Bytes secret) {
  SecretVector<HmacStates> states(3);
  set_states<Sha256>(states[0], secret);
  set_states<Sha384>(states[1], secret);
  set_states<Sha512>(states[2], secret);
  return states;
}

}  // namespace jotmill
