#include <array>

#include "keys/base64.h"
#include "keys/jwk.h"
#include "keys/pem.h"
#include "keys/pkix.h"
#include "keys/prepare.h"

namespace jotmill {
namespace {

using namespace std::string_view_literals;

std::string_view trim(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Lines of authorized_keys and of SSH's own file formats (RFC 4716 s3, RFC 4253 s6.6), and the
// binary forms inside.
bool is_ssh(std::string_view text) {
  constexpr std::array kStarts = {"ssh-rsa "sv,
                                  "ssh-dss "sv,
                                  "ssh-ed25519 "sv,
                                  "ssh-ed448 "sv,
                                  "ecdsa-sha2-"sv,
                                  "sk-ssh-"sv,
                                  "sk-ecdsa-"sv,
                                  "---- BEGIN SSH2"sv,
                                  "openssh-key-v1\0"sv,
                                  "\0\0\0\x07ssh-"sv,
                                  "\0\0\0\x0bssh-ed25"sv,
                                  "\0\0\0\x09ssh-ed4"sv,
                                  "\0\0\0\x13"
                                  "ecdsa-"sv,
                                  "PuTTY-User-Key-File-"sv};
  for (const std::string_view start : kStarts) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

// A PEM body without its lines begins with the base64 of a SEQUENCE header.
bool is_base64_der(std::string_view text) {
  if (!text.starts_with("M")) return false;
  const std::optional<SecretBytes> der = decode_base64_lax(text);
  return der && recognise_der(*der) != DerKind::kNone;
}

}  // namespace

std::string_view key_in_disguise(Bytes bytes) {
  const std::string_view text = trim(as_text(bytes));
  if (holds_pem(text)) return "a PEM key";
  if (recognise_der(bytes) != DerKind::kNone || is_base64_der(text)) return "a DER key";
  if (is_ssh(text)) return "an SSH key";
  const std::string_view json = text.starts_with("\xEF\xBB\xBF") ? trim(text.substr(3)) : text;
  if ((json.starts_with("{") || json.starts_with("[")) && looks_like_jwk(json)) return "a JSON key";
  return {};
}

}  // namespace jotmill
