#ifndef JOTMILL_TESTS_STRUCTURE_INCLUDE_RULES_H_
#define JOTMILL_TESTS_STRUCTURE_INCLUDE_RULES_H_

// The arrows of the house as a function over #include lines: which file may see which. Pure text,
// so that made-up offences can be put to it.

#include <string>
#include <string_view>
#include <vector>

namespace jotmill::structure {

struct Include {
  std::string
      path;  ///< as written, without quotes or brackets; the macro's name for a computed include
  int line;  ///< 1-based
  enum class Form { kQuoted, kAngled, kComputed } form;
};

/// The #include lines of a C++ source text, also those in code that the preprocessor would leave
/// out.
std::vector<Include> includes_of(std::string_view text);

/// Why the file at `path` (relative to the project's root, with '/') may not have this include; ""
/// when it may. Files outside engine, tools and the reference verifier are free.
std::string offence(std::string_view path, const Include& include);

/// True for a kernel source compiled for an instruction set of its own, by its name:
/// engine/kernels/..._avx2.cc.
bool is_isa_file(std::string_view path);

/// As offence(), for an ISA file or a header that it sees: only intrinsics, the two plainest
/// headers and kernels' own files.
std::string isa_offence(const Include& include);

/// True for a file of the reference verifier: tests/support/reference_...
bool is_reference_file(std::string_view path);

/// As offence(), for a reference file or a header that it sees: nothing of the engine.
std::string reference_offence(const Include& include);

}  // namespace jotmill::structure

#endif  // JOTMILL_TESTS_STRUCTURE_INCLUDE_RULES_H_
