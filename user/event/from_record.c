// SPDX-License-Identifier: Apache-2.0
/*
 * from_record.c - what a record says, as the facts of an event
 */
#include "event/from_record.h"

#include <linux/sched.h>
#include <unistd.h>

#include "base/clock.h"

/* CPU time is exact to a tick or a switch; no kernel ticks slower than 100 Hz. */
#define PARTIAL_CPU_NS (10 * NSEC_PER_MSEC)

void record_paths_done(struct record_paths *paths)
{
	buf_done(&paths->exe);
	buf_done(&paths->cwd);
}

static void creds_from_task(struct event_process *p, const struct ptc_task *task)
{
	p->creds = (struct event_creds){
		.uid = task->uid,
		.euid = task->euid,
		.suid = task->suid,
		.fsuid = task->fsuid,
		.gid = task->gid,
		.egid = task->egid,
		.sgid = task->sgid,
		.fsgid = task->fsgid,
		.securebits = task->securebits,
	};
	for (int set = 0; set < PTC_CAP_SETS; set++)
		p->creds.cap[set] = task->cap[set];
	event_set(p, FACT_CREDS, SOURCE_KERNEL);

	p->groups = task->groups;
	p->groups_len = task->groups_len;
	p->groups_total = task->groups_total;
	event_set(p, FACT_GROUPS, SOURCE_KERNEL);
	if (p->groups_len < p->groups_total)
		event_cut(p, FACT_GROUPS);
}

void event_from_task(struct event_process *p, const struct ptc_task *task)
{
	p->pid = task->pid;
	p->tid = task->tid;
	p->start_ns = task->start_ns;
	p->kernel_thread = task->flags & PTC_TASK_KTHREAD;
	p->threads = task->threads;

	p->vpid = task->vpid;
	p->vpid_len = task->vpids_len;
	event_set(p, FACT_PIDS, SOURCE_KERNEL);

	p->name = str_of_array(task->comm, sizeof(task->comm));
	event_set(p, FACT_NAME, SOURCE_KERNEL);

	creds_from_task(p, task);

	p->interactive = task->flags & PTC_TASK_HAS_TTY;
	p->tty_major = task->tty_major;
	p->tty_minor = task->tty_minor;
	event_set(p, FACT_TTY, SOURCE_KERNEL);

	if (task->flags & PTC_TASK_HAS_AUDIT) {
		p->loginuid = task->loginuid;
		p->session_id = task->session_id;
		event_set(p, FACT_LOGIN, SOURCE_KERNEL);
	}
	p->no_new_privs = task->no_new_privs;
	if (task->flags & PTC_TASK_HAS_SECCOMP) {
		p->seccomp = task->seccomp;
		event_set(p, FACT_SECCOMP, SOURCE_KERNEL);
	}
	/* A zombie has left its namespaces. */
	if (task->ns[PTC_NS_MNT]) {
		for (int i = 0; i < PTC_NS_COUNT; i++)
			p->ns[i] = task->ns[i];
		event_set(p, FACT_NS, SOURCE_KERNEL);
	}
	p->oom_score_adj = task->oom_score_adj;
	event_set(p, FACT_OOM_SCORE, SOURCE_KERNEL);
}

uint32_t count_words(struct str args)
{
	return (uint32_t)str_count(args, '\0') + (args.len && args.p[args.len - 1] != '\0');
}

/* A tracer of the process can make its call return anything, also what has no negative. */
static int positive_errno(int32_t error)
{
	return error == INT32_MIN ? INT32_MAX : -error;
}

/* comm is cut at 15 bytes; the path that was exec'd has the whole name. */
static struct str whole_name(struct str comm, struct str filename)
{
	struct str base = str_basename(filename);

	if (comm.len == PTC_COMM_LEN - 1 && str_has_prefix(base, comm))
		return base;
	return comm;
}

static struct str first_words(struct str args, uint32_t n)
{
	for (size_t i = 0; i < args.len; i++)
		if (args.p[i] == '\0' && --n == 0)
			return str_from(args.p, i + 1);
	return args;
}

