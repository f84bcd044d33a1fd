// SPDX-License-Identifier: Apache-2.0
/*
 * roots.c - the directories that container runtimes keep their files in
 */
#include "container/roots.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/clock.h"
#include "container/hostproc.h"
#include "container/roots_args.h"
#include "container/roots_conf.h"

#define SCAN_EVERY_NS  NSEC_PER_SEC
#define USERS_EVERY_NS (30 * NSEC_PER_SEC)
#define SCAN_PART      256 /* processes that are looked at in one go: one or two milliseconds */

/* Cleans the path, into out of PATH_MAX bytes. False: it is none that counts. */
static bool clean_path(struct str path, char *out)
{
	size_t n = 0;

	if (path.len == 0 || path.len >= PATH_MAX || path.p[0] != '/' ||
	    memchr(path.p, '\0', path.len))
		return false;
	for (size_t i = 0; i < path.len; i++) {
		if (path.p[i] == '/' && n && out[n - 1] == '/')
			continue;
		out[n++] = path.p[i];
	}
	while (n > 1 && out[n - 1] == '/')
		n--;
	out[n] = '\0';
	return true;
}

static void drop(struct root_list *list, unsigned int at)
{
	free(list->path[at]);
	list->len--;
	memmove(&list->path[at], &list->path[at + 1], (list->len - at) * sizeof(list->path[0]));
	memmove(&list->uid[at], &list->uid[at + 1], (list->len - at) * sizeof(list->uid[0]));
}

/* Users may run any number of daemons; they crowd out neither root's nor each other's. */
static bool make_room(struct root_list *list, uid_t uid)
{
	unsigned int oldest = list->len, n = 0;

	for (unsigned int i = list->len; uid && i-- > list->trusted_len;) {
		if (list->uid[i] == uid) {
			oldest = i;
			n++;
		}
	}
	if (n >= ROOTS_USER_MAX)
		drop(list, oldest);
	else if (list->len == ROOTS_MAX && !uid && list->trusted_len < ROOTS_MAX)
		drop(list, list->len - 1);
	return list->len < ROOTS_MAX;
}

void roots_add(struct root_list *list, struct str path, uid_t uid)
{
	char clean[PATH_MAX];
	unsigned int at;
	char *copy;

	if (uid == CGROUPS_NO_UID || !clean_path(path, clean))
		return;
	for (unsigned int i = 0; i < list->len; i++) {
		if ((list->uid[i] == uid || i < list->trusted_len) &&
		    strcmp(list->path[i], clean) == 0)
			return;
	}
	copy = make_room(list, uid) ? strdup(clean) : NULL;
	if (!copy)
		return;
	at = uid == 0 ? list->trusted_len++ : list->len;
	memmove(&list->path[at + 1], &list->path[at], (list->len - at) * sizeof(list->path[0]));
	memmove(&list->uid[at + 1], &list->uid[at], (list->len - at) * sizeof(list->uid[0]));
	list->path[at] = copy;
	list->uid[at] = uid;
	list->len++;
}

bool roots_may_tell(const struct roots *roots, const struct root_list *list, unsigned int i)
{
	if (i < list->trusted_len)
		return !roots->users_only;
	return list->uid[i] == roots->users.uid[0] || list->uid[i] == roots->users.uid[1];
}

struct scan {
	struct roots *roots;
	struct str id;
};

/* Out of memory: it is not asked again what it calls its container. */
static void note_daemon(struct roots *roots, uint32_t pid)
{
	uint32_t *grown =
		reallocarray(roots->daemons, roots->daemons_len + 1, sizeof(*roots->daemons));

	if (!grown)
		return;
	roots->daemons = grown;
	roots->daemons[roots->daemons_len++] = pid;
}

static void see_process(const struct hostproc *p, void *arg)
{
	const struct scan *scan = arg;
	const struct hostfs *fs = scan->roots->fs;

	if (!roots_args_of_daemon(p->args))
		return;
	if (scan->roots->one_look && !scan->roots->looked)
		note_daemon(scan->roots, p->pid);
	/* With a root of its own, its paths are not the host's. */
	if (hostproc_has_root(p, fs->root_dev, fs->root_ino))
		roots_args_see(scan->roots, p->args, hostproc_uid(p), p, scan->id);
	else if (hostproc_has_host_users(p->dir_fd))
		foreign_note(&scan->roots->foreign, p->pid, hostproc_ns(p, "mnt"));
}

void roots_see_exec(struct roots *roots, const struct event_process *proc)
{
	if (!event_has(proc, FACT_CREDS) || !roots_args_of_daemon(proc->args))
		return;
	if (proc->container || proc->ns_isolated & 1u << PTC_NS_PID) {
		if (!(proc->ns_isolated & 1u << PTC_NS_USER))
			foreign_note(&roots->foreign, proc->pid, proc->ns[PTC_NS_MNT]);
	} else if (proc->creds.uid) { /* worth what its own files are */
		roots_args_see(roots, proc->args, proc->creds.uid, NULL, str_from(NULL, 0));
	} else {
		roots->next_scan_ns = 0; /* which also sees what root it has */
	}
}

/* ---- all of them */

