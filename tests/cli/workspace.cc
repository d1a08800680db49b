#include "tests/cli/workspace.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <unordered_set>
#include <vector>

namespace jotmill::cli_test {
namespace {

namespace fs = std::filesystem;

/// Pieces that are looked for: of this size, from every multiple of it in a secret.
constexpr std::size_t kPieceBytes = 16;

std::uint64_t piece_mark(const char* at) {
  std::uint64_t a = 0, b = 0;
  std::memcpy(&a, at, sizeof a);
  std::memcpy(&b, at + sizeof a, sizeof b);
  return (a ^ std::rotl(b * 0x9E3779B97F4A7C15u, 29)) * 0xBF58476D1CE4E5B9u;
}

struct Remembered {
  std::unordered_set<std::uint64_t> pieces;
  /// One bit for the low bits of each mark: most places of a text are passed over by it.
  std::vector<bool> filter = std::vector<bool>(1 << 20);
};
Remembered& remembered() {
  static Remembered all;
  return all;
}

std::string& current_folder() {
  static std::string folder;
  return folder;
}

}  // namespace

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "jotmill-cli-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  current_folder() = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(current_folder(), ignored);
  current_folder().clear();
}

const std::string& test_folder() { return current_folder(); }

std::string in_folder(const std::string& path) { return (fs::path(test_folder()) / path).string(); }

void write_file(const std::string& path, std::string_view content) {
  std::ofstream file(in_folder(path), std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file) throw std::runtime_error("cannot write " + path);
}

void write_hole(const std::string& path, std::uint64_t bytes) {
  write_file(path, "");
  fs::resize_file(in_folder(path), bytes);
}

std::string read_file(const std::string& path) {
  std::ifstream file(in_folder(path), std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool exists(const std::string& path) { return fs::exists(in_folder(path)); }

void remember_secret(std::string_view text) {
  for (std::size_t at = 0; at + kPieceBytes <= text.size(); at += kPieceBytes) {
    const std::uint64_t mark = piece_mark(text.data() + at);
    remembered().pieces.insert(mark);
    remembered().filter[mark >> 44] = true;
  }
}

bool holds_secret(std::string_view text) {
  const Remembered& all = remembered();
  for (std::size_t at = 0; at + kPieceBytes <= text.size(); ++at) {
    const std::uint64_t mark = piece_mark(text.data() + at);
    if (all.filter[mark >> 44] && all.pieces.contains(mark)) return true;
  }
  return false;
}

std::string keys_file() {
  remember_secret(kSecret);
  remember_secret(base64url(kSecret));
  write_file("keys.json", R"({"keys":[{"kty":"oct","kid":"k1","alg":"HS256","k":")" +
                              base64url(kSecret) + "\"}]}");
  return "keys.json";
}

std::string base64url(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  while (out.ends_with('=')) out.pop_back();
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  return out;
}

std::string sign(std::string_view header, std::string_view payload, std::string_view secret) {
  const std::string input = base64url(header) + '.' + base64url(payload);
  std::array<unsigned char, 32> tag{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(), tag.data(), &size);
  const std::string signature = base64url({reinterpret_cast<const char*>(tag.data()), size});
  remember_secret(base64url(payload));
  remember_secret(signature);
  remember_secret(secret);
  return input + '.' + signature;
}

std::string token(std::string_view payload) {
  return sign(R"({"alg":"HS256","typ":"JWT","kid":"k1"})", payload);
}

std::string good_token() {
  return token(
      R"({"iss":"https://issuer.example","sub":"alice","aud":["api","web"],"exp":4102444800})");
}

std::string forged_token() {
  return sign(R"({"alg":"HS256","typ":"JWT","kid":"k1"})", R"({"iss":"https://issuer.example"})",
              "another-secret-0123456789abcdef!!");
}

std::vector<std::string> members(const std::string& ndjson, const std::string& name) {
  std::vector<std::string> values;
  for (std::size_t at = 0; at < ndjson.size();) {
    const std::size_t end = std::min(ndjson.find('\n', at), ndjson.size());
    const std::string line = ndjson.substr(at, end - at);
    at = end + 1;
    const std::string key = '"' + name + "\":";
    const std::size_t found = line.find(key);
    if (found == std::string::npos) {
      values.push_back("(absent)");
      continue;
    }
    const std::size_t begin = found + key.size();
    const bool text = line[begin] == '"';
    const std::size_t stop = text ? line.find('"', begin + 1) : line.find_first_of(",}", begin);
    values.push_back(line.substr(begin + (text ? 1 : 0), stop - begin - (text ? 1 : 0)));
  }
  return values;
}

std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace jotmill::cli_test
