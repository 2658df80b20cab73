#ifndef INTERNALS_H
#define INTERNALS_H

#include "SimulatedDisk.h"

#include <sqlite3.h>
#include <stddef.h>

/// A write that no sync has kept yet.
typedef struct Unkept {
    sqlite3_int64 offset;
    sqlite3_int64 length;
} Unkept;

/// Bytes that grow.
typedef struct Bytes {
    uint8_t *at;
    sqlite3_int64 size;
    sqlite3_int64 room;
} Bytes;

enum { SHM_REGIONS = 64 };

/// A file by its name: what a process sees, and what would be there after a power cut.
typedef struct Content {
    char *name;
    Bytes seen;
    Bytes kept;
    Unkept *unkept;
    size_t unkeptCount, unkeptRoom;

    /// Locks of the file, and of the shared index of a write-ahead log.
    int shared, reserved, pending, exclusive;
    void *regions[SHM_REGIONS];
    int mappings;
    int shmShared[SQLITE_SHM_NLOCK], shmExclusive[SQLITE_SHM_NLOCK];
} Content;

int bytes_resize(Bytes *bytes, sqlite3_int64 size);

/// What was written since the last sync is on the disk.
int content_keep(Content *content);

/// Remembers that a sync has to keep these bytes.
int content_note(Content *content, sqlite3_int64 offset, sqlite3_int64 length);

/// The content as a power cut leaves it.
uint64_t content_lose(Content *content, uint64_t *chance);

void content_free(Content *content);

/// The locks, as `sqlite3_io_methods` wants them.
int content_lock(Content *content, int *held, int wanted);
void content_unlock(Content *content, int *held, int wanted);
int content_shm_lock(Content *content, uint32_t *shared, uint32_t *exclusive, int first, int count, int flags);

enum { DISKS = 64, FILES = 32 };

struct SimulatedDisk {
    char *folder;
    Content *files[FILES];
    uint64_t operations, faultAt, limit;
    SimulatedFault fault;
    int hasEnded, lies;
};

/// One thread at a time looks at disks and files: what follows is called between the two.
void enter(void);
void leave(void);

/// The disk that a path is on; `NULL` for the system's own.
SimulatedDisk *disk_of(const char *path);
/// Where a disk has a file of this name; `NULL` where it has none.
Content **disk_slot(SimulatedDisk *disk, const char *name);
/// A new, empty file.
Content *disk_make(SimulatedDisk *disk, const char *name);
/// Bytes of all files.
uint64_t disk_size(SimulatedDisk *disk);
/// Counts an operation, and says what becomes of it.
int disk_begin(SimulatedDisk *disk, int isSync);

/// Puts the simulated disks before the system's own, once for the process.
void system_install(void);

#endif
