#ifndef JOTMILL_TOOLS_GENERATE_SHAPES_H_
#define JOTMILL_TOOLS_GENERATE_SHAPES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tools/generate/piece.h"
#include "tools/generate/recipe.h"
#include "tools/generate/rng.h"

namespace jotmill::tools {

/// What one record is made of.
struct RecordParts {
  Rng& rng;
  std::string_view token;   ///< with whatever a logger did to it
  std::int64_t time_s = 0;  ///< of the record, Unix seconds
  const RecipeOutput& output;
};

/// One way to write a record of a shape. Records end without a line end; they may hold line ends.
struct RecordForm {
  Piece (*write)(const RecordParts& parts);
  bool timed;  ///< the record has a time that --as-of record reads
  /// A token that was cut or blanked can stand here: nothing but its own text stands behind it in
  /// the layers around it.
  bool shows_findings = true;
};

/// A kind of log or dump: what `output.shape` of a recipe names.
struct Shape {
  std::string_view name;
  std::string_view capture;  ///< name of the capture file
  std::string_view format;   ///< of verify --format
  std::span<const RecordForm> forms;
  /// A line without a token or anything like one.
  Piece (*noise)(const RecordParts& parts);
  std::string_view head = {}, between = "\n", tail = "\n";  ///< around and between records
  std::string_view about;
};

std::span<const Shape> shapes();
/// Null: there is none of that name.
const Shape* shape_named(std::string_view name);

/// Something that looks like a token and is none, with the number of `lookalike` findings in it.
struct Lookalike {
  std::string text;
  std::uint32_t findings = 0;
};
Lookalike draw_lookalike(Rng& rng);

/// Placeholders that loggers put where the signature was.
std::string draw_placeholder(Rng& rng);
/// What loggers put behind text that they cut, where the record goes on: "..." or U+2026.
std::string draw_ellipsis(Rng& rng);

// Times as logs write them, all in UTC.
std::string clf_time(std::int64_t seconds);            ///< 23/Nov/2026:15:04:05 +0000
std::string iso_time(std::int64_t seconds, Rng& rng);  ///< RFC 3339, with or without a fraction
std::string syslog_time(std::int64_t seconds);         ///< Nov 23 15:04:05, no year
std::string time_text(std::int64_t seconds, const char* format);

// The forms of each kind; shapes_*.cc
std::span<const RecordForm> nginx_forms();
std::span<const RecordForm> apache_forms();
std::span<const RecordForm> alb_forms();
std::span<const RecordForm> envoy_forms();
std::span<const RecordForm> haproxy_forms();
std::span<const RecordForm> docker_forms();
std::span<const RecordForm> har_forms();
std::span<const RecordForm> curl_forms();
std::span<const RecordForm> oauth_forms();
std::span<const RecordForm> cookie_forms();
std::span<const RecordForm> kubernetes_forms();
std::span<const RecordForm> nested_forms();
std::span<const RecordForm> percent_forms();
std::span<const RecordForm> syslog_forms();
std::span<const RecordForm> binary_forms();
std::span<const RecordForm> mixed_forms();

Piece clf_noise(const RecordParts& parts);
Piece json_noise(const RecordParts& parts);
Piece syslog_noise(const RecordParts& parts);
Piece har_noise(const RecordParts& parts);
Piece curl_noise(const RecordParts& parts);
Piece binary_noise(const RecordParts& parts);

/// A HAR entry with this text as the value of its one cookie.
Piece har_entry_with(const RecordParts& parts, const Piece& cookie);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_SHAPES_H_
