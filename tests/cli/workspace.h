#ifndef JOTMILL_TESTS_CLI_WORKSPACE_H_
#define JOTMILL_TESTS_CLI_WORKSPACE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::cli_test {

/// A fresh folder for each test case, removed at its end; the program runs in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
};

/// The folder of the test case that runs.
const std::string& test_folder();
/// `path` within it; an absolute path stays.
std::string in_folder(const std::string& path);

void write_file(const std::string& path, std::string_view content);
/// A file of `bytes` zero bytes that takes no room on the disk.
void write_hole(const std::string& path, std::uint64_t bytes);
std::string read_file(const std::string& path);
bool exists(const std::string& path);

/// Secret of the HS256 key "k1" that keys_file() writes; 32 bytes, for tests alone.
inline constexpr std::string_view kSecret = "only-for-tests-0123456789abcdef!";
/// Writes keys.json (a JWK Set with that key) and returns its name.
std::string keys_file();

std::string base64url(std::string_view bytes);
/// header and payload are the JSON texts; signed with HMAC-SHA-256.
std::string sign(std::string_view header, std::string_view payload,
                 std::string_view secret = kSecret);
/// A token of the key k1 with these claims.
std::string token(std::string_view payload);
/// One that every policy without issuer and the like accepts: iss, sub, aud, exp in 2100.
std::string good_token();
/// The same with a signature that is wrong.
std::string forged_token();

/// What must stand in no output: a token, a part of one, a secret, a private key. Every run of the
/// program (program.h) is held against all that its process has remembered; sign() and keys_file()
/// remember what they make.
void remember_secret(std::string_view text);
/// Whether 31 bytes or more in a row of something remembered stand in `text`, or all of it if it is
/// of 16 to 31 bytes.
bool holds_secret(std::string_view text);

/// The value of `"name":"..."` or `"name":word` in each line of NDJSON, quotes removed.
std::vector<std::string> members(const std::string& ndjson, const std::string& name);
std::size_t count_lines(const std::string& text);
bool contains(const std::string& text, const std::string& part);

}  // namespace jotmill::cli_test

#endif  // JOTMILL_TESTS_CLI_WORKSPACE_H_
