#ifndef JOTMILL_PIPELINE_CORES_H_
#define JOTMILL_PIPELINE_CORES_H_

namespace jotmill {

/// Cores that this process may use: its affinity mask, and the CPU quota of its control group where
/// there is one. At least 1.
unsigned usable_cores();

/// How many threads of a wanted number can be had, the caller's own one counted: a limit of the
/// system (RLIMIT_NPROC, a control group) may leave fewer. Tried by starting them; at least 1.
unsigned startable_threads(unsigned wanted);

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_CORES_H_
