// SPDX-License-Identifier: Apache-2.0
/*
 * verdict.c - what separates it from the host, and what does not
 *
 * The facts are those of the other sections; verdict_rules.c says what they mean.
 */
#include "inspect/section.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fstype.h"
#include "base/cleanup.h"
#include "container/cgid.h"
#include "inspect/hierarchy.h"
#include "inspect/mount_table.h"
#include "inspect/verdict_rules.h"
#include "procfs/value.h"

#define REACH_MAX 64
#define SHOWN	  8 /* findings of a kind that people read; the gravest come first */

struct mounts {
	struct mount_table own, host;
	struct buf path;
	struct arena arena; /* of paths on the host */
	struct reach reach[REACH_MAX];
	size_t reach_len;
};

static enum known known(bool yes)
{
	return yes ? KNOWN_YES : KNOWN_NO;
}

/* ---- mounts ---- */

static bool has_option(struct str options, const char *option)
{
	struct str name, value;

	while (proc_mount_next_option(&options, &name, &value))
		if (str_eq(name, str_of(option)))
			return true;
	return false;
}

static bool is_writable(const struct proc_mount *m)
{
	return !has_option(m->options, "ro") && !has_option(m->super_options, "ro");
}

static bool is_one_of(struct str s, const struct str *list, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq(s, list[i]))
			return true;
	return false;
}

/* What a socket is called where a program of root's listens that does what it is told. */
static bool is_socket_of_root(struct str root)
{
	static const struct str names[] = {
		STR_LITERAL("docker.sock"),	 STR_LITERAL("containerd.sock"),
		STR_LITERAL("podman.sock"),	 STR_LITERAL("crio.sock"),
		STR_LITERAL("cri-dockerd.sock"), STR_LITERAL("buildkitd.sock"),
	};

	return is_one_of(str_basename(root), names, sizeof(names) / sizeof(names[0]));
}

/* Devices that every container has. */
static bool is_harmless_device(const struct proc_mount *m)
{
	static const struct str roots[] = {
		STR_LITERAL("/null"),	STR_LITERAL("/zero"),	 STR_LITERAL("/full"),
		STR_LITERAL("/random"), STR_LITERAL("/urandom"), STR_LITERAL("/tty"),
	};

	return str_eq(m->type, STR_LITERAL("devtmpfs")) &&
	       is_one_of(m->root, roots, sizeof(roots) / sizeof(roots[0]));
}

static bool holds(struct str s, struct str part)
{
	return part.len && memmem(s.p, s.len, part.p, part.len);
}

/* One of the names in a path is that of a container, by its id or as it is called. */
static bool names_container(struct str path, const struct container_info *container)
{
	while (path.len) {
		const char *slash = memchr(path.p, '/', path.len);
		size_t len = slash ? (size_t)(slash - path.p) : path.len;
		struct str name = str_from(path.p, len);

		if (cgid_is_hex64(name) || (container && len && str_eq(name, container->id)))
			return true;
		len += slash != NULL;
		path = str_from(path.p + len, path.len - len);
	}
	return false;
}

/* What a runtime made for one container, or keeps for containers. */
static bool is_runtimes(struct str host, const struct container_info *container)
{
	return names_container(host, container) || holds(host, STR_LITERAL("/volumes/")) ||
	       holds(host, STR_LITERAL("/kubelet/pods/"));
}

static void add_reach(struct mounts *ms, enum reach_kind kind, struct str point, struct str host)
{
	if (ms->reach_len < REACH_MAX && arena_str(&ms->arena, &host))
		ms->reach[ms->reach_len++] = (struct reach){ kind, point, host };
}

/* A socket may be mounted under another name, and from one. */
static bool is_socket(const struct proc_mount *m)
{
	return is_socket_of_root(m->root) || is_socket_of_root(m->point);
}

static bool is_told(const struct mounts *ms, struct str point)
{
	for (size_t i = 0; i < ms->reach_len; i++)
		if (mount_is_below(point, ms->reach[i].point))
			return true;
	return false;
}

static void look_at(struct mounts *ms, enum reach_kind kind, const struct proc_mount *m,
		    const struct container_info *container)
{
	struct str host;

	if (m->point.len == 1 || is_writable(m) != (kind == REACH_WRITE) ||
	    fstype_is_kernels(m->type) || is_harmless_device(m) || is_socket(m) ||
	    is_told(ms, m->point))
		return;
	buf_reset(&ms->path);
	if (!mount_table_locate(&ms->host, m, 0, &ms->path) || ms->path.failed)
		return;
	host = str_from(ms->path.data, ms->path.len);
	if (!is_runtimes(host, container))
		add_reach(ms, kind, m->point, host);
}

