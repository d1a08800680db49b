// Room E: the signature. The token is sound up to here, its key is found and fits.
#include <algorithm>
#include <array>

#include "tools/generate/faults.h"
#include "tools/generate/forge.h"
#include "tools/generate/world_files.h"

namespace jotmill::tools {
namespace {

using enum Verdict;
using namespace std::string_view_literals;

constexpr AlgSet kHalved = static_cast<AlgSet>(kEcdsaAlgs | kEddsaAlgs);
constexpr AlgSet kRsaKeyAlgs = static_cast<AlgSet>(kRsaAlgs | kPssAlgs);

void missing(Forge& f, std::string_view) { f.replace_signature(""); }

// ---- lengths

void shorten(Forge& f, std::string_view by) {
  std::string& signature = f.signature();
  signature.resize(signature.size() - std::stoul(std::string(by)));
}
void halve(Forge& f, std::string_view) { f.signature().resize(f.signature().size() / 2); }
void lengthen(Forge& f, std::string_view) { f.signature() += '\0'; }
void zero_before(Forge& f, std::string_view) { f.signature().insert(0, 1, '\0'); }
void twice(Forge& f, std::string_view) { f.signature() += std::string(f.signature()); }

/// A tag of another hash with the same secret.
void other_hash_tag(Forge& f, std::string_view) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes == 64 ? 32 : 64;
  f.replace_signature(f.signer().hmac(bytes, f.key().secret, f.signing_input()));
}

/// SEQUENCE { r, s } in place of r || s (RFC 7518 s3.4): what most libraries hand out.
void der(Forge& f, std::string_view) {
  f.replace_signature(f.signer().ecdsa_der(f.key(), kAlgs[f.alg()].hash_bytes, f.signing_input()));
}

/// r one byte short, as when it is written as a number without its leading zeros.
void cut_r(Forge& f, std::string_view) { f.signature().erase(0, 1); }

// ---- ranges

/// A half of r || s or R || S: 0 or 1.
void set_half(std::string& signature, int half, const std::string& value) {
  signature.replace(half == 0 ? 0 : signature.size() / 2, signature.size() / 2, value);
}
std::string get_half(const std::string& signature, int half) {
  return signature.substr(half == 0 ? 0 : signature.size() / 2, signature.size() / 2);
}

/// arg is half and value: "r0" makes r zero, "sn" makes s the order of the group, "sf" fills it
/// with ones.
void ecdsa_half(Forge& f, std::string_view arg) {
  std::string& signature = f.signature();
  const std::string order = group_order(f.key().type);
  const std::string value = arg[1] == 'n'   ? order
                            : arg[1] == '0' ? std::string(order.size(), '\0')
                                            : std::string(order.size(), '\xFF');
  set_half(signature, arg[0] == 'r' ? 0 : 1, value);
}
void all_zero(Forge& f, std::string_view) {
  const std::size_t size = signature_bytes(f.alg(), f.key());
  f.replace_signature(std::string(size, '\0'));
}
void all_ones(Forge& f, std::string_view) {
  const std::size_t size = signature_bytes(f.alg(), f.key());
  f.replace_signature(std::string(size, '\xFF'));
}

/// S + L verifies wherever S is not checked (RFC 8032 s8.4).
void eddsa_s_plus_order(Forge& f, std::string_view) {
  std::string& signature = f.signature();
  const std::string sum =
      add_big_endian(reversed(get_half(signature, 1)), reversed(group_order(f.key().type)));
  set_half(signature, 1, reversed(sum));
}
void eddsa_s_is_order(Forge& f, std::string_view) {
  set_half(f.signature(), 1, group_order(f.key().type));
}

/// s = n + arg, which is 0 or more.
void rsa_modulus_plus(Forge& f, std::string_view addend) {
  std::string small(f.key().modulus.size(), '\0');
  small.back() = static_cast<char>(std::stoi(std::string(addend)));
  f.replace_signature(add_big_endian(f.key().modulus, small));
}

// ---- the check itself

/// Low bits alone, so that a number stays in its range: r and s in their lower halves; S of EdDSA
/// too; RSA's last byte.
void flip_bit(Forge& f, std::string_view where) {
  std::string& signature = f.signature();
  std::size_t at = signature.size() - 1 - f.rng().below(16);
  if (where == "first_half") at = signature.size() / 2 - 1 - f.rng().below(8);
  if (where == "s_of_eddsa") at = signature.size() / 2 + f.rng().below(16);
  signature[at] = static_cast<char>(signature[at] ^ 1 << f.rng().below(8));
}

/// The payload is exchanged behind the signer's back.
void other_payload(Forge& f, std::string_view) {
  const std::string signature = f.signature_text();
  std::string payload = *from_base64url(f.signing_input().substr(f.signing_input().find('.') + 1));
  payload.insert(payload.size() - 1, ",\"admin\":true");
  const std::string header = f.signing_input().substr(0, f.signing_input().find('.'));
  f.token() = header + "." + base64url(payload) + "." + signature;
}
/// The same JSON, one space more: the signature is over bytes.
void other_header_bytes(Forge& f, std::string_view) {
  const std::string input = f.signing_input();
  const std::size_t dot = input.find('.');
  std::string header = *from_base64url(input.substr(0, dot));
  header.insert(1, " ");
  const std::string signature = f.signature_text();
  f.token() = base64url(header) + input.substr(dot) + "." + signature;
}

void other_key(Forge& f, std::string_view) {
  const std::string input = f.signing_input();
  for (const World::Key& key : f.world().keys()) {
    // The same length, or it is another fault.
    if (key->kid != f.key().kid && f.world().usable(*key, f.alg()) && key->type == f.key().type &&
        signature_bytes(f.alg(), *key) == signature_bytes(f.alg(), f.key()) &&
        (key->type != KeyType::kRsa || key->modulus <= f.key().modulus)) {
      return f.replace_signature(f.signer().sign(f.alg(), *key, input));
    }
  }
  flip_bit(f, "first_half");  // the only key of its kind
}

void random_tag(Forge& f, std::string_view) {
  f.replace_signature(f.rng().bytes(signature_bytes(f.alg(), f.key())));
}

/// The secret as the JWK writes it, not decoded: a common mistake of issuers.
void base64_secret(Forge& f, std::string_view) {
  f.replace_signature(
      f.signer().hmac(kAlgs[f.alg()].hash_bytes, base64url(f.key().secret), f.signing_input()));
}
/// No kid, so that every secret is tried; none of them is the public key.
void public_key_without_kid(Forge& f, std::string_view form) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes;
  f.no_kid();
  for (const World::Key& key : f.world().keys()) {
    if (key->expect == kAccepted && key->type == KeyType::kRsa) {
      return f.replace_signature(
          f.signer().hmac(bytes, public_key_bytes(*key, form), f.signing_input()));
    }
  }
}
bool secrets_and_rsa(const World& world, std::string_view) {
  const std::size_t usable = world.usable_count(0);
  return usable > 0 && usable <= kMostCandidates &&
         std::ranges::any_of(world.keys(), [](const World::Key& key) {
           return key->expect == kAccepted && key->type == KeyType::kRsa;
         });
}

