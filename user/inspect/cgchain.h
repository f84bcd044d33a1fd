/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgchain.h - a process's cgroup in one hierarchy, and all above it: who limits it
 *
 * A limit of any of them holds, so the tightest one counts. What a controller's files hold
 * is described in cgroups(7), Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/.
 */
#ifndef INSPECT_CGCHAIN_H
#define INSPECT_CGCHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "container/cgmount.h"

#define CGCHAIN_MAX	  64
#define CGCHAIN_UNLIMITED UINT64_MAX
#define CGCHAIN_FILE_SIZE 16384

/* One cgroup of it. */
struct cglevel {
	int fd;		 /* O_PATH */
	struct str path; /* in the path of the process's own */
};

struct cgchain {
	size_t len;
	struct cglevel level[CGCHAIN_MAX]; /* its own first, then those above it */
};

/*
 * Opens the cgroup at path (which must outlive it) and what is above it, up to what is
 * mounted. Returns 0, -ENOENT (removed, or not mounted) or another negative errno.
 */
int cgchain_open(const struct cgmount *m, struct str path, struct cgchain *ret_chain);
void cgchain_close(struct cgchain *c); /* all zero is fine */

/* A whole file. Returns 0 or a negative errno; -ENOENT: this cgroup has none. */
int cgfile_read(const struct cglevel *level, const char *name, char buf[CGCHAIN_FILE_SIZE],
		struct str *ret_text);

/* The one number of a file; "max", and -1, is CGCHAIN_UNLIMITED. */
int cgfile_u64(const struct cglevel *level, const char *name, uint64_t *ret_value);

/* The number behind a name in a file with a name and a number on each line. */
int cgfile_field(const struct cglevel *level, const char *name, const char *field,
		 uint64_t *ret_value);

/* A limit as it holds, and the cgroup that sets it. */
struct cglimit {
	uint64_t value;		     /* CGCHAIN_UNLIMITED: no cgroup does */
	const struct cglevel *level; /* NULL then */
};

/*
 * The lowest of the files of that name. -ENOENT: no cgroup of the chain has one; another negative
 * errno: one cannot be read, which may be the lowest.
 */
int cgchain_tightest(const struct cgchain *c, const char *name, struct cglimit *ret_limit);

/* CPU time that it may use. */
struct cgquota {
	uint64_t quota_us, period_us; /* quota_us CGCHAIN_UNLIMITED: no limit */
	const struct cglevel *level;
};

int cgchain_quota(const struct cgchain *c, bool is_v2, struct cgquota *ret_quota);

/* The nearest of them that has a file of that name; NULL: none. */
const struct cglevel *cgchain_with(const struct cgchain *c, const char *name);

/* Pure parsers. */
int parse_cgroup_u64(struct str text, uint64_t *ret_value);
int parse_cgroup_field(struct str text, struct str field, uint64_t *ret_value);
/* "50000 100000", as cpu.max has it. */
int parse_cpu_max(struct str text, uint64_t *ret_quota_us, uint64_t *ret_period_us);

/* A line of pressure (Documentation/accounting/psi.rst); averages in hundredths of a percent. */
struct pressure {
	uint32_t avg10, avg60, avg300;
	uint64_t total_us;
};

/* The line that begins with kind, "some" or "full". 0 or -EBADMSG. */
int parse_pressure(struct str text, struct str kind, struct pressure *ret_pressure);

#endif /* INSPECT_CGCHAIN_H */
