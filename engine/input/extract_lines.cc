#include "input/extract.h"
#include "input/line_reader.h"

namespace jotmill {

RecordCounts extract_lines(const Chunk& chunk, TokenBatch& batch) {
  RecordCounts counts;
  batch.chunk = &chunk;
  if (chunk.oversize.present) {
    ++counts.records;
    if (chunk.oversize.blank) {
      ++counts.blank;
    } else {
      ++counts.with_tokens;
      ++counts.candidates;
      ++counts.tokens;
      batch.add(0, 0, false, 0, 0);
    }
    return counts;
  }
  LineReader lines(chunk.view());
  for (std::string_view line; lines.next(line);) {
    ++counts.records;
    if (is_blank_line(line)) {
      ++counts.blank;
      continue;
    }
    ++counts.with_tokens;
    ++counts.candidates;
    ++counts.tokens;
    const auto off = static_cast<std::uint32_t>(lines.line_off());
    batch.add(off, static_cast<std::uint32_t>(line.size()), false, off,
              static_cast<std::uint32_t>(lines.line_index()));
  }
  return counts;
}

}  // namespace jotmill
