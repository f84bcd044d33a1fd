/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subject.h - one process that is inspected
 *
 * Opened once. What several sections need is read when the first of them asks, and is the
 * same for all of them.
 */
#ifndef INSPECT_SUBJECT_H
#define INSPECT_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "inspect/world.h"
#include "procfs/ns.h"
#include "procfs/stat.h"
#include "procfs/status.h"

struct subject {
	struct world *world; /* borrowed */
	uint32_t pid;
	int fd; /* its directory in /proc, O_PATH */
	/*
	 * That of a thread that runs, where the leader ended before: it has what the leader has
	 * lost. Else that of the leader.
	 */
	int live_fd;
	struct proc_stat stat; /* as it was when it was opened */
	bool is_zombie;	       /* no thread of it runs */
	bool is_kernel_thread;

	/* Those below are for the functions below. */
	bool status_read, ns_read, container_read;
	int status_error, ns_error, container_error;
	char *status_text; /* owned */
	struct proc_status status;
	struct proc_ns ns;
	struct containers_answer container;
	bool by_monitor; /* no cgroup tells of the container */
};

/*
 * Returns 0, -ESRCH (there is none), -EINVAL (it is a thread, not the main one of a process) or
 * another negative errno.
 */
int subject_open(struct world *world, uint32_t pid, struct subject *ret_subject);
void subject_close(struct subject *s);

/* 0: it still runs, -ESRCH: it has ended, and its pid may be another's by now. */
int subject_check(const struct subject *s);

/* These return 0, or the negative errno that they were read with. */
int subject_status(struct subject *s, const struct proc_status **ret_status);
int subject_ns(struct subject *s, const struct proc_ns **ret_ns);
int subject_container(struct subject *s, const struct containers_answer **ret_answer);

#endif /* INSPECT_SUBJECT_H */
