#include <algorithm>
#include <optional>

#include "keys/base64.h"
#include "keys/der.h"
#include "keys/jwk.h"
#include "keys/pem.h"
#include "keys/pkix.h"
#include "keys/prepare.h"

namespace jotmill {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The binary forms of SSH keys: a name with its length before it (RFC 4253 s6.6), of a certificate
// too, or the private keys of OpenSSH.
bool is_ssh_blob(std::string_view bytes) {
  if (bytes.starts_with("openssh-key-v1\0"sv)) return true;
  if (bytes.size() < 8 || !bytes.starts_with("\0\0\0"sv)) return false;
  bytes.remove_prefix(4);
  for (const std::string_view name : {"ssh-"sv, "ecdsa-"sv, "sk-s"sv, "sk-e"sv, "x509"sv}) {
    if (bytes.starts_with(name.substr(0, bytes.size()))) return true;
  }
  return false;
}

// A line of authorized_keys or known_hosts has the name of its kind, and behind it the binary form
// in base64, wherever in the line they stand.
bool is_ssh_word(std::string_view word) {
  for (const std::string_view name : {"ssh-rsa"sv, "ssh-dss"sv, "ssh-ed25519"sv, "ssh-ed448"sv,
                                      "ecdsa-sha2-"sv, "sk-ssh-"sv, "sk-ecdsa-"sv}) {
    const bool cert = word.starts_with(name) && word.substr(name.size()).starts_with("-cert-v0");
    if (word == name || cert || (name.ends_with('-') && word.starts_with(name))) return true;
  }
  if (!word.starts_with("AAAA") && !word.starts_with("b3Blbn")) return false;
  constexpr std::size_t kBegin = 20;  // characters, for 15 bytes
  const std::optional<SecretBytes> bytes = decode_base64_lax(word.substr(0, kBegin));
  return bytes && is_ssh_blob(as_text(*bytes));
}

// Also in SSH's own file formats (RFC 4716 s3) and that of PuTTY.
bool is_ssh(std::string_view text) {
  if (text.starts_with("---- BEGIN SSH2") || text.starts_with("PuTTY-User-Key-File-")) return true;
  if (is_ssh_blob(text)) return true;
  for (std::size_t at = 0; (at = text.find_first_not_of(kBlanks, at)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    if (is_ssh_word(text.substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

bool is_text(char c) { return (c >= ' ' && c <= '~') || kBlanks.find(c) != kBlanks.npos; }

// Other readers take BER too, with lengths that are longer than need be or open (X.690 s8.1.3). No
// secret is one SEQUENCE to its end that begins with a SEQUENCE or an INTEGER: of random bytes one
// in eight million, and text has no such tags.
bool is_ber_key(std::string_view text) {
  if (!text.starts_with("\x30") || text.size() < 4) return false;
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  std::size_t header = 2, length = byte(1);
  const bool open = length == 0x80;
  if (length > 0x80) {
    header += length - 0x80;
    if (header >= text.size()) return false;
    length = 0;
    for (std::size_t i = 2; i < header; ++i) {
      if (length > text.size()) return false;
      length = length << 8 | byte(i);
    }
  }
  const std::size_t room = text.size() - header;
  if (!open && (length > room || text.find_first_not_of(kBlanks, header + length) != text.npos)) {
    return false;
  }
  const std::string_view begin = text.substr(1, 7);
  return (byte(header) == kDerSequence || byte(header) == kDerInteger) &&
         !std::all_of(begin.begin(), begin.end(), is_text);
}

// A DER key may stand between blanks as any text does. Its last byte may be one too: so it ends
// where its own length says.
bool holds_der(Bytes bytes) {
  std::string_view text = as_text(bytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  if (is_ber_key(text)) return true;
  DerReader reader(as_bytes(text));
  const std::optional<Bytes> whole = reader.take_whole(kDerSequence);
  if (!whole || text.find_first_not_of(kBlanks, whole->size()) != text.npos) return false;
  return recognise_der(*whole) != DerKind::kNone;
}

// A PEM body without its lines begins with the base64 of a SEQUENCE header. In either alphabet, and
// without its padding too: it is no secret all the same.
bool is_base64_der(std::string_view text) {
  if (!text.starts_with("M")) return false;
  SecretVector<char> standard;
  standard.reserve(text.size() + 3);
  for (const char c : text) {
    if (kBlanks.find(c) == kBlanks.npos && c != '=') {
      standard.push_back(c == '-' ? '+' : c == '_' ? '/' : c);
    }
  }
  while (standard.size() % 4 != 0) standard.push_back('=');
  const std::optional<SecretBytes> der = decode_base64_lax({standard.data(), standard.size()});
  return der && recognise_der(*der) != DerKind::kNone;
}

// DER as hex digits, with blanks or colons between them.
bool is_hex_der(std::string_view text) {
  if (!text.starts_with("30")) return false;
  SecretBytes der;
  der.reserve(text.size() / 2);
  int high = -1;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit >= 0 && high >= 0) {
      der.push_back(static_cast<std::uint8_t>(high * 16 + digit));
      high = -1;
    } else if (digit >= 0) {
      high = digit;
    } else if (c != ':' && kBlanks.find(c) == kBlanks.npos) {
      return false;
    }
  }
  return high < 0 && recognise_der(der) != DerKind::kNone;
}

// UTF-16, as editors and shells of one system write text, behind its byte order mark: the other
// half of the bytes of any key in text is zero.
SecretVector<char> narrowed(std::string_view text) {
  SecretVector<char> narrow;
  if (!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF")) return narrow;
  const std::size_t low = text.starts_with("\xFF\xFE") ? 0 : 1;
  narrow.reserve(text.size() / 2);
  for (std::size_t at = 2; at + 1 < text.size(); at += 2) {
    if (text[at + 1 - low] != 0) return {};
    narrow.push_back(text[at + low]);
  }
  return narrow;
}

}  // namespace

std::string_view key_in_disguise(Bytes bytes) {
  const SecretVector<char> narrow = narrowed(as_text(bytes));
  if (!narrow.empty())
    return key_in_disguise(as_bytes(std::string_view(narrow.data(), narrow.size())));
  const std::string_view text = trim(as_text(bytes));
  if (holds_pem(as_text(bytes))) return "a PEM key";  // whose blank may be the last one
  if (holds_der(bytes) || is_base64_der(text) || is_hex_der(text)) return "a DER key";
  if (is_ssh(text)) return "an SSH key";
  const std::string_view json = text.starts_with("\xEF\xBB\xBF") ? trim(text.substr(3)) : text;
  if ((json.starts_with("{") || json.starts_with("[")) && looks_like_jwk(json)) return "a JSON key";
  return {};
}

}  // namespace jotmill
