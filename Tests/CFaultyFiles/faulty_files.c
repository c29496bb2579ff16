// Files that fail, for the real program: loaded before the C library (ld.so(8), LD_PRELOAD), it stands between a
// process and those of its files whose path contains ROTA_FAULT_FILES.
//
//   ROTA_FAULT_CUT_AT=N    the power goes before the Nth write, truncation or sync: every 512-byte sector written
//                          since the file's last sync is kept, lost or (one in ten) garbage, each by its own throw
//                          of the dice, and the file may have its old length; the process ends with status 99
//   ROTA_FAULT_FAIL_AT=N   the Nth operation (these, and opening) fails with EIO; a failed sync may lose what it
//                          was to write, as Linux may ("fsyncgate", 2018)
//   ROTA_FAULT_CAPACITY=N  the files hold N bytes together; then ENOSPC
//   ROTA_FAULT_LIES=1      syncs do nothing
//   ROTA_FAULT_NORMAL=1    "PRAGMA synchronous=FULL" sets NORMAL: a commit is not synced
//   ROTA_FAULT_SEED=N      of the dice
//
// Model: SQLite's crash tests (test6.c) and sqlite.org/atomiccommit.html, section 2.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, MOST_FILES = 64, POWER_CUT_STATUS = 99 };

typedef struct unsynced {
  off_t offset;
  size_t length, old_length;
  unsigned char *old;
  struct unsynced *next;
} unsynced;

typedef struct {
  int is_used, descriptor;
  off_t synced_length;
  unsynced *log;
} faulty_file;

static faulty_file files[MOST_FILES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static const char *match;
static int64_t operations, cut_at, fail_at, capacity;
static int lies;
static uint64_t dice;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_close)(int);
static int (*real_open)(const char *, int, ...);
static int (*real_sqlite3_exec)(void *, const char *, void *, void *, char **);

static int64_t number(const char *name) {
  const char *text = getenv(name);
  return text ? strtoll(text, NULL, 10) : 0;
}

// First of all: what stands in for the library's functions needs them.
__attribute__((constructor(101))) static void begin(void) {
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_open = dlsym(RTLD_NEXT, "open64");
  real_sqlite3_exec = dlsym(RTLD_NEXT, "sqlite3_exec");
  match = getenv("ROTA_FAULT_FILES");
  cut_at = number("ROTA_FAULT_CUT_AT");
  fail_at = number("ROTA_FAULT_FAIL_AT");
  capacity = number("ROTA_FAULT_CAPACITY");
  lies = number("ROTA_FAULT_LIES") != 0;
  dice = (uint64_t)number("ROTA_FAULT_SEED");
}

