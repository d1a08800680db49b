#include "keys/pem.h"

#include "keys/der.h"
#include "keys/key_maker_for_test.h"
#include "keys/pkix.h"
#include "support/catch.h"

namespace jotmill::keys_test {
namespace {

using namespace std::string_literals;

// Every file format of every key type gives the same key.
void check_formats(EVP_PKEY* pkey, const PreparedKey& expected, bool has_traditional) {
  const bool is_rsa = expected.type == KeyType::kRsa;
  std::vector<std::pair<std::string, bool>> files = {
      {spki_pem(pkey), false},
      {spki_der(pkey), false},
      {certificate_pem(pkey), false},
      {certificate_der(pkey), false},
      {armor("X509 CERTIFICATE", certificate_der(pkey)), false},
      {pkcs8_pem(pkey), true},
      {pkcs8_der(pkey), true}};
  if (is_rsa) {
    files.push_back({pkcs1_der(pkey), false});
    files.push_back({armor("RSA PUBLIC KEY", pkcs1_der(pkey)), false});
  }
  if (has_traditional) {
    files.push_back({traditional_pem(pkey), true});
    files.push_back({private_der(pkey), true});
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    INFO("format " << i);
    const auto ring = load_texts({files[i].first});
    REQUIRE(ring);
    REQUIRE(ring.value().keys().size() == 1);
    const PreparedKey& key = ring.value().keys()[0];
    CHECK(key.refusal.empty());
    CHECK(key.type == expected.type);
    CHECK(key.curve == expected.curve);
    CHECK((key.n == expected.n && key.e == expected.e));
    CHECK((key.x == expected.x && key.y == expected.y));
    CHECK(key.was_private == files[i].second);
    CHECK_FALSE(key.has_kid);
    CHECK_FALSE(key.has_alg);
    CHECK(key.permitted == kEveryAlg);
  }
}

TEST_CASE("RSA in every format") {
  PreparedKey expected;
  expected.type = KeyType::kRsa;
  expected.n = rsa_n(rsa_2048());
  expected.e = {1, 0, 1};
  check_formats(rsa_2048(), expected, true);
}

TEST_CASE("EC in every format, on all four curves") {
  struct Row {
    const char* group;
    Curve curve;
  };
  for (const Row& row : {Row{"P-256", Curve::kP256},
                         {"P-384", Curve::kP384},
                         {"P-521", Curve::kP521},
                         {"secp256k1", Curve::kSecp256k1}}) {
    INFO(row.group);
    const Pkey key = make_ec(row.group);
    PreparedKey expected;
    expected.type = KeyType::kEc;
    expected.curve = row.curve;
    expected.x = ec_x(key.get(), coordinate_bytes(row.curve));
    expected.y = ec_y(key.get(), coordinate_bytes(row.curve));
    check_formats(key.get(), expected, true);
  }
}

TEST_CASE("Ed25519 and Ed448 in every format") {
  for (const char* type : {"ED25519", "ED448"}) {
    const Pkey key = make_plain(type);
    PreparedKey expected;
    expected.type = KeyType::kOkp;
    expected.curve = std::string(type) == "ED448" ? Curve::kEd448 : Curve::kEd25519;
    expected.x = raw_public(key.get());
    check_formats(key.get(), expected, false);
  }
}

TEST_CASE("EC: compressed points are worked out, hybrid ones and infinity are no keys") {
  for (const char* group : {"P-256", "P-384", "P-521", "secp256k1"}) {
    INFO(group);
    const Pkey key = make_ec(group);
    const std::size_t size = std::string(group) == "P-384"   ? 48
                             : std::string(group) == "P-521" ? 66
                                                             : 32;
    const ByteVector x = ec_x(key.get(), size), y = ec_y(key.get(), size);
    const auto with_format = [&](const char* format) {
      const Pkey copy(EVP_PKEY_dup(key.get()));
      EVP_PKEY_set_utf8_string_param(copy.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                     format);
      return spki_der(copy.get());
    };
    const auto ring = load_texts({with_format("compressed")});
    REQUIRE(ring);
    CHECK(ring.value().keys()[0].refusal.empty());
    CHECK(ring.value().keys()[0].x == x);
    CHECK(ring.value().keys()[0].y == y);
    CHECK(
        refusal(with_format("hybrid")).starts_with("not an uncompressed or compressed point of "));
  }
}

// One element of DER, of less than 128 bytes.
std::string der(char tag, const std::string& content) {
  return std::string{tag, static_cast<char>(content.size())} + content;
}

// The parts of an SPKI of an EC key that may be wrong.
struct EcSpki {
  std::string point;
  std::string curve = "\x2a\x86\x48\xce\x3d\x03\x01\x07";  // P-256
  char unused_bits = 0;
  std::string behind = "";  // within the outer sequence
};
std::string ec_spki(const EcSpki& key) {
  constexpr char kOid = 0x06, kSequence = 0x30, kBits = 0x03;
  const std::string algorithm =
      der(kSequence, der(kOid, "\x2a\x86\x48\xce\x3d\x02\x01") + der(kOid, key.curve));
  return der(kSequence,
             algorithm + der(kBits, std::string(1, key.unused_bits) + key.point) + key.behind);
}
// SPKI of one P-256 point as it stands.
std::string p256_spki(const std::string& point) { return ec_spki({.point = point}); }

TEST_CASE("EC: points that are none refuse the key, not the file") {
  const std::string x(as_text(ec_x(p256(), 32))), y(as_text(ec_y(p256(), 32)));
  CHECK(refusal(p256_spki("\x04" + x + y)).empty());
  CHECK(refusal(p256_spki("\x04" + y + x)) == "the point is not on P-256");
  CHECK(refusal(p256_spki(std::string(1, '\0'))) ==
        "not an uncompressed or compressed point of P-256");
  CHECK(refusal(p256_spki("")) == "not an uncompressed or compressed point of P-256");
  CHECK(refusal(p256_spki("\x04" + x + y.substr(1))) ==
        "not an uncompressed or compressed point of P-256");
  CHECK(refusal(p256_spki("\x02" + std::string(32, '\xFF'))) == "the point is not on P-256");
  // x = 5 is on P-256; of x = 1 .. 4 some are not: whichever they are, the answer follows the
  // curve.
  int off = 0;
  for (char i = 1; i < 40; ++i)
    off += refusal(p256_spki("\x03" + std::string(31, '\0') + i)).empty() ? 0 : 1;
  CHECK((off > 5 && off < 35));
}

TEST_CASE(
    "EC: an SPKI that is not what DER allows, or of a curve whose name only begins like one") {
  const std::string point =
      "\x04" + std::string(as_text(ec_x(p256(), 32))) + std::string(as_text(ec_y(p256(), 32)));
  CHECK(refusal(ec_spki({.point = point})).empty());
  const std::string malformed = "PEM block 1 (PUBLIC KEY): malformed SubjectPublicKeyInfo";
  CHECK(refused_whole({armor("PUBLIC KEY", ec_spki({.point = point, .unused_bits = 1}))}) ==
        malformed);
  CHECK(refused_whole(
            {armor("PUBLIC KEY", ec_spki({.point = point, .behind = std::string("\x05\0", 2)}))}) ==
        malformed);
  CHECK(refusal(ec_spki({.point = point, .curve = "\x2a\x86\x48\xce\x3d\x03\x01"})) ==
        "unknown curve 1.2.840.10045.3.1");
}

TEST_CASE("EC: a private key in PKCS#8 that names its curve a second time names the same") {
  const std::string point =
      "\x04" + std::string(as_text(ec_x(p256(), 32))) + std::string(as_text(ec_y(p256(), 32)));
  const std::string ec_id = der(6, "\x2a\x86\x48\xce\x3d\x02\x01"),
                    p256_id = der(6, "\x2a\x86\x48\xce\x3d\x03\x01\x07"),
                    secp256k1_id = der(6, "\x2b\x81\x04\x00\x0a"s);
  const auto pkcs8 = [&](const std::string& inner) {
    const std::string key = der(0x30, der(2, "\1") + der(4, std::string(32, '\1')) + inner +
                                          der('\xA1', der(3, std::string(1, '\0') + point)));
    const std::string body =
        der(2, std::string(1, '\0')) + der(0x30, ec_id + p256_id) + der(4, key);
    return "\x30\x81" + std::string(1, static_cast<char>(body.size())) + body;
  };
  CHECK(refusal(pkcs8("")).empty());
  CHECK(refusal(pkcs8(der('\xA0', p256_id))).empty());
  CHECK(refusal(pkcs8(der('\xA0', secp256k1_id))) == "two curves in one key");
  CHECK(refusal(pkcs8(der('\xA0', ""))) == "two curves in one key");
}

TEST_CASE("Ed25519: an algorithm identifier with parameters refuses the key") {
  const std::string point(as_text(raw_public(ed25519()))), id = der(6, "\x2b\x65\x70");
  const auto spki = [&](const std::string& parameters) {
    return der(0x30, der(0x30, id + parameters) + der(3, std::string(1, '\0') + point));
  };
  const auto pkcs8 = [&](const std::string& parameters) {
    return der(0x30, der(2, std::string(1, '\0')) + der(0x30, id + parameters) +
                         der(4, der(4, std::string(32, 's'))));
  };
  const std::string why = "Ed25519 with parameters, which RFC 8410 s3 forbids";
  CHECK(refusal(spki("")).empty());
  CHECK(refusal(spki(der(5, ""))) == why);
  CHECK(refusal(pkcs8("")).empty());
  CHECK(refusal(pkcs8(der(5, ""))) == why);
}

TEST_CASE("what is passed over must be DER all the same, in PEM as in DER") {
  // An algorithm identifier has one element of parameters at most.
  const std::string point(as_text(raw_public(ed25519())));
  for (const std::string& behind : {der(5, "") + der(5, ""), "\x05"s, "\x05\x01"s}) {
    const std::string spki = der(
        0x30, der(0x30, der(6, "\x2b\x65\x70") + behind) + der(3, std::string(1, '\0') + point));
    CHECK(refused_whole({armor("PUBLIC KEY", spki)}) ==
          "PEM block 1 (PUBLIC KEY): malformed SubjectPublicKeyInfo");
  }
  const auto pkcs8 = [](const std::string& behind) {
    const std::string id = der(0x30, der(6, "\x2b\x65\x70"));
    return armor("PRIVATE KEY", der(0x30, der(2, std::string(1, '\0')) + id +
                                              der(4, der(4, std::string(32, 's'))) + behind));
  };
  CHECK(refused_whole({pkcs8("")}).empty());
  CHECK(refused_whole({pkcs8(der('\xA0', "") + der('\x81', "x"))}).empty());
  CHECK(refused_whole({pkcs8("\xA0")}) == "PEM block 1 (PRIVATE KEY): malformed PKCS#8 key");
  CHECK(refused_whole({pkcs8(der('\x81', "x") + "\x02\x05")}) ==
        "PEM block 1 (PRIVATE KEY): malformed PKCS#8 key");
  // A certificate's fields behind its key.
  const auto certificate = [&](const std::string& behind) {
    const std::string key =
        der(0x30, der(0x30, der(6, "\x2b\x65\x70")) + der(3, std::string(1, '\0') + point));
    std::string fields = der(2, "\1");
    for (int i = 0; i < 4; ++i) fields += der(0x30, "");
    return armor("CERTIFICATE", der(0x30, der(0x30, fields + key + behind) + der(0x30, "") +
                                              der(3, std::string(1, '\0'))));
  };
  CHECK(refused_whole({certificate("")}).empty());
  CHECK(refused_whole({certificate(der('\xA3', "anything"))}).empty());
  CHECK(refused_whole({certificate("\xA3\x05")}) ==
        "PEM block 1 (CERTIFICATE): malformed certificate");
}

TEST_CASE("EC: a curve that is not given by a name we know") {
  CHECK(refusal(spki_der(make_ec("prime192v1").get())) == "unknown curve 1.2.840.10045.3.1.1");
  CHECK(refusal(spki_der(make_ec("brainpoolP256r1").get())) ==
        "unknown curve 1.3.36.3.3.2.8.1.1.7");
  const Pkey explicit_key(EVP_PKEY_dup(p256()));
  REQUIRE(EVP_PKEY_set_utf8_string_param(explicit_key.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                         "explicit") == 1);
  CHECK(refusal(spki_der(explicit_key.get())) == "the curve is not given by name");
  CHECK(refusal(pkcs8_der(explicit_key.get())) == "the curve is not given by name");
}

TEST_CASE("EC: a private key without its public point has it worked out") {
  const Pkey bare(EVP_PKEY_dup(p256()));
  int no = 0;
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, &no),
                                   OSSL_PARAM_construct_end()};
  REQUIRE(EVP_PKEY_set_params(bare.get(), const_cast<OSSL_PARAM*>(parameters)) == 1);
  const std::string der = pkcs8_der(bare.get());
  REQUIRE(der.size() < pkcs8_der(p256()).size());
  const auto ring = load_texts({der});
  REQUIRE(ring);
  CHECK(ring.value().keys()[0].x == ec_x(p256(), 32));
  CHECK(ring.value().keys()[0].y == ec_y(p256(), 32));
}

