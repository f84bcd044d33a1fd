// SPDX-License-Identifier: Apache-2.0
/*
 * containers.c - from a record's cgroup ids to a container with its name
 *
 * The cgroups say where a process is, the registry which containers there are, the
 * answers remember what came out for each pair of ids.
 */
#include "container/containers.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/clock.h"
#include "container/answers.h"
#include "container/asking.h"
#include "container/cgpath.h"
#include "container/cgroups.h"
#include "container/metadata.h"
#include "container/monitored.h"
#include "container/ocicmd.h"
#include "container/registry.h"
#include "container/sockets.h"

#define GRACE_DEFAULT_NS (30 * NSEC_PER_SEC)
#define SWEEP_EVERY_NS	 NSEC_PER_SEC
#define CHECK_EVERY_NS	 (60 * NSEC_PER_SEC)

struct containers {
	struct cgroups cgroups;
	struct metadata metadata;
	struct registry registry;
	struct sockets *sockets; /* NULL: none are asked */
	struct answers answers;
	struct buf path;
	struct cgpath cgpath;
	uint64_t next_sweep_ns;
	uint64_t next_check_ns;
	bool sweep; /* something may be over */
};

int containers_new(const struct containers_options *options, struct containers **ret_containers)
{
	uint64_t grace_ns = options->grace_ns ? options->grace_ns : GRACE_DEFAULT_NS;
	const char *proc_root = options->proc_root ? options->proc_root : "/proc";
	struct containers *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	err = cgroups_init(&c->cgroups, proc_root, options->v1_hierarchy_id, options->v1_controller,
			   grace_ns);
	if (err) {
		free(c);
		return err;
	}
	err = metadata_init(&c->metadata, options->host_root, proc_root, &c->cgroups);
	if (err) {
		cgroups_done(&c->cgroups);
		free(c);
		return err;
	}
	c->metadata.roots.one_look = options->one_look;
	registry_init(&c->registry, &c->cgroups, &c->metadata, grace_ns, options->shown_labels);
	c->registry.want_labels = options->want_labels ||
				  (options->shown_labels && options->shown_labels->len);
	/* Without them (a build without libcurl) there is what the files say. */
	sockets_new(&(struct sockets_options){ .host_root = options->host_root,
					       .unprivileged = options->unprivileged_sockets },
		    &c->sockets);
	c->registry.sockets = c->sockets;
	c->answers = (struct answers){ .cgroups = &c->cgroups, .registry = &c->registry };
	*ret_containers = c;
	return 0;
}

void containers_free(struct containers *c)
{
	if (!c)
		return;
	sockets_free(c->sockets);
	answers_done(&c->answers);
	registry_done(&c->registry);
	metadata_done(&c->metadata);
	cgroups_done(&c->cgroups);
	buf_done(&c->path);
	free(c);
}

/* What the cgroup itself is by its path, not something around it; NULL: nothing. */
static const struct cgpath_match *find_own(struct containers *c, uint32_t hierarchy_id, uint64_t id,
					   struct str *ret_path)
{
	const struct cgpath_match *match;
	bool truncated;

	if (cgroups_path(&c->cgroups, hierarchy_id, id, &c->path, &truncated) || truncated)
		return NULL;
	*ret_path = str_from(c->path.data, c->path.len);
	cgpath_parse(*ret_path, &c->cgpath);
	match = cgpath_innermost(&c->cgpath);
	return match && match->end == ret_path->len ? match : NULL;
}

/* Makes the container known whose own cgroup this is. NULL: none's, as far as its path says. */
static const struct container_info *get_own(struct containers *c, uint32_t hierarchy_id,
					    uint64_t id)
{
	struct container *container;
	struct str path;

	if (!find_own(c, hierarchy_id, id, &path) || c->cgpath.verdict < CGPATH_BUILD)
		return NULL;
	container = registry_get(&c->registry, hierarchy_id, id, path, &c->cgpath, clock_boot_ns());
	return container ? &container->info : NULL;
}

/* Before a process is in it. */
static void consider(uint32_t hierarchy_id, uint64_t id, void *arg)
{
	struct containers *c = arg;
	struct str path;

	if (!get_own(c, hierarchy_id, id) && c->cgpath.verdict == CGPATH_MAYBE &&
	    find_own(c, hierarchy_id, id, &path))
		registry_confirm(&c->registry, hierarchy_id, id, path, clock_boot_ns());
}

