// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_records.c - what is done with each type of record
 *
 * Each brings the process table up to date and makes the event of it.
 *
 * Long because every type of record is here, one after the other.
 */
#include <string.h>

#include "pipeline_state.h"

/* The process's own namespaces, not those its children will get. */
#define OWN_NS ((1u << PTC_NS_PID_FOR_CHILDREN) - 1)

void pipeline_remember_ns(struct cache_entry *e, const uint32_t ns[PTC_NS_COUNT])
{
	memcpy(e->ns, ns, sizeof(e->ns));
	e->has_ns = true;
}

/* Brings the entry up to date with what every record says. */
void pipeline_remember_task(struct cache_entry *e, const struct ptc_task *task)
{
	memcpy(e->comm, task->comm, sizeof(e->comm));
	e->kernel_thread = task->flags & PTC_TASK_KTHREAD;
	e->is_root = task->euid == 0;
	e->cgroup_v2 = task->cgroup_v2;
	e->cgroup_v1 = task->cgroup_v1;
	e->cgroup_late = false;
	e->exec_id = task->exec_id;
	e->pid_level = task->vpids_len;
	e->vpid = task->vpid[task->vpids_len - 1];
}

static bool same_cgroups(const struct cache_entry *e, const struct ptc_task *task)
{
	return e->cgroup_v2 == task->cgroup_v2 && e->cgroup_v1 == task->cgroup_v1;
}

/*
 * exec_id: of the program that a record is about. If an exec of it was lost or throttled,
 * what is kept is of the program before, and not to be told of this one, nor inherited.
 */
static void notice_exec(struct pipeline *p, struct cache_entry *e, uint64_t exec_id)
{
	/* Lower: the seed overtook the record. */
	if (!e->exec_id || exec_id <= e->exec_id)
		return;
	e->exec_id = exec_id;
	cache_forget_image(p->cache, e);
	e->baseline = (struct exit_baseline){ 0 };
	entered_exec(e);
}

/* exec_id: of the program that it ran before the record, else see pipeline_entry(). */
static struct cache_entry *entry_of(struct pipeline *p, const struct ptc_task *task,
				    uint64_t exec_id)
{
	bool is_new;
	struct cache_entry *e = cache_get(p->cache, task->pid, task->start_ns, &is_new);

	if (e && is_new) {
		const struct cache_entry *parent = NULL;

		if (task->parent_pid) {
			cache_set_parent(p->cache, e, task->parent_pid, task->parent_start_ns,
					 false);
			parent = cache_find(p->cache, task->parent_pid, task->parent_start_ns);
		}
		if (task->ns[PTC_NS_MNT])
			pipeline_remember_ns(e, task->ns);
		entered_found(p->entered, e, parent, parent && same_cgroups(parent, task));
		pipeline_note_visit_found(p, task, e);
	}
	if (e)
		notice_exec(p, e, exec_id);
	return e;
}

/* The process's entry; one that was never seen before gets the parent it has now. */
struct cache_entry *pipeline_entry(struct pipeline *p, const struct ptc_task *task)
{
	return entry_of(p, task, task->exec_id);
}

/* The container, and whose workload it is, go on to the child; unless it is born elsewhere. */
static void inherit(struct pipeline *p, struct event *ev, struct cache_entry *e,
		    const struct cache_entry *creator, const struct ptc_task *task)
{
	if (!creator) {
		const struct cache_entry *parent =
			cache_find(p->cache, task->parent_pid, task->parent_start_ns);

		entered_found(p->entered, e, parent, parent && same_cgroups(parent, task));
		return;
	}
	cache_inherit_image(p->cache, e, creator);
	entered_fork(p->entered, e, creator);
	if (!same_cgroups(creator, task)) {
		entered_moved(e, ev->time_ns);
		ev->entered_by = cache_ref(creator);
	}
}

