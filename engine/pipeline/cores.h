#ifndef JOTMILL_PIPELINE_CORES_H_
#define JOTMILL_PIPELINE_CORES_H_

namespace jotmill {

/// Cores that this process may use: its affinity mask, and the CPU quota of its control group where
/// there is one. At least 1.
unsigned usable_cores();

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_CORES_H_
