// SPDX-License-Identifier: Apache-2.0
/*
 * test_enrich.c - which facts are read from /proc, and what is said of the others
 */
#include "enrich/enrich.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define HOST	 "tests/fixtures/proc/host"
#define LABELLED "tests/fixtures/proc/labelled"

#define BIT(fact)    (1u << (fact))
#define ALL	     (BIT(FACT_COUNT) - 1)
#define START_300_NS 50000000000ull

static const char *const globs[] = { "PATH", "SECRET_*" };

static struct enrich *make(const char *root, enum enrich_mode mode)
{
	struct enrich_options options = { .proc_root = root, .mode = mode };
	struct enrich *e = NULL;

	assert_int_equal(enrich_new(&options, &e), 0);
	return e;
}

static struct event make_event(enum event_kind kind, uint32_t pid, uint64_t start_ns)
{
	struct event event = { .kind = kind, .about_process = true };

	event.proc.pid = event.proc.tid = pid;
	event.proc.start_ns = start_ns;
	return event;
}

/* All facts there, from the kernel, but the ones given. */
static void have_all_but(struct event_process *p, uint32_t facts)
{
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		if (!(facts & BIT(fact)))
			event_set(p, (enum fact)fact, SOURCE_KERNEL);
	}
}

static void assert_str(struct str s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.p ? s.p : "", expected, s.len);
}

static void assert_opened(struct enrich *e, uint64_t opened)
{
	struct enrich_stats stats;

	enrich_stats(e, &stats);
	assert_int_equal(stats.opened, opened);
}

static void assert_missing(const struct event_process *p, uint32_t facts, enum missing why)
{
	for (int fact = 0; fact < FACT_COUNT; fact++)
		assert_int_equal(p->missing[fact], facts & BIT(fact) ? why : MISSING_NONE);
}

static void test_inventory(void **state)
{
	struct enrich_options options = { .proc_root = HOST,
					  .env_globs = globs,
					  .env_globs_len = 2 };
	struct event_process p = { 0 };
	struct enrich *e = NULL;

	(void)state;
	assert_int_equal(enrich_new(&options, &e), 0);
	assert_int_equal(enrich_process(e, 300, ENRICH_ALL, &p), 0);
	/* A copy of /proc has no files to look at; cgroups are another room's. */
	assert_int_equal(p.has, ALL & ~(BIT(FACT_FILE) | BIT(FACT_CGROUP) | BIT(FACT_CONTAINER)));
	assert_missing(&p, 0, MISSING_NONE);
	assert_int_equal(p.source[FACT_ARGS], SOURCE_PROCFS);
	assert_int_equal(p.pid, 300);
	assert_int_equal(p.tid, 300);
	assert_true(p.start_ns == START_300_NS);
	assert_int_equal(p.threads, 3);
	assert_str(p.name, "a) b (");
	assert_str(p.executable, "/usr/sbin/nginx"); /* below its own root */
	assert_str(p.cwd, "/var/www");
	assert_int_equal(p.args_count, 4);
	assert_int_equal(p.args.len, sizeof("nginx\0-g\0daemon off;\0"));
	assert_true(p.interactive);
	assert_int_equal(p.tty_major, 136);
	assert_int_equal(p.tty_minor, 1);
	assert_int_equal(p.creds.uid, 1000);
	assert_int_equal(p.creds.fsuid, 1003);
	assert_int_equal(p.creds.sgid, 102);
	assert_int_equal(p.creds.cap[PTC_CAP_EFFECTIVE], 2);
	assert_int_equal(p.creds.cap[PTC_CAP_PERMITTED], 0xa80425fb);
	assert_int_equal(p.creds.cap[PTC_CAP_INHERITABLE], 1);
	assert_int_equal(p.creds.cap[PTC_CAP_BOUNDING], 0xa80425ff);
	assert_int_equal(p.creds.cap[PTC_CAP_AMBIENT], 4);
	assert_int_equal(p.groups_len, 3);
	assert_int_equal(p.groups[2], 4294967294);
	assert_int_equal(p.vpid_len, 2);
	assert_int_equal(p.vpid[1], 7);
	assert_int_equal(p.loginuid, 1000);
	assert_int_equal(p.session_id, 42);
	assert_int_equal(p.seccomp, 2);
	assert_true(p.no_new_privs);
	assert_str(p.lsm, "docker-default (enforce)");
	assert_int_equal(p.ns[PTC_NS_UTS], 4026532177);
	assert_int_equal(p.oom_score_adj, -998);
	assert_int_equal(p.env.len, sizeof("PATH=/bin\0SECRET_TOKEN=x=y"));
	assert_int_equal(p.parent.pid, 1);
	assert_true(p.parent.start_ns == 30000000);
	assert_str(p.parent.name, "systemd");
	assert_false(p.parent_at_fork);
	enrich_free(e);
}

