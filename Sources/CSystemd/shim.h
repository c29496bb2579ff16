#define _GNU_SOURCE
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <sys/mman.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

/// A file in memory (memfd_create(2), which Swift does not see).
static inline int rota_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
