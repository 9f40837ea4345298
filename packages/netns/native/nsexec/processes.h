/* Lists of steps that another process carries out, and waiting for it. */
#ifndef NSEXEC_PROCESSES_H
#define NSEXEC_PROCESSES_H

#include "command.h"

#include <linux/inotify.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <linux/wait.h>

#define MAX_ASIDES 4
#define STREAM_PAIR(ends) sys4(__NR_socketpair, 1 /* AF_UNIX */, 1 | O_CLOEXEC, 0, (long)(ends))
#define NO_SIGNAL 0x4000 /* MSG_NOSIGNAL */
#define PARENT "{PARENT}" /* in the words of an aside: the process that it works for */
#define BIT(signal) (1ul << ((signal) - 1))
#define PIDFD_POLL_IN 1

enum { BLOCK_INTERRUPTS = 1, MIRROR_STOPS = 2, WITH_INIT = 4, INTO_CGROUP = 8 };

static struct { long pid; int32_t ours; } asides[MAX_ASIDES] = {{0, -1}, {0, -1}, {0, -1}, {0, -1}};
static long parent_pidfd = -1;
static int32_t status_fd = -1;
static long aside_failed_status = -1; /* as it ended itself */
static uint64_t old_mask;

static void run_list(char **word, char **end);

/* The flag and its argument are the two fields of struct clone_args that matter here. */
static long fork_process(long cgroup) {
  struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup};
  return cgroup < 0 ? sys5(__NR_clone, SIGCHLD, 0, 0, 0, 0) : sys2(__NR_clone3, (long)&args, sizeof args);
}

static long wait_for(long pid) {
  int status = 0;
  long got;
  do got = sys4(__NR_wait4, pid, (long)&status, __WALL, 0); while (got == -EINTR);
  return got < 0 ? got : status;
}

static long code_of(long status) { return status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff; }

static void name_parent(char *word, const char *pid) {
  for (; *word; word++) {
    const char *p = PARENT, *from = pid;
    char *at = word, *to = word;
    while (*p && *at == *p) at++, p++;
    if (*p) continue;
    while (*from) *to++ = *from++;
    while ((*to++ = *at++)) continue;
  }
}

/* For a process that stays: who lists processes sees its name, not its steps. Of arguments whose last byte is not zero the kernel
 * shows the first string alone, as setproctitle(3) wants it. */
static void hide_words(void) {
  char **last = first_word;
  while (last[1]) last++;
  (*last)[string_length(*last)] = ' ';
}

/* Each end is closed everywhere but where it belongs, or its being closed would say nothing. */
static void forget_asides(void) {
  for (unsigned i = 0; i < MAX_ASIDES; i++)
    if (asides[i].pid) sys1(__NR_close, asides[i].ours), asides[i].pid = 0, asides[i].ours = -1;
}

__attribute__((noreturn)) static void be_aside(char **list, unsigned count, long released, int in_any_case) {
  char pid[24], byte;
  decimal(pid, sys0(__NR_getppid));
  forget_asides();
  for (unsigned i = 0; i < count; i++) name_parent(list[i], pid);
  if (in_any_case) hide_words();
  if (in_any_case) sys1(__NR_close, 0), sys1(__NR_close, 1), sys1(__NR_close, report_fd), sys0(__NR_setsid);
  if (sys3(__NR_read, released, (long)&byte, 1) != 1 && !in_any_case) leave(0); /* whom we work for is gone */
  sys1(__NR_close, released);
  run_list(list, list + count);
  leave(0);
}

static long aside(char **a, int in_any_case) {
  int32_t ends[2];
  unsigned index = (unsigned)to_number(a[0]) % MAX_ASIDES, count = (unsigned)to_number(a[1]);
  long error = STREAM_PAIR(ends);
  if (error < 0) return error;
  long pid = fork_process(-1);
  if (pid == 0) sys1(__NR_close, ends[0]), be_aside(a + 2, count, ends[1], in_any_case);
  sys1(__NR_close, ends[1]);
  asides[index].pid = pid, asides[index].ours = ends[0];
  skip = count;
  return pid < 0 ? pid : 0;
}

static long do_aside(char **a) { return aside(a, 0); }
static long do_afterwards(char **a) { return aside(a, 1); }

static long do_aside_failed(char **a) { return aside_failed_status = to_number(a[0]), 0; }

/* Its failure is ours; it has said itself what went wrong. */
static long do_join(char **a) {
  unsigned index = (unsigned)to_number(a[0]) % MAX_ASIDES;
  sys6(__NR_sendto, asides[index].ours, (long)"", 1, NO_SIGNAL, 0, 0);
  sys1(__NR_close, asides[index].ours);
  long status = wait_for(asides[index].pid);
  asides[index].pid = 0, asides[index].ours = -1;
  if (status > 0) leave(aside_failed_status < 0 ? code_of(status) : aside_failed_status);
  if (status < 0) leave(exit_status);
  return 0;
}