static void test_inventory_keeps_facts(void **state)
{
	struct enrich *e = make(HOST, ENRICH_AUTO);
	struct event_process p = { .start_ns = START_300_NS + 1234 };

	(void)state;
	p.args = STR_LITERAL("from the kernel\0");
	p.parent.pid = 77;
	event_set(&p, FACT_ARGS, SOURCE_KERNEL);
	event_set(&p, FACT_PARENT, SOURCE_KERNEL);
	assert_int_equal(enrich_process(e, 300, ENRICH_ALL, &p), 0);
	assert_true(p.start_ns == START_300_NS + 1234);
	assert_str(str_of(p.args.p), "from the kernel");
	assert_int_equal(p.source[FACT_ARGS], SOURCE_KERNEL);
	assert_int_equal(p.source[FACT_CWD], SOURCE_PROCFS);
	assert_int_equal(p.parent.pid, 77);
	/* Nobody asked for variables. */
	assert_false(event_has(&p, FACT_ENV));
	/* Another process of that number, another start. */
	p = (struct event_process){ .start_ns = START_300_NS - 1 };
	assert_int_equal(enrich_process(e, 300, ENRICH_ALL, &p), -ESRCH);
	assert_int_equal(p.has, 0);
	assert_int_equal(p.missing[FACT_ARGS], MISSING_GONE);
	enrich_free(e);
}

static void test_odd_processes(void **state)
{
	struct enrich *e = make(HOST, ENRICH_AUTO);
	struct event_process p = { 0 };

	(void)state;
	/* A kernel thread has no program, which is nothing missing, and here no parent. */
	assert_int_equal(enrich_process(e, 2, ENRICH_ALL, &p), 0);
	assert_true(p.kernel_thread);
	assert_missing(&p, 0, MISSING_NONE);
	assert_int_equal(p.has & (BIT(FACT_EXE) | BIT(FACT_ARGS) | BIT(FACT_CWD)), 0);
	assert_false(event_has(&p, FACT_PARENT));
	assert_str(p.name, "kthreadd");

	p = (struct event_process){ 0 };
	assert_int_equal(enrich_process(e, 303, ENRICH_ALL, &p), 0);
	assert_str(p.name, "defunct");
	assert_missing(
		&p, BIT(FACT_EXE) | BIT(FACT_FILE) | BIT(FACT_ARGS) | BIT(FACT_CWD) | BIT(FACT_NS),
		MISSING_GONE);
	assert_true(event_has(&p, FACT_CREDS));

	/* Its leader ended: the thread that runs knows the rest. */
	p = (struct event_process){ 0 };
	assert_int_equal(enrich_process(e, 309, ENRICH_ALL, &p), 0);
	assert_str(p.executable, "/bin/server");
	assert_str(p.cwd, "/work");
	assert_int_equal(p.vpid[0], 309);
	assert_str(p.name, "leader");

	/* Lines are missing: no seccomp in that kernel, but groups there must be. */
	p = (struct event_process){ 0 };
	assert_int_equal(enrich_process(e, 308, ENRICH_ALL, &p), 0);
	assert_str(p.name, "container-shim-runc-v2");
	assert_false(event_has(&p, FACT_SECCOMP));
	assert_int_equal(p.missing[FACT_SECCOMP], MISSING_NONE);
	assert_int_equal(p.missing[FACT_CREDS], MISSING_MALFORMED);
	assert_int_equal(p.missing[FACT_GROUPS], MISSING_MALFORMED);
	assert_int_equal(p.missing[FACT_PIDS], MISSING_MALFORMED);

	/* Overwritten arguments without a NUL: one word. */
	p = (struct event_process){ 0 };
	assert_int_equal(enrich_process(e, 301, ENRICH_ALL, &p), 0);
	assert_int_equal(p.args_count, 1);
	assert_int_equal(p.args.len, sizeof("title without end"));
	assert_str(p.executable, "/opt/new\nline");
	assert_str(p.name, "x\ny) R 1\n");

	p = (struct event_process){ 0 };
	assert_int_equal(enrich_process(e, 304, ENRICH_ALL, &p), -EBADMSG);
	assert_int_equal(p.missing[FACT_ARGS], MISSING_MALFORMED);
	enrich_free(e);
}

