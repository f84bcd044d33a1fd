// SPDX-License-Identifier: Apache-2.0
/*
 * test_report.c - what a report counts, and what it says when there is too much
 *
 * Long because each table counts something else.
 */
#include "log/report.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "log/report_search.h"
#include "samples.h"

static struct report report;

static int set_up(void **state)
{
	(void)state;
	return report_init(&report, 3);
}

static int tear_down(void **state)
{
	(void)state;
	report_done(&report);
	return 0;
}

/* An event that is like any other of its kind, in container web, by user 2. */
static struct event plain(enum event_kind kind)
{
	struct event e;

	sample_event(kind, &e);
	e.exit.oom = false;
	return e;
}

static void give(const struct event *e)
{
	report_see_event(&report, e);
	report_event(&report, e);
}

/* The nth row, after report_end(); NULL: there are not so many. */
static const struct report_row *row(enum report_table_id table, size_t n)
{
	const struct report_row *r = report.tables[table].rows;

	while (r && n-- > 0)
		r = r->hh.next;
	return r;
}

/*
 * Its texts, one after the other with '|' between them, and '~' for a NUL; empty ones at the end
 * are left out.
 */
static void expect_texts(const struct report_row *r, const char *expected)
{
	struct buf b = { 0 };

	assert_non_null(r);
	for (size_t i = 0; i < REPORT_TEXTS; i++) {
		buf_str(&b, r->texts[i]);
		buf_putc(&b, '|');
	}
	while (b.len && b.data[b.len - 1] == '|')
		b.len--;
	for (size_t i = 0; i < b.len; i++)
		b.data[i] = b.data[i] ? b.data[i] : '~';
	buf_putc(&b, '\0');
	assert_string_equal(b.data, expected);
	buf_done(&b);
}

#define WEB "container|" SAMPLE_ID "|web"

static void programs(void **state)
{
	struct event e = plain(EVENT_EXEC);

	(void)state;
	give(&e);
	e.wall_ns += 5;
	give(&e);
	e.proc.executable = STR_LITERAL("/bin/a");
	e.proc.container = NULL;
	e.proc.creds.euid = 0;
	e.proc.creds.user_name = STR_LITERAL("root");
	e.proc.loginuid = UINT32_MAX;
	e.wall_ns -= 10;
	give(&e);
	report_end(&report);
	assert_int_equal(report.events[EVENT_EXEC], 3);
	assert_int_equal(report.last_ns - report.first_ns, 10);

	assert_int_equal(report.tables[REPORT_PROGRAMS].len, 2);
	expect_texts(row(REPORT_PROGRAMS, 0), "/usr/sbin/nginx");
	assert_int_equal(row(REPORT_PROGRAMS, 0)->numbers[0], 2);
	assert_int_equal(row(REPORT_PROGRAMS, 0)->last_ns - row(REPORT_PROGRAMS, 0)->first_ns, 5);
	expect_texts(row(REPORT_PROGRAMS, 1), "/bin/a");

	expect_texts(row(REPORT_RUNS, 0), WEB "|2|daemon|/usr/sbin/nginx");
	expect_texts(row(REPORT_RUNS, 1), "host|||0|root|/bin/a");

	expect_texts(row(REPORT_CONTAINERS, 0), WEB "|docker|nginx|1.27");
	assert_int_equal(row(REPORT_CONTAINERS, 0)->numbers[0], 2);
	expect_texts(row(REPORT_CONTAINERS, 1), "host");

	expect_texts(row(REPORT_USERS, 0), "2|daemon|1000");
	expect_texts(row(REPORT_USERS, 1), "0|root");

	expect_texts(row(REPORT_HOSTS, 0), "node7");
	expect_texts(row(REPORT_BOOTS, 0), "5f0c9a1e-1c5e-4b1c-9d3a-0123456789ab");
	assert_int_equal(row(REPORT_BOOTS, 0)->numbers[0], 3);
}

/* A container is one row, also before its name is known. */
static void name_comes_late(void **state)
{
	struct container_info c = sample_web;
	struct event e = plain(EVENT_EXEC);

	(void)state;
	c.name = c.image = c.runtime = str_from(NULL, 0);
	e.proc.container = &c;
	give(&e);
	e.proc.container = &sample_web;
	give(&e);
	e.proc.container = &c;
	give(&e);
	report_end(&report);
	assert_int_equal(report.tables[REPORT_CONTAINERS].len, 1);
	expect_texts(row(REPORT_CONTAINERS, 0), WEB "|docker|nginx|1.27");
	assert_int_equal(row(REPORT_CONTAINERS, 0)->numbers[0], 3);
	assert_int_equal(report.tables[REPORT_RUNS].len, 1);
}

