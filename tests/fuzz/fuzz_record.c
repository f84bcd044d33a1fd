// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_record.c - one record as the ring delivers it: decoded, made an event, written and read
 */
#include <stdlib.h>
#include <string.h>

#include "event/from_record.h"
#include "event/record.h"
#include "rig.h"

static const enum event_kind kinds[PTC_TYPES] = {
	[PTC_FORK] = EVENT_FORK,
	[PTC_EXEC] = EVENT_EXEC,
	[PTC_EXEC_FAILED] = EVENT_EXEC,
	[PTC_EXIT] = EVENT_EXIT,
	[PTC_SETNS] = EVENT_SETNS,
	[PTC_UNSHARE] = EVENT_UNSHARE,
	[PTC_CGROUP_ATTACH] = EVENT_CGROUP,
	[PTC_SIGNAL] = EVENT_SIGNAL,
	[PTC_TASK] = EVENT_PROCESS,
};

static void check_slices(const struct record *r, struct str input)
{
	const struct str slices[] = { r->args,	   r->env,    r->exe, r->cwd,
				      r->filename, r->interp, r->name };

	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
		fuzz_check_slice(slices[i], input);
	FUZZ_CHECK(r->hdr->size <= input.len);
}

static void make_event(const struct record *r)
{
	static struct record_paths paths;
	struct exit_baseline baseline = { .known = true };
	struct event e;

	event_begin(&e, kinds[r->hdr->type], r->hdr->time_ns);
	e.about_process = true;
	event_from_task(&e.proc, r->task);
	if (r->hdr->type == PTC_EXEC || r->hdr->type == PTC_EXEC_FAILED)
		event_from_exec(&e, r, &paths);
	else if (r->hdr->type == PTC_EXIT)
		event_from_exit(&e, r->exit, &baseline);
	else if (r->hdr->type == PTC_SETNS || r->hdr->type == PTC_UNSHARE)
		event_from_ns_call(&e, r->ns_call);
	else if (r->hdr->type == PTC_FORK)
		event_ns_diff(&e, r->fork->creator_ns, r->task->ns);
	fuzz_check_event(&e, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record r;
	void *copy = malloc(size ? size : 1); /* aligned, as in the ring */

	FUZZ_CHECK(copy);
	if (size)
		memcpy(copy, data, size);
	if (record_decode(copy, size, &r) == 0) {
		check_slices(&r, str_from(copy, size));
		if (r.task)
			make_event(&r);
	}
	free(copy);
	return 0;
}
