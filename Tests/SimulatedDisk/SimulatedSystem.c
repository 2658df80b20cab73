#include "Internals.h"

#include <stdlib.h>
#include <string.h>

enum { REGION_LIMIT = 1 << 20 };

/// One open file of one connection.
typedef struct OpenFile {
    sqlite3_file base;
    SimulatedDisk *disk;
    Content *content;
    int lock, isMapped, isTemporary;
    uint32_t shmShared, shmExclusive;
} OpenFile;

static sqlite3_vfs simulated;
static sqlite3_vfs *system_disk;

// MARK: - An open file

static int file_close(sqlite3_file *file) {
    OpenFile *open = (OpenFile *)file;
    enter();
    content_unlock(open->content, &open->lock, SQLITE_LOCK_NONE);
    if (open->isTemporary) {
        Content **slot = disk_slot(open->disk, open->content->name);
        content_free(open->content);
        if (slot != NULL) *slot = NULL;
    }
    leave();
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *to, int amount, sqlite3_int64 offset) {
    Content *content = ((OpenFile *)file)->content;
    enter();
    sqlite3_int64 there = content->seen.size - offset;
    if (there < 0) there = 0;
    if (there > amount) there = amount;
    if (there > 0) memcpy(to, content->seen.at + offset, (size_t)there);
    leave();
    memset((char *)to + there, 0, (size_t)(amount - there));
    return there == amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *from, int amount, sqlite3_int64 offset) {
    OpenFile *open = (OpenFile *)file;
    Content *content = open->content;
    enter();
    int result = disk_begin(open->disk, 0);
    sqlite3_int64 grown = offset + amount - content->seen.size;
    if (result == SQLITE_OK && grown > 0) {
        int isFull = open->disk->limit > 0 && disk_size(open->disk) + (uint64_t)grown > open->disk->limit;
        result = isFull ? SQLITE_FULL : bytes_resize(&content->seen, offset + amount);
    }
    if (result == SQLITE_OK) result = content_note(content, offset, amount);
    if (result == SQLITE_OK) memcpy(content->seen.at + offset, from, (size_t)amount);
    leave();
    return result;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    OpenFile *open = (OpenFile *)file;
    enter();
    int result = disk_begin(open->disk, 0);
    sqlite3_int64 cut = open->content->seen.size - size;
    if (result == SQLITE_OK && cut > 0) result = content_note(open->content, size, cut);
    if (result == SQLITE_OK) result = bytes_resize(&open->content->seen, size);
    leave();
    return result;
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    OpenFile *open = (OpenFile *)file;
    enter();
    int result = disk_begin(open->disk, 1);
    if (result == SQLITE_OK && !open->disk->lies) result = content_keep(open->content);
    leave();
    return result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    enter();
    *size = ((OpenFile *)file)->content->seen.size;
    leave();
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int wanted) {
    OpenFile *open = (OpenFile *)file;
    enter();
    int result = content_lock(open->content, &open->lock, wanted);
    leave();
    return result;
}

static int file_unlock(sqlite3_file *file, int wanted) {
    OpenFile *open = (OpenFile *)file;
    enter();
    content_unlock(open->content, &open->lock, wanted);
    leave();
    return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *file, int *isReserved) {
    enter();
    *isReserved = ((OpenFile *)file)->content->reserved;
    leave();
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *about) {
    (void)file, (void)operation, (void)about;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file) {
    (void)file;
    return 512;
}

/// What SQLite takes for granted on the systems that we run on.
static int file_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory) {
    OpenFile *open = (OpenFile *)file;
    Content *content = open->content;
    *memory = NULL;
    if (region >= SHM_REGIONS || size > REGION_LIMIT) return SQLITE_IOERR_SHMMAP;
    enter();
    if (!open->isMapped) content->mappings++;
    open->isMapped = 1;
    if (content->regions[region] == NULL && extend) content->regions[region] = calloc(1, (size_t)size);
    *memory = content->regions[region];
    int result = *memory == NULL && extend ? SQLITE_IOERR_NOMEM : SQLITE_OK;
    leave();
    return result;
}