static void test_auto_costs_nothing(void **state)
{
	static const enum event_kind kinds[] = { EVENT_FORK,	EVENT_EXEC,   EVENT_SETNS,
						 EVENT_UNSHARE, EVENT_CGROUP, EVENT_SIGNAL,
						 EVENT_EXIT };
	struct enrich *e = make(HOST, ENRICH_AUTO);
	struct event event;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		event = make_event(kinds[i], 300, START_300_NS);
		have_all_but(&event.proc, BIT(FACT_LSM) | BIT(FACT_ENV));
		enrich_event(e, &event, false);
		assert_missing(&event.proc, 0, MISSING_NONE);
	}
	/* A fork says nothing of a program, a failed exec nothing of the caller's. */
	event = make_event(EVENT_FORK, 300, START_300_NS);
	have_all_but(&event.proc, BIT(FACT_EXE) | BIT(FACT_ARGS) | BIT(FACT_CWD) | BIT(FACT_LSM));
	enrich_event(e, &event, false);
	assert_opened(e, 0);
	event = make_event(EVENT_EXEC, 300, START_300_NS);
	event.error = ENOENT;
	have_all_but(&event.proc, BIT(FACT_EXE) | BIT(FACT_ARGS) | BIT(FACT_FILE) | BIT(FACT_LSM));
	enrich_event(e, &event, false);
	assert_opened(e, 0);
	/* One that has the same gap and did not fail. */
	event.error = 0;
	enrich_event(e, &event, false);
	assert_opened(e, 1);
	assert_str(event.proc.executable, "/usr/sbin/nginx");
	assert_false(event_has(&event.proc, FACT_LSM));
	enrich_free(e);
}

static void test_reasons(void **state)
{
	uint32_t gap = BIT(FACT_ARGS) | BIT(FACT_NS);
	struct enrich *e = make(HOST, ENRICH_AUTO), *off = make(HOST, ENRICH_OFF);
	struct enrich *busy = make(HOST, ENRICH_FULL);
	struct enrich_stats stats;
	struct event event;

	(void)state;
	event = make_event(EVENT_EXEC, 300, START_300_NS);
	have_all_but(&event.proc, gap);
	enrich_event(busy, &event, true);
	assert_missing(&event.proc, gap, MISSING_SKIPPED);
	enrich_stats(busy, &stats);
	assert_int_equal(stats.skipped, 1);
	enrich_event(off, &event, false);
	assert_missing(&event.proc, gap, MISSING_SKIPPED);
	enrich_stats(off, &stats);
	assert_int_equal(stats.skipped, 0); /* not to keep up */
	event.proc.start_ns += clock_tick_ns();
	enrich_event(e, &event, false);
	assert_missing(&event.proc, gap, MISSING_GONE);
	event.proc.start_ns = 0;
	enrich_event(e, &event, false);
	assert_missing(&event.proc, gap, MISSING_SKIPPED);
	event.proc.start_ns = START_300_NS;
	event.kind = EVENT_EXIT;
	enrich_event(e, &event, false);
	assert_missing(&event.proc, gap, MISSING_GONE);
	enrich_stats(e, &stats);
	assert_int_equal(stats.opened, 0);
	assert_int_equal(stats.gone, 2);
	assert_int_equal(stats.skipped, 0);
	/* Not about a process. */
	event = make_event(EVENT_LOST, 0, 0);
	event.about_process = false;
	enrich_event(e, &event, false);
	assert_missing(&event.proc, 0, MISSING_NONE);
	enrich_free(busy);
	enrich_free(off);
	enrich_free(e);
}

