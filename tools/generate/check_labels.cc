#include "tools/generate/check_labels.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

namespace jotmill::tools {
namespace {

constexpr std::size_t kMostLineBytes = 1 << 20;

/// The members of a line that both kinds of file have.
struct Entry {
  std::string source;  ///< without folders
  std::uint64_t line = 0;
  std::string verdict;
  std::optional<std::string> alg, kid;
  std::string what;  ///< labels only
};

/// Reads NDJSON lines, holding one at a time.
class EntryReader {
 public:
  explicit EntryReader(std::string path)
      : path_(std::move(path)),
        file_(path_ == "-" ? stdin : std::fopen(path_.c_str(), "rbe"), std::fclose),
        open_error_(file_ == nullptr ? errno : 0) {}

  /// The next entry, or nothing at the end.
  Result<std::optional<Entry>> next() {
    if (file_ == nullptr) return Error{ErrorKind::kUnreadable, path_, std::strerror(open_error_)};
    std::string text;
    int byte = 0;
    while ((byte = std::getc(file_.get())) != EOF && byte != '\n') {
      if (text.size() == kMostLineBytes) {
        return Error{ErrorKind::kFormat, path_,
                     fmt::format("line {} is longer than 1 MiB", line_ + 1)};
      }
      text += static_cast<char>(byte);
    }
    if (std::ferror(file_.get()) != 0)
      return Error{ErrorKind::kUnreadable, path_, std::strerror(errno)};
    if (byte == EOF && text.empty()) return std::optional<Entry>();
    ++line_;
    return parse(text);
  }

 private:
  Result<std::optional<Entry>> parse(const std::string& text) {
    simdjson::dom::object object;
    std::string_view source, verdict;
    std::uint64_t line = 0;
    const bool good = parser_.parse(text).get(object) == simdjson::SUCCESS &&
                      object["source"].get(source) == simdjson::SUCCESS &&
                      object["line"].get(line) == simdjson::SUCCESS &&
                      object["verdict"].get(verdict) == simdjson::SUCCESS;
    if (!good) {
      return Error{ErrorKind::kFormat, path_,
                   fmt::format("line {} is no record with source, line and verdict", line_)};
    }
    Entry entry;
    entry.source = source.substr(source.find_last_of('/') + 1);  // npos + 1 is 0: the whole
    entry.line = line;
    entry.verdict = verdict;
    entry.alg = optional_text(object, "alg");
    entry.kid = optional_text(object, "kid");
    entry.what = optional_text(object, "what").value_or("");
    return std::optional<Entry>(std::move(entry));
  }

  static std::optional<std::string> optional_text(const simdjson::dom::object& object,
                                                  const char* name) {
    std::string_view text;
    if (object[name].get(text) != simdjson::SUCCESS) return std::nullopt;
    return std::string(text);
  }

  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  int open_error_;
  simdjson::dom::parser parser_;
  std::uint64_t line_ = 0;
};

/// What a record lacks of what its label asks for; empty when nothing.
std::string difference(const Entry& label, const Entry& record) {
  if (label.source != record.source)
    return fmt::format("source {} instead of {}", record.source, label.source);
  if (label.verdict != record.verdict)
    return fmt::format("{} instead of {}", record.verdict, label.verdict);
  if (label.alg && label.alg != record.alg) {
    return fmt::format("alg {} instead of {}", record.alg.value_or("null"), *label.alg);
  }
  if (label.kid && label.kid != record.kid) {
    return fmt::format("kid {} instead of {}", record.kid.value_or("null"), *label.kid);
  }
  return {};
}

void note(LabelCheck& check, std::uint64_t line, const std::string& what, const std::string& text,
          const std::string& expected, const std::string& found) {
  ++check.differences;
  ++check.confusions[{expected, found}];
  if (check.first.size() < kShownDifferences) {
    check.first.push_back(
        fmt::format("line {}{}: {}", line, what.empty() ? "" : " (" + what + ")", text));
  }
}

void compare(const Entry& label, const Entry& record, LabelCheck& check) {
  const std::string text = difference(label, record);
  if (text.empty()) {
    ++check.met;
  } else {
    note(check, label.line, label.what, text, label.verdict, record.verdict);
  }
}

}  // namespace

Result<LabelCheck> check_labels(const std::string& labels_path, const std::string& verdicts_path) {
  EntryReader labels(labels_path), records(verdicts_path);
  Result<std::optional<Entry>> label = labels.next();
  Result<std::optional<Entry>> record = records.next();
  LabelCheck check;
  for (;;) {
    if (!label.ok()) return label.error();
    if (!record.ok()) return record.error();
    const std::optional<Entry>& expected = label.value();
    const std::optional<Entry>& found = record.value();
    if (!expected && !found) return check;
    const bool missing = expected && (!found || expected->line < found->line);
    const bool extra = found && (!expected || found->line < expected->line);
    if (missing) {
      note(check, expected->line, expected->what, "no record, expected " + expected->verdict,
           expected->verdict, "-");
    } else if (extra) {
      note(check, found->line, "", "a record without a label: " + found->verdict, "-",
           found->verdict);
    } else {
      compare(*expected, *found, check);
    }
    if (!extra) {
      ++check.labels;
      label = labels.next();
    }
    if (!missing) record = records.next();
  }
}

std::string in_words(const LabelCheck& check) {
  std::string out = fmt::format("labels {}, met {}, differences {}\n", check.labels, check.met,
                                check.differences);
  if (check.labels == 0) out += "no label was found\n";
  if (check.differences == 0) return out;
  out += fmt::format("\n  {:<26} {:<26} {:>10}\n", "expected", "found", "tokens");
  for (const auto& [pair, count] : check.confusions) {
    out += fmt::format("  {:<26} {:<26} {:>10}\n", pair.first, pair.second, count);
  }
  out += "\nfirst differences\n";
  for (const std::string& text : check.first) out += "  " + text + "\n";
  return out;
}

}  // namespace jotmill::tools
