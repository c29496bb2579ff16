#ifndef SIMULATED_DISK_H
#define SIMULATED_DISK_H

#include <stdint.h>

/// A disk in memory behind SQLite's VFS interface, that loses what was not synced when the power goes.
///
/// Model: what is written is seen at once, and is durable once the file was synced. When the power goes, each
/// 512-byte sector written since then is kept, lost or (torn sectors) turned into garbage, each by its own
/// throw of the dice, and the file may have its old length again. Source of the model: SQLite's crash tests
/// (test6.c) and "Atomic Commit In SQLite", section 2 (sqlite.org/atomiccommit.html).
typedef struct simulated_disk simulated_disk;

/// What goes wrong, and when. Operations are writes, truncations, syncs, opens and deletions, counted from 1.
typedef struct {
  /// The operation that fails with an I/O error; 0: none.
  int64_t fail_at;
  /// The operation before which the power goes; 0: never.
  int64_t cut_at;
  /// Bytes that the disk holds; 0: without end.
  int64_t capacity;
  /// Nonzero: a sync does nothing, and says that it has.
  int lies;
  /// Nonzero: lost sectors may be garbage.
  int garbles;
} simulated_faults;

/// A new, empty disk, registered as a VFS under simulated_disk_name().
simulated_disk *simulated_disk_create(uint64_t seed);

/// The name of its VFS.
const char *simulated_disk_name(const simulated_disk *disk);

/// Removes it and forgets everything on it. No file may be open.
void simulated_disk_destroy(simulated_disk *disk);

/// Sets what goes wrong from now on, and begins to count operations anew.
void simulated_disk_set_faults(simulated_disk *disk, simulated_faults faults);

/// Operations since the faults were set.
int64_t simulated_disk_operations(const simulated_disk *disk);

/// Whether the power has gone. Until simulated_disk_power_on() everything fails.
int simulated_disk_is_off(const simulated_disk *disk);

/// The power goes now.
void simulated_disk_cut_power(simulated_disk *disk);

/// The power is back. Files opened before stay dead.
void simulated_disk_power_on(simulated_disk *disk);

/// Files opened before are dead from now on, and nothing is lost: what a kill does.
void simulated_disk_kill(simulated_disk *disk);

#endif
