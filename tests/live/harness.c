// SPDX-License-Identifier: Apache-2.0
/*
 * harness.c - a running proctrace and the events that it printed
 */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "scratch.h"

#define TAIL_LINES 12	/* events of each tracer that a failure prints */
#define TAIL_CHARS 1500 /* of each */

static struct harness *tracers;

const char *proctrace(void)
{
	const char *path = getenv("PROCTRACE");

	return path ? path : "build/proctrace";
}

static void print_tail(const struct harness *h)
{
	size_t from = h->events_len > TAIL_LINES ? h->events_len - TAIL_LINES : 0;

	fprintf(stderr, "--- proctrace[%d] printed %zu events; the last:\n", h->tracer->pid,
		h->events_len);
	for (size_t i = from; i < h->events_len; i++)
		fprintf(stderr, "%.*s\n", TAIL_CHARS,
			json_object_to_json_string_ext(h->events[i], JSON_C_TO_STRING_PLAIN));
	if (!h->json)
		fprintf(stderr, "%.*s\n", 4 * TAIL_CHARS, h->tracer->out.data);
	fprintf(stderr, "--- its standard error:\n%.*s---\n", 4 * TAIL_CHARS, h->tracer->err.data);
}

void harness_fail_at(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	for (struct harness *h = tracers; h; h = h->next)
		print_tail(h);
	_fail(file, line);
	abort();
}

void harness_skip(const char *fmt, ...)
{
	char why[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	if (getenv("PROCTRACE_NO_SKIP"))
		harness_fail("cannot run here, and PROCTRACE_NO_SKIP is set: %s", why);
	fprintf(stderr, "skipped: %s\n", why);
	_skip(__FILE__, __LINE__);
	abort();
}

/* Each tracer's lines go whole into one file for the test program. */
void harness_record(const char *line, size_t len)
{
	const char *dir = getenv("PROCTRACE_JSON_DIR");
	char path[512];
	int fd;

	if (!dir)
		return;
	snprintf(path, sizeof(path), "%s/%s.jsonl", dir, program_invocation_short_name);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, line, len) != (ssize_t)len)
		harness_fail("%s: %s", path, strerror(errno));
	close(fd);
}

static void add_event(struct harness *h, struct json_object *event)
{
	if (h->events_len == h->events_cap) {
		h->events_cap = h->events_cap ? 2 * h->events_cap : 1024;
		h->events = realloc(h->events, h->events_cap * sizeof(h->events[0]));
		if (!h->events)
			abort();
	}
	h->events[h->events_len++] = event;
}

/* Parses one line strictly: it must be one object and nothing else. */
static struct json_object *parse_line(struct json_tokener *tokener, const char *line, size_t len)
{
	struct json_object *event;

	json_tokener_reset(tokener);
	event = json_tokener_parse_ex(tokener, line, (int)len);
	if (!event || !json_object_is_type(event, json_type_object) ||
	    json_tokener_get_parse_end(tokener) != len)
		harness_fail("this line is no JSON object (%s): %.*s",
			     json_tokener_error_desc(json_tokener_get_error(tokener)), (int)len,
			     line);
	return event;
}

void harness_take(struct harness *h)
{
	struct stream *out = &h->tracer->out;
	struct json_tokener *tokener;
	size_t at = 0;
	char *end;

	if (!h->json)
		return;
	tokener = json_tokener_new_ex(32);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	while ((end = memchr(out->data + at, '\n', out->len - at))) {
		size_t len = (size_t)(end - out->data) - at;

		add_event(h, parse_line(tokener, out->data + at, len));
		at += len + 1;
	}
	if (at)
		harness_record(out->data, at);
	stream_consume(out, at);
	json_tokener_free(tokener);
}

static bool wants_json(const char *const args[])
{
	for (size_t i = 0; args[i] && strcmp(args[i], "--"); i++) {
		if (!strcmp(args[i], "json") || !strcmp(args[i], "--format=json") ||
		    !strcmp(args[i], "-fjson"))
			return true;
	}
	return false;
}

static void wait_until_tracing(struct harness *h)
{
	int64_t deadline = clock_ms() + deadline_ms();
	struct command *c = h->tracer;

	while (!strstr(c->err.data, "proctrace: tracing")) {
		if (c->err.fd < 0) {
			command_wait(c, deadline_ms());
			if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 3)
				harness_skip("%s", c->err.data);
			harness_fail("proctrace ended before it traced: wait status 0x%x",
				     (unsigned int)c->status);
		}
		if (!stream_pump(-1, deadline) && clock_ms() >= deadline)
			harness_fail("proctrace does not say that it traces");
	}
}

struct command *harness_run(int want, const struct command_options *options, const char *subcommand,
			    const char *const args[])
{
	const char *argv[32] = { proctrace(), subcommand };
	size_t n = subcommand ? 2 : 1;
	struct command *c;
	int status;

	for (size_t i = 0; args[i] && n < 31; i++)
		argv[n++] = args[i];
	c = command_start(options, argv);
	status = command_wait(c, deadline_ms());
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (status != want)
		harness_fail("%s %s …: exit status %d, not %d; it printed:\n%s%s",
			     argv[1] ? argv[1] : "", argv[1] && argv[2] ? argv[2] : "", status,
			     want, c->out.data, c->err.data);
	return c;
}

struct harness *harness_start_argv(const char *const args[])
{
	const char *argv[64] = { proctrace() };
	struct harness *h = calloc(1, sizeof(*h));

