/* Fails one call of the C library on purpose: loaded with LD_PRELOAD into a program under test.
 *
 * JOTMILL_FAULT=KIND:N[:HOW]   the Nth call (from 1) of KIND fails; with N+ every call from the Nth on
 *   alloc    malloc, calloc, realloc, aligned allocations: NULL, ENOMEM
 *   read     short (one byte), eintr, eio
 *   write    short (one byte), eintr, enospc, epipe, eio, full (half of it, then no space) (never of standard error)
 *   open     eacces, emfile, enomem
 *   thread   pthread_create: EAGAIN
 *   sync     fsync: EIO
 * Every kind knows the HOW `kill`: the process is killed in place of the call.
 * JOTMILL_FAULT_COUNT=FILE     write nothing else than how many calls of each kind there were
 *
 * Only calls after main() has begun count, so that a number means the same in each run of one thread. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { ALLOC, READ, WRITE, OPEN, THREAD, SYNC, KINDS };
static const char* const kind_names[KINDS] = {"alloc", "read", "write", "open", "thread", "sync"};

static atomic_ulong calls[KINDS];
static int fault_kind = -1;
static unsigned long fault_at;
static int fault_stays;
static char fault_how[16];
static atomic_int running;

/* True when this call is the one that must fail. */
static int strikes(enum kind kind) {
  if (!atomic_load_explicit(&running, memory_order_relaxed)) return 0;
  const unsigned long number = atomic_fetch_add(&calls[kind], 1) + 1;
  if ((int)kind != fault_kind) return 0;
  if (fault_stays ? number < fault_at : number != fault_at) return 0;
  if (strcmp(fault_how, "kill") == 0) raise(SIGKILL);
  return 1;
}

static int how_is(const char* name) { return strcmp(fault_how, name) == 0; }

static void count_at_exit(void) {
  const char* path = getenv("JOTMILL_FAULT_COUNT");
  atomic_store(&running, 0);
  if (path == NULL) return;
  char text[256];
  int len = 0;
  for (int k = 0; k < KINDS; ++k) {
    len += snprintf(text + len, sizeof text - (size_t)len, "%s %lu\n", kind_names[k], atomic_load(&calls[k]));
  }
  const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || syscall(SYS_write, fd, text, len) != len) abort();
  syscall(SYS_close, fd);
}

/* OpenSSL 3.0 uses a lock that it could not allocate (its property strings, on the first fetch of all). That crash is none of ours
 * and before any token: told apart by its own exit code. */
enum { LIBRARY_CRASHED = 86 };
static void on_crash(int number) {
  void* frames[8];
  const int count = backtrace(frames, 8);
  for (int i = 0; i < count && i < 5; ++i) {
    Dl_info where;
    if (dladdr(frames[i], &where) != 0 && where.dli_fname != NULL && strstr(where.dli_fname, "libcrypto") != NULL) {
      _exit(LIBRARY_CRASHED);
    }
  }
  signal(number, SIG_DFL);
  raise(number);
}

static int (*real_main)(int, char**, char**);

static int counted_main(int argc, char** argv, char** envp) {
  const char* fault = getenv("JOTMILL_FAULT");
  if (fault != NULL) {
    char name[16] = "", number[24] = "";
    if (sscanf(fault, "%15[^:]:%23[^:]:%15s", name, number, fault_how) < 2) abort();
    for (int k = 0; k < KINDS; ++k) {
      if (strcmp(name, kind_names[k]) == 0) fault_kind = k;
    }
    if (fault_kind < 0) abort();
    fault_at = strtoul(number, NULL, 10);
    fault_stays = strchr(number, '+') != NULL;
  }
  void* frame;
  backtrace(&frame, 1); /* loads what it needs while there is memory */
  signal(SIGSEGV, on_crash);
  atexit(count_at_exit);
  atomic_store(&running, 1);
  return real_main(argc, argv, envp);
}

int __libc_start_main(int (*main_function)(int, char**, char**), int argc, char** argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void* stack_end) {
  typedef int start(int (*)(int, char**, char**), int, char**, void (*)(void), void (*)(void), void (*)(void), void*);
  start* real = (start*)dlsym(RTLD_NEXT, "__libc_start_main");
  real_main = main_function;
  return real(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

/* glibc's own names: dlsym() itself may allocate. */
extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static void* no_memory(void) {
  errno = ENOMEM;
  return NULL;
}

void* malloc(size_t size) { return strikes(ALLOC) ? no_memory() : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return strikes(ALLOC) ? no_memory() : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return strikes(ALLOC) ? no_memory() : __libc_realloc(old, size); }
void* memalign(size_t align, size_t size) { return strikes(ALLOC) ? no_memory() : __libc_memalign(align, size); }
void* aligned_alloc(size_t align, size_t size) { return memalign(align, size); }
int posix_memalign(void** out, size_t align, size_t size) {
  void* made = memalign(align, size);
  if (made == NULL) return ENOMEM;
  *out = made;
  return 0;
}

ssize_t read(int fd, void* buffer, size_t size) {
  if (strikes(READ)) {
    if (how_is("short")) return syscall(SYS_read, fd, buffer, size > 1 ? 1 : size);
    errno = how_is("eintr") ? EINTR : EIO;
    return -1;
  }
  return syscall(SYS_read, fd, buffer, size);
}

static atomic_int full;

ssize_t write(int fd, const void* buffer, size_t size) {
  if (fd != STDERR_FILENO && strikes(WRITE)) {
    if (how_is("short")) return syscall(SYS_write, fd, buffer, size > 1 ? 1 : size);
    if (how_is("full") && !atomic_exchange(&full, 1) && size > 1) return syscall(SYS_write, fd, buffer, size / 2);
    errno = how_is("enospc") || how_is("full") ? ENOSPC : how_is("epipe") ? EPIPE : how_is("eintr") ? EINTR : EIO;
    return -1;
  }
  return syscall(SYS_write, fd, buffer, size);
}

static int open_fails(void) {
  if (!strikes(OPEN)) return 0;
  errno = how_is("emfile") ? EMFILE : how_is("enomem") ? ENOMEM : EACCES;
  return 1;
}

static int open_at(int folder, const char* path, int flags, va_list more) {
  const int mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, int) : 0;
  return open_fails() ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int fd = open_at(AT_FDCWD, path, flags, more);
  va_end(more);
  return fd;
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int fd = open_at(AT_FDCWD, path, flags | O_LARGEFILE, more);
  va_end(more);
  return fd;
}
int openat(int folder, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int fd = open_at(folder, path, flags, more);
  va_end(more);
  return fd;
}
int openat64(int folder, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int fd = open_at(folder, path, flags | O_LARGEFILE, more);
  va_end(more);
  return fd;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument) {
  typedef int create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static create* real;
  if (real == NULL) real = (create*)dlsym(RTLD_NEXT, "pthread_create");
  return strikes(THREAD) ? EAGAIN : real(thread, attributes, body, argument);
}

int fsync(int fd) {
  if (!strikes(SYNC)) return (int)syscall(SYS_fsync, fd);
  errno = EIO;
  return -1;
}
