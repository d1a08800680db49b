#include "tools/signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "tools/words.h"

namespace jotmill::tools {
namespace {

// A signal handler can reach nothing but a global; lock-free, so it is safe to set there.
std::atomic<bool> g_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int /*signal*/) {
  if (g_interrupted.exchange(true)) ::_exit(kExitInterrupted);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits for input returns with EINTR, so that the flag is seen.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    // What the parent ignores stays ignored (nohup).
    if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

bool interrupted() { return g_interrupted.load(std::memory_order_relaxed); }

}  // namespace jotmill::tools