TEST_CASE("keys that verify no signature here are refused by name") {
  CHECK(refusal(spki_pem(make_plain("X25519").get())) ==
        "a key of type X25519 verifies no signature here");
  CHECK(refusal(pkcs8_pem(make_plain("X448").get())) ==
        "a key of type X448 verifies no signature here");
  CHECK(refusal(spki_pem(make_rsa(1024).get())) == "RSA of 1024 bits, 2048 is the least");
  const std::string sm2 = spki_der(make_ec("SM2").get());
  CHECK(refusal(sm2) == "unknown curve 1.2.156.10197.1.301");
}

Pkey make_pss(const EVP_MD* hash, const EVP_MD* mgf, int salt) {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr);
  EVP_PKEY_keygen_init(context);
  EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048);
  if (hash != nullptr) EVP_PKEY_CTX_set_rsa_pss_keygen_md(context, hash);
  if (mgf != nullptr) EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(context, mgf);
  if (hash != nullptr) EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(context, salt);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_generate(context, &key) != 1) std::abort();
  EVP_PKEY_CTX_free(context);
  return Pkey(key);
}

TEST_CASE("an RSASSA-PSS key serves PS alone, with parameters only the one that fits them") {
  const AlgSet any = alg_bit(Alg::kPS256) | alg_bit(Alg::kPS384) | alg_bit(Alg::kPS512);
  const auto permitted = [](const std::string& file) {
    const auto ring = load_texts({file});
    REQUIRE(ring);
    INFO(ring.value().keys()[0].refusal);
    CHECK_FALSE(ring.value().keys()[0].refused());
    CHECK(ring.value().keys()[0].type == KeyType::kRsa);
    return ring.value().keys()[0].permitted;
  };
  const Pkey plain = make_pss(nullptr, nullptr, 0);
  CHECK(permitted(spki_pem(plain.get())) == any);
  CHECK(permitted(pkcs8_pem(plain.get())) == any);
  CHECK(permitted(certificate_pem(plain.get())) == any);
  CHECK(permitted(spki_pem(make_pss(EVP_sha256(), EVP_sha256(), 32).get())) ==
        alg_bit(Alg::kPS256));
  CHECK(permitted(spki_pem(make_pss(EVP_sha384(), EVP_sha384(), 20).get())) ==
        alg_bit(Alg::kPS384));
  CHECK(permitted(spki_pem(make_pss(EVP_sha512(), EVP_sha512(), 64).get())) ==
        alg_bit(Alg::kPS512));
  const std::string none = "the RSASSA-PSS parameters fit none of PS256, PS384, PS512";
  CHECK(refusal(spki_pem(make_pss(EVP_sha256(), EVP_sha384(), 32).get())) == none);
  CHECK(refusal(spki_pem(make_pss(EVP_sha256(), EVP_sha256(), 33).get())) == none);
  CHECK(refusal(spki_pem(make_pss(EVP_sha1(), EVP_sha1(), 20).get())) == none);
  // Parameters of SHA-256 itself, which has none or NULL.
  std::string odd = spki_der(make_pss(EVP_sha256(), EVP_sha256(), 32).get());
  const std::size_t null = odd.find("\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05") + 9;
  REQUIRE(null < odd.size());
  odd[null] = 4;
  CHECK(refusal(odd) == none);

  const auto ring =
      load_texts({spki_pem(plain.get()), spki_pem(make_pss(EVP_sha256(), EVP_sha256(), 32).get())});
  REQUIRE(ring);
  CHECK(judge_key(ring.value().keys()[0], Alg::kRS256) == Verdict::kKeyAlgMismatch);
  CHECK(judge_key_detail(ring.value().keys()[0], Alg::kRS256) == "RSASSA-PSS");
  CHECK(judge_key(ring.value().keys()[0], Alg::kPS512) == Verdict::kAccepted);
  CHECK(judge_key_detail(ring.value().keys()[1], Alg::kPS512) == "PS256");
}

