#include "include/simulated_disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, MOST_FILES = 8 };

/// A write that is not yet durable, with what was there before; the newest first.
typedef struct unsynced {
  int64_t offset, length, old_length;
  unsigned char *old;
  struct unsynced *next;
} unsynced;

typedef struct {
  char name[256];
  int exists;
  unsigned char *data;
  int64_t length, allocated, synced_length;
  unsynced *log;
} disk_file;

struct simulated_disk {
  sqlite3_vfs vfs;
  char name[32];
  disk_file files[MOST_FILES];
  simulated_faults faults;
  int64_t operations;
  uint64_t random;
  int64_t clock;
  int is_off;
  unsigned epoch;
};

typedef struct {
  sqlite3_file base;
  simulated_disk *disk;
  disk_file *file;
  unsigned epoch;
  int deletes_on_close;
} open_file;

static uint64_t next_random(simulated_disk *disk) {
  // SplitMix64.
  uint64_t z = (disk->random += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// MARK: Power

static void forget_log(disk_file *file) {
  while (file->log) {
    unsynced *next = file->log->next;
    free(file->log->old);
    free(file->log);
    file->log = next;
  }
  file->synced_length = file->length;
}

static void lose_sectors(simulated_disk *disk, disk_file *file, const unsynced *write) {
  for (int64_t from = 0; from < write->length; from += SECTOR) {
    int64_t count = write->length - from < SECTOR ? write->length - from : SECTOR;
    uint64_t luck = next_random(disk) % 100;
    if (luck < 50) continue;
    unsigned char *place = file->data + write->offset + from;
    int64_t known = write->old_length - from;
    if (known < 0) known = 0;
    if (known > count) known = count;
    memcpy(place, write->old + from, (size_t)known);
    memset(place + known, 0, (size_t)(count - known));
    if (disk->faults.garbles && luck >= 90)
      for (int64_t i = 0; i < count; i++) place[i] = (unsigned char)next_random(disk);
  }
}

void simulated_disk_cut_power(simulated_disk *disk) {
  if (disk->is_off) return;
  disk->is_off = 1;
  disk->epoch++;
  for (int i = 0; i < MOST_FILES; i++) {
    disk_file *file = &disk->files[i];
    int had_writes = file->log != NULL;
    for (unsynced *write = file->log; write; write = write->next) lose_sectors(disk, file, write);
    int64_t before = file->synced_length;
    if (had_writes && next_random(disk) % 2 && before < file->length) file->length = before;
    forget_log(file);
  }
}

void simulated_disk_power_on(simulated_disk *disk) { disk->is_off = 0; }
void simulated_disk_kill(simulated_disk *disk) { disk->epoch++; }
int simulated_disk_is_off(const simulated_disk *disk) { return disk->is_off; }
int64_t simulated_disk_operations(const simulated_disk *disk) { return disk->operations; }

void simulated_disk_set_faults(simulated_disk *disk, simulated_faults faults) {
  disk->faults = faults;
  disk->operations = 0;
}

/// Counts an operation; SQLITE_OK, or why it fails.
static int operation(simulated_disk *disk, unsigned epoch, int error) {
  if (disk->is_off || epoch != disk->epoch) return error;
  disk->operations++;
  if (disk->faults.cut_at && disk->operations >= disk->faults.cut_at) {
    simulated_disk_cut_power(disk);
    return error;
  }
  return disk->operations == disk->faults.fail_at ? error : SQLITE_OK;
}

// MARK: Files

static int is_alive(const open_file *open) {
  return open->epoch == open->disk->epoch && !open->disk->is_off;
}

static int file_close(sqlite3_file *base) {
  open_file *open = (open_file *)base;
  if (open->deletes_on_close) {
    forget_log(open->file);
    open->file->exists = 0;
    open->file->length = 0;
  }
  return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *buffer, int count, sqlite3_int64 offset) {
  open_file *open = (open_file *)base;
  if (!is_alive(open)) return SQLITE_IOERR_READ;
  int64_t there = open->file->length - offset;
  if (there < 0) there = 0;
  if (there > count) there = count;
  memcpy(buffer, open->file->data + offset, (size_t)there);
  if (there == count) return SQLITE_OK;
  memset((char *)buffer + there, 0, (size_t)(count - there));
  return SQLITE_IOERR_SHORT_READ;
}

static int64_t bytes_on(const simulated_disk *disk) {
  int64_t sum = 0;
  for (int i = 0; i < MOST_FILES; i++) sum += disk->files[i].length;
  return sum;
}

static void grow(disk_file *file, int64_t length) {
  if (length > file->allocated) {
    int64_t allocated = length * 2;
    file->data = realloc(file->data, (size_t)allocated);
    memset(file->data + file->allocated, 0, (size_t)(allocated - file->allocated));
    file->allocated = allocated;
  }
  if (length > file->length) {
    memset(file->data + file->length, 0, (size_t)(length - file->length));
    file->length = length;
  }
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
  open_file *open = (open_file *)base;
  disk_file *file = open->file;
  simulated_disk *disk = open->disk;
  int result = operation(disk, open->epoch, SQLITE_IOERR_WRITE);
  if (result != SQLITE_OK) return result;
  int64_t more = offset + count - file->length;
  if (disk->faults.capacity && more > 0 && bytes_on(disk) + more > disk->faults.capacity)
    return SQLITE_FULL;
  unsynced *write = calloc(1, sizeof *write);
  write->offset = offset;
  write->length = count;
  write->old = calloc(1, (size_t)count);
  write->old_length = file->length - offset;
  if (write->old_length < 0) write->old_length = 0;
  if (write->old_length > count) write->old_length = count;
  if (write->old_length > 0) memcpy(write->old, file->data + offset, (size_t)write->old_length);
  write->next = file->log;
  file->log = write;
  grow(file, offset + count);
  memcpy(file->data + offset, bytes, (size_t)count);
  return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 length) {
  open_file *open = (open_file *)base;
  int result = operation(open->disk, open->epoch, SQLITE_IOERR_TRUNCATE);
  if (result != SQLITE_OK) return result;
  if (length < open->file->length) open->file->length = length;
  if (length < open->file->synced_length) open->file->synced_length = length;
  // What was written beyond the end cannot come back.
  grow(open->file, length);
  for (unsynced *write = open->file->log; write; write = write->next)
    if (write->offset + write->length > length)
      write->length = write->offset < length ? length - write->offset : 0;
  return SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags) {
  (void)flags;
  open_file *open = (open_file *)base;
  int result = operation(open->disk, open->epoch, SQLITE_IOERR_FSYNC);
  if (result != SQLITE_OK) {
    // After a failed sync the kernel may call dirty pages clean and drop them ("fsyncgate", 2018).
    if (!open->disk->is_off && open->epoch == open->disk->epoch) {
      for (unsynced *write = open->file->log; write; write = write->next)
        lose_sectors(open->disk, open->file, write);
      forget_log(open->file);
    }
    return result;
  }
  if (!open->disk->faults.lies) forget_log(open->file);
  return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
  open_file *open = (open_file *)base;
  if (!is_alive(open)) return SQLITE_IOERR_FSTAT;
  *size = open->file->length;
  return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level) { (void)base, (void)level; return SQLITE_OK; }
static int file_check_lock(sqlite3_file *base, int *is_locked) {
  (void)base;
  *is_locked = 0;
  return SQLITE_OK;
}
static int file_control(sqlite3_file *base, int operation, void *argument) {
  (void)base, (void)operation, (void)argument;
  return SQLITE_NOTFOUND;
}
static int file_sector(sqlite3_file *base) { (void)base; return SECTOR; }
/// As SQLite's own VFS for Unix says of every disk: a torn write harms no byte that was not being written.
static int file_character(sqlite3_file *base) {
  (void)base;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1, .xClose = file_close, .xRead = file_read, .xWrite = file_write,
    .xTruncate = file_truncate, .xSync = file_sync, .xFileSize = file_size, .xLock = file_lock,
    .xUnlock = file_lock, .xCheckReservedLock = file_check_lock, .xFileControl = file_control,
    .xSectorSize = file_sector, .xDeviceCharacteristics = file_character};

// MARK: The VFS

static disk_file *find(simulated_disk *disk, const char *name, int create) {
  for (int i = 0; i < MOST_FILES; i++)
    if (disk->files[i].exists && !strcmp(disk->files[i].name, name)) return &disk->files[i];
  if (!create) return NULL;
  for (int i = 0; i < MOST_FILES; i++) {
    disk_file *file = &disk->files[i];
    if (file->exists) continue;
    snprintf(file->name, sizeof file->name, "%s", name);
    file->exists = 1;
    file->length = file->synced_length = 0;
    return file;
  }
  return NULL;
}

static int disk_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags) {
  simulated_disk *disk = vfs->pAppData;
  open_file *open = (open_file *)base;
  memset(open, 0, sizeof *open);
  int result = operation(disk, disk->epoch, SQLITE_CANTOPEN);
  if (result != SQLITE_OK) return result;
  char own[64];
  snprintf(own, sizeof own, "temporary-%llu", (unsigned long long)next_random(disk));
  open->file = find(disk, name ? name : own, flags & SQLITE_OPEN_CREATE);
  if (!open->file) return SQLITE_CANTOPEN;
  open->disk = disk;
  open->epoch = disk->epoch;
  open->deletes_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  base->pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_directory) {
  (void)sync_directory;
  simulated_disk *disk = vfs->pAppData;
  int result = operation(disk, disk->epoch, SQLITE_IOERR_DELETE);
  if (result != SQLITE_OK) return result;
  disk_file *file = find(disk, name, 0);
  if (!file) return SQLITE_IOERR_DELETE_NOENT;
  forget_log(file);
  file->exists = 0;
  file->length = file->synced_length = 0;
  return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *is_there) {
  (void)flags;
  *is_there = find(vfs->pAppData, name, 0) != NULL;
  return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int size, char *out) {
  (void)vfs;
  snprintf(out, (size_t)size, "%s", name);
  return SQLITE_OK;
}

static int disk_randomness(sqlite3_vfs *vfs, int count, char *out) {
  // WAL salts come from here: the same seed gives the same file.
  for (int i = 0; i < count; i++) out[i] = (char)next_random(vfs->pAppData);
  return count;
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds) { (void)vfs; return microseconds; }

static int disk_time(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
  *milliseconds = ((simulated_disk *)vfs->pAppData)->clock += 1;
  return SQLITE_OK;
}

static int disk_error(sqlite3_vfs *vfs, int size, char *out) {
  (void)vfs;
  if (size > 0) out[0] = 0;
  return 0;
}

simulated_disk *simulated_disk_create(uint64_t seed) {
  static uint64_t count;
  simulated_disk *disk = calloc(1, sizeof *disk);
  disk->random = seed;
  disk->clock = 212000000000000;
  snprintf(
      disk->name, sizeof disk->name, "disk-%llu",
      (unsigned long long)__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED));
  disk->vfs = (sqlite3_vfs){
      .iVersion = 2, .szOsFile = sizeof(open_file), .mxPathname = 255, .zName = disk->name,
      .pAppData = disk, .xOpen = disk_open, .xDelete = disk_delete, .xAccess = disk_access,
      .xFullPathname = disk_path, .xRandomness = disk_randomness, .xSleep = disk_sleep,
      .xCurrentTimeInt64 = disk_time, .xGetLastError = disk_error};
  sqlite3_vfs_register(&disk->vfs, 0);
  return disk;
}

const char *simulated_disk_name(const simulated_disk *disk) { return disk->name; }

void simulated_disk_destroy(simulated_disk *disk) {
  sqlite3_vfs_unregister(&disk->vfs);
  for (int i = 0; i < MOST_FILES; i++) {
    forget_log(&disk->files[i]);
    free(disk->files[i].data);
  }
  free(disk);
}
