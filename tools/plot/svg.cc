#include "tools/plot/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "tools/safe_text.h"

namespace jotmill::tools::plot {
namespace {

constexpr double kWidth = 760, kLeft = 96, kRight = 190, kTop = 44, kBottom = 56, kPlotHeight = 280;
constexpr std::size_t kColours = 13;  // stages of a run

// Colours of Okabe and Ito (2008), told apart by most colour-blind readers, and shades of them;
// grey axes that show on white and on black.
constexpr std::array<std::string_view, kColours> kLight = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a7f00",
    "#7a5195", "#5a5a5a", "#9c3d00", "#3fb68b", "#b0b0b0", "#d81b60"};
/// Those that do not show on black.
constexpr std::pair<std::size_t, std::string_view> kDark[] = {
    {0, "#4aa8e0"}, {7, "#b088cf"}, {8, "#9a9a9a"}, {9, "#d9793a"}};

std::string colour_class(std::size_t index, std::string_view colour) {
  return fmt::format(".c{0} .l{{stroke:{1}}}.c{0} .p,.c{0}.p{{fill:{1}}}\n", index, colour);
}

/// Plain classes: many programs that draw SVG know no variables of style sheets.
std::string style() {
  std::string light, dark;
  for (std::size_t i = 0; i < kColours; ++i) light += colour_class(i, kLight[i]);
  for (const auto& [index, colour] : kDark) dark += colour_class(index, colour);
  return R"(<style>
text{font:13px system-ui,sans-serif;fill:#222}.t{font-size:16px;font-weight:600}.s{font-size:11px}
.bg{fill:#fff}.axis{stroke:#555;fill:none}.grid{stroke:#ccc}.mark{stroke:#777;stroke-dasharray:2 3}
.l{fill:none;stroke-width:2}
)" + light +
         R"(@media (prefers-color-scheme:dark){text{fill:#eee}.bg{fill:#16181d}.axis{stroke:#aaa}
.grid{stroke:#3a3d44}
)" + dark +
         "}\n</style>";
}

std::string number(double value) {
  constexpr std::string_view kPrefixes = " kMGT";
  std::size_t prefix = 0;
  for (; std::abs(value) >= 1000 && prefix + 1 < kPrefixes.size(); ++prefix) value /= 1000;
  return prefix == 0 ? fmt::format("{:g}", value)
                     : fmt::format("{:g} {}", value, kPrefixes[prefix]);
}

double three_digits(double value) {
  if (!(value > 0)) return 0;
  const double unit = std::pow(10, std::floor(std::log10(value)) - 2);
  return unit >= 1 ? std::round(value / unit) * unit : std::round(value);
}

void text(std::string& out, double x, double y, std::string_view words, std::string_view anchor,
          std::string_view style = "") {
  out +=
      fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor,
                  style.empty() ? "" : fmt::format(" class=\"{}\"", style), xml_text(words));
}

void segment(std::string& out, double x1, double y1, double x2, double y2, std::string_view style) {
  out +=
      fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n",
                  x1, y1, x2, y2, style);
}

/// Value -> place on the picture. `low` above 0: logarithmic from there.
struct Scale {
  double from, to, high, low = 0;
  double at(double value) const {
    if (low > 0) {
      const double part = std::log(std::max(value, low) / low) / std::log(high / low);
      return from + (to - from) * part;
    }
    return from + (to - from) * (high > 0 ? value / high : 0);
  }
};

struct Extent {
  double x_high = 0, y_low = std::numeric_limits<double>::infinity(), y_high = 0;
  bool logarithmic = false;
};

