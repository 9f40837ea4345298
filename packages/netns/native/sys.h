/* System calls without a C library: the same source makes an addon that loads under glibc and musl, and a helper that starts in
 * less than a millisecond. Every call returns -errno. */
#ifndef NETNS_SYS_H
#define NETNS_SYS_H

#include <asm/unistd.h>
#include <linux/errno.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
static inline long sys6(long nr, long a, long b, long c, long d, long e, long f) {
  long ret;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(ret) : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return ret;
}

/* clone(2) onto a new stack; the child calls fn(arg), which must not return. `pidfd` is where CLONE_PIDFD stores it, `tid` what
 * CLONE_CHILD_CLEARTID clears. */
static inline long sys_clone_call(unsigned long flags, void *stack_top, void (*fn)(void *), void *arg, int *pidfd, int *tid) {
  long ret;
  register int *r10 __asm__("r10") = tid;
  register long r8 __asm__("r8") = 0;
  register void (*r12)(void *) __asm__("r12") = fn;
  register void *r13 __asm__("r13") = arg;
  __asm__ volatile(
      "syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\txor %%ebp, %%ebp\n\tmov %%r13, %%rdi\n\tcall *%%r12\n\tud2\n1:"
      : "=a"(ret)
      : "0"((long)__NR_clone), "D"(flags), "S"(stack_top), "d"(pidfd), "r"(r10), "r"(r8), "r"(r12), "r"(r13)
      : "rcx", "r11", "memory");
  return ret;
}
#elif defined(__aarch64__)
static inline long sys6(long nr, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = nr;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}

static inline long sys_clone_call(unsigned long flags, void *stack_top, void (*fn)(void *), void *arg, int *pidfd, int *tid) {
  register long x8 __asm__("x8") = __NR_clone;
  register long x0 __asm__("x0") = (long)flags;
  register long x1 __asm__("x1") = (long)stack_top;
  register int *x2 __asm__("x2") = pidfd;
  register long x3 __asm__("x3") = 0;
  register int *x4 __asm__("x4") = tid;
  register void (*x19)(void *) __asm__("x19") = fn;
  register void *x20 __asm__("x20") = arg;
  __asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tmov x29, xzr\n\tmov x0, x20\n\tblr x19\n\tbrk 0\n1:"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x19), "r"(x20)
                   : "memory", "x30");
  return x0;
}
#else
#error "netns supports x86-64 and arm64"
#endif

static inline long sys0(long nr) { return sys6(nr, 0, 0, 0, 0, 0, 0); }
static inline long sys1(long nr, long a) { return sys6(nr, a, 0, 0, 0, 0, 0); }
static inline long sys2(long nr, long a, long b) { return sys6(nr, a, b, 0, 0, 0, 0); }
static inline long sys3(long nr, long a, long b, long c) { return sys6(nr, a, b, c, 0, 0, 0); }
static inline long sys4(long nr, long a, long b, long c, long d) { return sys6(nr, a, b, c, d, 0, 0); }
static inline long sys5(long nr, long a, long b, long c, long d, long e) { return sys6(nr, a, b, c, d, e, 0); }

static inline size_t string_length(const char *s) {
  const char *p = s;
  while (*p) p++;
  return (size_t)(p - s);
}

#endif
