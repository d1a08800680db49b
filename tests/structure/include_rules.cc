#include "structure/include_rules.h"

#include <algorithm>
#include <iterator>

namespace jotmill::structure {
namespace {

constexpr std::string_view kRooms[] = {"input", "decode", "claims",  "keys",     "verify", "judge",
                                       "sinks", "stats",  "reports", "pipeline", "doors"};
constexpr std::string_view kGround[] = {"jotmill", "core", "cpu", "kernels"};
constexpr std::string_view kMayUseKernels[] = {"input", "decode", "keys", "verify", "pipeline"};
/// What a C program is written with: for the examples.
constexpr std::string_view kC[] = {"inttypes.h", "stdio.h", "stdlib.h", "string.h"};

template <typename Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

bool is_room(std::string_view name) { return contains(kRooms, name) || contains(kGround, name); }

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

bool has_folder(std::string_view path) { return path.find('/') != std::string_view::npos; }

/// A room's own test, or a header that its tests share (key_maker_for_test.h): no part of the
/// engine.
bool is_test(std::string_view path) {
  return path.ends_with("_test.cc") || path.ends_with("_test.h");
}

bool is_header(std::string_view path) { return path.ends_with(".h") || path.ends_with(".hpp"); }

/// The room that owns a file of engine/ ("jotmill" for the front door), or "" for one in no room.
std::string_view room_of(std::string_view path) {
  path.remove_prefix(std::string_view("engine/").size());
  if (path.starts_with("include/jotmill/")) return "jotmill";
  return has_folder(path) ? first_part(path) : std::string_view();
}

enum class Library {
  kNone,
  kTbb,
  kSimdjson,
  kOpenssl,
  kIpsecMb,
  kZlib,
  kZstd,
  kLzma,
  kBoost,
  kCatch
};

Library library_of(std::string_view include) {
  const std::string_view first = first_part(include);
  if (first == "tbb" || first == "oneapi") return Library::kTbb;
  if (first.starts_with("simdjson")) return Library::kSimdjson;
  if (first == "openssl") return Library::kOpenssl;
  if (first == "intel-ipsec-mb.h") return Library::kIpsecMb;
  if (first == "zlib.h" || first == "zconf.h") return Library::kZlib;
  if (first == "zstd.h" || first == "zstd_errors.h" || first == "zdict.h") return Library::kZstd;
  if (first == "lzma.h" || first == "lzma") return Library::kLzma;
  if (first == "boost") return Library::kBoost;
  if (first == "catch2") return Library::kCatch;
  return Library::kNone;
}

/// A header of the language or of the compiler, no library's.
bool is_standard(std::string_view include) {
  constexpr std::string_view kCompiler[] = {"immintrin.h", "cpuid.h", "stddef.h", "stdint.h",
                                            "stdbool.h"};
  return contains(kCompiler, include) || include.find_first_of("./") == std::string_view::npos;
}

bool may_use(std::string_view path, Library library) {
  switch (library) {
    case Library::kNone: return true;
    case Library::kTbb: return path == "engine/pipeline/run.cc";
    case Library::kSimdjson:
      // The generator reads recipes and key pools, reports are read again, compare and plan read
      // what bench wrote; never a token.
      return path.starts_with("engine/claims/") || path.starts_with("engine/keys/jwk") ||
             path.starts_with("engine/input/extract_jsonl") ||
             path.starts_with("engine/input/extract_har") || path.starts_with("tools/generate/") ||
             path.starts_with("engine/reports/") || path.starts_with("tools/bench/read_");
    case Library::kOpenssl:
      return path.starts_with("engine/verify/") || path.starts_with("engine/keys/") ||
             path.starts_with("tools/generate/");
    case Library::kIpsecMb: return path == "engine/verify/hash_ipsec_mb.cc";
    case Library::kZlib:
      return path == "engine/input/decompress_gzip.cc" || path == "engine/sinks/compress_gzip.cc";
    case Library::kZstd:
      return path == "engine/input/decompress_zstd.cc" || path == "engine/sinks/compress_zstd.cc";
    case Library::kLzma: return path == "engine/input/decompress_xz.cc";
    case Library::kBoost: return path.starts_with("tools/statistics/") && !is_header(path);
    case Library::kCatch: return false;
  }
  return false;
}

std::string library_offence(std::string_view path, std::string_view include) {
  const Library library = library_of(include);
  if (library == Library::kNone) return {};
  // What two files of one room share of its library; the arrows keep every other room from it.
  if (path == "engine/reports/json_in.h" && library == Library::kSimdjson) return {};
  if (path.starts_with("engine/") && is_header(path)) return "a library in a header of the engine";
  return may_use(path, library) ? "" : "this library has no business here";
}

/// engine/ROOM -> `target`, both rooms.
std::string arrow_offence(std::string_view room, std::string_view target,
                          std::string_view include) {
  if (room == target || room == "doors") return {};
  if (target == "doors") return "what stands in the doors is seen from outside alone";
  if (room == "pipeline") return {};
  if (room == "jotmill") return "the front door sees nothing behind it";
  if (room == "core") return target == "jotmill" ? "" : "core sees the front door's types alone";
  if (room == "cpu") return "cpu stands on nothing";
  if (room == "kernels") return target == "cpu" ? "" : "kernels see cpu alone";
  if (target == "jotmill" || target == "core" || target == "cpu") return {};
  if (target == "kernels")
    return contains(kMayUseKernels, room) ? "" : "this room does not use kernels";
  if (include == "keys/key_ring.h") return {};
  return "a room does not see another room";
}

std::string engine_offence(std::string_view path, const Include& include) {
  if (path.starts_with("engine/examples/")) {
    const bool allowed = include.path.starts_with("jotmill/") || is_standard(include.path) ||
                         contains(kC, include.path);
    return allowed ? "" : "an example sees the front door alone";
  }
  const std::string_view room = room_of(path);
  if (!is_room(room)) return "a file of the engine in no room";
  const std::string_view target = first_part(include.path);
  if (is_room(target) && has_folder(include.path)) {
    return is_test(path) ? "" : arrow_offence(room, target, include.path);
  }
  if (include.form == Include::Form::kQuoted) {
    if (is_test(path) && target == "support") return {};
    return has_folder(include.path) ? "neither a room nor a file beside this one" : "";
  }
  if (is_test(path)) return {};
  const bool bare_room = room == "jotmill" || room == "cpu" || room == "kernels";
  if (bare_room && !is_standard(include.path)) return "no library in this room";
  return library_offence(path, include.path);
}

std::string tools_offence(std::string_view path, const Include& include) {
  const std::string_view target = first_part(include.path);
  if (has_folder(include.path)) {
    if (target == "jotmill") return {};
    if (is_room(target) || target == "engine") return "tools see the front door alone";
    if (is_test(path) && target == "support") return {};
    if (target == "tests" || target == "support" || target == "bench" || target == "structure") {
      return "tools do not see tests or benchmarks";
    }
  }
  return is_test(path) ? "" : library_offence(path, include.path);
}

}  // namespace

std::vector<Include> includes_of(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  std::vector<Include> includes;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto skip_blanks = [&line, kBlank] {
      line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    };
    skip_blanks();
    if (!line.starts_with('#')) continue;
    line.remove_prefix(1);
    skip_blanks();
    if (!line.starts_with("include")) continue;
    line.remove_prefix(std::string_view("include").size());
    if (line.starts_with("_next")) line.remove_prefix(5);
    skip_blanks();
    if (line.empty()) continue;
    const char close = line[0] == '<' ? '>' : '"';
    if (line[0] == '<' || line[0] == '"') {
      line.remove_prefix(1);
      const auto form = close == '>' ? Include::Form::kAngled : Include::Form::kQuoted;
      includes.push_back({std::string(line.substr(0, line.find(close))), number, form});
    } else {
      const std::string_view name = line.substr(0, line.find_first_of(" \t\r"));
      includes.push_back({std::string(name), number, Include::Form::kComputed});
    }
  }
  return includes;
}

