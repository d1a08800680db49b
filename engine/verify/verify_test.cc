#include "verify/verify.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "verify/sha2.h"
#include "verify/signature_form.h"

using namespace jotmill;

namespace {

std::string hex(Bytes bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::vector<std::uint8_t> unhex(std::string_view text) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

PreparedKey ec_key(Curve curve) {
  PreparedKey key;
  key.type = KeyType::kEc;
  key.curve = curve;
  return key;
}

PreparedKey okp_key(Curve curve) {
  PreparedKey key;
  key.type = KeyType::kOkp;
  key.curve = curve;
  return key;
}

/// r || s, each number `half` bytes long with the given last bytes.
std::vector<std::uint8_t> pair_of(std::vector<std::uint8_t> r, const std::vector<std::uint8_t>& s) {
  r.insert(r.end(), s.begin(), s.end());
  return r;
}

const std::string kP256Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const std::string kP256OrderLess1 =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
const std::string kOne(62, '0');

}  // namespace

TEST_CASE("digests are those of FIPS 180-4") {
  const Bytes abc = as_bytes("abc");
  CHECK(hex({sha2(Hash::kSha256, abc).data(), 32}) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex({sha2(Hash::kSha384, abc).data(), 48}) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134"
        "c825a7");
  CHECK(hex({sha2(Hash::kSha512, abc).data(), 64}) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("fingerprints: plain, keyed, and in pieces") {
  Fingerprint plain;
  CHECK(hex(plain.of(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  plain.begin();
  plain.update(as_bytes("a"));
  plain.update(as_bytes("bc"));
  CHECK(hex(plain.finish()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  for (const std::size_t key_len : {1u, 32u, 63u, 64u, 65u, 200u}) {
    const std::string key(key_len, 'k');
    unsigned char expected[32];
    unsigned len = 0;
    REQUIRE(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                 reinterpret_cast<const unsigned char*>("abc"), 3, expected, &len) != nullptr);
    CHECK(hex(Fingerprint(as_bytes(key)).of(as_bytes("abc"))) == hex({expected, 32}));
  }
}

TEST_CASE("signature lengths follow key and alg") {
  PreparedKey rsa;
  rsa.type = KeyType::kRsa;
  rsa.n.assign(257, 1);  // 2049 bits need 257 bytes
  CHECK(signature_bytes(rsa, Alg::kRS256) == 257);
  CHECK(signature_bytes(rsa, Alg::kPS512) == 257);
  CHECK(signature_bytes(ec_key(Curve::kP256), Alg::kES256) == 64);
  CHECK(signature_bytes(ec_key(Curve::kP384), Alg::kES384) == 96);
  CHECK(signature_bytes(ec_key(Curve::kP521), Alg::kES512) == 132);
  CHECK(signature_bytes(ec_key(Curve::kSecp256k1), Alg::kES256K) == 64);
  CHECK(signature_bytes(okp_key(Curve::kEd25519), Alg::kEdDSA) == 64);
  CHECK(signature_bytes(okp_key(Curve::kEd448), Alg::kEdDSA) == 114);
  PreparedKey oct;
  oct.type = KeyType::kOct;
  CHECK(signature_bytes(oct, Alg::kHS256) == 32);
  CHECK(signature_bytes(oct, Alg::kHS384) == 48);
  CHECK(signature_bytes(oct, Alg::kHS512) == 64);
}

TEST_CASE("ECDSA: r and s are in [1, n-1]") {
  const PreparedKey key = ec_key(Curve::kP256);
  const auto order = unhex(kP256Order), last = unhex(kP256OrderLess1), one = unhex(kOne + "01"),
             zero = unhex(kOne + "00");
  CHECK(signature_in_range(key, Alg::kES256, pair_of(one, one)));
  CHECK(signature_in_range(key, Alg::kES256, pair_of(last, last)));
  CHECK_FALSE(signature_in_range(key, Alg::kES256, pair_of(zero, one)));
  CHECK_FALSE(signature_in_range(key, Alg::kES256, pair_of(one, zero)));
  CHECK_FALSE(signature_in_range(key, Alg::kES256, pair_of(order, one)));
  CHECK_FALSE(signature_in_range(key, Alg::kES256, pair_of(one, order)));
}

TEST_CASE("ECDSA: the order of every curve is OpenSSL's, to the last bit") {
  const struct {
    Curve curve;
    Alg alg;
    int nid;
    int bytes;
  } rows[] = {{Curve::kP256, Alg::kES256, NID_X9_62_prime256v1, 32},
              {Curve::kP384, Alg::kES384, NID_secp384r1, 48},
              {Curve::kP521, Alg::kES512, NID_secp521r1, 66},
              {Curve::kSecp256k1, Alg::kES256K, NID_secp256k1, 32}};
  for (const auto& row : rows) {
    CAPTURE(row.nid);
    EC_GROUP* group = EC_GROUP_new_by_curve_name(row.nid);
    REQUIRE(group != nullptr);
    std::vector<std::uint8_t> order(static_cast<std::size_t>(row.bytes)), last;
    REQUIRE(BN_bn2binpad(EC_GROUP_get0_order(group), order.data(), row.bytes) == row.bytes);
    EC_GROUP_free(group);
    last = order;
    last.back() = static_cast<std::uint8_t>(last.back() - 1);  // it is odd
    const PreparedKey key = ec_key(row.curve);
    CHECK(signature_in_range(key, row.alg, pair_of(last, last)));
    CHECK_FALSE(signature_in_range(key, row.alg, pair_of(order, last)));
    CHECK_FALSE(signature_in_range(key, row.alg, pair_of(last, order)));
  }
}

TEST_CASE("EdDSA: S is below the group order, little-endian") {
  const auto check = [](Curve curve, Alg alg, std::string_view order_little_endian) {
    const std::vector<std::uint8_t> order = unhex(order_little_endian);
    std::vector<std::uint8_t> less = order;
    less[0] = static_cast<std::uint8_t>(less[0] - 1);
    const std::vector<std::uint8_t> r(order.size(), 0xFF);
    CHECK_FALSE(signature_in_range(okp_key(curve), alg, pair_of(r, order)));
    CHECK(signature_in_range(okp_key(curve), alg, pair_of(r, less)));
    std::vector<std::uint8_t> high = less;
    high.back() |= 0x80;
    CHECK_FALSE(signature_in_range(okp_key(curve), alg, pair_of(r, high)));
  };
  check(Curve::kEd25519, Alg::kEdDSA,
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  check(Curve::kEd448, Alg::kEd448,
        "f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7cffffffffffffffffffffffffffffffffff"
        "ffffffffffffffffffff3f00");
}

TEST_CASE("RSA: s is below n") {
  PreparedKey key;
  key.type = KeyType::kRsa;
  key.n = unhex("c0ff01");
  CHECK(signature_in_range(key, Alg::kRS256, unhex("c0ff00")));
  CHECK_FALSE(signature_in_range(key, Alg::kRS256, unhex("c0ff01")));
  CHECK_FALSE(signature_in_range(key, Alg::kPS256, unhex("ffffff")));
}