/* COUNT words: a program and its arguments. Reports the number 0 if the program itself fails. */
static long do_run(char **a) {
  unsigned count = (unsigned)to_number(a[0]);
  char **argv = a + 1;
  long position = a - first_word - 1, pid = fork_process(-1);
  if (pid == 0) {
    a[1 + count] = 0;
    long error = execute_in_path(argv[0], argv, environment);
    fail(say, position, -error, error == -ENOENT ? 127 : 126);
  }
  skip = count;
  long status = pid < 0 ? pid : wait_for(pid);
  if (status > 0 && report_fd >= 0) fail("", position, 0, code_of(status));
  if (status > 0) leave(code_of(status));
  return status;
}

/* ---- waiting ---- */

struct signal_information { int signal, error, code; char rest[116]; };

/* Keys pressed at a terminal reach the child by themselves; only what a process sent is passed on. */
static void pass_on(const struct signal_information *information, long pid) {
  if (information->code <= 0) sys2(__NR_kill, pid, information->signal);
}

/* Who only waits must not hold open what the child closes. Standard error stays, for messages. First all out of the way: one must
 * not land on another. */
static void close_all_but(int32_t *wanted[], unsigned count) {
  unsigned lowest = 3;
  for (unsigned i = 0; i < count; i++)
    if (*wanted[i] >= 0) *wanted[i] = (int32_t)sys3(__NR_fcntl, *wanted[i], F_DUPFD_CLOEXEC, lowest + count);
  for (unsigned i = 0; i < count; i++)
    if (*wanted[i] >= 0) sys3(__NR_dup3, *wanted[i], lowest, O_CLOEXEC), *wanted[i] = (int32_t)lowest++;
  sys1(__NR_close, 0), sys1(__NR_close, 1);
  sys3(__NR_close_range, lowest, ~0u, 0);
}

/* Waits as long as it takes; `forward` are the signals that are for the child. */
static long mirror(long pid, long flags, uint64_t forward) {
  struct signal_information information;
  uint64_t set = forward | BIT(SIGCHLD);
  int status;
  for (;;) {
    long got = sys4(__NR_wait4, pid, (long)&status, (flags & MIRROR_STOPS ? WUNTRACED : 0) | (forward ? WNOHANG : 0), 0);
    if (got == pid && (status & 0xff) == 0x7f) {
      sys2(__NR_kill, sys0(__NR_getpid), SIGSTOP);
      sys2(__NR_kill, pid, SIGCONT);
    } else if (got == pid || (got < 0 && got != -EINTR)) {
      return got < 0 ? got : status;
    } else if (forward && sys4(__NR_rt_sigtimedwait, (long)&set, (long)&information, 0, sizeof set) != SIGCHLD) {
      pass_on(&information, pid);
    }
  }
}

/* Ends as the child did: with its status, or by its signal (of which only the child may leave a core). */
__attribute__((noreturn)) static void end_as(long status) {
  struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } action = {0, 0, 0, 0};
  long signal = status & 0x7f;
  uint64_t set = signal ? BIT(signal) : 0;
  if (status < 0) leave(exit_status);
  if (!signal) leave(code_of(status));
  sys5(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  sys4(__NR_rt_sigaction, signal, (long)&action, 0, sizeof action.mask);
  sys4(__NR_rt_sigprocmask, SIG_UNBLOCK, (long)&set, 0, sizeof set);
  sys2(__NR_kill, sys0(__NR_getpid), signal);
  leave(code_of(status)); /* the first process of a pid namespace outlives its own signals */
}

/* If the parent is gone by now, the signal will never come. */
static long die_with_parent(long signal) {
  struct { int fd; short events, got; } ask = {(int)parent_pidfd, PIDFD_POLL_IN, 0};
  struct { long seconds, nanoseconds; } now = {0, 0};
  long error = sys5(__NR_prctl, PR_SET_PDEATHSIG, signal, 0, 0, 0);
  if (!error && parent_pidfd >= 0 && sys5(__NR_ppoll, (long)&ask, 1, (long)&now, 0, 0) > 0) leave(1);
  return error;
}

/* SIGNAL PARENT: to be done after the last change of credentials, which would forget it. PARENT 0: that of `fork`. */
static long do_death_signal(char **a) {
  long parent = to_number(a[1]), error = die_with_parent(to_number(a[0]));
  if (!error && parent && sys0(__NR_getppid) != parent) leave(1);
  return error;
}

/* ---- fork FLAGS FORWARD BEFORE AFTER: the child goes on; the parent does BEFORE words, waits, does AFTER words, ends alike ---- */

static void block_signals(long flags, uint64_t forward) {
  struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } action = {0, 0, 0, 0};
  uint64_t set = (flags & BLOCK_INTERRUPTS ? BIT(SIGINT) | BIT(SIGTERM) : 0) | (forward ? forward | BIT(SIGCHLD) : 0);
  sys4(__NR_rt_sigaction, SIGCHLD, (long)&action, 0, sizeof action.mask);
  sys4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&set, (long)&old_mask, sizeof set);
}

