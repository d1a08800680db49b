#include "tools/generate/faults.h"

#include <algorithm>

#include "tools/generate/world.h"

namespace jotmill::tools {
namespace {

void add_rows(const World& world, std::span<const FaultRow> rows, std::vector<Variant>& out) {
  for (const FaultRow& row : rows) {
    if ((row.among & world.mix_algs()) == 0 || !world.meets(row.needs)) continue;
    if (row.possible != nullptr && !row.possible(world, row.arg)) continue;
    out.push_back({std::string(row.name), row.verdict, row.among, row.make, std::string(row.arg)});
  }
}

}  // namespace

std::vector<Variant> faults_for(const World& world) {
  std::vector<Variant> out;
  for (const auto rows : {shape_faults(), header_faults(), key_faults(), signature_faults(),
                          payload_faults(), claim_faults()}) {
    add_rows(world, rows, out);
  }
  add_trap_keys(world, out);
  std::ranges::stable_sort(out, {}, &Variant::verdict);
  return out;
}

std::vector<Variant> oddities_for(const World& world) {
  std::vector<Variant> out;
  add_rows(world, oddities(), out);
  return out;
}

}  // namespace jotmill::tools
