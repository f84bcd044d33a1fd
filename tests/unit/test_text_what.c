// SPDX-License-Identifier: Apache-2.0
/*
 * test_text_what.c - what the text says of each kind of event, and in each column
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "samples.h"
#include "sink/text.h"
#include "text_line.h"

static void check_what(const struct event *e, const char *expected)
{
	struct text_options options = only("what");

	assert_string_equal(line_of(&options, e), expected);
}

static void check_cell(const char *column, const struct event *e, const char *expected)
{
	struct text_options options = only(column);

	assert_string_equal(line_of(&options, e), expected);
}

static void test_exec(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	check_what(&e, "nginx -g 'daemon off;' … (deleted) (host namespaces)");
	e.proc.file = (struct event_file){ .memfd = true };
	e.proc.truncated = 0;
	e.proc.host_namespaces = false;
	e.late = true;
	e.entered = ENTERED_EXEC;
	check_what(&e, "nginx -g 'daemon off;' (memfd) (entered by exec) (seen late)");
	e = (struct event){ .kind = EVENT_EXEC, .about_process = true };
	check_what(&e, "[?]");
	e.proc.name = STR_LITERAL("a) b (\n");
	event_set(&e.proc, FACT_NAME, SOURCE_KERNEL);
	check_what(&e, "[a) b (\\n]");
	/* Arguments never look like a remark. */
	e.proc.args = STR_LITERAL("[x]\0(deleted)\0…\0\0");
	event_set(&e.proc, FACT_ARGS, SOURCE_KERNEL);
	check_what(&e, "'[x]' '(deleted)' '…' ''");
}

static void test_failed_exec(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.error = ENOENT;
	e.proc.file = (struct event_file){ .filename = STR_LITERAL("/bin/no such") };
	e.proc.truncated = 0;
	e.proc.host_namespaces = false;
	check_what(&e, "'/bin/no such' -g 'daemon off;': ENOENT (No such file or directory)");
	e.proc.args = STR_LITERAL("nosuch\0");
	check_what(&e, "'/bin/no such': ENOENT (No such file or directory)");
	e.proc.has = 1u << FACT_ARGS;
	e.error = 524;
	check_what(&e, "nosuch: error 524");
}

static void test_exit(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXIT, &e);
	e.exit.core = e.exit.oom = false;
	check_what(&e, "killed by SIGKILL from dockerd[512] after 7.9 s, 12 MiB");
	e.exit.oom = true;
	e.exit.sender_kernel = true;
	check_what(&e, "killed by SIGKILL (out of memory) from the kernel after 7.9 s, 12 MiB");
	e.exit = (struct event_exit){ .signal = SIGSEGV, .core = true };
	check_what(&e, "killed by SIGSEGV (core dumped)");
	e.exit = (struct event_exit){ .has_lifetime = true, .lifetime_ns = 9000000 };
	check_what(&e, "0 after 9 ms");
	e.exit.code = 3;
	check_what(&e, "3 after 9 ms");
}

static void test_namespaces_and_cgroups(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_SETNS, &e);
	check_what(
		&e,
		"net → web (shared with fca016babe50?, kind, others), pid_for_children → the host, uts 14 → 24, mnt → (bwrap[900])");
	e.ns_change[1] = (struct event_ns_change){ .type = PTC_NS_MNT,
						   .old_ns = 1,
						   .new_ns = 2,
						   .owner = &sample_web };
	check_what(
		&e,
		"net → web (shared with fca016babe50?, kind, others), mnt → web, uts 14 → 24, mnt → (bwrap[900])");
	e.ns_change_len = 0;
	check_what(&e, "no change");
	e.error = EPERM;
	check_what(&e, "EPERM (Operation not permitted)");
	e.ns_change[0] = (struct event_ns_change){ .type = PTC_NS_NET, .old_ns = 5 };
	e.ns_change_len = 1;
	check_what(&e, "net: EPERM (Operation not permitted)");
	sample_event(EVENT_CGROUP, &e);
	e.proc.cgroup.path = STR_LITERAL("/a b");
	check_what(&e, "/user.slice → '/a b' (from fca016babe50?)");
	e.old_cgroup.path.len = 0;
	e.old_container = NULL;
	check_what(&e, "→ '/a b'");
}

static void test_containers(void **state)
{
	struct container_info c = { .id = STR_LITERAL(SAMPLE_ID) };
	struct event_isolated group;
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.proc.container = &c;
	check_cell("container", &e, "da6c173ac3ba");
	c.name = STR_LITERAL("a b\033[1m");
	check_cell("container", &e, "a\\x20b\\x1b[1m"); /* a name is one word */
	c.unconfirmed = true;
	check_cell("container", &e, "a\\x20b\\x1b[1m?");
	e.proc.container = NULL;
	check_cell("container", &e, "·");
	e.proc.isolated = &sample_isolated;
	check_cell("container", &e, "(bwrap[900])");
	group = sample_isolated;
	group.maker.pid = 0;
	group.name = STR_LITERAL("a b\033");
	e.proc.isolated = &group;
	check_cell("container", &e, "(a\\x20b\\x1b)");
	group.name.len = 0;
	check_cell("container", &e, "(mnt:4026532900)");
	e.proc.isolated = &sample_monitored;
	check_cell("container", &e, "(fr\\xffee?)");
	e.proc.isolated = NULL;
	e.proc.ns_isolated = 1u << PTC_NS_NET;
	check_cell("container", &e, "·");
	check_cell("ns", &e, "net");
	e.proc.has &= ~(1u << FACT_CONTAINER);
	check_cell("container", &e, "?");
	sample_event(EVENT_CONTAINER_STOP, &e);
	e.container = &sample_pod;
	e.ran_already = true;
	check_what(
		&e,
		"containerd fca016babe50 pod shop/web-0 (metadata malformed) (inside kind) (build) "
		"(ran already)");
}

static void test_cells(void **state)
{
	struct event e;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	check_cell("parent", &e, "runc[4160]");
	check_cell("tty", &e, "pts/3");
	check_cell("caps", &e, "CHOWN");
	check_cell("seccomp", &e, "filter+nnp");
	check_cell("entity", &e, "5f0c9a1e-4185-5424722810753");
	check_cell("id", &e, "da6c173ac3ba");
	check_cell("image", &e, "nginx:1.27");
	check_cell("host,sequence,tid", &e, "node7         17        4186");
	e.proc.creds.cap[PTC_CAP_EFFECTIVE] = 0x1ffffffffffull;
	check_cell("caps", &e, "all");
	e.proc.creds.user_name.len = 0;
	check_cell("user", &e, "2");
	e.proc.has = 0;
	check_cell("user,ppid,cwd", &e, "?      ?        ?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exec),	   cmocka_unit_test(test_failed_exec),
		cmocka_unit_test(test_exit),	   cmocka_unit_test(test_namespaces_and_cgroups),
		cmocka_unit_test(test_containers), cmocka_unit_test(test_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
