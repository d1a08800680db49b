#include "tools/manual/man_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "jotmill/build.h"
#include "tools/help.h"
#include "tools/manual/command_doc.h"

namespace jotmill::tools {
namespace {

/// When the words of the pages were last gone through: a page has a date, and the same source gives
/// the same page.
constexpr std::string_view kDate = "2026-11-25";

/// Text as roff prints it unchanged: no character of it is a request, an escape or a quote of
/// another kind.
std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '\'': out += "\\(aq"; break;
      case '"': out += "\\(dq"; break;
      case '`': out += "\\(ga"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      default: out += c;
    }
  }
  return out.starts_with('.') ? "\\&" + out : out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// Prose, to be filled; short lines keep the source readable.
std::string prose(const std::string& text) {
  constexpr std::size_t kWidth = 64;
  std::string out;
  for (const std::string& line : lines_of(wrapped(text, 0, kWidth))) out += literal(line) + '\n';
  return out;
}

/// Lines that stay as they stand.
std::string verbatim(const std::vector<std::string>& lines) {
  std::string out = ".nf\n";
  for (const std::string& line : lines) out += literal(line) + '\n';
  return out + ".fi\n";
}

std::string section(std::string_view title) { return fmt::format(".SH \"{}\"\n", title); }

std::string head(const std::string& name, const std::string& description) {
  // Its first clause, as a list of pages shows it.
  std::string short_words = description.substr(0, description.find_first_of(".:"));
  short_words.front() = static_cast<char>(std::tolower(short_words.front()));
  std::string title = name;
  std::ranges::transform(title, title.begin(),
                         [](char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format(".TH \"{}\" \"1\" \"{}\" \"jotmill {}\" \"User Commands\"\n", title, kDate,
                     build_info().version) +
         section("NAME") + literal(name) + " \\- " + literal(short_words) + '\n';
}

std::string entries_of(const std::vector<OptionDoc>& entries) {
  std::string out;
  for (const OptionDoc& option : entries) {
    out += ".TP\n\\fB" + literal(option.name) + "\\fR";
    if (!option.value.empty()) out += " \\fI" + literal(option.value) + "\\fR";
    if (option.repeat) out += " (repeat)";
    out += '\n' + prose(option.meaning);
  }
  return out;
}

bool is_indented(const std::string& line) { return line.starts_with(' '); }

/// A paragraph of the footer: under which heading, and whether its lines stay as they are.
std::string paragraph(std::vector<std::string> lines, std::string& heading) {
  std::string wanted = heading.empty() ? "NOTES" : heading;
  if (lines.front() == "Examples:" || lines.front() == "Begin with:") {
    wanted = "EXAMPLES";
    lines.erase(lines.begin());
  } else if (lines.front().starts_with("Exit codes")) {
    wanted = "EXIT STATUS";
  } else if (!is_indented(lines.front()) && heading != "NOTES") {
    wanted = "NOTES";
  }
  std::string out = wanted == heading ? ".PP\n" : section(wanted);
  heading = wanted;
  if (std::ranges::any_of(lines, is_indented)) return out + verbatim(lines);
  std::string joined;
  for (const std::string& line : lines) joined += (joined.empty() ? "" : " ") + line;
  return out + prose(joined);
}

std::string notes(const std::string& footer) {
  std::string out, heading;
  std::vector<std::string> lines;
  const auto close = [&] {
    if (!lines.empty()) out += paragraph(lines, heading);
    lines.clear();
  };
  for (const std::string& line : lines_of(footer)) {
    if (line.empty()) {
      close();
    } else {
      lines.push_back(line);
    }
  }
  close();
  return out;
}

std::string see_also(const std::vector<std::string>& names) {
  std::string out = section("SEE ALSO");
  for (const std::string& name : names) {
    out += fmt::format(".BR {} (1){}\n", literal(name), &name == &names.back() ? "" : ",");
  }
  return out;
}

}  // namespace

std::string man_page(const CLI::App& program, const CLI::App& app) {
  const CommandDoc command = describe(app);
  std::string out = head("jotmill-" + command.name, command.description);
  out += section("SYNOPSIS") + ".B jotmill " + literal(command.name) + '\n' +
         literal(command.usage) + '\n';
  out += section("DESCRIPTION") + prose(command.description);
  if (!command.arguments.empty()) out += section("ARGUMENTS") + entries_of(command.arguments);
  out += section("OPTIONS");
  for (const OptionGroup& group : command.groups) {
    out += fmt::format(".SS \"{}\"\n", literal(group.title)) + entries_of(group.entries);
  }
  if (command.groups.empty() || command.groups.back().title != "Options") {
    out += ".SS \"Options\"\n";
  }
  out += entries_of({help_option()}) + notes(command.footer);
  std::vector<std::string> others = {"jotmill"};
  for (const CommandDoc& other : describe_all(program)) {
    if (other.name != command.name) others.push_back("jotmill-" + other.name);
  }
  return out + see_also(others);
}

std::string man_page_of_program(const CLI::App& program) {
  std::string out = head("jotmill", "Verifies captured JSON Web Tokens in bulk, offline.");
  out += section("SYNOPSIS") + ".B jotmill\n" + literal("COMMAND [OPTIONS] [ARGUMENTS]") + '\n';
  out += section("DESCRIPTION") + prose(program.get_description());
  out += section("COMMANDS");
  std::vector<std::string> pages;
  for (const CommandDoc& command : describe_all(program)) {
    out += ".TP\n\\fB" + literal(command.name) + "\\fR\n" + prose(command.description);
    pages.push_back("jotmill-" + command.name);
  }
  out += section("OPTIONS");
  for (const OptionDoc& option : program_options()) out += entries_of({option});
  return out + notes(program.get_footer()) + see_also(pages);
}

}  // namespace jotmill::tools
