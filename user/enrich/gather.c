// SPDX-License-Identifier: Apache-2.0
/*
 * gather.c - facts about one process from its directory in /proc
 */
#include "enrich/gather.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "procfs/cgroup.h"
#include "procfs/ns.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"

#define STATUS_FACTS                                                             \
	(FACT_BIT(FACT_CREDS) | FACT_BIT(FACT_GROUPS) | FACT_BIT(FACT_SECCOMP) | \
	 FACT_BIT(FACT_PIDS))

#define SAME_NS(name) ((int)PROC_NS_##name == (int)PTC_NS_##name)

_Static_assert(SAME_NS(PID) && SAME_NS(MNT) && SAME_NS(NET) && SAME_NS(UTS) && SAME_NS(IPC) &&
		       SAME_NS(USER) && SAME_NS(CGROUP) && SAME_NS(TIME) &&
		       SAME_NS(PID_FOR_CHILDREN) && SAME_NS(TIME_FOR_CHILDREN) && SAME_NS(COUNT),
	       "namespaces have the same order in /proc's reader as in records");

#define COMM_CUT_LEN (PTC_COMM_LEN - 1) /* a name this long may have been longer */

enum missing gather_reason(int err)
{
	switch (-err) {
	case 0:
	case ENOENT:
		return MISSING_NONE;
	case ESRCH:
		return MISSING_GONE;
	case EACCES:
	case EPERM:
		return MISSING_DENIED;
	case EBADMSG:
	case EFBIG:
	case ENAMETOOLONG:
		return MISSING_MALFORMED;
	default: /* no descriptor or memory left: it was our side that could not */
		return MISSING_SKIPPED;
	}
}

void gather_miss(struct event_process *p, uint32_t facts, enum missing why)
{
	if (why == MISSING_NONE)
		return;
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		if (facts & FACT_BIT(fact))
			event_miss(p, (enum fact)fact, why);
	}
}

static void take_creds(const struct proc_status *s, struct event_process *p)
{
	struct event_creds *c = &p->creds;

	for (int line = STATUS_CAP_INH; line <= STATUS_CAP_AMB; line++) {
		if (!proc_status_has(s, (enum status_line)line)) {
			event_miss(p, FACT_CREDS, MISSING_MALFORMED);
			return;
		}
	}
	if (!proc_status_has(s, STATUS_UID) || !proc_status_has(s, STATUS_GID)) {
		event_miss(p, FACT_CREDS, MISSING_MALFORMED);
		return;
	}
	*c = (struct event_creds){
		.uid = s->uid[STATUS_REAL],
		.euid = s->uid[STATUS_EFFECTIVE],
		.suid = s->uid[STATUS_SAVED],
		.fsuid = s->uid[STATUS_FS],
		.gid = s->gid[STATUS_REAL],
		.egid = s->gid[STATUS_EFFECTIVE],
		.sgid = s->gid[STATUS_SAVED],
		.fsgid = s->gid[STATUS_FS],
		.cap = { [PTC_CAP_EFFECTIVE] = s->cap_eff,
			 [PTC_CAP_PERMITTED] = s->cap_prm,
			 [PTC_CAP_INHERITABLE] = s->cap_inh,
			 [PTC_CAP_BOUNDING] = s->cap_bnd,
			 [PTC_CAP_AMBIENT] = s->cap_amb },
	};
	event_set(p, FACT_CREDS, SOURCE_PROCFS);
}

static void take_groups(struct gather *g, const struct proc_status *s, struct event_process *p)
{
	int64_t n = scan_u32_list(s->groups, g->groups, GATHER_GROUPS_MAX);

	if (!proc_status_has(s, STATUS_GROUPS) || n < 0 || n > UINT32_MAX) {
		event_miss(p, FACT_GROUPS, MISSING_MALFORMED);
		return;
	}
	p->groups = g->groups;
	p->groups_total = (uint32_t)n;
	p->groups_len = n > GATHER_GROUPS_MAX ? GATHER_GROUPS_MAX : (uint32_t)n;
	event_set(p, FACT_GROUPS, SOURCE_PROCFS);
	p->truncated &= ~FACT_BIT(FACT_GROUPS);
	if (p->groups_len < p->groups_total)
		event_cut(p, FACT_GROUPS);
}

