/* nsexec STEP... -- COMMAND [ARGUMENT...]: does the steps in order, then becomes the command.
 *
 * The steps are written by src/process/plan.ts; this program only carries them out:
 *   say TEXT           what to print ("TEXT: reason") if a later step fails; "" prints nothing
 *   exit CODE          the exit status if a later step fails
 *   report FD          instead of printing, write "STEP ERRNO\n" to FD if a later step or the exec fails
 *   command-failed TEXT NOTFOUND OTHER   the same for the exec itself: its text, its two exit statuses
 *   open PATH          takes PATH's descriptor in hand       use FD      takes an inherited descriptor in hand
 *   setns FLAGS        enters the namespace in hand, and lets go of it
 *   unshare FLAGS      mount SOURCE TARGET TYPE FLAGS       umount TARGET FLAGS       write PATH TEXT       chdir PATH
 *   keep PATH          if PATH is a mount point, keeps what is mounted there         restore      puts all of it back
 *   sysfs NAME         replaces /sys by a fresh one          binds DIRECTORY TARGET   binds each entry of a directory
 *   leave-vrf          leaves the control group that ties this process to a VRF device
 */
#include "sys.h"

#include "errno-texts.h" /* generated from src/errno.ts */

#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/stat.h>

#define PATH_SIZE 4096
#define MAX_KEPT 16
#define MNT_DETACH 2
#define ST_RDONLY 1
#define AT_RECURSIVE_ 0x8000

static const char *say = "", *command_text = "exec failed";
static long exit_status = 1, not_found_status = 1, other_status = 1, report_fd = -1, hand = -1;
static struct { const char *path; long tree; } kept[MAX_KEPT];
static unsigned kept_count;

/* ---- text ---- */

/* Where there is no C library, the compiler still wants these two. */
void *memcpy(void *to, const void *from, size_t n) {
  for (size_t i = 0; i < n; i++) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}
void *memset(void *to, int c, size_t n) {
  for (size_t i = 0; i < n; i++) ((volatile char *)to)[i] = (char)c;
  return to;
}

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static long to_number(const char *s) {
  long sign = *s == '-' ? (s++, -1) : 1, n = 0;
  while (*s >= '0' && *s <= '9') n = n * 10 + (*s++ - '0');
  return sign * n;
}

/* Joins the parts into out; -ENAMETOOLONG if they do not fit. */
static long join(char *out, size_t room, const char *const *parts, unsigned count) {
  size_t used = 0;
  for (unsigned i = 0; i < count; i++) {
    size_t n = string_length(parts[i]);
    if (used + n >= room) return -ENAMETOOLONG;
    memcpy(out + used, parts[i], n);
    used += n;
  }
  out[used] = 0;
  return (long)used;
}
#define JOIN(out, ...) join(out, sizeof(out), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *error_text(long error) {
  for (unsigned i = 0; i < sizeof error_texts / sizeof *error_texts; i++)
    if (error_texts[i].number == error) return error_texts[i].text;
  return "Unknown error";
}

static void complain(const char *what, long error) {
  char line[3 * PATH_SIZE];
  long length = JOIN(line, what, ": ", error_text(error), "\n");
  if (length > 0) sys3(__NR_write, 2, (long)line, length);
}

static void decimal(char *out, long n) {
  char digits[24];
  int i = 0;
  do digits[i++] = (char)('0' + n % 10); while (n /= 10);
  while (i) *out++ = digits[--i];
  *out = 0;
}

__attribute__((noreturn)) static void fail(const char *text, long step, long error, long status) {
  char line[64], a[24], b[24];
  if (report_fd >= 0) {
    decimal(a, step), decimal(b, error);
    sys3(__NR_write, report_fd, (long)line, JOIN(line, a, " ", b, "\n"));
  } else if (*text) {
    complain(text, error);
  }
  for (;;) sys1(__NR_exit_group, status);
}

/* ---- steps ---- */

static long do_say(char **a) { say = a[0]; return 0; }
static long do_exit(char **a) { exit_status = to_number(a[0]); return 0; }
static long do_use(char **a) { hand = to_number(a[0]); return 0; }

static long do_report(char **a) {
  report_fd = to_number(a[0]);
  return sys3(__NR_fcntl, report_fd, F_SETFD, FD_CLOEXEC);
}

static long do_command_failed(char **a) {
  command_text = a[0], not_found_status = to_number(a[1]), other_status = to_number(a[2]);
  return 0;
}

static long do_open(char **a) {
  hand = sys4(__NR_openat, AT_FDCWD, (long)a[0], O_RDONLY | O_CLOEXEC, 0);
  return hand;
}

