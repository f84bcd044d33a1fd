/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - the containers that are known, from their cgroup's making to the
 * end of the grace time after its removal
 *
 * A container is one life of one cgroup: the same Docker container started again
 * is another one here. It may have a cgroup in each of two hierarchies; the one it
 * was first seen in is its home, whose removal ends it. Of two live cgroups that
 * carry one id the later is an impostor: named by its id only, and unconfirmed.
 */
#ifndef CONTAINER_REGISTRY_H
#define CONTAINER_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/glob.h"
#include "base/hash.h"
#include "container/cgpath.h"
#include "container/cgroups.h"
#include "container/containers.h"
#include "container/metadata.h"
#include "container/retry.h"
#include "event/container_info.h"

#define REGISTRY_LIMIT 16384

struct owner_key {
	uint64_t id;
	uint64_t hierarchy_id;
};

struct container;
struct sockets;

/* How far the sockets were asked about a container. */
struct asking {
	uint64_t next_ns;
	uint8_t times;
	bool waiting; /* for an answer */
	bool done;
};

/* One cgroup that is a container's own. */
struct owner {
	struct owner_key key;
	struct container *container;
	UT_hash_handle hh;
};

struct container {
	struct container_info info; /* first: a container_info handed out is this */
	struct meta meta;	    /* owns the strings of info */
	struct cgpath_match match;  /* owns id and pod uid of info */
	struct owner own[CGROUPS_HIERARCHIES];
	bool has_own[CGROUPS_HIERARCHIES];
	int home;   /* index into own */
	char *path; /* of its own cgroup at home, not terminated */
	size_t path_len;
	struct container *outer;
	unsigned int inner;  /* how many have this one as their outer */
	const char *claimed; /* by the runtime that made it, a literal; NULL: by none */
	struct retry retry;  /* of the metadata; done from the start for an impostor */
	struct asking asking;
	bool impostor;	/* what a runtime says of the id is said of another */
	bool doubted;	/* see struct metadata_place */
	bool told;	/* its start, or it ran before */
	bool announced; /* an event told its start */
	bool ran_already;
	bool end_told;	    /* or nobody is to be told */
	unsigned int known; /* how many facts of meta are in info */
	bool news;	    /* more than when it was announced */
	bool removed;
	uint64_t removed_ns;
	bool over;		       /* being forgotten */
	struct containers_mark mark;   /* see containers_mark() */
	struct container *prev, *next; /* all of them, oldest first */
	char *key;		       /* what makes it one of a kind, see registry.c */
	UT_hash_handle hh;	       /* by key: alive and no impostor */
};

struct registry {
	struct cgroups *cgroups;   /* borrowed */
	struct metadata *metadata; /* borrowed */
	uint64_t grace_ns;
	const struct globs *shown_labels; /* borrowed; NULL: none */
	bool want_labels;		  /* somebody asks for them */
	struct sockets *sockets;	  /* borrowed; NULL: none are asked */
	uint64_t next_work_ns;		  /* see asking_step(); UINT64_MAX: nothing */
	struct container *all;
	struct container *by_key;
	struct owner *owners;
	size_t count;
	size_t limit;
	uint32_t made;	     /* ever */
	bool some_ended;     /* without anybody having been told yet */
	bool some_news;	     /* likewise */
	uint64_t refused;    /* not made because the registry was full */
	enum missing unsure; /* why the last registry_confirm() that found none could not tell */
};

void registry_init(struct registry *reg, struct cgroups *cgroups, struct metadata *metadata,
		   uint64_t grace_ns, const struct globs *shown_labels);
void registry_done(struct registry *reg);

/*
 * The innermost container of a path that cgpath_parse() found some in, made with its
 * outer ones if need be. id is the cgroup that has the path. NULL if the registry is
 * full or memory is out.
 */
struct container *registry_get(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
			       struct str path, const struct cgpath *cgpath, uint64_t now_ns);

/*
 * The same for a path that only may be a container's: the innermost cgroup of it
 * that a runtime confirms. NULL: none does; unsure says if it could not be asked.
 */
struct container *registry_confirm(struct registry *reg, uint32_t hierarchy_id, uint64_t id,
				   struct str path, uint64_t now_ns);

/* Its runtime made it, and says so before its files do. */
void registry_claim(struct registry *reg, struct container *c, const char *runtime);

/* Is there a live container of this id of 64 digits? */
bool registry_has(struct registry *reg, const char *id);

/* What is known of a container with this path, but for its id. */
struct metadata_place registry_place(struct registry *reg, const struct cgpath_match *match,
				     struct str path, const struct container *outer);

/* Looks for metadata again if it is time to. */
void registry_refresh(struct registry *reg, struct container *c, uint64_t now_ns);

/* The container whose own cgroup this is, at home. NULL: none, or removed already. */
struct container *registry_find_home(struct registry *reg, uint32_t hierarchy_id, uint64_t id);

/* False if it is certain that its cgroup at home is gone. */
static inline bool registry_is_there(const struct registry *reg, const struct container *c)
{
	const struct owner_key *own = &c->own[c->home].key;

	return cgroups_is_there(reg->cgroups, (uint32_t)own->hierarchy_id, own->id,
				str_from(c->path, c->path_len));
}

/* Its cgroup is gone; it is kept for the grace time. */
void registry_remove(struct registry *reg, struct container *c, uint64_t now_ns);

static inline bool registry_is_over(const struct registry *reg, const struct container *c,
				    uint64_t now_ns)
{
	return c->removed && c->inner == 0 && now_ns >= c->removed_ns &&
	       now_ns - c->removed_ns >= reg->grace_ns;
}

/* Brings info in line with what path and metadata say now. */
void registry_update_info(struct registry *reg, struct container *c);

/* Frees it. Nobody may refer to it any more. */
void registry_forget(struct registry *reg, struct container *c);

/*
 * Asks whether the cgroups of the few oldest-asked containers are still there: the
 * record of a removal may have been lost.
 */
void registry_check_some(struct registry *reg, uint64_t now_ns);

#endif /* CONTAINER_REGISTRY_H */
