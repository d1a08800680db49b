// Dumps of tools: HAR, curl -v, kubectl, binary; and what looks like a token.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "tools/generate/shapes.h"
#include "tools/generate/text.h"

namespace jotmill::tools {
namespace {

/// Random base64url text in which no candidate can begin: without e and Z.
std::string harmless(Rng& rng, std::size_t count) {
  std::string text = rng.word(count);
  std::ranges::replace(text, 'e', 'a');
  std::ranges::replace(text, 'Z', 'Q');
  return text;
}

// ---- HAR (http://www.softwareishard.com/blog/har-12-spec/)

/// The parts of an entry that hold text of the exchange.
struct HarEntry {
  Piece url = "https://api.test.invalid/v1/orders";
  Piece request_headers = R"({"name":"Accept","value":"*/*"})";
  Piece request_cookies, query, post_data;
  Piece response_headers = R"({"name":"Content-Type","value":"application/json"})";
  Piece content = R"("size":2,"mimeType":"application/json","text":"{}")";
};

Piece har_entry(const RecordParts& p, const HarEntry& e) {
  Piece out = Piece("{\"startedDateTime\":\"" + time_text(p.time_s, "%Y-%m-%dT%H:%M:%S.000Z") +
                    "\",\"time\":12.5,\"request\":{\"method\":\"GET\",\"url\":\"") +
              e.url + "\",\"httpVersion\":\"HTTP/2\",\"headers\":[" + e.request_headers +
              "],\"cookies\":[" + e.request_cookies + "],\"queryString\":[" + e.query + "]";
  if (!e.post_data.text.empty()) out += Piece(",\"postData\":{") + e.post_data + "}";
  return out + "},\"response\":{\"status\":200,\"headers\":[" + e.response_headers +
         "],\"cookies\":[],\"content\":{" + e.content +
         "}},\"cache\":{},\"timings\":{\"wait\":12.5}}";
}

Piece named(std::string_view name, const Piece& value) {
  return Piece(fmt::format("{{\"name\":\"{}\",\"value\":\"", name)) + value + "\"}";
}

Piece har_headers(const RecordParts& p) {
  HarEntry e;
  e.request_headers =
      named("Authorization", Piece("Bearer ") + token_piece(p.token, "har:request.headers"));
  return har_entry(p, e);
}
/// The same token in three places of one entry.
Piece har_query(const RecordParts& p) {
  HarEntry e;
  e.url += Piece("?access_token=") + token_piece(p.token, "har:request.url");
  e.query = named("access_token", token_piece(p.token, "har:request.queryString"));
  e.request_cookies = named("session", token_piece(p.token, "har:request.cookies"));
  return har_entry(p, e);
}
Piece har_bodies(const RecordParts& p) {
  HarEntry e;
  e.post_data = Piece("\"mimeType\":\"application/x-www-form-urlencoded\",\"text\":\"") +
                json_escaped(Piece("grant_type=x&assertion=") +
                             token_piece(p.token, "har:request.postData.text")) +
                "\"";
  e.content = Piece(R"("size":2,"mimeType":"application/json","text":)") +
              json_string(Piece("{\"access_token\":\"") +
                              token_piece(p.token, "har:response.content.text") + "\"}",
                          p.rng.below(2) == 0);
  return har_entry(p, e);
}
Piece har_base64(const RecordParts& p) {
  HarEntry e;
  e.content = Piece(R"("size":2,"mimeType":"application/json","encoding":"base64","text":")") +
              base64_encoded(Piece("{\"access_token\":\"") +
                             token_piece(p.token, "har:response.content.text") + "\"}") +
              "\"";
  return har_entry(p, e);
}
Piece har_set_cookie(const RecordParts& p) {
  HarEntry e;
  e.response_headers =
      named("Set-Cookie",
            Piece("id=") + token_piece(p.token, "har:response.headers") + "; Path=/; HttpOnly");
  return har_entry(p, e);
}

// ---- curl -v, kubectl

Piece curl_verbose(const RecordParts& p) {
  return Piece(
             "* Connected to api.test.invalid (192.0.2.7) port 443\n> GET /v1/orders HTTP/2\r\n"
             "> Host: api.test.invalid\r\n> Authorization: Bearer ") +
         token_piece(p.token, "authorization") +
         "\r\n> Accept: */*\r\n>\r\n< HTTP/2 200\r\n<\r\n{}";
}
Piece curl_command(const RecordParts& p) {
  return Piece("+ curl -sS -H 'Authorization: Bearer ") + token_piece(p.token, "authorization") +
         "' https://api.test.invalid/v1/orders";
}

Piece kubectl_v8(const RecordParts& p) {
  return Piece("I" + time_text(p.time_s, "%m%d %H:%M:%S.000000") +
               "   12345 round_trippers.go:466] curl -v -XGET  -H \"Accept: application/json\" -H "
               "\"Authorization: Bearer ") +
         token_piece(p.token, "authorization") +
         "\" 'https://192.0.2.9:6443/api/v1/pods?limit=500'";
}
Piece websocket_protocol(const RecordParts& p) {
  return Piece(iso_time(p.time_s, p.rng) +
               " Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.") +
         base64url_encoded(token_piece(p.token, "bare")) + ", v4.channel.k8s.io";
}

// ---- binary

/// Bytes that no text has, NUL and bad UTF-8 among them; no letter, so that no candidate begins.
std::string noise_bytes(Rng& rng) {
  std::string out;
  for (std::size_t i = 8 + rng.below(120); i > 0; --i) {
    const auto drawn = static_cast<char>(rng.below(160));
    out += drawn < 0x20 ? (drawn == '\n' || drawn == '\r' ? '\0' : drawn)
                        : static_cast<char>(drawn + 96);
  }
  return out;
}
Piece binary_token(const RecordParts& p) {
  return Piece(noise_bytes(p.rng)) + std::string(1, '\0') + token_piece(p.token, "bare") +
         std::string(1, '\0') + noise_bytes(p.rng);
}
Piece binary_header(const RecordParts& p) {
  return Piece(noise_bytes(p.rng) +
               "\x01"
               "authorization: Bearer ") +
         token_piece(p.token, "authorization") + "\x02" + noise_bytes(p.rng);
}

}  // namespace

Piece har_entry_with(const RecordParts& p, const Piece& cookie) {
  HarEntry e;
  e.request_cookies = named("session", cookie);
  return har_entry(p, e);
}
Piece har_noise(const RecordParts& p) { return har_entry(p, {}); }
Piece curl_noise(const RecordParts& p) {
  return Piece("* Connection #" + std::to_string(p.rng.below(9)) +
               " to host api.test.invalid left intact");
}
Piece binary_noise(const RecordParts& p) { return Piece(noise_bytes(p.rng)); }

std::string draw_placeholder(Rng& rng) {
  static constexpr std::string_view kWords[] = {"redacted",   "***",      "XXXXXXXX",
                                                "[REDACTED]", "REDACTED", "[removed]"};
  return std::string(kWords[rng.below(std::size(kWords))]);
}
std::string draw_ellipsis(Rng& rng) { return rng.below(2) == 0 ? "..." : "\xE2\x80\xA6"; }

Lookalike draw_lookalike(Rng& rng) {
  switch (rng.below(8)) {
    case 0:  // Flask: base64url JSON, time, signature
      return {base64url(R"({"logged_in":true,"user":7})") + ".Ac1d2w." + harmless(rng, 27), 1};
    case 1:  // itsdangerous with compression: a leading dot and no JSON
      return {".aJw" + harmless(rng, 40) + ".Ac1d2w." + harmless(rng, 27), 0};
    case 2: return {"v4.public." + base64url(R"({"data":"this is signed"})" + rng.bytes(64)), 1};
    case 3: return {"v4.local." + harmless(rng, 120), 0};
    case 4: return {"data:image/png;base64,iVBORw0KGgo" + harmless(rng, 160) + "==", 0};
    case 5: return {"report.final.v2.tar.gz", 0};
    case 6: return {"node-7.cluster.local.test.invalid", 0};
    default: return {base64url(R"({"page":2,"after":"2027-01-15"})"), 1};  // a cursor
  }
}

std::span<const RecordForm> har_forms() {
  static constexpr auto kForms =
      std::to_array<RecordForm>({{.write = har_headers, .timed = true},
                                 {.write = har_query, .timed = true, .shows_findings = false},
                                 {.write = har_bodies, .timed = true, .shows_findings = false},
                                 {.write = har_base64, .timed = true, .shows_findings = false},
                                 {.write = har_set_cookie, .timed = true}});
  return kForms;
}
std::span<const RecordForm> curl_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = curl_verbose, .timed = false}, {.write = curl_command, .timed = false}});
  return kForms;
}
std::span<const RecordForm> kubernetes_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = kubectl_v8, .timed = false},
       {.write = websocket_protocol, .timed = true, .shows_findings = false}});
  return kForms;
}
std::span<const RecordForm> binary_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = binary_token, .timed = false}, {.write = binary_header, .timed = false}});
  return kForms;
}

}  // namespace jotmill::tools