std::string offence(std::string_view path, const Include& include) {
  const bool engine = path.starts_with("engine/");
  const bool tools = path.starts_with("tools/");
  if (is_reference_file(path)) return reference_offence(include);
  if (!engine && !tools) return {};
  if (include.form == Include::Form::kComputed)
    return "an include that cannot be read from the text";
  if (include.path.find("..") != std::string::npos) return "a path that climbs out of its folder";
  if (is_test(include.path) && !is_test(path)) return "what is shipped sees no test";
  return engine ? engine_offence(path, include) : tools_offence(path, include);
}

bool is_isa_file(std::string_view path) {
  if (!path.starts_with("engine/kernels/") || !path.ends_with(".cc") || is_test(path)) return false;
  const std::string_view suffix = path.substr(std::min(path.rfind('_'), path.size() - 1) + 1);
  constexpr std::string_view kSets[] = {"ssse3", "sse4", "avx", "shani", "sha_ni", "neon", "bmi2"};
  return std::any_of(std::begin(kSets), std::end(kSets),
                     [suffix](std::string_view set) { return suffix.starts_with(set); });
}

std::string isa_offence(const Include& include) {
  if (include.form == Include::Form::kComputed)
    return "an include that cannot be read from the text";
  if (include.form == Include::Form::kQuoted) {
    return include.path.starts_with("kernels/") ? "" : "an ISA file sees kernels alone";
  }
  constexpr std::string_view kPlain[] = {"immintrin.h", "cstddef", "cstdint"};
  return contains(kPlain, include.path) ? "" : "its inline functions may leak through the linker";
}

bool is_reference_file(std::string_view path) {
  return path.starts_with("tests/support/reference_");
}

std::string reference_offence(const Include& include) {
  if (include.form == Include::Form::kComputed)
    return "an include that cannot be read from the text";
  if (include.path.find("..") != std::string::npos) return "a path that climbs out of its folder";
  const std::string_view target = first_part(include.path);
  const bool engine = has_folder(include.path) && (is_room(target) || target == "engine");
  if (engine || target == "tools")
    return "an oracle that shares code with the accused is no witness";
  return library_of(include.path) == Library::kSimdjson
             ? "the oracle reads JSON with another library"
             : "";
}

}  // namespace jotmill::structure
