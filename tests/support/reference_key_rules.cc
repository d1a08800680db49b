#include "support/reference_key_rules.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <set>

#include "support/reference_algorithms.h"
#include "support/reference_json.h"
#include "support/reference_numbers.h"
#include "support/reference_openssl.h"
#include "support/reference_pem.h"

namespace jotmill::reference {
namespace {

struct Curve {
  std::string_view crv;
  const char* group;
  size_t coordinate_bytes;
};
constexpr std::array<Curve, 4> kCurves = {{{"P-256", "prime256v1", 32},
                                           {"P-384", "secp384r1", 48},
                                           {"P-521", "secp521r1", 66},
                                           {"secp256k1", "secp256k1", 32}}};

const Curve* find_curve(std::string_view crv) {
  for (const Curve& curve : kCurves) {
    if (curve.crv == crv) return &curve;
  }
  return nullptr;
}

// The keys of one faulty generator (CVE-2017-15361): modulo every prime up to 167, n is a power of
// 65537.
bool has_roca_fingerprint(const Number& n) {
  for (const BN_ULONG prime :
       {3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167}) {
    std::set<BN_ULONG> powers;
    for (BN_ULONG power = 1; powers.insert(power).second; power = power * 65537 % prime) continue;
    if (!powers.contains(BN_mod_word(n.get(), prime))) return false;
  }
  return true;
}

std::string rsa_fault(const Key& key) {
  const Number n = number_from_bytes(key.n);
  const Number e = number_from_bytes(key.e);
  if (BN_num_bits(n.get()) < 2048) return "modulus under 2048 bits";
  if (BN_num_bits(n.get()) > 16384) return "modulus over 16384 bits";
  if (!BN_is_odd(n.get())) return "modulus is even";
  if (!BN_is_odd(e.get())) return "exponent is even";
  if (BN_is_one(e.get())) return "exponent under 3";
  if (BN_num_bits(e.get()) > 64) return "exponent over 64 bits";
  if (has_roca_fingerprint(n)) return "ROCA fingerprint";
  return "";
}

std::string ec_fault(const Key& key) {
  const Curve* curve = find_curve(key.crv);
  if (curve == nullptr) return "unknown curve";
  if (key.x.size() != curve->coordinate_bytes || key.y.size() != curve->coordinate_bytes) {
    return "wrong coordinate length";
  }
  EC_GROUP* group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve->group));
  const Number p(BN_new()), a(BN_new()), b(BN_new());
  EC_GROUP_get_curve(group, p.get(), a.get(), b.get(), nullptr);
  EC_GROUP_free(group);
  const Number x = number_from_bytes(key.x);
  const Number y = number_from_bytes(key.y);
  if (!less(x, p) || !less(y, p)) return "coordinate is not reduced";

  // y^2 = (x^2 + a) x + b modulo p; every one of these curves has cofactor 1, so on the curve is in
  // the group.
  BN_CTX* scratch = BN_CTX_new();
  const Number left(BN_new()), right(BN_new());
  BN_mod_sqr(left.get(), y.get(), p.get(), scratch);
  BN_mod_sqr(right.get(), x.get(), p.get(), scratch);
  BN_mod_add(right.get(), right.get(), a.get(), p.get(), scratch);
  BN_mod_mul(right.get(), right.get(), x.get(), p.get(), scratch);
  BN_mod_add(right.get(), right.get(), b.get(), p.get(), scratch);
  BN_CTX_free(scratch);
  return equal(left, right) ? "" : "point is off the curve";
}

// RFC 8032 s5.1.3, s5.2.3: x^2 = (y^2 - 1) / (d y^2 - a) has a root modulo p.
bool is_y_of_edwards_curve(const Number& y, const Number& p, bool is_25519) {
  BN_CTX* scratch = BN_CTX_new();
  const Number d(BN_new()), y2(BN_new()), above(BN_new()), below(BN_new()), one(BN_new());
  BN_one(one.get());
  if (is_25519) {  // a = -1, d = -121665/121666
    const Number part(BN_new());
    BN_set_word(part.get(), 121666);
    BN_mod_inverse(d.get(), part.get(), p.get(), scratch);
    BN_mul_word(d.get(), 121665);
    BN_sub(d.get(), p.get(), d.get());
    BN_nnmod(d.get(), d.get(), p.get(), scratch);
  } else {  // a = 1, d = -39081
    BN_copy(d.get(), p.get());
    BN_sub_word(d.get(), 39081);
  }
  BN_mod_sqr(y2.get(), y.get(), p.get(), scratch);
  BN_mod_sub(above.get(), y2.get(), one.get(), p.get(), scratch);
  BN_mod_mul(below.get(), d.get(), y2.get(), p.get(), scratch);
  (is_25519 ? BN_mod_add : BN_mod_sub)(below.get(), below.get(), one.get(), p.get(), scratch);
  BN_mod_inverse(below.get(), below.get(), p.get(), scratch);
  BN_mod_mul(above.get(), above.get(), below.get(), p.get(), scratch);
  const Number root(BN_mod_sqrt(nullptr, above.get(), p.get(), scratch));
  BN_CTX_free(scratch);
  ERR_clear_error();
  return root != nullptr;
}

