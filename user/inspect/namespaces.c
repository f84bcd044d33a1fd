// SPDX-License-Identifier: Apache-2.0
/*
 * namespaces.c - its namespaces: the host's, its own, or shared with whom; its id maps
 */
#include "inspect/section.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "event/names.h"
#include "inspect/common.h"
#include "inspect/idmap.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"
#include "procfs/value.h"

#define SHARERS_SHOWN 8
#define LEVELS_MAX    33 /* of user namespaces, kernel/user_namespace.c */
#define SMALL_SIZE    256

_Static_assert((int)PROC_NS_COUNT == (int)PTC_NS_COUNT && (int)PROC_NS_TIME == (int)PTC_NS_TIME,
	       "ns_name() knows them by the same numbers");

/* Who else lives in one namespace. */
struct sharers {
	uint64_t inside;  /* processes of the same container */
	uint64_t outside; /* those that are not */
	uint64_t mates;	  /* of the same container, in this namespace or not */
	bool same_group;  /* this one is in a container */
	uint64_t unknown; /* whose namespaces may not be read */
};

static bool is_same_container(const struct resident *r, const struct container_info *own)
{
	return own && r->container == own;
}

static bool is_other(const struct subject *s, const struct resident *r, enum proc_ns_type type,
		     uint32_t inode)
{
	return r->pid != s->pid && r->ns_error == 0 && r->ns.inode[type] == inode;
}

static struct sharers count_sharers(const struct subject *s, enum proc_ns_type type, uint32_t inode,
				    const struct container_info *own)
{
	struct sharers n = { .same_group = own };

	for (size_t i = 0; i < s->world->residents_len; i++) {
		const struct resident *r = &s->world->residents[i];

		n.mates += r->pid != s->pid && is_same_container(r, own);
		if (r->ns_error)
			n.unknown++;
		else if (is_other(s, r, type, inode))
			*(is_same_container(r, own) ? &n.inside : &n.outside) += 1;
	}
	return n;
}

/* Each other container once: at the first of its processes. */
static bool is_first_of_container(const struct subject *s, size_t index, enum proc_ns_type type,
				  uint32_t inode)
{
	const struct resident *all = s->world->residents;

	for (size_t i = 0; i < index; i++)
		if (all[i].container == all[index].container && is_other(s, &all[i], type, inode))
			return false;
	return true;
}

static void put_containers(const struct subject *s, enum proc_ns_type type, uint32_t inode,
			   const struct container_info *own, struct doc *d)
{
	doc_short_list(d, "containers", "also in it", SHARERS_SHOWN);
	for (size_t i = 0; i < s->world->residents_len; i++) {
		const struct resident *r = &s->world->residents[i];

		if (r->container && r->container != own && is_other(s, r, type, inode) &&
		    is_first_of_container(s, i, type, inode))
			doc_str(d, NULL, NULL, world_container_name(r->container));
	}
	doc_end(d);
}

/* Those that are in no container. */
static void put_processes(const struct subject *s, enum proc_ns_type type, uint32_t inode,
			  struct doc *d)
{
	doc_short_list(d, "processes", "processes outside containers", SHARERS_SHOWN);
	for (size_t i = 0; i < s->world->residents_len; i++) {
		const struct resident *r = &s->world->residents[i];

		if (!r->container && is_other(s, r, type, inode))
			common_process(s->world, r->pid, d);
	}
	doc_end(d);
	doc_passing(d);
}

/* What a container's only process is in is no less the container's than that of many. */
static const char *whose(const struct sharers *n)
{
	if (n->outside)
		return "shared";
	if (n->same_group && (n->inside || !n->mates))
		return "its container's";
	return "its own";
}

