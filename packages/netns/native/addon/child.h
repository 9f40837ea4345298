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

/* All signals are blocked around the clone: a handler that ran in the child would run in our memory. */
static long clone_and_wait(struct program *program, unsigned long flags) {
  char stack[16384] __attribute__((aligned(16)));
  uint64_t all = ~(uint64_t)0, old;
  int status;
  sys4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)&old, sizeof old);
  long pid = sys_clone_call(CLONE_VM | CLONE_VFORK | CLONE_FILES | flags, stack + sizeof stack, run_program, program, NULL, NULL);
  if (pid > 0)
    while (sys4(__NR_wait4, pid, (long)&status, __WALL, 0) == -EINTR) continue;
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old);
  return pid < 0 ? pid : 0;
}

#define NAMESPACE_FLAGS \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* inChild(steps, results: Int32Array, flags): runs `steps` (arrays like syscall's arguments) until one fails. */
static napi_value in_child(napi_env env, napi_callback_info info) {
  struct program program;
  napi_value values[3];
  size_t count = 3;
  long flags;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  long error = read_program(env, values[0], &program);
  if (error) return number(env, (double)error);
  if (!numbers_argument(env, values[1], (size_t)program.count, &program.results)) return number(env, -EINVAL);
  if (whole_number(env, values[2], &flags) || flags & ~(long)NAMESPACE_FLAGS) return number(env, -EINVAL);
  return number(env, (double)clone_and_wait(&program, (unsigned long)flags));
}

#endif