static long do_setns(char **a) {
  long error = sys2(__NR_setns, hand, to_number(a[0]));
  sys1(__NR_close, hand);
  return error;
}

static long do_unshare(char **a) { return sys1(__NR_unshare, to_number(a[0])); }
static long do_mount(char **a) { return sys5(__NR_mount, (long)a[0], (long)a[1], (long)a[2], to_number(a[3]), 0); }
static long do_umount(char **a) { return sys2(__NR_umount2, (long)a[0], to_number(a[1])); }
static long do_chdir(char **a) { return sys1(__NR_chdir, (long)a[0]); }

static long do_write(char **a) {
  long fd = sys4(__NR_openat, AT_FDCWD, (long)a[0], O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  long written = sys3(__NR_write, fd, (long)a[1], (long)string_length(a[1]));
  sys1(__NR_close, fd);
  return written < 0 ? written : 0;
}

/* The mount itself is taken in hand, not its path: the path disappears below the new /sys. */
static long do_keep(char **a) {
  struct statx status;
  if (kept_count == MAX_KEPT) return -E2BIG;
  if (sys5(__NR_statx, AT_FDCWD, (long)a[0], AT_NO_AUTOMOUNT, 0, (long)&status)) return 0;
  if (!(status.stx_attributes & STATX_ATTR_MOUNT_ROOT)) return 0;
  long tree = sys3(__NR_open_tree, AT_FDCWD, (long)a[0], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE_);
  if (tree < 0) return 0; /* a mount that we may not copy is lost, as it is with any new /sys */
  kept[kept_count].path = a[0], kept[kept_count++].tree = tree;
  return 0;
}

static long attach(long tree, const char *target) {
  return sys5(__NR_move_mount, tree, (long)"", AT_FDCWD, (long)target, MOVE_MOUNT_F_EMPTY_PATH);
}

static long do_restore(char **a) {
  (void)a;
  for (unsigned i = 0; i < kept_count; i++) {
    attach(kept[i].tree, kept[i].path); /* the new /sys may lack the directory: then there is nowhere to put it */
    sys1(__NR_close, kept[i].tree);
  }
  kept_count = 0;
  return 0;
}

/* If the old /sys cannot be removed (it is locked in a user namespace), the new one must be as read-only as that one. */
static long do_sysfs(char **a) {
  struct { long type, block_size, counts[5], id, name_length, fragment, flags, spare[4]; } old = {0};
  long read_only = 0;
  if (sys2(__NR_umount2, (long)"/sys", MNT_DETACH) < 0 && sys2(__NR_statfs, (long)"/sys", (long)&old) == 0)
    read_only = old.flags & ST_RDONLY ? MS_RDONLY : 0;
  return sys5(__NR_mount, (long)a[0], (long)"/sys", (long)"sysfs", read_only, 0);
}

/* A target that is a symbolic link is covered itself: a bind that follows it would land on a file that others replace. */
static long bind_over(const char *source, const char *target) {
  long tree = sys3(__NR_open_tree, AT_FDCWD, (long)source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (tree == -ENOSYS) return sys5(__NR_mount, (long)source, (long)target, 0, MS_BIND, 0);
  if (tree < 0) return tree;
  long error = attach(tree, target);
  sys1(__NR_close, tree);
  return error;
}

struct entry { uint64_t inode; int64_t offset; unsigned short length; unsigned char type; char name[]; };

static void bind_entry(const char *directory, const char *target_directory, const char *name) {
  char source[PATH_SIZE], target[PATH_SIZE], text[3 * PATH_SIZE];
  long error = JOIN(source, directory, "/", name);
  if (error >= 0) error = JOIN(target, target_directory, "/", name);
  if (error >= 0) error = bind_over(source, target);
  if (error < 0 && JOIN(text, "Bind ", source, " -> ", target, " failed") > 0) complain(text, -error);
}

static long do_binds(char **a) {
  char buffer[4096] __attribute__((aligned(8)));
  long length, fd = sys4(__NR_openat, AT_FDCWD, (long)a[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) return 0; /* no such directory: nothing to bind */
  while ((length = sys3(__NR_getdents64, fd, (long)buffer, sizeof buffer)) > 0)
    for (long at = 0; at < length;) {
      struct entry *entry = (struct entry *)(buffer + at);
      if (!same(entry->name, ".") && !same(entry->name, "..")) bind_entry(a[0], a[1], entry->name);
      at += entry->length;
    }
  sys1(__NR_close, fd);
  return 0;
}

/* `ip vrf exec` puts a process into DIRECTORY/vrf/NAME of the unified hierarchy; DIRECTORY itself is outside. */
static long do_leave_vrf(char **a) {
  static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/run/cgroup2"};
  char text[PATH_SIZE], path[PATH_SIZE], *group = 0, *vrf = 0;
  (void)a;
  long fd = sys4(__NR_openat, AT_FDCWD, (long)"/proc/self/cgroup", O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  long length = sys3(__NR_read, fd, (long)text, sizeof text - 1);
  sys1(__NR_close, fd);
  text[length > 0 ? length : 0] = 0;
  for (char *p = text; *p; p++) {
    if ((p == text || p[-1] == '\n') && p[0] == '0' && p[1] == ':' && p[2] == ':') group = p + 3;
    if (group && p[0] == '/' && p[1] == 'v' && p[2] == 'r' && p[3] == 'f' && p[4] == '/') vrf = p;
  }
  if (!vrf) return 0;
  *vrf = 0;
  for (unsigned i = 0; i < sizeof mounts / sizeof *mounts; i++)
    if (JOIN(path, mounts[i], group, "/cgroup.procs") > 0 && do_write((char *[]){path, "0"}) == 0) return 0;
  return -ENOENT;
}

static const struct { const char *name; unsigned words; long (*run)(char **); } steps[] = {
    {"say", 1, do_say},       {"exit", 1, do_exit},       {"report", 1, do_report}, {"command-failed", 3, do_command_failed},
    {"open", 1, do_open},     {"use", 1, do_use},         {"setns", 1, do_setns},   {"unshare", 1, do_unshare},
    {"mount", 4, do_mount},   {"umount", 2, do_umount},   {"write", 2, do_write},   {"chdir", 1, do_chdir},
    {"keep", 1, do_keep},     {"restore", 0, do_restore}, {"sysfs", 1, do_sysfs},   {"binds", 2, do_binds},
    {"leave-vrf", 0, do_leave_vrf},
};

/* ---- the command ---- */

/* A file without a known format is a shell script, as execvp(3) has it. */
static long execute(const char *path, char **argv, char **environment) {
  long error = sys3(__NR_execve, (long)path, (long)argv, (long)environment);
  if (error != -ENOEXEC) return error;
  unsigned count = 0;
  while (argv[count]) count++;
  char *shell[count + 2];
  shell[0] = "/bin/sh", shell[1] = (char *)path;
  for (unsigned i = 1; i <= count; i++) shell[i + 1] = argv[i];
  return sys3(__NR_execve, (long)shell[0], (long)shell, (long)environment);
}

static long execute_in_path(char **argv, char **environment) {
  const char *path = "/bin:/usr/bin";
  char file[PATH_SIZE];
  long denied = 0;
  for (const char *p = argv[0]; *p; p++)
    if (*p == '/') return execute(argv[0], argv, environment);
  if (!*argv[0]) return -ENOENT;
  for (char **e = environment; *e; e++)
    if ((*e)[0] == 'P' && (*e)[1] == 'A' && (*e)[2] == 'T' && (*e)[3] == 'H' && (*e)[4] == '=') path = *e + 5;
  for (const char *start = path, *end;; start = end + 1) {
    for (end = start; *end && *end != ':';) end++;
    size_t n = (size_t)(end - start), name = string_length(argv[0]);
    if (n + name + 2 <= sizeof file) {
      memcpy(file, start, n);
      if (n) file[n++] = '/';
      memcpy(file + n, argv[0], name + 1);
      long error = execute(file, argv, environment);
      if (error == -EACCES) denied = error;
      else if (error != -ENOENT && error != -ENOTDIR) return error;
    }
    if (!*end) return denied ? denied : -ENOENT;
  }
}

__attribute__((noreturn, used)) static void nsexec(long *stack) {
  char **argv = (char **)(stack + 1), **word = argv + 1, **environment = argv + stack[0] + 1;
  long index = 0;
  for (; *word && !same(*word, "--"); index++) {
    unsigned i = 0;
    while (i < sizeof steps / sizeof *steps && !same(*word, steps[i].name)) i++;
    if (i == sizeof steps / sizeof *steps) fail(*word, index, EINVAL, 125);
    word++;
    for (unsigned n = 0; n < steps[i].words; n++)
      if (!word[n]) fail(steps[i].name, index, EINVAL, 125);
    long error = steps[i].run(word);
    if (error < 0) fail(say, index, -error, exit_status);
    word += steps[i].words;
  }
  if (!*word || !word[1]) fail("nsexec: no command", index, EINVAL, 125);
  long error = execute_in_path(word + 1, environment);
  fail(command_text, index, -error, error == -ENOENT ? not_found_status : other_status);
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall nsexec\n");
#else
__asm__(".globl _start\n_start:\n\tmov x29, xzr\n\tmov x0, sp\n\tbl nsexec\n");
#endif
