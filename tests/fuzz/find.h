#ifndef JOTMILL_TESTS_FUZZ_FIND_H_
#define JOTMILL_TESTS_FUZZ_FIND_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/record_counts.h"
#include "jotmill/options.h"
#include "kernels/scan/scan.h"
#include "support/reference_extract.h"

namespace jotmill::testing {

/// What the engine finds in a whole source, in the words of the reference; `counts` are its own.
reference::Extraction find(std::string_view source, InputFormat format, kernels::ScanFn* scan,
                           RecordCounts& counts);

/// Leaves the channels aside: in a comparison of documents of which nobody said what they are.
void clear_channels(reference::Extraction& extraction);

/// Are the escapes shallow enough for a comparison? Both undo a bounded number of layers, the
/// engine of each byte, the reference of the whole text; only below the bound is that the same.
bool is_shallow(std::string_view source);

/// The first difference in words; empty: none.
std::string difference(const reference::Extraction& wanted, const reference::Extraction& found);

/// The fastest search of this CPU.
kernels::ScanFn* best_scan();

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_FUZZ_FIND_H_
