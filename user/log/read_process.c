// SPDX-License-Identifier: Apache-2.0
/*
 * read_process.c - the process and the containers of a parsed line
 */
#include "log/read_process.h"

#include <string.h>

#include "event/names.h"
#include "log/read_caps.h"
#include "log/read_container.h"

/* Digits up to a limit, at the start of *s, which is moved on. */
static bool take_u64(struct str *s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < s->len && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s->p[i] - '0'), &v))
			return false;
	}
	if (i == 0 || v > max)
		return false;
	*s = str_from(s->p + i, s->len - i);
	*ret = v;
	return true;
}

/* The start time in "<boot>-<pid>-<start>", if boot and pid are the expected ones. */
static bool parse_entity_id(struct str s, const struct event_host *host, uint32_t pid,
			    uint64_t *ret_start_ns)
{
	uint64_t entity_pid, start_ns;

	if (!host || host->boot_id.len < ENTITY_BOOT_LEN || s.len < ENTITY_BOOT_LEN + 4)
		return false;
	if (memcmp(s.p, host->boot_id.p, ENTITY_BOOT_LEN) != 0 || s.p[ENTITY_BOOT_LEN] != '-')
		return false;
	s = str_from(s.p + ENTITY_BOOT_LEN + 1, s.len - ENTITY_BOOT_LEN - 1);
	if (!take_u64(&s, UINT32_MAX, &entity_pid) || entity_pid != pid || s.len == 0 ||
	    s.p[0] != '-')
		return false;
	s = str_from(s.p + 1, s.len - 1);
	if (!take_u64(&s, UINT64_MAX, &start_ns) || s.len)
		return false;
	*ret_start_ns = start_ns;
	return true;
}

static void read_entity_id(struct fields *f, const struct node *o, const struct event_host *host,
			   uint32_t pid, uint64_t *ret_start_ns)
{
	struct str s;

	if (fields_word(f, o, "entity_id", &s) && !parse_entity_id(s, host, pid, ret_start_ns))
		f->damaged = true;
}

void read_ref(struct fields *f, const struct node *o, const struct event_host *host,
	      const char *leaf, struct event_ref *ret_ref)
{
	fields_u32(f, o, "pid", &ret_ref->pid);
	read_entity_id(f, o, host, ret_ref->pid, &ret_ref->start_ns);
	fields_text(f, o, "name", leaf, &ret_ref->name);
}

void log_read_cgroup(struct fields *f, const struct node *o, const char *leaf,
		     struct event_cgroup *ret_cgroup)
{
	fields_u64(f, o, "id", UINT64_MAX, &ret_cgroup->id);
	fields_text(f, o, "path", leaf, &ret_cgroup->path);
	ret_cgroup->v1 = fields_flag(f, o, "v1");
}

const struct event_isolated *read_isolated(struct fields *f, const struct node *o,
					   const struct event_host *host)
{
	struct event_isolated *group = o ? arena_alloc(f->arena, sizeof(*group)) : NULL;
	struct str by = { 0 };
	int ns;

	if (!group) {
		f->damaged |= o != NULL;
		return NULL;
	}
	fields_word(f, o, "by", &by);
	ns = ns_parse(by);
	if (ns < 0 || !fields_u32(f, o, "ns", &group->ns)) {
		f->damaged = true;
		return NULL;
	}
	group->type = (enum ptc_ns)ns;
	fields_text(f, o, "name", "isolated.name", &group->name);
	read_ref(f, fields_object(f, o, "maker"), host, "isolated.maker.name", &group->maker);
	fields_place(f, f->object, f->index,
		     f->index < 0 ? "isolated.container." : "owner.container.");
	group->container = read_other_container(f, fields_object(f, o, "container"));
	return group;
}

/* "source", "missing" and "truncated" say which facts the line has. */
static void read_provenance(struct fields *f, const struct node *proctrace, struct event_process *p)
{
	const struct node *source = fields_object(f, proctrace, "source");
	const struct node *missing = fields_object(f, proctrace, "missing");
	const struct node *truncated = fields_array(f, proctrace, "truncated");
	struct str word;

	for (int i = 0; i < FACT_COUNT; i++) {
		const char *key = fact_name((enum fact)i);
		int value;

		if (fields_word(f, source, key, &word)) {
			value = source_parse(word);
			if (value > SOURCE_NONE)
				event_set(p, (enum fact)i, (enum source)value);
		} else if (fields_word(f, missing, key, &word)) {
			value = missing_parse(word);
			if (value > MISSING_NONE)
				event_miss(p, (enum fact)i, (enum missing)value);
		}
	}
	node_foreach(name, truncated)
	{
		int fact = fact_parse(fields_string(name));

		if (fact >= 0)
			event_cut(p, (enum fact)fact);
	}
}