TEST_CASE("encrypted keys refuse the file whole, in every form, and nobody is asked") {
  const std::string end = " is encrypted; give the public key instead";
  CHECK(refused_whole({encrypted_pem(rsa_2048(), false)}) ==
        "PEM block 1 (ENCRYPTED PRIVATE KEY)" + end);
  CHECK(refused_whole({encrypted_pem(rsa_2048(), true)}) == "PEM block 1 (RSA PRIVATE KEY)" + end);
  CHECK(refused_whole({encrypted_pem(p256(), true)}) == "PEM block 1 (EC PRIVATE KEY)" + end);
  CHECK(refused_whole({spki_pem(p256()) + encrypted_pem(p256(), false)}) ==
        "PEM block 2 (ENCRYPTED PRIVATE KEY)" + end);
  CHECK(refused_whole({encrypted_der(p256())}) ==
        "encrypted private key; give the public key instead");
  CHECK(refused_whole({armor("PRIVATE KEY", encrypted_der(p256()))})
            .starts_with("PEM block 1 (PRIVATE KEY): malformed"));
}

TEST_CASE("a PEM file may hold several blocks, text between them, and other line ends") {
  std::string crlf = spki_pem(p256());
  for (std::size_t i = 0; (i = crlf.find('\n', i)) != std::string::npos; i += 2)
    crlf.replace(i, 1, "\r\n");
  std::string one_line = spki_pem(ed25519());
  const std::size_t body = one_line.find('\n') + 1, end = one_line.find("-----END");
  std::string joined = one_line.substr(body, end - body);
  std::erase(joined, '\n');
  one_line = one_line.substr(0, body) + joined + "\n" + one_line.substr(end);
  const auto ring = load_texts(
      {"subject=CN = a - b\n" + certificate_pem(rsa_2048()) + "\n\n# note\n" + crlf + one_line});
  REQUIRE(ring);
  const auto& keys = ring.value().keys();
  REQUIRE(keys.size() == 3);
  CHECK(keys[0].n == rsa_n(rsa_2048()));
  CHECK(keys[1].x == ec_x(p256(), 32));
  CHECK(keys[2].x == raw_public(ed25519()));
  CHECK(keys[2].position == 2);
  CHECK(ring.value().warnings().empty());
}