static int shm_lock(sqlite3_file *file, int first, int count, int flags) {
    OpenFile *open = (OpenFile *)file;
    enter();
    int result = content_shm_lock(open->content, &open->shmShared, &open->shmExclusive, first, count, flags);
    leave();
    return result;
}

static void shm_barrier(sqlite3_file *file) {
    (void)file;
    __sync_synchronize();
    enter();
    leave();
}

/// As with a real index: it is gone with the last one who used it.
static int shm_unmap(sqlite3_file *file, int deletes) {
    (void)deletes;
    OpenFile *open = (OpenFile *)file;
    Content *content = open->content;
    enter();
    content_shm_lock(
        content, &open->shmShared, &open->shmExclusive, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
    if (open->isMapped && --content->mappings == 0) {
        for (int region = 0; region < SHM_REGIONS; region++) {
            free(content->regions[region]);
            content->regions[region] = NULL;
        }
    }
    open->isMapped = 0;
    leave();
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

// MARK: - The file system, as SQLite sees it

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *opened) {
    (void)vfs;
    enter();
    SimulatedDisk *disk = disk_of(path);
    if (disk == NULL) {
        leave();
        return system_disk->xOpen(system_disk, path, file, flags, opened);
    }
    OpenFile *open = (OpenFile *)file;
    memset(open, 0, sizeof(*open));
    Content **slot = disk_slot(disk, path);
    Content *content = slot != NULL ? *slot : NULL;
    if (content == NULL && (flags & SQLITE_OPEN_CREATE) && !disk->hasEnded) content = disk_make(disk, path);
    if (content != NULL) {
        open->base.pMethods = &methods;
        open->disk = disk;
        open->content = content;
        open->isTemporary = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
        if (opened != NULL) *opened = flags;
    }
    leave();
    return content != NULL ? SQLITE_OK : SQLITE_CANTOPEN;
}

/// What is deleted is gone at once, as if the folder had been synced.
static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs) {
    (void)vfs;
    enter();
    SimulatedDisk *disk = disk_of(path);
    if (disk == NULL) {
        leave();
        return system_disk->xDelete(system_disk, path, syncs);
    }
    int result = disk_begin(disk, 0);
    Content **slot = disk_slot(disk, path);
    if (result == SQLITE_OK && slot == NULL) result = SQLITE_IOERR_DELETE_NOENT;
    if (result == SQLITE_OK) {
        content_free(*slot);
        *slot = NULL;
    }
    leave();
    return result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs;
    enter();
    SimulatedDisk *disk = disk_of(path);
    if (disk != NULL) {
        Content **slot = disk_slot(disk, path);
        *result = slot != NULL && (flags != SQLITE_ACCESS_EXISTS || (*slot)->seen.size > 0);
    }
    leave();
    return disk != NULL ? SQLITE_OK : system_disk->xAccess(system_disk, path, flags, result);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int room, char *full) {
    (void)vfs;
    enter();
    SimulatedDisk *disk = disk_of(path);
    leave();
    if (disk == NULL) return system_disk->xFullPathname(system_disk, path, room, full);
    if (strlen(path) >= (size_t)room) return SQLITE_CANTOPEN;
    strcpy(full, path);
    return SQLITE_OK;
}

void system_install(void) {
    system_disk = sqlite3_vfs_find(NULL);
    // Everything but files is the system's: its functions do not look at which of the two they are given.
    simulated = *system_disk;
    simulated.pNext = NULL;
    simulated.zName = "simulated";
    if (simulated.szOsFile < (int)sizeof(OpenFile)) simulated.szOsFile = sizeof(OpenFile);
    simulated.xOpen = vfs_open;
    simulated.xDelete = vfs_delete;
    simulated.xAccess = vfs_access;
    simulated.xFullPathname = vfs_full_path;
    sqlite3_vfs_register(&simulated, 1);
}
