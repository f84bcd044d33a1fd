/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h - one event in memory, as filters and sinks see it
 *
 * An event borrows everything: slices point into the record, the process table,
 * the container index or a reader's memory, and are valid until the call that
 * handed the event out returns. Whoever keeps something copies it.
 *
 * A fact is there only if its bit is set in .has (event_has()); its source says
 * where it came from. A fact that is not there but was looked for has a reason
 * in .missing. Values of absent facts are zero and mean nothing.
 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "event/container_info.h"
#include "proctrace/wire.h"

enum event_kind {
	EVENT_FORK,
	EVENT_EXEC,
	EVENT_EXIT,
	EVENT_SETNS,
	EVENT_UNSHARE,
	EVENT_CGROUP,
	EVENT_CONTAINER_START,
	EVENT_CONTAINER_STOP,
	EVENT_SIGNAL,
	EVENT_PROCESS,
	EVENT_LOST,
	EVENT_THROTTLED,
	EVENT_KINDS,
};

/* Groups of facts that come from one place together. */
enum fact {
	FACT_PARENT,	/* parent */
	FACT_NAME,	/* name */
	FACT_EXE,	/* executable */
	FACT_FILE,	/* file */
	FACT_ARGS,	/* args, args_count */
	FACT_CWD,	/* cwd */
	FACT_TTY,	/* tty_major, tty_minor, interactive */
	FACT_CREDS,	/* creds, cap, securebits */
	FACT_GROUPS,	/* groups */
	FACT_LOGIN,	/* loginuid, session_id */
	FACT_SECCOMP,	/* seccomp, no_new_privs */
	FACT_LSM,	/* lsm */
	FACT_NS,	/* ns */
	FACT_PIDS,	/* vpid */
	FACT_CGROUP,	/* cgroup */
	FACT_CONTAINER, /* container */
	FACT_OOM_SCORE, /* oom_score_adj */
	FACT_ENV,	/* env */
	FACT_NOW,	/* now */
	FACT_COUNT,
};

enum source {
	SOURCE_NONE,
	SOURCE_KERNEL,	  /* the record of this event */
	SOURCE_PROCFS,	  /* /proc/<pid>, read after the event */
	SOURCE_INHERITED, /* from the parent at fork, unchanged since */
	SOURCE_RUNTIME,	  /* the container runtime's files */
	SOURCE_COUNT,
};

enum missing {
	MISSING_NONE,
	MISSING_GONE,	   /* the process ended before it could be asked */
	MISSING_DENIED,	   /* not permitted */
	MISSING_SKIPPED,   /* not asked: too expensive now, or switched off */
	MISSING_MALFORMED, /* there, but not what it should be */
	MISSING_COUNT,
};

/* A process as it is referred to: parent, creator, sender, target. */
struct event_ref {
	uint32_t pid;	   /* 0: none known */
	uint64_t start_ns; /* CLOCK_BOOTTIME; 0: not known */
	struct str name;   /* len 0: not known */
};

struct event_creds {
	uint32_t uid, euid, suid, fsuid;
	uint32_t gid, egid, sgid, fsgid;
	uint64_t cap[PTC_CAP_SETS];
	uint32_t securebits;
	struct str user_name; /* of euid in the host's user database; len 0: none */
};

struct event_file {
	uint64_t inode;
	uint32_t dev_major, dev_minor;
	uint32_t mode;
	uint32_t uid;
	bool deleted;
	bool memfd;
	bool script;
	struct str interpreter; /* of a script */
	struct str filename;	/* as given to execve(2) */
};

struct event_cgroup {
	uint64_t id;	 /* inode number, in the hierarchy that gave the path */
	struct str path; /* below that hierarchy's root; len 0: not known */
	bool v1;
};

/*
 * Processes in namespaces of their own that no runtime owns (unshare, bwrap, a
 * container made by hand), as one group: those that share the namespace by which they
 * are told apart.
 */
struct event_isolated {
	enum ptc_ns type;	/* by which the group is told: pid if that differs, else mnt, … */
	uint32_t ns;		/* its inode number */
	struct str name;	/* the program that made it: "unshare", "bwrap"; len 0: not known */
	struct event_ref maker; /* the process that made it; pid 0: not known */
	/* What a monitor above it was told that it is; NULL: there is none. */
	const struct container_info *container;
};

