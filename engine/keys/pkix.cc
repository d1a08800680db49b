#include "keys/pkix.h"

#include <algorithm>
#include <array>

#include "keys/der.h"

namespace jotmill {
namespace {

using namespace std::string_view_literals;

// OBJECT IDENTIFIER contents. RFC 8017 A, RFC 5480 s2.1, RFC 8410 s3.
constexpr auto kOidRsa = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv;
constexpr auto kOidRsaPss = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"sv;
constexpr auto kOidMgf1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"sv;
constexpr auto kOidEc = "\x2a\x86\x48\xce\x3d\x02\x01"sv;

struct NamedCurve {
  std::string_view oid;
  Curve curve;
};
constexpr std::array<NamedCurve, 4> kEcCurves = {{
    {"\x2a\x86\x48\xce\x3d\x03\x01\x07"sv, Curve::kP256},
    {"\x2b\x81\x04\x00\x22"sv, Curve::kP384},
    {"\x2b\x81\x04\x00\x23"sv, Curve::kP521},
    {"\x2b\x81\x04\x00\x0a"sv, Curve::kSecp256k1},
}};
constexpr std::array<NamedCurve, 2> kOkpCurves = {{
    {"\x2b\x65\x70"sv, Curve::kEd25519},
    {"\x2b\x65\x71"sv, Curve::kEd448},
}};

// Well-known keys that verify nothing here, for a refusal in words.
struct OtherKey {
  std::string_view oid, name;
};
constexpr std::array<OtherKey, 6> kOtherKeys = {{
    {"\x2b\x65\x6e"sv, "X25519"},
    {"\x2b\x65\x6f"sv, "X448"},
    {"\x2a\x86\x48\xce\x38\x04\x01"sv, "DSA"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07"sv, "RSAES-OAEP"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01"sv, "DH"},
    {"\x2b\x81\x04\x01\x0c"sv, "ECDH"},
}};

template <std::size_t kSize>
Curve curve_of(const std::array<NamedCurve, kSize>& table, Bytes oid) {
  for (const NamedCurve& row : table) {
    if (row.oid == as_text(oid)) return row.curve;
  }
  return Curve::kNone;
}

Error malformed(std::string_view what) {
  return Error{ErrorKind::kKeys, {}, "malformed " + std::string(what)};
}

// Whether what is left is DER. Fields that nobody needs are passed over; damage among them is not.
bool skip_rest(DerReader& reader) {
  while (!reader.at_end()) {
    if (!reader.take(reader.peek())) return false;
  }
  return true;
}

// RFC 5280 s4.1.1.2: the parameters are one element of any kind, or none.
struct AlgorithmIdentifier {
  Bytes oid;
  DerReader parameters;
};

std::optional<AlgorithmIdentifier> read_algorithm(DerReader& reader) {
  const std::optional<Bytes> content = reader.take(kDerSequence);
  if (!content) return std::nullopt;
  DerReader inside(*content);
  const std::optional<Bytes> oid = inside.take(kDerOid);
  if (!oid || oid->empty()) return std::nullopt;
  DerReader rest = inside;
  if (!rest.at_end() && (!rest.take(rest.peek()) || !rest.at_end())) return std::nullopt;
  return AlgorithmIdentifier{*oid, inside};
}

Status malformed_status(std::string_view what) { return malformed(what); }

Status set_rsa(PreparedKey& key, Bytes modulus, Bytes exponent) {
  const std::optional<Bytes> n = der_magnitude(modulus), e = der_magnitude(exponent);
  if (!n || !e) return malformed_status("RSA integer");
  key.type = KeyType::kRsa;
  key.n.assign(n->begin(), n->end());
  key.e.assign(e->begin(), e->end());
  return Unit{};
}

// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
Status set_pkcs1_public(PreparedKey& key, Bytes der) {
  const std::optional<Bytes> content = der_only(der, kDerSequence);
  if (!content) return malformed_status("RSAPublicKey");
  DerReader reader(*content);
  const std::optional<Bytes> n = reader.take(kDerInteger), e = reader.take(kDerInteger);
  if (!n || !e || !reader.at_end()) return malformed_status("RSAPublicKey");
  return set_rsa(key, *n, *e);
}

// RSAPrivateKey ::= SEQUENCE { version, modulus, publicExponent, and six secret INTEGERs ... }
Status set_pkcs1_private(PreparedKey& key, Bytes der) {
  const std::optional<Bytes> content = der_only(der, kDerSequence);
  if (!content) return malformed_status("RSAPrivateKey");
  DerReader reader(*content);
  const std::optional<Bytes> version = reader.take(kDerInteger), n = reader.take(kDerInteger),
                             e = reader.take(kDerInteger);
  if (!version || !n || !e) return malformed_status("RSAPrivateKey");
  for (int i = 0; i < 6; ++i) {
    if (!reader.take(kDerInteger)) return malformed_status("RSAPrivateKey");
  }
  if (!reader.at_end() && (!reader.take(kDerSequence) || !reader.at_end())) {  // otherPrimeInfos
    return malformed_status("RSAPrivateKey");
  }
  key.was_private = true;
  return set_rsa(key, *n, *e);
}

// SEC 1 s2.3.4: 04 x y, or 02 / 03 x. The hybrid form 06 / 07 and the point at infinity are not for
// keys (RFC 5480 s2.2).
void set_ec_point(PreparedKey& key, Curve curve, Bytes point, CurveArithmetic& arithmetic) {
  key.type = KeyType::kEc;
  key.curve = curve;
  const std::size_t size = coordinate_bytes(curve);
  const std::uint8_t form = point.empty() ? std::uint8_t{0} : point[0];
  if (form == 4 && point.size() == 1 + 2 * size) {
    key.x.assign(point.begin() + 1, point.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    key.y.assign(point.begin() + 1 + static_cast<std::ptrdiff_t>(size), point.end());
  } else if ((form == 2 || form == 3) && point.size() == 1 + size) {
    auto found = arithmetic.decompress(curve, point.subspan(1), form == 3);
    if (!found) {
      key.refusal = "the point is not on " + std::string(name(curve));
      return;
    }
    std::tie(key.x, key.y) = std::move(*found);
  } else {
    key.refusal = "not an uncompressed or compressed point of " + std::string(name(curve));
  }
}

// ECParameters: only a named curve. Explicit parameters let a file bring its own generator.
Curve read_ec_parameters(PreparedKey& key, DerReader parameters) {
  key.type = KeyType::kEc;
  if (const std::optional<Bytes> oid = parameters.take(kDerOid); oid && parameters.at_end()) {
    const Curve curve = curve_of(kEcCurves, *oid);
    if (curve == Curve::kNone) {
      key.curve_text = oid_text(*oid);
      key.refusal = "unknown curve " + key.curve_text;
    }
    return curve;
  }
  key.refusal = "the curve is not given by name";
  return Curve::kNone;
}

// A hash has no parameters, or NULL (RFC 4055 s2.1).
Hash hash_of(DerReader& reader) {
  std::optional<AlgorithmIdentifier> algorithm = read_algorithm(reader);
  if (!algorithm || !reader.at_end()) return Hash::kNone;
  DerReader& parameters = algorithm->parameters;
  if (!parameters.at_end()) {
    const std::optional<Bytes> null = parameters.take(kDerNull);
    if (!null || !null->empty()) return Hash::kNone;
  }
  const Bytes oid = algorithm->oid;
  constexpr auto kSha2 = "\x60\x86\x48\x01\x65\x03\x04\x02"sv;
  if (oid.size() != kSha2.size() + 1 || !as_text(oid).starts_with(kSha2)) return Hash::kNone;
  switch (oid.back()) {
    case 1: return Hash::kSha256;
    case 2: return Hash::kSha384;
    case 3: return Hash::kSha512;
    default: return Hash::kNone;
  }
}

// RSASSA-PSS-params (RFC 4055 s3.1). The one hash that hash and MGF1 share, kNone for everything
// that PS256, PS384 and PS512 cannot be: SHA-1 (the default of an absent field), two hashes, a
// minimal salt longer than the hash, another trailer.
Hash pss_hash(Bytes parameters) {
  DerReader reader(parameters);
  const std::optional<Bytes> hash_field = reader.take(kDerContext0);
  const std::optional<Bytes> mgf_field = reader.take(kDerContext0 + 1);
  const std::optional<Bytes> salt_field = reader.take(kDerContext0 + 2);
  const std::optional<Bytes> trailer_field = reader.take(kDerContext0 + 3);
  if (!reader.at_end() || !hash_field || !mgf_field) return Hash::kNone;
  DerReader hash_reader(*hash_field), mgf_reader(*mgf_field);
  std::optional<AlgorithmIdentifier> mgf = read_algorithm(mgf_reader);
  if (!mgf || !mgf_reader.at_end() || as_text(mgf->oid) != kOidMgf1) return Hash::kNone;
  const Hash hash = hash_of(hash_reader);
  if (hash == Hash::kNone || hash != hash_of(mgf->parameters)) return Hash::kNone;
  if (salt_field) {
    const std::optional<Bytes> salt = der_only(*salt_field, kDerInteger);
    if (!salt || salt->size() != 1 || (*salt)[0] > hash_bytes(hash)) return Hash::kNone;
  }
  if (trailer_field) {
    const std::optional<Bytes> trailer = der_only(*trailer_field, kDerInteger);
    if (!trailer || trailer->size() != 1 || (*trailer)[0] != 1) return Hash::kNone;
  }
  return hash;
}

// An id-RSASSA-PSS key serves PS* alone, and with parameters only the one that fits them (RFC 4055
// s1.2).
void limit_to_pss(PreparedKey& key, DerReader parameters) {
  key.permitted = alg_bit(Alg::kPS256) | alg_bit(Alg::kPS384) | alg_bit(Alg::kPS512);
  if (parameters.at_end()) return;
  const std::optional<Bytes> content = parameters.take(kDerSequence);
  switch (content && parameters.at_end() ? pss_hash(*content) : Hash::kNone) {
    case Hash::kSha256: key.permitted = alg_bit(Alg::kPS256); break;
    case Hash::kSha384: key.permitted = alg_bit(Alg::kPS384); break;
    case Hash::kSha512: key.permitted = alg_bit(Alg::kPS512); break;
    case Hash::kNone: key.refusal = "the RSASSA-PSS parameters fit none of PS256, PS384, PS512";
  }
}

void set_okp(PreparedKey& key, Curve curve, const DerReader& parameters) {
  key.type = KeyType::kOkp;
  key.curve = curve;
  if (!parameters.at_end()) {
    key.refusal = std::string(name(curve)) + " with parameters, which RFC 8410 s3 forbids";
  }
}

void refuse_other(PreparedKey& key, Bytes oid) {
  for (const OtherKey& other : kOtherKeys) {
    if (other.oid == as_text(oid)) key.type_text = other.name;
  }
  if (key.type_text.empty()) key.type_text = "OID " + oid_text(oid);
  key.refusal = "a key of type " + key.type_text + " verifies no signature here";
}

// SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING }
Result<PreparedKey> parse_spki(Bytes der, CurveArithmetic& arithmetic) {
  PreparedKey key;
  const std::optional<Bytes> content = der_only(der, kDerSequence);
  if (!content) return malformed("SubjectPublicKeyInfo");
  DerReader reader(*content);
  const std::optional<AlgorithmIdentifier> algorithm = read_algorithm(reader);
  const std::optional<Bytes> bits = reader.take(kDerBitString);
  if (!algorithm || !bits || !reader.at_end()) return malformed("SubjectPublicKeyInfo");
  const std::optional<Bytes> body = der_bit_string_bytes(*bits);
  if (!body) return malformed("SubjectPublicKeyInfo");

  const std::string_view oid = as_text(algorithm->oid);
  if (oid == kOidRsa || oid == kOidRsaPss) {
    if (oid == kOidRsaPss) limit_to_pss(key, algorithm->parameters);
    if (const Status status = set_pkcs1_public(key, *body); !status) return status.error();
  } else if (oid == kOidEc) {
    const Curve curve = read_ec_parameters(key, algorithm->parameters);
    if (curve != Curve::kNone) set_ec_point(key, curve, *body, arithmetic);
  } else if (const Curve okp = curve_of(kOkpCurves, algorithm->oid); okp != Curve::kNone) {
    set_okp(key, okp, algorithm->parameters);
    key.x.assign(body->begin(), body->end());
  } else {
    refuse_other(key, algorithm->oid);
  }
  return key;
}

// Certificate ::= SEQUENCE { TBSCertificate, AlgorithmIdentifier, BIT STRING }
Result<PreparedKey> parse_certificate(Bytes der, CurveArithmetic& arithmetic) {
  const std::optional<Bytes> content = der_only(der, kDerSequence);
  if (!content) return malformed("certificate");
  DerReader reader(*content);
  const std::optional<Bytes> tbs = reader.take(kDerSequence);
  if (!tbs || !reader.take(kDerSequence) || !reader.take(kDerBitString) || !reader.at_end()) {
    return malformed("certificate");
  }
  DerReader fields(*tbs);
  if (fields.peek() == kDerContext0 && !fields.take(kDerContext0)) return malformed("certificate");
  bool good = fields.take(kDerInteger).has_value();  // serialNumber
  for (int i = 0; i < 4; ++i) {                      // signature, issuer, validity, subject
    good = good && fields.take(kDerSequence).has_value();
  }
  const std::optional<Bytes> spki = good ? fields.take_whole(kDerSequence) : std::nullopt;
  if (!spki || !skip_rest(fields)) return malformed("certificate");
  return parse_spki(*spki, arithmetic);
}

// ECPrivateKey ::= SEQUENCE { 1, OCTET STRING, [0] ECParameters OPTIONAL, [1] BIT STRING OPTIONAL
// }. Within PKCS#8 the curve stands outside; a second one inside must be the same, lest two readers
// see two keys.
Result<PreparedKey> parse_sec1(Bytes der, const DerReader* outer_parameters,
                               CurveArithmetic& arithmetic) {
  PreparedKey key;
  key.was_private = true;
  const std::optional<Bytes> content = der_only(der, kDerSequence);
  if (!content) return malformed("ECPrivateKey");
  DerReader reader(*content);
  const std::optional<Bytes> version = reader.take(kDerInteger);
  const std::optional<Bytes> scalar = reader.take(kDerOctetString);
  if (!version || !scalar) return malformed("ECPrivateKey");
  std::optional<DerReader> parameters, inner_parameters;
  if (outer_parameters != nullptr) parameters = *outer_parameters;
  if (reader.peek() == kDerContext0) {
    const std::optional<Bytes> inner = reader.take(kDerContext0);
    if (!inner) return malformed("ECPrivateKey");
    inner_parameters = DerReader(*inner);
    if (!parameters) parameters = inner_parameters;
  }
  std::optional<Bytes> point;
  if (const std::optional<Bytes> field = reader.take(kDerContext0 + 1)) {
    const std::optional<Bytes> bits = der_only(*field, kDerBitString);
    point = bits ? der_bit_string_bytes(*bits) : std::nullopt;
    if (!point) return malformed("ECPrivateKey");
  }
  if (!reader.at_end() || !parameters) return malformed("ECPrivateKey");

  const Curve curve = read_ec_parameters(key, *parameters);
  if (curve == Curve::kNone) return key;
  PreparedKey inside;
  if (inner_parameters && read_ec_parameters(inside, *inner_parameters) != curve) {
    key.refusal = "two curves in one key";
  }
  if (point) {
    set_ec_point(key, curve, *point, arithmetic);
  } else {
    key.curve = curve;
    auto found = arithmetic.public_point(curve, *scalar);
    if (!found) return malformed("ECPrivateKey");
    std::tie(key.x, key.y) = std::move(*found);
  }
  return key;
}

// OneAsymmetricKey ::= SEQUENCE { version, AlgorithmIdentifier, OCTET STRING, ... }
Result<PreparedKey> parse_pkcs8(Bytes der, CurveArithmetic& arithmetic) {
  PreparedKey key;
  key.was_private = true;
  const std::optional<Bytes> content = der_only(der, kDerSequence);
  if (!content) return malformed("PKCS#8 key");
  DerReader reader(*content);
  if (!reader.take(kDerInteger)) return malformed("PKCS#8 key");
  const std::optional<AlgorithmIdentifier> algorithm = read_algorithm(reader);
  const std::optional<Bytes> body = reader.take(kDerOctetString);
  // Attributes [0] and a copy of the public key [1] may follow; neither is needed.
  if (!algorithm || !body || !skip_rest(reader)) return malformed("PKCS#8 key");

  const std::string_view oid = as_text(algorithm->oid);
  if (oid == kOidRsa || oid == kOidRsaPss) {
    if (oid == kOidRsaPss) limit_to_pss(key, algorithm->parameters);
    if (const Status status = set_pkcs1_private(key, *body); !status) return status.error();
  } else if (oid == kOidEc) {
    return parse_sec1(*body, &algorithm->parameters, arithmetic);
  } else if (const Curve okp = curve_of(kOkpCurves, algorithm->oid); okp != Curve::kNone) {
    const std::optional<Bytes> seed = der_only(*body, kDerOctetString);
    auto x = seed ? CurveArithmetic::okp_public(okp, *seed) : std::nullopt;
    if (!x) return malformed("PKCS#8 key");
    set_okp(key, okp, algorithm->parameters);
    key.x = std::move(*x);
  } else {
    refuse_other(key, algorithm->oid);
  }
  return key;
}

// Tags of the elements of one level, at most ten; nothing when one of them is not DER.
std::optional<std::string> outline(Bytes content) {
  std::string tags;
  for (DerReader reader(content); !reader.at_end() && tags.size() < 10;) {
    const std::uint8_t tag = reader.peek();
    if (!reader.take(tag)) return std::nullopt;
    tags += static_cast<char>(tag);
  }
  return tags;
}

}  // namespace

bool is_der_sequence(Bytes der) { return der_only(der, kDerSequence).has_value(); }

DerKind recognise_der(Bytes der) {
  const std::optional<Bytes> content = der_only(der, kDerSequence);
  const std::optional<std::string> tags = content ? outline(*content) : std::nullopt;
  if (!tags) return DerKind::kNone;
  if (*tags == "\x30\x03"sv) return DerKind::kSpki;
  if (*tags == "\x30\x04"sv) return DerKind::kPkcs8Encrypted;
  if (*tags == "\x30\x30\x03"sv) return DerKind::kCertificate;
  if (*tags == "\x02\x02"sv) return DerKind::kPkcs1Public;
  if (*tags == "\x02\x02\x02\x02\x02\x02"sv) return DerKind::kDsaPrivate;
  if (tags->starts_with("\x02\x02\x02\x02\x02\x02\x02\x02\x02"sv)) return DerKind::kPkcs1Private;
  if (tags->starts_with("\x02\x30\x04"sv)) return DerKind::kPkcs8;
  if (tags->starts_with("\x02\x04"sv)) return DerKind::kSec1Private;
  return DerKind::kNone;
}

Result<PreparedKey> parse_der_key(Bytes der, DerKind kind, CurveArithmetic& arithmetic) {
  PreparedKey key;
  switch (kind) {
    case DerKind::kSpki: return parse_spki(der, arithmetic);
    case DerKind::kCertificate: return parse_certificate(der, arithmetic);
    case DerKind::kSec1Private: return parse_sec1(der, nullptr, arithmetic);
    case DerKind::kPkcs8: return parse_pkcs8(der, arithmetic);
    case DerKind::kPkcs1Public:
      if (const Status status = set_pkcs1_public(key, der); !status) return status.error();
      return key;
    case DerKind::kPkcs1Private:
      if (const Status status = set_pkcs1_private(key, der); !status) return status.error();
      return key;
    case DerKind::kDsaPrivate:
      key.was_private = true;
      key.type_text = "DSA";
      key.refusal = "a key of type DSA verifies no signature here";
      return key;
    case DerKind::kPkcs8Encrypted:
      return Error{ErrorKind::kKeys, {}, "encrypted private key; give the public key instead"};
    case DerKind::kNone: break;
  }
  return Error{ErrorKind::kKeys, {}, "DER that is no key we know"};
}

}  // namespace jotmill