int containers_seed(struct containers *c)
{
	int err = cgroups_seed(&c->cgroups);

	metadata_scan(&c->metadata, clock_boot_ns());
	if (!err)
		cgindex_each(c->cgroups.index, consider, c);
	return err;
}

const struct container_info *containers_cgroup_made(struct containers *c, uint32_t hierarchy_id,
						    uint64_t id, uint64_t parent_id,
						    struct str name)
{
	if (cgroups_slot(&c->cgroups, hierarchy_id) < 0 || id == 0)
		return NULL;
	/* Out of memory: a handle finds it when it is asked for. */
	cgindex_add(c->cgroups.index, hierarchy_id, id, parent_id, name);
	return get_own(c, hierarchy_id, id);
}

const struct container_info *containers_cgroup_maker(struct containers *c, uint32_t hierarchy_id,
						     uint64_t id, struct str executable,
						     struct str args)
{
	const struct cgpath_match *match;
	struct container *container;
	struct ocicmd command;
	struct str path;

	if (!ocicmd_runtime(executable) || cgroups_slot(&c->cgroups, hierarchy_id) < 0)
		return NULL;
	match = find_own(c, hierarchy_id, id, &path);
	/* Only a form that any runtime may use leaves something to be said. */
	if (!match || !match->runtime_guessed ||
	    !ocicmd_makes(executable, args, str_of(match->id), &command))
		return NULL;
	metadata_learn(&c->metadata, &command, str_of(match->id));
	container = registry_get(&c->registry, hierarchy_id, id, path, &c->cgpath, clock_boot_ns());
	if (!container)
		return NULL;
	registry_claim(&c->registry, container, command.runtime);
	return &container->info;
}

const struct container_info *containers_cgroup_renamed(struct containers *c, uint32_t hierarchy_id,
						       uint64_t id, struct str name)
{
	if (cgroups_slot(&c->cgroups, hierarchy_id) < 0)
		return NULL;
	cgindex_rename(c->cgroups.index, hierarchy_id, id, name);
	/* Every path below it is another now; renaming is rare. */
	answers_forget(&c->answers);
	return get_own(c, hierarchy_id, id);
}

const struct container_info *containers_cgroup_removed(struct containers *c, uint32_t hierarchy_id,
						       uint64_t id, uint64_t now_ns)
{
	struct container *container;

	if (cgroups_slot(&c->cgroups, hierarchy_id) < 0)
		return NULL;
	cgindex_remove(c->cgroups.index, hierarchy_id, id, now_ns);
	c->sweep = true;
	container = registry_find_home(&c->registry, hierarchy_id, id);
	if (!container)
		return NULL;
	registry_remove(&c->registry, container, now_ns);
	container->end_told = true;
	return &container->info;
}

const struct container_info *containers_take_ended(struct containers *c)
{
	struct container *container;

	if (!c->registry.some_ended)
		return NULL;
	DL_FOREACH(c->registry.all, container) {
		if (!container->removed || container->end_told)
			continue;
		container->end_told = true;
		if (container->told)
			return &container->info;
	}
	c->registry.some_ended = false;
	return NULL;
}

void containers_see_exec(struct containers *c, const struct event_process *proc)
{
	roots_see_exec(&c->metadata.roots, proc);
}

struct container_info *containers_new_monitored(struct containers *c, uint32_t pid, struct str args,
						uid_t uid)
{
	struct container_info *info = monitored_new(&c->metadata, pid, args, uid);

	/* A container that has a cgroup is not also one that has none. */
	if (info && registry_has(&c->registry, info->id.p)) {
		monitored_free(info);
		return NULL;
	}
	return info;
}

void containers_find(struct containers *c, uint64_t v2_id, uint64_t v1_id, uint32_t pid,
		     uint64_t start_ns, struct containers_answer *ret_answer)
{
	answers_find(&c->answers, v2_id, v1_id, pid, start_ns, ret_answer);
}

void containers_ids_of(struct containers *c, struct str lines, bool made_up, uint64_t ret_ids[2])
{
	cgroups_ids_of(&c->cgroups, lines, made_up, ret_ids);
}

/* The info is the container's first member, and the container is ours to change. */
static struct container *container_of(const struct container_info *info)
{
	return (struct container *)info;
}