static void add_usual(struct roots *r)
{
	static const char *const docker[] = { "/var/lib/docker",
					      "/var/snap/docker/common/var-lib-docker" };
	static const char *const runc[] = { "/run/runc", "/run/docker/runtime-runc/moby" };
	static const char *const crun[] = { "/run/crun", "/run/docker/runtime-crun/moby" };
	static const char *const bundles[] = { "/run/containerd/" ROOTS_BUNDLES,
					       "/run/docker/containerd/daemon/" ROOTS_BUNDLES,
					       "/run/k3s/containerd/" ROOTS_BUNDLES };
	static const char *const lxc[] = { "/var/lib/lxc", "/var/lib/lxd/containers",
					   "/var/lib/incus/containers",
					   "/var/snap/lxd/common/lxd/containers" };

#define ADD_ALL(list)                                               \
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) \
	roots_add(&r->list, str_of(list[i]), 0)
	static const char *const graph[] = { "/var/lib/containers/storage" };

	ADD_ALL(docker);
	ADD_ALL(graph);
	ADD_ALL(runc);
	ADD_ALL(crun);
	ADD_ALL(bundles);
	ADD_ALL(lxc);
#undef ADD_ALL
}

static void add_usual_endpoints(struct endpoints *list)
{
	static const struct {
		enum endpoint_kind kind;
		const char *path;
	} usual[] = {
		{ ENDPOINT_DOCKER, "/run/docker.sock" },
		{ ENDPOINT_PODMAN, "/run/podman/podman.sock" },
		{ ENDPOINT_CONTAINERD, "/run/containerd/containerd.sock" },
		{ ENDPOINT_CONTAINERD, "/run/k3s/containerd/containerd.sock" },
		{ ENDPOINT_CONTAINERD, "/run/docker/containerd/containerd.sock" },
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		endpoints_add(list, usual[i].kind, 0, str_of(usual[i].path));
}

int roots_init(struct roots *roots, struct hostfs *fs, const char *proc_root)
{
	*roots = (struct roots){ .fs = fs, .proc_root = strdup(proc_root) };
	if (!roots->proc_root)
		return -ENOMEM;
	add_usual(roots);
	add_usual_endpoints(&roots->endpoints);
	return 0;
}

static void list_done(struct root_list *list)
{
	for (unsigned int i = 0; i < list->len; i++)
		free(list->path[i]);
	list->len = list->trusted_len = 0;
}

void roots_done(struct roots *roots)
{
	list_done(&roots->docker);
	list_done(&roots->graph);
	list_done(&roots->podman);
	list_done(&roots->runc);
	list_done(&roots->crun);
	list_done(&roots->bundles);
	list_done(&roots->lxc);
	endpoints_done(&roots->endpoints);
	subuids_done(&roots->subuids);
	if (roots->dir)
		closedir(roots->dir);
	roots->dir = NULL;
	free(roots->daemons);
	roots->daemons = NULL;
	roots->daemons_len = 0;
	free(roots->proc_root);
	roots->proc_root = NULL;
}

/* False: there are more. */
static bool scan_some(struct roots *roots, uint64_t now_ns, struct str id, unsigned int max)
{
	struct scan scan = { .roots = roots, .id = id };

	if (roots->dir && hostproc_some(roots->dir, max, roots_args_of_daemon, see_process, &scan))
		return false;
	if (roots->dir)
		closedir(roots->dir);
	roots->dir = NULL;
	roots_conf_state(roots); /* last, for the processes may have named graph roots */
	if (roots->next_scan_ns) /* else a daemon was started meanwhile, perhaps behind us */
		roots->next_scan_ns = now_ns + SCAN_EVERY_NS;
	return true;
}

static void begin_scan(struct roots *roots, uint64_t now_ns)
{
	roots->next_scan_ns = now_ns + SCAN_EVERY_NS;
	if (now_ns >= roots->next_users_ns) {
		roots->next_users_ns = now_ns + USERS_EVERY_NS;
		roots_conf_read(roots);
	}
	if (roots->dir)
		rewinddir(roots->dir);
	else
		roots->dir = opendir(roots->proc_root);
}

bool roots_scan(struct roots *roots, uint64_t now_ns, struct str id)
{
	struct scan scan = { .roots = roots, .id = id };

	if (now_ns < roots->next_scan_ns && !roots->dir)
		return false;
	roots->conmon_id[0] = roots->conmon_name[0] = '\0';
	if (roots->one_look && roots->looked) {
		roots->next_scan_ns = now_ns + SCAN_EVERY_NS;
		for (size_t i = 0; i < roots->daemons_len; i++)
			hostproc_one(roots->proc_root, roots->daemons[i], see_process, &scan);
		return true;
	}
	begin_scan(roots, now_ns);
	scan_some(roots, now_ns, id, UINT_MAX);
	roots->looked = true;
	return true;
}

bool roots_scan_part(struct roots *roots, uint64_t now_ns)
{
	if (!roots->dir) {
		if (now_ns < roots->next_scan_ns)
			return true;
		begin_scan(roots, now_ns);
	} else if (now_ns == roots->part_ns) {
		return false; /* for another container */
	}
	roots->part_ns = now_ns;
	return scan_some(roots, now_ns, str_from(NULL, 0), SCAN_PART);
}