static void places(void **state)
{
	struct event e = plain(EVENT_EXEC);

	(void)state;
	e.proc.container = NULL;
	e.proc.isolated = &sample_isolated;
	give(&e);
	e.proc.isolated = &sample_monitored;
	e.wall_ns++;
	give(&e);
	e.proc.isolated = NULL;
	e.proc.has &= ~(1u << FACT_CONTAINER);
	give(&e);
	report_end(&report);
	assert_int_equal(report.tables[REPORT_CONTAINERS].len, 3);
	expect_texts(row(REPORT_CONTAINERS, 0), "container|" SAMPLE_ID "|fr\xff"
						"ee");
	expect_texts(row(REPORT_CONTAINERS, 1), "isolated|4026532900|bwrap");
	expect_texts(row(REPORT_CONTAINERS, 2), "unknown");
}

/* Everything that ends or is refused in its own way; an exit with 0 is no failure. */
static void failures(void **state)
{
	struct event e = plain(EVENT_EXIT);

	(void)state;
	give(&e); /* SIGKILL */
	e.exit.oom = true;
	give(&e);
	e.exit.signal = 0;
	e.exit.oom = false;
	e.exit.code = 3;
	give(&e);
	e.exit.code = 0;
	give(&e);
	e.exit.signal = 200;
	give(&e);
	e = plain(EVENT_EXEC);
	e.error = ENOENT;
	give(&e);
	e.error = 4000;
	give(&e);
	e = plain(EVENT_SETNS);
	e.error = EPERM;
	give(&e);
	report_end(&report);
	assert_int_equal(report.tables[REPORT_FAILURES].len, 7);
	expect_texts(row(REPORT_FAILURES, 2), WEB "|/usr/sbin/nginx|SIGKILL");
	expect_texts(row(REPORT_FAILURES, 3), WEB "|/usr/sbin/nginx|exit 3");
	expect_texts(row(REPORT_FAILURES, 4), WEB "|/usr/sbin/nginx|out of memory");
	expect_texts(row(REPORT_FAILURES, 5), WEB "|/usr/sbin/nginx|setns EPERM");
	expect_texts(row(REPORT_FAILURES, 6), WEB "|/usr/sbin/nginx|signal 200");
	expect_texts(row(REPORT_FAILURES, 0), WEB "|./nginx|exec ENOENT");
	expect_texts(row(REPORT_FAILURES, 1), WEB "|./nginx|exec error 4000");
	assert_int_equal(row(REPORT_CONTAINERS, 0)->numbers[0], 0);
	assert_int_equal(row(REPORT_CONTAINERS, 0)->numbers[1], 7);
	assert_int_equal(row(REPORT_USERS, 0)->numbers[1], 7);
	assert_int_equal(report.tables[REPORT_PROGRAMS].len, 0);
}

/* By the process that brought them in; what a visitor runs further is the same visit. */
static void visits(void **state)
{
	struct event e = plain(EVENT_EXEC);

	(void)state;
	give(&e); /* started in it */
	e.entered = ENTERED_SETUP;
	give(&e);
	e.entered = ENTERED_EXEC;
	e.entered_by = (struct event_ref){ 4100, 1, STR_LITERAL("runc") };
	give(&e);
	e.proc.args = STR_LITERAL("ls\0");
	give(&e);
	e.entered = ENTERED_NSENTER;
	e.entered_by = (struct event_ref){ 5120, 1, STR_LITERAL("nsenter") };
	e.proc.container = NULL;
	e.visited = &sample_kind_node;
	e.wall_ns++;
	give(&e);
	report_end(&report);
	assert_int_equal(report.tables[REPORT_VISITS].len, 2);
	expect_texts(row(REPORT_VISITS, 0),
		     WEB "|exec|runc[4100]|2|daemon|1000|nginx~-g~daemon off;~");
	assert_int_equal(row(REPORT_VISITS, 0)->numbers[0], 2);
	expect_texts(
		row(REPORT_VISITS, 1),
		"container|e342b2db6b33f0c5d0c2bcc3b2819ca71f6eabf12f52d32805dee6aa9e910f17|kind|"
		"nsenter|nsenter[5120]|2|daemon|1000|ls~");
	/* Entered is the container that was, wherever the visitor's cgroup is. */
	expect_texts(row(REPORT_CONTAINERS, 0), WEB "|docker|nginx|1.27");
	assert_int_equal(row(REPORT_CONTAINERS, 0)->numbers[2], 2);
	expect_texts(
		row(REPORT_CONTAINERS, 2),
		"container|e342b2db6b33f0c5d0c2bcc3b2819ca71f6eabf12f52d32805dee6aa9e910f17|kind|"
		"docker");
	assert_int_equal(row(REPORT_CONTAINERS, 2)->numbers[2], 1);
}

