#include "tools/bench/read_report.h"

#include <simdjson.h>

#include "tools/bench/read_json.h"
#include "tools/safe_text.h"

namespace jotmill::tools {

Result<ReportNumbers> read_report_numbers(std::string_view json, const std::string& name) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) {
    return Error{ErrorKind::kUsage, name, "wrote a report that is no JSON text"};
  }
  JsonObject::Problem problem;
  const JsonObject report(root, "", problem);
  ReportNumbers out;
  out.tokens = report.object("summary").count("tokens");
  report.each_member("verdicts", [&](std::string_view verdict, JsonObject::Element value,
                                     const std::string& path) {
    const std::uint64_t count = report.count_of(value, path);
    if (count > 0) out.verdicts[std::string(verdict)] = count;
  });
  const JsonObject run = report.object("run");
  out.wall_ns = run.real("wall_ns", 1);
  run.each_member("stage_ns",
                  [&](std::string_view stage, JsonObject::Element value, const std::string& path) {
                    out.stage_ns.emplace_back(stage, run.real_of(value, path, 0));
                  });
  if (run.has("lanes")) {
    run.each_member("lanes", [&](std::string_view kernel, JsonObject::Element value,
                                 const std::string& path) {
      const JsonObject use(value, path, problem);
      const std::uint64_t used = use.count("used"), total = use.count("total");
      if (total == 0) return;
      out.lane_use[std::string(kernel)] = static_cast<double>(used) / static_cast<double>(total);
    });
  }
  if (out.tokens == 0) problem.found("it found no token");
  if (problem.what) {
    return Error{ErrorKind::kUsage, name,
                 "wrote a report that cannot be used: " + printable(*problem.what)};
  }
  return out;
}

}  // namespace jotmill::tools