/* The user namespace that has the say over another namespace. 0: not known. */
static uint32_t owner_of(const struct subject *s, enum proc_ns_type type)
{
	_cleanup_close_ int fd = -1, owner = -1;
	char name[32];
	struct stat st;

	snprintf(name, sizeof(name), "ns/%s", ns_name((enum ptc_ns)type));
	fd = openat(s->live_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	owner = ioctl(fd, NS_GET_USERNS);
	return owner >= 0 && fstat(owner, &st) == 0 ? (uint32_t)st.st_ino : 0;
}

static void put_owner(const struct subject *s, enum proc_ns_type type, const struct proc_ns *ns,
		      struct doc *d)
{
	uint32_t owner = s->world->is_live && type != PROC_NS_USER ? owner_of(s, type) : 0;

	if (!owner)
		return;
	if (world_is_host_ns(s->world, PROC_NS_USER, owner) == 1)
		doc_text(d, "owner", "owned by", "the host's user namespace");
	else if (owner == ns->inode[PROC_NS_USER])
		doc_text(d, "owner", "owned by", "its user namespace");
	else
		doc_text(d, "owner", "owned by", "user namespace %u", owner);
}

/* What its children will be in is a namespace of the type that they will live in. */
static enum proc_ns_type lived_in(enum proc_ns_type type)
{
	if (type == PROC_NS_PID_FOR_CHILDREN)
		return PROC_NS_PID;
	return type == PROC_NS_TIME_FOR_CHILDREN ? PROC_NS_TIME : type;
}

static void put_namespace(const struct subject *s, const struct proc_ns *ns, enum proc_ns_type type,
			  const struct container_info *own, struct doc *d)
{
	uint32_t inode = ns->inode[type];
	int is_host = world_is_host_ns(s->world, type, inode);
	struct sharers n;

	if (!inode || !doc_item(d))
		return;
	doc_text(d, "type", NULL, "%s", ns_name((enum ptc_ns)type));
	doc_u64(d, "number", NULL, inode);
	doc_passing(d);
	put_owner(s, type, ns, d);
	type = lived_in(type);
	n = count_sharers(s, type, inode, own);
	if (is_host == 1)
		doc_text(d, "whose", NULL, "host's");
	else if (is_host < 0)
		doc_missing(d, "whose", NULL, -EPERM);
	else
		doc_text(d, "whose", NULL, "%s", whose(&n));
	if (is_host != 1) {
		put_containers(s, type, inode, own, d);
		put_processes(s, type, inode, d);
	}
	doc_end(d);
}

/* ---- the user namespace ---- */

/* How many are around it; -1: not known. */
static int user_level(const struct subject *s)
{
	_cleanup_close_ int fd = openat(s->live_fd, "ns/user", O_RDONLY | O_CLOEXEC);
	struct stat st;

	for (int level = 0; fd >= 0 && level < LEVELS_MAX; level++) {
		int parent;

		if (fstat(fd, &st) < 0)
			return -1;
		if (world_is_host_ns(s->world, PROC_NS_USER, (uint32_t)st.st_ino) == 1)
			return level;
		/* EPERM: the one above is not one that we are in. */
		parent = ioctl(fd, NS_GET_PARENT);
		close(fd);
		fd = parent;
	}
	return -1;
}

static void put_user_owner(const struct subject *s, struct doc *d)
{
	_cleanup_close_ int fd = openat(s->live_fd, "ns/user", O_RDONLY | O_CLOEXEC);
	struct str name;
	uid_t uid;

	if (fd < 0 || ioctl(fd, NS_GET_OWNER_UID, &uid) < 0) {
		doc_missing(d, "owner_uid", "made by", -errno);
		return;
	}
	doc_u64(d, "owner_uid", "made by", uid);
	name = users_name(s->world->users, uid);
	if (name.len)
		doc_note_str(d, name);
}

static void put_map(const struct subject *s, const char *key, const char *title,
		    int (*read)(int pid_fd, struct proc_idmap *ret_map), struct doc *d)
{
	_cleanup_free_ struct proc_idmap *map = malloc(sizeof(*map));
	struct buf b = {};
	int r = map ? read(s->live_fd, map) : -ENOMEM;

	if (r < 0) {
		doc_missing(d, key, title, r);
		return;
	}
	doc_list(d, key, title);
	for (uint32_t i = 0; i < map->len; i++) {
		if (!doc_item(d))
			continue;
		doc_u64(d, "inside", NULL, map->range[i].inside);
		doc_u64(d, "outside", NULL, map->range[i].outside);
		doc_u64(d, "count", NULL, map->range[i].count);
		buf_reset(&b);
		idmap_explain(&b, &map->range[i]);
		doc_note_str(d, str_from(b.data, b.len));
		doc_end(d);
	}
	doc_end(d);
	if (!map->len)
		doc_note(d, "no id in here is one outside");
	buf_done(&b);
}

static void put_setgroups(const struct subject *s, struct doc *d)
{
	char buf[SMALL_SIZE];
	size_t len;
	int r = procfs_read(s->live_fd, "setgroups", buf, sizeof(buf), &len, NULL);
	struct str text = r < 0 ? (struct str){ 0 } : scan_trim(str_from(buf, len));

	if (r < 0)
		doc_missing(d, "setgroups", NULL, r);
	else
		doc_str(d, "setgroups", NULL, text);
	if (str_eq(text, STR_LITERAL("deny")))
		doc_note(d, "its groups are those it had before");
}

static void put_user_namespace(const struct subject *s, struct doc *d)
{
	int level = s->world->is_live ? user_level(s) : -1;

	doc_group(d, "user", "user namespace");
	if (level >= 0)
		doc_u64(d, "level", NULL, (uint64_t)level);
	if (level == 0)
		doc_note(d, "the host's");
	if (level && s->world->is_live)
		put_user_owner(s, d);
	put_map(s, "uid_map", "user ids", read_uid_map, d);
	put_map(s, "gid_map", "group ids", read_gid_map, d);
	put_map(s, "projid_map", "project ids", read_projid_map, d);
	put_setgroups(s, d);
	doc_end(d);
}

/* Clocks of a time namespace: "monotonic 0 0", seconds and nanoseconds (time_namespaces(7)). */
static void put_clocks(const struct subject *s, struct doc *d)
{
	char buf[SMALL_SIZE];
	struct str rest, line;
	size_t len;

	/* Kernels without time namespaces have no such file: nothing is moved there. */
	if (procfs_read(s->live_fd, "timens_offsets", buf, sizeof(buf), &len, NULL) < 0)
		return;
	rest = str_from(buf, len);
	doc_list(d, "clock_offsets", "clocks moved by");
	while (scan_whole_line(&rest, &line)) {
		struct str clock = scan_word(&line), seconds = scan_word(&line);
		struct str ns = scan_word(&line);
		int64_t moved, moved_ns;

		if (!scan_i64(seconds, &moved) || !scan_i64(ns, &moved_ns) ||
		    (!moved && !moved_ns) || !doc_item(d))
			continue;
		doc_str(d, "clock", NULL, clock);
		doc_i64(d, "seconds", NULL, moved);
		doc_i64(d, "nanoseconds", NULL, moved_ns);
		doc_end(d);
	}
	doc_end(d);
}

void inspect_namespaces(struct subject *s, struct doc *d)
{
	const struct containers_answer *answer;
	const struct container_info *own = NULL;
	const struct proc_ns *ns;
	int r = subject_ns(s, &ns);

	if (subject_container(s, &answer) == 0)
		own = answer->container;
	world_scan(s->world);
	if (s->is_zombie) {
		doc_none(d, "list", "namespaces");
		doc_note(d, "a zombie");
		return;
	}
	if (r < 0) {
		doc_missing(d, "list", "namespaces", r);
	} else {
		doc_list(d, "list", "namespaces");
		for (int type = 0; type < PROC_NS_COUNT; type++)
			put_namespace(s, ns, (enum proc_ns_type)type, own, d);
		doc_end(d);
	}
	put_user_namespace(s, d);
	put_clocks(s, d);
}
