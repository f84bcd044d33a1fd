// SPDX-License-Identifier: Apache-2.0
/*
 * verdict_rules.c - what separates a process from the host, and what does not
 */
#include "inspect/verdict_rules.h"

#include <linux/capability.h>

#include "base/buf.h"
#include "event/names.h"

#define BIT(cap) (UINT64_C(1) << (cap))

struct judge {
	const struct verdict_facts *facts;
	verdict_find find;
	void *arg;
};

static const char *const levels[] = {
	[VERDICT_KERNEL] = "kernel",
	[VERDICT_ZOMBIE] = "ended",
	[VERDICT_HOST] = "host",
	[VERDICT_PRIVILEGED] = "privileged",
	[VERDICT_WEAK] = "partly contained",
	[VERDICT_CONTAINED] = "contained",
};

static const char *const sentences[] = {
	[VERDICT_KERNEL] = "a thread of the kernel itself",
	[VERDICT_ZOMBIE] = "it has ended and waits for its parent",
	[VERDICT_HOST] =
		"a process of the host: nothing but its user and its capabilities limits it",
	[VERDICT_PRIVILEGED] = "as good as root on the host, whatever namespaces it has",
	[VERDICT_WEAK] = "separated from the host, but for what is listed",
	[VERDICT_CONTAINED] = "separated from the host as containers are",
};

static const struct {
	const char *key, *title;
} kinds[FINDINGS] = {
	[FINDING_SEPARATED] = { "separated", "separated from the host" },
	[FINDING_SHARED] = { "shared", "shared with the host" },
	[FINDING_MAY] = { "may", "may on the host" },
	[FINDING_REACHES] = { "reaches", "reaches of the host" },
	[FINDING_UNHELD] = { "not_held_by", "not held back by" },
	[FINDING_UNKNOWN] = { "unknown", "not known" },
};

const char *verdict_word(enum verdict_level level)
{
	return levels[level];
}

const char *verdict_sentence(enum verdict_level level)
{
	return sentences[level];
}

const char *finding_key(enum finding_kind kind)
{
	return kinds[kind].key;
}

const char *finding_title(enum finding_kind kind)
{
	return kinds[kind].title;
}

static void find(const struct judge *j, enum finding_kind kind, const char *what,
		 const char *because)
{
	j->find(kind, str_of(what), str_of(because), j->arg);
}

/* ---- namespaces ---- */

static const struct {
	const char *what, *because;
} ns_words[] = {
	[PROC_NS_PID] = { "processes", "pid namespace" },
	[PROC_NS_MNT] = { "mounts", "mnt namespace" },
	[PROC_NS_NET] = { "network", "net namespace" },
	[PROC_NS_UTS] = { "host name", "uts namespace" },
	[PROC_NS_IPC] = { "IPC", "ipc namespace" },
	[PROC_NS_USER] = { "user ids and capabilities", "user namespace" },
	[PROC_NS_CGROUP] = { "view of cgroups", "cgroup namespace" },
	[PROC_NS_TIME] = { "clocks", "time namespace" },
};

static void find_ns(const struct judge *j, enum known host, enum finding_kind kind)
{
	for (int type = 0; type <= PROC_NS_TIME; type++)
		if (j->facts->ns_host[type] == host)
			find(j, kind, ns_words[type].what, ns_words[type].because);
}

/* ---- capabilities ---- */

static const struct {
	unsigned int cap;
	int shared; /* only where this namespace is the host's; -1: anyway */
	const char *what;
} powers[] = {
	{ CAP_SYS_MODULE, -1, "load kernel modules" },
	{ CAP_SYS_RAWIO, -1, "reach hardware and physical memory" },
	{ CAP_SYS_ADMIN, -1, "mount, and administer much else" },
	{ CAP_SYS_BOOT, PROC_NS_PID, "reboot the host" },
	{ CAP_SYS_PTRACE, PROC_NS_PID, "look into the host's processes" },
	{ CAP_KILL, PROC_NS_PID, "signal the host's processes" },
	{ CAP_NET_ADMIN, PROC_NS_NET, "configure the host's network" },
	{ CAP_NET_RAW, PROC_NS_NET, "listen to the host's network" },
	{ CAP_DAC_READ_SEARCH, -1, "open any file of a file system by its handle" },
	{ CAP_BPF, -1, "load BPF programs" },
	{ CAP_PERFMON, -1, "observe the whole kernel" },
	{ CAP_SYS_TIME, -1, "set the host's clock" },
	{ CAP_SYSLOG, -1, "read the kernel's log and addresses" },
	{ CAP_MAC_ADMIN, -1, "change the security policy" },
};

/* In another user namespace capabilities only hold for what that one owns. */
static bool has_power(const struct verdict_facts *f, size_t i)
{
	return f->ns_host[PROC_NS_USER] == KNOWN_YES && f->has_caps == KNOWN_YES &&
	       f->effective & BIT(powers[i].cap) &&
	       (powers[i].shared < 0 || f->ns_host[powers[i].shared] == KNOWN_YES);
}

static void find_powers(const struct judge *j)
{
	char buf[32];

	for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++)
		if (has_power(j->facts, i))
			find(j, FINDING_MAY, powers[i].what, cap_name(powers[i].cap, buf));
}

/* Each of these alone is enough to become root of the host. */
static bool is_almighty(const struct verdict_facts *f)
{
	const uint64_t caps = BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_RAWIO) | BIT(CAP_DAC_READ_SEARCH);
	bool host_users = f->ns_host[PROC_NS_USER] == KNOWN_YES;

	for (size_t i = 0; i < f->reach_len; i++)
		if (f->reach[i].kind == REACH_SOCKET && f->uid == 0 && host_users)
			return true;
	if (!host_users || f->has_caps != KNOWN_YES)
		return false;
	/* Runtimes' filters let everything through that it allows; a label may still forbid it. */
	if (f->effective & BIT(CAP_SYS_ADMIN) && f->labelled != KNOWN_YES)
		return true;
	return (f->effective & caps) != 0 ||
	       (f->effective & BIT(CAP_SYS_PTRACE) && f->ns_host[PROC_NS_PID] == KNOWN_YES);
}

