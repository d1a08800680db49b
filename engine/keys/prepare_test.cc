// The states are resumed through the old hash functions, whose contexts are open.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "keys/prepare.h"

#include <openssl/hmac.h>

#include <random>

#include "keys/hmac_states.h"
#include "keys/key_maker_for_test.h"
#include "support/catch.h"

namespace jotmill::keys_test {
namespace {

ByteVector from_hex(std::string_view hex) {
  ByteVector bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// An odd number of this many bits with no small structure of its own.
ByteVector odd_number(std::size_t bits, unsigned seed) {
  std::mt19937 random(seed);
  ByteVector n((bits + 7) / 8);
  for (auto& byte : n) byte = static_cast<std::uint8_t>(random());
  const unsigned top = static_cast<unsigned>((bits - 1) % 8);
  n[0] = static_cast<std::uint8_t>((n[0] & ((1u << top) - 1)) | 1u << top);
  n.back() |= 1;
  return n;
}

TEST_CASE("RSA: size of the modulus") {
  CHECK(refusal(rsa_jwk(odd_number(1024, 1), {1, 0, 1})) == "RSA of 1024 bits, 2048 is the least");
  CHECK(refusal(rsa_jwk(odd_number(2047, 1), {1, 0, 1})) == "RSA of 2047 bits, 2048 is the least");
  CHECK(refusal(rsa_jwk(odd_number(2048, 1), {1, 0, 1})).empty());
  CHECK(refusal(rsa_jwk(odd_number(16384, 1), {1, 0, 1})).empty());
  CHECK(refusal(rsa_jwk(odd_number(16385, 1), {1, 0, 1})) ==
        "RSA of 16385 bits, 16384 is the most");
  CHECK(refusal(rsa_jwk(ByteVector(), {1, 0, 1})) == "RSA of 0 bits, 2048 is the least");
}

TEST_CASE("RSA: parity and exponent") {
  ByteVector even = odd_number(2048, 2);
  even.back() &= 0xFE;
  const ByteVector n = odd_number(2048, 2);
  CHECK(refusal(rsa_jwk(even, {1, 0, 1})) == "RSA n is even");
  CHECK(refusal(rsa_jwk(n, {1})) == "RSA e is below 3");
  CHECK(refusal(rsa_jwk(n, {2})) == "RSA e is even");
  CHECK(refusal(rsa_jwk(n, {})) == "RSA e is even");
  CHECK(refusal(rsa_jwk(n, {3})).empty());
  CHECK(refusal(rsa_jwk(n, {1, 0, 0})) == "RSA e is even");
  CHECK(refusal(rsa_jwk(n, ByteVector(8, 0xFF))).empty());
  CHECK(refusal(rsa_jwk(n, {1, 0, 0, 0, 0, 0, 0, 0, 1})) == "RSA e of 65 bits, 64 is the most");
}

TEST_CASE("RSA: leading zeros are dropped with a warning, before the size is taken") {
  ByteVector n = odd_number(2048, 3);
  const ByteVector plain = n;
  n.insert(n.begin(), 2, 0);
  const auto ring = load_texts({rsa_jwk(n, {0, 3})});
  REQUIRE(ring);
  const PreparedKey& key = ring.value().keys()[0];
  CHECK(key.refusal.empty());
  CHECK(key.n == plain);
  CHECK(key.e == ByteVector{3});
  CHECK(key.bits == 2048);
  CHECK(key.warnings == std::vector<std::string>{"n has leading zeros", "e has leading zeros"});
  REQUIRE(ring.value().warnings().size() == 1);  // what verify says of the file
  CHECK(ring.value().warnings()[0].ends_with(
      ": 1 key with leading zeros in n or e, which count for nothing; first key 0: n has leading "
      "zeros"));
}

// A number of the ROCA form: congruent to a power of 65537 modulo each of the small primes.
TEST_CASE("RSA: the ROCA fingerprint") {
  BN_CTX* context = BN_CTX_new();
  BIGNUM *primorial = BN_new(), *n = BN_new(), *exponent = BN_new(), *base = BN_new(),
         *factor = BN_new();
  BN_one(primorial);
  for (const BN_ULONG prime :
       {2,  3,  5,  7,  11, 13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67, 71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167}) {
    BN_mul_word(primorial, prime);
  }
  BN_set_word(base, 65537);
  BN_set_word(exponent, 123456789);
  BN_mod_exp(n, base, exponent, primorial, context);
  BN_set_bit(factor, 2047 - BN_num_bits(primorial) + 1);
  BN_mul(factor, factor, primorial, context);
  BN_add(n, n, factor);
  ByteVector bytes(static_cast<std::size_t>(BN_num_bytes(n)));
  BN_bn2bin(n, bytes.data());
  for (BIGNUM* number : {primorial, n, exponent, base, factor}) BN_free(number);
  BN_CTX_free(context);

  CHECK(has_roca_fingerprint(bytes));
  CHECK(refusal(rsa_jwk(bytes, {1, 0, 1})) == "RSA n has the ROCA fingerprint (CVE-2017-15361)");
  bytes.back() ^= 2;
  CHECK_FALSE(has_roca_fingerprint(bytes));
  CHECK_FALSE(has_roca_fingerprint(rsa_n(rsa_2048())));
}

TEST_CASE("EC: length, range and curve equation, against the library's own points") {
  struct Row {
    const char* crv;
    const char* group;
    std::size_t size;
  };
  for (const Row& row : {Row{"P-256", "P-256", 32},
                         {"P-384", "P-384", 48},
                         {"P-521", "P-521", 66},
                         {"secp256k1", "secp256k1", 32}}) {
    const std::string crv = row.crv;
    INFO(crv);
    const Pkey key = make_ec(row.group);
    const ByteVector x = ec_x(key.get(), row.size), y = ec_y(key.get(), row.size);
    CHECK(refusal(point_jwk(crv, x, y)).empty());
    ByteVector off = y;
    off.back() ^= 1;
    CHECK(refusal(point_jwk(crv, x, off)) == "the point is not on " + crv);
    CHECK(refusal(point_jwk(crv, y, x)) == "the point is not on " + crv);
    CHECK(refusal(point_jwk(crv, ByteVector(row.size), ByteVector(row.size))) ==
          "the point is not on " + crv);
    CHECK(refusal(point_jwk(crv, ByteVector(row.size, 0xFF), y)) == "the point is not on " + crv);
    ByteVector longer = x, shorter = x;
    longer.insert(longer.begin(), 0);
    shorter.pop_back();
    const std::string has = " bytes, " + crv + " has " + std::to_string(row.size);
    CHECK(refusal(point_jwk(crv, longer, y)) == "x of " + std::to_string(row.size + 1) + has);
    CHECK(refusal(point_jwk(crv, shorter, y)) == "x of " + std::to_string(row.size - 1) + has);
    CHECK(refusal(point_jwk(crv, x, {})) == "y of 0" + has);
  }
}

TEST_CASE("EC: x + p in place of x, the same number modulo p, is out of range") {
  // secp256k1 has p close to 2^256, so few x have a second form; x = 1 has one: x + p = 2^256 -
  // 2^32 - 976.
  CurveArithmetic arithmetic;
  ByteVector one(32);
  one.back() = 1;
  const auto point = arithmetic.decompress(Curve::kSecp256k1, one, false);
  REQUIRE(point);
  CHECK(arithmetic.on_curve(Curve::kSecp256k1, point->first, point->second));
  const ByteVector shifted =
      from_hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC30");
  CHECK_FALSE(arithmetic.on_curve(Curve::kSecp256k1, shifted, point->second));
}

TEST_CASE("EC: x + p or y + p of P-521, which 66 bytes have room for, is out of range") {
  // p = 2^521 - 1: a number less one, and the bit above its 521.
  const auto plus_p = [](ByteVector number) {
    for (std::size_t i = number.size(); i-- > 0 && number[i]-- == 0;) {
    }
    number.front() |= 2;
    return number;
  };
  const Pkey key = make_ec("P-521");
  const ByteVector x = ec_x(key.get(), 66), y = ec_y(key.get(), 66);
  CHECK(refusal(point_jwk("P-521", plus_p(x), y)) == "the point is not on P-521");
  CHECK(refusal(point_jwk("P-521", x, plus_p(y))) == "the point is not on P-521");
}

std::string okp_refusal(const std::string& crv, ByteVector x) { return refusal(okp_jwk(crv, x)); }

TEST_CASE("OKP: small order, in every encoding") {
  // Ed25519: the eight points of order 1, 2, 4, 8, and what stands for them in non-canonical form.
  for (const char* hex : {"0100000000000000000000000000000000000000000000000000000000000000",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "0000000000000000000000000000000000000000000000000000000000000000",
                          "0000000000000000000000000000000000000000000000000000000000000080",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"}) {
    INFO(hex);
    CHECK(okp_refusal("Ed25519", from_hex(hex)) == "x is an Ed25519 point of small order");
  }
  for (const char* hex : {"0100000000000000000000000000000000000000000000000000000000000080",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    INFO(hex);
    CHECK(okp_refusal("Ed25519", from_hex(hex)) ==
          "x is not the canonical form of an Ed25519 point");
  }
  // Ed448: y = 1, y = -1, y = 0 with either sign.
  ByteVector one(57),
      minus_one = from_hex("fe" + std::string(54, 'f') + "fe" + std::string(54, 'f') + "00"),
      zero(57);
  REQUIRE(minus_one.size() == 57);
  one[0] = 1;
  const std::string small = "x is an Ed448 point of small order";
  CHECK(okp_refusal("Ed448", one) == small);
  CHECK(okp_refusal("Ed448", minus_one) == small);
  CHECK(okp_refusal("Ed448", zero) == small);
  zero[56] = 0x80;
  CHECK(okp_refusal("Ed448", zero) == small);
  const std::string canonical = "x is not the canonical form of an Ed448 point";
  one[56] = 0x80;
  CHECK(okp_refusal("Ed448", one) == canonical);
  ByteVector high(57);
  high[0] = 5, high[56] = 1;
  CHECK(okp_refusal("Ed448", high) == canonical);
  CHECK(okp_refusal("Ed448", from_hex("ff" + std::string(54, 'f') + "fe" + std::string(54, 'f') +
                                      "00")) == canonical);
}

TEST_CASE("OKP: generated keys are points, half of all other strings are not") {
  CurveArithmetic arithmetic;
  for (const char* type : {"ED25519", "ED448"}) {
    const Curve curve = std::string(type) == "ED448" ? Curve::kEd448 : Curve::kEd25519;
    for (int i = 0; i < 50; ++i) {
      const Pkey key = make_plain(type);
      CHECK(arithmetic.check_okp(curve, raw_public(key.get())) == CurveArithmetic::Okp::kGood);
    }
    std::mt19937 random(5);
    int good = 0;
    for (int i = 0; i < 400; ++i) {
      ByteVector x(coordinate_bytes(curve));
      for (auto& byte : x) byte = static_cast<std::uint8_t>(random());
      if (curve == Curve::kEd448) x.back() &= 0x80;
      const auto answer = arithmetic.check_okp(curve, x);
      REQUIRE(
          (answer == CurveArithmetic::Okp::kGood || answer == CurveArithmetic::Okp::kNotOnCurve));
      good += answer == CurveArithmetic::Okp::kGood ? 1 : 0;
    }
    CHECK((good > 140 && good < 260));
  }
  ByteVector two(32);
  two[0] = 2;
  CHECK(okp_refusal("Ed25519", two) == "the point is not on Ed25519");
  CHECK(okp_refusal("Ed25519", ByteVector(31, 9)) == "x of 31 bytes, Ed25519 has 32");
  CHECK(okp_refusal("Ed448", ByteVector(56, 9)) == "x of 56 bytes, Ed448 has 57");
}

TEST_CASE("oct: least length by alg, weak secrets when allowed, never an empty one") {
  const auto text = [](std::size_t size, const std::string& alg) {
    return oct_jwk(std::string(size, 's'), alg.empty() ? "" : ",\"alg\":\"" + alg + "\"");
  };
  CHECK(refusal(text(31, "")) == "oct of 248 bits, 256 is the least");
  CHECK(refusal(text(32, "")).empty());
  CHECK(refusal(text(31, "HS256")) == "oct of 248 bits, 256 is the least for HS256");
  CHECK(refusal(text(47, "HS384")) == "oct of 376 bits, 384 is the least for HS384");
  CHECK(refusal(text(63, "HS512")) == "oct of 504 bits, 512 is the least for HS512");
  CHECK(refusal(text(64, "HS512")).empty());
  CHECK(refusal(text(1, "HS512"), true).empty());
  CHECK(refusal(text(1, ""), true).empty());
  CHECK(refusal(text(0, "")) == "empty secret");
  CHECK(refusal(text(0, "HS256"), true) == "empty secret");
}

TEST_CASE("oct: a key file in the place of a secret is refused") {
  const auto why = [](const std::string& secret) { return refusal(oct_jwk(secret), true); };
  CHECK(why(spki_pem(rsa_2048())) == "the secret is a PEM key");
  CHECK(why("\n  " + spki_pem(p256())) == "the secret is a PEM key");
  CHECK(why("what is left of a key file is its -----BEGIN \n") == "the secret is a PEM key");
  CHECK(why(certificate_pem(p256())) == "the secret is a PEM key");
  CHECK(why(spki_der(rsa_2048())) == "the secret is a DER key");
  CHECK(why(pkcs1_der(rsa_2048())) == "the secret is a DER key");
  CHECK(why(pkcs8_der(p256())) == "the secret is a DER key");
  CHECK(why(encode_base64url(as_bytes(std::string(40, 'M')))).empty());
  const std::string pem = spki_pem(p256());
  const std::size_t body = pem.find('\n') + 1;
  CHECK(why(pem.substr(body, pem.rfind("-----END") - body)) == "the secret is a DER key");
  // Nobody's public key becomes a secret by a blank, a byte order mark or another alphabet.
  const std::string der = spki_der(rsa_2048());
  for (const char* const before : {"", " ", "\n", "\r\n\t ", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
    for (const char* const behind : {"", " ", "\n", "\r\n", "\n\n", " \t \n"}) {
      CHECK(why(before + der + behind) == "the secret is a DER key");
      CHECK(why(before + spki_pem(p256()) + behind) == "the secret is a PEM key");
      CHECK(why(before + rsa_jwk(rsa_2048()) + behind) == "the secret is a JSON key");
      CHECK(why(before + std::string("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA") + behind) ==
            "the secret is an SSH key");
    }
  }
  CHECK(why(der + "x").empty());
  // BER, which other readers take for DER: a length longer than need be, outside or inside, and an
  // open one.
  const std::string content = der.substr(4), small = spki_der(p256());
  REQUIRE(der.starts_with("\x30\x82"));
  CHECK(why(std::string("\x30\x83\0", 3) + der.substr(2)) == "the secret is a DER key");
  CHECK(why("\x30\x80" + content + std::string(2, '\0')) == "the secret is a DER key");
  REQUIRE(small.starts_with("\x30\x59\x30\x13"));
  CHECK(why("\x30\x5A\x30\x81\x13" + small.substr(4)) == "the secret is a DER key");
  CHECK(why("00" + std::string(48, '0')).empty());
  CHECK(why(encode_base64url(as_bytes(der))) == "the secret is a DER key");
  const std::string ed = spki_der(ed25519());
  CHECK(why(encode_base64url(as_bytes(ed))) == "the secret is a DER key");
  for (const char* const ssh :
       {"ssh-rsa\tAAAAB3NzaC1yc2EAAAADAQAB",
        "ssh-rsa-cert-v01@openssh.com AAAAHHNzaC1yc2EtY2VydC12",
        "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQ",
        "# of k\nssh-rsa AAAAB3NzaC1y", "restrict,no-pty ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB",
        "host.example ssh-ed25519 AAAAC3NzaC1l", "AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
        "  AAAAC3NzaC1lZDI1NTE5AAAAIA", "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAA",
        "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2g", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ",
        "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1l"}) {
    CAPTURE(ssh);
    CHECK(why(ssh) == "the secret is an SSH key");
  }
  CHECK(why("a passphrase with AAAA in it, and ssh-rsakey, of some length").empty());
  CHECK(why("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").empty());
  CHECK(why("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB me@here") == "the secret is an SSH key");
  CHECK(why("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@here") == "the secret is an SSH key");
  CHECK(why("ecdsa-sha2-nistp256 AAAA me@here") == "the secret is an SSH key");
  CHECK(why("---- BEGIN SSH2 PUBLIC KEY ----") == "the secret is an SSH key");
  CHECK(why(std::string("\0\0\0\x07ssh-rsa\0\0\0\x03", 15)) == "the secret is an SSH key");
  CHECK(why(" " + rsa_jwk(rsa_2048()) + "\n") == "the secret is a JSON key");
  CHECK(why(R"({"k\u0074y":"RSA","n":"AQAB","e":"AQAB"})") == "the secret is a JSON key");
  CHECK(why(R"({"\u006beys":[]})") == "the secret is a JSON key");
  CHECK(why(jwk_set({})) == "the secret is a JSON key");
  CHECK(why(oct_jwk("s", R"(,"kty":"RSA")")) == "the secret is a JSON key");
  CHECK(why(R"({"a":"no key at all, only a JSON object of some length"})").empty());
  CHECK(why(std::string(64, '0')).empty());
}

TEST_CASE("HMAC states continue to the library's HMAC") {
  for (const std::size_t size : {1, 20, 63, 64, 65, 127, 128, 129, 1000}) {
    const std::string secret(size, static_cast<char>('a' + size % 26));
    const auto states = make_hmac_states(as_bytes(secret));
    REQUIRE(states.size() == 3);
    // The message is the empty one: both hashes end with one padded block, which is done here by
    // hand through SHA256_Transform's public twin, a context with the state put in.
    SHA256_CTX context{};
    SHA256_Init(&context);
    for (int i = 0; i < 8; ++i)
      context.h[i] = static_cast<SHA_LONG>(states[0].inner[static_cast<std::size_t>(i)]);
    context.Nl = 512;
    ByteVector inner(32), tag(32), expected(32);
    SHA256_Final(inner.data(), &context);
    SHA256_Init(&context);
    for (int i = 0; i < 8; ++i)
      context.h[i] = static_cast<SHA_LONG>(states[0].outer[static_cast<std::size_t>(i)]);
    context.Nl = 512;
    SHA256_Update(&context, inner.data(), inner.size());
    SHA256_Final(tag.data(), &context);
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(size), nullptr, 0, expected.data(), nullptr);
    CHECK(tag == expected);
  }
  for (const auto& [row, digest, length] : {std::tuple{1u, EVP_sha384(), std::size_t{48}},
                                            std::tuple{2u, EVP_sha512(), std::size_t{64}}}) {
    for (const std::size_t size : {1, 64, 127, 128, 129, 500}) {
      const std::string secret(size, 'z');
      const auto states = make_hmac_states(as_bytes(secret));
      SHA512_CTX context{};
      const auto resume = [&context, is_384 = row == 1](const std::array<std::uint64_t, 8>& from) {
        is_384 ? SHA384_Init(&context) : SHA512_Init(&context);
        std::copy(from.begin(), from.end(), context.h);
        context.Nl = 1024;
      };
      ByteVector inner(64), tag(64), expected(length);
      resume(states[row].inner);
      SHA512_Final(inner.data(), &context);
      resume(states[row].outer);
      SHA512_Update(&context, inner.data(), length);
      SHA512_Final(tag.data(), &context);
      tag.resize(length);
      HMAC(digest, secret.data(), static_cast<int>(size), nullptr, 0, expected.data(), nullptr);
      CHECK(tag == expected);
    }
  }
}

}  // namespace
}  // namespace jotmill::keys_test
