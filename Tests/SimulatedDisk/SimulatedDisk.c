#include "Internals.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static SimulatedDisk *disks[DISKS];

void enter(void) { pthread_mutex_lock(&guard); }
void leave(void) { pthread_mutex_unlock(&guard); }

// MARK: - Disks and their files

SimulatedDisk *disk_of(const char *path) {
    if (path == NULL) return NULL;
    for (int i = 0; i < DISKS; i++) {
        if (disks[i] == NULL) continue;
        size_t length = strlen(disks[i]->folder);
        if (strncmp(path, disks[i]->folder, length) == 0 && path[length] == '/') return disks[i];
    }
    return NULL;
}

Content **disk_slot(SimulatedDisk *disk, const char *name) {
    for (int i = 0; i < FILES; i++) {
        if (disk->files[i] != NULL && strcmp(disk->files[i]->name, name) == 0) return &disk->files[i];
    }
    return NULL;
}

Content *disk_make(SimulatedDisk *disk, const char *name) {
    for (int i = 0; i < FILES; i++) {
        if (disk->files[i] != NULL) continue;
        Content *content = calloc(1, sizeof(Content));
        if (content == NULL) return NULL;
        content->name = strdup(name);
        disk->files[i] = content;
        return content;
    }
    return NULL;
}

uint64_t disk_size(SimulatedDisk *disk) {
    uint64_t size = 0;
    for (int i = 0; i < FILES; i++) {
        if (disk->files[i] != NULL) size += (uint64_t)disk->files[i]->seen.size;
    }
    return size;
}

int disk_begin(SimulatedDisk *disk, int isSync) {
    if (disk->hasEnded) return SQLITE_IOERR;
    disk->operations++;
    if (disk->faultAt == 0 || disk->operations < disk->faultAt) return SQLITE_OK;
    if (disk->fault == SIMULATED_END) {
        disk->hasEnded = 1;
        return SQLITE_IOERR;
    }
    if (!isSync) return SQLITE_OK;
    disk->faultAt = 0;
    return SQLITE_IOERR_FSYNC;
}

// MARK: - For tests

SimulatedDisk *simulated_disk_insert(const char *folder) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, system_install);
    enter();
    SimulatedDisk *disk = NULL;
    for (int i = 0; i < DISKS && disk == NULL; i++) {
        if (disks[i] != NULL) continue;
        disk = calloc(1, sizeof(SimulatedDisk));
        if (disk != NULL) disk->folder = strdup(folder);
        disks[i] = disk;
    }
    leave();
    return disk;
}

void simulated_disk_remove(SimulatedDisk *disk) {
    enter();
    for (int i = 0; i < DISKS; i++) {
        if (disks[i] == disk) disks[i] = NULL;
    }
    leave();
    for (int i = 0; i < FILES; i++) {
        if (disk->files[i] != NULL) content_free(disk->files[i]);
    }
    free(disk->folder);
    free(disk);
}

void simulated_disk_plan(SimulatedDisk *disk, SimulatedFault fault, uint64_t operation) {
    enter();
    disk->fault = fault;
    disk->faultAt = operation == 0 ? 0 : disk->operations + operation;
    leave();
}

int simulated_disk_has_ended(SimulatedDisk *disk) {
    enter();
    int hasEnded = disk->hasEnded;
    leave();
    return hasEnded;
}

void simulated_disk_end(SimulatedDisk *disk) {
    enter();
    disk->hasEnded = 1;
    leave();
}

uint64_t simulated_disk_operations(SimulatedDisk *disk) {
    enter();
    uint64_t operations = disk->operations;
    leave();
    return operations;
}

void simulated_disk_limit(SimulatedDisk *disk, uint64_t bytes) {
    enter();
    disk->limit = bytes;
    leave();
}

uint64_t simulated_disk_size(SimulatedDisk *disk) {
    enter();
    uint64_t size = disk_size(disk);
    leave();
    return size;
}

void simulated_disk_lies(SimulatedDisk *disk, int lies) {
    enter();
    disk->lies = lies;
    leave();
}

uint64_t simulated_disk_cut_power(SimulatedDisk *disk, uint64_t seed) {
    enter();
    uint64_t chance = seed, lost = 0;
    for (int i = 0; i < FILES; i++) {
        if (disk->files[i] != NULL) lost += content_lose(disk->files[i], &chance);
    }
    leave();
    return lost;
}

void simulated_disk_restart(SimulatedDisk *disk) {
    enter();
    disk->hasEnded = 0;
    disk->faultAt = 0;
    leave();
}