/// Lines are compared by their highest points: one that rises from little to much is of one size.
Extent extent_of(const LineChart& chart) {
  Extent all;
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (const Line& line : chart.lines) {
    double highest = 0;
    for (const Point& p : line.points) {
      all.x_high = std::max(all.x_high, p.x);
      all.y_high = std::max({all.y_high, p.y, p.high.value_or(0)});
      all.y_low = std::min({all.y_low, p.y, p.low.value_or(p.y)});
      highest = std::max(highest, p.y);
    }
    if (line.points.empty()) continue;
    least = std::min(least, highest);
    most = std::max(most, highest);
  }
  for (const auto& [value, name] : chart.marks) all.x_high = std::max(all.x_high, value);
  all.logarithmic = all.y_low > 0 && std::isfinite(all.y_high) && most > 10 * least;
  return all;
}

double highest(const std::vector<double>& steps) { return steps.empty() ? 1 : steps.back(); }

void draw_line(std::string& out, const Line& line, std::size_t colour, const Scale& x,
               const Scale& y) {
  std::string path;
  out += fmt::format("<g class=\"c{}\">\n", colour % kColours);
  for (const Point& p : line.points) {
    path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x.at(p.x), y.at(p.y));
    if (p.low && p.high) segment(out, x.at(p.x), y.at(*p.low), x.at(p.x), y.at(*p.high), "l");
    if (line.markers) {
      out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" class=\"p\"/>\n", x.at(p.x),
                         y.at(p.y));
    }
  }
  out += fmt::format("<polyline points=\"{}\" class=\"l\"{}/>\n</g>\n", path,
                     line.dashed ? " stroke-dasharray=\"6 4\"" : "");
}

void legend_entry(std::string& out, double y, std::size_t colour, std::string_view name) {
  out +=
      fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"12\" height=\"12\" class=\"c{} p\"/>\n",
                  kWidth - kRight + 20, y - 10, colour % kColours);
  text(out, kWidth - kRight + 38, y, name.substr(0, 24), "start");
}

}  // namespace

std::vector<double> ticks(double high, std::size_t most, double least_step) {
  if (!(high > 0) || !std::isfinite(high)) return {0, 1};
  const double raw = high / static_cast<double>(most);
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * (1 - 1e-9)) {
      step = factor * power;
      break;
    }
  }
  step = std::max(step, least_step);
  std::vector<double> out;
  const auto steps = static_cast<std::size_t>(std::ceil(high / step - 1e-9));
  for (std::size_t i = 0; i <= steps; ++i) out.push_back(static_cast<double>(i) * step);
  return out;
}

std::vector<double> log_ticks(double low, double high) {
  const int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
  const bool few = last - first <= 3;
  std::vector<double> out;
  for (int power = first; power < last; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor == 1 || few) out.push_back(factor * std::pow(10, power));
    }
  }
  out.push_back(std::pow(10, std::max(last, first + 1)));
  if (out.size() == 1) out.insert(out.begin(), std::pow(10, first));
  // No more room above and below than the data wants.
  while (out.size() > 2 && out[1] <= low * (1 + 1e-9)) out.erase(out.begin());
  while (out.size() > 2 && out[out.size() - 2] >= high * (1 - 1e-9)) out.pop_back();
  return out;
}

void Picture::add(const LineChart& chart) {
  const Extent all = extent_of(chart);
  const std::vector<double> x_ticks = ticks(all.x_high, 8, 1);
  const std::vector<double> y_ticks =
      all.logarithmic ? log_ticks(all.y_low, all.y_high) : ticks(all.y_high);
  const double top = height_ + kTop, bottom = top + kPlotHeight;
  const Scale x{kLeft, kWidth - kRight, highest(x_ticks)},
      y{bottom, top, highest(y_ticks), all.logarithmic ? y_ticks.front() : 0};
  std::string& out = body_;
  text(out, kLeft, height_ + 24, chart.title, "start", "t");
  for (const double tick : y_ticks) {
    segment(out, kLeft, y.at(tick), kWidth - kRight, y.at(tick), "grid");
    text(out, kLeft - 8, y.at(tick) + 4, number(tick), "end");
  }
  for (const double tick : x_ticks) {
    segment(out, x.at(tick), bottom, x.at(tick), bottom + 5, "axis");
    text(out, x.at(tick), bottom + 20, number(tick), "middle");
  }
  segment(out, kLeft, top, kLeft, bottom, "axis");
  segment(out, kLeft, bottom, kWidth - kRight, bottom, "axis");
  text(out, 0.5 * (kLeft + kWidth - kRight), bottom + 42, chart.x_label, "middle");
  const double middle = 0.5 * (top + bottom);
  out += fmt::format(
      "<text transform=\"translate(22,{:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
      middle, xml_text(chart.y_label + (all.logarithmic ? " (logarithmic axis)" : "")));
  for (const auto& [value, name] : chart.marks) {
    segment(out, x.at(value), top, x.at(value), bottom, "mark");
    text(out, x.at(value) + 4, top + 12, name, "start", "s");
  }
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    draw_line(out, chart.lines[i], i, x, y);
    legend_entry(out, top + 12 + 20 * static_cast<double>(i), i, chart.lines[i].name);
  }
  height_ =
      std::max(bottom + kBottom, top + 20 * static_cast<double>(chart.lines.size()) + kBottom);
}

