/* Preloaded into a program: counts what it writes and syncs, does to the n-th of them what a plan says, and moves its
 * wall clock.
 *
 * The plan is a file that the test maps too (system_fault.py has the same fields), named by FAULT_PLAN. The counts
 * are of the whole process: a store's writer may go from thread to thread. SQLite calls pwrite64, ftruncate64 and
 * fdatasync.
 * FAULT_HOME is an address of the internet that is this machine.
 * WEAK_SYNC=1 makes SQLite take NORMAL where FULL is asked for; WEAK_SYNC=2 hides that as well.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct plan {
    atomic_long calls;      /* writes, cuts and syncs so far */
    atomic_long kill_at;    /* before this one the process is killed; 0 = never */
    atomic_long syncs;      /* syncs of files so far */
    atomic_long fail_at;    /* this sync is not done, and fails with EIO; 0 = never */
    atomic_long hold;       /* while it is not 0, that sync does not return */
    atomic_long reached;    /* which sync it was, once it has begun; all others are done */
    atomic_long failed_at;  /* when it returned, in nanoseconds of the monotonic clock */
    atomic_long is_silent;  /* it says that it was done */
    atomic_long clock;      /* seconds that the wall clock differs from the true one */
    atomic_long threads;    /* threads beside the first one */
    atomic_long most_threads; /* they are no more than so many; 0 = as many as are asked for */
    atomic_long refused;    /* threads that were asked for in vain */
};

static struct plan *plan(void) {
    static _Atomic(struct plan *) mapped;
    struct plan *found = atomic_load(&mapped);
    if (found) return found;
    int file = open(getenv("FAULT_PLAN") ? getenv("FAULT_PLAN") : "", O_RDWR | O_CLOEXEC);
    void *memory = mmap(NULL, sizeof(struct plan), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) abort();
    close(file);
    atomic_store(&mapped, memory);
    return memory;
}

static void count(void) {
    long number = atomic_fetch_add(&plan()->calls, 1) + 1;
    long last = atomic_load(&plan()->kill_at);
    if (last && number >= last) raise(SIGKILL);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    count();
    return real(file, bytes, size, offset);
}

int ftruncate64(int file, off64_t size) {
    int (*real)(int, off64_t) = dlsym(RTLD_NEXT, "ftruncate64");
    count();
    return real(file, size);
}

static int fail(void) {
    struct timespec moment = {0, 1000000};
    while (atomic_load(&plan()->hold)) nanosleep(&moment, NULL);
    clock_gettime(CLOCK_MONOTONIC, &moment);
    atomic_store(&plan()->failed_at, moment.tv_sec * 1000000000 + moment.tv_nsec);
    if (atomic_load(&plan()->is_silent)) return 0;
    errno = EIO;
    return -1;
}

int fdatasync(int file) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    struct stat about;
    count();
    /* SQLite takes no notice of an error of a folder's sync. */
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode)) {
        long number = atomic_fetch_add(&plan()->syncs, 1) + 1;
        long none = 0, last = atomic_load(&plan()->fail_at);
        if (last && number >= last && atomic_compare_exchange_strong(&plan()->reached, &none, number))
            return fail();
    }
    return real(file);
}

/* The wall clock; timers go by the monotonic one, which stays as it is ------------------------------ */

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += atomic_load(&plan()->clock);
    return result;
}

int gettimeofday(struct timeval *time, void *zone) {
    static int (*real)(struct timeval *, void *);
    if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(time, zone);
    time->tv_sec += atomic_load(&plan()->clock);
    return result;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}

/* Threads ---------------------------------------------------------------------------------------- */

struct work {
    void *(*begin)(void *);
    void *about;
};

static void ended(void *unused) {
    (void)unused;
    atomic_fetch_sub(&plan()->threads, 1);
}

static void *worked(void *given) {
    struct work work = *(struct work *)given;
    void *result;
    free(given);
    pthread_cleanup_push(ended, NULL);
    result = work.begin(work.about);
    pthread_cleanup_pop(1);
    return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *kind, void *(*begin)(void *), void *about) {
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
        dlsym(RTLD_NEXT, "pthread_create");
    long number = atomic_fetch_add(&plan()->threads, 1) + 1;
    long most = atomic_load(&plan()->most_threads);
    struct work *work = most && number > most ? NULL : malloc(sizeof(struct work));
    int result = EAGAIN;
    if (work) {
        *work = (struct work){begin, about};
        result = real(thread, kind, worked, work);
    } else {
        atomic_fetch_add(&plan()->refused, 1);
    }
    if (result) ended(NULL);
    if (result) free(work);
    return result;
}

/* The internet ------------------------------------------------------------------------------------ */

int connect(int file, const struct sockaddr *place, socklen_t size) {
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    const char *home = getenv("FAULT_HOME");
    struct sockaddr_in here;
    if (!home || place->sa_family != AF_INET || size < sizeof here) return real(file, place, size);
    memcpy(&here, place, sizeof here);
    if (here.sin_addr.s_addr == inet_addr(home)) here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return real(file, (struct sockaddr *)&here, sizeof here);
}

/* SQLite without its durability ----------------------------------------------------------------- */

static const char full[] = "pragma synchronous = 2", question[] = "pragma synchronous";

int sqlite3_prepare_v3(
    void *store, const char *sql, int bytes, unsigned flags, void **statement, const char **rest) {
    int (*real)(void *, const char *, int, unsigned, void **, const char **) =
        dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
    const char *weak = getenv("WEAK_SYNC"), *other = NULL;
    if (weak && strcmp(sql, full) == 0) other = "pragma synchronous = 1";
    if (weak && *weak == '2' && strcmp(sql, question) == 0) other = "select 2          ";
    if (!other) return real(store, sql, bytes, flags, statement, rest);
    /* As long as the text that it stands for, so that both end at the same place. */
    const char *end = NULL;
    int result = real(store, other, -1, flags, statement, &end);
    if (rest) *rest = sql + (end ? end - other : 0);
    return result;
}
