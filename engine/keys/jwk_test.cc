#include "keys/jwk.h"

#include "keys/key_maker_for_test.h"
#include "support/catch.h"

namespace jotmill::keys_test {
namespace {

const std::string k32(32, 's'), k48(48, 's'), k64(64, 's');

TEST_CASE("sound JWKs of every type are loaded as they are") {
  const Pkey p384 = make_ec("P-384"), p521 = make_ec("P-521"), k1 = make_ec("secp256k1");
  const Pkey ed448 = make_plain("ED448");
  const auto ring = load_texts(
      {jwk_set({rsa_jwk(rsa_2048(), R"(,"kid":"r","alg":"PS384","use":"sig")"),
                ec_jwk(p256(), "P-256", 32, R"(,"kid":"e")"), ec_jwk(p384.get(), "P-384", 48),
                ec_jwk(p521.get(), "P-521", 66, R"(,"alg":"ES512")"),
                ec_jwk(k1.get(), "secp256k1", 32),
                okp_jwk("Ed25519", raw_public(ed25519()), R"(,"alg":"EdDSA")"),
                okp_jwk("Ed448", raw_public(ed448.get()))}),
       oct_jwk(k64, R"(,"key_ops":["verify"])")});
  REQUIRE(ring);
  const auto& keys = ring.value().keys();
  REQUIRE(keys.size() == 8);
  for (const PreparedKey& key : keys) {
    INFO(key.refusal);
    CHECK_FALSE(key.refused());
    CHECK(key.for_signatures());
  }
  CHECK(keys[0].type == KeyType::kRsa);
  CHECK(keys[0].n == rsa_n(rsa_2048()));
  CHECK(keys[0].e == ByteVector{1, 0, 1});
  CHECK(keys[0].bits == 2048);
  CHECK((keys[0].has_kid && keys[0].kid == "r"));
  CHECK((keys[0].has_alg && keys[0].alg == "PS384"));
  CHECK(keys[1].curve == Curve::kP256);
  CHECK(keys[1].x == ec_x(p256(), 32));
  CHECK(keys[1].y == ec_y(p256(), 32));
  CHECK(keys[2].bits == 384);
  CHECK_FALSE(keys[2].has_kid);
  CHECK(keys[3].bits == 521);
  CHECK(keys[4].curve == Curve::kSecp256k1);
  CHECK(keys[5].x == raw_public(ed25519()));
  CHECK(keys[6].curve == Curve::kEd448);
  CHECK(as_text(keys[7].secret) == k64);
  CHECK(keys[7].hmac.size() == 3);
  CHECK(keys[7].source == 1);
  CHECK(keys[6].position == 6);
}

TEST_CASE("member strings are unescaped, numbers of any size and unknown members are passed over") {
  const auto ring = load_texts(
      {R"( {"keys" : [{"\u006bty":"oct","k":"\u0063)" + encode_base64url(as_bytes(k32)).substr(1) +
       R"(","kid":"a\u0000\u20ac\ud83d\ude00","x":1e400,"o":[{"kid":[1e999]}]}],"n":1E400} )"});
  REQUIRE(ring);
  const PreparedKey& key = ring.value().keys()[0];
  CHECK(key.refusal.empty());
  CHECK(as_text(key.secret) == k32);
  CHECK(key.kid == std::string_view("a\0\xE2\x82\xAC\xF0\x9F\x98\x80", 9));
}

