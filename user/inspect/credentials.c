// SPDX-License-Identifier: Apache-2.0
/*
 * credentials.c - who it is: user and group ids, outside and inside, with names
 *
 * Names outside are the host's. Those inside are what the process's own /etc/passwd and
 * /etc/group call the ids that it has there: the word of whoever made that file.
 */
#include "inspect/credentials.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "container/hostproc.h"
#include "event/names.h"
#include "inspect/bounded.h"
#include "inspect/idmap.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"
#include "procfs/value.h"

/* Users, or groups. */
struct names {
	struct users *outside; /* borrowed; NULL: nobody has a name */
	struct users *inside;  /* owned; NULL: likewise */
	int inside_error;      /* 0, or why there are none inside */
	bool mapped;	       /* map is known */
	struct proc_idmap map;
};

static bool has_host_root(const struct subject *s)
{
	const struct hostproc p = { .dir_fd = s->live_fd };
	struct stat host;

	return stat(s->world->options.host_root, &host) == 0 &&
	       hostproc_has_root(&p, host.st_dev, host.st_ino);
}

static void read_inside(const struct subject *s, const char *file, struct names *n)
{
	struct buf text = {};

	n->inside_error = bounded_read(s->live_fd, file, &text);
	if (n->inside_error == 0)
		n->inside_error = users_new_text(str_from(text.data, text.len), &n->inside);
	buf_done(&text);
}

static struct str name_outside(const struct names *n, uint32_t id)
{
	return n->outside ? users_name(n->outside, id) : (struct str){ 0 };
}

static void put_id(const struct names *n, uint32_t id, const char *id_key, const char *id_title,
		   const char *name_key, const char *name_title, struct doc *d)
{
	struct str name = name_outside(n, id);

	doc_u64(d, id_key, id_title, id);
	if (name.len)
		doc_str(d, name_key, name_title, name);
}

static void put_inside(const struct names *n, uint32_t id, const char *id_key, const char *id_title,
		       const char *name_key, const char *name_title, struct doc *d)
{
	struct str name = { 0 };
	uint32_t inside;

	if (!n->mapped)
		return;
	if (!idmap_inside(&n->map, id, &inside)) {
		doc_none(d, id_key, id_title);
		return;
	}
	doc_u64(d, id_key, id_title, inside);
	if (n->inside)
		name = users_name(n->inside, inside);
	if (name.len)
		doc_str(d, name_key, name_title, name);
}

static void put_ids(const struct names *users, const struct names *groups, bool is_apart,
		    const struct proc_status *status, struct doc *d)
{
	static const char *const kinds[STATUS_IDS] = { "real", "effective", "saved",
						       "file system" };

	doc_list(d, "ids", NULL);
	for (int i = 0; i < STATUS_IDS; i++) {
		if (!doc_item(d))
			continue;
		doc_text(d, "kind", NULL, "%s", kinds[i]);
		put_id(users, status->uid[i], "uid", NULL, "user", NULL, d);
		put_id(groups, status->gid[i], "gid", NULL, "group", NULL, d);
		if (is_apart) {
			put_inside(users, status->uid[i], "uid_inside", "uid inside", "user_inside",
				   "user inside", d);
			put_inside(groups, status->gid[i], "gid_inside", "gid inside",
				   "group_inside", "group inside", d);
		}
		doc_end(d);
	}
	doc_end(d);
}

static void put_groups(const struct names *groups, const struct proc_status *status, struct doc *d)
{
	struct str rest = status->groups, word;
	uint32_t gid;

	doc_list(d, "groups", "supplementary groups");
	while ((word = scan_word(&rest)).len) {
		if (!scan_u32(word, &gid))
			continue;
		doc_u64(d, NULL, NULL, gid);
		doc_note_str(d, name_outside(groups, gid));
	}
	doc_end(d);
}

static void put_login(const struct subject *s, const struct names *users, struct doc *d)
{
	uint32_t uid, session_id;
	int r = read_loginuid(s->live_fd, &uid);

	if (r < 0) {
		doc_missing(d, "login", "logged in as", r);
	} else if (uid == UINT32_MAX) {
		doc_none(d, "login", "logged in as");
	} else {
		doc_u64(d, "login", "logged in as", uid);
		doc_note_str(d, name_outside(users, uid));
	}
	r = read_sessionid(s->live_fd, &session_id);
	if (r < 0)
		doc_missing(d, "login_session", "login session", r);
	else if (session_id == UINT32_MAX)
		doc_none(d, "login_session", "login session");
	else
		doc_u64(d, "login_session", "login session", session_id);
}

static void say_unread(const struct names *n, const char *key, const char *title, struct doc *d)
{
	if (n->inside_error == -ENOENT)
		doc_none(d, key, title);
	else if (n->inside_error)
		doc_missing(d, key, title, n->inside_error);
}

void put_credentials(struct subject *s, const struct proc_status *status, struct doc *d)
{
	_cleanup_free_ struct names *users = calloc(1, sizeof(*users));
	_cleanup_free_ struct names *groups = calloc(1, sizeof(*groups));
	bool is_apart = s->world->is_live && !s->is_kernel_thread && !s->is_zombie &&
			!has_host_root(s);

	if (!users || !groups) {
		doc_missing(d, "ids", NULL, -ENOMEM);
		return;
	}
	users->outside = s->world->users;
	groups->outside = s->world->groups;
	users->mapped = read_uid_map(s->live_fd, &users->map) == 0;
	groups->mapped = read_gid_map(s->live_fd, &groups->map) == 0;
	if (is_apart) {
		read_inside(s, "/etc/passwd", users);
		read_inside(s, "/etc/group", groups);
	}
	if (proc_status_has(status, STATUS_UID) && proc_status_has(status, STATUS_GID))
		put_ids(users, groups, is_apart, status, d);
	else
		doc_missing(d, "ids", NULL, -EBADMSG);
	say_unread(users, "users_inside", "its /etc/passwd", d);
	say_unread(groups, "groups_inside", "its /etc/group", d);
	if (proc_status_has(status, STATUS_GROUPS))
		put_groups(groups, status, d);
	else
		doc_missing(d, "groups", "supplementary groups", -ENOENT);
	put_login(s, users, d);
	users_free(users->inside);
	users_free(groups->inside);
}