// RFC 8032 s5.1.3, s5.2.3: y in little endian, the sign of x in the last bit. The points of order
// 1, 2, 4 and 8 are known by their y alone.
std::string okp_fault(const Key& key) {
  const bool is_25519 = key.crv == "Ed25519";
  if (!is_25519 && key.crv != "Ed448") return "unknown curve";
  if (key.x.size() != (is_25519 ? 32u : 57u)) return "wrong point length";
  std::string y_bytes = key.x;
  y_bytes.back() = static_cast<char>(y_bytes.back() & 0x7F);
  const Number y = number_from_little_endian(y_bytes);
  const Number p =
      number_from_hex(is_25519 ? "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED"
                               : "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE"
                                 "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
  if (!less(y, p)) return "point is not canonical";
  const Number minus_one(BN_dup(p.get()));
  BN_sub_word(minus_one.get(), 1);
  if (BN_is_zero(y.get()) || BN_is_one(y.get()) || equal(y, minus_one)) return "small-order point";
  if (is_25519) {
    const Number order_8 =
        number_from_hex("7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7");
    const Number minus_order_8(BN_new());
    BN_sub(minus_order_8.get(), p.get(), order_8.get());
    if (equal(y, order_8) || equal(y, minus_order_8)) return "small-order point";
  }
  return is_y_of_edwards_curve(y, p, is_25519) ? "" : "point is off the curve";
}

void apply_oct_rules(Key& key) {
  if (key.secret.empty()) {
    key.refused = "empty secret";
  } else if (looks_like_key_file(key.secret)) {
    key.refused = "secret is a key in a file format";
  } else {
    const Algorithm* algorithm = key.alg ? find_algorithm(*key.alg) : nullptr;
    const size_t least_bytes = algorithm != nullptr ? algorithm->hash_bytes : 32;
    if (key.secret.size() < least_bytes) {
      key.refused_if_weak = "secret shorter than " + std::to_string(least_bytes) + " bytes";
    }
  }
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [text](std::string_view prefix) { return text.starts_with(prefix); });
}

}  // namespace

void apply_key_rules(Key& key) {
  if (!key.refused.empty()) return;
  if (key.kty == "RSA") {
    key.refused = rsa_fault(key);
  } else if (key.kty == "EC") {
    key.refused = ec_fault(key);
  } else if (key.kty == "OKP") {
    key.refused = okp_fault(key);
  } else if (key.kty == "oct") {
    apply_oct_rules(key);
  } else {
    key.refused = "unknown kty";
  }
  if (key.refused.empty() && key.alg) {
    const Algorithm* algorithm = find_algorithm(*key.alg);
    if (algorithm == nullptr || !fits(*algorithm, key.kty, key.crv)) {
      key.refused = "alg " + *key.alg + " does not fit " +
                    (key.crv.empty() ? "kty " + key.kty : "crv " + key.crv);
    }
  }
}

bool looks_like_key_file(std::string_view bytes) {
  if (bytes.find("-----BEGIN ") != std::string_view::npos) return true;
  std::string_view text = bytes;
  while (!text.empty() &&
         std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  if (starts_with_any(text, {"ssh-rsa ", "ssh-dss ", "ssh-ed25519 ", "ssh-ed448 ", "ecdsa-sha2-",
                             "sk-ssh-", "sk-ecdsa-", "---- BEGIN SSH2 ", "PuTTY-User-Key-File-"})) {
    return true;
  }
  if (const auto json = parse_json(text); json && json->is(Json::Kind::object)) {
    if (json->find("kty") != nullptr || json->find("keys") != nullptr) return true;
  }
  return is_der_key(bytes) || openssl::read_der(bytes).fault.empty();
}

size_t ec_coordinate_bytes(std::string_view crv) {
  const Curve* curve = find_curve(crv);
  return curve == nullptr ? 0 : curve->coordinate_bytes;
}

const char* ec_group_name(std::string_view crv) {
  const Curve* curve = find_curve(crv);
  return curve == nullptr ? nullptr : curve->group;
}

}  // namespace jotmill::reference
