// SPDX-License-Identifier: Apache-2.0
/*
 * monitored.c - a container that no cgroup tells of, by what its monitor was told
 */
#include "container/monitored.h"

#include <stdlib.h>

#include "container/cgid.h"
#include "container/hostproc.h"
#include "container/roots_args.h"
#include "container/podman.h"

struct monitored {
	struct container_info info; /* first: this is what is handed out */
	struct meta meta;	    /* owns the strings of info */
	char id[CGID_MAX + 1];
};

struct container_info *monitored_new(struct metadata *md, uint32_t pid, struct str args, uid_t uid)
{
	struct roots_monitor monitor;
	struct monitored *m;
	uid_t now;

	if (!roots_args_monitor(args, &monitor) || !cgid_is_hex64(monitor.id))
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	now = hostproc_uid_of(md->roots.proc_root, pid);
	if (now != CGROUPS_NO_UID)
		uid = now;
	memcpy(m->id, monitor.id.p, monitor.id.len);
	if (!subuids_has(&md->roots.subuids, uid))
		roots_add(&md->roots.podman, monitor.containers, uid);
	md->roots.users = (struct cgroups_users){ { uid, uid } };
	/* A user's monitor may be told any id, also of a container of root's. */
	md->roots.users_only = uid != 0;
	/* What cannot be read is not known; the monitor's word remains. */
	podman_read(&md->roots, m->id, true, &m->meta);
	meta_set(&m->meta.name, monitor.name);
	m->info = (struct container_info){
		.id = str_of(m->id),
		.runtime = str_of(m->meta.runtime ? m->meta.runtime : "podman"),
		.name = m->meta.name,
		.image = m->meta.image,
		.image_tag = m->meta.image_tag,
		.image_id = m->meta.image_id,
		.created_ns = m->meta.created_ns,
		.labels = m->meta.labels,
		.labels_len = m->meta.labels_len,
		.unconfirmed = !m->meta.runtime,
	};
	return &m->info;
}

void monitored_free(struct container_info *info)
{
	struct monitored *m = (struct monitored *)info;

	if (!m)
		return;
	meta_done(&m->meta);
	free(m);
}
