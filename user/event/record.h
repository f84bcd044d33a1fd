/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - one record from the ring, checked
 *
 * The kernel side is ours, but a decoder that trusts its input is one bug away
 * from reading past it: every size, count and slice is checked before use. The
 * pointers and slices borrow the record.
 */
#ifndef EVENT_RECORD_H
#define EVENT_RECORD_H

#include <stddef.h>

#include "base/str.h"
#include "proctrace/wire.h"

struct record {
	const struct ptc_hdr *hdr;
	const struct ptc_task *task; /* NULL in the records about cgroups alone */
	union {			     /* by hdr->type */
		const struct ptc_fork *fork;
		const struct ptc_exec *exec;
		const struct ptc_exit *exit;
		const struct ptc_ns_call *ns_call;
		const struct ptc_cgroup *cgroup;
		const struct ptc_attach *attach;
		const struct ptc_signal *signal;
	};
	struct str args, env, exe, cwd, filename, interp; /* PTC_EXEC, PTC_EXEC_FAILED */
	struct str name;				  /* PTC_CGROUP_… */
};

/* Returns 0, or -EBADMSG if anything in the size bytes is not as wire.h says. */
int record_decode(const void *data, size_t size, struct record *ret_record);

/* The same checks for the part about a task. */
int record_check_task(const struct ptc_task *task);

/*
 * A path slice as text, into b, which is reset. "(unreachable)" stands before a path
 * that is out of the process's reach, as in getcwd(3). A memfd always is, and by its
 * name it cannot be told: for one the caller takes PTC_SLICE_DETACHED away.
 */
struct buf;
struct str record_path(struct buf *b, struct str raw, const struct ptc_slice *slice);

#endif /* EVENT_RECORD_H */