TEST_CASE("files that are no JWK and no JWK Set are refused whole") {
  const auto whole = [](const std::string& text) { return refused_whole({text}); };
  CHECK(whole(R"({"keys":{}})") == "keys is not an array");
  CHECK(whole(R"({"keys":"x"})") == "keys is not an array");
  CHECK(whole(R"({"a":1})") == "JSON without kty or keys, so neither a JWK nor a JWK Set");
  CHECK(whole(R"([])") == "neither a JWK nor a JWK Set");
  CHECK(whole("{}") == "JSON without kty or keys, so neither a JWK nor a JWK Set");
  CHECK(whole(R"({"kty":"oct","keys":[]})") == "has kty and keys, so neither a JWK nor a JWK Set");
  CHECK(whole(R"({"keys":[],})") == "not JSON: syntax");
  CHECK(whole(R"({"keys":[]}x)") == "not JSON: trailing_data");
  CHECK(whole("\xEF\xBB\xBF{\"keys\":[]}") == "not JSON: bom");
  CHECK(whole("{\"keys\":[],\"a\":\"\xFF\"}") == "not JSON: not UTF-8");
  CHECK(whole(R"({"keys":[],"a":"\udc00"})") == "not JSON: lone_surrogate");
  CHECK(whole(R"({"keys":[],"a":)" + std::string(64, '[') + std::string(64, ']') + "}") ==
        "not JSON: depth");
  CHECK(whole(R"({"keys":[)" + oct_jwk(k32)) == "not JSON: syntax");
  CHECK(whole("") == "empty file");
  CHECK(whole(" \r\n") == "empty file");
  CHECK(whole("hello") == "neither JWK, JWK Set, PEM nor DER");
}

TEST_CASE("a syntax error is told with its byte") {
  const auto ring = load_texts({R"({"keys":[1 2]})"});
  REQUIRE_FALSE(ring);
  CHECK(ring.error().kind == ErrorKind::kKeys);
  CHECK(ring.error().offset_bytes == 11);
}

TEST_CASE("equal member names refuse a key, and in a set the file") {
  CHECK(refusal(oct_jwk(k32, R"(,"kid":"a","kid":"b")")) == "two members named kid");
  CHECK(refusal(jwk_set({oct_jwk(k32, R"(,"k":"AA")")})) == "two members named k");
  CHECK(refusal(jwk_set({oct_jwk(k32, R"(,"\u006b":"AA")")})) == "two members named k");
  CHECK(refusal(jwk_set({oct_jwk(k32, R"(,"z":1,"z":2)")})) == "two members named z");
  CHECK(refused_whole({R"({"keys":[],"keys":[]})"}) == "two members named keys");
  CHECK(refused_whole({R"({"keys":[],"key\u0073":[]})"}) == "two members named keys");
}

TEST_CASE("a malformed entry of a set is refused alone, and the others serve") {
  const auto ring =
      load_texts({R"({"keys":[7,["x",{}],)" + oct_jwk(k32, R"(,"kid":"a","kid":"b")") + "," +
                  oct_jwk(k32, R"(,"kid":"good")") + "]}"});
  REQUIRE(ring);
  REQUIRE(ring.value().keys().size() == 4);
  CHECK(ring.value().keys()[0].refusal == "not a JSON object");
  CHECK(ring.value().keys()[1].refusal == "not a JSON object");
  CHECK(ring.value().keys()[2].refused());
  CHECK_FALSE(ring.value().keys()[2].has_kid);
  CHECK(ring.value().find(Alg::kHS256, true, "good").usable_count == 1);
}

TEST_CASE("one kid twice for the same kty and alg refuses the set") {
  const std::string other(32, 't');
  CHECK(
      refused_whole({jwk_set({oct_jwk(k32, R"(,"kid":"a")"), oct_jwk(other, R"(,"kid":"a")")})}) ==
      "kid a stands twice for the same kty and alg");
  CHECK(refused_whole({jwk_set({R"({"kty":"new","kid":"a"})", R"({"kty":"new","kid":"a"})"})}) ==
        "kid a stands twice for the same kty and alg");
  // Another alg, no kid, or another file: no clash.
  CHECK(refused_whole(
            {jwk_set({oct_jwk(k32, R"(,"kid":"a","alg":"HS256")"), oct_jwk(k48, R"(,"kid":"a")")})})
            .empty());
  CHECK(refused_whole({jwk_set({oct_jwk(k32), oct_jwk(other)})}).empty());
  CHECK(refused_whole({oct_jwk(k32, R"(,"kid":"a")"), oct_jwk(other, R"(,"kid":"a")")}).empty());
  CHECK(refused_whole({jwk_set({rsa_jwk(rsa_2048(), R"(,"kid":"a")"),
                                ec_jwk(p256(), "P-256", 32, R"(,"kid":"a")")})})
            .empty());
}