/* NStgid and not NSpid: in the directory of a thread the latter has the thread's numbers. */
static void take_pids(struct gather *g, const struct proc_status *s, struct event_process *p)
{
	int64_t n = scan_u32_list(s->nstgid, g->vpids, PTC_PID_LEVELS);

	if (!proc_status_has(s, STATUS_NSTGID) || n < 1 || n > PTC_PID_LEVELS) {
		event_miss(p, FACT_PIDS, MISSING_MALFORMED);
		return;
	}
	p->vpid = g->vpids;
	p->vpid_len = (uint32_t)n;
	event_set(p, FACT_PIDS, SOURCE_PROCFS);
}

static void take_seccomp(const struct proc_status *s, struct event_process *p)
{
	uint64_t lines = 1ull << STATUS_SECCOMP | 1ull << STATUS_NO_NEW_PRIVS;

	if (s->malformed & lines)
		event_miss(p, FACT_SECCOMP, MISSING_MALFORMED);
	if ((s->has & lines) != lines)
		return; /* a kernel without seccomp has no such line */
	p->seccomp = s->seccomp;
	p->no_new_privs = s->no_new_privs;
	event_set(p, FACT_SECCOMP, SOURCE_PROCFS);
}

static void gather_status(struct gather *g, int fd, uint32_t want, struct event_process *p)
{
	struct proc_status s;
	int err = read_status(fd, g->status, sizeof(g->status), &s);

	if (err) {
		gather_miss(p, want & STATUS_FACTS, gather_reason(err));
		return;
	}
	if (want & FACT_BIT(FACT_CREDS))
		take_creds(&s, p);
	if (want & FACT_BIT(FACT_GROUPS))
		take_groups(g, &s, p);
	if (want & FACT_BIT(FACT_PIDS))
		take_pids(g, &s, p);
	if (want & FACT_BIT(FACT_SECCOMP))
		take_seccomp(&s, p);
}

static void gather_login(int fd, struct event_process *p)
{
	uint32_t uid, session;
	int err = read_loginuid(fd, &uid);

	if (!err)
		err = read_sessionid(fd, &session);
	if (err) {
		event_miss(p, FACT_LOGIN, gather_reason(err));
		return;
	}
	p->loginuid = uid;
	p->session_id = session;
	event_set(p, FACT_LOGIN, SOURCE_PROCFS);
}

static void gather_lsm(struct gather *g, int fd, struct event_process *p)
{
	struct str label;
	int err = read_label(fd, g->label, sizeof(g->label), &label);

	if (err) {
		event_miss(p, FACT_LSM, gather_reason(err));
		return;
	}
	p->lsm = label;
	event_set(p, FACT_LSM, SOURCE_PROCFS);
}

static void gather_ns(const struct gather *g, int fd, struct event_process *p)
{
	struct proc_ns ns;
	int err = g->brief ? read_own_ns(fd, &ns) : read_ns(fd, &ns);

	if (err) {
		event_miss(p, FACT_NS, gather_reason(err));
		return;
	}
	memcpy(p->ns, ns.inode, sizeof(p->ns));
	event_set(p, FACT_NS, SOURCE_PROCFS);
}

/* Threads of the kernel are in the host's namespaces; with one pid, those of this /proc. */
static void learn_host(struct gather *g, const struct event_process *p)
{
	if (g->brief && !g->host_ns[PTC_NS_PID] && p->kernel_thread && event_has(p, FACT_NS) &&
	    event_has(p, FACT_PIDS) && p->vpid_len == 1)
		memcpy(g->host_ns, p->ns, sizeof(g->host_ns));
}

static bool is_hosts(const struct gather *g, const struct event_process *p)
{
	return event_has(p, FACT_NS) && g->host_ns[PTC_NS_PID] &&
	       memcmp(g->host_ns, p->ns, sizeof(g->host_ns)) == 0;
}

/*
 * What status says is a quarter of what a look at a process costs. The directory of a process
 * belongs to its effective user and group, whatever else may be hidden of it (task_dump_owner()
 * in fs/proc/base.c), and what is in the host's pid namespace has one pid.
 */
