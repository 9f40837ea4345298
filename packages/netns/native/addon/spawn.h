/* Spawn: fork(2) copies the tables of all of our memory, for a gigabyte 38 ms of them; this child borrows the memory
 * until it is the program, and we do not wait for that: half of the work of a start is the kernel's, and another processor can do it. */
#ifndef NETNS_ADDON_SPAWN_H
#define NETNS_ADDON_SPAWN_H

#include "child.h"
#include "held.h"
#include "program.h"

#include <linux/eventpoll.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/wait.h>

#define LAUNCHES 16 /* so many children may be on their way to their program */
#define OUTCOME 3   /* numbers: the pidfd, which step failed (the exec is the one behind the last), and its errno or 0 */

struct launch {
  struct launch *next;
  int32_t under_way; /* until the kernel has taken our memory from the child, by exec or exit: CLONE_CHILD_CLEARTID */
  int32_t pidfd, step, error;
  char **paths, **argv, **environment, *environment_text;
  int32_t results[MAX_STEPS];
  struct program program;
  char stack[16384] __attribute__((aligned(16)));
};

/* A file without a known format is a shell script, as execvp(3) has it. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long execute(const char *path, char **argv, char **environment) {
  long error = sys3(__NR_execve, (long)path, (long)argv, (long)environment);
  if (error != -ENOEXEC) return error;
  char *first = argv[0], **shell = argv - 1; /* string_vector has left room */
  shell[0] = (char *)"/bin/sh", shell[1] = (char *)path;
  error = sys3(__NR_execve, (long)shell[0], (long)shell, (long)environment);
  argv[0] = first;
  return error;
}

__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long become_program(struct launch *launch) {
  long error = -ENOENT, denied = 0;
  drop_signals();
  launch->error = 0; /* what stays if there is no coming back */
  for (char **path = launch->paths; *path; path++) {
    error = execute(*path, launch->argv, launch->environment);
    if (error == -EACCES) denied = error;
    else if (error != -ENOENT && error != -ENOTDIR) return error;
  }
  return denied ? denied : error;
}

__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static void run_launch(void *data) {
  struct launch *launch = data;
  launch->step = (int32_t)run_steps(&launch->program);
  long error = launch->step < launch->program.count ? launch->results[launch->step] : become_program(launch);
  launch->error = (int32_t)-error;
  for (;;) sys1(__NR_exit, 1);
}

static bool is_under_way(struct launch *launch) { return __atomic_load_n(&launch->under_way, __ATOMIC_ACQUIRE) != 0; }

static void await_start(struct launch *launch) {
  while (is_under_way(launch)) sys4(__NR_futex, (long)&launch->under_way, FUTEX_WAIT, 1, 0);
}

static void launch_clear(struct launch *launch) {
  if (launch->paths) free(launch->paths);
  if (launch->argv) free(launch->argv - 1);
  if (launch->environment_text) free(launch->environment_text);
  if (launch->environment) free(launch->environment);
  launch->paths = launch->argv = launch->environment = NULL, launch->environment_text = NULL;
  launch->pidfd = -1, launch->step = 0, launch->error = 0;
}

static void launches_finalize(struct launch *launch) {
  while (launch) {
    struct launch *next = launch->next;
    await_start(launch);
    launch_clear(launch);
    free(launch);
    launch = next;
  }
}

/* One that is not in use. One that failed is, until `reap` has told of it. */
static struct launch *launch_take(struct held *held) {
  struct launch *launch, *busy = NULL;
  unsigned count = 0;
  for (launch = held->launches; launch; launch = launch->next)
    if (is_under_way(launch)) busy = launch, count++;
    else if (launch->error == 0) return launch_clear(launch), launch;
  if (count >= LAUNCHES) {
    await_start(busy);
    return launch_take(held);
  }
  if (!(launch = malloc(sizeof *launch))) return NULL;
  *launch = (struct launch){.next = held->launches, .pidfd = -1};
  return held->launches = launch;
}

static struct launch *launch_find(napi_env env, int pidfd) {
  struct held *held = NULL;
  napi_get_instance_data(env, (void **)&held);
  struct launch *launch = held ? held->launches : NULL;
  while (launch && launch->pidfd != pidfd) launch = launch->next;
  return launch;
}

/* If we are to wait, the kernel knows that from the beginning: it then gives the child our processor. Whoever emulates Linux may know a child
 * with our memory only like that. */
static long launch_child(struct launch *launch, bool wait) {
  unsigned long flags = CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID | SIGCHLD | (wait ? CLONE_VFORK : 0);
  uint64_t all = ~(uint64_t)0, old;
  char *stack = launch->stack + sizeof launch->stack;
  launch->under_way = 1, launch->error = EINTR; /* what stays if it is killed before it comes to the exec */
  sys4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)&old, sizeof old);
  long pid = sys_clone_call(flags, stack, run_launch, launch, &launch->pidfd, &launch->under_way);
  if (pid == -EINVAL) pid = sys_clone_call(flags | CLONE_VFORK, stack, run_launch, launch, &launch->pidfd, &launch->under_way);
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old);
  if (pid < 0) launch->under_way = 0, launch->error = 0;
  return pid;
}

static void wait_for(long pid, int32_t *status) {
  while (sys4(__NR_wait4, pid, (long)status, __WALL, 0) == -EINTR) continue;
}

static void end_child(long pid, int pidfd) {
  sys4(__NR_pidfd_send_signal, pidfd, SIGKILL, 0, 0);
  wait_for(pid, NULL);
  sys1(__NR_close, pidfd);
}

