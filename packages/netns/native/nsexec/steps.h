/* What all steps share, and the plain ones: one system call each. */
#ifndef NSEXEC_STEPS_H
#define NSEXEC_STEPS_H

#include "text.h"

#include <linux/mount.h>

#include <asm/ioctls.h>

#define MAX_SLOTS 16

static const char *say = "", *command_text = "exec failed";
static long exit_status = 1, not_found_status = 1, other_status = 1;
static long hand = -1; /* the descriptor that the next step works with */
static long slots[MAX_SLOTS] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
static const char *argument_zero;
static char **first_word, **environment;
static long tolerated; /* an error that the next step may have */
static unsigned skip; /* words of a list that belongs to another process */

__attribute__((noreturn)) static void leave(long status) {
  for (;;) sys1(__NR_exit_group, status);
}

static long let_go(long result) {
  sys1(__NR_close, hand);
  hand = -1;
  return result;
}

static long do_say(char **a) { say = a[0]; return 0; }
static long do_exit(char **a) { exit_status = to_number(a[0]); return 0; }
static long do_use(char **a) { hand = to_number(a[0]); return 0; }
static long do_tolerate(char **a) { return tolerated = to_number(a[0]); }
static long do_argv0(char **a) { argument_zero = a[0]; return 0; }

static long do_report(char **a) {
  report_fd = to_number(a[0]);
  return sys3(__NR_fcntl, report_fd, F_SETFD, FD_CLOEXEC);
}

static long do_command_failed(char **a) {
  command_text = a[0], not_found_status = to_number(a[1]), other_status = to_number(a[2]);
  return 0;
}

/* As getdents64(2) gives them. */
struct entry { uint64_t inode; int64_t offset; unsigned short length; unsigned char type; char name[]; };

static long open_path(const char *path, long flags) { return sys4(__NR_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC, 0); }
static long do_open(char **a) { return hand = open_path(a[0], O_RDONLY | O_NONBLOCK); }
static long do_open_write(char **a) { return hand = open_path(a[0], O_WRONLY); }
static long do_pidfd(char **a) { return hand = sys2(__NR_pidfd_open, to_number(a[0]), 0); }

/* In one write, as the kernel's files want it; to -1 when opening was allowed to fail. */
static long do_put(char **a) { return let_go(sys3(__NR_write, hand, (long)a[0], (long)string_length(a[0]))); }

static long do_write(char **a) {
  hand = open_path(a[0], O_WRONLY);
  return hand < 0 ? hand : do_put(a + 1);
}

static long *slot(const char *word) { return &slots[to_number(word) & (MAX_SLOTS - 1)]; }

static long do_hold(char **a) {
  *slot(a[0]) = hand, hand = -1;
  return 0;
}

static long do_take(char **a) {
  hand = *slot(a[0]), *slot(a[0]) = -1;
  return 0;
}

static long do_setns(char **a) { return let_go(sys2(__NR_setns, hand, to_number(a[0]))); }

/* Empties the slot if the kernel lets us in; if not, `finish-setns` tries again when more has been entered. */
static long do_try_setns(char **a) {
  long *held = slot(a[0]);
  if (sys2(__NR_setns, *held, to_number(a[1])) == 0) sys1(__NR_close, *held), *held = -1;
  return 0;
}

static long do_finish_setns(char **a) {
  long *held = slot(a[0]), error = 0;
  if (*held >= 0) error = sys2(__NR_setns, *held, to_number(a[1])), sys1(__NR_close, *held), *held = -1;
  return error;
}

static long do_unshare(char **a) { return sys1(__NR_unshare, to_number(a[0])); }
static long do_mount(char **a) { return sys5(__NR_mount, (long)a[0], (long)a[1], (long)a[2], to_number(a[3]), 0); }
static long do_umount(char **a) { return sys2(__NR_umount2, (long)a[0], to_number(a[1])); }
static long do_chdir(char **a) { return sys1(__NR_chdir, (long)a[0]); }
static long do_fchdir(char **a) { (void)a; return let_go(sys1(__NR_fchdir, hand)); }
static long do_chroot(char **a) { return sys1(__NR_chroot, (long)a[0]); }
static long do_hostname(char **a) { return sys2(__NR_sethostname, (long)a[0], (long)string_length(a[0])); }
static long do_domainname(char **a) { return sys2(__NR_setdomainname, (long)a[0], (long)string_length(a[0])); }
static long do_prctl(char **a) { return sys5(__NR_prctl, to_number(a[0]), to_number(a[1]), 0, 0, 0); }
static long do_mkdir(char **a) { return sys3(__NR_mkdirat, AT_FDCWD, (long)a[0], 0755); }

/* A new session whose terminal is standard input. */
static long do_terminal(char **a) {
  (void)a;
  long error = sys0(__NR_setsid);
  return error < 0 ? error : sys3(__NR_ioctl, 0, TIOCSCTTY, 1);
}

#endif
