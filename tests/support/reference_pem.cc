#include "support/reference_pem.h"

#include <map>
#include <optional>
#include <utility>

#include "support/reference_base64url.h"
#include "support/reference_der.h"

namespace jotmill::reference {
namespace {

using ReadShape = std::optional<Key> (*)(std::string_view der);

// Standard base64 (RFC 4648 s4) in lines, padded as it must be.
std::optional<std::string> decode_base64(std::string_view text) {
  std::string url;
  for (const char c : text) {
    if (c == '-' || c == '_') return std::nullopt;
    if (c == '+') {
      url += '-';
    } else if (c == '/') {
      url += '_';
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      url += c;
    }
  }
  if (url.size() % 4 != 0) return std::nullopt;
  Decoded decoded = decode_base64url(url, true);
  if (!decoded.ok) return std::nullopt;
  return decoded.bytes;
}

// A key by its label alone: nobody needs what is in it.
std::optional<Key> refuse_dsa(std::string_view) {
  Key key;
  key.refused = "DSA verifies no signature here";
  return key;
}

// The keys of one PEM block into `out`; the fault of the whole text, or empty.
std::string read_block(std::string_view label, std::string_view body, ReadKeys& out) {
  const bool has_headers = body.find(':') != std::string_view::npos;  // RFC 1421 s4.6.1.1
  if (label == "ENCRYPTED PRIVATE KEY" ||
      (has_headers && body.find("ENCRYPTED") != std::string_view::npos)) {
    return "encrypted PEM";
  }
  static const std::map<std::string_view, ReadShape> kShapes = {
      {"PUBLIC KEY", read_spki},
      {"RSA PUBLIC KEY", read_pkcs1_public},
      {"CERTIFICATE", read_certificate},
      {"X509 CERTIFICATE", read_certificate},
      {"PRIVATE KEY", read_pkcs8},
      {"RSA PRIVATE KEY", read_pkcs1_private},
      {"EC PRIVATE KEY", read_sec1_private},
      {"DSA PRIVATE KEY", refuse_dsa},
  };
  const auto shape = kShapes.find(label);
  if (shape == kShapes.end()) {
    const bool is_key = label.find("KEY") != std::string_view::npos;
    return is_key ? "PEM block of a key that is not known" : "";
  }
  const auto der = decode_base64(body);
  if (!der) return "PEM block is not base64";
  auto key = shape->second(*der);
  if (!key) return "PEM block cannot be read";
  out.keys.push_back(std::move(*key));
  return "";
}

// Cuts `text` behind the first `mark` and gives what stood before it; nothing when there is none.
std::optional<std::string_view> cut(std::string_view& text, std::string_view mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return before;
}

// What follows "-----BEGIN ": the rest of that line, the body, and "END " with the same label. Cuts
// it off `text`.
std::string read_rest_of_block(std::string_view& text, ReadKeys& out) {
  std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  if (line.size() == text.size()) return "PEM block without an end";
  text.remove_prefix(line.size());
  line = line.substr(0, line.find_last_not_of(" \t") + 1);
  if (!line.ends_with("-----")) return "PEM block whose first line has no end";
  line.remove_suffix(5);
  const auto body = cut(text, "-----");
  const std::string end = "END " + std::string(line) + "-----";
  if (!body || !text.starts_with(end)) return "PEM block without its end";
  text.remove_prefix(end.size());
  return read_block(line, *body, out);
}

}  // namespace

ReadKeys read_pem(std::string_view text) {
  ReadKeys out;
  if (!holds_pem(text)) out.fault = "PEM without a key";
  while (out.fault.empty() && cut(text, "-----BEGIN ")) out.fault = read_rest_of_block(text, out);
  if (!out.fault.empty()) out.keys.clear();
  return out;
}

bool holds_pem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }

ReadKeys read_der(std::string_view bytes) {
  ReadKeys out;
  for (const ReadShape read : {read_spki, read_certificate, read_pkcs1_public, read_pkcs1_private,
                               read_sec1_private, read_pkcs8, read_dsa_private}) {
    if (auto key = read(bytes)) out.keys.push_back(std::move(*key));
  }
  if (out.keys.empty()) out.fault = "malformed DER";
  return out;
}

bool is_der_key(std::string_view bytes) {
  return is_encrypted_pkcs8(bytes) || read_der(bytes).fault.empty();
}

}  // namespace jotmill::reference
