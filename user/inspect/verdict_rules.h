/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict_rules.h - what separates a process from the host, and what does not
 *
 * Pure: facts in, findings out. What is not known is never taken for good.
 */
#ifndef INSPECT_VERDICT_RULES_H
#define INSPECT_VERDICT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "procfs/ns.h"

/* What is known of something. */
enum known { KNOWN_NO, KNOWN_YES, KNOWN_NOTHING };

/* Something of the host's that it can reach through a mount. */
enum reach_kind {
	REACH_SOCKET,	/* of a container runtime or an init: who speaks to it is root */
	REACH_WRITE,	/* a directory or file of the host, writable */
	REACH_SETTINGS, /* /proc/sys */
	REACH_READ,	/* a directory or file of the host, read-only */
};

struct reach {
	enum reach_kind kind;
	struct str point; /* as it sees it */
	struct str host;  /* as the host does; len 0: not known */
};

struct verdict_facts {
	bool kernel_thread;
	bool zombie;
	bool in_container;		      /* by its cgroup, whatever it shares */
	enum known ns_host[PROC_NS_TIME + 1]; /* the host's? */
	enum known root_host;		      /* its root directory is the host's */
	uint32_t uid;			      /* effective, outside */
	enum known has_caps;		      /* those below are known: NO is never */
	uint64_t effective, bounding, all;
	enum known seccomp; /* filtered */
	enum known no_new_privs;
	enum known labelled; /* a security module confines it; NO: none, or it is unconfined */
	enum known reach_known;
	const struct reach *reach;
	size_t reach_len;
	enum known memory_limit, pids_limit;
};

enum verdict_level {
	VERDICT_KERNEL,	    /* part of the kernel */
	VERDICT_ZOMBIE,	    /* it ended */
	VERDICT_HOST,	    /* a process of the host like any other */
	VERDICT_PRIVILEGED, /* in a container, and nothing keeps it from being root outside */
	VERDICT_WEAK,	    /* something that separates containers is missing */
	VERDICT_CONTAINED,
};

/* "privileged" */
const char *verdict_word(enum verdict_level level);
/* "nothing keeps …" */
const char *verdict_sentence(enum verdict_level level);

enum finding_kind {
	FINDING_SEPARATED, /* from the host */
	FINDING_SHARED,	   /* with the host */
	FINDING_MAY,	   /* do on the host */
	FINDING_REACHES,   /* of the host's */
	FINDING_UNHELD,	   /* by what could hold it back */
	FINDING_UNKNOWN,
	FINDINGS,
};

const char *finding_key(enum finding_kind kind);
const char *finding_title(enum finding_kind kind);

/*
 * Calls back with each finding and its reason, those of a kind together, the gravest of them
 * first. The strings are good until it returns.
 */
typedef void (*verdict_find)(enum finding_kind kind, struct str what, struct str because,
			     void *arg);

void verdict_explain(const struct verdict_facts *f, verdict_find find, void *arg);

enum verdict_level verdict_judge(const struct verdict_facts *f);

#endif /* INSPECT_VERDICT_RULES_H */
