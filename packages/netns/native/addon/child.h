/* A child that shares memory and descriptors, but nothing else, runs a list of system calls and is gone. */
#ifndef NETNS_ADDON_CHILD_H
#define NETNS_ADDON_CHILD_H

#include "arguments.h"

#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/wait.h>

/* What some steps are done for, one round for each: texts, or numbers. */
struct items {
  long rounds;
  char *texts; /* ours, each with a NUL behind it */
  int32_t *numbers; /* memory of JavaScript */
};

struct program {
  struct step steps[MAX_STEPS];
  struct text text;
  long count, first; /* the steps from `first` on are done again for each item */
  struct items items;
  int32_t *results;
};

static bool has_items(const struct program *program) { return program->items.texts || program->items.numbers; }

/* `results`: of its round. Behind those before `first` there are those of one round after the other. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long run_step(struct program *program, long i, int32_t *results, long item) {
  const struct step *step = &program->steps[i];
  long a[MAX_ARGS];
  for (unsigned j = 0; j < MAX_ARGS; j++) {
    long arg = a[j] = step->args[j];
    if (step->references & 1u << j) a[j] = arg == ITEM ? item : (arg < program->first ? program->results : results)[arg];
  }
  return results[i] = (int32_t)sys6(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
}

/* Until one fails; which one did: behind the last if none. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long run_steps(struct program *program) {
  const char *text = program->items.texts;
  int32_t *results = program->results;
  long i;
  for (i = 0; i < program->first; i++)
    if (run_step(program, i, results, 0) < 0) return i;
  for (long round = 0; round < program->items.rounds; round++, results += program->count - program->first) {
    long item = text ? (long)text : program->items.numbers ? program->items.numbers[round] : 0;
    for (i = program->first; i < program->count; i++)
      if (run_step(program, i, results, item) < 0) return results - program->results + i;
    while (text && *text++) continue;
  }
  return results - program->results + program->first;
}

static void run_program(void *data) {
  sys2(__NR_setpgid, 0, 0); /* whoever kills our whole process group does not stop this half-way */
  run_steps(data);
  for (;;) sys1(__NR_exit, 0);
}

static long read_step(napi_env env, napi_value array, struct program *program) {
  struct step *step = &program->steps[program->count];
  napi_value value;
  uint32_t length;
  if (napi_get_array_length(env, array, &length) != napi_ok || length < 1 || length > MAX_ARGS) return -EINVAL;
  for (unsigned i = 0; i < MAX_ARGS; i++) step->args[i] = 0;
  step->references = 0, step->borrows = false;
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, array, i, &value) != napi_ok) return -EINVAL;
    long error = argument(env, value, &program->text, step, i);
    if (error) return error;
    if (step->references & 1u << i && !(step->args[i] == ITEM ? has_items(program) : step->args[i] < program->count)) return -EINVAL;
  }
  program->count++;
  return 0;
}

/* Between the steps: "a\0b\0c" or an Int32Array. */
static long read_items(napi_env env, napi_value value, struct program *program) {
  struct items *items = &program->items;
  size_t length;
  if (has_items(program)) return -EINVAL;
  program->first = program->count;
  if (numbers_argument(env, value, 1, &items->numbers, &length)) return items->rounds = (long)length, 0;
  items->numbers = NULL;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) return -EINVAL;
  if (!(items->texts = malloc(length + 1))) return -ENOMEM;
  napi_get_value_string_utf8(env, value, items->texts, length + 1, &length);
  for (size_t i = 0; i < length; i++) items->rounds += items->texts[i] == 0;
  return 0;
}

static void forget_program(struct program *program) { free(program->items.texts); }

/* To be forgotten, also where it fails. */
static long read_program(napi_env env, napi_value steps, struct program *program) {
  napi_value value;
  uint32_t length;
  bool is_step;
  program->text.used = 0, program->count = program->first = 0;
  program->items = (struct items){1, NULL, NULL};
  if (napi_get_array_length(env, steps, &length) != napi_ok || length > MAX_STEPS) return -EINVAL;
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, steps, i, &value) != napi_ok || napi_is_array(env, value, &is_step) != napi_ok) return -EINVAL;
    long error = is_step ? read_step(env, value, program) : read_items(env, value, program);
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
  struct program *program = &child->program;
  long error = read_program(env, steps, program);
  long needed = program->first + program->items.rounds * (program->count - program->first);
  if (!error && !numbers_argument(env, results, (size_t)needed, &program->results, NULL)) error = -EINVAL;
  return error;
}

/* inChild(steps, results: Int32Array, flags): runs `steps` (arrays like syscall's arguments) until one fails. */
static napi_value in_child(napi_env env, napi_callback_info info) {
  struct child child;
  napi_value values[3];
  size_t count = 3;
  long flags;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  long result = read_child(env, values[0], values[1], &child);
  if (!result && (whole_number(env, values[2], &flags) || flags & ~(long)NAMESPACE_FLAGS)) result = -EINVAL;
  if (!result) result = run_children(&child, NULL, (unsigned long)flags);
  forget_program(&child.program);
  return number(env, (double)result);
}

/* inChildren(steps, results, steps, results): two of them at the same time. */
static napi_value in_children(napi_env env, napi_callback_info info) {
  napi_value values[4];
  size_t count = 4;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  struct child *children = malloc(2 * sizeof *children);
  if (!children) return number(env, -ENOMEM);
  long result = read_child(env, values[0], values[1], &children[0]), other = read_child(env, values[2], values[3], &children[1]);
  if (!result) result = other ? other : run_children(&children[0], &children[1], 0);
  forget_program(&children[0].program), forget_program(&children[1].program);
  free(children);
  return number(env, (double)result);
}

#endif
