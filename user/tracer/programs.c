// SPDX-License-Identifier: Apache-2.0
/*
 * programs.c - which programs there are, what each is for, and attaching them
 */
#include "tracer/programs.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tracer/kernel.h"
#include "tracer/tracefs.h"

enum hook { HOOK_TRACEPOINT, HOOK_SYSCALL, HOOK_ITERATOR };

enum when { ALWAYS, FOR_NAMESPACES, FOR_FAILED_EXEC };

struct program {
	const char *function; /* in bpf/ */
	const char *event;    /* tracepoint, or sys_enter_… / sys_exit_… */
	const char *purpose;
	const char *instead;
	enum hook hook;
	enum when when;
	bool needed;
};

#define LATE "a namespace change is noticed at the process's next event"

static const struct program table[] = {
	{ "on_fork", "sched_process_fork", "new processes and their parents", NULL, HOOK_TRACEPOINT,
	  ALWAYS, true },
	{ "on_exec", "sched_process_exec", "programs, arguments, paths", NULL, HOOK_TRACEPOINT,
	  ALWAYS, true },
	{ "on_exit", "sched_process_exit", "exit codes, signals, totals", NULL, HOOK_TRACEPOINT,
	  ALWAYS, true },
	{ "on_seed", "task", "processes that ran before, exactly",
	  "/proc is read: start times to a tick", HOOK_ITERATOR, ALWAYS, false },
	{ "on_cgroup_mkdir", "cgroup_mkdir", "containers as they begin",
	  "paths come from file handles and /proc", HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_cgroup_rmdir", "cgroup_rmdir", "containers as they end", "no container-stop events",
	  HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_cgroup_rename", "cgroup_rename", "cgroup v1 renames",
	  "a renamed cgroup keeps its old path", HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_cgroup_attach", "cgroup_attach_task", "moves between cgroups",
	  "a move is noticed at the process's next event", HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_cgroup_transfer", "cgroup_transfer_tasks", "moves of whole cgroups",
	  "a move is noticed at the process's next event", HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_signal", "signal_generate", "who sent a deadly signal", "no sender is named",
	  HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_oom_task", "mark_victim", "out-of-memory kills", "they look like any SIGKILL",
	  HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_oom_pid", "mark_victim", "out-of-memory kills, by pid (old kernels)",
	  "they look like any SIGKILL", HOOK_TRACEPOINT, ALWAYS, false },
	{ "on_setns_enter", "sys_enter_setns", "setns(2): namespaces before", LATE, HOOK_SYSCALL,
	  FOR_NAMESPACES, false },
	{ "on_setns_exit", "sys_exit_setns", "setns(2): result, namespaces after", LATE,
	  HOOK_SYSCALL, FOR_NAMESPACES, false },
	{ "on_unshare_enter", "sys_enter_unshare", "unshare(2): namespaces before", LATE,
	  HOOK_SYSCALL, FOR_NAMESPACES, false },
	{ "on_unshare_exit", "sys_exit_unshare", "unshare(2): result, namespaces after", LATE,
	  HOOK_SYSCALL, FOR_NAMESPACES, false },
	{ "on_execve_enter", "sys_enter_execve", "execve(2) that fails: what was asked",
	  "failed execs are not seen", HOOK_SYSCALL, FOR_FAILED_EXEC, false },
	{ "on_execve_exit", "sys_exit_execve", "execve(2) that fails: the error",
	  "failed execs are not seen", HOOK_SYSCALL, FOR_FAILED_EXEC, false },
	{ "on_execveat_enter", "sys_enter_execveat", "execveat(2) that fails: what was asked",
	  "failed execs are not seen", HOOK_SYSCALL, FOR_FAILED_EXEC, false },
	{ "on_execveat_exit", "sys_exit_execveat", "execveat(2) that fails: the error",
	  "failed execs are not seen", HOOK_SYSCALL, FOR_FAILED_EXEC, false },
};

#define TABLE_LEN (sizeof(table) / sizeof(table[0]))

_Static_assert(TABLE_LEN <= PROGRAMS_MAX, "room for every program");

static bool is_wanted(const struct program *program, const struct tracer_options *options)
{
	switch (program->when) {
	case FOR_NAMESPACES:
		return options->namespaces;
	case FOR_FAILED_EXEC:
		return options->failed_exec;
	case ALWAYS:
		break;
	}
	return true;
}

/*
 * 0, or why this kernel has no such hook, and in ret_lacking what it would need. Of the two for
 * mark_victim only one fits.
 */
