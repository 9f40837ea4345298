/* Readiness: libuv watches a descriptor and calls back. */
#ifndef NETNS_ADDON_WATCH_H
#define NETNS_ADDON_WATCH_H

#include "held.h"

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
#define UV_POLL_TYPE 8
#define UV_POLL_EVENTS 15 /* readable, writable, disconnect, prioritized: libuv aborts on others */
size_t uv_handle_size(int type);
int uv_poll_init(uv_loop_t *, uv_handle_t *, int fd);
int uv_poll_start(uv_handle_t *, int events, void (*)(uv_handle_t *, int status, int events));
int uv_poll_stop(uv_handle_t *);
void uv_close(uv_handle_t *, void (*)(uv_handle_t *));
void uv_handle_set_data(uv_handle_t *, void *);
void *uv_handle_get_data(const uv_handle_t *);
void uv_ref(uv_handle_t *);
void uv_unref(uv_handle_t *);

struct watch {
  napi_env env;
  napi_ref callback;
  napi_ref self; /* the JavaScript object lives as long as the watch is open: a forgotten one does not fall silent */
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  uv_handle_t *handle; /* NULL once closing */
  int references;      /* the JavaScript object and the libuv handle each hold one */
};

static void watch_release(struct watch *watch) {
  if (--watch->references == 0) free(watch);
}

static void watch_closed(uv_handle_t *handle) {
  struct watch *watch = uv_handle_get_data(handle);
  napi_remove_async_cleanup_hook(watch->hook);
  free(handle);
  watch_release(watch);
}

static void watch_close(struct watch *watch) {
  if (!watch->handle) return;
  uv_handle_t *handle = watch->handle;
  watch->handle = NULL;
  napi_delete_reference(watch->env, watch->callback);
  napi_delete_reference(watch->env, watch->self);
  napi_async_destroy(watch->env, watch->context);
  uv_poll_stop(handle);
  uv_close(handle, watch_closed);
}

static void watch_cleanup(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  watch_close(data);
}

static void watch_finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  watch_close(data);
  watch_release(data);
}

/* Nobody called us: what the callback threw is an uncaught exception, not one for whoever calls into this addon next. */
static void report_exception(napi_env env) {
  bool pending = false;
  napi_value exception;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) napi_fatal_exception(env, exception);
}

static void watch_ready(uv_handle_t *handle, int status, int events) {
  struct watch *watch = uv_handle_get_data(handle);
  napi_handle_scope scope;
  napi_value callback, receiver, arguments[2];
  napi_open_handle_scope(watch->env, &scope);
  napi_get_reference_value(watch->env, watch->callback, &callback);
  napi_get_global(watch->env, &receiver);
  arguments[0] = number(watch->env, status);
  arguments[1] = number(watch->env, events);
  napi_make_callback(watch->env, watch->context, receiver, callback, 2, arguments, NULL);
  report_exception(watch->env);
  napi_close_handle_scope(watch->env, scope);
}

/* Takes over both pieces of memory unless it fails. */
static int watch_open(napi_env env, struct watch *watch, uv_handle_t *handle, int fd, int events, napi_value callback) {
  uv_loop_t *loop;
  napi_value name;
  if (!watch || !handle) return -ENOMEM;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return -ENOSYS;
  int error = uv_poll_init(loop, handle, fd);
  if (error) return error;
  uv_handle_set_data(handle, watch);
  napi_create_string_utf8(env, "netns.watch", NAPI_AUTO_LENGTH, &name);
  watch->env = env, watch->handle = handle, watch->references = 2;
  napi_async_init(env, NULL, name, &watch->context);
  napi_create_reference(env, callback, 1, &watch->callback);
  napi_add_async_cleanup_hook(env, watch_cleanup, watch, &watch->hook);
  uv_poll_start(handle, events, watch_ready); /* fails only for events that the caller has refused */
  return 0;
}

/* watch(fd, events, callback(status, events)): a handle for unwatch and keepAlive, or -errno. The descriptor becomes non-blocking. */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value values[3], result;
  napi_valuetype type;
  size_t count = 3;
  int fd, events;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &fd) || !small_number(env, values[1], &events) || events == 0 ||
      events & ~UV_POLL_EVENTS || napi_typeof(env, values[2], &type) != napi_ok || type != napi_function)
    return number(env, -EINVAL);
  struct watch *watch = malloc(sizeof *watch);
  uv_handle_t *handle = malloc(uv_handle_size(UV_POLL_TYPE));
  int error = watch_open(env, watch, handle, fd, events, values[2]);
  if (error) {
    free(watch), free(handle);
    return number(env, error);
  }
  napi_create_external(env, watch, watch_finalize, NULL, &result);
  napi_create_reference(env, result, 1, &watch->self);
  return result;
}

static struct watch *watch_argument(napi_env env, napi_callback_info info, int *flag) {
  napi_value values[2];
  size_t count = 2;
  void *data = NULL;
  bool on;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (flag && napi_get_value_bool(env, values[1], &on) == napi_ok) *flag = on;
  return napi_get_value_external(env, values[0], &data) == napi_ok ? data : NULL;
}

/* unwatch(handle): no callback after this; harmless when repeated. */
static napi_value unwatch(napi_env env, napi_callback_info info) {
  struct watch *watch = watch_argument(env, info, NULL);
  if (!watch) return number(env, -EINVAL);
  watch_close(watch);
  return number(env, 0);
}

/* keepAlive(handle, boolean): whether the watch alone keeps the event loop running. */
static napi_value keep_alive(napi_env env, napi_callback_info info) {
  int on = -1;
  struct watch *watch = watch_argument(env, info, &on);
  if (!watch || !watch->handle || on < 0) return number(env, -EINVAL);
  (on ? uv_ref : uv_unref)(watch->handle);
  return number(env, 0);
}

#endif