static void take_fork(struct pipeline *p, const struct record *r)
{
	const struct ptc_fork *f = r->fork;
	const struct ptc_task *task = r->task;
	struct event ev;
	struct cache_entry *creator, *e;
	bool is_new;

	pipeline_begin(&ev, EVENT_FORK, r);
	e = cache_get(p->cache, task->pid, task->start_ns, &is_new);
	creator = cache_find(p->cache, f->creator_pid, f->creator_start_ns);
	if (creator)
		notice_exec(p, creator, task->exec_id);
	if (e) {
		pipeline_remember_task(e, task);
		pipeline_remember_ns(e, task->ns);
		e->baseline = (struct exit_baseline){
			.known = true,
			.shared_mm = task->flags & PTC_TASK_SHARED_MM,
		};
		/* A seed that overtook the record knows less of the parent. */
		cache_set_parent(p->cache, e, task->parent_pid, task->parent_start_ns, true);
		if (f->creator_pid != task->parent_pid)
			cache_set_creator(p->cache, e, f->creator_pid, f->creator_start_ns);
		if (is_new)
			inherit(p, &ev, e, creator, task);
	}
	event_ns_diff(&ev, f->creator_ns, task->ns);
	while (ev.ns_change_len && !(OWN_NS & 1u << ev.ns_change[ev.ns_change_len - 1].type))
		ev.ns_change_len--;
	pipeline_note_made_at_fork(p, &ev, creator, f->creator_ns);
	if (creator && e && is_new)
		pipeline_note_visit_at_fork(p, creator, f->creator_ns, e);
	pipeline_finish(p, &ev, e);
	pipeline_send(p, &ev);
}

static void take_exec(struct pipeline *p, const struct record *r)
{
	struct event ev;
	struct cache_entry *e = entry_of(p, r->task, r->task->exec_id - 1);
	char comm[PTC_COMM_LEN];

	pipeline_begin(&ev, EVENT_EXEC, r);
	event_from_exec(&ev, r, &p->paths);
	if (e) {
		memcpy(comm, e->comm, sizeof(comm));
		pipeline_remember_task(e, r->task);
		/* Before the new image: the change was made by the program before. */
		pipeline_tell_late_change(p, r, e, r->task->ns, str_of_array(comm, sizeof(comm)));
		cache_set_image(p->cache, e, &ev.proc);
		pipeline_note_passed(p, e, &ev.proc);
		e->baseline = (struct exit_baseline){
			.known = true,
			.maxrss_pages = r->task->maxrss_pages,
		};
	}
	pipeline_finish(p, &ev, e);
	containers_see_exec(p->containers, &ev.proc);
	if (e)
		entered_exec(e);
	pipeline_send(p, &ev);
}

static void take_exec_failed(struct pipeline *p, const struct record *r)
{
	struct event ev;
	struct cache_entry *e = pipeline_entry(p, r->task);

	pipeline_begin(&ev, EVENT_EXEC, r);
	if (e)
		pipeline_remember_task(e, r->task);
	event_from_exec(&ev, r, &p->paths);
	pipeline_finish(p, &ev, e);
	pipeline_send(p, &ev);
}

static void take_exit(struct pipeline *p, const struct record *r)
{
	struct event ev;
	struct cache_entry *e = pipeline_entry(p, r->task);
	struct exit_baseline unknown = { 0 };

	pipeline_begin(&ev, EVENT_EXIT, r);
	if (e && e->exited) {
		p->stats.repeated_exits++;
		return;
	}
	if (e) {
		pipeline_remember_task(e, r->task);
		pipeline_tell_late_change(p, r, e, r->task->ns, ev.proc.name);
		cache_exit(p->cache, e, r->hdr->time_ns);
	}
	event_from_exit(&ev, r->exit, e ? &e->baseline : &unknown);
	if (ev.exit.sender.pid) {
		struct cache_entry *sender =
			cache_find(p->cache, ev.exit.sender.pid, ev.exit.sender.start_ns);

		if (sender)
			ev.exit.sender.start_ns = sender->start_ns;
	}
	pipeline_finish(p, &ev, e);
	if (e)
		entered_exit(p->entered, e);
	pipeline_send(p, &ev);
}

