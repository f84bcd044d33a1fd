/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracer.h - the kernel side, seen from user space
 *
 * Opens, loads and attaches the programs, hands out their records, and counts.
 * After tracer_new() no bpf() call is made: the ring, the counters and the wake-up
 * flags are memory-mapped. Says what is wrong itself (base/log.h).
 */
#ifndef TRACER_TRACER_H
#define TRACER_TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proctrace/gate.h"
#include "proctrace/wire.h"

struct tracer;

struct tracer_options {
	size_t ring_bytes; /* rounded up to a power of two; 0: TRACER_RING_DEFAULT */
	bool namespaces;   /* setns and unshare: attaches system call tracepoints */
	bool failed_exec;  /* likewise */
	bool signals;	   /* PTC_SIGNAL records */
	bool capture_env;  /* the environment at exec */
	bool gates;	   /* tracer_gate() will be called */
	/* Records of a container in this time, for those that have a meter; 0: any number. */
	uint64_t rate_limit, rate_window_ns;
};

#define TRACER_RING_DEFAULT ((size_t)8 << 20)
#define TRACER_RING_MIN	    ((size_t)512 << 10) /* twice the largest record */
#define TRACER_RING_MAX	    ((size_t)1 << 30)

/*
 * Returns 0, or after one sentence on standard error a negative errno: -EPERM (not
 * permitted), -EOPNOTSUPP (the kernel lacks something), or another one.
 */
int tracer_new(const struct tracer_options *options, struct tracer **ret_tracer);
void tracer_free(struct tracer *t); /* NULL is fine */

/* Readable (edge triggered only, EPOLLET) when the kernel side wakes the agent. */
int tracer_fd(const struct tracer *t);

/*
 * Hands out at most max records. size is what the ring holds, at least the header's
 * size; the bytes are valid during the call. Returns how many there were, or the
 * negative value that fn returned, which stops it after that record.
 */
typedef int (*tracer_record_fn)(const void *record, size_t size, void *arg);
int tracer_drain(struct tracer *t, tracer_record_fn fn, void *arg, unsigned int max);

/*
 * The agent's half of the wake-up protocol (bpf/ring.h has the other).
 * tracer_idle(): may the agent block? If false, records are waiting: drain, or nap.
 * tracer_nap(): the agent will come back by timer, after as many milliseconds as this
 * returns; wake it early only if the ring fills. At most 40, and few after a pause.
 * tracer_awake(): whatever was said is taken back. Call it after every wait.
 */
bool tracer_idle(struct tracer *t);
int tracer_nap(struct tracer *t);
void tracer_awake(struct tracer *t);

/*
 * Every process that runs now, from the kernel's own list, in no order. Returns how
 * many, or a negative errno: -EOPNOTSUPP if this kernel has no such iterator.
 */
typedef void (*tracer_seed_fn)(const struct ptc_seed *seed, void *arg);
int tracer_seed(struct tracer *t, tracer_seed_fn fn, void *arg);

/* Since the start. */
struct tracer_counts {
	uint64_t sent[PTC_TYPES];
	uint64_t lost[PTC_TYPES];
	uint64_t filtered[PTC_TYPES]; /* kept back, see tracer_gate() */
	uint64_t throttled[PTC_TYPES];
	uint64_t gates_refused; /* calls of tracer_gate() that were false */
	uint64_t wakeups;
};
void tracer_counts(const struct tracer *t, struct tracer_counts *ret_counts);

/* What was lost since the last call, of one reason. False: nothing. */
struct tracer_lost {
	uint64_t total;
	uint64_t by_type[PTC_TYPES];
	uint64_t from_ns, to_ns; /* CLOCK_BOOTTIME */
	enum ptc_lost reason;
};
bool tracer_take_lost(struct tracer *t, struct tracer_lost *ret_lost);

/*
 * Decides whether records about tasks in a cgroup, and in those below it that have no
 * decision of their own, are sent (include/proctrace/gate.h), and on which meter they count
 * (include/proctrace/meter.h). False: no room for it, so that all of them are sent.
 */
bool tracer_gate(struct tracer *t, uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state,
		 uint16_t meter);

/* The record of its making was taken, and of a renaming, see gates_made(). */
void tracer_gate_made(struct tracer *t, uint32_t hierarchy_id, uint64_t id);
void tracer_gate_renamed(struct tracer *t, uint32_t hierarchy_id);

/* What a meter kept back since the last call for it. False: nothing. */
struct tracer_throttled {
	uint64_t total;
	uint64_t by_type[PTC_TYPES];
	uint64_t from_ns, to_ns; /* CLOCK_BOOTTIME */
};
bool tracer_take_throttled(struct tracer *t, uint16_t meter,
			   struct tracer_throttled *ret_throttled);

/* Boot time just before the first program was attached. */
uint64_t tracer_attached_ns(const struct tracer *t);

/* The v1 hierarchy that records carry ids of; 0 and NULL if there is none. */
uint32_t tracer_v1_hierarchy(const struct tracer *t);
const char *tracer_v1_controller(const struct tracer *t);

size_t tracer_ring_bytes(const struct tracer *t);
size_t tracer_unread(const struct tracer *t); /* bytes in the ring now */

/* Detaches every program: nothing new comes; what is in the ring can still be drained. */
void tracer_stop(struct tracer *t);

/* What this kernel offers, in the order in which it is best read. */
struct tracer_feature {
	const char *name;
	const char *purpose;
	const char *instead;	 /* what is done where it is missing */
	const char *lacking;	 /* what is missing then, if that is known */
	bool needed;		 /* nothing works without it */
	bool wanted;		 /* by the options */
	int error;		 /* 0: there and in use (if wanted); else why not */
	uint32_t verified_insns; /* instructions the verifier looked at; 0: not told */
};
const struct tracer_feature *tracer_features(const struct tracer *t, size_t *ret_len);
/* The same of what is no hook: what this kernel tells, or does, that another does not. */
const struct tracer_feature *tracer_facts(const struct tracer *t, size_t *ret_len);

#endif /* TRACER_TRACER_H */