TEST_CASE("PEM blocks that are no keys are passed over, unreadable keys are not") {
  const std::string parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  const auto quiet = load_texts({parameters + traditional_pem(p256())});
  REQUIRE(quiet);
  CHECK(quiet.value().keys().size() == 1);
  REQUIRE(quiet.value().warnings().size() == 1);  // of the private key alone
  const auto loud = load_texts({armor("X509 CRL", "0") + spki_pem(p256())});
  REQUIRE(loud);
  REQUIRE(loud.value().warnings().size() == 1);
  CHECK(loud.value().warnings()[0].ends_with("file0: PEM block 1 (X509 CRL) is no key, skipped"));
  CHECK(refused_whole({armor("OPENSSH PRIVATE KEY", "openssh-key-v1")}) ==
        "PEM block 1 (OPENSSH PRIVATE KEY) cannot be read");
  CHECK(refused_whole({armor("DSA PRIVATE KEY", pkcs1_der(rsa_2048()))}).empty());
}

TEST_CASE("malformed PEM refuses the file whole") {
  const std::string pem = spki_pem(p256());
  const std::string no_end = "PEM block 1 has no proper end";
  CHECK(refused_whole({pem.substr(0, pem.size() - 30)}) == no_end);
  CHECK(refused_whole({"-----BEGIN PUBLIC KEY-----"}) == no_end);
  CHECK(refused_whole({"-----BEGIN PUBLIC KEY\nAAAA\n-----END PUBLIC KEY-----\n"}) == no_end);
  CHECK(refused_whole({"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) == no_end);
  CHECK(refused_whole({"-----BEGIN PUBLIC KEY-----\nAAAA\n" + pem}) == no_end);
  CHECK(refused_whole({"-----BEGIN PUBLIC KEY-----\nAA*A\n-----END PUBLIC KEY-----\n"}) ==
        "PEM block 1 (PUBLIC KEY): not base64");
  CHECK(refused_whole({"-----BEGIN PUBLIC KEY-----\nAAAAA\n-----END PUBLIC KEY-----\n"}) ==
        "PEM block 1 (PUBLIC KEY): not base64");
  CHECK(refused_whole({"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}) ==
        "PEM block 1 (PUBLIC KEY): malformed SubjectPublicKeyInfo");
  CHECK(refused_whole({armor("PUBLIC KEY", pkcs1_der(rsa_2048()))}) ==
        "PEM block 1 (PUBLIC KEY): malformed SubjectPublicKeyInfo");
  CHECK(refused_whole({armor("RSA PUBLIC KEY", spki_der(rsa_2048()))}) ==
        "PEM block 1 (RSA PUBLIC KEY): malformed RSAPublicKey");
  CHECK(refused_whole({armor("CERTIFICATE", spki_der(rsa_2048()))}) ==
        "PEM block 1 (CERTIFICATE): malformed certificate");
  CHECK(refused_whole({armor("PUBLIC KEY", spki_der(p256()) + "x")}) ==
        "PEM block 1 (PUBLIC KEY): malformed SubjectPublicKeyInfo");
}

TEST_CASE("PEM: the padding of the body is that of RFC 4648") {
  const std::string pem = spki_pem(p256());  // 91 bytes: two padding characters
  const std::size_t at = pem.find("==");
  REQUIRE(at != std::string::npos);
  for (const char* padding : {"", "=", "===", "= = ="}) {
    std::string other = pem;
    other.replace(at, 2, padding);
    CHECK(refused_whole({other}) == "PEM block 1 (PUBLIC KEY): not base64");
  }
  std::string spaced = pem;
  spaced.replace(at, 2, "=\n =");
  CHECK(refused_whole({spaced}).empty());
  for (const std::size_t back : {1, 2, 40}) {
    for (const char c : {'-', '_'}) {
      std::string url = pem;
      url[at - back] = c;
      CHECK(refused_whole({url}) == "PEM block 1 (PUBLIC KEY): not base64");
    }
  }
}

TEST_CASE("DER that is cut short, goes on, or is no key refuses the file whole") {
  const std::string der = spki_der(rsa_2048());
  for (std::size_t size = 2; size < der.size(); size += 7) {
    INFO(size);
    CHECK_FALSE(refused_whole({der.substr(0, size)}).empty());
  }
  CHECK(refused_whole({der.substr(0, 100)}) == "DER that is cut short or malformed");
  CHECK(refused_whole({der + "0"}) == "DER that is cut short or malformed");
  CHECK(refused_whole({std::string("0\x03\x01\x01\xff", 5)}) == "DER that is no key we know");
  CHECK(refused_whole({std::string("0\0", 2)}) == "DER that is no key we know");
}

TEST_CASE("a DER reader takes what X.690 section 10 allows and nothing else") {
  const auto content = [](const std::string& der) {
    return der_only(as_bytes(der), kDerOctetString);
  };
  CHECK(content(std::string("\x04\x00", 2)));
  CHECK(as_text(*content("\x04\x01z")) == "z");
  CHECK(as_text(*content("\x04\x81\x80" + std::string(128, 'q'))) == std::string(128, 'q'));
  CHECK_FALSE(content("\x04\x81\x7f" + std::string(127, 'q')));  // longer than need be
  CHECK_FALSE(content(std::string("\x04\x82\x00\x80", 4) + std::string(128, 'q')));  // leading zero
  CHECK_FALSE(content("\x04\x80zz"));                                                // indefinite
  CHECK_FALSE(content("\x04\x02z"));                                                 // short
  CHECK_FALSE(content("\x04\x01zz"));                                                // long
  CHECK_FALSE(content("\x04"));
  CHECK_FALSE(content(""));
  CHECK_FALSE(content("\x04\x84\xff\xff\xff\xff"));
  CHECK_FALSE(content("\x04\x85\x01\x01\x01\x01\x01"));
  const auto magnitude = [](const std::string& bytes) { return der_magnitude(as_bytes(bytes)); };
  CHECK(magnitude(std::string(1, '\0'))->empty());
  CHECK(as_text(*magnitude(std::string("\0\x80", 2))) == "\x80");
  CHECK(as_text(*magnitude("\x7f")) == "\x7f");
  CHECK_FALSE(magnitude("\x80"));
  CHECK_FALSE(magnitude(std::string("\0\x7f", 2)));
  CHECK_FALSE(magnitude(""));
  CHECK(oid_text(as_bytes("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")) == "1.2.840.113549.1.1.1");
  CHECK(oid_text(as_bytes("\x88\x37\x03")) == "2.999.3");
}

}  // namespace
}  // namespace jotmill::keys_test
