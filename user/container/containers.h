/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers.h - from a record's cgroup ids to a container with its name
 *
 * The face of this room: it keeps the cgroup index, applies the path rules, and reads
 * what the runtimes keep on disk, once per container; what that does not say, it lets
 * their sockets be asked for by a thread of its own. It owns every string
 * and container_info it hands out; they stay valid until the grace time after
 * the container's cgroup was removed has passed and containers_expire() ran.
 */
#ifndef CONTAINER_CONTAINERS_H
#define CONTAINER_CONTAINERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/glob.h"
#include "base/str.h"
#include "event/container_info.h"
#include "event/event.h"

struct containers;

struct containers_options {
	const char *proc_root;	   /* "/proc" */
	const char *host_root;	   /* "" or "/": where /var/lib, /run and /etc are looked up */
	uint32_t v1_hierarchy_id;  /* of the v1 ids in records; 0: records carry none */
	const char *v1_controller; /* its controller, to find the mount; NULL if none */
	uint64_t grace_ns;	   /* 0: a default of 30 s */
	const struct globs *shown_labels; /* by key, borrowed; NULL: none */
	bool want_labels;		  /* also where none is shown: a filter asks for them */
	bool unprivileged_sockets;	  /* see struct sockets_options */
	bool one_look; /* for what is there now: no daemon that starts later counts */
};

struct containers_stats {
	uint64_t cgroups;	  /* in the index now */
	uint64_t containers;	  /* known now */
	uint64_t evicted;	  /* dropped because a table was full */
	uint64_t metadata_errors; /* files that were there but could not be used */
	uint64_t sockets_asked;	  /* questions to runtimes' sockets */
	uint64_t sockets_refused; /* that did not fit into the queue */
	uint64_t sockets_failed;  /* sockets that gave no answer that could be used */
};

/* What is known of a process's cgroups. */
struct containers_answer {
	struct event_cgroup cgroup;		/* the one that decided; path empty if not known */
	const struct container_info *container; /* NULL: in none */
	bool known;				/* false: no path could be found for any id */
	enum missing missing;			/* container NULL: why that is not certain */
	bool confirmed_by_runtime;
};

/* Returns 0, -ENOMEM, or the negative errno that host_root could not be opened with. */
int containers_new(const struct containers_options *options, struct containers **ret_containers);
void containers_free(struct containers *c); /* NULL is fine */

/*
 * Walks the cgroup mounts. Returns 0, or a negative errno if no hierarchy could be
 * walked at all (paths then come from handles and /proc only).
 */
int containers_seed(struct containers *c);

/*
 * From the kernel's cgroup records. hierarchy_id 0 is v2. Ids are only unique within one.
 * Returns the container whose own cgroup this is, if that shows by now, else NULL.
 */
const struct container_info *containers_cgroup_made(struct containers *c, uint32_t hierarchy_id,
						    uint64_t id, uint64_t parent_id,
						    struct str name);
/*
 * Who made a cgroup, or put a process into it: to be told of root's processes on the host
 * only. If that is a runtime whose arguments name the container, the container is
 * confirmed before any file says so: it may be over before one can be read. Returns it,
 * or NULL.
 */
const struct container_info *containers_cgroup_maker(struct containers *c, uint32_t hierarchy_id,
						     uint64_t id, struct str executable,
						     struct str args);
/* Likewise, of what it is by its new name. */
const struct container_info *containers_cgroup_renamed(struct containers *c, uint32_t hierarchy_id,
						       uint64_t id, struct str name);
/*
 * The cgroup is gone; it stays known for the grace time. Returns the container that
 * ended with it (this was the container's own cgroup, not one inside it), else NULL.
 */
const struct container_info *containers_cgroup_removed(struct containers *c, uint32_t hierarchy_id,
						       uint64_t id, uint64_t now_ns);

/*
 * A container whose start was told and whose end was noticed otherwise: its cgroup is gone
 * or another's, and the record of that was lost or is still to come. Each once; NULL: no
 * more.
 */
const struct container_info *containers_take_ended(struct containers *c);

/* A program was executed: perhaps a daemon, which says where its containers' files are. */
void containers_see_exec(struct containers *c, const struct event_process *proc);

/*
 * The container of a process. pid is used only when no id has a path yet, to read
 * /proc/<pid>/cgroup; start_ns guards against a reused pid. 0: do not try.
 */
void containers_find(struct containers *c, uint64_t v2_id, uint64_t v1_id, uint32_t pid,
		     uint64_t start_ns, struct containers_answer *ret_answer);

/*
 * The ids that containers_find() takes, v2's first, of the lines of /proc/<pid>/cgroup; 0: not
 * known. For made_up see cgroups_ids_of().
 */
void containers_ids_of(struct containers *c, struct str lines, bool made_up, uint64_t ret_ids[2]);

/* See monitored_new(). The caller's to monitored_free(). */
struct container_info *containers_new_monitored(struct containers *c, uint32_t pid, struct str args,
						uid_t uid);

/* True the first time it is asked for a container: its start is to be told now. */
bool containers_tell_start(struct containers *c, const struct container_info *container);

/* The cgroups that are the container's own, one in each hierarchy at most. Returns how many. */
struct containers_cgroup {
	uint32_t hierarchy_id;
	uint64_t id;
};
size_t containers_own_cgroups(const struct container_info *container,
			      struct containers_cgroup ret_own[2]);

/* What the caller keeps of a container, of any meaning; 0 at first. */
struct containers_mark {
	uint8_t gate;
	uint8_t sweeps;
	uint16_t meter;
};
struct containers_mark *containers_mark(const struct container_info *container);

/* It ran before: its start is not to be told, but by containers_announce(). */
void containers_ran_already(struct containers *c, const struct container_info *container);

/* An event lists it as one that ran already. */
void containers_announce(struct containers *c, const struct container_info *container);

/*
 * What the runtimes' files and sockets say by now of containers that were not known whole;
 * cheap when there is nothing to do. Then containers_take_updated() has each container once
 * whose start an event told and of which more is known since; NULL: no more.
 */
void containers_work(struct containers *c, uint64_t now_ns);
const struct container_info *containers_take_updated(struct containers *c, bool *ret_ran_already);

/* Boot time at which containers_work() has something to do; UINT64_MAX: not by itself. */
uint64_t containers_next_work_ns(const struct containers *c);

/* Readable when it has something to do before that; -1: never. Edge-triggered use only. */
int containers_fd(const struct containers *c);

/*
 * Calls back for each container that has a cgroup now; ran_already: of these only for those of
 * which containers_ran_already() was said, for a cgroup that was left empty is none that runs.
 */
void containers_each(struct containers *c, bool ran_already,
		     void (*each)(const struct container_info *container, void *arg), void *arg);

/* Forgets what was removed more than the grace time ago. */
void containers_expire(struct containers *c, uint64_t now_ns);

void containers_stats(const struct containers *c, struct containers_stats *ret_stats);

#endif /* CONTAINER_CONTAINERS_H */