// RSA: what the block says, raised to d.

void other_hash_in_rsa(Forge& f, std::string_view) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes == 32 ? 64 : 32;
  f.replace_signature(f.signer().rsa_pkcs1(f.key(), bytes, f.signing_input()));
}
void sha1_in_rsa(Forge& f, std::string_view) {
  f.replace_signature(f.signer().rsa_pkcs1(f.key(), 20, f.signing_input()));
}
void rsa_block(Forge& f, bool with_null, char type) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes;
  const std::string digest = f.signer().digest(bytes, f.signing_input());
  const std::string block = pkcs1_block(f.key().modulus.size(), bytes, digest, with_null, type);
  f.replace_signature(f.signer().rsa_raw(f.key(), block));
}
void without_null(Forge& f, std::string_view) { rsa_block(f, false, 1); }
void block_type_2(Forge& f, std::string_view) { rsa_block(f, true, 2); }
void pss_for_pkcs1(Forge& f, std::string_view) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes;
  f.replace_signature(
      f.signer().rsa_pss(f.key(), {bytes, bytes, static_cast<int>(bytes)}, f.signing_input()));
}
void pkcs1_for_pss(Forge& f, std::string_view) {
  f.replace_signature(f.signer().rsa_pkcs1(f.key(), kAlgs[f.alg()].hash_bytes, f.signing_input()));
}
/// The few bytes after 00 01 FF.. 00 with garbage behind them: what Bleichenbacher's forgery of
/// 2006 relied on.
void short_padding(Forge& f, std::string_view) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes;
  const std::size_t size = f.key().modulus.size();
  const std::string digest = f.signer().digest(bytes, f.signing_input());
  const std::string full = pkcs1_block(size, bytes, digest);
  const std::size_t info = full.find('\0', 1);
  std::string block = full.substr(0, 10) + full.substr(info);
  block += f.rng().bytes(size - block.size());
  f.replace_signature(f.signer().rsa_raw(f.key(), block));
}
void small_number(Forge& f, std::string_view value) {
  std::string number(f.key().modulus.size(), '\0');
  number.back() = static_cast<char>(std::stoi(std::string(value)));
  f.replace_signature(number);
}

