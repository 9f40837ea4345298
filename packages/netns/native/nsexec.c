/* nsexec STEP... -- [COMMAND [ARGUMENT...]]: does the steps in order, then becomes the command (without one, the login shell).
 *
 * The steps are written by src/process/plan; this program only carries them out. A descriptor is "in hand", or held in a slot.
 *   say TEXT           what to print ("TEXT: reason") if a later step fails; "" prints nothing
 *   exit CODE          the exit status if a later step fails      aside-failed CODE   if an aside does; else: as it did
 *   report FD          instead of printing, write "POSITION ERRNO\n" to FD if a step or the exec fails: which word it was; and "."
 *                      before the exec, so that one who reads nothing at all knows that this process was killed
 *   tolerate ERRNO     the next step may fail like that
 *   command-failed TEXT NOTFOUND OTHER   the same for the exec itself: its text, its two exit statuses      argv0 TEXT
 *   open PATH          open-write PATH   use FD   pidfd PID   take one in hand        hold SLOT   take SLOT   move it
 *   put TEXT           writes to the one in hand             write PATH TEXT
 *   setns FLAGS        enters what is in hand, and lets go   try-setns SLOT FLAGS   finish-setns SLOT FLAGS   in two passes
 *   unshare FLAGS      mount SOURCE TARGET TYPE FLAGS        umount TARGET FLAGS     mkdir PATH
 *   rmgroup PATH       ends all in a control group and the groups inside, and removes them
 *   chdir PATH         fchdir   chroot PATH   hostname NAME   domainname NAME   terminal   prctl OPTION VALUE
 *   owner              whose file is in hand: `setgid owner` and `setuid owner` mean that one
 *   groups LIST        groups-early   groups-late   setgid N   setuid N   capabilities MASK   bounding MASK   ambient MASK
 *   keep PATH          if PATH is a mount point, keeps what is mounted there          restore      puts all of it back
 *   sysfs NAME         replaces /sys by a fresh one          sysfs-over NAME   covers it by one
 *   binds DIRECTORY TARGET   binds each entry of a directory
 *   leave-vrf          leaves the control group that ties this process to a VRF device
 *   aside N COUNT      COUNT words are for a child that waits until `join N` and is then waited for
 *   afterwards 3 COUNT the same, but it also does them when this process is killed: to tidy up
 *   run COUNT          COUNT words are a program and its arguments: runs it and waits
 *   fork FLAGS FORWARD BEFORE AFTER   goes on in a child; the parent does BEFORE words, waits, does AFTER words, ends alike
 *   background   goes on in a child that nobody waits for, in a session of its own
 *   stay PATH    closes all, locks the file, says so by closing the report, and stays until the file is taken away
 *   death-signal N PARENT   init   die with the parent; be the init of a pid namespace, and go on in a child
 */
#include "nsexec/credentials.h"
#include "nsexec/groups.h"
#include "nsexec/mounts.h"
#include "nsexec/processes.h"

static const struct { const char *name; unsigned words; long (*run)(char **); } steps[] = {
    {"say", 1, do_say},           {"exit", 1, do_exit},         {"report", 1, do_report},
    {"command-failed", 3, do_command_failed},                   {"argv0", 1, do_argv0},
    {"open", 1, do_open},         {"use", 1, do_use},           {"setns", 1, do_setns},
    {"unshare", 1, do_unshare},   {"mount", 4, do_mount},       {"umount", 2, do_umount},
    {"write", 2, do_write},       {"chdir", 1, do_chdir},       {"keep", 1, do_keep},
    {"restore", 0, do_restore},   {"sysfs", 1, do_sysfs},       {"sysfs-over", 1, do_sysfs_over},
    {"binds", 2, do_binds},       {"leave-vrf", 0, do_leave_vrf},
    {"open-write", 1, do_open_write},
    {"put", 1, do_put},           {"pidfd", 1, do_pidfd},       {"hold", 1, do_hold},
    {"take", 1, do_take},         {"try-setns", 2, do_try_setns},
    {"finish-setns", 2, do_finish_setns},                       {"fchdir", 0, do_fchdir},
    {"chroot", 1, do_chroot},     {"hostname", 1, do_hostname}, {"domainname", 1, do_domainname},
    {"prctl", 2, do_prctl},       {"mkdir", 1, do_mkdir},       {"rmgroup", 1, do_rmgroup},
    {"terminal", 0, do_terminal}, {"groups", 1, do_groups},     {"groups-early", 0, do_groups_early},
    {"groups-late", 0, do_groups_late},                         {"setgid", 1, do_setgid},
    {"setuid", 1, do_setuid},     {"capabilities", 1, do_capabilities},
    {"bounding", 1, do_bounding}, {"ambient", 1, do_ambient},   {"aside", 2, do_aside},
    {"join", 1, do_join},         {"run", 1, do_run},           {"fork", 4, do_fork},
    {"death-signal", 2, do_death_signal},                       {"init", 0, do_init},
    {"background", 0, do_background},                           {"stay", 1, do_stay},
    {"afterwards", 2, do_afterwards},                           {"tolerate", 1, do_tolerate},
    {"aside-failed", 1, do_aside_failed},                       {"owner", 0, do_owner},
};

static unsigned step_named(const char *word) {
  unsigned i = 0;
  while (i < sizeof steps / sizeof *steps && !same(word, steps[i].name)) i++;
  if (i == sizeof steps / sizeof *steps) fail(word, 0, EINVAL, 125);
  return i;
}

static char **run_step(char **word) {
  unsigned i = step_named(*word);
  long position = word - first_word;
  word++;
  for (unsigned n = 0; n < steps[i].words; n++)
    if (!word[n]) fail(steps[i].name, position, EINVAL, 125);
  skip = 0;
  long may_fail = tolerated;
  if (steps[i].run != do_say) tolerated = 0; /* what to say is about the next step, too */
  long error = steps[i].run(word);
  if (error < 0 && -error != may_fail) fail(say, position, -error, exit_status);
  return word + steps[i].words + skip;
}

static void run_list(char **word, char **end) {
  while (word < end) word = run_step(word);
}

__attribute__((noreturn, used)) static void nsexec(long *stack) {
  char **argv = (char **)(stack + 1), **word = argv + 1;
  first_word = word, environment = argv + stack[0] + 1;
  while (*word && !same(*word, "--")) word = run_step(word);
  if (!*word) fail("nsexec: no command", word - first_word, EINVAL, 125);
  become(word + 1, word - first_word);
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall nsexec\n");
#else
__asm__(".globl _start\n_start:\n\tmov x29, xzr\n\tmov x0, sp\n\tbl nsexec\n");
#endif
