#include "keys/pem.h"

#include <optional>
#include <string>
#include <utility>

#include "keys/base64.h"
#include "keys/pkix.h"

namespace jotmill {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

struct Block {
  std::string_view label, body;
  std::size_t next = 0;  // where to look for the next block
};

Error refuse(std::string reason) { return Error{ErrorKind::kKeys, {}, std::move(reason)}; }

std::string describe(std::size_t number, std::string_view label) {
  return "PEM block " + std::to_string(number) + " (" + quoted_value(label) + ")";
}

// The block that begins at `at`; nothing when its lines are not whole. A body has no dash, so the
// first one ends it: a block without an end costs one look at its text, however many of them a file
// holds.
std::optional<Block> read_block(std::string_view text, std::size_t at) {
  const std::size_t label_at = at + kBegin.size();
  const std::size_t line_end = text.find_first_of("\r\n", label_at);
  if (line_end == text.npos) return std::nullopt;
  std::string_view line = text.substr(label_at, line_end - label_at);
  while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  if (!line.ends_with(kDashes)) return std::nullopt;
  Block block;
  block.label = line.substr(0, line.size() - kDashes.size());
  const std::size_t end_at = text.find(kDashes, line_end);
  if (end_at == text.npos) return std::nullopt;
  block.body = text.substr(line_end, end_at - line_end);
  const std::string_view tail = text.substr(end_at);
  if (!tail.starts_with(kEnd) || !tail.substr(kEnd.size()).starts_with(block.label) ||
      !tail.substr(kEnd.size() + block.label.size()).starts_with(kDashes)) {
    return std::nullopt;
  }
  block.next = end_at + kEnd.size() + block.label.size() + kDashes.size();
  return block;
}

DerKind kind_of_label(std::string_view label) {
  if (label == "PUBLIC KEY") return DerKind::kSpki;
  if (label == "RSA PUBLIC KEY") return DerKind::kPkcs1Public;
  if (label == "CERTIFICATE" || label == "X509 CERTIFICATE") return DerKind::kCertificate;
  if (label == "PRIVATE KEY") return DerKind::kPkcs8;
  if (label == "RSA PRIVATE KEY") return DerKind::kPkcs1Private;
  if (label == "EC PRIVATE KEY") return DerKind::kSec1Private;
  if (label == "DSA PRIVATE KEY") return DerKind::kDsaPrivate;
  return DerKind::kNone;
}

bool is_encrypted(const Block& block) {
  return block.label == "ENCRYPTED PRIVATE KEY" ||
         (block.body.find(':') != block.body.npos &&
          block.body.find("ENCRYPTED") != block.body.npos);
}

}  // namespace

bool holds_pem(std::string_view text) { return text.find(kBegin) != text.npos; }

Result<KeyFile> parse_pem(std::string_view text, CurveArithmetic& arithmetic) {
  KeyFile file;
  std::size_t number = 0;
  for (std::size_t at = text.find(kBegin); at != text.npos;) {
    ++number;
    const std::optional<Block> block = read_block(text, at);
    if (!block) return refuse("PEM block " + std::to_string(number) + " has no proper end");
    at = text.find(kBegin, block->next);
    const std::string where = describe(number, block->label);
    if (is_encrypted(*block)) {
      return refuse(where + " is encrypted; give the public key instead");
    }
    const DerKind kind = kind_of_label(block->label);
    if (kind == DerKind::kNone) {
      if (block->label.find("KEY") != block->label.npos) return refuse(where + " cannot be read");
      if (block->label != "EC PARAMETERS") file.warnings.push_back(where + " is no key, skipped");
      continue;
    }
    const std::optional<SecretBytes> der = decode_base64_lax(block->body);
    if (!der) return refuse(where + ": not base64");
    Result<PreparedKey> key = parse_der_key(*der, kind, arithmetic);
    if (!key) return refuse(where + ": " + key.error().reason);
    file.keys.push_back(std::move(key).value());
  }
  return file;
}

Result<KeyFile> parse_der(Bytes der, CurveArithmetic& arithmetic) {
  Result<PreparedKey> key = parse_der_key(der, recognise_der(der), arithmetic);
  if (!key) return key.error();
  KeyFile file;
  file.keys.push_back(std::move(key).value());
  return file;
}

}  // namespace jotmill
