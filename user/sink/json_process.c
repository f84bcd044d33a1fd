// SPDX-License-Identifier: Apache-2.0
/*
 * json_process.c - the process of an event, in the schema's fields and in ours
 */
#include "sink/json_process.h"

#include "event/from_record.h"
#include "event/names.h"
#include "sink/json_kept.h"
#include "sink/json_parts.h"

static void put_args(struct json_put *w, const struct event_process *p)
{
	JSON_KEY(w, "args");
	w->args_escaped = json_put_words(w, p->args);
	JSON_U64(w, "args_count", p->args_count ? p->args_count : count_words(p->args));
	JSON_KEY(w, "command_line");
	json_put_command_line(w, p->args);
}

static void put_tty(struct json_put *w, const struct event_process *p)
{
	JSON_KEY(w, "interactive");
	json_put_bool(w, p->interactive);
	if (p->tty_major == 0 && p->tty_minor == 0)
		return;
	JSON_LITERAL(w, "\"tty\":{\"char_device\":{");
	JSON_U64(w, "major", p->tty_major);
	JSON_U64(w, "minor", p->tty_minor);
	json_put_close(w, '}');
	json_put_close(w, '}');
}

#define PUT_OWNER(w, key, number)       \
	do {                            \
		JSON_OBJECT(w, key);    \
		JSON_KEY(w, "id");      \
		json_put_id(w, number); \
		json_put_close(w, '}'); \
	} while (0)

/* The beginning of a longer name would not tell it from another one: they are not kept. */
#define KEPT_NAME_MAX 32

struct owners_key {
	uint32_t ids[6];
	uint32_t name_len;
	char name[KEPT_NAME_MAX];
};

static void make_owners(struct json_put *w, const struct event_creds *c)
{
	JSON_OBJECT(w, "user");
	JSON_KEY(w, "id");
	json_put_id(w, c->euid);
	JSON_TEXT(w, "name", "user.name", c->user_name);
	json_put_close(w, '}');
	PUT_OWNER(w, "real_user", c->uid);
	PUT_OWNER(w, "saved_user", c->suid);
	PUT_OWNER(w, "group", c->egid);
	PUT_OWNER(w, "real_group", c->gid);
	PUT_OWNER(w, "saved_group", c->sgid);
}

static void put_owners(struct json_put *w, const struct event_creds *c)
{
	struct owners_key key = {
		.ids = { c->euid, c->uid, c->suid, c->egid, c->gid, c->sgid },
		.name_len = (uint32_t)c->user_name.len,
	};
	struct json_mark mark;

	if (c->user_name.len > sizeof(key.name)) {
		make_owners(w, c);
		return;
	}
	if (c->user_name.len)
		memcpy(key.name, c->user_name.p, c->user_name.len);
	if (json_put_kept(w, JSON_PIECE_OWNERS, &key, sizeof(key), &mark))
		return;
	make_owners(w, c);
	json_keep(w, JSON_PIECE_OWNERS, &key, sizeof(key), &mark);
}

