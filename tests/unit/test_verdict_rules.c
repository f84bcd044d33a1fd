// SPDX-License-Identifier: Apache-2.0
/*
 * test_verdict_rules.c - what separates a process from the host, and what does not
 *
 * Each row differs from a contained process, or from one of the host, in a few facts.
 */
#include "inspect/verdict_rules.h"

#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inspect/caps.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/* As Docker makes it, by default. */
static struct verdict_facts contained(void)
{
	struct verdict_facts f = { .in_container = true,
				   .root_host = KNOWN_NO,
				   .has_caps = KNOWN_YES,
				   .seccomp = KNOWN_YES,
				   .no_new_privs = KNOWN_NO,
				   .labelled = KNOWN_YES,
				   .reach_known = KNOWN_YES,
				   .memory_limit = KNOWN_YES,
				   .pids_limit = KNOWN_YES };

	for (int type = 0; type <= PROC_NS_TIME; type++)
		f.ns_host[type] = KNOWN_NO;
	f.ns_host[PROC_NS_USER] = f.ns_host[PROC_NS_TIME] = KNOWN_YES;
	assert_true(caps_default(STR_LITERAL("docker"), &f.effective));
	return f;
}

static struct verdict_facts of_host(void)
{
	struct verdict_facts f = contained();

	f.in_container = false;
	f.root_host = KNOWN_YES;
	f.seccomp = KNOWN_NO;
	f.effective = UINT64_MAX;
	for (int type = 0; type <= PROC_NS_TIME; type++)
		f.ns_host[type] = KNOWN_YES;
	return f;
}

static void test_contained(void **state)
{
	struct verdict_facts f = contained();

	(void)state;
	assert_int_equal(verdict_judge(&f), VERDICT_CONTAINED);
	/* No label, no limits: much lacks, yet nothing is shared. */
	f.labelled = f.memory_limit = f.pids_limit = KNOWN_NO;
	assert_int_equal(verdict_judge(&f), VERDICT_CONTAINED);
	/* Root in a user namespace of its own needs no filter to be kept in. */
	f.ns_host[PROC_NS_USER] = KNOWN_NO;
	f.seccomp = KNOWN_NO;
	f.effective = UINT64_MAX;
	f.uid = 100000;
	assert_int_equal(verdict_judge(&f), VERDICT_CONTAINED);
}

static void test_weak(void **state)
{
	static const struct reach reach[] = {
		{ REACH_READ, { "/keys", 5 }, { "/etc", 4 } },
		{ REACH_WRITE, { "/data", 5 }, { "/srv", 4 } },
	};
	static const enum proc_ns_type shared[] = { PROC_NS_PID, PROC_NS_NET, PROC_NS_UTS,
						    PROC_NS_IPC, PROC_NS_MNT };
	struct verdict_facts f;

	(void)state;
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		f = contained();
		f.ns_host[shared[i]] = KNOWN_YES;
		assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
		/* What is not known is not taken for good. */
		f.ns_host[shared[i]] = KNOWN_NOTHING;
		assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
	}
	f = contained();
	f.seccomp = KNOWN_NO;
	assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
	f.seccomp = KNOWN_NOTHING;
	assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
	f = contained();
	f.reach = reach;
	f.reach_len = 1;
	assert_int_equal(verdict_judge(&f), VERDICT_CONTAINED);
	f.reach_len = 2;
	assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
	f = contained();
	f.has_caps = KNOWN_NOTHING;
	assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
	f = contained();
	f.root_host = KNOWN_YES;
	assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
}

static void test_privileged(void **state)
{
	static const unsigned int caps[] = { CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_DAC_READ_SEARCH };
	static const struct reach socket = { REACH_SOCKET, { "/s", 2 }, { 0 } };
	struct verdict_facts f;

	(void)state;
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		f = contained();
		f.effective |= BIT(caps[i]);
		assert_int_equal(verdict_judge(&f), VERDICT_PRIVILEGED);
		f.ns_host[PROC_NS_USER] = KNOWN_NO;
		assert_int_equal(verdict_judge(&f), VERDICT_CONTAINED);
	}
	f = contained();
	f.effective |= BIT(CAP_SYS_ADMIN);
	assert_int_equal(verdict_judge(&f), VERDICT_CONTAINED); /* a label holds it */
	f.labelled = KNOWN_NO;
	assert_int_equal(verdict_judge(&f), VERDICT_PRIVILEGED);
	f.labelled = KNOWN_NOTHING;
	assert_int_equal(verdict_judge(&f), VERDICT_PRIVILEGED);
	f = contained();
	f.effective |= BIT(CAP_SYS_PTRACE);
	assert_int_equal(verdict_judge(&f), VERDICT_CONTAINED);
	f.ns_host[PROC_NS_PID] = KNOWN_YES;
	assert_int_equal(verdict_judge(&f), VERDICT_PRIVILEGED);
	f = contained();
	f.reach = &socket;
	f.reach_len = 1;
	assert_int_equal(verdict_judge(&f), VERDICT_PRIVILEGED);
	f.uid = 1000; /* the socket may not be for everybody */
	assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
}

static void test_others(void **state)
{
	struct verdict_facts f = of_host();

	(void)state;
	assert_int_equal(verdict_judge(&f), VERDICT_HOST);
	f.in_container = true; /* by its cgroup, and in nothing else */
	assert_int_equal(verdict_judge(&f), VERDICT_PRIVILEGED);
	f = of_host();
	f.kernel_thread = true;
	assert_int_equal(verdict_judge(&f), VERDICT_KERNEL);
	f = of_host();
	f.zombie = true;
	assert_int_equal(verdict_judge(&f), VERDICT_ZOMBIE);
}

