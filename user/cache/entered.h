/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entered.h - is it the container's workload, or did it come from outside?
 *
 * Told by descent, not by names: the first process that comes into a container is its
 * workload, with all that it creates; a later one that none of these created was brought
 * in. So it holds for runtimes nobody has heard of. Names of runtimes only tell their own
 * set-up steps: such a program in the container is set-up, until it execs another.
 *
 * Each process carries whose workload it is; a fork hands that on, a move to another
 * container's cgroup is judged once. A process that enters a container's namespaces by
 * itself (nsenter) stays in its own cgroup and is labelled as that.
 *
 * Where a fork was not seen (it ran before, or its record was lost), only the parent of
 * now is known. An orphan belongs to its namespace's init by then, which is the
 * container's if it has a pid namespace of its own: it is taken for workload. In a
 * container without one, nobody can tell an orphan from a process that was brought in,
 * and both are taken for workload.
 */
#ifndef CACHE_ENTERED_H
#define CACHE_ENTERED_H

#include "cache/cache.h"

struct entered_table;

int entered_new(struct entered_table **ret_table); /* 0 or -ENOMEM */
void entered_free(struct entered_table *t);	   /* NULL is fine */

/* At a fork: what the creator is, the child is. */
void entered_fork(struct entered_table *t, struct cache_entry *child,
		  const struct cache_entry *creator);

/*
 * Instead, where the fork was not seen. parent: whose child it is now, NULL: not known;
 * same_cgroup: it is in the parent's.
 */
void entered_found(struct entered_table *t, struct cache_entry *e, const struct cache_entry *parent,
		   bool same_cgroup);

/* It was moved to another cgroup then, or born in another one than its creator's. */
void entered_moved(struct cache_entry *e, uint64_t time_ns);

/*
 * Where it is, with every event. container: the one it is in, NULL: none. p has the name
 * and executable it runs now. by: who brought it to where it is, pid 0: its creator.
 */
void entered_update(struct entered_table *t, struct cache_entry *e,
		    const struct container_info *container, const struct event_process *p,
		    const struct event_ref *by);

/* Instead, for a container that ran before: this is its first process. */
void entered_first(struct entered_table *t, struct cache_entry *e,
		   const struct container_info *container);

/* It exec'd; after the update. */
void entered_exec(struct cache_entry *e);

/* It ended; once. A container without workload begins anew with the next that comes in. */
void entered_exit(struct entered_table *t, const struct cache_entry *e);

/* Who brought the process in; pid 0: nobody, or not known. Borrowed from e. */
struct event_ref entered_by(const struct cache_entry *e);

/*
 * The process entered a namespace of a container that it is not in. by: who did it; NULL:
 * itself. p: what it runs: whether a program that has a runtime's name was one shows by what
 * it, or its child, executes then (entered_passing).
 */
void entered_setns(struct cache_entry *e, const struct event_process *p,
		   const struct event_ref *by);

/*
 * Who was passing executes a program that is no runtime's: in the container of own_serial (0:
 * none), and, if away, in the namespaces of another one. A runtime's process is in that one's
 * cgroup by then.
 */
void entered_passed(struct cache_entry *e, uint32_t own_serial, bool away);

/* The container ended. */
void entered_forget(struct entered_table *t, const struct container_info *container);

#endif /* CACHE_ENTERED_H */
