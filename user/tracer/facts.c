// SPDX-License-Identifier: Apache-2.0
/*
 * facts.c - what this kernel tells of a process, or does, that another does not
 *
 * The kernel side asks the same where it reads (bpf/task.h, bpf/process.bpf.h): this only says it.
 */
#include "tracer/facts.h"

#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "tracer/kernel.h"

/* One without a name gives its members to what it is in, as CO-RE sees it (CONFIG_RANDSTRUCT). */
static bool type_has(const struct btf *btf, const struct btf_type *type, const char *member)
{
	for (int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_member *m = &btf_members(type)[i];
		const char *name = btf__name_by_offset(btf, m->name_off);
		const struct btf_type *inner = btf__type_by_id(btf, m->type);

		if (name && strcmp(name, member) == 0)
			return true;
		if (name && !*name && inner && btf_is_composite(inner) &&
		    type_has(btf, inner, member))
			return true;
	}
	return false;
}

static bool has_member(const struct btf *btf, const char *structure, const char *member)
{
	int id = btf__find_by_name_kind(btf, structure, BTF_KIND_STRUCT);

	return id > 0 && type_has(btf, btf__type_by_id(btf, (unsigned int)id), member);
}

/* Its place of account went in 5.11 (80ee81e0403c). */
bool facts_memlock_counts(const struct btf *btf)
{
	return has_member(btf, "bpf_map", "memory");
}

static bool memory_by_cgroup(const struct btf *btf)
{
	return !facts_memlock_counts(btf);
}

/* Since the commit that also moved it before exit_mm() (since 6.16) it has group_dead. */
static bool memory_at_exit(const struct btf *btf)
{
	const struct btf_type *proto = kernel_tracepoint_proto(btf, "sched_process_exit");

	return proto && btf_vlen(proto) > 2; /* its context, the task, group_dead */
}

static bool login_users(const struct btf *btf)
{
	return has_member(btf, "task_struct", "loginuid");
}

static bool disk_bytes(const struct btf *btf)
{
	return has_member(btf, "task_io_accounting", "read_bytes");
}

static const struct {
	bool (*is_there)(const struct btf *btf);
	struct tracer_feature text;
} table[FACTS_LEN] = {
	{ memory_at_exit,
	  { .name = "memory-at-exit",
	    .purpose = "every exit has its peak memory",
	    .lacking = "before Linux 6.16 it is given back before the exit is told",
	    .instead = "the peak is told if it grew since the last exec, and absent if not" } },
	{ login_users,
	  { .name = "login-users",
	    .purpose = "login users and audit sessions",
	    .lacking = "CONFIG_AUDIT is needed",
	    .instead = "they are absent, and --login fits nothing" } },
	{ disk_bytes,
	  { .name = "disk-bytes",
	    .purpose = "bytes that a process read and wrote",
	    .lacking = "CONFIG_TASK_IO_ACCOUNTING is needed",
	    .instead = "they are absent" } },
	{ memory_by_cgroup,
	  { .name = "memory-by-cgroup",
	    .purpose = "memory of BPF is counted against the cgroup, not a limit of locked memory",
	    .lacking = "since Linux 5.11",
	    .instead = "RLIMIT_MEMLOCK is raised, which without CAP_SYS_RESOURCE is refused: "
		       "then \"ulimit -l unlimited\" or LimitMEMLOCK=infinity is needed" } },
};

void facts_probe(const struct btf *btf, struct tracer_feature ret_facts[FACTS_LEN])
{
	for (size_t i = 0; i < FACTS_LEN; i++) {
		ret_facts[i] = table[i].text;
		ret_facts[i].error = table[i].is_there(btf) ? 0 : -EOPNOTSUPP;
	}
}
