// SPDX-License-Identifier: Apache-2.0
/*
 * inspect.c - proctrace inspect: everything /proc says about a process, decoded
 */
#include "cli/commands.h"

#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/units.h"
#include "cli/output.h"
#include "filter/match_container.h"
#include "inspect/common.h"
#include "inspect/doc_diff.h"
#include "inspect/section.h"
#include "tracer/kernel.h"

/* Elements of a list that are shown: as many as a person looks at, or a program expects. */
#define LIMIT_TEXT 64
#define LIMIT_JSON 4096
#define WIDTH_MAX  100 /* of lines that are broken, also on a wider terminal */

struct pids {
	uint32_t *list; /* owned */
	size_t len;
};

struct inspection {
	const struct options *options;
	struct world world;
	struct pids pids;
	struct buf out;
	bool failed;
};

/* ---- what is to be inspected ---- */

static int add_pid(struct pids *pids, uint32_t pid)
{
	uint32_t *list = reallocarray(pids->list, pids->len + 1, sizeof(*list));

	if (!list) {
		log_error("out of memory");
		return -ENOMEM;
	}
	pids->list = list;
	pids->list[pids->len++] = pid;
	return 0;
}

/* The container itself, not one that is in it. */
static bool is_meant(const char *name, const struct container_info *c)
{
	return match_container(name, c) && !match_container(name, c->outer);
}

/* Number 1 of a pid namespace, whose parent is outside. */
static bool is_init(const struct world *w, const struct resident *r)
{
	const struct resident *parent = world_find(w, r->ppid);

	return r->vpid == 1 && r->pid != 1 && !(parent && parent->container == r->container);
}

/* As far as can be seen afterwards: the container's init, else the oldest process in it. */
static bool is_earlier(const struct world *w, const struct resident *a, const struct resident *b)
{
	if (is_init(w, a) != is_init(w, b))
		return is_init(w, a);
	return a->start_ticks < b->start_ticks;
}

static const struct resident *first_in(const struct world *w, const struct container_info *c)
{
	const struct resident *first = NULL;

	for (size_t i = 0; i < w->residents_len; i++) {
		const struct resident *r = &w->residents[i];

		if (r->container == c && (!first || is_earlier(w, r, first)))
			first = r;
	}
	return first;
}

/* Adds the first process of each container that is meant. */
static int add_container(struct inspection *in, const char *name)
{
	const struct world *w = &in->world;
	bool found = false;
	int r = 0;

	world_scan(&in->world);
	for (size_t i = 0; r == 0 && i < w->residents_len; i++) {
		const struct container_info *c = w->residents[i].container;

		if (!is_meant(name, c) || first_in(w, c) != &w->residents[i])
			continue;
		found = true;
		r = add_pid(&in->pids, w->residents[i].pid);
	}
	if (r == 0 && !found) {
		log_error("no container '%s' has a process that can be seen here", name);
		in->failed = true;
	}
	return r;
}

static int find_targets(struct inspection *in)
{
	const struct options *o = in->options;
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->targets_len; i++) {
		const char *name = o->targets[i].name;
		uint64_t pid;

		if (o->targets[i].is_container) {
			r = add_container(in, name);
		} else if (parse_number(name, INT32_MAX, &pid) < 0 || pid == 0) {
			log_error("there is no process %s", name);
			in->failed = true;
		} else {
			r = add_pid(&in->pids, (uint32_t)pid);
		}
	}
	return r;
}

/* ---- what is found ---- */

static void say_unopened(struct inspection *in, uint32_t pid, int error)
{
	in->failed = true;
	if (error == -ESRCH)
		log_error("there is no process %u", pid);
	else if (error == -EINVAL)
		log_error("there is no process %u, only a thread", pid);
	else
		log_error("process %u cannot be read: %s", pid, strerror(-error));
}

/* What a list is cut at in print need not be what is compared. */
static uint64_t list_limit(const struct options *o)
{
	if (o->all)
		return 0;
	return o->format == FORMAT_JSON || o->diff ? LIMIT_JSON : LIMIT_TEXT;
}

/* Returns 0, or -ENOMEM; or a negative errno after it was said. */
static int inspect(struct inspection *in, uint32_t pid, struct doc *d)
{
	const struct options *o = in->options;
	const struct containers_answer *answer;
	struct subject s;
	int r = subject_open(&in->world, pid, &s);

	if (r < 0) {
		say_unopened(in, pid, r);
		return r;
	}
	r = doc_init(d, list_limit(o));
	if (r == 0) {
		common_subject(&s, d);
		sections_inspect(o->sections ? o->sections : SECTIONS_ALL, &s, d);
		r = subject_check(&s);
		if (r == -ESRCH) {
			doc_bool(d, "ended", "ended while it was read", true);
			in->failed = true;
		} else if (r < 0) {
			say_unopened(in, pid, r); /* whether all that is of one process */
		}
		if (o->diff && subject_container(&s, &answer) == 0 && answer->container)
			common_generalise(d, answer->container->id);
		r = d->failed ? -ENOMEM : 0;
	}
	if (r < 0) {
		log_error("out of memory");
		in->failed = true;
	}
	subject_close(&s);
	return r;
}