static void take_ns_call(struct pipeline *p, const struct record *r)
{
	struct event ev;
	struct cache_entry *e = pipeline_entry(p, r->task);

	pipeline_begin(&ev, r->hdr->type == PTC_SETNS ? EVENT_SETNS : EVENT_UNSHARE, r);
	event_from_ns_call(&ev, r->ns_call);
	if (ev.kind == EVENT_UNSHARE)
		pipeline_note_all_made(p, &ev, e);
	if (e) {
		pipeline_remember_task(e, r->task);
		pipeline_tell_late_change(p, r, e, r->ns_call->old_ns, ev.proc.name);
		if (pipeline_is_leader(r))
			pipeline_remember_ns(e, r->task->ns);
		/* A thread that visits (dockerd's do, for networks) does not take all along. */
		if (!ev.error && pipeline_is_leader(r))
			pipeline_note_visit(p, &ev, e, NULL);
	}
	pipeline_finish(p, &ev, e);
	pipeline_send(p, &ev);
}

/*
 * A process that made a cgroup, or put one into it, may be a runtime that was told to make
 * this container. It is believed if it is root's, on the host: not in a container, whatever
 * user it has there.
 */
static bool is_trusted(struct pipeline *p, const struct cache_entry *e)
{
	return e && e->is_root && e->has_ns &&
	       ns_owner_is_host(p->ns_owner, PTC_NS_USER, e->ns[PTC_NS_USER]) &&
	       !pipeline_container_of(p, e->cgroup_v2, e->cgroup_v1);
}

static void tell_maker(struct pipeline *p, uint32_t hierarchy_id, uint64_t id,
		       const struct cache_entry *e)
{
	struct event_process proc = { 0 };
	if (!is_trusted(p, e))
		return;
	image_fill(e->image, &proc, !e->execd);
	if (event_has(&proc, FACT_EXE) && event_has(&proc, FACT_ARGS))
		pipeline_gate(p,
			      containers_cgroup_maker(p->containers, hierarchy_id, id,
						      proc.executable, proc.args),
			      false);
}

/* systemd makes scopes and moves what it is told to: then the one who asked tells. */
static void tell_mover(struct pipeline *p, const struct ptc_attach *a, const struct cache_entry *e,
		       const struct cache_entry *mover)
{
	tell_maker(p, a->hierarchy_id, a->id, mover);
	if (!is_trusted(p, mover))
		return;
	tell_maker(p, a->hierarchy_id, a->id,
		   cache_find(p->cache, e->parent_pid, e->parent_start_ns));
	if (e->creator_pid)
		tell_maker(p, a->hierarchy_id, a->id,
			   cache_find(p->cache, e->creator_pid, e->creator_start_ns));
}

static void take_attach(struct pipeline *p, const struct record *r)
{
	struct event ev;
	struct cache_entry *e = entry_of(p, r->task, 0);
	struct containers_answer old = { 0 };
	const struct cache_entry *mover;
	uint64_t exec_id;
	bool had_old;

	pipeline_begin(&ev, EVENT_CGROUP, r);
	/* In a threaded cgroup, and in v1, a single thread can be moved: not the process. */
	if (!pipeline_is_leader(r))
		return;
	if (!e) {
		p->stats.no_memory++;
		return;
	}
	/* What the seed found may be where this very move brought it. */
	had_old = r->hdr->time_ns >= e->seeded_ns && (e->cgroup_v2 || e->cgroup_v1);
	if (had_old)
		containers_find(p->containers, e->cgroup_v2, e->cgroup_v1, 0, 0, &old);
	exec_id = e->exec_id;
	pipeline_remember_task(e, r->task);
	/* It is moved by others, in the midst of an exec perhaps: what it does next tells. */
	if (exec_id)
		e->exec_id = exec_id;
	entered_moved(e, r->hdr->time_ns);
	mover = cache_find(p->cache, r->attach->by_pid, 0);
	if (mover)
		ev.entered_by = cache_ref(mover);
	tell_mover(p, r->attach, e, mover);
	pipeline_finish(p, &ev, e);
	/* Moved out of a container whose records were kept back, perhaps. */
	if (!e->image && event_has(&ev.proc, FACT_EXE))
		cache_set_image(p->cache, e, &ev.proc);
	/* In the other hierarchy, so that it is where it was. */
	if (had_old && old.known && old.container == ev.proc.container &&
	    old.cgroup.id == ev.proc.cgroup.id && str_eq(old.cgroup.path, ev.proc.cgroup.path))
		return;
	ev.old_cgroup = old.cgroup;
	ev.old_container = old.container;
	ev.has_old_container = had_old && old.known;
	pipeline_send(p, &ev);
}

