#include "tools/bench/bench_plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/plot/svg.h"

namespace jotmill::tools {

std::string render_bench_plot(const BenchFile& file) {
  plot::LineChart rates{.title = "Verification throughput by threads",
                        .x_label = "threads",
                        .y_label = "tokens per second",
                        .lines = {},
                        .marks = {}};
  plot::BarChart stages{
      .title = "Where the time goes", .x_label = "nanoseconds of a thread per token", .bars = {}};
  for (const BenchRow& row : file.rows) {
    auto line = std::ranges::find(rates.lines, row.workload, &plot::Line::name);
    if (line == rates.lines.end()) {
      line = rates.lines.insert(line, plot::Line{.name = row.workload, .points = {}});
    }
    const Estimate rate = tokens_per_second(row);
    line->points.push_back(
        {static_cast<double>(row.threads), rate.value, rate.range.low, rate.range.high});
    plot::Bar bar{.label = fmt::format("{}, {} thr.", row.workload, row.threads), .parts = {}};
    for (const auto& [stage, ns] : stage_ns_per_token(row)) bar.parts.push_back({stage, ns});
    stages.bars.push_back(std::move(bar));
  }
  plot::Picture picture;
  picture.add(rates);
  picture.add(stages);
  return picture.svg(fmt::format("jotmill bench {} {} on {}, {}", file.version, file.commit,
                                 file.machine.cpu, file.date));
}

}  // namespace jotmill::tools
