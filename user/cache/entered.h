/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entered.h - is it the container's workload, or did it come from outside?
 *
 * A process of "docker exec" never descends from the container's first process: the
 * runtime makes it (runc, crun), joins the namespaces, moves it into the cgroup, and
 * execs. So: a runtime's program inside a container's cgroup is set-up; the first
 * program that set-up execs is the workload; any later one was brought in by exec.
 * Children are what their creator is. A process that enters a container's namespaces
 * by itself (nsenter) stays in its own cgroup and is labelled as that. Who brought a
 * process in is the parent of the set-up step that became it, or who called setns(2).
 */
#ifndef CACHE_ENTERED_H
#define CACHE_ENTERED_H

#include "cache/cache.h"

struct entered_table;

int entered_new(struct entered_table **ret_table); /* 0 or -ENOMEM */
void entered_free(struct entered_table *t);	   /* NULL is fine */

/* At a fork: the label of the creator goes on. */
void entered_fork(struct cache_entry *child, const struct cache_entry *creator);

/*
 * After an exec, a move, or at first sight. container: the one it is in, NULL: none.
 * p has the name and executable it runs now.
 */
void entered_update(struct entered_table *t, struct cache_entry *e,
		    const struct container_info *container, const struct event_process *p);

/* Who brought the process in; pid 0: nobody, or not known. Borrowed from e. */
struct event_ref entered_by(const struct cache_entry *e);

/* The process entered a namespace of a container that it is not in. */
void entered_setns(struct cache_entry *e, const struct event_process *p);

/* The container ended: the next one of that id begins anew. */
void entered_forget(struct entered_table *t, const struct container_info *container);

/* True for the programs that make containers: runc, crun, youki, and their shims. */
bool entered_is_runtime(const struct event_process *p);

#endif /* CACHE_ENTERED_H */
