// SPDX-License-Identifier: Apache-2.0
/*
 * record.c - one record from the ring, checked
 */
#include "event/record.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"

static const size_t fixed_size[PTC_TYPES] = {
	[PTC_FORK] = sizeof(struct ptc_fork),
	[PTC_EXEC] = sizeof(struct ptc_exec),
	[PTC_EXEC_FAILED] = sizeof(struct ptc_exec),
	[PTC_EXIT] = sizeof(struct ptc_exit),
	[PTC_SETNS] = sizeof(struct ptc_ns_call),
	[PTC_UNSHARE] = sizeof(struct ptc_ns_call),
	[PTC_CGROUP_MKDIR] = sizeof(struct ptc_cgroup),
	[PTC_CGROUP_RMDIR] = sizeof(struct ptc_cgroup),
	[PTC_CGROUP_RENAME] = sizeof(struct ptc_cgroup),
	[PTC_CGROUP_ATTACH] = sizeof(struct ptc_attach),
	[PTC_SIGNAL] = sizeof(struct ptc_signal),
	[PTC_TASK] = sizeof(struct ptc_seed),
};

/* The header is followed by the task in every record that has one. */
_Static_assert(offsetof(struct ptc_fork, task) == sizeof(struct ptc_hdr), "task follows hdr");
_Static_assert(offsetof(struct ptc_exec, task) == sizeof(struct ptc_hdr), "task follows hdr");
_Static_assert(offsetof(struct ptc_exit, task) == sizeof(struct ptc_hdr), "task follows hdr");
_Static_assert(offsetof(struct ptc_ns_call, task) == sizeof(struct ptc_hdr), "task follows hdr");
_Static_assert(offsetof(struct ptc_attach, task) == sizeof(struct ptc_hdr), "task follows hdr");
_Static_assert(offsetof(struct ptc_signal, task) == sizeof(struct ptc_hdr), "task follows hdr");
_Static_assert(offsetof(struct ptc_seed, task) == sizeof(struct ptc_hdr), "task follows hdr");

static bool has_task(unsigned int type)
{
	return type != PTC_CGROUP_MKDIR && type != PTC_CGROUP_RMDIR && type != PTC_CGROUP_RENAME;
}

static int take_slice(const struct ptc_hdr *hdr, const struct ptc_slice *slice, struct str *ret)
{
	*ret = (struct str){ 0 };
	if (slice->off == 0 && slice->len == 0)
		return 0;
	if (slice->off < fixed_size[hdr->type] || slice->off > hdr->size ||
	    slice->len > hdr->size - slice->off)
		return -EBADMSG;
	*ret = str_from((const char *)hdr + slice->off, slice->len);
	return 0;
}

int record_check_task(const struct ptc_task *task)
{
	if (task->vpids_len < 1 || task->vpids_len > PTC_PID_LEVELS ||
	    task->groups_len > PTC_GROUPS_MAX || task->groups_len > task->groups_total)
		return -EBADMSG;
	if (memchr(task->comm, '\0', sizeof(task->comm)) == NULL)
		return -EBADMSG;
	return 0;
}

static int take_exec(struct record *r)
{
	const struct ptc_exec *e = r->exec;

	if (take_slice(r->hdr, &e->args, &r->args) < 0 ||
	    take_slice(r->hdr, &e->env, &r->env) < 0 || take_slice(r->hdr, &e->exe, &r->exe) < 0 ||
	    take_slice(r->hdr, &e->cwd, &r->cwd) < 0 ||
	    take_slice(r->hdr, &e->filename, &r->filename) < 0 ||
	    take_slice(r->hdr, &e->interp, &r->interp) < 0)
		return -EBADMSG;
	return 0;
}

int record_decode(const void *data, size_t size, struct record *ret_record)
{
	const struct ptc_hdr *hdr = data;
	struct record r = { .hdr = hdr };

	if (size < sizeof(*hdr) || hdr->version != PTC_WIRE_VERSION)
		return -EBADMSG;
	if (hdr->type >= PTC_TYPES || fixed_size[hdr->type] == 0)
		return -EBADMSG;
	if (hdr->size > size || hdr->size < fixed_size[hdr->type])
		return -EBADMSG;
	r.fork = data;
	if (has_task(hdr->type)) {
		r.task = (const struct ptc_task *)(hdr + 1);
		if (record_check_task(r.task) < 0)
			return -EBADMSG;
	} else if (take_slice(hdr, &r.cgroup->name, &r.name) < 0) {
		return -EBADMSG;
	}
	if ((hdr->type == PTC_EXEC || hdr->type == PTC_EXEC_FAILED) && take_exec(&r) < 0)
		return -EBADMSG;
	if ((hdr->type == PTC_EXEC_FAILED && r.exec->error >= 0) ||
	    ((hdr->type == PTC_SETNS || hdr->type == PTC_UNSHARE) && r.ns_call->error > 0))
		return -EBADMSG;
	*ret_record = r;
	return 0;
}

struct str record_path(struct buf *b, struct str raw, const struct ptc_slice *slice)
{
	size_t end = raw.len;

	buf_reset(b);
	if (slice->flags & PTC_SLICE_TRUNCATED)
		BUF_LITERAL(b, "...");
	else if (slice->flags & PTC_SLICE_DETACHED)
		BUF_LITERAL(b, "(unreachable)");
	/* Components stand last one first, each ended by a NUL. */
	while (end > 0) {
		const char *nul = end > 1 ? memrchr(raw.p, '\0', end - 1) : NULL;
		size_t start = nul ? (size_t)(nul + 1 - raw.p) : 0;
		size_t len = end - start - (raw.p[end - 1] == '\0');
		/* The root of a detached mount is called "/", which every path begins with. */
		bool is_root = len == 1 && raw.p[start] == '/';

		if (!is_root || start == 0)
			buf_putc(b, '/');
		if (!is_root)
			buf_put(b, raw.p + start, len);
		end = start;
	}
	if (raw.len == 0)
		buf_putc(b, '/');
	return str_from(b->data, b->len);
}