static void namespaces(void **state)
{
	struct event e = plain(EVENT_SETNS);

	(void)state;
	give(&e);
	give(&e);
	e = plain(EVENT_FORK);
	e.ns_change_len = 3;
	give(&e);
	e = plain(EVENT_UNSHARE);
	e.ns_change_len = 0;
	e.error = EPERM;
	give(&e);
	report_end(&report);
	assert_int_equal(report.tables[REPORT_NAMESPACES].len, 8);
	assert_int_equal(row(REPORT_NAMESPACES, 0)->numbers[0], 2);
	assert_int_equal(row(REPORT_NAMESPACES, 4)->numbers[0], 1);
	assert_int_equal(row(REPORT_NAMESPACES, 4)->numbers[1], 1);
	expect_texts(row(REPORT_NAMESPACES, 4), WEB "||||unshare||/usr/sbin/nginx|2");
	expect_texts(row(REPORT_NAMESPACES, 5), WEB "|" WEB "|clone|net|/usr/sbin/nginx|2");
	expect_texts(row(REPORT_NAMESPACES, 7), WEB "|new|||clone|uts|/usr/sbin/nginx|2");
	for (size_t i = 0; i < 4; i++) {
		const struct report_row *r = row(REPORT_NAMESPACES, i);

		if (str_eq(r->texts[7], STR_LITERAL("pid_for_children")))
			assert_true(str_eq(r->texts[3], STR_LITERAL("host")));
		else if (str_eq(r->texts[7], STR_LITERAL("mnt")))
			assert_true(str_eq(r->texts[5], STR_LITERAL("bwrap")));
		else if (str_eq(r->texts[7], STR_LITERAL("uts")))
			assert_int_equal(r->texts[3].len, 0); /* not known whose */
		else
			assert_true(str_eq(r->texts[5], STR_LITERAL("web")));
	}
}

/* Of two containers of one name, wherever they stand, and of one with another. */
static void shared_names(void **state)
{
	struct container_info again = sample_web, other = sample_web;
	struct event e = plain(EVENT_SETNS);

	(void)state;
	again.id = STR_LITERAL("aa3ba463351e6816cf295956f4b2ab21");
	other.id = STR_LITERAL("bb3ba463351e6816cf295956f4b2ab21");
	other.name = STR_LITERAL("other");
	e.proc.container = &other;
	e.ns_change_len = 1;
	e.ns_change[0] = (struct event_ns_change){ .type = PTC_NS_NET, .owner = &sample_web };
	give(&e);
	give(&e);
	report_end(&report);
	assert_false(report_is_shared(&report, STR_LITERAL("web")));
	report_done(&report);
	assert_int_equal(report_init(&report, 3), 0);
	give(&e);
	e.ns_change[0].owner = &again;
	give(&e);
	report_end(&report);
	assert_int_equal(report.tables[REPORT_NAMESPACES].len, 2);
	assert_true(report_is_shared(&report, STR_LITERAL("web")));
	assert_false(report_is_shared(&report, STR_LITERAL("other")));
	assert_false(report_is_shared(&report, str_from(NULL, 0)));
}

static void try(uint32_t pid, const char *filename, int error)
{
	struct event e = plain(EVENT_EXEC);

	e.proc.pid = pid;
	e.proc.file.filename = str_of(filename);
	e.error = error;
	give(&e);
}

static void leave(uint32_t pid)
{
	struct event e = plain(EVENT_EXIT);

	e.proc.pid = pid;
	e.exit.code = 0;
	e.exit.signal = 0;
	give(&e);
}

static void expect_failures(size_t steps, uint64_t failures)
{
	const struct report_row *who;

	report_end(&report);
	who = row(REPORT_CONTAINERS, 0);
	assert_int_equal(report.searched, steps);
	assert_int_equal(who ? who->numbers[1] : 0, failures);
	report_done(&report);
	assert_int_equal(report_init(&report, 3), 0);
}