void Picture::add(const BarChart& chart) {
  constexpr double kBarHeight = 22, kBarStep = 32;
  double high = 0;
  std::vector<std::string> names;
  for (const Bar& bar : chart.bars) {
    double sum = 0;
    for (const Part& part : bar.parts) {
      sum += part.value;
      if (std::ranges::find(names, part.name) == names.end()) names.push_back(part.name);
    }
    high = std::max(high, sum);
  }
  constexpr double kLabels = 60;  // more room for the labels of bars than for those of an axis
  // The sum of a bar is written behind it.
  const std::vector<double> x_ticks = ticks(1.1 * high);
  const double top = height_ + kTop;
  const double bottom = top + kBarStep * static_cast<double>(chart.bars.size()) + 8;
  const Scale x{kLeft + kLabels, kWidth - kRight, highest(x_ticks)};
  std::string& out = body_;
  text(out, kLeft, height_ + 24, chart.title, "start", "t");
  for (const double tick : x_ticks) {
    segment(out, x.at(tick), top, x.at(tick), bottom, "grid");
    text(out, x.at(tick), bottom + 18, number(tick), "middle");
  }
  for (std::size_t i = 0; i < chart.bars.size(); ++i) {
    const double y = top + 4 + kBarStep * static_cast<double>(i);
    text(out, kLeft + kLabels - 8, y + 16, chart.bars[i].label.substr(0, 24), "end");
    double so_far = 0;
    for (const Part& part : chart.bars[i].parts) {
      const auto colour = std::ranges::find(names, part.name) - names.begin();
      out += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" class=\"c{} "
          "p\"><title>"
          "{}: {:.1f}</title></rect>\n",
          x.at(so_far), y, x.at(part.value) - x.at(0), kBarHeight,
          static_cast<std::size_t>(colour) % kColours, xml_text(part.name), part.value);
      so_far += part.value;
    }
    text(out, x.at(so_far) + 5, y + 16, number(three_digits(so_far)), "start", "s");
  }
  segment(out, kLeft + kLabels, top, kLeft + kLabels, bottom, "axis");
  text(out, 0.5 * (kLeft + kLabels + kWidth - kRight), bottom + 40, chart.x_label, "middle");
  for (std::size_t i = 0; i < names.size(); ++i) {
    legend_entry(out, top + 12 + 20 * static_cast<double>(i), i, names[i]);
  }
  height_ = std::max(bottom, top + 20 * static_cast<double>(names.size())) + kBottom;
}

std::string Picture::svg(std::string_view description) const {
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
             "width=\"{0:.0f}\" height=\"{1:.0f}\" role=\"img\">\n<title>{2}</title>\n",
             kWidth, height_, xml_text(description)) +
         style() +
         fmt::format("\n<rect width=\"{:.0f}\" height=\"{:.0f}\" class=\"bg\"/>\n", kWidth,
                     height_) +
         body_ + "</svg>\n";
}

}  // namespace jotmill::tools::plot