static void put_json(struct inspection *in, struct json_object *object)
{
	size_t len;
	const char *text = object ? json_object_to_json_string_length(
					    object, JSON_C_TO_STRING_NOSLASHESCAPE, &len) :
				    NULL;

	if (text) {
		buf_put(&in->out, text, len);
		buf_putc(&in->out, '\n');
	} else {
		in->out.failed = true;
	}
	json_object_put(object);
}

static void print(struct inspection *in, const struct doc *d, const struct doc_style *style)
{
	if (in->options->format == FORMAT_JSON) {
		put_json(in, doc_to_json(d));
		return;
	}
	if (in->out.len)
		buf_putc(&in->out, '\n');
	doc_write_text(d, style, &in->out);
}

static void inspect_all(struct inspection *in, const struct doc_style *style)
{
	for (size_t i = 0; i < in->pids.len; i++) {
		struct doc d = {};

		if (inspect(in, in->pids.list[i], &d) == 0)
			print(in, &d, style);
		doc_done(&d);
	}
}

static void write_who(struct inspection *in, const char *letter, const struct doc *d)
{
	buf_printf(&in->out, "%s is ", letter);
	doc_write_noted(d->root->first, &in->out);
	buf_putc(&in->out, '\n');
}

/* Takes value. */
static bool put(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && json_object_object_add(object, key, value) == 0)
		return true;
	json_object_put(value);
	return false;
}

static struct json_object *new_difference(const struct doc *a, const struct doc *b)
{
	struct json_object *object = json_object_new_object();
	bool escaped;

	if (object && put(object, "a", doc_value_to_json(a->root->first, &escaped)) &&
	    put(object, "b", doc_value_to_json(b->root->first, &escaped)) &&
	    put(object, "differences", doc_diff_to_json(a, b)))
		return object;
	json_object_put(object);
	return NULL;
}

static void print_diff(struct inspection *in, const struct doc *a, const struct doc *b,
		       const struct doc_style *style)
{
	size_t len;

	if (in->options->format == FORMAT_JSON) {
		put_json(in, new_difference(a, b));
		return;
	}
	write_who(in, "A", a);
	write_who(in, "B", b);
	len = in->out.len;
	doc_write_diff(a, b, style, &in->out);
	if (in->out.len == len)
		buf_puts(&in->out, "\nThey do not differ.\n");
}

static void inspect_two(struct inspection *in, const struct doc_style *style)
{
	struct doc a = {}, b = {};

	if (in->pids.len == 2) {
		if (inspect(in, in->pids.list[0], &a) == 0 &&
		    inspect(in, in->pids.list[1], &b) == 0)
			print_diff(in, &a, &b, style);
	} else if (!in->failed) {
		log_error("--diff compares two, and these are %zu processes", in->pids.len);
		in->failed = true;
	}
	doc_done(&a);
	doc_done(&b);
}

/* Returns the error of the output, or 0. */
static int run(struct inspection *in, int fd)
{
	unsigned int width = output_width(fd);
	const struct doc_style style = {
		.color = output_wants_color(in->options, fd),
		.width = width && width < WIDTH_MAX ? width : WIDTH_MAX,
	};

	if (find_targets(in) < 0) {
		in->failed = true;
		return 0;
	}
	if (in->options->diff)
		inspect_two(in, &style);
	else
		inspect_all(in, &style);
	if (in->out.failed)
		return -ENOMEM;
	return output_write(fd, str_from(in->out.data, in->out.len));
}

int cmd_inspect(struct options *options)
{
	struct world_options world = { .proc_root = options->proc_root,
				       .host_root = options->host_root,
				       .passwd_path = options->passwd_path,
				       .env_globs = (const char *const *)options->env.items,
				       .env_globs_len = options->env.len,
				       .keep_secrets = options->no_redact };
	struct inspection in = { .options = options };
	struct kernel_v1 v1;
	int fd, status, r;

	kernel_read_v1(options->proc_root, &v1);
	world.v1_hierarchy_id = v1.hierarchy_id;
	world.v1_controller = v1.hierarchy_id ? v1.controller : NULL;
	r = world_init(&in.world, &world);
	if (r < 0) {
		log_error("cannot read %s: %s", options->proc_root, strerror(-r));
		return STATUS_FAILURE;
	}
	/* Else a reader that leaves would end us before the status can be said. */
	signal(SIGPIPE, SIG_IGN);
	if (output_open(options, false, &fd) < 0) {
		world_done(&in.world);
		return STATUS_FAILURE;
	}
	r = run(&in, fd);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	status = output_status(options, r);
	world_done(&in.world);
	free(in.pids.list);
	buf_done(&in.out);
	return status == STATUS_OK && in.failed ? STATUS_FAILURE : status;
}
