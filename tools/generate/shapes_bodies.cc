// Bodies and their wrappings: OAuth responses and forms, cookies, JSON in JSON, percent signs once
// and twice, docker.
#include <fmt/core.h>

#include <array>

#include "tools/generate/shapes.h"

namespace jotmill::tools {
namespace {

Piece line_start(const RecordParts& p) { return Piece(iso_time(p.time_s, p.rng) + " INFO auth "); }

/// A token endpoint's answer, RFC 6749 s5.1; the same token may stand in two members.
Piece token_response(const RecordParts& p) {
  Piece out = Piece("{\"access_token\":\"") + token_piece(p.token, "body:access_token") +
              "\",\"token_type\":\"Bearer\",\"expires_in\":3600";
  if (p.rng.below(4) == 0)
    out += Piece(",\"id_token\":\"") + token_piece(p.token, "body:id_token") + "\"";
  return out + "}";
}

/// RFC 7523 s2: the assertion in a form.
Piece form(const RecordParts& p) {
  const std::string name = p.rng.below(2) == 0 ? "assertion" : "client_assertion";
  return Piece("grant_type=client_credentials&" + name + "=") +
         token_piece(p.token, "body:" + name) + "&scope=read";
}

Piece oauth_json(const RecordParts& p) { return line_start(p) + "response " + token_response(p); }
Piece oauth_form(const RecordParts& p) { return line_start(p) + "body: " + form(p); }

Piece cookie_header(const RecordParts& p) {
  return line_start(p) + "Cookie: theme=dark; session=" + token_piece(p.token, "cookie:session") +
         (p.rng.below(2) == 0 ? "; lang=de" : "");
}
Piece set_cookie(const RecordParts& p) {
  return line_start(p) + "Set-Cookie: __Host-id=" + token_piece(p.token, "cookie:__Host-id") +
         "; Path=/; HttpOnly; SameSite=Lax";
}

/// The record of a logger that was handed JSON text, `levels` times.
Piece nested(const RecordParts& p, int levels) {
  const bool dots = p.rng.below(2) == 0;
  Piece out = token_response(p);
  for (int i = 0; i < levels; ++i) {
    out =
        Piece("{\"timestamp\":\"" + iso_time(p.time_s, p.rng) + "\",\"level\":\"info\",\"msg\":") +
        json_string(out, dots && i == 0) + "}";
  }
  return out;
}
Piece nested_once(const RecordParts& p) { return nested(p, 1); }
Piece nested_twice(const RecordParts& p) { return nested(p, 2); }
Piece nested_thrice(const RecordParts& p) { return nested(p, 3); }

/// A redirect with the token in a parameter of a parameter.
Piece redirect(const RecordParts& p, int times) {
  const bool dots = p.rng.below(2) == 0;
  Piece inner = Piece("https://app.test.invalid/cb?state=a1b2&access_token=") +
                token_piece(p.token, "query:access_token") + "&scope=openid profile";
  for (int i = 0; i < times; ++i) inner = percent_encoded(inner, dots && i == 0);
  return Piece("192.0.2.7 - - [" + clf_time(p.time_s) + "] \"GET /login?next=") + inner +
         " HTTP/1.1\" 302 0";
}
Piece percent_once(const RecordParts& p) { return redirect(p, 1); }
Piece percent_twice(const RecordParts& p) { return redirect(p, 2); }
Piece percent_dots(const RecordParts& p) {
  Piece out = Piece("192.0.2.7 - - [" + clf_time(p.time_s) + "] \"GET /cb?id_token=");
  out += percent_encoded(token_piece(p.token, "query:id_token"), true);
  return out + "&x=1 HTTP/1.1\" 200 17";
}

/// docker's json-file driver: {"log":"LINE\n","stream":"stdout","time":"..."}.
Piece docker(const RecordParts& p, const Piece& line) {
  return Piece("{\"log\":") + json_string(line + "\n") + ",\"stream\":\"stdout\",\"time\":\"" +
         time_text(p.time_s, "%Y-%m-%dT%H:%M:%S.000000000Z") + "\"}";
}
Piece docker_header(const RecordParts& p) {
  return docker(
      p, Piece("GET /v1/orders\tAuthorization: Bearer ") + token_piece(p.token, "authorization"));
}
Piece docker_json(const RecordParts& p) { return docker(p, token_response(p)); }
Piece docker_at_start(const RecordParts& p) {
  return docker(p, Piece("dump\n") + token_piece(p.token, "bare") + " end of dump");
}

}  // namespace

std::span<const RecordForm> oauth_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = oauth_json, .timed = true}, {.write = oauth_form, .timed = true}});
  return kForms;
}
std::span<const RecordForm> cookie_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = cookie_header, .timed = true}, {.write = set_cookie, .timed = true}});
  return kForms;
}
std::span<const RecordForm> nested_forms() {
  static constexpr auto kForms =
      std::to_array<RecordForm>({{.write = nested_once, .timed = true},
                                 {.write = nested_twice, .timed = true},
                                 {.write = nested_thrice, .timed = true}});
  return kForms;
}
std::span<const RecordForm> percent_forms() {
  static constexpr auto kForms =
      std::to_array<RecordForm>({{.write = percent_once, .timed = true},
                                 {.write = percent_twice, .timed = true},
                                 {.write = percent_dots, .timed = true}});
  return kForms;
}
std::span<const RecordForm> docker_forms() {
  static constexpr auto kForms =
      std::to_array<RecordForm>({{.write = docker_header, .timed = true},
                                 {.write = docker_json, .timed = true},
                                 {.write = docker_at_start, .timed = true}});
  return kForms;
}

}  // namespace jotmill::tools