/* Found in the third directory of PATH; others try meanwhile. */
static void searches(void **state)
{
	(void)state;
	try(1, "/usr/local/bin/ls", ENOENT);
	try(2, "/usr/local/bin/ls", ENOENT);
	try(1, "/usr/bin/ls", ENOENT);
	try(2, "/usr/bin/ls", 0);
	try(1, "/bin/ls", 0);
	expect_failures(3, 0);
	/* Nowhere: the last attempt is the failure. */
	try(1, "/usr/bin/lx", ENOENT);
	try(1, "/bin/lx", ENOENT);
	leave(1);
	expect_failures(1, 1);
	/* PATH names a directory twice; and the file is nowhere. */
	try(1, "/usr/bin/ls", ENOENT);
	try(1, "/usr/bin/ls", ENOENT);
	try(1, "/usr/bin/ls", ENOENT);
	try(1, "/bin/ls", 0);
	expect_failures(3, 0);
	try(1, "/bin/lx", ENOENT);
	try(1, "/bin/lx", ENOENT);
	leave(1);
	expect_failures(0, 2);
	/* Another program, the same file again, another error, another process. */
	try(1, "/bin/a", ENOENT);
	try(1, "/bin/b", 0);
	try(1, "/bin/c", ENOENT);
	try(1, "/bin/c", 0);
	try(1, "/bin/d", EACCES);
	try(1, "/usr/bin/d", 0);
	try(2, "/bin/e", ENOENT);
	try(3, "/usr/bin/e", 0);
	expect_failures(0, 4);
	/* With what follows it the rest of a log is cut off. */
	try(1, "/bin/f", ENOENT);
	expect_failures(0, 1);
}

/* What is not counted tells all the same what came before it. */
static void search_goes_on_unseen(void **state)
{
	struct event e = plain(EVENT_EXEC);

	(void)state;
	try(1, "/usr/bin/ls", ENOENT);
	e.proc.pid = 1;
	e.proc.file.filename = STR_LITERAL("/bin/ls");
	report_see_event(&report, &e);
	expect_failures(1, 0);
}

/* More than are held: the oldest are failures until they are known to be none. */
static void many_searches(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= REPORT_HELD + 5; i++)
		try(i, "/usr/bin/ls", ENOENT);
	for (uint32_t i = 1; i <= REPORT_HELD + 5; i++)
		try(i, "/bin/ls", 0);
	expect_failures(REPORT_HELD, 5);
}

/* The three greatest, the first of equals first. */
static void ranks(void **state)
{
	static const uint64_t lifetimes[] = { 5, 9, 1, 9, 7, 2 };
	const struct report_top *top = &report.tops[REPORT_LONGEST];
	struct event e = plain(EVENT_EXIT);

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		e.exit.lifetime_ns = lifetimes[i];
		e.proc.pid = 100 + i;
		give(&e);
	}
	e.exit.has_lifetime = e.exit.has_peak = e.exit.has_cpu = false;
	e.exit.lifetime_ns = 1000;
	give(&e);
	assert_int_equal(top->len, 3);
	assert_int_equal(top->rows[0].numbers[0], 9);
	expect_texts(&top->rows[0], WEB "|101|2|/usr/sbin/nginx");
	expect_texts(&top->rows[1], WEB "|103|2|/usr/sbin/nginx");
	expect_texts(&top->rows[2], WEB "|104|2|/usr/sbin/nginx");
	assert_int_equal(report.tops[REPORT_LARGEST].len, 3);
	assert_int_equal(report.tops[REPORT_BUSIEST].rows[2].numbers[0], 123456);
}

static void losses(void **state)
{
	struct event e = plain(EVENT_LOST);

	(void)state;
	for (int i = 0; i < REPORT_MOMENTS + 2; i++)
		give(&e);
	assert_int_equal(report.lost.all, REPORT_MOMENTS + 2);
	assert_int_equal(report.lost.len, REPORT_MOMENTS);
	assert_int_equal(report.lost.total, (REPORT_MOMENTS + 2) * 14);
	assert_int_equal(report.lost.list[0].to_ns - report.lost.list[0].from_ns, 2000000);
	e.lost.total = UINT64_MAX;
	give(&e);
	assert_int_equal(report.lost.total, UINT64_MAX);
	e = plain(EVENT_THROTTLED);
	give(&e);
	give(&e);
	expect_texts(row(REPORT_THROTTLED, 0), WEB);
	assert_int_equal(row(REPORT_THROTTLED, 0)->numbers[0], 28);
}

