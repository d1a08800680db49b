// The bytes of a verdict record, and that nothing but the token, the keys and the policy moves
// them.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/cli/workspace.h"
#include "tests/support/catch.h"

using namespace jotmill::cli_test;

namespace {

using Words = std::vector<std::string>;

std::string records(Words args, const std::string& input) {
  args.insert(args.begin(), {"verify", "--keys", keys_file(), "--verdicts", "-", "--quiet"});
  return run(args, input).out;
}

std::string hex16(const unsigned char* bytes) {
  std::string out;
  for (int i = 0; i < 16; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += {kDigits[bytes[i] >> 4], kDigits[bytes[i] & 15]};
  }
  return out;
}

std::string sha256_id(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex16(digest.data());
}

std::string hmac_id(const std::string& key, const std::string& text) {
  std::array<unsigned char, 32> tag{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), tag.data(), &size);
  return hex16(tag.data());
}

/// A few hundred lines of all sorts, some faulty, some blank, lengths that straddle chunks.
std::string mixed_lines() {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    const std::string number = std::to_string(i);
    switch (i % 8) {
      case 0: text += forged_token(); break;
      case 1: text += token(R"({"exp":1000,"n":)" + number + "}"); break;
      case 2: text += "\r"; break;
      case 3: text += "h.p"; break;
      case 4: text += std::string(static_cast<std::size_t>(i) * 7, 'a'); break;
      default: text += token(R"({"sub":"u)" + number + "\"}"); break;
    }
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("every field of a record stands in its order") {
  const Folder folder;
  const std::string good = good_token();
  CHECK(records({}, "\n" + good + "\n") ==
        "{\"source\":\"-\",\"line\":2,\"offset\":1,\"channel\":\"bare\",\"layers\":[],\"verdict\":"
        "\"accepted\","
        "\"detail\":null,\"alg\":\"HS256\",\"kid\":\"k1\",\"token_id\":\"" +
            sha256_id(good) + "\"}\n");
  const std::string unread = records({}, "a.b\n");
  CHECK(contains(unread, "\"alg\":null,\"kid\":null,\"token_id\":\"" + sha256_id("a.b") + "\"}\n"));
  CHECK(members(unread, "verdict") == Words{"segment_count"});
  const std::string expires = token(R"({"exp":1000})");
  CHECK(members(records({"--as-of", "2000"}, expires), "detail") == Words{"exp=1000 as_of=2000"});
}

TEST_CASE("jsonl: offset is where the token's text begins, the channel names the field") {
  const Folder folder;
  const std::string good = good_token();
  const std::string out =
      records({"--field", "/token", "--format", "jsonl"},
              "{\"token\":\"" + good + "\"}\n{\"token\": \"Bearer " + good + "\"}\n");
  CHECK(members(out, "offset") == Words{"10", std::to_string(10 + good.size() + 3 + 18)});
  CHECK(members(out, "channel") == Words{"field:/token", "field:/token"});
  CHECK(members(out, "token_id") == Words{sha256_id(good), sha256_id(good)});
}

TEST_CASE("--only chooses records, not counts") {
  const Folder folder;
  const std::string text = good_token() + "\n" + forged_token() + "\n";
  CHECK(members(records({"--only", "all"}, text), "line") == Words{"1", "2"});
  CHECK(members(records({"--only", "accepted"}, text), "line") == Words{"1"});
  CHECK(members(records({"--only", "rejected"}, text), "line") == Words{"2"});
}