static void look_for_files(struct mounts *ms, enum reach_kind kind,
			   const struct container_info *container)
{
	for (size_t i = 0; i < ms->own.len; i++)
		look_at(ms, kind, &ms->own.list[i].mount, container);
}

/* The mount that is seen at a point: the last one there. */
static const struct proc_mount *mount_at(const struct mount_table *t, const char *point)
{
	const struct proc_mount *found = NULL;

	for (size_t i = 0; i < t->len; i++)
		if (str_eq(t->list[i].mount.point, str_of(point)))
			found = &t->list[i].mount;
	return found;
}

static bool is_same_root(const struct proc_mount *a, const struct proc_mount *b)
{
	return a && b && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor &&
	       str_eq(a->root, b->root);
}

/* Writing there is for root of the host's user namespace. */
static bool may_set(const struct verdict_facts *f, const struct mounts *ms)
{
	const struct proc_mount *proc = mount_at(&ms->own, "/proc");
	const struct proc_mount *sys = mount_at(&ms->own, "/proc/sys");

	return f->uid == 0 && f->ns_host[PROC_NS_USER] == KNOWN_YES && proc &&
	       str_eq(proc->type, STR_LITERAL("proc")) && is_writable(proc) &&
	       (!sys || is_writable(sys));
}

/* In the host's own mount namespace everything is the host's. */
static void gather_reach(struct subject *s, const struct container_info *container,
			 struct mounts *ms, struct verdict_facts *f)
{
	if (mount_table_read(s->live_fd, &ms->own) < 0) {
		f->reach_known = KNOWN_NOTHING;
		return;
	}
	f->reach_known = known(mount_table_read_host(s->world, &ms->host) == 0);
	if (f->reach_known != KNOWN_YES)
		f->reach_known = KNOWN_NOTHING;
	else
		f->root_host =
			known(is_same_root(mount_at(&ms->own, "/"), mount_at(&ms->host, "/")));
	if (f->ns_host[PROC_NS_MNT] == KNOWN_YES || f->root_host == KNOWN_YES)
		return;
	for (size_t i = 0; i < ms->own.len; i++)
		if (is_socket(&ms->own.list[i].mount))
			add_reach(ms, REACH_SOCKET, ms->own.list[i].mount.point, (struct str){ 0 });
	look_for_files(ms, REACH_WRITE, container);
	if (may_set(f, ms))
		add_reach(ms, REACH_SETTINGS, STR_LITERAL("/proc/sys"), (struct str){ 0 });
	look_for_files(ms, REACH_READ, container);
	f->reach = ms->reach;
	f->reach_len = ms->reach_len;
}

/* ---- the other facts ---- */

static void gather_ns(struct subject *s, struct verdict_facts *f)
{
	const struct proc_ns *ns;
	int r = subject_ns(s, &ns);

	for (int type = 0; type <= PROC_NS_TIME; type++) {
		int is_host = -1;

		if (r == 0)
			is_host = world_is_host_ns(s->world, (enum proc_ns_type)type,
						   ns->inode[type]);
		/* A kernel that has none of a type has only the host's. */
		if (r == 0 && !ns->inode[type])
			is_host = 1;
		f->ns_host[type] = is_host < 0 ? KNOWN_NOTHING : known(is_host);
	}
}

static void gather_status(struct subject *s, struct verdict_facts *f)
{
	const struct proc_status *status;

	f->has_caps = f->seccomp = f->no_new_privs = KNOWN_NOTHING;
	f->uid = UINT32_MAX;
	if (subject_status(s, &status) < 0)
		return;
	if (proc_status_has(status, STATUS_UID))
		f->uid = status->uid[STATUS_EFFECTIVE];
	if (proc_status_has(status, STATUS_CAP_EFF) && proc_status_has(status, STATUS_CAP_BND)) {
		f->has_caps = KNOWN_YES;
		f->effective = status->cap_eff;
		f->bounding = status->cap_bnd;
	}
	if (proc_status_has(status, STATUS_SECCOMP))
		f->seccomp = known(status->seccomp != 0);
	if (proc_status_has(status, STATUS_NO_NEW_PRIVS))
		f->no_new_privs = known(status->no_new_privs);
}