__attribute__((noreturn)) static void be_parent(long pid, char **a, long go, int32_t statuses) {
  unsigned before = (unsigned)to_number(a[2]), after = (unsigned)to_number(a[3]);
  char **list = a + 4;
  int told = 0;
  run_list(list, list + before);
  sys6(__NR_sendto, go, (long)"", 1, NO_SIGNAL, 0, 0);
  close_all_but((int32_t *[]){&asides[3].ours, &statuses}, 2); /* the last aside is for afterwards */
  report_fd = -1;
  hide_words();
  long status = mirror(pid, to_number(a[0]), (uint64_t)to_number(a[1]));
  if (statuses >= 0 && sys3(__NR_read, statuses, (long)&told, sizeof told) == sizeof told) status = told;
  run_list(list + before, list + before + after);
  end_as(status);
}

static void be_child(long go) {
  char byte;
  forget_asides();
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&old_mask, 0, sizeof old_mask);
  if (sys3(__NR_read, go, (long)&byte, 1) != 1) leave(exit_status); /* the parent failed */
  sys1(__NR_close, go);
}

static long do_fork(char **a) {
  long flags = to_number(a[0]), cgroup = flags & INTO_CGROUP ? hand : -1;
  int32_t go[2], statuses[2] = {-1, -1};
  long error = STREAM_PAIR(go);
  if (!error && flags & WITH_INIT) error = STREAM_PAIR(statuses);
  if (error < 0) return error;
  parent_pidfd = sys2(__NR_pidfd_open, sys0(__NR_getpid), 0);
  block_signals(flags, (uint64_t)to_number(a[1]));
  long pid = fork_process(cgroup);
  if (pid < 0) return pid;
  sys1(__NR_close, go[pid ? 1 : 0]), sys1(__NR_close, statuses[pid ? 1 : 0]);
  if (pid) be_parent(pid, a, go[0], statuses[0]);
  be_child(go[1]);
  status_fd = statuses[1];
  if (flags & INTO_CGROUP) let_go(0);
  skip = (unsigned)(to_number(a[2]) + to_number(a[3]));
  return 0;
}

/* ---- init: the first process of a pid namespace has work of its own ---- */

__attribute__((noreturn)) static void be_init(long main_child) {
  struct signal_information information;
  uint64_t all = ~(uint64_t)0;
  int status;
  long pid;
  for (;;) {
    while ((pid = sys4(__NR_wait4, -1, (long)&status, WNOHANG | __WALL, 0)) > 0) {
      if (pid != main_child) continue; /* an orphan: reaped */
      sys3(__NR_write, status_fd, (long)&status, sizeof status);
      leave(code_of(status)); /* and the kernel ends all others */
    }
    if (sys4(__NR_rt_sigtimedwait, (long)&all, (long)&information, 0, sizeof all) != SIGCHLD) pass_on(&information, main_child);
  }
}

/* This process stays as the init; its child goes on. */
static long do_init(char **a) {
  uint64_t all = ~(uint64_t)0 & ~(BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU)), old;
  (void)a;
  long error = die_with_parent(SIGKILL);
  if (error) return error;
  sys4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)&old, sizeof all);
  long pid = fork_process(-1);
  if (pid == 0) sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old);
  if (pid <= 0) return pid;
  close_all_but((int32_t *[]){&status_fd}, 1);
  hide_words();
  be_init(pid);
}

/* ---- background, stay PATH: a process that keeps what it has entered and mounted ---- */

/* Nobody waits for the child, and no terminal reaches it. */
static long do_background(char **a) {
  (void)a;
  long pid = fork_process(-1);
  if (pid > 0) leave(0);
  return pid < 0 ? pid : sys0(__NR_setsid);
}

/* Until somebody takes the file away. The lock on it says who stays: the kernel drops it with the process, whatever ends that. It is
 * taken last, when all is ready; to close any descriptor of the file later would drop it. */
static long do_stay(char **a) {
  struct { short type, whence; long start, length; int pid; } all = {F_WRLCK, 0, 0, 0, 0};
  struct statx status;
  char events[4096];
  int32_t file = (int32_t)sys4(__NR_openat, AT_FDCWD, (long)a[0], O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int32_t watch = (int32_t)sys1(__NR_inotify_init1, O_CLOEXEC), report = (int32_t)report_fd;
  long error = file < 0 ? file : watch < 0 ? watch : sys3(__NR_inotify_add_watch, watch, (long)a[0], IN_ATTRIB);
  if (error < 0) return error;
  close_all_but((int32_t *[]){&file, &watch, &report}, 3);
  sys1(__NR_close, 2);
  report_fd = report;
  hide_words();
  error = sys3(__NR_fcntl, file, F_SETLK, (long)&all);
  if (error < 0) return error;
  sys1(__NR_close, report);
  while (sys5(__NR_statx, file, (long)"", AT_EMPTY_PATH, STATX_NLINK, (long)&status) == 0 && status.stx_nlink > 0)
    sys3(__NR_read, watch, (long)events, sizeof events);
  leave(0);
}

#endif