/* How a process that runs was doing when it was looked at. */
struct event_now {
	char state;		 /* a letter, as in /proc/<pid>/stat (proc(5)): R S D Z T t I … */
	uint64_t cpu_ns;	 /* user and system time, of all its threads */
	uint64_t resident_bytes; /* as stat says it: the kernel counts roughly there */
};

static inline bool event_is_state(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

struct event_process {
	uint32_t pid;	   /* of the thread group, in the initial pid namespace */
	uint32_t tid;	   /* of the thread that acted */
	uint64_t start_ns; /* CLOCK_BOOTTIME; 0: not known */
	uint32_t vpid_len;
	const uint32_t *vpid; /* outermost first, innermost last */
	struct event_ref parent;
	bool parent_at_fork;	  /* seen at the fork; else found later and may be a reaper */
	struct event_ref creator; /* pid 0 unless it differs from the parent */
	struct str name;
	struct str executable;
	struct event_file file;
	struct str args; /* NUL after each */
	uint32_t args_count;
	struct str cwd;
	bool interactive;
	uint32_t tty_major, tty_minor;
	struct event_creds creds;
	uint32_t groups_len;
	uint32_t groups_total; /* larger than groups_len: cut */
	const uint32_t *groups;
	uint32_t loginuid;   /* UINT32_MAX: not set */
	uint32_t session_id; /* UINT32_MAX: not set */
	uint32_t seccomp;    /* 0 disabled, 1 strict, 2 filter */
	bool no_new_privs;
	struct str lsm;		   /* label, without its newline */
	uint32_t ns[PTC_NS_COUNT]; /* 0: the kernel has none */
	uint32_t ns_isolated;	   /* bit per enum ptc_ns: differs from the host's */
	struct event_cgroup cgroup;
	const struct container_info *container; /* NULL: none */
	const struct event_isolated *isolated;	/* NULL: in a container, or as the host */
	bool host_namespaces; /* the cgroup says container, yet every namespace is the host's */
	int32_t oom_score_adj;
	struct str env; /* NAME=value, NUL after each; only the ones asked for */
	uint32_t threads;
	bool kernel_thread;
	struct event_now now;

	uint32_t has;		     /* bit per enum fact */
	uint32_t truncated;	     /* bit per enum fact: there, but cut */
	uint8_t source[FACT_COUNT];  /* enum source */
	uint8_t missing[FACT_COUNT]; /* enum missing */
};

enum entered {
	ENTERED_NONE,
	ENTERED_EXEC,	 /* by the runtime: docker exec and the like */
	ENTERED_NSENTER, /* by a host process through setns(2) */
	ENTERED_SETUP,	 /* the runtime's own steps before the workload */
};

#define EVENT_SHARED_MAX 4

/*
 * A namespace that setns, unshare or fork changed, and whose the new one is: the
 * host's, a container's, an isolated group's, or not known.
 */
struct event_ns_change {
	enum ptc_ns type;
	uint32_t old_ns;
	uint32_t new_ns;
	bool owner_host;
	const struct container_info *owner;
	const struct event_isolated *owner_isolated;
	struct event_ref holder; /* a process that lives in it; pid 0: not known */
	/* Other containers that share it with the owner. */
	const struct container_info *shared[EVENT_SHARED_MAX];
	uint32_t shared_len;
	bool shared_more; /* and there are more */
};

struct event_exit {
	uint64_t lifetime_ns;
	bool has_lifetime;
	uint32_t code;	 /* if signal is 0 */
	uint32_t signal; /* 0: it exited by itself */
	bool core;
	bool oom;
	bool has_sender;
	bool sender_kernel; /* no process sent it */
	struct event_ref sender;
	uint32_t sender_uid;
	uint64_t cpu_ns;
	bool has_cpu;
	bool cpu_partial;    /* below what the kernel can tell exactly: at least this much */
	uint64_t peak_bytes; /* resident memory */
	bool has_peak;
	uint64_t minor_faults, major_faults;
	uint64_t read_bytes, write_bytes; /* storage */
	uint64_t read_chars, write_chars; /* system calls */
	bool has_io;
	bool has_usage;	    /* cpu and faults mean something */
	bool usage_partial; /* not all threads could be summed */
};

struct event_signal {
	uint32_t number;
	int32_t code;
	struct event_ref target;
	uint32_t target_uid;
	const struct container_info *target_container;
};

/* Why something is missing: first what the kernel side says (enum ptc_lost). */
enum lost_reason {
	LOST_LOG_QUEUE = PTC_LOST_REASONS, /* the log's thread did not keep up */
	LOST_LOG_DISK,			   /* the log could not be written */
	LOST_REASONS,
};

/* What there is of each: the records of a type, and events that are made of several. */
enum lost_kind {
	LOST_CONTAINER_START = PTC_TYPES,
	LOST_CONTAINER_STOP,
	LOST_KINDS,
};

/* Records that were not sent, or not logged; of EVENT_THROTTLED without a reason. */
struct event_lost {
	uint64_t total;
	uint64_t by_kind[LOST_KINDS];
	uint64_t from_ns, to_ns; /* boot time */
	int64_t from_wall_ns, to_wall_ns;
	unsigned int reason; /* enum ptc_lost or enum lost_reason */
};

struct event_host {
	struct str hostname;
	struct str boot_id; /* 36 characters */
};

struct event {
	enum event_kind kind;
	uint64_t time_ns;      /* CLOCK_BOOTTIME; 0 in an event read from a log */
	int64_t wall_ns;       /* since the epoch */
	int64_t start_wall_ns; /* process start since the epoch; 0: not known */
	uint64_t sequence;     /* from 1, without gaps, over every event that was made */
	int error;	       /* positive errno of an attempt that failed, 0: it did not */
	bool late;	       /* noticed at a later record, not when it happened */
	bool about_process;    /* proc is meaningful */
	const struct event_host *host;
	struct event_process proc;
	enum entered entered;
	struct event_ref entered_by; /* the process that brought it in; pid 0: not known */
	/* ENTERED_NSENTER: the container whose namespaces it is in; NULL: not known any more. */
	const struct container_info *visited;

	/* Which of these is meaningful follows from kind. */
	struct event_exit exit;
	struct event_signal signal;

	/* EVENT_SETNS, EVENT_UNSHARE, EVENT_FORK: entries of ns_change */
	uint32_t ns_change_len;

	/* EVENT_CGROUP: proc.cgroup and proc.container are the new ones. */
	struct event_cgroup old_cgroup; /* id 0: not known */
	const struct container_info *old_container;
	bool has_old_container; /* old_container NULL then means none */

	/* EVENT_CONTAINER_START, EVENT_CONTAINER_STOP, EVENT_THROTTLED */
	const struct container_info *container;
	bool ran_already;	  /* the container was there before the tracer */
	bool update;		  /* told before, more is known now */
	struct event_ref starter; /* the runtime's process that started it; pid 0: not known */

	uint32_t redacted_len; /* entries of redacted */

	/* From here on event_begin() leaves everything as it is: it would be half of its work. */
	struct event_lost lost; /* EVENT_LOST */
	struct event_ns_change ns_change[PTC_NS_COUNT];
	struct str redacted[16]; /* what was replaced for it looked secret, as JSON field names */
};

/* An event about which nothing else is known yet. Not for EVENT_LOST. */
static inline void event_begin(struct event *e, enum event_kind kind, uint64_t time_ns)
{
	memset(e, 0, offsetof(struct event, lost));
	e->kind = kind;
	e->time_ns = time_ns;
}

/* About a container itself, not about a process in it. */
static inline bool event_is_about_container(const struct event *e)
{
	return e->kind == EVENT_CONTAINER_START || e->kind == EVENT_CONTAINER_STOP ||
	       e->kind == EVENT_THROTTLED;
}

static inline bool event_has(const struct event_process *p, enum fact fact)
{
	return p->has & (1u << fact);
}

static inline void event_set(struct event_process *p, enum fact fact, enum source source)
{
	p->has |= 1u << fact;
	p->source[fact] = (uint8_t)source;
	p->missing[fact] = MISSING_NONE;
}

/* Says why a fact is not there; a fact that is there stays. */
static inline void event_miss(struct event_process *p, enum fact fact, enum missing why)
{
	if (!event_has(p, fact))
		p->missing[fact] = (uint8_t)why;
}

static inline void event_cut(struct event_process *p, enum fact fact)
{
	p->truncated |= 1u << fact;
}

#endif /* EVENT_EVENT_H */
