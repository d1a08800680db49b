#ifndef JOTMILL_TOOLS_PLOT_SVG_H_
#define JOTMILL_TOOLS_PLOT_SVG_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Pictures for reports: SVG without scripts, fonts or links from elsewhere, readable on a light
/// and on a dark page (it asks prefers-color-scheme). Knows nothing of what it draws.
namespace jotmill::tools::plot {

struct Point {
  double x = 0, y = 0;
  std::optional<double> low, high;  ///< of y; drawn as a bar
};
struct Line {
  std::string name;
  std::vector<Point> points;
  bool dashed = false;  ///< a model, not a measurement
  bool markers = true;
};
/// Values over a count, with both axes from 0 and their units in the labels. Where the values of
/// one line are beyond ten times those of another the y axis is logarithmic, and says so: from 0
/// the smaller lines would all lie on the axis.
struct LineChart {
  std::string title, x_label, y_label;
  std::vector<Line> lines;
  std::vector<std::pair<double, std::string>> marks;  ///< vertical lines with a name
};

struct Part {
  std::string name;
  double value = 0;
};
struct Bar {
  std::string label;
  std::vector<Part> parts;
};
/// Bars that lie on their side, each cut into parts; the same part has the same colour in all.
struct BarChart {
  std::string title, x_label;
  std::vector<Bar> bars;
};

/// One picture with the charts below each other.
class Picture {
 public:
  void add(const LineChart& chart);
  void add(const BarChart& chart);
  std::string svg(std::string_view description) const;

 private:
  std::string body_;
  double height_ = 0;
};

/// Steps of 1, 2 or 5 times a power of ten, none under `least_step`: at most `most` from 0 to at
/// least `high`.
std::vector<double> ticks(double high, std::size_t most = 6, double least_step = 0);
/// Powers of ten, and where there are few of them 2 and 5 times them, from at most `low` to at
/// least `high`; both above 0.
std::vector<double> log_ticks(double low, double high);

}  // namespace jotmill::tools::plot

#endif  // JOTMILL_TOOLS_PLOT_SVG_H_