/* "unconfined" of AppArmor; a type of SELinux's that may do everything. */
static bool is_unconfined(struct str label)
{
	return !label.len || str_has_prefix(label, STR_LITERAL("unconfined")) ||
	       holds(label, STR_LITERAL(":unconfined_t:")) || holds(label, STR_LITERAL(":spc_t:"));
}

static enum known gather_label(const struct subject *s)
{
	_cleanup_free_ char *buf = malloc(PROC_LABEL_SIZE);
	struct str label;
	int r = buf ? read_label(s->live_fd, buf, PROC_LABEL_SIZE, &label) : -ENOMEM;

	if (r == -ENOENT || r == -EINVAL)
		return KNOWN_NO;
	return r < 0 ? KNOWN_NOTHING : known(!is_unconfined(label));
}

static enum known has_limit(const struct hierarchies *set, const char *controller, const char *v2,
			    const char *v1)
{
	const struct hierarchy *h = hierarchies_find(set, controller);
	struct cglimit limit;
	int r;

	if (!h)
		return KNOWN_NO;
	if (h->error)
		return KNOWN_NOTHING;
	r = cgchain_tightest(&h->chain, h->is_v2 ? v2 : v1, &limit);
	if (r == -ENOENT)
		return KNOWN_NO;
	return r < 0 ? KNOWN_NOTHING : known(limit.level);
}

static void gather_limits(const struct subject *s, struct verdict_facts *f)
{
	struct hierarchies set;

	f->memory_limit = f->pids_limit = KNOWN_NOTHING;
	if (hierarchies_open(s, &set) == 0) {
		f->memory_limit = has_limit(&set, "memory", "memory.max", "memory.limit_in_bytes");
		f->pids_limit = has_limit(&set, "pids", "pids.max", "pids.max");
	}
	hierarchies_close(&set);
}

/* ---- the section ---- */

/* People read one line for each kind, programs each finding by itself. */
struct telling {
	struct doc *d;
	struct buf line;
	int kind; /* whose list is open; -1: none */
	unsigned int len;
};

static void end_kind(struct telling *t)
{
	if (t->kind < 0)
		return;
	doc_end(t->d);
	if (t->len > SHOWN)
		buf_printf(&t->line, ", and %u more", t->len - SHOWN);
	if (!t->line.failed)
		doc_summary(t->d, "%.*s", (int)t->line.len, t->line.data);
	t->kind = -1;
}

static void begin_kind(struct telling *t, enum finding_kind kind)
{
	end_kind(t);
	doc_list(t->d, finding_key(kind), finding_title(kind));
	buf_reset(&t->line);
	t->kind = (int)kind;
	t->len = 0;
}

static void put_finding(enum finding_kind kind, struct str what, struct str because, void *arg)
{
	struct telling *t = arg;

	if (t->kind != (int)kind)
		begin_kind(t, kind);
	if (++t->len <= SHOWN)
		buf_printf(&t->line, "%s%.*s (%.*s)", t->len > 1 ? ", " : "", (int)what.len, what.p,
			   (int)because.len, because.p);
	if (!doc_item(t->d))
		return;
	doc_str(t->d, "what", NULL, what);
	doc_str(t->d, "because", NULL, because);
	doc_end(t->d);
}

void inspect_verdict(struct subject *s, struct doc *d)
{
	struct verdict_facts f = { .kernel_thread = s->is_kernel_thread, .zombie = s->is_zombie };
	const struct container_info *container = NULL;
	const struct containers_answer *answer;
	struct telling telling = { .d = d, .kind = -1 };
	struct mounts mounts = { 0 };
	enum verdict_level level;

	if (subject_container(s, &answer) == 0)
		container = answer->container;
	f.in_container = container;
	gather_ns(s, &f);
	gather_status(s, &f);
	f.labelled = gather_label(s);
	gather_limits(s, &f);
	gather_reach(s, container, &mounts, &f);
	level = verdict_judge(&f);
	doc_text(d, "level", NULL, "%s", verdict_word(level));
	doc_note(d, "%s", verdict_sentence(level));
	verdict_explain(&f, put_finding, &telling);
	end_kind(&telling);
	buf_done(&telling.line);
	arena_done(&mounts.arena);
	buf_done(&mounts.path);
	mount_table_done(&mounts.own);
	mount_table_done(&mounts.host);
}
