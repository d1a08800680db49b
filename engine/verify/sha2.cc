// SHA-2 through OpenSSL's state-level functions. They are marked deprecated since 3.0 in favour of
// EVP, but EVP has no way to start from a stored state without allocating and locking for each
// message: at 250 bytes that costs as much as the hash.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "verify/sha2.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <type_traits>

namespace jotmill {
namespace {

/// SHA-384 is SHA-512 with another start, so one set of functions serves both; OpenSSL cuts the
/// result by md_len.
struct Sha256 {
  using Context = SHA256_CTX;
  static constexpr std::size_t kBlockBytes = 64;
  static void update(Context& c, Bytes data) { SHA256_Update(&c, data.data(), data.size()); }
  static void finish(Context& c, std::uint8_t* out) { SHA256_Final(out, &c); }
};
struct Sha512 {
  using Context = SHA512_CTX;
  static constexpr std::size_t kBlockBytes = 128;
  static void update(Context& c, Bytes data) { SHA512_Update(&c, data.data(), data.size()); }
  static void finish(Context& c, std::uint8_t* out) { SHA512_Final(out, &c); }
};

/// A context that has eaten one block and stands at `words`.
template <typename Sha>
typename Sha::Context resume(const std::array<std::uint64_t, 8>& words, std::size_t digest_bytes) {
  typename Sha::Context c{};
  using Word = std::remove_reference_t<decltype(c.h[0])>;
  for (std::size_t i = 0; i < 8; ++i) c.h[i] = static_cast<Word>(words[i]);
  c.Nl = static_cast<Word>(Sha::kBlockBytes * 8);
  c.md_len = static_cast<unsigned>(digest_bytes);
  return c;
}

template <typename Sha>
DigestBytes hmac(const HmacStates& states, Bytes data, std::size_t digest_bytes) {
  DigestBytes out{};
  auto inner = resume<Sha>(states.inner, digest_bytes);
  Sha::update(inner, data);
  Sha::finish(inner, out.data());
  auto outer = resume<Sha>(states.outer, digest_bytes);
  Sha::update(outer, {out.data(), digest_bytes});
  Sha::finish(outer, out.data());
  OPENSSL_cleanse(&inner, sizeof inner);  // as good as the key
  OPENSSL_cleanse(&outer, sizeof outer);
  return out;
}

}  // namespace

// SHA256() and its like look the algorithm up by its name for each message: twice the cost of
// hashing 250 bytes.
DigestBytes sha2(Hash hash, Bytes data) {
  DigestBytes out{};
  if (hash == Hash::kSha256) {
    SHA256_CTX context;
    SHA256_Init(&context);
    Sha256::update(context, data);
    Sha256::finish(context, out.data());
  } else if (hash != Hash::kNone) {
    SHA512_CTX context;
    hash == Hash::kSha384 ? SHA384_Init(&context) : SHA512_Init(&context);
    Sha512::update(context, data);
    Sha512::finish(context, out.data());
  }
  return out;
}

DigestBytes hmac_tag(Hash hash, const HmacStates& states, Bytes data) {
  if (hash == Hash::kSha256) return hmac<Sha256>(states, data, 32);
  return hmac<Sha512>(states, data, hash_bytes(hash));
}

struct Fingerprint::State {
  bool keyed = false;
  SHA256_CTX inner_start{}, outer_start{}, running{};
};

Fingerprint::Fingerprint(Bytes key) : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->inner_start);
  if (key.empty()) return;
  state_->keyed = true;
  std::array<std::uint8_t, 64> pad{};
  if (key.size() > pad.size()) {
    SHA256(key.data(), key.size(), pad.data());
  } else {
    std::copy(key.begin(), key.end(), pad.begin());
  }
  for (auto& byte : pad) byte ^= 0x36;
  SHA256_Update(&state_->inner_start, pad.data(), pad.size());
  for (auto& byte : pad) byte ^= 0x36 ^ 0x5c;
  SHA256_Init(&state_->outer_start);
  SHA256_Update(&state_->outer_start, pad.data(), pad.size());
  OPENSSL_cleanse(pad.data(), pad.size());
}

Fingerprint::~Fingerprint() { OPENSSL_cleanse(state_.get(), sizeof(State)); }

void Fingerprint::begin() { state_->running = state_->inner_start; }

void Fingerprint::update(Bytes piece) {
  SHA256_Update(&state_->running, piece.data(), piece.size());
}

std::array<std::uint8_t, 32> Fingerprint::finish() {
  std::array<std::uint8_t, 32> out{};
  SHA256_Final(out.data(), &state_->running);
  if (state_->keyed) {
    SHA256_CTX outer = state_->outer_start;
    SHA256_Update(&outer, out.data(), out.size());
    SHA256_Final(out.data(), &outer);
    OPENSSL_cleanse(&outer, sizeof outer);
  }
  return out;
}

std::array<std::uint8_t, 32> Fingerprint::of(Bytes token) {
  begin();
  update(token);
  return finish();
}

}  // namespace jotmill