void pss_salt(Forge& f, std::string_view salt) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes;
  const int room = static_cast<int>(f.key().modulus.size()) - static_cast<int>(bytes) - 2;
  const int length = salt == "max" ? room : std::stoi(std::string(salt));
  f.replace_signature(f.signer().rsa_pss(f.key(), {bytes, bytes, length}, f.signing_input()));
}
void pss_other_mgf(Forge& f, std::string_view mgf_bytes) {
  const unsigned bytes = kAlgs[f.alg()].hash_bytes;
  const PssOptions options{bytes, static_cast<unsigned>(std::stoul(std::string(mgf_bytes))),
                           static_cast<int>(bytes)};
  f.replace_signature(f.signer().rsa_pss(f.key(), options, f.signing_input()));
}

void swap_halves(Forge& f, std::string_view) {
  std::string& signature = f.signature();
  std::rotate(signature.begin(),
              signature.begin() + static_cast<std::ptrdiff_t>(signature.size() / 2),
              signature.end());
}
/// r = s = 1: in range, and what "psychic signatures" came near to (CVE-2022-21449 had 0).
void ones(Forge& f, std::string_view) {
  std::string half(signature_bytes(f.alg(), f.key()) / 2, '\0');
  half.back() = 1;
  f.replace_signature(half + half);
}
void eddsa_zero_s(Forge& f, std::string_view) {
  const std::size_t half = signature_bytes(f.alg(), f.key()) / 2;
  set_half(f.signature(), 1, std::string(half, '\0'));
}

/// Wrong in two ways: no statement about claims is made before the signature is good.
void flip_and_expired(Forge& f, std::string_view) {
  f.claims().set("exp", "1");
  flip_bit(f, "first_half");
}
void flip_and_not_json(Forge& f, std::string_view) {
  f.payload_text() = "{";
  flip_bit(f, "first_half");
}

}  // namespace

