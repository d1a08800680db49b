// Who may include whom, over the #include lines of the tree.

#include <set>
#include <string>
#include <vector>

#include "structure/include_rules.h"
#include "structure/tree.h"
#include "support/catch.h"

namespace jotmill::structure {
namespace {

/// The offence of one made-up line in one made-up file.
std::string judge_line(std::string_view path, std::string_view line) {
  const std::vector<Include> includes = includes_of(line);
  REQUIRE(includes.size() == 1);
  return offence(path, includes[0]);
}

TEST_CASE("#include lines are found however they are written") {
  const auto found = includes_of(
      "#pragma once\n  #  include   \"core/a.h\" // why\r\n#include<span>\n#include_next <b.h>\n"
      "int x; // #include <no>\n#if 0\n#include \"keys/c.h\"\n#endif\n#include MACRO\n#include "
      "<last>");
  REQUIRE(found.size() == 6);
  CHECK(found[0].path == "core/a.h");
  CHECK(found[0].line == 2);
  CHECK(found[0].form == Include::Form::kQuoted);
  CHECK(found[1].path == "span");
  CHECK(found[1].form == Include::Form::kAngled);
  CHECK(found[2].path == "b.h");
  CHECK(found[3].path == "keys/c.h");
  CHECK(found[4].form == Include::Form::kComputed);
  CHECK(found[5].path == "last");
  CHECK(found[5].line == 10);
}

TEST_CASE("made-up offences are seen, each of them") {
  struct Line {
    std::string_view path;
    std::string_view include;
  };
  const Line offences[] = {
      {"engine/kernels/scan/scan.cc", "#include \"core/bytes.h\""},
      {"engine/kernels/kernels.h", "#include \"jotmill/result.h\""},
      {"engine/kernels/kernels.h", "#include \"decode/decode.h\""},
      {"engine/kernels/kernels.cc", "#include <openssl/evp.h>"},
      {"engine/kernels/kernels.cc", "#include <fmt/format.h>"},
      {"engine/cpu/features.cc", "#include \"kernels/kernels.h\""},
      {"engine/cpu/features.cc", "#include <xxhash.h>"},
      {"engine/core/batch.h", "#include \"keys/key_ring.h\""},
      {"engine/core/batch.h", "#include \"kernels/kernels.h\""},
      {"engine/core/batch.h", "#include \"cpu/features.h\""},
      {"engine/include/jotmill/jotmill.hpp", "#include \"core/batch.h\""},
      {"engine/include/jotmill/jotmill.hpp", "#include <fmt/core.h>"},
      {"engine/include/jotmill/jotmill.hpp", "#include <simdjson.h>"},
      {"engine/decode/decode.cc", "#include \"claims/header.h\""},
      {"engine/decode/decode.cc", "#include <claims/header.h>"},
      {"engine/decode/decode.cc", "#include \"../claims/header.h\""},
      {"engine/decode/decode.cc", "#include \"engine/claims/header.h\""},
      {"engine/decode/decode.cc", "#include <tbb/parallel_for.h>"},
      {"engine/decode/decode.cc", "#include \"tools/words.h\""},
      {"engine/decode/decode.cc", "#include \"support/catch.h\""},
      {"engine/decode/decode.cc", "#include <catch2/catch.hpp>"},
      {"engine/decode/decode.cc", "#include <simdjson.h>"},
      {"engine/decode/decode.cc", "#include HEADER"},
      {"engine/judge/judge.cc", "#include \"kernels/kernels.h\""},
      {"engine/judge/judge.cc", "#include \"keys/jwk.h\""},
      {"engine/judge/judge.cc", "#include <openssl/sha.h>"},
      {"engine/claims/header.h", "#include <simdjson.h>"},
      {"engine/keys/pem.cc", "#include <simdjson.h>"},
      {"engine/keys/prepare.h", "#include <openssl/evp.h>"},
      {"engine/input/extract_lines.cc", "#include <simdjson.h>"},
      {"engine/pipeline/process.cc", "#include <oneapi/tbb/parallel_pipeline.h>"},
      {"engine/pipeline/run.cc", "#include <simdjson.h>"},
      {"engine/pipeline/run.cc", "#include <openssl/evp.h>"},
      {"engine/pipeline/run.h", "#include <tbb/parallel_pipeline.h>"},
      {"engine/examples/verify_tokens.cc", "#include \"core/batch.h\""},
      {"engine/examples/verify_tokens.cc", "#include <openssl/evp.h>"},
      {"engine/stats/count.cc", "#include \"report/json.h\""},
      {"engine/stats/count.cc", "#include \"reports/packed.h\""},
      {"engine/reports/json.cc", "#include \"stats/count.h\""},
      {"engine/reports/json_out.h", "#include <simdjson.h>"},
      {"engine/pipeline/run.cc", "#include \"doors/audit.h\""},
      {"engine/doors/audit.cc", "#include <tbb/parallel_for.h>"},
      {"engine/include/jotmill/jotmill.h", "#include <stdio.h>"},
      {"engine/examples/verify_tokens.c", "#include \"doors/audit.h\""},
      {"tools/main.cc", "#include \"doors/audit.h\""},
      {"tools/cmd_merge.cc", "#include \"reports/packed.h\""},
      {"tools/report/text.cc", "#include <simdjson.h>"},
      {"engine/decode/decode_test.cc", "#include \"tools/words.h\""},
      {"engine/keys/jwk.cc", "#include \"keys/key_maker_for_test.h\""},
      {"engine/stray.cc", "#include <span>"},
      {"engine/input/decompress.cc", "#include <zlib.h>"},
      {"engine/input/decoder.h", "#include <lzma.h>"},
      {"engine/input/decompress_gzip.cc", "#include <zstd.h>"},
      {"engine/sinks/output_file.cc", "#include <zstd.h>"},
      {"engine/sinks/compress_zstd.cc", "#include <lzma/base.h>"},
      {"tools/output.cc", "#include <zlib.h>"},
      {"tools/output.cc", "#include <boost/math/distributions/normal.hpp>"},
      {"tools/statistics/sample.h", "#include <boost/math/distributions/normal.hpp>"},
      {"engine/stats/count.cc", "#include <boost/math/distributions/normal.hpp>"},
      {"tools/main.cc", "#include \"core/batch.h\""},
      {"tools/cmd_cpu.cc", "#include \"kernels/kernels.h\""},
      {"tools/cmd_cpu.cc", "#include \"engine/cpu/features.h\""},
      {"tools/cmd_merge.cc", "#include <simdjson.h>"},
      {"tools/bench/measure.cc", "#include <simdjson.h>"},
      {"tools/cmd_keys.cc", "#include <openssl/evp.h>"},
      {"tools/main.cc", "#include \"../engine/core/batch.h\""},
      {"tools/main.cc", "#include \"support/codec.h\""},
      {"tests/support/reference_verifier.cc", "#include \"jotmill/verdict.h\""},
      {"tests/support/reference_verifier.cc", "#include \"decode/decode.h\""},
      {"tests/support/reference_json.cc", "#include \"core/json.h\""},
      {"tests/support/reference_json.cc", "#include <simdjson.h>"},
  };
  for (const Line& line : offences) {
    CAPTURE(std::string(line.path), std::string(line.include));
    CHECK_FALSE(judge_line(line.path, line.include).empty());
  }
}

TEST_CASE("what the house allows is no offence") {
  struct Line {
    std::string_view path;
    std::string_view include;
  };
  const Line allowed[] = {
      {"engine/kernels/kernels.cc", "#include \"cpu/features.h\""},
      {"engine/kernels/base64url/base64url_avx2.cc", "#include <immintrin.h>"},
      {"engine/core/batch.h", "#include \"jotmill/verdict.h\""},
      {"engine/decode/decode.cc", "#include \"kernels/base64url/base64url.h\""},
      {"engine/decode/decode.cc", "#include \"core/batch.h\""},
      {"engine/decode/decode.cc", "#include \"decode.h\""},
      {"engine/verify/verify.cc", "#include \"keys/key_ring.h\""},
      {"engine/verify/verify.cc", "#include <openssl/evp.h>"},
      {"engine/claims/header.cc", "#include <simdjson.h>"},
      {"engine/keys/jwk.cc", "#include <simdjson.h>"},
      {"engine/input/extract_jsonl.cc", "#include <simdjson.h>"},
      {"engine/input/decompress_gzip.cc", "#include <zlib.h>"},
      {"engine/input/decompress_zstd.cc", "#include <zstd_errors.h>"},
      {"engine/input/decompress_xz.cc", "#include <lzma.h>"},
      {"engine/sinks/compress_gzip.cc", "#include <zlib.h>"},
      {"engine/pipeline/run.cc", "#include <tbb/parallel_pipeline.h>"},
      {"engine/pipeline/process.cc", "#include \"judge/judge.h\""},
      {"engine/decode/decode_test.cc", "#include \"support/catch.h\""},
      {"engine/reports/json.cc", "#include \"jotmill/report_json.h\""},
      {"engine/doors/audit.cc", "#include \"pipeline/process.h\""},
      {"engine/doors/audit.h", "#include \"core/batch.h\""},
      {"engine/include/jotmill/jotmill.h", "#include <stdint.h>"},
      {"engine/examples/verify_tokens.c", "#include <stdio.h>"},
      {"engine/reports/read_json.cc", "#include <simdjson.h>"},
      {"engine/pipeline/process.cc", "#include \"reports/packed.h\""},
      {"engine/judge/judge_test.cc", "#include \"keys/jwk.h\""},
      {"engine/keys/jwk_test.cc", "#include \"keys/key_maker_for_test.h\""},
      {"engine/keys/key_maker_for_test.h", "#include <openssl/evp.h>"},
      {"tools/main.cc", "#include \"jotmill/jotmill.hpp\""},
      {"tools/main.cc", "#include \"report/text.h\""},
      {"tools/main.cc", "#include <CLI/CLI.hpp>"},
      {"tools/bench/read_bench_json.cc", "#include <simdjson.h>"},
      {"tools/statistics/rank_tests.cc", "#include <boost/math/distributions/normal.hpp>"},
      {"tools/generate/sign.cc", "#include <openssl/evp.h>"},
      {"tests/support/reference_verifier.cc", "#include \"support/reference_json.h\""},
      {"tests/support/reference_verifier.cc", "#include <openssl/evp.h>"},
      {"tests/cli/verify_test.cc", "#include \"core/batch.h\""},
  };
  for (const Line& line : allowed) {
    CAPTURE(std::string(line.path), std::string(line.include));
    CHECK(judge_line(line.path, line.include) == "");
  }
}

TEST_CASE("the arrows hold in engine, tools and the reference verifier") {
  std::size_t lines = 0;
  for (const std::string_view folder : {"engine", "tools", "tests/support"}) {
    const std::vector<std::string> files = sources_under(folder);
    // Nothing found would mean nothing checked.
    CAPTURE(std::string(folder));
    REQUIRE(files.size() >= 5);
    for (const std::string& path : files) {
      for (const Include& include : includes_of(text_of(path))) {
        ++lines;
        const std::string reason = offence(path, include);
        if (!reason.empty())
          FAIL_CHECK(path << ":" << include.line << ": " << include.path << ": " << reason);
      }
    }
  }
  CHECK(lines > 100);
}

/// Applies `rule` to `path` and to all of the tree that it sees through quoted includes found under
/// `home`.
void check_closure(const std::string& path, std::string_view home,
                   std::string (*rule)(const Include&)) {
  std::vector<std::string> open = {path};
  std::set<std::string> seen = {path};
  while (!open.empty()) {
    const std::string current = open.back();
    open.pop_back();
    for (const Include& include : includes_of(text_of(current))) {
      const std::string reason = rule(include);
      if (!reason.empty()) {
        FAIL_CHECK(path << " sees " << current << ":" << include.line << ": " << include.path
                        << ": " << reason);
      }
      const std::string next = std::string(home) + include.path;
      const bool ours =
          include.form == Include::Form::kQuoted && std::filesystem::exists(root() / next);
      if (ours && seen.insert(next).second) open.push_back(next);
    }
  }
}

TEST_CASE("an ISA file sees intrinsics and plain declarations alone, however far one looks") {
  CHECK(is_isa_file("engine/kernels/rsa/rsa_avx512ifma.cc"));
  CHECK_FALSE(is_isa_file("engine/kernels/rsa/rsa_portable.cc"));
  CHECK_FALSE(is_isa_file("engine/kernels/kernels.cc"));
  CHECK_FALSE(is_isa_file("engine/kernels/base64url/base64url_avx2_test.cc"));
  CHECK_FALSE(isa_offence({"span", 1, Include::Form::kAngled}).empty());
  CHECK_FALSE(isa_offence({"cstring", 1, Include::Form::kAngled}).empty());
  CHECK_FALSE(isa_offence({"cpu/features.h", 1, Include::Form::kQuoted}).empty());
  CHECK(isa_offence({"immintrin.h", 1, Include::Form::kAngled}) == "");
  int isa_files = 0;
  for (const std::string& path : sources_under("engine/kernels")) {
    if (!is_isa_file(path)) continue;
    ++isa_files;
    check_closure(path, "engine/", isa_offence);
  }
  CHECK(isa_files >= 2);
}

TEST_CASE("the reference verifier sees nothing of the engine, however far one looks") {
  int reference_files = 0;
  for (const std::string& path : sources_under("tests/support")) {
    if (!is_reference_file(path)) continue;
    ++reference_files;
    check_closure(path, "tests/", reference_offence);
  }
  CHECK(reference_files >= 2);
}

}  // namespace
}  // namespace jotmill::structure
