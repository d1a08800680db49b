#include "tools/generate/shapes.h"

#include <algorithm>
#include <array>
#include <vector>

namespace jotmill::tools {

std::span<const RecordForm> mixed_forms() {
  static const std::vector<RecordForm> kForms = [] {
    std::vector<RecordForm> all;
    for (const auto forms :
         {nginx_forms(), apache_forms(), alb_forms(), envoy_forms(), haproxy_forms(),
          docker_forms(), curl_forms(), oauth_forms(), cookie_forms(), kubernetes_forms(),
          nested_forms(), percent_forms(), syslog_forms(), binary_forms()}) {
      all.insert(all.end(), forms.begin(), forms.end());
    }
    return all;
  }();
  return kForms;
}

std::span<const Shape> shapes() {
  static constexpr std::string_view kHarHead =
      "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"test\",\"version\":\"1\"},\"pages\":[]"
      ","
      "\"entries\":[\n";
  static const auto kShapes = std::to_array<Shape>({
      {.name = "nginx",
       .capture = "access.log",
       .format = "text",
       .forms = nginx_forms(),
       .noise = clf_noise,
       .about = "combined log with a bearer field, bodies as \\x22"},
      {.name = "apache",
       .capture = "access.log",
       .format = "text",
       .forms = apache_forms(),
       .noise = clf_noise,
       .about = "combined log, bodies as \\\""},
      {.name = "alb",
       .capture = "alb.log",
       .format = "text",
       .forms = alb_forms(),
       .noise = clf_noise,
       .about = "AWS load balancer, x-amzn-oidc-data"},
      {.name = "envoy",
       .capture = "envoy.jsonl",
       .format = "jsonl",
       .forms = envoy_forms(),
       .noise = json_noise,
       .about = "Envoy JSON access log"},
      {.name = "haproxy",
       .capture = "haproxy.log",
       .format = "text",
       .forms = haproxy_forms(),
       .noise = syslog_noise,
       .about = "HAProxy with captured headers, through syslog"},
      {.name = "docker",
       .capture = "docker.jsonl",
       .format = "jsonl",
       .forms = docker_forms(),
       .noise = json_noise,
       .about = "docker json-file"},
      {.name = "har",
       .capture = "capture.har",
       .format = "har",
       .forms = har_forms(),
       .noise = har_noise,
       .head = kHarHead,
       .between = ",\n",
       .tail = "\n]}}\n",
       .about = "an HTTP Archive, one entry a line"},
      {.name = "curl",
       .capture = "curl.txt",
       .format = "text",
       .forms = curl_forms(),
       .noise = curl_noise,
       .about = "curl -v and shell traces"},
      {.name = "oauth",
       .capture = "auth.log",
       .format = "text",
       .forms = oauth_forms(),
       .noise = syslog_noise,
       .about = "OAuth bodies, JSON and form"},
      {.name = "cookies",
       .capture = "cookies.log",
       .format = "text",
       .forms = cookie_forms(),
       .noise = syslog_noise,
       .about = "Cookie and Set-Cookie headers"},
      {.name = "kubernetes",
       .capture = "kube.log",
       .format = "text",
       .forms = kubernetes_forms(),
       .noise = syslog_noise,
       .about = "kubectl -v 8, websocket protocol header"},
      {.name = "nested",
       .capture = "nested.jsonl",
       .format = "jsonl",
       .forms = nested_forms(),
       .noise = json_noise,
       .about = "JSON in JSON, up to three deep"},
      {.name = "percent",
       .capture = "redirects.log",
       .format = "text",
       .forms = percent_forms(),
       .noise = clf_noise,
       .about = "URLs in URLs, percent-encoded once and twice"},
      {.name = "syslog",
       .capture = "syslog.log",
       .format = "text",
       .forms = syslog_forms(),
       .noise = syslog_noise,
       .about = "RFC 3164 and RFC 5424"},
      {.name = "binary",
       .capture = "dump.bin",
       .format = "text",
       .forms = binary_forms(),
       .noise = binary_noise,
       .about = "text between NUL bytes and bad UTF-8"},
      {.name = "mixed",
       .capture = "mixed.log",
       .format = "text",
       .forms = mixed_forms(),
       .noise = clf_noise,
       .about = "all of them but HAR in one file"},
  });
  return kShapes;
}

const Shape* shape_named(std::string_view name) {
  const auto found = std::ranges::find(shapes(), name, &Shape::name);
  return found == shapes().end() ? nullptr : &*found;
}

}  // namespace jotmill::tools
