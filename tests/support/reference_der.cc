#include "support/reference_der.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <string>

#include "support/reference_key_rules.h"
#include "support/reference_numbers.h"

namespace jotmill::reference {
namespace {

enum Tag : unsigned char {
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  null = 0x05,
  oid = 0x06,
  sequence = 0x30,
  context_0 = 0xA0,  // [0] constructed, [1] to [3] behind it
};

using Elements = std::vector<Element>;

// The contents of an OBJECT IDENTIFIER by OpenSSL's table of names.
std::string oid_of(const char* dotted) {
  ASN1_OBJECT* object = OBJ_txt2obj(dotted, 1);
  std::string bytes(reinterpret_cast<const char*>(OBJ_get0_data(object)), OBJ_length(object));
  ASN1_OBJECT_free(object);
  return bytes;
}

bool is_oid(const Element& element, const char* dotted) {
  return element.tag == oid && element.content == oid_of(dotted);
}

// What is inside when `der` is one element of that tag.
std::optional<Elements> open(std::string_view der, Tag tag) {
  const auto outer = read_elements(der);
  if (!outer || outer->size() != 1 || outer->front().tag != tag) return std::nullopt;
  return read_elements(outer->front().content);
}

bool begins_with(const Elements& elements, std::initializer_list<Tag> tags) {
  return elements.size() >= tags.size() &&
         std::equal(tags.begin(), tags.end(), elements.begin(),
                    [](Tag tag, const Element& element) { return element.tag == tag; });
}

// A number that is not negative (X.690 s8.3), without its leading zero.
std::optional<std::string> natural(const Element& element) {
  std::string bytes(element.content);
  if (element.tag != integer || bytes.empty() || (bytes[0] & 0x80) != 0) return std::nullopt;
  if (bytes.size() > 1 && bytes[0] == 0 && (bytes[1] & 0x80) == 0) return std::nullopt;
  if (bytes[0] == 0) bytes.erase(0, 1);
  return bytes;
}

// Whole bytes (X.690 s8.6.2): the first one says that no bit of the last is unused.
std::optional<std::string_view> bits(const Element& element) {
  if (element.tag != bit_string || !element.content.starts_with('\0')) return std::nullopt;
  return element.content.substr(1);
}

// RFC 5280 s4.1.1.2: an identifier and at most one element of parameters.
struct AlgorithmIdentifier {
  Element id;
  std::optional<Element> parameters;
};
std::optional<AlgorithmIdentifier> algorithm(const Element& element) {
  const auto inside = open(element.whole, sequence);
  if (!inside || !begins_with(*inside, {oid}) || inside->size() > 2) return std::nullopt;
  if (inside->front().content.empty()) return std::nullopt;
  AlgorithmIdentifier out{inside->front(), std::nullopt};
  if (inside->size() == 2) out.parameters = inside->back();
  return out;
}

std::optional<Key> rsa_key(const Element& modulus, const Element& exponent) {
  const auto n = natural(modulus);
  const auto e = natural(exponent);
  if (!n || !e) return std::nullopt;
  Key key;
  key.kty = "RSA";
  key.n = *n;
  key.e = *e;
  return key;
}

// RFC 4055 s2.1: a hash without parameters, or with NULL.
std::optional<std::string> sha2_name(const Element& element) {
  const auto found = algorithm(element);
  if (!found) return std::nullopt;
  if (found->parameters && (found->parameters->tag != null || !found->parameters->content.empty()))
    return std::nullopt;
  for (const auto& [dotted, bits] : {std::pair{"2.16.840.1.101.3.4.2.1", "256"},
                                     {"2.16.840.1.101.3.4.2.2", "384"},
                                     {"2.16.840.1.101.3.4.2.3", "512"}}) {
    if (is_oid(found->id, dotted)) return bits;
  }
  return std::nullopt;
}

// A field of RSASSA-PSS-params: [number] around one element.
std::optional<Element> pss_field(const Elements& fields, unsigned number) {
  for (const Element& field : fields) {
    if (field.tag != context_0 + number) continue;
    const auto inside = read_elements(field.content);
    if (inside && inside->size() == 1) return inside->front();
  }
  return std::nullopt;
}

// RFC 4055 s3.1: the algorithms that RSASSA-PSS parameters allow, of which PS256, PS384 and PS512
// have one hash for both uses and a salt as long as it, so no longer least salt.
std::vector<std::string> pss_algorithms(const std::optional<Element>& parameters) {
  if (!parameters) return {"PS256", "PS384", "PS512"};
  const auto fields = open(parameters->whole, sequence);
  if (!fields) return {};
  for (size_t i = 0; i < fields->size(); ++i) {
    if ((*fields)[i].tag < context_0 || (*fields)[i].tag > context_0 + 3) return {};
    if (i > 0 && (*fields)[i].tag <= (*fields)[i - 1].tag) return {};
    if (!pss_field(*fields, (*fields)[i].tag - context_0)) return {};
  }
  const auto hash = pss_field(*fields, 0);
  const auto mask = pss_field(*fields, 1);
  if (!hash || !mask) return {};  // the default of both is SHA-1
  const auto name = sha2_name(*hash);
  const auto mgf1 = algorithm(*mask);
  if (!name || !mgf1 || !is_oid(mgf1->id, "1.2.840.113549.1.1.8") || !mgf1->parameters) return {};
  if (sha2_name(*mgf1->parameters) != name) return {};
  if (const auto salt = pss_field(*fields, 2)) {
    const auto bytes = natural(*salt);
    if (!bytes) return {};
    if (BN_cmp(number_from_bytes(*bytes).get(),
               number_from_bytes(std::string(1, static_cast<char>(std::stoi(*name) / 8))).get()) >
        0) {
      return {};
    }
  }
  if (const auto trailer = pss_field(*fields, 3)) {
    if (natural(*trailer) != std::string(1, '\1')) return {};
  }
  return {"PS" + *name};
}

void limit_to_pss(Key& key, const std::optional<Element>& parameters) {
  key.only_algs = pss_algorithms(parameters);
  if (key.only_algs->empty()) key.refused = "RSASSA-PSS parameters that no algorithm has";
}

// y of the point with that x, odd or even; empty when there is none.
std::string other_coordinate(const std::string& crv, std::string_view x_bytes, bool odd) {
  EC_GROUP* group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(ec_group_name(crv)));
  const Number p(BN_new()), a(BN_new()), b(BN_new()), right(BN_new()), y(BN_new());
  EC_GROUP_get_curve(group, p.get(), a.get(), b.get(), nullptr);
  EC_GROUP_free(group);
  const Number x = number_from_bytes(x_bytes);
  if (!less(x, p)) return "";
  BN_CTX* scratch = BN_CTX_new();
  BN_mod_sqr(right.get(), x.get(), p.get(), scratch);
  BN_mod_add(right.get(), right.get(), a.get(), p.get(), scratch);
  BN_mod_mul(right.get(), right.get(), x.get(), p.get(), scratch);
  BN_mod_add(right.get(), right.get(), b.get(), p.get(), scratch);
  const bool found = BN_mod_sqrt(y.get(), right.get(), p.get(), scratch) != nullptr;
  BN_CTX_free(scratch);
  ERR_clear_error();
  if (!found) return "";
  if ((BN_is_odd(y.get()) == 1) != odd) BN_sub(y.get(), p.get(), y.get());
  std::string bytes(ec_coordinate_bytes(crv), '\0');
  BN_bn2binpad(y.get(), reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  return bytes;
}

// SEC 1 s2.3.4, RFC 5480 s2.2: uncompressed or compressed.
void set_point(Key& key, std::string_view point) {
  const size_t size = ec_coordinate_bytes(key.crv);
  const char form = point.empty() ? '\0' : point.front();
  if (form == 4 && point.size() == 1 + 2 * size) {
    key.x = point.substr(1, size);
    key.y = point.substr(1 + size);
  } else if ((form == 2 || form == 3) && point.size() == 1 + size) {
    key.x = point.substr(1);
    key.y = other_coordinate(key.crv, key.x, form == 3);
    if (key.y.empty()) key.refused = "point is off the curve";
  } else {
    key.refused = "neither an uncompressed nor a compressed point";
  }
}

// RFC 5480 s2.1.1: the curve by its name. A key of any other is refused.
Key key_on_curve(const std::optional<Element>& parameters) {
  Key key;
  key.kty = "EC";
  for (const auto& [dotted, crv] : {std::pair{"1.2.840.10045.3.1.7", "P-256"},
                                    {"1.3.132.0.34", "P-384"},
                                    {"1.3.132.0.35", "P-521"},
                                    {"1.3.132.0.10", "secp256k1"}}) {
    if (parameters && is_oid(*parameters, dotted)) key.crv = crv;
  }
  if (key.crv.empty()) key.refused = "no named curve that we know";
  return key;
}

// The public point of a secret number between 0 and the order; false when it is none.
bool set_point_of_scalar(Key& key, std::string_view scalar) {
  // Some writers put zeros ahead, though RFC 5915 s3 fixes the length.
  if (scalar.size() > 2 * ec_coordinate_bytes(key.crv)) return false;
  EC_GROUP* group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(ec_group_name(key.crv)));
  const Number d = number_from_bytes(scalar), order(BN_new()), x(BN_new()), y(BN_new());
  EC_GROUP_get_order(group, order.get(), nullptr);
  const bool in_range = !BN_is_zero(d.get()) && less(d, order);
  if (in_range) {
    EC_POINT* point = EC_POINT_new(group);
    EC_POINT_mul(group, point, d.get(), nullptr, nullptr, nullptr);
    EC_POINT_get_affine_coordinates(group, point, x.get(), y.get(), nullptr);
    EC_POINT_free(point);
    for (const auto& [number, bytes] : {std::pair{&x, &key.x}, {&y, &key.y}}) {
      bytes->resize(ec_coordinate_bytes(key.crv));
      BN_bn2binpad(number->get(), reinterpret_cast<unsigned char*>(bytes->data()),
                   static_cast<int>(bytes->size()));
    }
  }
  EC_GROUP_free(group);
  return in_range;
}

// ECPrivateKey: version, the number, [0] parameters, [1] the public point. In PKCS#8 the parameters
// stand outside, and if they stand inside too they must be the same.
std::optional<Key> sec1_private(std::string_view der, const AlgorithmIdentifier* outside) {
  const auto fields = open(der, sequence);
  if (!fields || !begins_with(*fields, {integer, octet_string})) return std::nullopt;
  std::optional<std::string_view> inner, point;
  size_t at = 2;
  if (at < fields->size() && (*fields)[at].tag == context_0) inner = (*fields)[at++].content;
  if (at < fields->size() && (*fields)[at].tag == context_0 + 1) {
    const auto inside = read_elements((*fields)[at++].content);
    if (!inside || inside->size() != 1) return std::nullopt;
    point = bits(inside->front());
    if (!point) return std::nullopt;
  }
  if (at != fields->size() || (outside == nullptr && !inner)) return std::nullopt;

  std::optional<Element> parameters;
  if (outside != nullptr) {
    parameters = outside->parameters;
  } else if (const auto one = read_elements(*inner); one && one->size() == 1) {
    parameters = one->front();
  }
  Key key = key_on_curve(parameters);
  if (!key.refused.empty()) return key;
  if (point) {
    set_point(key, *point);
  } else if (!set_point_of_scalar(key, (*fields)[1].content)) {
    return std::nullopt;
  }
  if (inner && *inner != parameters->whole) key.refused = "two curves";
  return key;
}

std::string okp_curve(const AlgorithmIdentifier& algorithm) {
  if (is_oid(algorithm.id, "1.3.101.112")) return "Ed25519";
  if (is_oid(algorithm.id, "1.3.101.113")) return "Ed448";
  return "";
}

Key okp_key(const AlgorithmIdentifier& algorithm, std::string_view point) {
  Key key;
  key.kty = "OKP";
  key.crv = okp_curve(algorithm);
  key.x = point;
  if (algorithm.parameters) key.refused = "parameters, which RFC 8410 s3 forbids";
  return key;
}

// RFC 8410 s7: the seed, an OCTET STRING in an OCTET STRING.
std::optional<Key> okp_private(const AlgorithmIdentifier& algorithm, std::string_view der) {
  const auto seed = read_elements(der);
  if (!seed || seed->size() != 1 || seed->front().tag != octet_string) return std::nullopt;
  const std::string_view bytes = seed->front().content;
  EVP_PKEY* pkey = EVP_PKEY_new_raw_private_key_ex(
      nullptr, okp_curve(algorithm).c_str(), nullptr,
      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  ERR_clear_error();
  if (pkey == nullptr) return std::nullopt;
  std::array<unsigned char, 64> point{};
  size_t size = point.size();
  EVP_PKEY_get_raw_public_key(pkey, point.data(), &size);
  EVP_PKEY_free(pkey);
  return okp_key(algorithm, {reinterpret_cast<const char*>(point.data()), size});
}

bool is_rsa(const AlgorithmIdentifier& algorithm) {
  return is_oid(algorithm.id, "1.2.840.113549.1.1.1");
}
bool is_rsa_pss(const AlgorithmIdentifier& algorithm) {
  return is_oid(algorithm.id, "1.2.840.113549.1.1.10");
}
bool is_ec(const AlgorithmIdentifier& algorithm) {
  return is_oid(algorithm.id, "1.2.840.10045.2.1");
}

Key other_key() {
  Key key;
  key.refused = "unknown key type";
  return key;
}

}  // namespace

std::optional<std::vector<Element>> read_elements(std::string_view bytes) {
  Elements out;
  while (!bytes.empty()) {
    if (bytes.size() < 2 || (bytes[0] & 0x1F) == 0x1F) return std::nullopt;
    size_t length = static_cast<unsigned char>(bytes[1]);
    size_t header = 2;
    if (length > 0x7F) {
      const size_t digits = length - 0x80;
      if (digits == 0 || digits > 4 || bytes.size() < 2 + digits) return std::nullopt;
      length = 0;
      for (size_t i = 0; i < digits; ++i) {
        length = length * 256 + static_cast<unsigned char>(bytes[header++]);
      }
      const size_t least = digits == 1 ? 0x80 : size_t{1} << (8 * (digits - 1));
      if (length < least) return std::nullopt;
    }
    if (bytes.size() - header < length) return std::nullopt;
    out.push_back({static_cast<unsigned char>(bytes[0]), bytes.substr(header, length),
                   bytes.substr(0, header + length)});
    bytes.remove_prefix(header + length);
  }
  return out;
}

std::optional<Key> read_pkcs1_public(std::string_view der) {
  const auto fields = open(der, sequence);
  if (!fields || fields->size() != 2) return std::nullopt;
  return rsa_key((*fields)[0], (*fields)[1]);
}

std::optional<Key> read_pkcs1_private(std::string_view der) {
  const auto fields = open(der, sequence);
  if (!fields || !begins_with(*fields, {integer, integer, integer, integer, integer, integer,
                                        integer, integer, integer})) {
    return std::nullopt;
  }
  const bool other_primes = fields->size() == 10 && fields->back().tag == sequence;
  if (fields->size() != 9 && !other_primes) return std::nullopt;
  return rsa_key((*fields)[1], (*fields)[2]);
}

std::optional<Key> read_dsa_private(std::string_view der) {
  const auto fields = open(der, sequence);
  if (!fields || fields->size() != 6) return std::nullopt;
  for (const Element& field : *fields) {
    if (field.tag != integer) return std::nullopt;
  }
  return other_key();
}

std::optional<Key> read_sec1_private(std::string_view der) { return sec1_private(der, nullptr); }

std::optional<Key> read_spki(std::string_view der) {
  const auto fields = open(der, sequence);
  if (!fields || fields->size() != 2) return std::nullopt;
  const auto id = algorithm((*fields)[0]);
  const auto body = bits((*fields)[1]);
  if (!id || !body) return std::nullopt;
  if (is_rsa(*id) || is_rsa_pss(*id)) {
    auto key = read_pkcs1_public(*body);
    if (key && is_rsa_pss(*id)) limit_to_pss(*key, id->parameters);
    return key;
  }
  if (is_ec(*id)) {
    Key key = key_on_curve(id->parameters);
    if (key.refused.empty()) set_point(key, *body);
    return key;
  }
  return okp_curve(*id).empty() ? other_key() : okp_key(*id, *body);
}

std::optional<Key> read_certificate(std::string_view der) {
  const auto parts = open(der, sequence);
  if (!parts || parts->size() != 3 || !begins_with(*parts, {sequence, sequence, bit_string})) {
    return std::nullopt;
  }
  auto fields = read_elements(parts->front().content);
  if (!fields) return std::nullopt;
  if (begins_with(*fields, {context_0})) fields->erase(fields->begin());  // the version
  // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
  if (!begins_with(*fields, {integer, sequence, sequence, sequence, sequence, sequence})) {
    return std::nullopt;
  }
  return read_spki((*fields)[5].whole);
}

std::optional<Key> read_pkcs8(std::string_view der) {
  const auto fields = open(der, sequence);
  if (!fields || !begins_with(*fields, {integer, sequence, octet_string})) return std::nullopt;
  const auto id = algorithm((*fields)[1]);
  if (!id) return std::nullopt;
  const std::string_view body = (*fields)[2].content;
  if (is_rsa(*id) || is_rsa_pss(*id)) {
    auto key = read_pkcs1_private(body);
    if (key && is_rsa_pss(*id)) limit_to_pss(*key, id->parameters);
    return key;
  }
  if (is_ec(*id)) return sec1_private(body, &*id);
  if (!okp_curve(*id).empty()) return okp_private(*id, body);
  return other_key();
}

bool is_encrypted_pkcs8(std::string_view der) {
  const auto fields = open(der, sequence);
  return fields && fields->size() == 2 && begins_with(*fields, {sequence, octet_string}) &&
         algorithm(fields->front());
}

}  // namespace jotmill::reference
