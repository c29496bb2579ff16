#define SD_JOURNAL_SUPPRESS_LOCATION
#include <sys/syscall.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

/// A file in memory that is closed on exec (memfd_create(2)). By its number: the function is declared for
/// _GNU_SOURCE only, with which this header would not agree with Swift's own view of the C library.
static inline int rota_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1U); }