TEST_CASE("--show copies claims once the signature is good, and only then") {
  const Folder folder;
  const std::string out =
      records({"--show", "sub", "--show", "iss,nope"}, good_token() + "\n" + forged_token() + "\n");
  CHECK(contains(out, R"("claims":{"sub":"alice","iss":"https://issuer.example"})"));
  CHECK(count_lines(out) == 2);
  const std::string forged = out.substr(out.find('\n') + 1);
  CHECK_FALSE(contains(forged, "issuer.example"));
  CHECK_FALSE(contains(records({}, good_token()), "claims"));
}

TEST_CASE("--fingerprint-key makes token_id an HMAC") {
  const Folder folder;
  write_file("fp.key", "0123456789abcdef0123456789abcdef");
  const std::string good = good_token();
  CHECK(members(records({"--fingerprint-key", "fp.key"}, good), "token_id") ==
        Words{hmac_id("0123456789abcdef0123456789abcdef", good)});
  const Ended ended = run({"verify", "--keys", "keys.json", "--fingerprint-key", "missing"}, good);
  CHECK(ended.exit_code == 2);
  CHECK(contains(ended.err, "missing"));
}

TEST_CASE("a hostile kid is escaped, cut and harmless in both formats") {
  const Folder folder;
  const std::string header =
      R"({"alg":"HS256","kid":"=\u001b[31m\u202e\n)" + std::string(1000, 'k') + "\"}";
  const std::string hostile = sign(header, "{}");
  const std::string ndjson = records({}, hostile);
  CHECK(contains(ndjson, R"("kid":"=\u001b[31m\u202e\u000a)"));
  CHECK_FALSE(contains(ndjson, "\x1b"));
  CHECK_FALSE(contains(ndjson, std::string(257, 'k')));
  CHECK(count_lines(ndjson) == 1);
  REQUIRE(run({"verify", "--keys", "keys.json", "--verdicts", "out.csv"}, hostile).exit_code == 1);
  const std::string csv = read_file("out.csv");
  CHECK(contains(csv, "'="));
  CHECK_FALSE(contains(csv, "\x1b"));
  CHECK(count_lines(csv) == 2);
}

TEST_CASE("neither the token nor its signature stands in any output") {
  const Folder folder;
  const std::string good = good_token();
  const std::string forged = forged_token();
  const Ended ended = run({"verify", "--keys", keys_file(), "--verdicts", "out.ndjson", "--report",
                           "r.json", "--show", "sub,iss,aud,exp"},
                          good + "\n" + forged + "\n");
  const std::string all = ended.out + ended.err + read_file("out.ndjson") + read_file("r.json");
  for (const std::string& one : {good, forged}) {
    CHECK_FALSE(contains(all, one.substr(one.rfind('.') + 1)));
    CHECK_FALSE(contains(all, one.substr(0, one.find('.'))));
  }
  CHECK_FALSE(contains(all, std::string(kSecret)));
  CHECK_FALSE(contains(all, base64url(kSecret)));
}

TEST_CASE("the same bytes for every thread count, chunk size, kernel, file and standard input") {
  const Folder folder;
  const std::string text = mixed_lines();
  write_file("-lines.txt", text);
  const std::string expected = records({"--as-of", "2000", "--format", "lines"}, text);
  REQUIRE(count_lines(expected) == 350);
  for (const char* threads : {"1", "2", "8"}) {
    for (const char* chunk : {"1", "100", "4K", "1MiB"}) {
      CHECK(records({"--as-of", "2000", "--format", "lines", "--threads", threads, "--chunk-bytes",
                     chunk},
                    text) == expected);
    }
  }
  CHECK(records({"--as-of", "2000", "--format", "lines", "--kernels", "base64url=scalar"}, text) ==
        expected);
  std::string from_file = records({"--as-of", "2000", "--format", "lines", "--", "-lines.txt"}, "");
  for (std::size_t at; (at = from_file.find("\"-lines.txt\"")) != std::string::npos;) {
    from_file.replace(at, 12, "\"-\"");
  }
  CHECK((from_file == expected));
}

TEST_CASE("JOTMILL_CPU_MASK takes features away and changes no record") {
  const Folder folder;
  const std::string text = mixed_lines();
  const std::string expected = records({"--as-of", "2000", "--format", "lines"}, text);
  Start start{{"verify", "--keys", "keys.json", "--verdicts", "-", "--quiet", "--as-of", "2000",
               "--format", "lines"},
              text};
  start.env["JOTMILL_CPU_MASK"] = "avx2,avx512f";
  CHECK((run(start).out == expected));  // a failure prints no megabyte
}
