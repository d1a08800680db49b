#ifndef JOTMILL_TESTS_SUPPORT_FAILING_MEMORY_H_
#define JOTMILL_TESTS_SUPPORT_FAILING_MEMORY_H_

#include <cstddef>

/// Memory that runs out when a test wants it to: every operator new of the program, and every
/// allocation of OpenSSL.
namespace jotmill::testing {

/// From here on the `nth` (0-based) allocation fails, and all after it when `lasting`.
void fail_allocation(std::size_t nth, bool lasting);
/// No allocation fails any more. Returns how many there were since fail_allocation().
std::size_t allow_allocations();
/// Whether one was refused since fail_allocation().
bool was_refused();
/// Blocks of operator new that are not freed.
std::ptrdiff_t blocks_alive();
/// Must come before OpenSSL allocates anything.
bool watch_openssl();

}  // namespace jotmill::testing

#endif  // JOTMILL_TESTS_SUPPORT_FAILING_MEMORY_H_
