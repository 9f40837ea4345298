/* A child that shares memory and descriptors, but nothing else, runs a list of system calls and is gone. */
#ifndef NETNS_ADDON_CHILD_H
#define NETNS_ADDON_CHILD_H

#include "arguments.h"

#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/wait.h>

struct program {
  struct step steps[MAX_STEPS];
  struct text text;
  long count;
  int32_t *results;
};

/* Until one fails; which one did: behind the last if none. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long run_steps(struct program *program) {
  long i;
  for (i = 0; i < program->count; i++) {
    struct step *step = &program->steps[i];
    for (unsigned j = 0; j < MAX_ARGS; j++)
      if (step->references & 1u << j) step->args[j] = program->results[step->args[j]];
    const long *a = step->args;
    long result = sys6(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    program->results[i] = (int32_t)result;
    if (result < 0) break;
  }
  return i;
}

static void run_program(void *data) {
  sys2(__NR_setpgid, 0, 0); /* whoever kills our whole process group does not stop this half-way */
  run_steps(data);
  for (;;) sys1(__NR_exit, 0);
}

static long read_step(napi_env env, napi_value array, struct program *program, uint32_t index) {
  struct step *step = &program->steps[index];
  napi_value value;
  uint32_t length;
  if (napi_get_array_length(env, array, &length) != napi_ok || length < 1 || length > MAX_ARGS) return -EINVAL;
  for (unsigned i = 0; i < MAX_ARGS; i++) step->args[i] = 0;
  step->references = 0, step->borrows = false;
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, array, i, &value) != napi_ok) return -EINVAL;
    long error = argument(env, value, &program->text, step, i);
    if (error) return error;
    if (step->references & 1u << i && (step->args[i] < 0 || step->args[i] >= (long)index)) return -EINVAL;
  }
  return 0;
}

static long read_program(napi_env env, napi_value steps, struct program *program) {
  napi_value array;
  uint32_t length;
  if (napi_get_array_length(env, steps, &length) != napi_ok || length > MAX_STEPS) return -EINVAL;
  program->text.used = 0;
  program->count = length;
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, steps, i, &array) != napi_ok) return -EINVAL;
    long error = read_step(env, array, program, i);
    if (error) return error;
  }
  return 0;
}

struct child {
  struct program program;
  char stack[16384] __attribute__((aligned(16)));
  long pid;
};

static void start_child(struct child *child, unsigned long flags) {
  child->pid = sys_clone_call(CLONE_VM | CLONE_FILES | flags, child->stack + sizeof child->stack, run_program, &child->program, NULL, NULL);
}

static void await_child(struct child *child) {
  int status;
  if (child->pid > 0)
    while (sys4(__NR_wait4, child->pid, (long)&status, __WALL, 0) == -EINTR) continue;
}

/* All signals are blocked around the clone: a handler that ran in the child would run in our memory. */
static long run_children(struct child *first, struct child *second, unsigned long flags) {
  uint64_t all = ~(uint64_t)0, old;
  sys4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)&old, sizeof old);
  start_child(first, second ? 0 : CLONE_VFORK | flags);
  if (second && first->pid > 0) {
    start_child(second, CLONE_VFORK);
    await_child(second);
  }
  await_child(first);
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old);
  long last = second && first->pid > 0 ? second->pid : first->pid;
  return last < 0 ? last : 0;
}

#define NAMESPACE_FLAGS \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

static long read_child(napi_env env, napi_value steps, napi_value results, struct child *child) {
  long error = read_program(env, steps, &child->program);
  if (!error && !numbers_argument(env, results, (size_t)child->program.count, &child->program.results)) error = -EINVAL;
  return error;
}

/* inChild(steps, results: Int32Array, flags): runs `steps` (arrays like syscall's arguments) until one fails. */
static napi_value in_child(napi_env env, napi_callback_info info) {
  struct child child;
  napi_value values[3];
  size_t count = 3;
  long flags;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  long error = read_child(env, values[0], values[1], &child);
  if (error) return number(env, (double)error);
  if (whole_number(env, values[2], &flags) || flags & ~(long)NAMESPACE_FLAGS) return number(env, -EINVAL);
  return number(env, (double)run_children(&child, NULL, (unsigned long)flags));
}

/* inChildren(steps, results, steps, results): two of them at the same time. */
static napi_value in_children(napi_env env, napi_callback_info info) {
  napi_value values[4];
  size_t count = 4;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  struct child *children = malloc(2 * sizeof *children);
  if (!children) return number(env, -ENOMEM);
  long result = read_child(env, values[0], values[1], &children[0]);
  if (!result) result = read_child(env, values[2], values[3], &children[1]);
  if (!result) result = run_children(&children[0], &children[1], 0);
  free(children);
  return number(env, (double)result);
}

#endif
