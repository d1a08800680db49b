#include "tools/generate/check_labels.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "jotmill/text.h"

namespace jotmill::tools {
namespace {

constexpr std::size_t kMostLineBytes = 1 << 20;

/// The members of a line that both kinds of file have.
struct Entry {
  std::string source;  ///< without folders
  std::uint64_t line = 0;
  std::string verdict;
  std::optional<std::uint64_t> offset;
  std::optional<std::string> channel, layers;  ///< layers: "percent,json"
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
    for (const std::string_view packed : {".gz", ".zst", ".xz"}) {
      if (entry.source.ends_with(packed)) entry.source.resize(entry.source.size() - packed.size());
    }
    if (std::uint64_t offset = 0; object["offset"].get(offset) == simdjson::SUCCESS)
      entry.offset = offset;
    entry.channel = optional_text(object, "channel");
    entry.layers = optional_list(object, "layers");
    entry.line = line;
    entry.verdict = verdict;
    entry.alg = optional_text(object, "alg");
    entry.kid = optional_text(object, "kid");
    entry.what = optional_text(object, "what").value_or("");
    return std::optional<Entry>(std::move(entry));
  }

  static std::optional<std::string> optional_list(const simdjson::dom::object& object,
                                                  const char* name) {
    simdjson::dom::array items;
    if (object[name].get(items) != simdjson::SUCCESS) return std::nullopt;
    std::string all;
    for (const simdjson::dom::element item : items) {
      std::string_view text = "?";
      if (item.get(text) != simdjson::SUCCESS) text = "?";
      all += (all.empty() ? "" : ",") + std::string(text);
    }
    return all;
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
  if (label.offset && label.offset != record.offset)
    return fmt::format("offset {} instead of {}", record.offset.value_or(0), *label.offset);
  if (label.channel && label.channel != record.channel) {
    return fmt::format("channel {} instead of {}", record.channel.value_or("null"), *label.channel);
  }
  if (label.layers && label.layers != record.layers) {
    return fmt::format("layers [{}] instead of [{}]", record.layers.value_or("null"),
                       *label.layers);
  }
  if (label.alg && label.alg != record.alg) {
    return fmt::format("alg {} instead of {}", record.alg.value_or("null"), *label.alg);
  }
  if (label.kid && label.kid != record.kid) {
    return fmt::format("kid {} instead of {}", record.kid.value_or("null"), *label.kid);
  }
  return {};
}

/// Which of two entries, of the same run in the same order, stands first: < 0 the label, > 0 the
/// record, 0 they are the same place. `source` is that of the last pair that met: who still names
/// it is behind.
int compare_places(const Entry& label, const Entry& record, const std::string& source) {
  if (label.source != record.source) {
    if (label.source == source) return -1;
    return record.source == source ? 1 : 0;
  }
  if (label.line != record.line) return label.line < record.line ? -1 : 1;
  if (!label.offset || !record.offset || label.offset == record.offset) return 0;
  return *label.offset < *record.offset ? -1 : 1;
}

std::string shown(std::string_view text, std::size_t most_bytes = 4096) {
  const std::string hidden = hide_tokens(text);
  std::string out;
  append_safe(out, cut_at(hidden, most_bytes), SafeText::kDrop);
  return out;
}

/// What is said here of labels and records was written by anyone: it is made safe for a terminal,
/// without tokens, and there is an end to how many pairs are told apart.
void note(LabelCheck& check, std::uint64_t line, const std::string& what, const std::string& text,
          const std::string& expected, const std::string& found) {
  constexpr std::size_t kMostPairs = 4096, kMostShownBytes = 64;
  ++check.differences;
  std::pair pair(shown(expected, kMostShownBytes), shown(found, kMostShownBytes));
  if (check.confusions.size() >= kMostPairs && !check.confusions.contains(pair))
    pair = {"(others)", "(others)"};
  ++check.confusions[pair];
  if (check.first.size() < kShownDifferences) {
    check.first.push_back(
        shown(fmt::format("line {}{}: {}", line, what.empty() ? "" : " (" + what + ")", text)));
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
  std::string source;
  for (;;) {
    if (!label.ok()) return label.error();
    if (!record.ok()) return record.error();
    const std::optional<Entry>& expected = label.value();
    const std::optional<Entry>& found = record.value();
    if (!expected && !found) return check;
    const int place = !found ? -1 : !expected ? 1 : compare_places(*expected, *found, source);
    const bool missing = place<0, extra = place> 0;
    if (missing) {
      ++check.missed;
      note(check, expected->line, expected->what, "no record, expected " + expected->verdict,
           expected->verdict, "-");
    } else if (extra) {
      ++check.invented;
      note(check, found->line, "", "a record without a label: " + found->verdict, "-",
           found->verdict);
    } else {
      compare(*expected, *found, check);
      source = expected->source;
    }
    if (!extra) {
      ++check.labels;
      label = labels.next();
    }
    if (!missing) record = records.next();
  }
}

Status check_counts(const std::string& counts_path, const std::string& report_path,
                    LabelCheck& check) {
  simdjson::dom::parser parser;
  simdjson::dom::array files;
  std::map<std::string, std::uint64_t> expected;
  if (parser.load(counts_path)["files"].get(files) != simdjson::SUCCESS)
    return Error{ErrorKind::kFormat, counts_path, "is no counts.json"};
  constexpr const char* kCounts[] = {"truncated", "redacted", "lookalike"};
  for (const simdjson::dom::element file : files) {
    for (const char* name : kCounts) {
      std::uint64_t count = 0;
      if (file[name].get(count) != simdjson::SUCCESS)
        return Error{ErrorKind::kFormat, counts_path, std::string("lacks ") + name};
      expected[name] += count;
    }
  }
  simdjson::dom::element records;
  if (parser.load(report_path)["records"].get(records) != simdjson::SUCCESS)
    return Error{ErrorKind::kFormat, report_path, "is no JSON report"};
  for (const char* name : kCounts) {
    std::uint64_t count = 0;
    if (records[name].get(count) != simdjson::SUCCESS)
      return Error{ErrorKind::kFormat, report_path, std::string("lacks records.") + name};
    if (count == expected[name]) continue;
    ++check.differences;
    check.first.push_back(fmt::format("{} {} instead of {}", name, count, expected[name]));
  }
  return Unit{};
}

std::string in_words(const LabelCheck& check) {
  std::string out = fmt::format("labels {}, met {}, differences {}\n", check.labels, check.met,
                                check.differences);
  out += fmt::format("found {}, missed {}, invented {}\n", check.labels - check.missed,
                     check.missed, check.invented);
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
