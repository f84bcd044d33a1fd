// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_group.c - the isolated group that a process lives in, and what is known of it
 */
#include "pipeline_state.h"

#define MONITOR_LEVELS 8 /* between a process and the monitor: runc, its steps, a shell */

/* None for a visitor: what it is in belongs to a container. */
static const struct event_isolated *find(struct pipeline *p, const struct event_process *proc)
{
	const struct event_isolated *group =
		isolated_find(p->isolated, proc->ns, proc->ns_isolated);
	const struct ns_owned *owned = group ? ns_owner_find(p->ns_owner, group->ns) : NULL;

	return owned && owned->share[0].serial ? NULL : group;
}

/*
 * A group that a monitor looks after is the container that the monitor was told of. Not the
 * group that the monitor itself lives in: without root that is Podman's own.
 */
static void name_container(struct pipeline *p, const struct cache_entry *e,
			   const struct event_process *proc, const struct event_isolated *group)
{
	uid_t uid = event_has(proc, FACT_CREDS) ? proc->creds.uid : (uid_t)-1;
	struct container_info *container = NULL;

	if (group->container || !isolated_ask(p->isolated, group))
		return;
	for (int i = 0; e && !container && i < MONITOR_LEVELS; i++) {
		struct event_process above = { 0 };

		e = e->parent_pid ? cache_find(p->cache, e->parent_pid, e->parent_start_ns) : NULL;
		if (!e || !e->has_ns || e->ns[group->type] == group->ns)
			break;
		cache_fill(e, &above);
		container = containers_new_monitored(p->containers, e->pid, above.args, uid);
	}
	if (container)
		isolated_set_container(p->isolated, group, container);
}

const struct event_isolated *pipeline_find_group(struct pipeline *p, const struct cache_entry *e,
						 const struct event_process *proc)
{
	const struct event_isolated *group = find(p, proc);

	if (group)
		name_container(p, e, proc, group);
	return group;
}