struct findings {
	char text[8192];
	size_t len;
	int last;
};

static void note(enum finding_kind kind, struct str what, struct str because, void *arg)
{
	struct findings *f = arg;

	assert_true((int)kind >= f->last); /* those of a kind together */
	f->last = (int)kind;
	f->len += (size_t)snprintf(f->text + f->len, sizeof(f->text) - f->len, "%s: %.*s (%.*s)\n",
				   finding_key(kind), (int)what.len, what.p, (int)because.len,
				   because.p);
	assert_true(f->len < sizeof(f->text));
}

static void check_findings(const struct verdict_facts *facts, const char *want)
{
	struct findings f = { 0 };

	verdict_explain(facts, note, &f);
	assert_string_equal(f.text, want);
}

static void test_findings(void **state)
{
	static const struct reach reach[] = {
		{ REACH_SOCKET, { "/run/docker.sock", 16 }, { 0 } },
		{ REACH_WRITE, { "/data", 5 }, { "/srv", 4 } },
		{ REACH_SETTINGS, { "/proc/sys", 9 }, { 0 } },
		{ REACH_READ, { "/keys", 5 }, { "/etc", 4 } },
	};
	struct verdict_facts f = contained();

	(void)state;
	f.ns_host[PROC_NS_NET] = KNOWN_YES;
	f.ns_host[PROC_NS_IPC] = KNOWN_NOTHING;
	f.effective = BIT(CAP_SYS_MODULE) | BIT(CAP_NET_ADMIN) | BIT(CAP_KILL);
	f.seccomp = f.memory_limit = KNOWN_NO;
	f.reach = reach;
	f.reach_len = 4;
	check_findings(&f, "separated: processes (pid namespace)\n"
			   "separated: mounts (mnt namespace)\n"
			   "separated: host name (uts namespace)\n"
			   "separated: view of cgroups (cgroup namespace)\n"
			   "shared: root (user 0 in the host's user namespace)\n"
			   "shared: network (net namespace)\n"
			   "shared: user ids and capabilities (user namespace)\n"
			   "shared: clocks (time namespace)\n"
			   "may: load kernel modules (CAP_SYS_MODULE)\n"
			   "may: configure the host's network (CAP_NET_ADMIN)\n"
			   "reaches: /run/docker.sock (a runtime's socket: it starts what it is "
			   "told as root)\n"
			   "reaches: /data (a writable mount of the host's /srv)\n"
			   "reaches: /proc/sys (settings of the host's kernel, writable)\n"
			   "reaches: /keys (a read-only mount of the host's /etc)\n"
			   "not_held_by: seccomp (no system call is filtered)\n"
			   "not_held_by: no_new_privs (set-user-id programs work)\n"
			   "not_held_by: a memory limit (no cgroup has one)\n"
			   "unknown: IPC (ipc namespace)\n");
}

/* Where nothing could be read that is all that is said. */
static void test_nothing_known(void **state)
{
	struct verdict_facts f = { .uid = UINT32_MAX,
				   .root_host = KNOWN_NOTHING,
				   .has_caps = KNOWN_NOTHING,
				   .seccomp = KNOWN_NOTHING,
				   .no_new_privs = KNOWN_NOTHING,
				   .labelled = KNOWN_NOTHING,
				   .reach_known = KNOWN_NOTHING,
				   .memory_limit = KNOWN_NOTHING,
				   .pids_limit = KNOWN_NOTHING };

	(void)state;
	for (int type = 0; type <= PROC_NS_TIME; type++)
		f.ns_host[type] = KNOWN_NOTHING;
	check_findings(&f, "unknown: processes (pid namespace)\n"
			   "unknown: mounts (mnt namespace)\n"
			   "unknown: network (net namespace)\n"
			   "unknown: host name (uts namespace)\n"
			   "unknown: IPC (ipc namespace)\n"
			   "unknown: user ids and capabilities (user namespace)\n"
			   "unknown: view of cgroups (cgroup namespace)\n"
			   "unknown: clocks (time namespace)\n"
			   "unknown: capabilities (may not be read, or this kernel lacks it)\n"
			   "unknown: seccomp (may not be read, or this kernel lacks it)\n"
			   "unknown: security label (may not be read, or this kernel lacks it)\n"
			   "unknown: what it reaches through mounts (may not be read, or this "
			   "kernel lacks it)\n");
	f.in_container = true;
	assert_int_equal(verdict_judge(&f), VERDICT_WEAK);
}

/* The numbers that "docker run busybox cat /proc/self/status" and the like print. */
static void test_default_caps(void **state)
{
	uint64_t caps;

	(void)state;
	assert_true(caps_default(STR_LITERAL("docker"), &caps));
	assert_int_equal(caps, 0xa80425fb);
	assert_true(caps_default(STR_LITERAL("podman"), &caps));
	assert_int_equal(caps, 0x800405fb);
	assert_true(caps_default(STR_LITERAL("containerd"), &caps));
	assert_int_equal(caps, 0xa80425fb);
	assert_true(caps_default(STR_LITERAL("runc"), &caps));
	assert_int_equal(caps, 0x20000420);
	assert_true(caps_default(STR_LITERAL("systemd-nspawn"), &caps));
	assert_int_equal(caps, 0xfdecafff);
	assert_false(caps_default(STR_LITERAL("lxc"), &caps));
	assert_false(caps_default(STR_LITERAL(""), &caps));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contained),    cmocka_unit_test(test_weak),
		cmocka_unit_test(test_privileged),   cmocka_unit_test(test_others),
		cmocka_unit_test(test_findings),     cmocka_unit_test(test_nothing_known),
		cmocka_unit_test(test_default_caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
