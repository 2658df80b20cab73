#ifndef SIMULATED_DISK_H
#define SIMULATED_DISK_H

#include <stdint.h>

/// A disk in memory for SQLite, which can fail at any chosen operation and forget what was not synced.
///
/// Files under the disk's folder are held here; all others go to the system's own disk. The folder itself must exist, for
/// whoever looks whether it does. Operations are writes, syncs and truncations, counted in the order in which they come;
/// reads are free. May be used from several threads.
typedef struct SimulatedDisk SimulatedDisk;

/// What happens at the operation that was chosen.
typedef enum {
    /// It does not happen, and neither does anything after it: the process has ended.
    SIMULATED_END = 1,
    /// This one sync says "input/output error"; what it should have kept stays unkept.
    SIMULATED_SYNC_ERROR = 2,
} SimulatedFault;

/// Puts a disk into the place of a folder. There are at most 64 at a time.
///
/// - Returns: `NULL` when there is no room.
SimulatedDisk *simulated_disk_insert(const char *folder);

/// Forgets the disk and everything on it. Nothing may have a file of it open.
void simulated_disk_remove(SimulatedDisk *disk);

/// Plans a fault at the `operation`-th operation from now, counted from 1; 0 takes a plan back.
void simulated_disk_plan(SimulatedDisk *disk, SimulatedFault fault, uint64_t operation);

/// Whether the planned end has come. Until `simulated_disk_restart` every operation fails.
int simulated_disk_has_ended(SimulatedDisk *disk);

/// The process ends now.
void simulated_disk_end(SimulatedDisk *disk);

/// Operations since the disk was inserted.
uint64_t simulated_disk_operations(SimulatedDisk *disk);

/// The most bytes that all files together may take; more is "disk full". 0: no limit.
void simulated_disk_limit(SimulatedDisk *disk, uint64_t bytes);

/// Bytes that all files together take.
uint64_t simulated_disk_size(SimulatedDisk *disk);

/// Whether a sync keeps anything. A disk that lies says "synced" and keeps nothing: for controls.
void simulated_disk_lies(SimulatedDisk *disk, int lies);

/// The power fails: of what was written since a file's last sync, each block of 512 bytes is kept or lost by chance. The
/// process must have ended.
///
/// - Returns: blocks that were lost.
uint64_t simulated_disk_cut_power(SimulatedDisk *disk, uint64_t seed);

/// The disk can be used again by the next process. All files must have been closed.
void simulated_disk_restart(SimulatedDisk *disk);

#endif
