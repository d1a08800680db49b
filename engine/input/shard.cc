#include "input/shard.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace jotmill {
namespace {

/// floor(total * i / of) without a product that could overflow: i <= of <= kMostShards.
std::uint64_t boundary(std::uint64_t total, std::uint64_t i, std::uint64_t of) {
  return total / of * i + total % of * i / of;
}

std::optional<Error> why_it_has_no_size(const SourceEntry& source) {
  std::string what;
  if (source.name == "-") {
    what = "standard input";
  } else {
    std::error_code error;
    const auto status = std::filesystem::status(source.name, error);
    // One that is not there, or may not be looked at, is an event of the run like any other.
    if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status))
      return std::nullopt;
    what = source.name + ", which is no regular file,";
  }
  return Error{ErrorKind::kUsage, "shard",
               what + " has no size, and cannot be cut by bytes; write it to a file first"};
}

}  // namespace

Result<ShardPlan> plan_shard(SourceList list, Shard shard) {
  ShardPlan plan;
  for (const SourceEntry& source : list.sources) {
    if (shard.of > 1) {
      if (std::optional<Error> error = why_it_has_no_size(source)) return *std::move(error);
    }
    plan.input_bytes += source.size_bytes;
  }
  const std::uint64_t begin = boundary(plan.input_bytes, shard.index - 1, shard.of);
  const std::uint64_t end = boundary(plan.input_bytes, shard.index, shard.of);
  const bool last = shard.index == shard.of;
  if (shard.index == 1) plan.list.unreadable = std::move(list.unreadable);
  std::uint64_t base = 0;
  for (SourceEntry& source : list.sources) {
    const std::uint64_t size = source.size_bytes;
    SourcePart part;
    part.listed_bytes = size;
    part.begin_bytes = std::clamp(begin, base, base + size) - base;
    part.end_bytes = std::clamp(end, base, base + size) - base;
    part.first = begin <= base && (base < end || last);
    part.to_end = part.end_bytes == size;
    base += size;
    if (!part.first && part.begin_bytes == part.end_bytes) continue;
    plan.parts.push_back(part);
    plan.list.sources.push_back(std::move(source));
  }
  return plan;
}

}  // namespace jotmill
