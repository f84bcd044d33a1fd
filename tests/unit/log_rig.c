// SPDX-License-Identifier: Apache-2.0
/*
 * log_rig.c - a log in a directory of its own, and all of its records read back
 */
#include "log_rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/cleanup.h"
#include "log/closed.h"
#include "sink/json.h"

#define DEADLINE_MS 20000

static const struct event_host host = {
	.hostname = { .p = "test", .len = 4 },
	.boot_id = { .p = "5f0c9a1e-0000-4000-8000-000000000000", .len = 36 },
};

int rig_setup(void **state)
{
	struct log_rig *r = calloc(1, sizeof(*r));
	static char *options[] = { "--log", "events", "--password=hunter2" };

	assert_non_null(r);
	strcpy(r->dir, "/tmp/proctrace-log-XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->path, sizeof(r->path), "%s/events", r->dir);
	r->options.append.path = r->path;
	r->options.append.facts.host = &host;
	r->options.append.facts.file = r->path;
	r->options.append.facts.options = options;
	r->options.append.facts.options_len = 3;
	r->options.retry_ns = 1000000;
	r->next_pid = 1;
	*state = r;
	return 0;
}

static void forget(struct log_rig *r)
{
	for (size_t i = 0; i < r->len; i++) {
		json_object_put(r->all[i].root);
		free(r->all[i].line);
	}
	free(r->all);
	r->all = NULL;
	r->len = 0;
}

static void remove_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

int rig_teardown(void **state)
{
	struct log_rig *r = *state;
	struct recorder_state ignored;

	if (r->recorder) {
		recorder_close(r->recorder, &ignored);
		recorder_free(r->recorder);
	}
	forget(r);
	remove_all(r->dir);
	free(r);
	return 0;
}

void rig_start(struct log_rig *r)
{
	struct why why;

	if (recorder_new(&r->options, &r->recorder, &why) < 0 ||
	    recorder_begin(r->recorder, &why) < 0)
		fail_msg("%s", why.text);
}

const char *rig_refused(struct log_rig *r)
{
	static struct why why;

	assert_true(recorder_new(&r->options, &r->recorder, &why) < 0);
	return why.text;
}

void rig_stop_state(struct log_rig *r, struct recorder_state *ret_state)
{
	recorder_close(r->recorder, ret_state);
	recorder_free(r->recorder);
	r->recorder = NULL;
}

void rig_stop(struct log_rig *r)
{
	struct recorder_state state;

	rig_stop_state(r, &state);
	if (state.begun != state.ended || state.lost)
		fail_msg("%llu lost: %s", (unsigned long long)state.lost, state.why.text);
}

bool rig_put(struct log_rig *r)
{
	struct event e = {
		.kind = EVENT_FORK,
		.wall_ns = 1780000000000000000 + r->next_pid,
		.sequence = r->next_pid,
		.about_process = true,
		.host = &host,
		.proc.pid = r->next_pid,
	};
	struct buf line = { 0 };
	bool taken;

	r->next_pid++;
	json_emit(&e, &line);
	taken = recorder_put(r->recorder, line.data, line.len, &e, NULL);
	buf_done(&line);
	return taken;
}

void rig_put_all(struct log_rig *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(rig_put(r));
	recorder_flush(r->recorder);
}

bool rig_is_written(const struct recorder_state *state)
{
	return state->waiting == 0;
}

bool rig_is_in_trouble(const struct recorder_state *state)
{
	return state->begun != state->ended;
}

bool rig_has_recovered(const struct recorder_state *state)
{
	return state->begun && state->begun == state->ended && state->waiting == 0;
}

void rig_wait(struct log_rig *r, bool (*is)(const struct recorder_state *state))
{
	struct recorder_state state;

	for (int ms = 0; ms < DEADLINE_MS; ms++) {
		recorder_state(r->recorder, &state);
		if (is(&state))
			return;
		recorder_flush(r->recorder);
		poll(NULL, 0, 1);
	}
	fail_msg("begun %llu ended %llu waiting %llu: %s", (unsigned long long)state.begun,
		 (unsigned long long)state.ended, (unsigned long long)state.waiting,
		 state.why.text);
}

static struct json_object *member(struct json_object *o, const char *path)
{
	char copy[128], *rest = copy, *name;

	snprintf(copy, sizeof(copy), "%s", path);
	while (o && (name = strsep(&rest, ".")))
		if (!json_object_object_get_ex(o, name, &o))
			return NULL;
	return o;
}

static void add_line(struct log_rig *r, const char *file, const char *line, size_t len,
		     struct chain *chain)
{
	struct logged *l;
	enum chain_result result;

	r->all = reallocarray(r->all, r->len + 1, sizeof(*r->all));
	assert_non_null(r->all);
	l = &r->all[r->len++];
	*l = (struct logged){ .line = strndup(line, len), .len = len, .pid = -1, .action = "" };
	snprintf(l->file, sizeof(l->file), "%s", file);
	result = chain_check(chain, str_from(line, len));
	if (result == CHAIN_MALFORMED)
		return;
	if (result != CHAIN_OK)
		fail_msg("%s: not the record after %llu: %.*s", file,
			 (unsigned long long)chain->seq, (int)len, line);
	l->root = json_tokener_parse(l->line);
	l->seq = chain->seq;
	l->action = json_object_get_string(member(l->root, "event.action"));
	assert_non_null(l->action);
	if (member(l->root, "process.pid"))
		l->pid = json_object_get_int64(member(l->root, "process.pid"));
}

/* The chain of a log whose beginning was removed is only known from its first record. */
static void begin_chain(struct chain *chain, const char *line, size_t len)
{
	struct chain_parts parts;

	if (chain->seq || !chain_split(str_from(line, len), &parts) || parts.seq == 1)
		return;
	chain->seq = parts.seq;
	memcpy(chain->head, parts.chain, CHAIN_BYTES);
}

static void read_file(struct log_rig *r, const char *name, struct chain *chain)
{
	static char text[1 << 20];
	gzFile file = gzopen(rig_file(r, name), "r");
	size_t first = r->len;

	assert_non_null(file);
	while (gzgets(file, text, sizeof(text))) {
		size_t len = strlen(text);

		if (len && text[len - 1] == '\n')
			len--;
		begin_chain(chain, text, len);
		if (chain->seq && r->len == 0 && first == 0) {
			struct chain_parts parts;

			if (chain_split(str_from(text, len), &parts) && parts.seq == chain->seq &&
			    chain->seq != 1)
				continue; /* the record that the chain was taken from */
		}
		add_line(r, name, text, len, chain);
	}
	gzclose(file);
}

size_t rig_read(struct log_rig *r)
{
	_cleanup_close_ int dir_fd = open(r->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ struct closed *list = NULL;
	struct chain chain = { 0 };
	char name[CLOSED_NAME_MAX];
	size_t len;

	forget(r);
	assert_int_equal(closed_list(dir_fd, "events", &list, &len), 0);
	for (size_t i = 0; i < len; i++) {
		assert_false(list[i].undone);
		closed_name_of(name, "events", &list[i]);
		read_file(r, name, &chain);
	}
	read_file(r, "events", &chain);
	return r->len;
}

void rig_check_events(const struct log_rig *r, uint32_t first, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < r->len; i++) {
		if (r->all[i].pid < 0)
			continue;
		assert_int_equal(r->all[i].pid, first + found);
		found++;
	}
	assert_int_equal(found, n);
}

const struct logged *rig_find(const struct log_rig *r, const char *action, size_t nth)
{
	for (size_t i = 0; i < r->len; i++) {
		if (!strcmp(r->all[i].action, action) && nth-- == 0)
			return &r->all[i];
	}
	return NULL;
}

const char *rig_text(const struct logged *record, const char *path)
{
	char whole[128];
	struct json_object *o;

	assert_non_null(record);
	snprintf(whole, sizeof(whole), "proctrace.%s", path);
	o = member(record->root, whole);
	return o ? json_object_get_string(o) : "";
}

const char *rig_file(const struct log_rig *r, const char *name)
{
	static char paths[4][128];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", r->dir, name);
	return path;
}

size_t rig_size(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

void rig_write(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

bool rig_exists(const struct log_rig *r, const char *name)
{
	return access(rig_file(r, name), F_OK) == 0;
}
