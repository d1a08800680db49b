#include "verify/rsa_encoding.h"

#include <array>
#include <cstring>

#include "core/check.h"
#include "verify/sha2.h"

namespace jotmill {
namespace {

constexpr std::size_t kMaxBlockBytes = 2048;  // of a modulus of 16384 bits, the largest we load
constexpr std::size_t kMaxHashBytes = 64;

/// DER of the DigestInfo up to the digest: SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING } (RFC
/// 8017 s9.2, note 1). The hashes differ in the last arc of the OID and in the lengths.
using Prefix = std::array<std::uint8_t, 19>;

constexpr Prefix digest_info_prefix(std::uint8_t last_arc, std::uint8_t hash_len) {
  return {0x30,     static_cast<std::uint8_t>(17 + hash_len),
          0x30,     0x0d,
          0x06,     0x09,
          0x60,     0x86,
          0x48,     0x01,
          0x65,     0x03,
          0x04,     0x02,
          last_arc, 0x05,
          0x00,     0x04,
          hash_len};
}

Prefix digest_info_prefix(Hash hash) {
  switch (hash) {
    case Hash::kSha256: return digest_info_prefix(1, 32);
    case Hash::kSha384: return digest_info_prefix(2, 48);
    case Hash::kSha512: return digest_info_prefix(3, 64);
    case Hash::kNone: break;
  }
  JM_CHECK(false);
  return {};
}

/// bytes := bytes XOR MGF1(seed) (RFC 8017 appendix B.2.1).
void unmask(Hash hash, Bytes seed, std::span<std::uint8_t> bytes) {
  const std::size_t step = hash_bytes(hash);
  std::array<std::uint8_t, kMaxHashBytes + 4> input;
  std::memcpy(input.data(), seed.data(), seed.size());
  for (std::uint32_t counter = 0; counter * step < bytes.size(); ++counter) {
    for (unsigned k = 0; k < 4; ++k)
      input[seed.size() + k] = static_cast<std::uint8_t>(counter >> (24 - 8 * k));
    const DigestBytes mask = sha2(hash, {input.data(), seed.size() + 4});
    const std::size_t from = counter * step;
    for (std::size_t k = 0; k < step && from + k < bytes.size(); ++k) bytes[from + k] ^= mask[k];
  }
}

}  // namespace

bool is_pkcs1_encoding(Hash hash, Bytes digest, Bytes block) {
  const Prefix prefix = digest_info_prefix(hash);
  JM_CHECK(digest.size() == hash_bytes(hash));
  // 00 01 FF ... FF 00 DigestInfo, at least eight FF.
  if (block.size() < 3 + 8 + prefix.size() + digest.size()) return false;
  const std::size_t zero = block.size() - digest.size() - prefix.size() - 1;
  if (block[0] != 0x00 || block[1] != 0x01 || block[zero] != 0x00) return false;
  // All bytes together: a loop that may stop early is not vectorised.
  std::uint8_t filler = 0xFF;
  for (std::size_t i = 2; i < zero; ++i) filler &= block[i];
  if (filler != 0xFF) return false;
  return std::memcmp(block.data() + zero + 1, prefix.data(), prefix.size()) == 0 &&
         std::memcmp(block.data() + zero + 1 + prefix.size(), digest.data(), digest.size()) == 0;
}

bool is_pss_encoding(Hash hash, Bytes digest, Bytes block) {
  const std::size_t hash_len = hash_bytes(hash), salt_len = hash_len;
  JM_CHECK(digest.size() == hash_len && block.size() <= kMaxBlockBytes);
  // Step numbers of RFC 8017 s9.1.2. emBits is one less than the modulus has: emLen is
  // block.size().
  if (block.size() < hash_len + salt_len + 2) return false;  // 3
  if (block.back() != 0xBC) return false;                    // 4
  const std::size_t db_len = block.size() - hash_len - 1;    // 5
  const Bytes h = block.subspan(db_len, hash_len);
  if ((block[0] & 0x80) != 0) return false;  // 6
  std::array<std::uint8_t, kMaxBlockBytes> db;
  std::memcpy(db.data(), block.data(), db_len);
  unmask(hash, h, {db.data(), db_len});  // 7, 8
  db[0] &= 0x7F;                         // 9
  const std::size_t one = db_len - salt_len - 1;
  for (std::size_t i = 0; i < one; ++i) {  // 10
    if (db[i] != 0) return false;
  }
  if (db[one] != 0x01) return false;
  std::array<std::uint8_t, 8 + 2 * kMaxHashBytes> again{};  // 11, 12: eight zero bytes
  std::memcpy(again.data() + 8, digest.data(), hash_len);
  std::memcpy(again.data() + 8 + hash_len, db.data() + one + 1, salt_len);
  const DigestBytes h_again = sha2(hash, {again.data(), 8 + hash_len + salt_len});  // 13
  return std::memcmp(h.data(), h_again.data(), hash_len) == 0;                      // 14
}

}  // namespace jotmill