/* The executable is known and /proc shows another: what it would say is not of this exec. */
static void test_later_exec(void **state)
{
	struct enrich *e = make(HOST, ENRICH_AUTO);
	struct event event = make_event(EVENT_EXEC, 300, START_300_NS);

	(void)state;
	have_all_but(&event.proc, BIT(FACT_ARGS) | BIT(FACT_CWD));
	event.proc.executable = STR_LITERAL("/usr/sbin/nginx");
	enrich_event(e, &event, false);
	assert_int_equal(event.proc.args_count, 4);
	event = make_event(EVENT_EXEC, 300, START_300_NS);
	have_all_but(&event.proc, BIT(FACT_ARGS) | BIT(FACT_CWD));
	event.proc.executable = STR_LITERAL("/usr/sbin/nginy");
	enrich_event(e, &event, false);
	assert_missing(&event.proc, BIT(FACT_ARGS), MISSING_GONE);
	assert_str(event.proc.cwd, "/var/www");
	enrich_free(e);
}

static void test_labels_and_groups(void **state)
{
	struct enrich *e = make(LABELLED, ENRICH_AUTO), *host = make(HOST, ENRICH_AUTO);
	struct event event = make_event(EVENT_EXEC, 11, 770000000);
	static const uint32_t cut[] = { 4 };

	(void)state;
	have_all_but(&event.proc, BIT(FACT_LSM));
	enrich_event(e, &event, false);
	assert_str(event.proc.lsm, "system_u:system_r:app_t:s0");
	assert_int_equal(event.proc.source[FACT_LSM], SOURCE_PROCFS);
	assert_int_equal(event.proc.source[FACT_CREDS], SOURCE_KERNEL);

	event = make_event(EVENT_EXEC, 300, START_300_NS);
	have_all_but(&event.proc, BIT(FACT_LSM));
	event.proc.groups = cut;
	event.proc.groups_len = 1;
	event.proc.groups_total = 3;
	event_cut(&event.proc, FACT_GROUPS);
	enrich_event(host, &event, false);
	assert_int_equal(event.proc.groups_len, 3);
	assert_int_equal(event.proc.source[FACT_GROUPS], SOURCE_PROCFS);
	assert_int_equal(event.proc.truncated, 0);
	enrich_free(host);
	enrich_free(e);
}

static void test_full(void **state)
{
	struct enrich *e = make(HOST, ENRICH_FULL);
	struct event event = make_event(EVENT_FORK, 300, START_300_NS);

	(void)state;
	have_all_but(&event.proc, BIT(FACT_LSM) | BIT(FACT_CWD) | BIT(FACT_PARENT));
	enrich_event(e, &event, false);
	assert_str(event.proc.lsm, "docker-default (enforce)");
	assert_true(event_has(&event.proc, FACT_CWD));
	/* The parent of now is not the parent of then. */
	assert_false(event_has(&event.proc, FACT_PARENT));
	enrich_free(e);
}

static void test_real(void **state)
{
	struct enrich *e = make("/proc", ENRICH_AUTO);
	struct event_process p = { 0 };
	struct event event;
	uint32_t pid;
	int status;

	(void)state;
	assert_int_equal(enrich_process(e, (uint32_t)getpid(), ENRICH_ALL, &p), 0);
	assert_true(event_has(&p, FACT_FILE) && event_has(&p, FACT_NS));
	assert_int_equal(p.creds.euid, geteuid());
	assert_int_equal(p.parent.pid, getppid());
	assert_true(p.file.inode && !p.file.deleted && !p.file.memfd);
	assert_true(str_has_prefix(str_basename(p.executable), p.name));

	pid = (uint32_t)fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	p = (struct event_process){ 0 };
	assert_int_equal(enrich_process(e, pid, ENRICH_ALL, &p), 0);
	event = make_event(EVENT_EXEC, pid, p.start_ns);
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
	assert_int_equal(waitpid((pid_t)pid, &status, 0), pid);
	enrich_event(e, &event, false);
	assert_int_equal(event.proc.has, 0);
	assert_int_equal(event.proc.missing[FACT_ARGS], MISSING_GONE);
	assert_int_equal(enrich_new(&(struct enrich_options){ .proc_root = "/no" }, &e), -ENOENT);
	enrich_free(e);
	enrich_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inventory),
		cmocka_unit_test(test_inventory_keeps_facts),
		cmocka_unit_test(test_odd_processes),
		cmocka_unit_test(test_auto_costs_nothing),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_later_exec),
		cmocka_unit_test(test_labels_and_groups),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