static void give_own(const struct log_own *own)
{
	report_see_own(&report, own);
	report_own(&report, own);
	report_gap(&report, own);
}

static void own_records(void **state)
{
	struct log_own own = {
		.action = STR_LITERAL("log-open"),
		.wall_ns = 1000,
		.version = STR_LITERAL("1.2"),
		.kernel = STR_LITERAL("6.1"),
		.hostname = STR_LITERAL("h"),
		.reason = STR_LITERAL("open"),
	};

	(void)state;
	give_own(&own); /* the beginning of all */
	own.has_previous = true;
	own.previous_wall_ns = 900;
	own.previous_closed = true;
	own.reason = STR_LITERAL("rotate");
	give_own(&own);
	assert_int_equal(report.gaps.all, 0);
	own.reason = STR_LITERAL("open");
	give_own(&own);
	own.reason = STR_LITERAL("restart");
	own.previous_closed = false;
	own.fragment_bytes = 12;
	give_own(&own);
	own.action = STR_LITERAL("log-close");
	own.reason = STR_LITERAL("rotate");
	give_own(&own);
	own.reason = STR_LITERAL("end");
	give_own(&own);
	own.action = STR_LITERAL("log-seal");
	own.wall_ns = 3000;
	give_own(&own);
	assert_int_equal(report.opened, 3);
	assert_int_equal(report.closed, 1);
	assert_int_equal(report.gaps.all, 2);
	assert_true(report.gaps.list[0].closed);
	assert_int_equal(report.gaps.list[0].from_ns, 900);
	assert_int_equal(report.gaps.list[0].to_ns, 1000);
	assert_false(report.gaps.list[1].closed);
	assert_int_equal(report.gaps.list[1].count, 12);
	expect_texts(row(REPORT_VERSIONS, 0), "1.2|6.1");
	assert_int_equal(report.tables[REPORT_VERSIONS].rows->last_ns, 3000);
	assert_int_equal(report.first_ns, 0); /* they are no events */
	assert_int_equal(report.from_ns, 1000);
	assert_int_equal(report.to_ns, 3000);
}

/* More programs than rows, and longer ones than texts: counted, and nothing else suffers. */
static void beyond(void **state)
{
	struct event e = plain(EVENT_EXEC);
	char name[REPORT_TEXT + 100];

	(void)state;
	memset(name, 'x', sizeof(name));
	for (int i = 0; i < REPORT_ROWS + 10; i++) {
		e.proc.executable = str_from(name, (size_t)snprintf(name, 32, "/bin/%d", i));
		give(&e);
	}
	assert_int_equal(report.tables[REPORT_PROGRAMS].len, REPORT_ROWS);
	assert_int_equal(report.tables[REPORT_PROGRAMS].beyond, 10);
	e.proc.executable = STR_LITERAL("/bin/0");
	give(&e);
	assert_int_equal(report.tables[REPORT_PROGRAMS].beyond, 10);
	assert_int_equal(row(REPORT_CONTAINERS, 0)->numbers[0], REPORT_ROWS + 11);
	assert_false(report.no_memory);
}

static void long_texts(void **state)
{
	struct event e = plain(EVENT_EXEC);
	char name[REPORT_TEXT + 100];

	(void)state;
	memset(name, 'x', sizeof(name));
	e.proc.executable = str_from(name, sizeof(name));
	give(&e);
	assert_int_equal(row(REPORT_PROGRAMS, 0)->texts[0].len, REPORT_TEXT);
}

/* Texts that run into each other are not the same row. */
static void keys(void **state)
{
	struct event e = plain(EVENT_EXIT);

	(void)state;
	e.exit.signal = 0;
	e.exit.code = 1;
	e.proc.executable = STR_LITERAL("a");
	give(&e);
	e.proc.executable = STR_LITERAL("a\0");
	give(&e);
	assert_int_equal(report.tables[REPORT_FAILURES].len, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(programs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(name_comes_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(failures, set_up, tear_down),
		cmocka_unit_test_setup_teardown(visits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(namespaces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shared_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(searches, set_up, tear_down),
		cmocka_unit_test_setup_teardown(search_goes_on_unseen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_searches, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ranks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(losses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(own_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(beyond, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
