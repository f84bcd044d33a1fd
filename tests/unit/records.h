/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h - whole records of each type, for tests that then break or change one thing
 */
#ifndef TESTS_RECORDS_H
#define TESTS_RECORDS_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "proctrace/wire.h"

/* A record in the making; hdr.size is what is in use. */
struct made {
	union {
		struct ptc_hdr hdr;
		struct ptc_fork fork;
		struct ptc_exec exec;
		struct ptc_exit exit;
		struct ptc_ns_call ns_call;
		struct ptc_cgroup cgroup;
		struct ptc_attach attach;
		struct ptc_signal signal;
		struct ptc_seed seed;
		unsigned char bytes[8192];
	};
};

/* Bytes of a record without a tail. */
static inline uint32_t made_fixed_size(unsigned int type)
{
	switch (type) {
	case PTC_FORK:
		return sizeof(struct ptc_fork);
	case PTC_EXEC:
	case PTC_EXEC_FAILED:
		return sizeof(struct ptc_exec);
	case PTC_EXIT:
		return sizeof(struct ptc_exit);
	case PTC_SETNS:
	case PTC_UNSHARE:
		return sizeof(struct ptc_ns_call);
	case PTC_CGROUP_ATTACH:
		return sizeof(struct ptc_attach);
	case PTC_SIGNAL:
		return sizeof(struct ptc_signal);
	case PTC_TASK:
		return sizeof(struct ptc_seed);
	default:
		return sizeof(struct ptc_cgroup);
	}
}

static inline bool made_has_task(unsigned int type)
{
	return type != PTC_CGROUP_MKDIR && type != PTC_CGROUP_RMDIR && type != PTC_CGROUP_RENAME;
}

static inline void made_comm(struct ptc_task *task, const char *comm)
{
	memset(task->comm, 0, sizeof(task->comm));
	snprintf(task->comm, sizeof(task->comm), "%s", comm);
}

/* Process 4185, number 1 in its own pid namespace. */
static inline void made_task(struct ptc_task *task)
{
	*task = (struct ptc_task){
		.start_ns = 1000000000ull,
		.parent_start_ns = 900000000ull,
		.pid = 4185,
		.tid = 4185,
		.parent_pid = 4160,
		.vpids_len = 2,
		.vpid = { 4185, 1 },
		.loginuid = UINT32_MAX,
		.session_id = UINT32_MAX,
		.threads = 1,
	};
	for (uint32_t i = 0; i < PTC_NS_COUNT; i++)
		task->ns[i] = 4026531835u + i;
	made_comm(task, "nginx");
}

/* A whole record of this type. */
static inline void made_init(struct made *m, unsigned int type)
{
	memset(m, 0, sizeof(*m));
	m->hdr = (struct ptc_hdr){
		.time_ns = 3000000000ull,
		.size = made_fixed_size(type),
		.type = (uint16_t)type,
		.version = PTC_WIRE_VERSION,
	};
	if (made_has_task(type))
		made_task(&m->seed.task);
	if (type == PTC_EXEC_FAILED)
		m->exec.error = -2; /* ENOENT */
}

/* Appends bytes and makes the slice tell of them. */
static inline void made_slice(struct made *m, struct ptc_slice *slice, struct str bytes,
			      uint32_t flags)
{
	*slice = (struct ptc_slice){
		.off = m->hdr.size,
		.len = (uint32_t)bytes.len,
		.full_len = (uint32_t)bytes.len,
		.flags = flags,
	};
	if (bytes.len)
		memcpy(m->bytes + m->hdr.size, bytes.p, bytes.len);
	m->hdr.size += (uint32_t)bytes.len;
}

/* Words or path components, each with its NUL: RAW("ls\0bin\0usr"). */
#define RAW(s) ((struct str){ (s), sizeof(s) })

#endif /* TESTS_RECORDS_H */
