#ifndef JOTMILL_REPORTS_READ_SKETCHES_H_
#define JOTMILL_REPORTS_READ_SKETCHES_H_

#include "jotmill/sketches.h"
#include "reports/json_in.h"

namespace jotmill {

/// The sketches of a report as render_json() writes them. What cannot be the state of a sketch is a
/// problem: too many values, a value twice, cells that do not add up.
TopList read_top_list(const JsonIn& state, const char* name);
DistinctSketch read_distinct(const JsonIn& state, const char* name);
Histogram read_histogram(const JsonIn& report, const char* name);

}  // namespace jotmill

#endif  // JOTMILL_REPORTS_READ_SKETCHES_H_
