// A wall clock that is wrong, and jumps, for the real program: ROTA_FAULT_CLOCK names a file that holds one 64-bit
// number, the microseconds by which CLOCK_REALTIME is to be off. It may be changed at any time. Other clocks are as
// they are.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static volatile int64_t *microseconds;

__attribute__((constructor)) static void begin_clock(void) {
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  const char *path = getenv("ROTA_FAULT_CLOCK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *memory = mmap(NULL, sizeof *microseconds, PROT_READ, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) microseconds = memory;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (!real_clock_gettime) begin_clock();
  int result = real_clock_gettime(clock, time);
  if (result || clock != CLOCK_REALTIME || !microseconds) return result;
  int64_t off = *microseconds;
  int64_t nanoseconds = time->tv_nsec + off % 1000000 * 1000;
  int64_t carry = nanoseconds < 0 ? -1 : nanoseconds / 1000000000;
  time->tv_sec += off / 1000000 + carry;
  time->tv_nsec = nanoseconds - carry * 1000000000;
  return 0;
}
