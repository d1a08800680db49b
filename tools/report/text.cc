#include "tools/report/text.h"

#include <utility>

#include "tools/report/sections.h"

namespace jotmill::tools {

std::string render_text(const RunReport& report, const TextStyle& style) {
  Page page(style);
  write_headline(page, report);
  write_verdicts(page, report);
  write_algorithms(page, report);
  write_keys(page, report);
  write_claimants(page, report);
  write_sizes(page, report);
  write_ages(page, report);
  write_times(page, report);
  write_inputs(page, report);
  write_checks_not_asked(page, report);
  write_options(page, report);
  write_run(page, report);
  return std::move(page).take();
}

}  // namespace jotmill::tools