static void take_signal(struct pipeline *p, const struct record *r)
{
	const struct ptc_signal *s = r->signal;
	struct event ev;
	struct cache_entry *e = pipeline_entry(p, r->task);
	struct cache_entry *target = cache_find(p->cache, s->target_pid, s->target_start_ns);

	pipeline_begin(&ev, EVENT_SIGNAL, r);
	if (e)
		pipeline_remember_task(e, r->task);
	ev.signal = (struct event_signal){
		.number = s->number,
		.code = s->code,
		.target = {
			.pid = s->target_pid,
			.start_ns = target ? target->start_ns : s->target_start_ns,
			.name = str_of_array(s->target_comm, sizeof(s->target_comm)),
		},
		.target_uid = s->target_uid,
		.target_container = pipeline_container_of(p, s->target_cgroup_v2, s->target_cgroup_v1),
	};
	pipeline_finish(p, &ev, e);
	pipeline_send(p, &ev);
}

static void take_cgroup(struct pipeline *p, const struct record *r)
{
	const struct ptc_cgroup *c = r->cgroup;
	const struct container_info *ended;

	switch (r->hdr->type) {
	case PTC_CGROUP_MKDIR:
		pipeline_gate(p,
			      containers_cgroup_made(p->containers, c->hierarchy_id, c->id,
						     c->parent_id, r->name),
			      false);
		tell_maker(p, c->hierarchy_id, c->id,
			   cache_find(p->cache, c->by_pid, c->by_start_ns));
		pipeline_gate_made(p, c->hierarchy_id, c->id);
		break;
	case PTC_CGROUP_RENAME:
		pipeline_gate_renamed(p, c->hierarchy_id, c->id,
				      containers_cgroup_renamed(p->containers, c->hierarchy_id,
								c->id, r->name));
		break;
	case PTC_CGROUP_RMDIR:
		pipeline_gate_forget_cgroup(p, c->hierarchy_id, c->id);
		ended = containers_cgroup_removed(p->containers, c->hierarchy_id, c->id,
						  r->hdr->time_ns);
		/* A cgroup in which nothing ever ran was no container that anybody saw. */
		if (!ended || containers_tell_start(p->containers, ended))
			break;
		pipeline_end_container(p, ended, r->hdr->time_ns, false);
		break;
	default:
		break;
	}
}

void pipeline_take(struct pipeline *p, const struct record *r)
{
	switch ((enum ptc_type)r->hdr->type) {
	case PTC_FORK:
		take_fork(p, r);
		break;
	case PTC_EXEC:
		take_exec(p, r);
		break;
	case PTC_EXEC_FAILED:
		take_exec_failed(p, r);
		break;
	case PTC_EXIT:
		take_exit(p, r);
		break;
	case PTC_SETNS:
	case PTC_UNSHARE:
		take_ns_call(p, r);
		break;
	case PTC_CGROUP_MKDIR:
	case PTC_CGROUP_RMDIR:
	case PTC_CGROUP_RENAME:
		take_cgroup(p, r);
		break;
	case PTC_CGROUP_ATTACH:
		take_attach(p, r);
		break;
	case PTC_SIGNAL:
		take_signal(p, r);
		break;
	case PTC_TASK:
	case PTC_TYPES:
		break;
	}
	if (r->task)
		pipeline_gate_forget(p, r->task->pid);
}