static void need_owner(struct fields *f, const struct node *o, const char *key, uint32_t *ret)
{
	if (!fields_owner(f, o, key, ret))
		f->damaged = true;
}

static void need_caps(struct fields *f, const struct node *o, const char *key, uint64_t *ret)
{
	if (!fields_hex(f, o, key, ret))
		f->damaged = true;
}

static void read_creds(struct fields *f, const struct node *process, const struct node *proctrace,
		       struct event_creds *c)
{
	const struct node *thread = fields_object(f, process, "thread");
	const struct node *caps = fields_object(f, thread, "capabilities");
	const struct node *more_caps = fields_object(f, proctrace, "capabilities");

	need_owner(f, process, "user", &c->euid);
	need_owner(f, process, "real_user", &c->uid);
	need_owner(f, process, "saved_user", &c->suid);
	need_owner(f, process, "group", &c->egid);
	need_owner(f, process, "real_group", &c->gid);
	need_owner(f, process, "saved_group", &c->sgid);
	need_owner(f, proctrace, "fs_user", &c->fsuid);
	need_owner(f, proctrace, "fs_group", &c->fsgid);
	fields_text(f, fields_object(f, process, "user"), "name", "user.name", &c->user_name);
	c->cap[PTC_CAP_EFFECTIVE] = read_caps(f, caps, "effective");
	c->cap[PTC_CAP_PERMITTED] = read_caps(f, caps, "permitted");
	need_caps(f, more_caps, "inheritable", &c->cap[PTC_CAP_INHERITABLE]);
	need_caps(f, more_caps, "bounding", &c->cap[PTC_CAP_BOUNDING]);
	need_caps(f, more_caps, "ambient", &c->cap[PTC_CAP_AMBIENT]);
	fields_u32(f, proctrace, "securebits", &c->securebits);
}

static void read_tty(struct fields *f, const struct node *process, struct event_process *p)
{
	const struct node *tty = fields_object(f, process, "tty");
	const struct node *device = fields_object(f, tty, "char_device");

	fields_bool(f, process, "interactive", &p->interactive);
	fields_u32(f, device, "major", &p->tty_major);
	fields_u32(f, device, "minor", &p->tty_minor);
}

static void read_file(struct fields *f, const struct node *proctrace, struct event_file *file)
{
	const struct node *o = fields_object(f, proctrace, "file");
	const struct node *device = fields_object(f, o, "device");
	struct str mode = { 0 };

	fields_u64(f, o, "inode", UINT64_MAX, &file->inode);
	fields_u32(f, device, "major", &file->dev_major);
	fields_u32(f, device, "minor", &file->dev_minor);
	fields_id(f, o, "uid", &file->uid);
	fields_word(f, o, "mode", &mode);
	for (size_t i = 0; i < mode.len; i++) {
		if (mode.p[i] < '0' || mode.p[i] > '7' || mode.len > 4)
			f->damaged = true;
		else
			file->mode = file->mode << 3 | (uint32_t)(mode.p[i] - '0');
	}
	file->deleted = fields_flag(f, o, "deleted");
	file->memfd = fields_flag(f, o, "memfd");
	file->script = fields_flag(f, o, "script");
	fields_place(f, "proctrace", -1, "");
	fields_text(f, o, "interpreter", "file.interpreter", &file->interpreter);
	fields_text(f, o, "filename", "file.filename", &file->filename);
}

static void read_groups(struct fields *f, const struct node *process, struct event_process *p)
{
	const struct node *list = fields_array(f, process, "supplemental_groups");
	size_t len = list ? list->len : 0;
	uint32_t *groups = len ? arena_alloc(f->arena, len * sizeof(*groups)) : NULL;

	if (!groups)
		return;
	node_foreach(entry, list)
	{
		if (entry->type != NODE_OBJECT ||
		    !fields_id(f, entry, "id", &groups[p->groups_len++]))
			f->damaged = true;
	}
	p->groups = groups;
}

static void read_pids(struct fields *f, const struct node *proctrace, struct event_process *p)
{
	const struct node *list = fields_array(f, proctrace, "pids");
	size_t len = list ? list->len : 0;
	uint32_t *pids;

	if (len > PTC_PID_LEVELS) {
		f->damaged = true;
		return;
	}
	pids = arena_alloc(f->arena, len * sizeof(*pids));
	if (!pids)
		return;
	node_foreach(entry, list)
	{
		if (entry->type != NODE_INT || entry->sign || entry->number > UINT32_MAX)
			f->damaged = true;
		else
			pids[p->vpid_len] = (uint32_t)entry->number;
		p->vpid_len++;
	}
	p->vpid = pids;
}

