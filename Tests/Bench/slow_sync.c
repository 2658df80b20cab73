/* A disk that takes its time: every sync returns some milliseconds later than it would.
 *
 * The virtual disks of test machines acknowledge a sync in a fraction of a millisecond; a disk without a
 * battery behind its cache needs several. Preloaded into the engine by `events`. And a disk that hangs: no sync
 * returns while the file exists that CALLMATCH_FREEZE names.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void wait_a_little(void) {
    const char *text = getenv("CALLMATCH_BENCH_SYNC_MS");
    long milliseconds = text ? atol(text) : 0;
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
    const char *freeze = getenv("CALLMATCH_FREEZE");
    struct timespec moment = {0, 10000000};
    while (freeze && access(freeze, F_OK) == 0) nanosleep(&moment, NULL);
}

int fsync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_a_little();
    return real(file);
}

int fdatasync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_a_little();
    return real(file);
}