static uint64_t throw_dice(void) {
  // SplitMix64.
  uint64_t z = (dice += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static int is_faulty(const char *path) {
  return match && strstr(path, match) && !strstr(path, "-shm");
}

/// The record of a descriptor; NULL for files that do not fail.
static faulty_file *find(int descriptor) {
  if (!match || descriptor < 0) return NULL;
  for (int i = 0; i < MOST_FILES; i++)
    if (files[i].is_used && files[i].descriptor == descriptor) return &files[i];
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return NULL;
  path[length] = 0;
  if (!is_faulty(path)) return NULL;
  for (int i = 0; i < MOST_FILES; i++) {
    if (files[i].is_used) continue;
    struct stat status;
    fstat(descriptor, &status);
    files[i] = (faulty_file){.is_used = 1, .descriptor = descriptor, .synced_length = status.st_size};
    return &files[i];
  }
  return NULL;
}

static void lose_sectors(const faulty_file *file, const unsynced *write) {
  for (size_t from = 0; from < write->length; from += SECTOR) {
    size_t count = write->length - from < SECTOR ? write->length - from : SECTOR;
    uint64_t luck = throw_dice() % 100;
    if (luck < 50) continue;
    unsigned char sector[SECTOR] = {0};
    if (from < write->old_length) {
      size_t known = write->old_length - from < count ? write->old_length - from : count;
      memcpy(sector, write->old + from, known);
    }
    if (luck >= 90)
      for (size_t i = 0; i < count; i++) sector[i] = (unsigned char)throw_dice();
    real_pwrite(file->descriptor, sector, count, write->offset + (off_t)from);
  }
}

static void forget_log(faulty_file *file) {
  while (file->log) {
    unsynced *next = file->log->next;
    free(file->log->old);
    free(file->log);
    file->log = next;
  }
  struct stat status;
  if (!fstat(file->descriptor, &status)) file->synced_length = status.st_size;
}

static void cut_power(void) {
  for (int i = 0; i < MOST_FILES; i++) {
    faulty_file *file = &files[i];
    if (!file->is_used || !file->log) continue;
    for (unsynced *write = file->log; write; write = write->next) lose_sectors(file, write);
    if (throw_dice() % 2) real_ftruncate(file->descriptor, file->synced_length);
  }
  _exit(POWER_CUT_STATUS);
}

/// Counts an operation. Returns nonzero if it is to fail.
static int operation(void) {
  operations++;
  if (cut_at && operations >= cut_at) cut_power();
  return fail_at && operations == fail_at;
}

static int64_t bytes_in_files(void) {
  int64_t sum = 0;
  for (int i = 0; i < MOST_FILES; i++) {
    struct stat status;
    if (files[i].is_used && !fstat(files[i].descriptor, &status)) sum += status.st_size;
  }
  return sum;
}

static void note_write(faulty_file *file, size_t count, off_t offset) {
  unsynced *write = calloc(1, sizeof *write);
  write->offset = offset;
  write->length = count;
  write->old = malloc(count);
  ssize_t known = pread(file->descriptor, write->old, count, offset);
  write->old_length = known > 0 ? (size_t)known : 0;
  write->next = file->log;
  file->log = write;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) {
  pthread_mutex_lock(&mutex);
  faulty_file *file = find(descriptor);
  ssize_t result = -1;
  if (!file) {
    result = real_pwrite(descriptor, bytes, count, offset);
  } else if (operation()) {
    errno = EIO;
  } else {
    struct stat status;
    int64_t more = fstat(descriptor, &status) ? 0 : offset + (int64_t)count - status.st_size;
    if (capacity && more > 0 && bytes_in_files() + more > capacity) {
      errno = ENOSPC;
    } else {
      note_write(file, count, offset);
      result = real_pwrite(descriptor, bytes, count, offset);
    }
  }
  int saved = errno;
  pthread_mutex_unlock(&mutex);
  errno = saved;
  return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite64(descriptor, bytes, count, offset);
}

static int sync_file(int descriptor, int (*real)(int)) {
  pthread_mutex_lock(&mutex);
  faulty_file *file = find(descriptor);
  int result = 0, error = 0;
  if (!file) {
    result = real(descriptor);
    error = errno;
  } else if (operation()) {
    for (unsynced *write = file->log; write; write = write->next) lose_sectors(file, write);
    forget_log(file);
    result = -1;
    error = EIO;
  } else if (!lies) {
    forget_log(file);
  }
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

int fsync(int descriptor) { return sync_file(descriptor, real_fsync); }
int fdatasync(int descriptor) { return sync_file(descriptor, real_fdatasync); }

int ftruncate64(int descriptor, off_t length) {
  pthread_mutex_lock(&mutex);
  faulty_file *file = find(descriptor);
  int fails = file && operation();
  int result = fails ? -1 : real_ftruncate(descriptor, length);
  int error = fails ? EIO : errno;
  if (file && !fails && length < file->synced_length) file->synced_length = length;
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (is_faulty(path)) {
    pthread_mutex_lock(&mutex);
    int fails = operation();
    pthread_mutex_unlock(&mutex);
    if (fails) {
      errno = EIO;
      return -1;
    }
  }
  return real_open(path, flags, mode);
}

int close(int descriptor) {
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < MOST_FILES; i++) {
    faulty_file *file = &files[i];
    if (!file->is_used || file->descriptor != descriptor) continue;
    // What is not synced may still be lost: a descriptor is kept to undo it with.
    if (file->log)
      file->descriptor = dup(descriptor);
    else
      file->is_used = 0;
  }
  pthread_mutex_unlock(&mutex);
  return real_close(descriptor);
}

int sqlite3_exec(void *database, const char *sql, void *callback, void *context, char **error) {
  if (number("ROTA_FAULT_NORMAL") && !strcmp(sql, "PRAGMA synchronous=FULL")) sql = "PRAGMA synchronous=NORMAL";
  return real_sqlite3_exec(database, sql, callback, context, error);
}