static void args_from_exec(struct event *ev, const struct record *r)
{
	const struct ptc_slice *slice = &r->exec->args;
	struct event_process *p = &ev->proc;

	p->args = r->args;
	/* Pages that could not be read are zero, which is not so many empty arguments. */
	if (slice->flags & PTC_SLICE_UNREAD)
		p->args = first_words(r->args, r->exec->argc);
	/* A program may be exec'd with no argument at all: there, and empty. */
	p->args_count = count_words(p->args);
	event_set(p, FACT_ARGS, SOURCE_KERNEL);
	if (!(slice->flags & (PTC_SLICE_TRUNCATED | PTC_SLICE_UNREAD)))
		return;
	event_cut(p, FACT_ARGS);
	/* How many there were is known all the same, but for an exec that failed. */
	if (r->exec->argc > p->args_count)
		p->args_count = r->exec->argc;
}

static void file_from_exec(struct event_process *p, const struct record *r)
{
	const struct ptc_exec *e = r->exec;

	p->file = (struct event_file){
		.inode = e->file_inode,
		.dev_major = e->file_dev_major,
		.dev_minor = e->file_dev_minor,
		.mode = e->file_mode,
		.uid = e->file_uid,
		.deleted = e->file_flags & PTC_FILE_DELETED,
		.memfd = e->file_flags & PTC_FILE_MEMFD,
		.script = e->file_flags & PTC_FILE_SCRIPT,
		.interpreter = r->interp,
		.filename = r->filename,
	};
	event_set(p, FACT_FILE, SOURCE_KERNEL);
	if ((e->filename.flags | e->interp.flags) & (PTC_SLICE_TRUNCATED | PTC_SLICE_UNREAD))
		event_cut(p, FACT_FILE);
}

static void path_from_exec(struct event_process *p, enum fact fact, struct str *ret_path,
			   struct str raw, const struct ptc_slice *slice, struct buf *b)
{
	*ret_path = record_path(b, raw, slice);
	if (b->failed) {
		event_miss(p, fact, MISSING_SKIPPED);
		return;
	}
	event_set(p, fact, SOURCE_KERNEL);
	if (slice->flags & PTC_SLICE_TRUNCATED)
		event_cut(p, fact);
}

void event_from_exec(struct event *ev, const struct record *r, struct record_paths *paths)
{
	const struct ptc_exec *e = r->exec;
	struct event_process *p = &ev->proc;
	struct ptc_slice exe = e->exe;

	if (r->hdr->type == PTC_EXEC_FAILED) {
		ev->error = positive_errno(e->error);
		args_from_exec(ev, r);
		if (e->filename.flags & PTC_SLICE_UNREAD)
			return;
		p->file.filename = r->filename;
		event_set(p, FACT_FILE, SOURCE_KERNEL);
		if (e->filename.flags & PTC_SLICE_TRUNCATED)
			event_cut(p, FACT_FILE);
		return;
	}
	p->name = whole_name(p->name, r->filename);
	args_from_exec(ev, r);
	file_from_exec(p, r);
	if (p->file.memfd)
		exe.flags &= ~PTC_SLICE_DETACHED; /* it has no place to be reached at */
	path_from_exec(p, FACT_EXE, &p->executable, r->exe, &exe, &paths->exe);
	path_from_exec(p, FACT_CWD, &p->cwd, r->cwd, &e->cwd, &paths->cwd);
	if (r->env.len) {
		p->env = r->env;
		event_set(p, FACT_ENV, SOURCE_KERNEL);
		if (e->env.flags & (PTC_SLICE_TRUNCATED | PTC_SLICE_UNREAD))
			event_cut(p, FACT_ENV);
	}
}

