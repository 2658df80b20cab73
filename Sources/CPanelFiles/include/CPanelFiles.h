#pragma once
#include <stddef.h>

/// A file of the panel, built into the program.
typedef struct {
    const char *_Nonnull name;
    const unsigned char *_Nonnull bytes;
    size_t size;
} callmatch_panel_file;

/// How many there are.
int callmatch_panel_count(void);

/// One of them; the index is from 0 and below the count.
callmatch_panel_file callmatch_panel_at(int index);
