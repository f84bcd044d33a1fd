// SPDX-License-Identifier: Apache-2.0
/*
 * test_json.c - events as JSON lines
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/names.h"
#include "json_line.h"
#include "samples.h"

static void test_every_kind_is_valid(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		struct event e;
		json_object *o;

		sample_event((enum event_kind)kind, &e);
		o = emit(&e);
		assert_string_equal(json_object_get_string(at(o, "event/action")),
				    event_kind_name((enum event_kind)kind));
		check_text(o, "@timestamp", "\"2026-11-22T18:40:01.131204511Z\"");
		check_text(o, "event/sequence", "17");
		check_text(o, "host/hostname", "\"node7\"");
		check_text(o, "proctrace/schema", "1");
		json_object_put(o);
	}
}

static void test_process_fields(void **state)
{
	struct event e;
	json_object *o;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	o = emit(&e);
	check_text(o, "event/type", "[\"start\"]");
	check_text(o, "event/outcome", "\"success\"");
	check_text(o, "process/entity_id", "\"5f0c9a1e-4185-5424722810753\"");
	check_text(o, "process/pid", "4185");
	check_text(o, "process/vpid", "1");
	check_text(o, "process/args", "[\"nginx\",\"-g\",\"daemon off;\"]");
	check_text(o, "process/args_count", "3");
	check_text(o, "process/command_line", "\"nginx -g 'daemon off;'\"");
	check_text(o, "process/start", "\"2026-11-22T18:40:01.120000001Z\"");
	check_text(o, "process/user", "{\"id\":\"2\",\"name\":\"daemon\"}");
	check_text(o, "process/real_user/id", "\"1\"");
	check_text(o, "process/saved_user/id", "\"3\"");
	check_text(o, "process/group/id", "\"6\"");
	check_text(o, "process/real_group/id", "\"5\"");
	check_text(o, "process/saved_group/id", "\"7\"");
	check_text(o, "proctrace/fs_group/id", "\"8\"");
	check_text(o, "proctrace/fs_user/id", "\"4\"");
	check_text(o, "process/supplemental_groups/2/id", "\"4294967294\"");
	check_text(o, "process/tty/char_device", "{\"major\":136,\"minor\":3}");
	check_text(o, "process/thread/id", "4186");
	check_text(o, "process/thread/capabilities/effective", "[\"CAP_CHOWN\"]");
	check_text(
		o, "process/parent",
		"{\"entity_id\":\"5f0c9a1e-4160-5424719004312\",\"pid\":4160,\"name\":\"runc\"}");
	check_text(o, "process/env_vars", "[\"HOME=/root\",\"A=\"]");
	check_text(o, "proctrace/capabilities",
		   "{\"inheritable\":\"0000000000000000\",\"bounding\":\"00000000a80425fb\","
		   "\"ambient\":\"8000000000000000\"}");
	check_text(
		o, "proctrace/ns",
		"{\"pid\":11,\"mnt\":12,\"net\":13,\"uts\":14,\"ipc\":15,\"user\":16,\"cgroup\":17,"
		"\"time\":18,\"pid_for_children\":21,\"isolated\":[\"pid\",\"net\"]}");
	check_text(o, "proctrace/pids", "[4185,1]");
	check_text(o, "proctrace/file/mode", "\"4755\"");
	check_text(o, "proctrace/login", "{\"user\":{\"id\":\"1000\"},\"session\":{\"id\":\"7\"}}");
	check_text(o, "proctrace/oom_score_adj", "-999");
	check_text(o, "proctrace/truncated", "[\"args\",\"groups\"]");
	check_text(o, "proctrace/source/args", "\"kernel\"");
	check_text(o, "proctrace/missing", "{}");
	check_text(o, "container/image",
		   "{\"name\":\"nginx\",\"tag\":[\"1.27\"],\"hash\":{\"all\":[\"sha256:0123\"]}}");
	check_absent(o, "error");
	check_absent(o, "proctrace/escaped");
	json_object_put(o);
}

static void test_what_is_not_known_is_absent(void **state)
{
	struct event e = { .kind = EVENT_EXEC, .about_process = true };
	json_object *o;

	(void)state;
	e.proc.pid = 7;
	event_miss(&e.proc, FACT_CWD, MISSING_GONE);
	o = emit(&e);
	check_text(o, "process", "{\"pid\":7}");
	check_text(o, "proctrace",
		   "{\"schema\":1,\"source\":{},\"missing\":{\"cwd\":\"gone\"},\"truncated\":[]}");
	check_absent(o, "host");
	check_absent(o, "container");
	json_object_put(o);
}

static void test_known_to_be_nothing(void **state)
{
	struct event e = { .kind = EVENT_EXEC, .about_process = true };
	json_object *o;

	(void)state;
	e.proc.pid = 7;
	e.proc.loginuid = e.proc.session_id = UINT32_MAX;
	event_set(&e.proc, FACT_CONTAINER, SOURCE_KERNEL);
	event_set(&e.proc, FACT_LOGIN, SOURCE_KERNEL);
	event_set(&e.proc, FACT_ARGS, SOURCE_KERNEL);
	o = emit(&e);
	check_absent(o, "container");
	check_text(o, "proctrace/login", "{}");
	check_text(o, "process/args", "[]");
	check_text(o, "proctrace/source/container", "\"kernel\"");
	json_object_put(o);
}

static void test_failed_exec(void **state)
{
	struct event e;
	json_object *o;

	(void)state;
	sample_event(EVENT_EXEC, &e);
	e.error = ENOENT;
	e.proc.args_count = 0;
	o = emit(&e);
	check_text(o, "event/outcome", "\"failure\"");
	check_text(o, "event/type", "[\"info\"]");
	check_text(o, "error", "{\"code\":\"ENOENT\",\"message\":\"No such file or directory\"}");
	check_text(o, "process/args_count", "3");
	json_object_put(o);
	e.error = 524;
	o = emit(&e);
	check_text(o, "error", "{\"code\":\"524\"}");
	json_object_put(o);
}

static void test_exit_is_code_or_signal(void **state)
{
	struct event e;
	json_object *o;

	(void)state;
	sample_event(EVENT_EXIT, &e);
	o = emit(&e);
	check_absent(o, "process/exit_code");
	check_text(
		o, "proctrace/signal",
		"{\"number\":9,\"name\":\"SIGKILL\",\"core\":true,\"sender\":{\"entity_id\":"
		"\"5f0c9a1e-512-99\",\"pid\":512,\"name\":\"dockerd\",\"user\":{\"id\":\"0\"}}}");
	check_text(o, "proctrace/oom_kill", "true");
	check_text(o, "event/duration", "7900000000");
	check_text(o, "proctrace/usage/read_chars", "18446744073709551615");
	json_object_put(o);

	e.exit = (struct event_exit){ .code = 0 };
	o = emit(&e);
	check_text(o, "process/exit_code", "0");
	check_absent(o, "proctrace/signal");
	check_absent(o, "proctrace/usage");
	check_absent(o, "event/duration");
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_is_valid),
		cmocka_unit_test(test_process_fields),
		cmocka_unit_test(test_what_is_not_known_is_absent),
		cmocka_unit_test(test_known_to_be_nothing),
		cmocka_unit_test(test_failed_exec),
		cmocka_unit_test(test_exit_is_code_or_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