TEST_CASE("a set of nothing but commas does not fill the memory") {
  std::string many = "{\"keys\":[1";
  for (int i = 1; i < (1 << 18); ++i) many += ",1";
  const auto most = load_texts({many + "]}"});
  REQUIRE(most);
  CHECK(most.value().keys().size() == (1 << 18));
  const auto refused = load_texts({many + ",1]}"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason.find("more than 262144 keys") != std::string::npos);
}

TEST_CASE("symmetric and public keys in one set refuse it, in two files they combine") {
  const std::string open = ec_jwk(p256(), "P-256", 32);
  CHECK(refused_whole({jwk_set({oct_jwk(k32), open})}) ==
        "symmetric and public keys in one JWK Set");
  CHECK(refused_whole({jwk_set({oct_jwk("short"), open})}) ==
        "symmetric and public keys in one JWK Set");
  CHECK(refused_whole({oct_jwk(k32), open}).empty());
  CHECK(refused_whole({jwk_set({oct_jwk(k32), R"({"kty":"unknown"})"})}).empty());
}

TEST_CASE("members that are missing or of a wrong kind refuse their key alone") {
  CHECK(refusal(R"({"kty":"oct"})") == "k is missing");
  CHECK(refusal(R"({"kty":"oct","k":7})") == "k is not a string");
  CHECK(refusal(R"({"kty":"oct","k":"A"})") == "k is not base64url (length)");
  CHECK(refusal(R"({"kty":"oct","k":"AB"})") == "k is not base64url (trailing_bits)");
  CHECK(refusal(R"({"kty":"oct","k":"AAA="})") == "k is not base64url (padding)");
  CHECK(refusal(R"({"kty":"oct","k":"AA+A"})") == "k is not base64url (alphabet)");
  CHECK(refusal(R"({"kty":"RSA","e":"AQAB"})") == "n is missing");
  CHECK(refusal(R"({"kty":"RSA","n":"AQAB"})") == "e is missing");
  CHECK(refusal(R"({"kty":"EC","x":"AQAB","y":"AQAB"})") == "crv is missing");
  CHECK(refusal(R"({"kty":"EC","crv":"P-256","x":"AQAB"})") == "y is missing");
  CHECK(refusal(R"({"kty":"OKP","crv":"Ed25519"})") == "x is missing");
  CHECK(refusal(R"({"kty":7})") == "kty is not a string");
  CHECK(refusal(jwk_set({R"({"k":"AA"})"})) == "kty is missing");
  CHECK(refusal(R"({"kty":"Oct","k":"AA"})") == "unknown kty Oct");
  CHECK(refusal(oct_jwk(k32, R"(,"kid":7)")) == "kid is not a string");
  CHECK(refusal(oct_jwk(k32, R"(,"alg":null)")) == "alg is not a string");
  CHECK(refusal(oct_jwk(k32, R"(,"use":["sig"])")) == "use is not a string");
  CHECK(refusal(oct_jwk(k32, R"(,"key_ops":"verify")")) == "key_ops is not an array of strings");
  CHECK(refusal(oct_jwk(k32, R"(,"key_ops":["verify",1])")) ==
        "key_ops is not an array of strings");
  CHECK(refusal(oct_jwk(k32, R"(,"key_ops":["verify",{"a":[]}])")) ==
        "key_ops is not an array of strings");

  const auto ring = load_texts({jwk_set({R"({"kty":"oct"})", oct_jwk(k32)})});
  REQUIRE(ring);
  CHECK(ring.value().keys()[0].refused());
  CHECK_FALSE(ring.value().keys()[1].refused());
}

TEST_CASE("curves are known by their names and belong to their types") {
  const ByteVector x = ec_x(p256(), 32), y = ec_y(p256(), 32);
  CHECK(refusal(point_jwk("P-255", x, y)) == "unknown crv P-255 for kty EC");
  CHECK(refusal(point_jwk("Ed25519", x, y)) == "unknown crv Ed25519 for kty EC");
  CHECK(refusal(okp_jwk("P-256", x)) == "unknown crv P-256 for kty OKP");
  CHECK(refusal(okp_jwk("X25519", x)) == "crv X25519 is for key agreement, not for signatures");
  CHECK(refusal(okp_jwk("X448", x)) == "crv X448 is for key agreement, not for signatures");
}

TEST_CASE("an alg that does not belong to the key refuses it") {
  const Pkey p521 = make_ec("P-521");
  CHECK(refusal(ec_jwk(p521.get(), "P-521", 66, R"(,"alg":"ES521")")) ==
        "alg ES521 does not fit crv P-521");
  CHECK(refusal(ec_jwk(p256(), "P-256", 32, R"(,"alg":"ES384")")) ==
        "alg ES384 does not fit crv P-256");
  CHECK(refusal(rsa_jwk(rsa_2048(), R"(,"alg":"RSA1_5","use":"enc")")) ==
        "alg RSA1_5 does not fit kty RSA");
  CHECK(refusal(oct_jwk(k32, R"(,"alg":"A256KW")")) == "alg A256KW does not fit kty oct");
  CHECK(refusal(oct_jwk(k32, R"(,"alg":"")")) == "alg  does not fit kty oct");
  CHECK(refusal(okp_jwk("Ed25519", raw_public(ed25519()), R"(,"alg":"Ed448")")) ==
        "alg Ed448 does not fit crv Ed25519");
  CHECK(refusal(okp_jwk("Ed25519", raw_public(ed25519()), R"(,"alg":"Ed25519")")).empty());
}

TEST_CASE("use and key_ops limit a sound key") {
  const auto limit = [](const std::string& more) {
    const auto ring = load_texts({oct_jwk(k32, more)});
    REQUIRE(ring);
    CHECK_FALSE(ring.value().keys()[0].refused());
    return ring.value().keys()[0].use_limit;
  };
  CHECK(limit("") == UseLimit::kNone);
  CHECK(limit(R"(,"use":"sig")") == UseLimit::kNone);
  CHECK(limit(R"(,"use":"enc")") == UseLimit::kUse);
  CHECK(limit(R"(,"use":"SIG")") == UseLimit::kUse);
  CHECK(limit(R"(,"key_ops":["sign"])") == UseLimit::kNone);
  CHECK(limit(R"(,"key_ops":["deriveBits","verify"])") == UseLimit::kNone);
  CHECK(limit(R"(,"key_ops":["verify","deriveBits"])") == UseLimit::kNone);
  CHECK(limit(R"(,"key_ops":["encrypt"])") == UseLimit::kKeyOps);
  CHECK(limit(R"(,"key_ops":["sign, verify"])") == UseLimit::kKeyOps);
  CHECK(limit(R"(,"key_ops":[])") == UseLimit::kKeyOps);
  CHECK(limit(R"(,"use":"enc","key_ops":["verify"])") == UseLimit::kUse);
}

TEST_CASE("a private JWK gives its public half, with a warning") {
  const auto ring = load_texts({rsa_jwk(rsa_2048(), R"(,"d":"AQAB","p":"AQ")")});
  REQUIRE(ring);
  const PreparedKey& key = ring.value().keys()[0];
  CHECK_FALSE(key.refused());
  CHECK(key.was_private);
  REQUIRE(key.warnings.size() == 1);
  CHECK(key.warnings[0] == "private key, only its public half is used");
  REQUIRE(ring.value().warnings().size() == 1);
  CHECK(ring.value().warnings()[0].ends_with("file0: 1 private key, only the public half is used"));
}

}  // namespace
}  // namespace jotmill::keys_test