static uint32_t gather_owner(struct gather *g, const struct stat *owner, uint32_t want,
			     struct event_process *p)
{
	if (want & STATUS_FACTS & ~(FACT_BIT(FACT_CREDS) | FACT_BIT(FACT_PIDS)) || !is_hosts(g, p))
		return want;
	if (want & FACT_BIT(FACT_CREDS)) {
		p->creds = (struct event_creds){ .euid = owner->st_uid, .egid = owner->st_gid };
		event_set(p, FACT_CREDS, SOURCE_PROCFS);
	}
	if (want & FACT_BIT(FACT_PIDS)) {
		g->vpids[0] = p->pid;
		p->vpid = g->vpids;
		p->vpid_len = 1;
		event_set(p, FACT_PIDS, SOURCE_PROCFS);
	}
	return want & ~STATUS_FACTS;
}

/* A line that was cut is none: what it says then is nobody's path. */
static void gather_cgroup(struct gather *g, int fd)
{
	bool truncated;

	if (read_cgroup(fd, g->cgroup, sizeof(g->cgroup), &g->cgroup_lines, &truncated) < 0)
		g->cgroup_lines = str_from(NULL, 0);
}

static void gather_oom_score(int fd, struct event_process *p)
{
	int err = read_oom_score_adj(fd, &p->oom_score_adj);

	if (err)
		event_miss(p, FACT_OOM_SCORE, gather_reason(err));
	else
		event_set(p, FACT_OOM_SCORE, SOURCE_PROCFS);
}

static void take_now(const struct proc_stat *stat, struct event_process *p)
{
	/* There is no system time before field 15, and no resident memory before 24. */
	if (stat->field_count < 24 || !event_is_state(stat->state)) {
		event_miss(p, FACT_NOW, MISSING_MALFORMED);
		return;
	}
	p->now = (struct event_now){
		.state = stat->state,
		.cpu_ns = (stat->user_ticks + stat->system_ticks) * clock_tick_ns(),
		.resident_bytes = stat->rss_pages * (uint64_t)sysconf(_SC_PAGESIZE),
	};
	event_set(p, FACT_NOW, SOURCE_PROCFS);
}

/* comm is cut to 15 bytes; the executable's name completes it where it begins the same. */
static void take_name(struct gather *g, const struct proc_stat *stat, struct event_process *p)
{
	struct str comm = str_from(g->comm, stat->comm_len), whole = str_basename(p->executable);

	memcpy(g->comm, stat->comm, stat->comm_len);
	p->name = comm;
	if (comm.len == COMM_CUT_LEN && event_has(p, FACT_EXE) && str_has_prefix(whole, comm))
		p->name = whole;
	event_set(p, FACT_NAME, SOURCE_PROCFS);
}

static void take_tty(const struct proc_stat *stat, struct event_process *p)
{
	p->tty_major = stat->tty_major;
	p->tty_minor = stat->tty_minor;
	p->interactive = stat->tty_major || stat->tty_minor;
	event_set(p, FACT_TTY, SOURCE_PROCFS);
}

void gather_facts(struct gather *g, int fd, const struct proc_stat *stat, uint32_t want,
		  struct event_process *p)
{
	struct stat owner;
	/* Before anything that fails once the process is gone, for this does not. */
	bool has_owner = g->brief && g->is_live && fstat(fd, &owner) == 0;

	if (proc_stat_is_kernel_thread(stat)) {
		p->kernel_thread = true;
		want &= ~GATHER_PROGRAM_FACTS;
	}
	if (want & GATHER_PROGRAM_FACTS)
		gather_program(g, fd, want, p);
	if (want & FACT_BIT(FACT_NS))
		gather_ns(g, fd, p);
	if (has_owner)
		want = gather_owner(g, &owner, want, p);
	if (want & STATUS_FACTS)
		gather_status(g, fd, want, p);
	learn_host(g, p);
	if (want & FACT_BIT(FACT_LOGIN))
		gather_login(fd, p);
	if (want & FACT_BIT(FACT_LSM))
		gather_lsm(g, fd, p);
	if (want & FACT_BIT(FACT_CGROUP))
		gather_cgroup(g, fd);
	if (want & FACT_BIT(FACT_OOM_SCORE))
		gather_oom_score(fd, p);
	if (want & FACT_BIT(FACT_TTY))
		take_tty(stat, p);
	if (want & FACT_BIT(FACT_NAME))
		take_name(g, stat, p);
	if (want & FACT_BIT(FACT_NOW))
		take_now(stat, p);
}