static void peak_from_exit(struct event_exit *exit, const struct ptc_exit *x,
			   const struct exit_baseline *baseline)
{
	uint64_t page = (uint64_t)getpagesize();

	if ((x->task.flags & PTC_TASK_SHARED_MM) || baseline->shared_mm)
		return;
	if (baseline->known && x->task.maxrss_pages > baseline->maxrss_pages) {
		/* Grew since the exec, so it is this image's; it may have had more before. */
		exit->peak_bytes = x->task.maxrss_pages * page;
		exit->has_peak = true;
	} else if ((x->exit_flags & PTC_EXIT_MM_PEAK) && x->mm_peak_pages) {
		exit->peak_bytes = x->mm_peak_pages * page;
		exit->has_peak = true;
	}
}

void event_from_exit(struct event *ev, const struct ptc_exit *x,
		     const struct exit_baseline *baseline)
{
	struct event_exit *exit = &ev->exit;

	*exit = (struct event_exit){
		.code = x->exit_code,
		.signal = x->exit_signal,
		.core = x->exit_flags & PTC_EXIT_CORE,
		.oom = x->exit_flags & PTC_EXIT_OOM,
		.has_sender = x->exit_flags & PTC_EXIT_SENDER,
		.sender_kernel = x->exit_flags & PTC_EXIT_SENDER_KERNEL,
		.sender_uid = x->sender_uid,
		.has_usage = true,
		.usage_partial = x->exit_flags & PTC_EXIT_THREADS_CUT,
		.cpu_ns = x->cpu_ns,
		.has_cpu = true,
		.cpu_partial = x->cpu_ns < PARTIAL_CPU_NS || (x->exit_flags & PTC_EXIT_THREADS_CUT),
		.minor_faults = x->minor_faults,
		.major_faults = x->major_faults,
		.has_io = x->exit_flags & PTC_EXIT_IO,
		.read_bytes = x->read_bytes,
		.write_bytes = x->write_bytes,
		.read_chars = x->read_chars,
		.write_chars = x->write_chars,
	};
	if (ev->time_ns >= x->task.start_ns) {
		exit->lifetime_ns = ev->time_ns - x->task.start_ns;
		exit->has_lifetime = true;
	}
	if (exit->has_sender && !exit->sender_kernel)
		exit->sender = (struct event_ref){
			.pid = x->sender_pid,
			.start_ns = x->sender_start_ns,
			.name = str_of_array(x->sender_comm, sizeof(x->sender_comm)),
		};
	peak_from_exit(exit, x, baseline);
}

static void add_change(struct event *ev, int type, uint32_t old_ns, uint32_t new_ns)
{
	ev->ns_change[ev->ns_change_len++] = (struct event_ns_change){
		.type = (enum ptc_ns)type,
		.old_ns = old_ns,
		.new_ns = new_ns,
	};
}

void event_ns_diff(struct event *ev, const uint32_t old_ns[PTC_NS_COUNT],
		   const uint32_t new_ns[PTC_NS_COUNT])
{
	ev->ns_change_len = 0;
	for (int i = 0; i < PTC_NS_COUNT; i++)
		if (old_ns[i] && new_ns[i] && old_ns[i] != new_ns[i])
			add_change(ev, i, old_ns[i], new_ns[i]);
}

void event_from_ns_call(struct event *ev, const struct ptc_ns_call *c)
{
	static const struct {
		uint32_t flag;
		enum ptc_ns type;
	} asked[] = {
		{ CLONE_NEWNS, PTC_NS_MNT },	{ CLONE_NEWCGROUP, PTC_NS_CGROUP },
		{ CLONE_NEWUTS, PTC_NS_UTS },	{ CLONE_NEWIPC, PTC_NS_IPC },
		{ CLONE_NEWUSER, PTC_NS_USER }, { CLONE_NEWPID, PTC_NS_PID_FOR_CHILDREN },
		{ CLONE_NEWNET, PTC_NS_NET },	{ CLONE_NEWTIME, PTC_NS_TIME_FOR_CHILDREN },
	};

	ev->error = positive_errno(c->error);
	event_ns_diff(ev, c->old_ns, c->task.ns);
	if (ev->ns_change_len)
		return;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (c->flags & asked[i].flag)
			add_change(ev, asked[i].type, c->old_ns[asked[i].type],
				   c->error ? 0 : c->task.ns[asked[i].type]);
}
