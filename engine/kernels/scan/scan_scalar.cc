#include "kernels/scan/scan-inl.h"

namespace jotmill::kernels {

std::size_t scan_scalar(const std::uint8_t* data, std::size_t from, std::size_t len, ScanFor what) {
  return scan_rest(data, from, len, what);
}

}  // namespace jotmill::kernels
