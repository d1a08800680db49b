// The inner loops of the long multiplications keep their accumulators in registers, whichever
// compiler built them: an array that stays in memory costs a factor of three (clang 14 did that to
// a draft), and no test of answers would notice.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "structure/tree.h"
#include "support/catch.h"

namespace jotmill::structure {
namespace {

struct Instruction {
  std::uint64_t address = 0;
  std::string text;  ///< "vpaddq %zmm1,%zmm2,%zmm3"
};

/// Reads `objdump -d --no-show-raw-insn`; a function's name begins a new list.
std::vector<std::vector<Instruction>> read_functions(std::string_view output) {
  std::vector<std::vector<Instruction>> functions;
  while (!output.empty()) {
    const std::string line(output.substr(0, output.find('\n')));
    output.remove_prefix(std::min(line.size() + 1, output.size()));
    if (line.ends_with(">:")) functions.emplace_back();
    const std::size_t colon = line.find(":\t");
    if (functions.empty() || colon == std::string::npos) continue;
    functions.back().push_back({std::strtoull(line.c_str(), nullptr, 16), line.substr(colon + 2)});
  }
  return functions;
}

/// What one pass through an innermost loop does.
struct Loop {
  int multiplications = 0;  ///< instructions that begin with the name asked for
  int through_stack = 0;    ///< vectors read from the stack or written to it
};

bool is_vector_on_stack(const std::string& text) {
  const bool vector =
      text.find("%zmm") != std::string::npos || text.find("%ymm") != std::string::npos;
  return vector &&
         (text.find("(%rsp") != std::string::npos || text.find("(%rbp") != std::string::npos);
}

/// The loops of `function` that hold no other loop, no call, and at least `least` multiplications.
std::vector<Loop> inner_loops(const std::vector<Instruction>& function, std::string_view name,
                              int least) {
  std::vector<Loop> loops;
  std::size_t begin = 0;  // behind the last jump back: what a loop without a loop in it may span
  for (std::size_t i = 0; i < function.size(); ++i) {
    const std::string& text = function[i].text;
    if (text.empty() || text[0] != 'j') continue;
    const std::uint64_t target = std::strtoull(text.c_str() + text.find(' '), nullptr, 16);
    if (target > function[i].address || target < function[begin].address) continue;
    Loop loop;
    bool calls = false;
    for (std::size_t k = begin; k < i; ++k) {
      if (function[k].address < target) continue;
      calls = calls || function[k].text.starts_with("call");
      loop.multiplications += function[k].text.starts_with(name);
      loop.through_stack += is_vector_on_stack(function[k].text);
    }
    if (loop.multiplications >= least && !calls) loops.push_back(loop);
    begin = i;
  }
  return loops;
}

[[maybe_unused]] std::vector<Loop> inner_loops_of(std::string_view object_name,
                                                  std::string_view name, int least) {
  std::vector<Loop> loops;
  const std::string objects = JOTMILL_KERNEL_OBJECTS;
  const std::size_t end = objects.find(object_name) + object_name.size();
  const std::size_t bar = objects.rfind('|', end - 1);
  const std::size_t begin = bar == std::string::npos ? 0 : bar + 1;
  const std::string object = objects.substr(begin, end - begin);
  INFO("object " << object);
  REQUIRE(object.ends_with(object_name));
  for (const auto& function : read_functions(told_by("objdump -d --no-show-raw-insn", object))) {
    const std::vector<Loop> more = inner_loops(function, name, least);
    loops.insert(loops.end(), more.begin(), more.end());
  }
  return loops;
}

TEST_CASE("the reader of objdump finds innermost loops and what goes through the stack") {
  const auto functions = read_functions(
      "0000000000000000 <f>:\n"
      "   0:\tvpmadd52luq %zmm0,%zmm1,%zmm2\n"
      "   6:\tvmovdqa64 %zmm2,0x40(%rsp)\n"
      "   9:\tvpmadd52huq 0x40(%rsp),%zmm1,%zmm2\n"
      "   c:\tvpmadd52huq (%rsi),%zmm1,%zmm2\n"
      "  10:\tjne    6 <f+0x6>\n"
      "  14:\tjmp    0 <f>\n"
      "0000000000000020 <g>:\n"
      "  20:\tret\n");
  REQUIRE(functions.size() == 2);
  const std::vector<Loop> loops = inner_loops(functions[0], "vpmadd52", 1);
  REQUIRE(loops.size() == 1);
  CHECK(loops[0].multiplications == 2);
  CHECK(loops[0].through_stack == 2);
}

// Sanitizers and builds without optimisation keep everything in memory.
#if defined(__x86_64__) && defined(JOTMILL_EXPECT_FORTIFY)
TEST_CASE("sweeps of the RSA kernels keep columns and rows in registers") {
  struct Expected {
    std::string_view object, multiplication;
    int least;  ///< of a step with the fewest rows
  };
  // A product is two IFMA instructions (8 x 8 rows and limbs a step) or two fused multiply-adds of
  // doubles (4 x 4).
  for (const Expected& expected : {Expected{"rsa/rsa_avx512ifma.cc.o", "vpmadd52", 128},
                                   Expected{"rsa/rsa_avx2fma.cc.o", "vfmadd", 32}}) {
    const std::vector<Loop> loops =
        inner_loops_of(expected.object, expected.multiplication, expected.least);
    // A multiplication, a square and a reduction at least; for three sizes, unless sizes share one.
    CHECK(loops.size() >= 3);
    for (const Loop& loop : loops) {
      CAPTURE(std::string(expected.object), loop.multiplications, loop.through_stack);
      // Ten rows of 60 limbs need one register more than there are: g++ moves five of 200.
      CHECK(loop.through_stack * 10 <= loop.multiplications);
    }
  }
}
#endif

}  // namespace
}  // namespace jotmill::structure