static int probe_hook(const struct program *program, const struct btf *btf, int tracefs_fd,
		      const char **ret_lacking)
{
	int id;

	switch (program->hook) {
	case HOOK_ITERATOR:
		*ret_lacking = "the kernel has no BPF iterators";
		return btf__find_by_name_kind(btf, "bpf_iter__task", BTF_KIND_STRUCT) > 0 ?
			       0 :
			       -EOPNOTSUPP;
	case HOOK_SYSCALL:
		*ret_lacking = "tracefs cannot be mounted";
		if (tracefs_fd < 0)
			return tracefs_fd;
		*ret_lacking = "tracefs has no such event, which needs CONFIG_FTRACE_SYSCALLS";
		id = tracefs_event_id(tracefs_fd, "syscalls", program->event);
		return id < 0 ? id : 0;
	case HOOK_TRACEPOINT:
		break;
	}
	*ret_lacking = "the kernel has no such tracepoint";
	if (!kernel_has_tracepoint(btf, program->event))
		return -EOPNOTSUPP;
	if (strcmp(program->event, "mark_victim") == 0 &&
	    kernel_mark_victim_is_task(btf) != (strcmp(program->function, "on_oom_task") == 0))
		return -EOPNOTSUPP;
	return 0;
}

int programs_select(struct programs *p, struct bpf_object *object, const struct btf *btf,
		    const struct tracer_options *options, const char **ret_missing)
{
	_cleanup_close_ int tracefs_fd = -ENOENT;
	int r = tracefs_open(&tracefs_fd);

	if (r < 0)
		tracefs_fd = r;
	p->len = TABLE_LEN;
	for (size_t i = 0; i < TABLE_LEN; i++) {
		const struct program *program = &table[i];
		struct bpf_program *bpf =
			bpf_object__find_program_by_name(object, program->function);
		struct tracer_feature *feature = &p->feature[i];

		*feature = (struct tracer_feature){
			.name = program->event,
			.purpose = program->purpose,
			.instead = program->instead,
			.needed = program->needed,
			.wanted = is_wanted(program, options),
		};
		feature->error = probe_hook(program, btf, tracefs_fd, &feature->lacking);
		bpf_program__set_autoload(bpf, feature->wanted && !feature->error);
		if (feature->needed && feature->error) {
			*ret_missing = program->event;
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

static struct bpf_link *attach_syscall(struct bpf_program *bpf, const char *event)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr) };
	_cleanup_close_ int tracefs_fd = -1;
	struct bpf_link *link;
	int id, fd;

	id = tracefs_open(&tracefs_fd);
	if (id < 0)
		goto fail;
	id = tracefs_event_id(tracefs_fd, "syscalls", event);
	if (id < 0)
		goto fail;
	attr.config = (unsigned long long)id;
	/* pid -1 on one CPU sees all of them: programs run before the event's own filter. */
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return NULL;
	link = bpf_program__attach_perf_event(bpf, fd);
	if (!link)
		close(fd);
	return link;
fail:
	errno = -id;
	return NULL;
}

static void note_insns(struct tracer_feature *feature, struct bpf_program *bpf)
{
	struct bpf_prog_info info = { 0 };
	unsigned int len = sizeof(info);

	/* Told since Linux 5.16 (aba64c7da983); zero before. */
	if (bpf_obj_get_info_by_fd(bpf_program__fd(bpf), &info, &len) == 0)
		feature->verified_insns = info.verified_insns;
}

int programs_attach(struct programs *p, struct bpf_object *object, const char **ret_failed)
{
	for (size_t i = 0; i < p->len; i++) {
		struct tracer_feature *feature = &p->feature[i];
		const struct program *program = &table[i];
		struct bpf_program *bpf =
			bpf_object__find_program_by_name(object, program->function);

		if (!feature->wanted || feature->error)
			continue;
		note_insns(feature, bpf);
		errno = 0;
		if (program->hook == HOOK_SYSCALL)
			p->link[i] = attach_syscall(bpf, program->event);
		else
			p->link[i] = bpf_program__attach(bpf);
		if (!p->link[i]) {
			feature->error = errno ? -errno : -EINVAL;
			feature->lacking = "it cannot be attached";
		}
		if (feature->error && feature->needed) {
			*ret_failed = program->event;
			return feature->error;
		}
	}
	return 0;
}

void programs_detach(struct programs *p)
{
	for (size_t i = 0; i < p->len; i++) {
		bpf_link__destroy(p->link[i]); /* NULL is fine */
		p->link[i] = NULL;
	}
}
