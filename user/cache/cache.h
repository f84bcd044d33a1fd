/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.h - the process table: fork adds, exec replaces, exit ends
 *
 * A process is (pid, start time): a pid that is used again is another process, and
 * never gets anything of the one before. Entries of processes that ended stay for a
 * grace time, so that a second exit record of the same process is recognised and
 * late references find a name. The table is bounded: beyond the limit the process
 * that ended longest ago goes first, then the oldest; each is counted.
 *
 * Entries are valid until the next call that adds or expires.
 */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "base/hash.h"
#include "cache/image.h"
#include "event/event.h"
#include "event/from_record.h"

#define ENTERED_DEPTH 4 /* containers in containers whose workload a process is */

struct cache_entry {
	/* What looking for it, and its end, touch comes first: two lines of the CPU's cache. */
	uint32_t pid; /* key */
	bool exited;
	bool start_exact;  /* else to a tick, from /proc */
	uint64_t start_ns; /* CLOCK_BOOTTIME */
	UT_hash_handle hh;
	struct cache_entry *prev,
		*next;	     /* of those that ended, by time; or of the live ones, by age */
	struct image *image; /* held; NULL: not known */
	uint64_t exit_ns;
	uint32_t vpid;	    /* in its own pid namespace; 0: not known */
	uint32_t pid_level; /* pid namespaces it has a number in; 0: not known */
	bool kernel_thread;
	bool is_root;	     /* effective user 0 of the host, at its last record */
	bool execd;	     /* the image is its own, not its parent's */
	bool parent_at_fork; /* seen at the fork, else found later */
	bool has_ns;
	bool unseen; /* /proc had it no more when it was last looked for */
	/* How it came to be where it is: entered.c's, all of it. */
	uint8_t entered;	 /* enum entered */
	bool entered_fresh;	 /* in the container, and no exec since it came there */
	bool entered_unseen;	 /* its fork was not seen */
	bool entered_orphan;	 /* nor, for sure, who forked it: the parent may be a reaper */
	bool entered_passing;	 /* in others' namespaces as a runtime's, by its name */
	uint32_t entered_serial; /* of the container that the label is about; 0: none */
	uint32_t passing_serial; /* likewise when it began to pass */
	uint32_t workload_of[ENTERED_DEPTH]; /* serials, outermost first; 0: no more */
	uint64_t arrived_ns;	       /* when it, or whom it descends from, came into the cgroup */
	uint64_t cgroup_v2, cgroup_v1; /* 0: not known */
	bool cgroup_late;	       /* they are from /proc, not from a record */
	uint64_t exec_id;	       /* ptc_task.exec_id at its last record; 0: not known */
	uint64_t seeded_ns; /* when the kernel's list was asked; 0: known from records alone */
	struct exit_baseline baseline;
	uint32_t ns[PTC_NS_COUNT];
	char comm[PTC_COMM_LEN];
	uint32_t parent_pid;  /* 0: not known */
	uint32_t creator_pid; /* 0: the parent */
	uint64_t parent_start_ns;
	uint64_t creator_start_ns;
	uint64_t entered_by_start_ns;
	uint32_t entered_by_pid; /* who brought it in, if it is labelled so; 0: not known */
	uint8_t parent_name_len, creator_name_len, entered_by_name_len;
	char parent_name[PTC_COMM_LEN]; /* unless parent_image has it */
	char creator_name[PTC_COMM_LEN];
	char entered_by_name[PTC_COMM_LEN];
	struct image *parent_image; /* held, for a name that comm cuts; NULL: it does not */
};

struct cache;

struct cache_stats {
	uint64_t entries;
	uint64_t evicted;    /* live processes that were forgotten: the table was full */
	uint64_t images_cut; /* images kept without arguments: the memory limit was reached */
	size_t image_bytes;
};

#define CACHE_LIMIT_DEFAULT	  65536
#define CACHE_IMAGE_BYTES_DEFAULT ((size_t)16 << 20)
#define CACHE_GRACE_NS		  (2 * 1000000000ull)

/* 0 takes the defaults. Returns 0 or -ENOMEM. */
int cache_new(size_t limit, size_t image_bytes, struct cache **ret_cache);
void cache_free(struct cache *c); /* NULL is fine */

/*
 * The entry of a process, also of one that ended within the grace time; NULL if there
 * is none, or the pid belongs to another process by now. start_ns 0: any.
 */
struct cache_entry *cache_find(struct cache *c, uint32_t pid, uint64_t start_ns);

/*
 * The entry of the process that a task is about, made if need be (*ret_new then says
 * so; it has no parent yet). Its start_ns is what is printed, also where a record knows
 * better than a /proc to a tick: an identity never changes. NULL without memory.
 */
struct cache_entry *cache_get(struct cache *c, uint32_t pid, uint64_t start_ns, bool *ret_new);

/* The parent and creator as they are at a fork, with the names they have now. */
void cache_set_parent(struct cache *c, struct cache_entry *e, uint32_t pid, uint64_t start_ns,
		      bool at_fork);
void cache_set_creator(struct cache *c, struct cache_entry *e, uint32_t pid, uint64_t start_ns);

/* At a fork: the child runs its creator's image. */
void cache_inherit_image(struct cache *c, struct cache_entry *child,
			 const struct cache_entry *creator);
/* At an exec, or from /proc. */
void cache_set_image(struct cache *c, struct cache_entry *e, const struct event_process *p);

/* It runs another program by now, nobody knows which: no image, and no name. */
void cache_forget_image(struct cache *c, struct cache_entry *e);

/* As if it had never been there. */
void cache_forget(struct cache *c, struct cache_entry *e);

/* Marks it as ended. False: it was already. */
bool cache_exit(struct cache *c, struct cache_entry *e, uint64_t time_ns);

/* The process as others refer to it, with the name of what it runs now; borrowed from e. */
struct event_ref cache_ref(const struct cache_entry *e);

/* The parent as cache_set_parent() noted it; pid 0: not known. Borrowed from e. */
struct event_ref cache_parent(const struct cache_entry *e);

/* Sets parent, creator and image facts of p that it has not got. */
void cache_fill(const struct cache_entry *e, struct event_process *p);

/* Forgets those that ended more than the grace time ago. */
void cache_expire(struct cache *c, uint64_t now_ns);

/* The first live process, and from it by ->next all of them. */
struct cache_entry *cache_first(const struct cache *c);

void cache_stats(const struct cache *c, struct cache_stats *ret_stats);

#endif /* CACHE_CACHE_H */
