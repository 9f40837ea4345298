/* What only mounts need: keeping those below /sys, a fresh /sys, binding all of a directory; and leaving a VRF. */
#ifndef NSEXEC_MOUNTS_H
#define NSEXEC_MOUNTS_H

#include "steps.h"

#include <linux/mount.h>
#include <linux/stat.h>

#define MAX_KEPT 16
#define MNT_DETACH 2
#define ST_RDONLY 1
#define AT_RECURSIVE_ 0x8000

static struct { const char *path; long tree; } kept[MAX_KEPT];
static unsigned kept_count;

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

/* If the old /sys stays, the new one must be as read-only as that one (it is locked in a user namespace). */
static long mount_sysfs(const char *name, int over) {
  struct { long type, block_size, counts[5], id, name_length, fragment, flags, spare[4]; } old = {0};
  long read_only = 0;
  if ((over || sys2(__NR_umount2, (long)"/sys", MNT_DETACH) < 0) && sys2(__NR_statfs, (long)"/sys", (long)&old) == 0)
    read_only = old.flags & ST_RDONLY ? MS_RDONLY : 0;
  return sys5(__NR_mount, (long)name, (long)"/sys", (long)"sysfs", read_only, 0);
}

static long do_sysfs(char **a) { return mount_sysfs(a[0], 0); }
static long do_sysfs_over(char **a) { return mount_sysfs(a[0], 1); }

/* A target that is a symbolic link is covered itself: a bind that follows it would land on a file that others replace. Only a
 * directory cannot cover one: then the old call follows it, or says what is wrong in the usual words. */
static long bind_over(const char *source, const char *target) {
  long tree = sys3(__NR_open_tree, AT_FDCWD, (long)source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (tree == -ENOSYS) return sys5(__NR_mount, (long)source, (long)target, 0, MS_BIND, 0);
  if (tree < 0) return tree;
  long error = attach(tree, target);
  sys1(__NR_close, tree);
  return error == -EINVAL ? sys5(__NR_mount, (long)source, (long)target, 0, MS_BIND, 0) : error;
}

static void bind_entry(const char *directory, const char *target_directory, const char *name) {
  char source[PATH_SIZE], target[PATH_SIZE], text[3 * PATH_SIZE];
  long error = JOIN(source, directory, "/", name);
  if (error >= 0) error = JOIN(target, target_directory, "/", name);
  if (error >= 0) error = bind_over(source, target);
  if (error < 0 && JOIN(text, "Bind ", source, " -> ", target, " failed") > 0) complain(text, -error);
}

static long do_binds(char **a) {
  char buffer[4096] __attribute__((aligned(8)));
  long length, fd = open_path(a[0], O_RDONLY | O_DIRECTORY);
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

/* All of a file of /proc, which gives a page at a time; it ends with NUL. */
static long read_all(const char *path, char *text, long room) {
  long used = 0, got = 0, fd = open_path(path, O_RDONLY);
  if (fd < 0) return fd;
  while (used < room - 1 && (got = sys3(__NR_read, fd, (long)(text + used), room - 1 - used)) > 0) used += got;
  sys1(__NR_close, fd);
  text[used] = 0;
  return got < 0 ? got : used;
}

/* `ip vrf exec` puts a process into DIRECTORY/vrf/NAME of the unified hierarchy; DIRECTORY itself is outside. */
static long do_leave_vrf(char **a) {
  static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/run/cgroup2"};
  static char text[65536];
  char path[PATH_SIZE], *group = 0, *vrf = 0;
  long result = -ENOENT;
  (void)a;
  if (read_all("/proc/self/cgroup", text, sizeof text) < 0) return 0;
  for (char *p = text; *p; p++) {
    if ((p == text || p[-1] == '\n') && p[0] == '0' && p[1] == ':' && p[2] == ':') group = p + 3;
    if (group && p[0] == '/' && p[1] == 'v' && p[2] == 'r' && p[3] == 'f' && p[4] == '/') vrf = p;
  }
  if (!vrf) return 0;
  *vrf = 0;
  for (unsigned i = 0; i < sizeof mounts / sizeof *mounts && result == -ENOENT; i++)
    if (JOIN(path, mounts[i], group, "/cgroup.procs") > 0) result = do_write((char *[]){path, "0"});
  return result < 0 ? result : 0;
}

#endif