/* ---- mounts ---- */

static void find_reach(const struct judge *j, const struct reach *r)
{
	struct buf because = {};

	switch (r->kind) {
	case REACH_SOCKET:
		/* A mount that is read-only does not hinder connecting. */
		buf_puts(&because, "a runtime's socket: it starts what it is told as root");
		break;
	case REACH_WRITE:
		buf_puts(&because, "a writable mount of the host's ");
		buf_str(&because, r->host);
		break;
	case REACH_SETTINGS:
		buf_puts(&because, "settings of the host's kernel, writable");
		break;
	case REACH_READ:
		buf_puts(&because, "a read-only mount of the host's ");
		buf_str(&because, r->host);
		break;
	}
	if (!because.failed)
		j->find(FINDING_REACHES, r->point, str_from(because.data, because.len), j->arg);
	buf_done(&because);
}

static void find_reaches(const struct judge *j)
{
	const struct verdict_facts *f = j->facts;

	if (f->root_host == KNOWN_YES)
		find(j, FINDING_REACHES, "/", "its root directory is the host's");
	for (size_t i = 0; i < f->reach_len; i++)
		find_reach(j, &f->reach[i]);
}

/* ---- what could hold it back ---- */

static void find_unheld(const struct judge *j)
{
	const struct verdict_facts *f = j->facts;

	if (f->seccomp == KNOWN_NO)
		find(j, FINDING_UNHELD, "seccomp", "no system call is filtered");
	if (f->no_new_privs == KNOWN_NO)
		find(j, FINDING_UNHELD, "no_new_privs", "set-user-id programs work");
	if (f->labelled == KNOWN_NO)
		find(j, FINDING_UNHELD, "a security module", "no label confines it");
	if (f->memory_limit == KNOWN_NO)
		find(j, FINDING_UNHELD, "a memory limit", "no cgroup has one");
	if (f->pids_limit == KNOWN_NO)
		find(j, FINDING_UNHELD, "a limit of processes", "no cgroup has one");
}

static void find_unknown(const struct judge *j)
{
	static const char because[] = "may not be read, or this kernel lacks it";
	const struct verdict_facts *f = j->facts;

	find_ns(j, KNOWN_NOTHING, FINDING_UNKNOWN);
	if (f->has_caps != KNOWN_YES)
		find(j, FINDING_UNKNOWN, "capabilities", because);
	if (f->seccomp == KNOWN_NOTHING)
		find(j, FINDING_UNKNOWN, "seccomp", because);
	if (f->labelled == KNOWN_NOTHING)
		find(j, FINDING_UNKNOWN, "security label", because);
	if (f->reach_known != KNOWN_YES)
		find(j, FINDING_UNKNOWN, "what it reaches through mounts", because);
}

static void find_users(const struct judge *j)
{
	const struct verdict_facts *f = j->facts;

	if (f->ns_host[PROC_NS_USER] != KNOWN_YES || f->uid != 0 || f->has_caps != KNOWN_YES)
		return;
	find(j, FINDING_SHARED, "root", "user 0 in the host's user namespace");
}

/* ---- all together ---- */

static bool is_any(const struct verdict_facts *f, enum known host, const enum proc_ns_type *types,
		   size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (f->ns_host[types[i]] == host)
			return true;
	return false;
}

/* What every runtime separates by itself. */
static const enum proc_ns_type usual[] = { PROC_NS_PID, PROC_NS_MNT, PROC_NS_NET, PROC_NS_UTS,
					   PROC_NS_IPC };

/* To read, such as a time zone, containers are given some of the host's files as a rule. */
static bool may_change_files(const struct verdict_facts *f)
{
	for (size_t i = 0; i < f->reach_len; i++)
		if (f->reach[i].kind != REACH_READ)
			return true;
	return f->root_host == KNOWN_YES;
}

enum verdict_level verdict_judge(const struct verdict_facts *f)
{
	bool is_separated = is_any(f, KNOWN_NO, usual, sizeof(usual) / sizeof(usual[0])) ||
			    f->ns_host[PROC_NS_USER] == KNOWN_NO;

	if (f->kernel_thread)
		return VERDICT_KERNEL;
	if (f->zombie)
		return VERDICT_ZOMBIE;
	if (!f->in_container && !is_separated)
		return VERDICT_HOST;
	if (is_almighty(f))
		return VERDICT_PRIVILEGED;
	if (is_any(f, KNOWN_YES, usual, sizeof(usual) / sizeof(usual[0])) ||
	    is_any(f, KNOWN_NOTHING, usual, sizeof(usual) / sizeof(usual[0])) ||
	    may_change_files(f) || f->has_caps != KNOWN_YES ||
	    (f->seccomp != KNOWN_YES && f->ns_host[PROC_NS_USER] != KNOWN_NO))
		return VERDICT_WEAK;
	return VERDICT_CONTAINED;
}

void verdict_explain(const struct verdict_facts *f, verdict_find find_one, void *arg)
{
	struct judge j = { .facts = f, .find = find_one, .arg = arg };

	if (f->kernel_thread || f->zombie)
		return;
	find_ns(&j, KNOWN_NO, FINDING_SEPARATED);
	find_users(&j);
	find_ns(&j, KNOWN_YES, FINDING_SHARED);
	find_powers(&j);
	find_reaches(&j);
	find_unheld(&j);
	find_unknown(&j);
}
