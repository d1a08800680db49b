#include "keys/load.h"

#include <openssl/err.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "keys/key_maker_for_test.h"
#include "support/catch.h"

namespace jotmill::keys_test {
namespace {

const std::string kSecret = "0123456789abcdef0123456789abcdef";

Result<KeyRing> load(const std::string& path) {
  const KeySource source{path, false, std::nullopt};
  return load_keys(std::span(&source, 1), false);
}

TEST_CASE("no sources, files without keys, files that are not there") {
  const auto none = load_keys({}, false);
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::kNoKeys);

  const Folder folder;
  const auto empty_set = load(folder.write("empty.json", R"({"keys":[]})"));
  REQUIRE_FALSE(empty_set);
  CHECK(empty_set.error().kind == ErrorKind::kNoKeys);
  CHECK(empty_set.error().reason == "no key in " + folder.path() + "/empty.json");

  const auto missing = load(folder.path() + "/missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::kUnreadable);
  CHECK(missing.error().subject == folder.path() + "/missing");
  CHECK(missing.error().reason == "No such file or directory");
}

TEST_CASE("a malformed file is named, also when others are sound") {
  const Folder folder;
  const std::vector<KeySource> sources = {{folder.write("good.json", oct_jwk(kSecret)), false, {}},
                                          {folder.write("bad.json", "{"), false, {}}};
  const auto ring = load_keys(sources, false);
  REQUIRE_FALSE(ring);
  CHECK(ring.error().kind == ErrorKind::kKeys);
  CHECK(ring.error().subject == folder.path() + "/bad.json");
  CHECK(ring.error().reason == "not JSON: syntax");
  CHECK(ring.error().offset_bytes == 1);
}

TEST_CASE("an empty set beside another file is a warning") {
  const auto ring = load_texts({R"({"keys":[]})", oct_jwk(kSecret)});
  REQUIRE(ring);
  CHECK(ring.value().keys().size() == 1);
  REQUIRE(ring.value().warnings().size() == 1);
  CHECK(ring.value().warnings()[0].ends_with("file0: no key in it"));
}

TEST_CASE("a folder gives its files sorted by name, links too; folders in it are named") {
  const Folder folder, elsewhere;
  folder.write("b.pem", spki_pem(p256()));
  folder.write("a.json", oct_jwk(kSecret));
  folder.write(".hidden", spki_pem(rsa_2048()));
  REQUIRE(::mkdir((folder.path() + "/sub").c_str(), 0700) == 0);
  folder.write("sub/ignored.json", "not even JSON");
  const std::string target = elsewhere.write("target", spki_pem(ed25519()));
  REQUIRE(::symlink(target.c_str(), (folder.path() + "/c.link").c_str()) == 0);
  const auto ring = load(folder.path());
  REQUIRE(ring);
  const auto& keys = ring.value().keys();
  REQUIRE(keys.size() == 4);
  CHECK(keys[0].type == KeyType::kRsa);
  CHECK(keys[1].type == KeyType::kOct);
  CHECK(keys[2].type == KeyType::kEc);
  CHECK(keys[3].type == KeyType::kOkp);
  CHECK(ring.value().sources()[keys[1].source] == folder.path() + "/a.json");
  REQUIRE(ring.value().warnings().size() == 1);
  CHECK(ring.value().warnings()[0] == folder.path() + "/sub: not a regular file, skipped");
}

TEST_CASE("a folder without files") {
  const Folder folder;
  const auto ring = load(folder.path());
  REQUIRE_FALSE(ring);
  CHECK(ring.error().kind == ErrorKind::kNoKeys);
  const auto beside = [&] {
    const Folder other;
    const std::vector<KeySource> sources = {{folder.path(), false, {}},
                                            {other.write("k", oct_jwk(kSecret)), false, {}}};
    return load_keys(sources, false);
  }();
  REQUIRE(beside);
  REQUIRE(beside.value().warnings().size() == 1);
  CHECK(beside.value().warnings()[0] == folder.path() + ": no file in it");
}

TEST_CASE("keys may come through a pipe") {
  const Folder folder;
  const std::string path = folder.path() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const std::string text = jwk_set(std::vector<std::string>(1, oct_jwk(std::string(100'000, 'x'))));
  const pid_t child = ::fork();
  if (child == 0) {
    std::ofstream(path) << text;
    ::_exit(0);
  }
  const auto ring = load(path);
  ::waitpid(child, nullptr, 0);
  REQUIRE(ring);
  CHECK(ring.value().keys()[0].secret.size() == 100'000);
}

TEST_CASE("secret files: the bytes as they are, but for one trailing newline") {
  const auto loaded = [](const std::string& content) {
    const auto ring = load_secret(content);
    REQUIRE(ring);
    const PreparedKey& key = ring.value().keys()[0];
    CHECK(key.type == KeyType::kOct);
    CHECK((key.has_kid && key.kid == "s1"));
    CHECK_FALSE(key.has_alg);
    CHECK(key.refusal.empty());
    return std::pair(std::string(as_text(key.secret)), ring.value().warnings().size());
  };
  CHECK(loaded(kSecret) == std::pair(kSecret, std::size_t{0}));
  CHECK(loaded(kSecret + "\n") == std::pair(kSecret, std::size_t{1}));
  CHECK(loaded(kSecret + "\r\n") == std::pair(kSecret, std::size_t{1}));
  CHECK(loaded(kSecret + "\n\n") == std::pair(kSecret + "\n", std::size_t{1}));
  CHECK(loaded(kSecret + "\r") == std::pair(kSecret + "\r", std::size_t{0}));
  CHECK(loaded(kSecret + " ") == std::pair(kSecret + " ", std::size_t{0}));
  CHECK(loaded(std::string(32, '\0')).first == std::string(32, '\0'));
  const auto ring = load_secret(kSecret + "\n");
  CHECK(
      ring.value().warnings()[0].ends_with("secret: one trailing newline dropped from the secret"));
}

TEST_CASE("secret files: short ones are refused keys, key files are refused whole") {
  const auto short_one = load_secret("short\n");
  REQUIRE(short_one);
  CHECK(short_one.value().keys()[0].refusal == "oct of 40 bits, 256 is the least");
  CHECK(load_secret("\n").value().keys()[0].refusal == "empty secret");
  CHECK(load_secret("", true).value().keys()[0].refusal == "empty secret");
  CHECK(load_secret("short", true).value().keys()[0].refusal.empty());
  const auto whole = [](const std::string& content) {
    const auto ring = load_secret(content, true);
    REQUIRE_FALSE(ring);
    CHECK(ring.error().kind == ErrorKind::kKeys);
    return ring.error().reason;
  };
  CHECK(whole(spki_pem(p256())) == "holds a PEM key, no secret; give it as a key file");
  CHECK(whole(encrypted_pem(p256(), false)) == "holds a PEM key, no secret; give it as a key file");
  CHECK(whole(spki_der(p256())) == "holds a DER key, no secret; give it as a key file");
  CHECK(whole("ssh-ed25519 AAAA x\n") == "holds an SSH key, no secret; give it as a key file");
  CHECK(whole(oct_jwk(kSecret) + "\n") == "holds a JSON key, no secret; give it as a key file");

  const Folder folder;
  const KeySource source{folder.path(), true, std::nullopt};
  const auto directory = load_keys(std::span(&source, 1), false);
  REQUIRE_FALSE(directory);
  CHECK(directory.error().kind == ErrorKind::kUnreadable);
  const auto large = load_secret(std::string(kMostSecretBytes + 1, 'x'));
  REQUIRE_FALSE(large);
  CHECK(large.error().reason == "over 1 MiB");
}

TEST_CASE("an SSH key in the place of a key file is told what to do") {
  CHECK(refused_whole({"ssh-rsa AAAAB3NzaC1yc2E me@here\n"}) ==
        "an SSH key; ssh-keygen -e -m PKCS8 makes a PEM file of it");
}

TEST_CASE("a ring in which no key verifies anything still loads, with a warning") {
  const auto ring = load_texts({oct_jwk("short"), oct_jwk(kSecret, R"(,"use":"enc")")});
  REQUIRE(ring);
  CHECK(ring.value().keys().size() == 2);
  const auto& warnings = ring.value().warnings();
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].ends_with(
      "file0: 1 of 1 key refused; first key 0: oct of 40 bits, 256 is the least"));
  CHECK(warnings[1] == "no key can verify anything: every token will be rejected");
}

TEST_CASE("the list: every key in words, never a secret") {
  const Pkey p521 = make_ec("P-521");
  const auto ring = load_texts(
      {jwk_set({oct_jwk(kSecret, R"(,"kid":"h")"), oct_jwk("short", R"(,"alg":"HS256")")}),
       jwk_set({rsa_jwk(rsa_2048(), R"(,"alg":"RS256","kid":"r")"),
                okp_jwk("Ed25519", raw_public(ed25519())),
                ec_jwk(p521.get(), "P-521", 66, R"(,"use":"enc")"), R"({"kty":"new","kid":"n"})",
                R"({"kty":"EC","crv":"P-1","x":"","y":""})"})});
  REQUIRE(ring);
  const std::vector<KeyInfo> list = list_keys(ring.value());
  REQUIRE(list.size() == 7);
  using Names = std::vector<std::string>;
  CHECK(list[0].type == "oct");
  CHECK(list[0].bits == 256);
  CHECK(list[0].kid == "h");
  CHECK_FALSE(list[0].alg);
  CHECK(list[0].algs == Names{"HS256"});
  CHECK(list[0].thumbprint.empty());
  CHECK(list[1].refusal == "oct of 40 bits, 256 is the least for HS256");
  CHECK(list[1].algs.empty());
  CHECK(list[1].alg == "HS256");
  CHECK(list[2].type == "RSA");
  CHECK(list[2].algs == Names{"RS256"});
  CHECK(list[2].source.ends_with("file1"));
  CHECK(list[2].thumbprint.size() == 43);
  CHECK(list[3].curve == "Ed25519");
  CHECK(list[3].algs == Names{"EdDSA", "Ed25519"});
  CHECK(list[4].curve == "P-521");
  CHECK_FALSE(list[4].for_signatures);
  CHECK(list[4].algs.empty());
  CHECK(list[5].type == "new");
  CHECK(list[5].refusal == "unknown kty new");
  CHECK(list[5].thumbprint.empty());
  CHECK(list[6].curve == "P-1");
  CHECK(list[6].position == 4);
}

TEST_CASE("thumbprints are those of RFC 7638 and RFC 8037") {
  const auto thumbprint = [](const std::string& jwk) {
    const auto ring = load_texts({jwk});
    REQUIRE(ring);
    return list_keys(ring.value())[0].thumbprint;
  };
  // RFC 7638 s3.1.
  CHECK(
      thumbprint(
          R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_)"
          R"(BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY36)"
          R"(8QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcR)"
          R"(wr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})") ==
      "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  // RFC 8037 A.3.
  CHECK(thumbprint(
            R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})") ==
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST_CASE("nothing of ours stays in the library's error queue") {
  ERR_clear_error();
  refused_whole({encrypted_pem(p256(), false)});
  (void)load_texts(
      {spki_pem(rsa_2048()), spki_pem(make_plain("X25519").get()), certificate_pem(p256())});
  (void)refusal(okp_jwk("Ed25519", ByteVector(32, 2)));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a key set is no secret, however damaged, cut or wrapped") {
  const std::string set =
      R"({"keys":[{"kty":"RSA","n":"abcabcabcabcabcabcabcabcabcabcabcabc","e":"AQAB"}]})";
  const std::vector<std::string> shapes = {
      set,
      set.substr(0, set.size() - 5),
      set.substr(0, set.size() - 2) + ",]}",
      "[" + set + "]",
      "\xEF\xBB\xBF" + set,
      " \n" + set,
      R"([{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}])"};
  for (const std::string& shape : shapes) {
    const auto ring = load_keys(
        std::vector<KeySource>{{.path = "secret", .raw_secret = true, .content = shape}}, false);
    REQUIRE_FALSE(ring);
    CHECK(ring.error().reason == "holds a JSON key, no secret; give it as a key file");
  }
  const auto ring = load_keys(
      std::vector<KeySource>{
          {.path = "secret", .raw_secret = true, .content = "{" + std::string(40, 's')}},
      false);
  CHECK(ring);
}

TEST_CASE("a key in UTF-16 or hex digits is no secret") {
  const std::string pem = spki_pem(p256()), der = spki_der(p256());
  const auto wide = [](std::string_view text, bool little) {
    std::string bytes = little ? "\xFF\xFE" : "\xFE\xFF";
    for (const char c : text) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
    return bytes;
  };
  const auto hex = [](std::string_view bytes, std::string_view between) {
    std::string text;
    for (const char c : bytes) {
      for (const int digit : {(c >> 4) & 15, c & 15}) text += "0123456789abcdef"[digit];
      text += between;
    }
    return text;
  };
  const auto refusal = [](const std::string& content) {
    const auto ring = load_keys(
        std::vector<KeySource>{{.path = "secret", .raw_secret = true, .content = content}}, false);
    return ring ? std::string() : ring.error().reason;
  };
  const std::string no_pem = "holds a PEM key, no secret; give it as a key file";
  CHECK(refusal(wide(pem, true)) == no_pem);
  CHECK(refusal(wide(pem, false)) == no_pem);
  for (const std::string_view between : {"", ":", " ", "\n"})
    CHECK(refusal(hex(der, between)) == "holds a DER key, no secret; give it as a key file");
  // What only looks like it is a secret.
  CHECK(refusal(wide(std::string(40, 's'), true)).empty());
  CHECK(refusal("30" + std::string(62, 'a')).empty());
  CHECK(refusal(hex(der, "").substr(0, 64)).empty());
}

TEST_CASE("keys in memory are read as a file would be, and named by their path") {
  const std::string secret(32, 's');
  const std::vector<KeySource> sources = {
      {.path = "set in memory", .content = jwk_set({oct_jwk(secret, R"(,"kid":"a")")})},
      {.path = "secret in memory", .raw_secret = true, .kid = "b", .content = secret + "\n"}};
  const auto ring = load_keys(sources, false);
  REQUIRE(ring);
  CHECK(ring.value().sources() == std::vector<std::string>{"set in memory", "secret in memory"});
  CHECK(ring.value().find(Alg::kHS256, true, "a").usable_count == 1);
  CHECK(ring.value().find(Alg::kHS256, true, "b").usable_count == 1);
  const auto empty = load_keys(std::vector<KeySource>{{.path = "nothing", .content = ""}}, false);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().subject == "nothing");
}

}  // namespace
}  // namespace jotmill::keys_test