static void put_groups(struct json_put *w, const struct event_process *p)
{
	JSON_ARRAY(w, "supplemental_groups");
	for (uint32_t i = 0; i < p->groups_len; i++) {
		JSON_LITERAL(w, "{\"id\":");
		json_put_id(w, p->groups[i]);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void put_thread(struct json_put *w, const struct event_process *p)
{
	bool other_tid = p->tid && p->tid != p->pid;

	if (!other_tid && !event_has(p, FACT_CREDS))
		return;
	JSON_OBJECT(w, "thread");
	if (other_tid)
		JSON_U64(w, "id", p->tid);
	if (event_has(p, FACT_CREDS)) {
		JSON_LITERAL(w, "\"capabilities\":{\"effective\":");
		json_caps(w, p->creds.cap[PTC_CAP_EFFECTIVE]);
		JSON_KEY(w, "permitted");
		json_caps(w, p->creds.cap[PTC_CAP_PERMITTED]);
		json_put_close(w, '}');
	}
	json_put_close(w, '}');
}

static void put_parent(struct json_put *w, const struct event *e)
{
	JSON_OBJECT(w, "parent");
	json_ref(w, e->host, &e->proc.parent, "parent.name");
	json_put_close(w, '}');
}

static void put_times(struct json_put *w, const struct event *e)
{
	if (e->start_wall_ns) {
		JSON_KEY(w, "start");
		json_put_time(w, e->start_wall_ns);
	}
	if (e->kind != EVENT_EXIT)
		return;
	JSON_KEY(w, "end");
	json_put_time(w, e->wall_ns);
	if (!e->exit.signal)
		JSON_U64(w, "exit_code", e->exit.code);
}

void json_process(struct json_put *w, const struct event *e)
{
	const struct event_process *p = &e->proc;
	struct event_ref self = { .pid = p->pid, .start_ns = p->start_ns };

	json_place(w, "process", -1, "");
	JSON_OBJECT(w, "process");
	json_entity_id(w, e->host, &self);
	JSON_U64(w, "pid", p->pid);
	if (event_has(p, FACT_PIDS) && p->vpid_len)
		JSON_U64(w, "vpid", p->vpid[p->vpid_len - 1]);
	if (event_has(p, FACT_NAME))
		JSON_TEXT(w, "name", "name", p->name);
	if (event_has(p, FACT_EXE))
		JSON_TEXT(w, "executable", "executable", p->executable);
	if (event_has(p, FACT_ARGS))
		put_args(w, p);
	if (event_has(p, FACT_CWD))
		JSON_TEXT(w, "working_directory", "working_directory", p->cwd);
	put_times(w, e);
	if (event_has(p, FACT_TTY))
		put_tty(w, p);
	if (event_has(p, FACT_CREDS))
		put_owners(w, &p->creds);
	if (event_has(p, FACT_GROUPS))
		put_groups(w, p);
	put_thread(w, p);
	if (event_has(p, FACT_ENV)) {
		JSON_KEY(w, "env_vars");
		w->env_escaped = json_put_words(w, p->env);
	}
	if (event_has(p, FACT_PARENT) && p->parent.pid)
		put_parent(w, e);
	json_put_close(w, '}');
}

static void put_file(struct json_put *w, const struct event_file *f)
{
	JSON_OBJECT(w, "file");
	if (f->inode) {
		JSON_U64(w, "inode", f->inode);
		JSON_OBJECT(w, "device");
		JSON_U64(w, "major", f->dev_major);
		JSON_U64(w, "minor", f->dev_minor);
		json_put_close(w, '}');
		JSON_KEY(w, "mode");
		json_put_octal(w, f->mode & 07777, 4);
		JSON_KEY(w, "uid");
		json_put_id(w, f->uid);
	}
	JSON_FLAG(w, "deleted", f->deleted);
	JSON_FLAG(w, "memfd", f->memfd);
	JSON_FLAG(w, "script", f->script);
	JSON_TEXT(w, "interpreter", "file.interpreter", f->interpreter);
	JSON_TEXT(w, "filename", "file.filename", f->filename);
	json_put_close(w, '}');
}

struct credentials_key {
	uint64_t caps[3];
	uint32_t fsuid, fsgid, securebits, has_securebits;
};

static void put_credentials(struct json_put *w, const struct event_process *p)
{
	const struct event_creds *c = &p->creds;
	const struct credentials_key key = {
		.caps = { c->cap[PTC_CAP_INHERITABLE], c->cap[PTC_CAP_BOUNDING],
			  c->cap[PTC_CAP_AMBIENT] },
		.fsuid = c->fsuid,
		.fsgid = c->fsgid,
		.securebits = c->securebits,
		.has_securebits = p->source[FACT_CREDS] != SOURCE_PROCFS,
	};
	struct json_mark mark;

	if (json_put_kept(w, JSON_PIECE_CREDENTIALS, &key, sizeof(key), &mark))
		return;
	PUT_OWNER(w, "fs_user", c->fsuid);
	PUT_OWNER(w, "fs_group", c->fsgid);
	/* As /proc/<pid>/status has them: names of the bounding set alone would be 800 bytes. */
	JSON_OBJECT(w, "capabilities");
	JSON_KEY(w, "inheritable");
	json_put_hex(w, c->cap[PTC_CAP_INHERITABLE]);
	JSON_KEY(w, "bounding");
	json_put_hex(w, c->cap[PTC_CAP_BOUNDING]);
	JSON_KEY(w, "ambient");
	json_put_hex(w, c->cap[PTC_CAP_AMBIENT]);
	json_put_close(w, '}');
	/* /proc does not show them. */
	if (key.has_securebits)
		JSON_U64(w, "securebits", c->securebits);
	json_keep(w, JSON_PIECE_CREDENTIALS, &key, sizeof(key), &mark);
}

static void put_login(struct json_put *w, const struct event_process *p)
{
	JSON_OBJECT(w, "login");
	if (p->loginuid != UINT32_MAX)
		PUT_OWNER(w, "user", p->loginuid);
	if (p->session_id != UINT32_MAX)
		PUT_OWNER(w, "session", p->session_id);
	json_put_close(w, '}');
}

static void put_seccomp(struct json_put *w, const struct event_process *p)
{
	const char *mode = seccomp_name(p->seccomp);

	JSON_KEY(w, "seccomp");
	if (mode)
		json_put_string(w, str_of(mode));
	else
		json_put_id(w, p->seccomp);
	JSON_KEY(w, "no_new_privs");
	json_put_bool(w, p->no_new_privs);
}

static void put_pids(struct json_put *w, const struct event_process *p)
{
	JSON_ARRAY(w, "pids");
	for (uint32_t i = 0; i < p->vpid_len; i++)
		json_put_u64(w, p->vpid[i]);
	json_put_close(w, ']');
}

static void put_now(struct json_put *w, const struct event_now *now)
{
	JSON_OBJECT(w, "now");
	JSON_KEY(w, "state");
	json_put_string(w, str_from(&now->state, 1));
	JSON_U64(w, "cpu_ns", now->cpu_ns);
	JSON_U64(w, "resident_bytes", now->resident_bytes);
	json_put_close(w, '}');
}

static void put_creator(struct json_put *w, const struct event *e)
{
	JSON_OBJECT(w, "creator");
	json_ref(w, e->host, &e->proc.creator, "creator.name");
	json_put_close(w, '}');
}

void json_process_facts(struct json_put *w, const struct event *e)
{
	const struct event_process *p = &e->proc;

	if (event_has(p, FACT_NS))
		json_namespaces(w, p);
	if (event_has(p, FACT_PIDS))
		put_pids(w, p);
	if (event_has(p, FACT_CGROUP)) {
		JSON_KEY(w, "cgroup");
		json_cgroup(w, &p->cgroup, "cgroup.path");
	}
	if (event_has(p, FACT_SECCOMP))
		put_seccomp(w, p);
	if (event_has(p, FACT_LSM)) {
		JSON_KEY(w, "lsm");
		json_put_text(w, "lsm", p->lsm);
	}
	if (event_has(p, FACT_FILE))
		put_file(w, &p->file);
	if (event_has(p, FACT_CREDS))
		put_credentials(w, p);
	if (event_has(p, FACT_GROUPS) && p->groups_total > p->groups_len)
		JSON_U64(w, "groups_total", p->groups_total);
	if (event_has(p, FACT_LOGIN))
		put_login(w, p);
	if (event_has(p, FACT_OOM_SCORE)) {
		JSON_KEY(w, "oom_score_adj");
		json_put_i64(w, p->oom_score_adj);
	}
	if (p->threads)
		JSON_U64(w, "threads", p->threads);
	if (event_has(p, FACT_NOW))
		put_now(w, &p->now);
	JSON_FLAG(w, "kernel_thread", p->kernel_thread);
	if (p->creator.pid)
		put_creator(w, e);
	JSON_FLAG(w, "parent_found_later", event_has(p, FACT_PARENT) && !p->parent_at_fork);
}