size_t containers_own_cgroups(const struct container_info *info,
			      struct containers_cgroup ret_own[2])
{
	const struct container *container = container_of(info);
	size_t len = 0;

	_Static_assert(CGROUPS_HIERARCHIES == 2, "room for each hierarchy's");
	for (int i = 0; i < CGROUPS_HIERARCHIES; i++)
		if (container->has_own[i])
			ret_own[len++] = (struct containers_cgroup){
				.hierarchy_id = (uint32_t)container->own[i].key.hierarchy_id,
				.id = container->own[i].key.id,
			};
	return len;
}

struct containers_mark *containers_mark(const struct container_info *info)
{
	return &container_of(info)->mark;
}

bool containers_tell_start(struct containers *c, const struct container_info *info)
{
	struct container *container = container_of(info);

	(void)c;
	if (container->told)
		return false;
	container->told = container->announced = true;
	container->news = false;
	return true;
}

void containers_ran_already(struct containers *c, const struct container_info *info)
{
	(void)c;
	container_of(info)->told = container_of(info)->ran_already = true;
}

void containers_announce(struct containers *c, const struct container_info *info)
{
	(void)c;
	container_of(info)->announced = true;
	container_of(info)->news = false;
}

void containers_work(struct containers *c, uint64_t now_ns)
{
	asking_take(&c->registry, now_ns);
	asking_step(&c->registry, now_ns);
}

const struct container_info *containers_take_updated(struct containers *c, bool *ret_ran_already)
{
	struct container *container;

	if (!c->registry.some_news)
		return NULL;
	DL_FOREACH(c->registry.all, container) {
		bool told = container->news && container->announced && !container->end_told;

		/* Of one that is not announced yet, its start will say all. */
		container->news = false;
		if (told) {
			*ret_ran_already = container->ran_already;
			return &container->info;
		}
	}
	c->registry.some_news = false;
	return NULL;
}

uint64_t containers_next_work_ns(const struct containers *c)
{
	return c->registry.next_work_ns;
}

int containers_fd(const struct containers *c)
{
	return c->sockets ? sockets_fd(c->sockets) : -1;
}

void containers_each(struct containers *c, bool ran_already,
		     void (*each)(const struct container_info *container, void *arg), void *arg)
{
	struct container *container, *next;

	DL_FOREACH_SAFE(c->registry.all, container, next) {
		if (!container->removed && (container->ran_already || !ran_already))
			each(&container->info, arg);
	}
}

/* Forgets the containers whose grace time has passed, and first whoever refers to them. */
static void forget_over(struct containers *c, uint64_t now_ns)
{
	struct container *container, *next;

	/* Marked before any is forgotten: forgetting an inner one may end its outer one. */
	DL_FOREACH(c->registry.all, container) {
		container->over = registry_is_over(&c->registry, container, now_ns);
		if (container->removed && !container->over)
			c->sweep = true;
	}
	answers_sweep(&c->answers);
	answers_free_old(&c->answers);
	DL_FOREACH_SAFE(c->registry.all, container, next) {
		if (container->over)
			registry_forget(&c->registry, container);
	}
}

void containers_expire(struct containers *c, uint64_t now_ns)
{
	answers_free_old(&c->answers);
	if (now_ns >= c->next_check_ns) {
		c->next_check_ns = now_ns + CHECK_EVERY_NS;
		registry_check_some(&c->registry, now_ns);
		c->sweep = true;
	}
	if (!c->sweep || now_ns < c->next_sweep_ns)
		return;
	c->next_sweep_ns = now_ns + SWEEP_EVERY_NS;
	c->sweep = false;
	cgindex_expire(c->cgroups.index, now_ns);
	forget_over(c, now_ns);
}

void containers_stats(const struct containers *c, struct containers_stats *ret_stats)
{
	struct sockets_stats sockets = { 0 };

	if (c->sockets)
		sockets_stats(c->sockets, &sockets);
	*ret_stats = (struct containers_stats){
		.cgroups = cgindex_count(c->cgroups.index),
		.containers = c->registry.count,
		.evicted = c->answers.evicted + c->registry.refused +
			   cgindex_evicted(c->cgroups.index),
		.metadata_errors = c->metadata.fs.errors,
		.sockets_asked = sockets.asked,
		.sockets_refused = sockets.refused,
		.sockets_failed = sockets.failed,
	};
}