/* An epoll descriptor of children has their pidfds, and as data of each the process id, too. */
static long await_end(napi_env env, int epoll, long pid, int pidfd) {
  struct epoll_event event = {EPOLLIN, (uint64_t)pid << 32 | (uint32_t)pidfd};
  long error = sys4(__NR_epoll_ctl, epoll, EPOLL_CTL_ADD, pidfd, (long)&event);
  return error ? error : held_set(env, pidfd, true);
}

static long launch_fill(napi_env env, const napi_value *values, struct launch *launch) {
  long error = read_program(env, values[0], &launch->program);
  forget_program(&launch->program); /* it may not repeat anything: there is room for one round of results */
  if (!error && has_items(&launch->program)) error = -EINVAL;
  if (error) return error;
  for (long i = 0; i < launch->program.count; i++)
    if (launch->program.steps[i].borrows) return -EINVAL;
  launch->program.results = launch->results;
  launch->paths = string_vector(env, values[2], 0);
  launch->argv = string_vector(env, values[3], 1);
  launch->environment = is_null(env, values[4]) ? copied_vector(environ) : text_vector(env, values[4], &launch->environment_text);
  return launch->paths && launch->argv && launch->environment ? 0 : -EINVAL;
}

/* Nobody is told of a child that is not awaited, or has not come to its program. */
static long launch_settle(napi_env env, struct launch *launch, long pid, bool wait, napi_value value) {
  int epoll;
  if (wait) await_start(launch);
  bool failed = wait && launch->error;
  long error = failed ? -ECANCELED : small_number(env, value, &epoll) ? await_end(env, epoll, pid, launch->pidfd) : 0;
  if (!error) return pid;
  if (failed) wait_for(pid, NULL), sys1(__NR_close, launch->pidfd);
  else end_child(pid, launch->pidfd);
  await_start(launch);
  return error;
}

static void tell_outcome(struct launch *launch, int32_t *outcome) {
  outcome[0] = launch->pidfd, outcome[1] = launch->step, outcome[2] = launch->error;
}

/* spawn(steps, outcome, paths, argv, environment, wait, epoll): a child does the steps, then becomes the first of `paths` that there is. Without
 * an environment (null) it gets that of this process. With `epoll` (else null) its end is for `reap` to see, which closes the pidfd, too. With `wait` it is the
 * program when this returns; without, `started` and `reap` tell.
 * The process id, and the pidfd as `outcome`; -ECANCELED if it failed, with `outcome` saying where, and has been waited for. */
static napi_value spawn(napi_env env, napi_callback_info info) {
  napi_value values[7];
  size_t count = 7;
  struct held *held = NULL;
  int32_t *outcome;
  bool wait = true;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  napi_get_instance_data(env, (void **)&held);
  if (!numbers_argument(env, values[1], OUTCOME, &outcome, NULL) || napi_get_value_bool(env, values[5], &wait) != napi_ok || (!wait && is_null(env, values[6])))
    return number(env, -EINVAL);
  struct launch *launch = held ? launch_take(held) : NULL;
  if (!launch) return number(env, -ENOMEM);
  long result = launch_fill(env, values, launch);
  if (result) return number(env, (double)result);
  result = launch_child(launch, wait);
  if (result > 0) result = launch_settle(env, launch, result, wait, values[6]);
  tell_outcome(launch, outcome);
  if (result < 0 || is_null(env, values[6])) launch_clear(launch); /* `reap` will never ask for it */
  return number(env, (double)result);
}

/* started(pidfd, outcome): waits until a child is its program: 0; or has failed: -ECANCELED, and the outcome. */
static napi_value started(napi_env env, napi_callback_info info) {
  napi_value values[2];
  size_t count = 2;
  int pidfd;
  int32_t *outcome;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &pidfd) || pidfd < 0 || !numbers_argument(env, values[1], OUTCOME, &outcome, NULL)) return number(env, -EINVAL);
  struct launch *launch = launch_find(env, pidfd);
  if (launch) await_start(launch);
  if (!launch || !launch->error) return number(env, 0);
  tell_outcome(launch, outcome);
  return number(env, -ECANCELED);
}

#define UNKNOWN_STATUS 0xff00 /* of one that somebody else has waited for: exit code 255 */

/* reap(epoll, end): waits for one of the children that have ended. Its outcome goes to the Int32Array, with a pidfd that is closed, and behind
 * that the status of wait4(2). 1, or 0 if there is none. */
static napi_value reap(napi_env env, napi_callback_info info) {
  napi_value values[2];
  size_t count = 2;
  struct epoll_event event;
  int epoll;
  int32_t *end;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &epoll) || !numbers_argument(env, values[1], OUTCOME + 1, &end, NULL)) return number(env, -EINVAL);
  long found = sys6(__NR_epoll_pwait, epoll, (long)&event, 1, 0, 0, 0);
  if (found <= 0) return number(env, (double)found);
  int pidfd = (int)(uint32_t)event.data;
  end[0] = pidfd, end[1] = 0, end[2] = 0, end[3] = UNKNOWN_STATUS;
  if (sys4(__NR_wait4, (long)(event.data >> 32), (long)&end[3], WNOHANG, 0) == 0) return number(env, 0);
  struct launch *launch = launch_find(env, pidfd);
  if (launch) {
    await_start(launch);
    tell_outcome(launch, end);
    launch->pidfd = -1, launch->error = 0;
  }
  sys4(__NR_epoll_ctl, epoll, EPOLL_CTL_DEL, pidfd, 0); /* closing is not enough: another child may have it until it is a program */
  held_set(env, pidfd, false);
  sys1(__NR_close, pidfd);
  return number(env, 1);
}

#endif
