/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather.h - facts about one process from its directory in /proc
 *
 * Private to this room: enrich.c decides which facts, this reads them. Each fact
 * that is wanted ends up set with source procfs, or has its reason in missing; one
 * that this kernel does not have gets neither.
 */
#ifndef ENRICH_GATHER_H
#define ENRICH_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "procfs/link.h"
#include "procfs/stat.h"
#include "procfs/status.h"
#include "procfs/value.h"

#define GATHER_GROUPS_MAX  65536	/* NGROUPS_MAX */
#define GATHER_ENVIRON_MAX (256 * 1024) /* bytes that are searched for what was asked */

#define GATHER_CGROUP_MAX (256 * 1024) /* a line per hierarchy, each path up to 4096 bytes */

#define FACT_BIT(fact) (1u << (fact))

/* Facts that each thread has of its own. */
#define GATHER_THREAD_FACTS                                                      \
	(FACT_BIT(FACT_CREDS) | FACT_BIT(FACT_GROUPS) | FACT_BIT(FACT_SECCOMP) | \
	 FACT_BIT(FACT_LSM) | FACT_BIT(FACT_NS) | FACT_BIT(FACT_CWD))

/* Facts that a kernel thread cannot have, because it has no program. */
#define GATHER_PROGRAM_FACTS                                                                   \
	(FACT_BIT(FACT_EXE) | FACT_BIT(FACT_FILE) | FACT_BIT(FACT_ARGS) | FACT_BIT(FACT_CWD) | \
	 FACT_BIT(FACT_ENV))

/*
 * The memory that facts point into, until the next call. Large, but the kernel
 * gives a page only when it is first written.
 */
struct gather {
	bool brief;   /* see ENRICH_BRIEF */
	bool is_live; /* a mounted procfs, not a copy of one */
	/* The host's namespaces, of those whose processes have one pid; [0] 0: not known. */
	uint32_t host_ns[PTC_NS_COUNT];
	bool memfd_known;
	uint32_t memfd_major, memfd_minor;
	const char *const *env_globs;
	size_t env_globs_len;

	char status[STATUS_SIZE];
	char args[PTC_ARGS_MAX + 1];
	char environ[GATHER_ENVIRON_MAX];
	char env[PTC_ENV_MAX];
	char exe[PROC_LINK_SIZE];
	char cwd[PROC_LINK_SIZE];
	char root[PROC_LINK_SIZE];
	char label[PROC_LABEL_SIZE];
	char comm[PROC_COMM_MAX];
	char cgroup[GATHER_CGROUP_MAX];
	struct str cgroup_lines; /* in cgroup; no event's fact, see enrich_cgroup_lines() */
	uint32_t groups[GATHER_GROUPS_MAX];
	uint32_t vpids[PTC_PID_LEVELS];
};

/* Why a fact is missing after a reader's error; MISSING_NONE: the kernel has no such thing. */
enum missing gather_reason(int err);

/* Sets the reason for each of the facts. */
void gather_miss(struct event_process *p, uint32_t facts, enum missing why);

/* Those of GATHER_PROGRAM_FACTS that are wanted; of a process that has a program. */
void gather_program(struct gather *g, int fd, uint32_t want, struct event_process *p);

/*
 * Reads what is wanted (bits of enum fact) below a process's or a thread's
 * directory. stat is what was read when it was opened.
 */
void gather_facts(struct gather *g, int fd, const struct proc_stat *stat, uint32_t want,
		  struct event_process *p);

#endif /* ENRICH_GATHER_H */