std::span<const FaultRow> signature_faults() {
  static constexpr auto kRows = std::to_array<FaultRow>({
      {"signature_missing.empty", kSignatureMissing, kNone, kAnyAlg, missing},

      {"signature_length.one_byte_short", kSignatureLength, kKids, kAnyAlg, shorten, "1"sv},
      {"signature_length.half", kSignatureLength, kKids, kAnyAlg, halve},
      {"signature_length.one_byte_long", kSignatureLength, kKids, kAnyAlg, lengthen},
      {"signature_length.zero_before", kSignatureLength, kKids, kAnyAlg, zero_before},
      {"signature_length.twice", kSignatureLength, kKids, kAnyAlg, twice},
      {"signature_length.tag_of_other_hash", kSignatureLength, kKids, kHmacAlgs, other_hash_tag},
      {"signature_length.tag_cut_to_16", kSignatureLength, kKids, only(0), shorten, "16"sv},
      {"signature_length.der", kSignatureLength, kKids, kEcdsaAlgs, der},
      {"signature_length.r_cut", kSignatureLength, kKids, kEcdsaAlgs, cut_r},

      {"signature_out_of_range.r_zero", kSignatureOutOfRange, kKids, kEcdsaAlgs, ecdsa_half,
       "r0"sv},
      {"signature_out_of_range.s_zero", kSignatureOutOfRange, kKids, kEcdsaAlgs, ecdsa_half,
       "s0"sv},
      {"signature_out_of_range.r_order", kSignatureOutOfRange, kKids, kEcdsaAlgs, ecdsa_half,
       "rn"sv},
      {"signature_out_of_range.s_order", kSignatureOutOfRange, kKids, kEcdsaAlgs, ecdsa_half,
       "sn"sv},
      {"signature_out_of_range.s_ones", kSignatureOutOfRange, kKids, kEcdsaAlgs, ecdsa_half,
       "sf"sv},
      {"signature_out_of_range.all_zero", kSignatureOutOfRange, kKids, kEcdsaAlgs, all_zero},
      {"signature_out_of_range.all_ones", kSignatureOutOfRange, kKids,
       static_cast<AlgSet>(kHalved | kRsaKeyAlgs), all_ones},
      {"signature_out_of_range.s_plus_order", kSignatureOutOfRange, kKids, kEddsaAlgs,
       eddsa_s_plus_order},
      {"signature_out_of_range.s_is_order", kSignatureOutOfRange, kKids, kEddsaAlgs,
       eddsa_s_is_order},
      {"signature_out_of_range.modulus", kSignatureOutOfRange, kKids, kRsaKeyAlgs, rsa_modulus_plus,
       "0"sv},
      {"signature_out_of_range.modulus_and_one", kSignatureOutOfRange, kKids, kRsaKeyAlgs,
       rsa_modulus_plus, "1"sv},

      {"signature_mismatch.bit", kSignatureMismatch, kNone, kAnyAlg, flip_bit, "first_half"sv},
      {"signature_mismatch.last_bytes", kSignatureMismatch, kNone,
       static_cast<AlgSet>(kHmacAlgs | kRsaKeyAlgs | kEcdsaAlgs), flip_bit, "last"sv},
      {"signature_mismatch.s_bit", kSignatureMismatch, kKids, kEddsaAlgs, flip_bit, "s_of_eddsa"sv},
      {"signature_mismatch.payload_changed", kSignatureMismatch, kNone, kAnyAlg, other_payload},
      {"signature_mismatch.header_changed", kSignatureMismatch, kNone, kAnyAlg, other_header_bytes},
      {"signature_mismatch.other_key", kSignatureMismatch, kKids, kAnyAlg, other_key},
      {"signature_mismatch.random_tag", kSignatureMismatch, kKids, kHmacAlgs, random_tag},
      {"signature_mismatch.zero_tag", kSignatureMismatch, kKids, kHmacAlgs, all_zero},
      {"signature_mismatch.base64_secret", kSignatureMismatch, kKids, kHmacAlgs, base64_secret},
      {"signature_mismatch.pem_as_secret", kSignatureMismatch, kKids, only(0),
       public_key_without_kid, "pem"sv, secrets_and_rsa},
      {"signature_mismatch.n_as_secret", kSignatureMismatch, kKids, only(0), public_key_without_kid,
       "n"sv, secrets_and_rsa},
      {"signature_mismatch.other_hash", kSignatureMismatch, kKids, kRsaAlgs, other_hash_in_rsa},
      {"signature_mismatch.sha1", kSignatureMismatch, kKids, kRsaAlgs, sha1_in_rsa},
      {"signature_mismatch.without_null", kSignatureMismatch, kKids, kRsaAlgs, without_null},
      {"signature_mismatch.block_type_2", kSignatureMismatch, kKids, kRsaAlgs, block_type_2},
      {"signature_mismatch.short_padding", kSignatureMismatch, kKids, kRsaAlgs, short_padding},
      {"signature_mismatch.zero", kSignatureMismatch, kKids, kRsaKeyAlgs, small_number, "0"sv},
      {"signature_mismatch.one", kSignatureMismatch, kKids, kRsaKeyAlgs, small_number, "1"sv},
      {"signature_mismatch.pss_for_pkcs1", kSignatureMismatch, kKids, kRsaAlgs, pss_for_pkcs1},
      {"signature_mismatch.pkcs1_for_pss", kSignatureMismatch, kKids, kPssAlgs, pkcs1_for_pss},
      {"signature_mismatch.salt_0", kSignatureMismatch, kKids, kPssAlgs, pss_salt, "0"sv},
      {"signature_mismatch.salt_20", kSignatureMismatch, kKids, kPssAlgs, pss_salt, "20"sv},
      {"signature_mismatch.salt_max", kSignatureMismatch, kKids, kPssAlgs, pss_salt, "max"sv},
      {"signature_mismatch.mgf_sha1", kSignatureMismatch, kKids, kPssAlgs, pss_other_mgf, "20"sv},
      {"signature_mismatch.halves_swapped", kSignatureMismatch, kKids, kEcdsaAlgs, swap_halves},
      {"signature_mismatch.ones", kSignatureMismatch, kKids, kEcdsaAlgs, ones},
      {"signature_mismatch.s_zero", kSignatureMismatch, kKids, kEddsaAlgs, eddsa_zero_s},
      {"signature_mismatch.and_expired", kSignatureMismatch, kClaimsOn, kAnyAlg, flip_and_expired},
      {"signature_mismatch.and_not_json", kSignatureMismatch, kNone, kAnyAlg, flip_and_not_json},
  });
  return kRows;
}

}  // namespace jotmill::tools