static void read_namespaces(struct fields *f, const struct node *proctrace, struct event_process *p)
{
	const struct node *ns = fields_object(f, proctrace, "ns");
	const struct node *isolated = fields_array(f, ns, "isolated");

	/* Said only where children get others than the process has. */
	for (int i = 0; i < PTC_NS_COUNT; i++) {
		if (i == PTC_NS_PID_FOR_CHILDREN)
			p->ns[i] = p->ns[PTC_NS_PID];
		else if (i == PTC_NS_TIME_FOR_CHILDREN)
			p->ns[i] = p->ns[PTC_NS_TIME];
		fields_u32(f, ns, ns_name((enum ptc_ns)i), &p->ns[i]);
	}
	node_foreach(name, isolated)
	{
		int type = ns_parse(fields_string(name));

		if (type < 0)
			f->damaged = true;
		else
			p->ns_isolated |= 1u << type;
	}
}

static void read_seccomp(struct fields *f, const struct node *proctrace, struct event_process *p)
{
	struct str mode;
	int value;

	if (fields_word(f, proctrace, "seccomp", &mode)) {
		value = seccomp_parse(mode);
		if (value >= 0)
			p->seccomp = (uint32_t)value;
		else
			fields_id(f, proctrace, "seccomp", &p->seccomp);
	}
	fields_bool(f, proctrace, "no_new_privs", &p->no_new_privs);
}

static void read_now(struct fields *f, const struct node *proctrace, struct event_now *now)
{
	const struct node *o = fields_object(f, proctrace, "now");
	struct str state = { 0 };

	if (!fields_word(f, o, "state", &state) || state.len != 1 || !event_is_state(state.p[0]) ||
	    !fields_u64(f, o, "cpu_ns", UINT64_MAX, &now->cpu_ns) ||
	    !fields_u64(f, o, "resident_bytes", UINT64_MAX, &now->resident_bytes))
		f->damaged = true;
	else
		now->state = state.p[0];
}

static void read_login(struct fields *f, const struct node *proctrace, struct event_process *p)
{
	const struct node *login = fields_object(f, proctrace, "login");

	p->loginuid = p->session_id = UINT32_MAX;
	fields_owner(f, login, "user", &p->loginuid);
	fields_owner(f, login, "session", &p->session_id);
}

/* What stands under "process". */
static void read_schema_facts(struct fields *f, const struct node *o, struct event *e)
{
	struct event_process *p = &e->proc;

	fields_place(f, "process", -1, "");
	fields_u32(f, o, "pid", &p->pid);
	read_entity_id(f, o, e->host, p->pid, &p->start_ns);
	p->tid = p->pid;
	fields_u32(f, fields_object(f, o, "thread"), "id", &p->tid);
	fields_time(f, o, "start", &e->start_wall_ns);
	fields_text(f, o, "name", "name", &p->name);
	fields_text(f, o, "executable", "executable", &p->executable);
	fields_words(f, o, "args", "process.args", &p->args);
	fields_u32(f, o, "args_count", &p->args_count);
	fields_text(f, o, "working_directory", "working_directory", &p->cwd);
	fields_words(f, o, "env_vars", "process.env_vars", &p->env);
	read_tty(f, o, p);
	read_groups(f, o, p);
	read_ref(f, fields_object(f, o, "parent"), e->host, "parent.name", &p->parent);
}

void read_process(struct fields *f, const struct node *process, const struct node *proctrace,
		  struct event *e)
{
	struct event_process *p = &e->proc;

	read_provenance(f, proctrace, p);
	read_schema_facts(f, process, e);
	if (event_has(p, FACT_CREDS))
		read_creds(f, process, proctrace, &p->creds);
	fields_place(f, "proctrace", -1, "");
	p->parent_at_fork = event_has(p, FACT_PARENT) &&
			    !fields_flag(f, proctrace, "parent_found_later");
	read_ref(f, fields_object(f, proctrace, "creator"), e->host, "creator.name", &p->creator);
	read_file(f, proctrace, &p->file);
	p->groups_total = p->groups_len;
	fields_u32(f, proctrace, "groups_total", &p->groups_total);
	read_login(f, proctrace, p);
	read_seccomp(f, proctrace, p);
	fields_text(f, proctrace, "lsm", "lsm", &p->lsm);
	read_namespaces(f, proctrace, p);
	read_pids(f, proctrace, p);
	log_read_cgroup(f, fields_object(f, proctrace, "cgroup"), "cgroup.path", &p->cgroup);
	fields_i32(f, proctrace, "oom_score_adj", &p->oom_score_adj);
	fields_u32(f, proctrace, "threads", &p->threads);
	if (event_has(p, FACT_NOW))
		read_now(f, proctrace, &p->now);
	p->kernel_thread = fields_flag(f, proctrace, "kernel_thread");
}
