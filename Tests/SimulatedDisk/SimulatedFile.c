#include "Internals.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512 };

int bytes_resize(Bytes *bytes, sqlite3_int64 size) {
    if (size > bytes->room) {
        sqlite3_int64 room = size + size / 2 + 4096;
        uint8_t *grown = realloc(bytes->at, (size_t)room);
        if (grown == NULL) return SQLITE_IOERR_NOMEM;
        bytes->at = grown;
        bytes->room = room;
    }
    if (size > bytes->size) memset(bytes->at + bytes->size, 0, (size_t)(size - bytes->size));
    bytes->size = size;
    return SQLITE_OK;
}

int content_note(Content *content, sqlite3_int64 offset, sqlite3_int64 length) {
    if (content->unkeptCount == content->unkeptRoom) {
        size_t room = content->unkeptRoom * 2 + 16;
        Unkept *grown = realloc(content->unkept, room * sizeof(Unkept));
        if (grown == NULL) return SQLITE_IOERR_NOMEM;
        content->unkept = grown;
        content->unkeptRoom = room;
    }
    content->unkept[content->unkeptCount++] = (Unkept){offset, length};
    return SQLITE_OK;
}

/// Copies a part of what is seen to what is kept, as far as both reach.
static void copy_part(Content *content, sqlite3_int64 offset, sqlite3_int64 length) {
    sqlite3_int64 end = offset + length;
    if (end > content->seen.size) end = content->seen.size;
    if (end > content->kept.size) end = content->kept.size;
    if (end > offset) memcpy(content->kept.at + offset, content->seen.at + offset, (size_t)(end - offset));
}

int content_keep(Content *content) {
    int result = bytes_resize(&content->kept, content->seen.size);
    if (result != SQLITE_OK) return result;
    for (size_t i = 0; i < content->unkeptCount; i++) {
        copy_part(content, content->unkept[i].offset, content->unkept[i].length);
    }
    content->unkeptCount = 0;
    return SQLITE_OK;
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
static uint64_t next(uint64_t *chance) {
    uint64_t mixed = (*chance += 0x9E3779B97F4A7C15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

uint64_t content_lose(Content *content, uint64_t *chance) {
    uint64_t lost = 0;
    // Nothing, everything or a part: whole losses and whole luck are more likely than by blocks alone.
    uint64_t mood = next(chance) % 4;
    if (content->seen.size > content->kept.size && mood != 0) {
        bytes_resize(&content->kept, content->seen.size);
    }
    for (size_t i = 0; i < content->unkeptCount; i++) {
        Unkept write = content->unkept[i];
        for (sqlite3_int64 at = write.offset; at < write.offset + write.length;) {
            sqlite3_int64 end = (at / BLOCK + 1) * BLOCK;
            if (end > write.offset + write.length) end = write.offset + write.length;
            int isKept = mood == 1 || (mood > 1 && next(chance) % 2 == 0);
            if (isKept) copy_part(content, at, end - at);
            lost += !isKept;
            at = end;
        }
    }
    content->unkeptCount = 0;
    if (bytes_resize(&content->seen, content->kept.size) == SQLITE_OK && content->kept.size > 0) {
        memcpy(content->seen.at, content->kept.at, (size_t)content->kept.size);
    }
    return lost;
}

void content_free(Content *content) {
    for (int region = 0; region < SHM_REGIONS; region++) free(content->regions[region]);
    free(content->seen.at);
    free(content->kept.at);
    free(content->unkept);
    free(content->name);
    free(content);
}

int content_lock(Content *content, int *held, int wanted) {
    if (*held >= wanted) return SQLITE_OK;
    switch (wanted) {
    case SQLITE_LOCK_SHARED:
        if (content->pending || content->exclusive) return SQLITE_BUSY;
        content->shared++;
        break;
    case SQLITE_LOCK_RESERVED:
        if (content->reserved) return SQLITE_BUSY;
        content->reserved = 1;
        break;
    case SQLITE_LOCK_EXCLUSIVE:
        if (*held < SQLITE_LOCK_PENDING) {
            if (content->pending) return SQLITE_BUSY;
            if (*held < SQLITE_LOCK_RESERVED) {
                if (content->reserved) return SQLITE_BUSY;
                content->reserved = 1;
            }
            content->pending = 1;
            *held = SQLITE_LOCK_PENDING;
        }
        if (content->shared > 1) return SQLITE_BUSY;
        content->exclusive = 1;
        break;
    default: break;
    }
    *held = wanted;
    return SQLITE_OK;
}

void content_unlock(Content *content, int *held, int wanted) {
    if (*held <= wanted) return;
    if (*held >= SQLITE_LOCK_EXCLUSIVE) content->exclusive = 0;
    if (*held >= SQLITE_LOCK_PENDING) content->pending = 0;
    if (*held >= SQLITE_LOCK_RESERVED) content->reserved = 0;
    if (wanted == SQLITE_LOCK_NONE) content->shared--;
    *held = wanted;
}

int content_shm_lock(Content *content, uint32_t *shared, uint32_t *exclusive, int first, int count, int flags) {
    uint32_t mask = ((1u << count) - 1) << first;
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int i = first; i < first + count; i++) {
            uint32_t bit = 1u << i;
            if (*shared & bit) content->shmShared[i]--;
            if (*exclusive & bit) content->shmExclusive[i] = 0;
        }
        *shared &= ~mask;
        *exclusive &= ~mask;
        return SQLITE_OK;
    }
    for (int i = first; i < first + count; i++) {
        uint32_t bit = 1u << i;
        int others = content->shmShared[i] - ((*shared & bit) != 0);
        int isTaken = content->shmExclusive[i] && !(*exclusive & bit);
        if (isTaken || ((flags & SQLITE_SHM_EXCLUSIVE) && others > 0)) return SQLITE_BUSY;
    }
    for (int i = first; i < first + count; i++) {
        uint32_t bit = 1u << i;
        if (flags & SQLITE_SHM_EXCLUSIVE) {
            content->shmExclusive[i] = 1;
        } else if (!(*shared & bit)) {
            content->shmShared[i]++;
        }
    }
    if (flags & SQLITE_SHM_EXCLUSIVE) *exclusive |= mask;
    else *shared |= mask;
    return SQLITE_OK;
}
