#ifndef JOTMILL_PIPELINE_HANDOVER_H_
#define JOTMILL_PIPELINE_HANDOVER_H_

// What oneTBB promises, told to ThreadSanitizer. A serial filter runs one call after the other, and
// a filter sees all that the filter before it did to an item; but TSan cannot see how a libtbb that
// was built without it does this, and would report every item as a race. The alternative, to
// suppress reports that come from libtbb, would hide the true races in our filters as well:
// everything there is called from libtbb. In all other builds these are nothing.

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define JOTMILL_TSAN 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define JOTMILL_TSAN 1
#endif

#ifdef JOTMILL_TSAN
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace jotmill {

/// The caller will not touch what `thing` stands for until it has taken it over again.
inline void hand_over([[maybe_unused]] void* thing) {
#ifdef JOTMILL_TSAN
  __tsan_release(thing);
#endif
}

/// All that was done before hand_over(thing) has happened before what follows.
inline void take_over([[maybe_unused]] void* thing) {
#ifdef JOTMILL_TSAN
  __tsan_acquire(thing);
#endif
}

/// A call of a serial filter: what `thing` stands for is this thread's until the end of the scope.
class Turn {
 public:
  explicit Turn(void* thing) : thing_(thing) { take_over(thing_); }
  ~Turn() { hand_over(thing_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  void* thing_;
};

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_HANDOVER_H_
