// Access logs: nginx, Apache, AWS ALB, Envoy, HAProxy, syslog.
#include <fmt/core.h>

#include <array>
#include <ctime>

#include "tools/generate/shapes.h"

namespace jotmill::tools {
namespace {

std::string client(Rng& rng) { return fmt::format("192.0.2.{}", rng.below(256)); }

std::string_view status(Rng& rng) { return rng.below(10) == 0 ? "401" : "200"; }

std::string path(Rng& rng) {
  static constexpr std::string_view kPaths[] = {"/v1/orders", "/v1/users/me", "/health",
                                                "/files/report.final.pdf", "/v2/search?q=jwt"};
  return std::string(kPaths[rng.below(std::size(kPaths))]);
}

std::string parameter(Rng& rng) {
  static constexpr std::string_view kNames[] = {"access_token", "id_token",  "token",
                                                "jwt",          "assertion", "client_assertion"};
  return std::string(kNames[rng.below(std::size(kNames))]);
}

/// "Bearer T" in any case, or "DPoP T".
Piece credentials(const RecordParts& p) {
  static constexpr std::string_view kSchemes[] = {"Bearer ", "Bearer ", "bearer ",
                                                  "BEARER ", "DPoP ",   "dpop "};
  const std::size_t drawn = p.rng.below(std::size(kSchemes));
  return Piece(kSchemes[drawn]) + token_piece(p.token, drawn < 4 ? "authorization" : "dpop");
}

Piece in_query(const RecordParts& p) {
  const std::string name = parameter(p.rng);
  Piece out = "/cb?" + std::string(p.rng.below(2) == 0 ? "state=a1b2&" : "") + name + "=";
  out += token_piece(p.token, "query:" + name);
  if (p.rng.below(2) == 0) out += "&scope=openid";
  return out;
}

/// The beginning of a line of Common Log Format, up to and with the request.
Piece clf(const RecordParts& p, const Piece& target) {
  return Piece(fmt::format("{} - - [{}] \"GET ", client(p.rng), clf_time(p.time_s))) + target +
         fmt::format(" HTTP/1.1\" {} {} ", status(p.rng), p.rng.below(9000));
}

Piece json_body(const RecordParts& p) {
  const std::string name = p.rng.below(2) == 0 ? "access_token" : "id_token";
  return Piece("{\"" + name + "\":\"") + token_piece(p.token, "body:" + name) +
         "\",\"token_type\":\"Bearer\",\"expires_in\":3600}";
}

// ---- nginx, Apache

Piece combined_bearer(const RecordParts& p) {
  return clf(p, Piece(path(p.rng))) + "\"-\" \"curl/8.5.0\" \"" + credentials(p) + "\"";
}
Piece combined_query(const RecordParts& p) {
  return clf(p, in_query(p)) + "\"-\" \"Mozilla/5.0\" \"-\"";
}
Piece combined_referer(const RecordParts& p) {
  const std::string name = parameter(p.rng);
  return clf(p, Piece(path(p.rng))) + "\"https://app.test.invalid/login#" + name + "=" +
         token_piece(p.token, "query:" + name) + "\" \"Mozilla/5.0\" \"-\"";
}
Piece nginx_body(const RecordParts& p) {
  return clf(p, Piece(path(p.rng))) + "\"-\" \"curl/8.5.0\" \"" + nginx_escaped(json_body(p)) +
         "\"";
}
Piece apache_body(const RecordParts& p) {
  return clf(p, Piece(path(p.rng))) + "\"-\" \"curl/8.5.0\" \"" + apache_escaped(json_body(p)) +
         "\"";
}

// ---- AWS ALB

Piece alb_header(const RecordParts& p) {
  return Piece(iso_time(p.time_s, p.rng) + " app request x-amzn-oidc-data: ") +
         token_piece(p.token, "bare") + fmt::format(" x-amzn-oidc-identity: {}", p.rng.below(9000));
}
Piece alb_access_log(const RecordParts& p) {
  return Piece(fmt::format("https {} app/my-lb/50dc6c495c0c9188 {}:2817 10.0.0.1:80 0.086 0.048 "
                           "0.037 200 {} 0 57 \"GET https://www.test.invalid:443",
                           time_text(p.time_s, "%Y-%m-%dT%H:%M:%S.186641Z"), client(p.rng),
                           status(p.rng))) +
         in_query(p) +
         " HTTP/1.1\" \"curl/7.46.0\" TLSv1.2 arn:aws:targetgroup/my-targets/73e2d6bc24d8a067";
}

// ---- Envoy

Piece envoy_start(const RecordParts& p) {
  return Piece(fmt::format("{{\"timestamp\":\"{}\",\"method\":\"GET\",\"response_code\":{},",
                           time_text(p.time_s, "%Y-%m-%dT%H:%M:%S.000Z"), status(p.rng)));
}
Piece envoy_bearer(const RecordParts& p) {
  return envoy_start(p) + "\"path\":\"/v1/orders\",\"authorization\":\"" + credentials(p) + "\"}";
}
Piece envoy_path(const RecordParts& p) {
  return envoy_start(p) + "\"path\":\"" + in_query(p) + "\",\"authorization\":null}";
}

// ---- HAProxy, syslog

Piece haproxy_capture(const RecordParts& p) {
  return Piece(fmt::format("<134>{} lb haproxy[1234]: {}:33318 [{}] fe be/srv 0/0/1/2/3 {} 512 - - "
                           "---- 1/1/0/0/0 0/0 {{",
                           syslog_time(p.time_s), client(p.rng),
                           time_text(p.time_s, "%d/%b/%Y:%H:%M:%S.000"), status(p.rng))) +
         credentials(p) + "} \"GET /v1/orders HTTP/1.1\"";
}
Piece rfc3164(const RecordParts& p) {
  return Piece("<34>" + syslog_time(p.time_s) + " host app[4711]: request with Authorization: ") +
         credentials(p) + ", accepted";
}
Piece rfc5424(const RecordParts& p) {
  return Piece("<34>1 " + iso_time(p.time_s, p.rng) + " host app 4711 ID47 - ") + credentials(p);
}

}  // namespace

std::string time_text(std::int64_t seconds, const char* format) {
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}
std::string clf_time(std::int64_t seconds) { return time_text(seconds, "%d/%b/%Y:%H:%M:%S +0000"); }
std::string syslog_time(std::int64_t seconds) { return time_text(seconds, "%b %e %H:%M:%S"); }
std::string iso_time(std::int64_t seconds, Rng& rng) {
  static constexpr const char* kForms[] = {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.000Z",
                                           "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%S.000000Z"};
  return time_text(seconds, kForms[rng.below(std::size(kForms))]);
}

std::span<const RecordForm> nginx_forms() {
  static constexpr auto kForms =
      std::to_array<RecordForm>({{.write = combined_bearer, .timed = true},
                                 {.write = combined_query, .timed = true},
                                 {.write = combined_referer, .timed = true},
                                 {.write = nginx_body, .timed = true}});
  return kForms;
}
std::span<const RecordForm> apache_forms() {
  static constexpr auto kForms =
      std::to_array<RecordForm>({{.write = combined_bearer, .timed = true},
                                 {.write = combined_query, .timed = true},
                                 {.write = combined_referer, .timed = true},
                                 {.write = apache_body, .timed = true}});
  return kForms;
}
std::span<const RecordForm> alb_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = alb_header, .timed = true}, {.write = alb_access_log, .timed = true}});
  return kForms;
}
std::span<const RecordForm> envoy_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = envoy_bearer, .timed = true}, {.write = envoy_path, .timed = true}});
  return kForms;
}
std::span<const RecordForm> haproxy_forms() {
  static constexpr auto kForms =
      std::to_array<RecordForm>({{.write = haproxy_capture, .timed = true}});
  return kForms;
}
std::span<const RecordForm> syslog_forms() {
  static constexpr auto kForms = std::to_array<RecordForm>(
      {{.write = rfc3164, .timed = true}, {.write = rfc5424, .timed = true}});
  return kForms;
}

Piece clf_noise(const RecordParts& p) {
  return clf(p, Piece(path(p.rng))) + "\"-\" \"curl/8.5.0\"";
}
Piece json_noise(const RecordParts& p) {
  return envoy_start(p) + "\"path\":\"" + path(p.rng) +
         "\",\"authorization\":\"Basic Zm9vOmJhcg==\"}";
}
Piece syslog_noise(const RecordParts& p) {
  return Piece("<34>" + syslog_time(p.time_s) + " host app[4711]: nothing to say about " +
               path(p.rng));
}

}  // namespace jotmill::tools
