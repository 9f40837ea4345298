/* Users, groups and capabilities. */
#ifndef NSEXEC_CREDENTIALS_H
#define NSEXEC_CREDENTIALS_H

#include "steps.h"

#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/stat.h>

#define MAX_GROUPS 256

static int groups_cleared;

/* Both ways into a user namespace must have a chance: before entering there may be no right to, afterwards it may be denied. */
static long do_groups_early(char **a) {
  (void)a;
  groups_cleared = sys2(__NR_setgroups, 0, 0) == 0;
  return 0;
}

static long do_groups_late(char **a) {
  (void)a;
  long error = sys2(__NR_setgroups, 0, 0);
  return groups_cleared ? 0 : error;
}

/* LIST: decimal numbers with commas between; nothing for none. */
static long do_groups(char **a) {
  unsigned list[MAX_GROUPS], count = 0;
  for (const char *p = a[0]; *p; count++) {
    if (count == MAX_GROUPS) return -E2BIG;
    list[count] = (unsigned)to_number(p);
    while (*p && *p != ',') p++;
    if (*p) p++;
  }
  return sys2(__NR_setgroups, count, (long)list);
}

static struct statx owned;

/* Whose file is in hand: by the numbers of the user namespace where we are now. */
static long do_owner(char **a) {
  (void)a;
  return let_go(sys5(__NR_statx, hand, (long)"", AT_EMPTY_PATH, STATX_UID | STATX_GID, (long)&owned));
}

static long id(const char *word, unsigned owner) { return same(word, "owner") ? owner : to_number(word); }

static long do_setgid(char **a) { return sys1(__NR_setgid, id(a[0], owned.stx_gid)); }
static long do_setuid(char **a) { return sys1(__NR_setuid, id(a[0], owned.stx_uid)); }

struct capabilities { struct __user_cap_header_struct header; struct __user_cap_data_struct low, high; };

static long get_capabilities(struct capabilities *c) {
  c->header = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0};
  return sys2(__NR_capget, (long)&c->header, (long)&c->low);
}

static void limit(struct __user_cap_data_struct *data, unsigned mask) {
  data->effective &= mask, data->permitted &= mask, data->inheritable &= mask;
}

/* Gives up all capabilities that are not in the mask. */
static long do_capabilities(char **a) {
  struct capabilities c;
  unsigned long mask = (unsigned long)to_number(a[0]);
  long error = get_capabilities(&c);
  if (error) return error;
  limit(&c.low, (unsigned)mask), limit(&c.high, (unsigned)(mask >> 32));
  return sys2(__NR_capset, (long)&c.header, (long)&c.low);
}

/* What is not in the mask can never be had again, not even by a set-user-id program. */
static long do_bounding(char **a) {
  unsigned long mask = (unsigned long)to_number(a[0]);
  for (long i = 0; i < 64; i++) {
    long error = mask >> i & 1 ? 0 : sys5(__NR_prctl, PR_CAPBSET_DROP, i, 0, 0, 0);
    if (error == -EINVAL) return 0; /* beyond the last that this kernel knows */
    if (error) return error;
  }
  return 0;
}

/* Those in the mask that are permitted survive exec by a user who is not root. */
static long do_ambient(char **a) {
  struct capabilities c;
  unsigned long mask = (unsigned long)to_number(a[0]);
  long error = get_capabilities(&c);
  if (error) return error;
  mask &= c.low.permitted | (unsigned long)c.high.permitted << 32;
  c.low.inheritable |= (unsigned)mask, c.high.inheritable |= (unsigned)(mask >> 32);
  c.low.effective |= (unsigned)mask, c.high.effective |= (unsigned)(mask >> 32);
  error = sys2(__NR_capset, (long)&c.header, (long)&c.low);
  for (long i = 0; i < 64 && !error; i++)
    if (mask >> i & 1) error = sys5(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
  return error;
}

#endif