	if (!h)
		abort();
	for (size_t i = 0; i < 62 && args[i]; i++)
		argv[i + 1] = args[i];
	h->json = wants_json(args);
	h->tracer = command_start(NULL, argv);
	h->next = tracers;
	tracers = h;
	wait_until_tracing(h);
	return h;
}

struct harness *harness_start_own_argv(const char *const args[])
{
	char pid[16];
	const char *all[64] = { "-p", pid };

	snprintf(pid, sizeof(pid), "%d", getpid());
	for (size_t i = 0; i < 61 && args[i]; i++)
		all[i + 2] = args[i];
	return harness_start_argv(all);
}

struct json_object *harness_find_where(struct harness *h, harness_match_fn match, const void *arg)
{
	harness_take(h);
	for (size_t i = 0; i < h->events_len; i++) {
		if (match(h->events[i], arg))
			return h->events[i];
	}
	return NULL;
}

struct which {
	const char *action;
	pid_t pid;
};

static bool is_which(struct json_object *event, const void *arg)
{
	const struct which *w = arg;
	const char *action = field_str(event, "event.action");

	return (!w->action || (action && !strcmp(action, w->action))) &&
	       (!w->pid || field_int(event, "process.pid") == w->pid);
}

struct json_object *harness_find(struct harness *h, const char *action, pid_t pid)
{
	struct which w = { action, pid };

	return harness_find_where(h, is_which, &w);
}

struct json_object *harness_find_last(struct harness *h, const char *action, pid_t pid)
{
	struct which w = { action, pid };

	harness_take(h);
	for (size_t i = h->events_len; i-- > 0;) {
		if (is_which(h->events[i], &w))
			return h->events[i];
	}
	return NULL;
}

size_t harness_count(struct harness *h, const char *action, pid_t pid)
{
	struct which w = { action, pid };
	size_t n = 0;

	harness_take(h);
	for (size_t i = 0; i < h->events_len; i++)
		n += is_which(h->events[i], &w);
	return n;
}

/* NULL: the time was over, or proctrace ended. */
static struct json_object *wait_until(struct harness *h, harness_match_fn match, const void *arg,
				      int64_t deadline)
{
	struct json_object *found;

	while (!(found = harness_find_where(h, match, arg)) && h->tracer->out.fd >= 0)
		if (!stream_pump(-1, deadline) && clock_ms() >= deadline)
			break;
	return found;
}

struct json_object *harness_wait_where_at(struct harness *h, harness_match_fn match,
					  const void *arg, const char *what, const char *file,
					  int line)
{
	struct json_object *found = wait_until(h, match, arg, clock_ms() + deadline_ms());

	if (!found)
		harness_fail_at(
			file, line, "%s %s",
			h->tracer->out.fd < 0 ? "proctrace ended without" : "no event where", what);
	return found;
}

struct json_object *harness_wait_event_at(struct harness *h, const char *action, pid_t pid,
					  const char *file, int line)
{
	struct which w = { action, pid };
	char what[64];

	snprintf(what, sizeof(what), "event %s of pid %d", action, pid);
	return harness_wait_where_at(h, is_which, &w, what, file, line);
}

/* On a slow machine the exit may be one of the events that could not be printed: once more, then. */
void harness_sync(struct harness *h)
{
	struct which w = { "exit", 0 };

	for (int tries = 0; tries < 2; tries++) {
		struct command *c = command_run(NULL, argv_of(workload("tiny"), "sync"));

		w.pid = c->pid;
		command_free(c);
		if (wait_until(h, is_which, &w, clock_ms() + deadline_ms() / 2))
			return;
	}
	harness_fail("no exit of pid %d, nor of the one before", w.pid);
}

void harness_forget(struct harness *h)
{
	harness_take(h);
	for (size_t i = 0; i < h->events_len; i++)
		json_object_put(h->events[i]);
	h->events_len = 0;
}

int harness_stop(struct harness *h)
{
	int status;

	if (!h->tracer->ended)
		kill(h->tracer->pid, SIGINT);
	status = command_wait(h->tracer, deadline_ms());
	harness_take(h);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

uint64_t harness_summary(struct harness *h, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = h->tracer->err.data; (p = strstr(p, word)); p += len) {
		uint64_t n;

		if (sscanf(p + len, " %" SCNu64, &n) == 1)
			return n;
	}
	return UINT64_MAX;
}

void harness_stop_whole(struct harness *h)
{
	int status = harness_stop(h);
	uint64_t written = harness_summary(h, "written"), lost = harness_summary(h, "lost");
	uint64_t delivered = harness_summary(h, "delivered");

	if (status != 0)
		harness_fail("proctrace's exit status is %d", status);
	if (lost != 0 || written == UINT64_MAX || written != delivered + lost)
		harness_fail("written %" PRIu64 ", delivered %" PRIu64 ", lost %" PRIu64, written,
			     delivered, lost);
}

void harness_free(struct harness *h)
{
	struct harness **at = &tracers;

	if (!h)
		return;
	while (*at && *at != h)
		at = &(*at)->next;
	if (*at)
		*at = h->next;
	for (size_t i = 0; i < h->events_len; i++)
		json_object_put(h->events[i]);
	free(h->events);
	command_free(h->tracer);
	free(h);
}

int live_setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

int live_teardown(void **state)
{
	(void)state;
	while (tracers)
		harness_free(tracers);
	command_teardown();
	cgroups_teardown();
	scratch_teardown();
	return 0;
}
