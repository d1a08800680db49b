#ifndef JOTMILL_CORE_POSITION_H_
#define JOTMILL_CORE_POSITION_H_

#include <cstdint>

namespace jotmill {

/// Where a run stands in its inputs: behind one record and in front of the next.
struct RunPosition {
  std::uint32_t source = 0;            ///< index into the run's list; one past the last at the end
  std::uint64_t offset_bytes = 0;      ///< in the decompressed stream
  std::uint64_t line = 1;              ///< number of the line that begins there
  std::uint64_t bytes_before = 0;      ///< of the sources before it, decompressed ...
  std::uint64_t raw_bytes_before = 0;  ///< ... and as they stand in their files
};

}  // namespace jotmill

#endif  // JOTMILL_CORE_POSITION_H_
