// Tells ThreadSanitizer of the locks that it does not see.
//
// Swift's `Mutex` takes a free lock by an atomic operation in our own code, which is instrumented. One that is held is taken
// in libswiftSynchronization, which is not: what happened before seems to happen at the same time, and each lock that was
// ever waited for is reported as a race. This library stands before those functions (script/races preloads it) and says in
// which order the threads came. What is not under a lock is reported as before.
//
// Swift passes `self` in r13 and the first number in edi (swift/docs/ABI/CallingConvention.rst).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef __x86_64__
#error "written for x86-64"
#endif

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

void *mutex_order_lock, *mutex_order_try_lock, *mutex_order_unlock;

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found != NULL) return found;
    fprintf(stderr, "mutex_order: no %s: another version of Swift has other names\n", name);
    abort();
}

__attribute__((constructor)) static void find(void) {
    // Who starts the tests is preloaded as well.
    if (dlsym(RTLD_DEFAULT, "__tsan_acquire") == NULL) return;
    mutex_order_lock = next(LOCK);
    mutex_order_try_lock = next(TRY_LOCK);
    mutex_order_unlock = next(UNLOCK);
}

__asm__(
    ".text\n"
    ".globl \"" LOCK "\"\n.type \"" LOCK "\", @function\n\"" LOCK "\":\n"
    "  push %r13\n"
    "  mov mutex_order_lock@GOTPCREL(%rip), %rax\n"
    "  call *(%rax)\n"
    "  mov (%rsp), %rdi\n"
    "  call __tsan_acquire@PLT\n"
    "  pop %r13\n"
    "  ret\n"
    ".globl \"" TRY_LOCK "\"\n.type \"" TRY_LOCK "\", @function\n\"" TRY_LOCK "\":\n"
    "  push %r13\n"
    "  push %rbx\n"
    "  sub $8, %rsp\n"
    "  mov mutex_order_try_lock@GOTPCREL(%rip), %rax\n"
    "  call *(%rax)\n"
    "  mov %rax, %rbx\n"
    "  test $1, %al\n"
    "  jz 1f\n"
    "  mov 16(%rsp), %rdi\n"
    "  call __tsan_acquire@PLT\n"
    "1:\n"
    "  mov %rbx, %rax\n"
    "  add $8, %rsp\n"
    "  pop %rbx\n"
    "  pop %r13\n"
    "  ret\n"
    ".globl \"" UNLOCK "\"\n.type \"" UNLOCK "\", @function\n\"" UNLOCK "\":\n"
    "  push %r13\n"
    "  mov %r13, %rdi\n"
    "  call __tsan_release@PLT\n"
    "  mov (%rsp), %r13\n"
    "  mov mutex_order_unlock@GOTPCREL(%rip), %rax\n"
    "  call *(%rax)\n"
    "  pop %r13\n"
    "  ret\n");
