// SPDX-License-Identifier: Apache-2.0
/*
 * test_ps - the processes that run, against what runtimes, ps(1) and /proc say of them
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "runtime_tests.h"
#include "scratch.h"

#define NOBODY	   65534
#define LISTINGS   20 /* while processes come and go */
#define LISTED_MAX 65536

/* What proctrace ps -f json printed. */
struct listing {
	struct json_object *lines[LISTED_MAX];
	size_t len;
};

static struct listing listing;

static void forget(void)
{
	for (size_t i = 0; i < listing.len; i++)
		json_object_put(listing.lines[i]);
	listing.len = 0;
}

#define run_ps(options, want, args) harness_run(want, options, "ps", args)

static void list(const struct command_options *options, const char *const args[])
{
	const char *json[16] = { "-f", "json" };
	struct command *c;
	char *line, *rest;

	forget();
	for (size_t i = 0; i < 13 && args[i]; i++)
		json[i + 2] = args[i];
	c = run_ps(options, 0, json);
	for (line = c->out.data; *line; line = rest) {
		char *end = strchr(line, '\n');

		if (!end || listing.len == LISTED_MAX)
			harness_fail("no whole line: %s", line);
		rest = end + 1;
		harness_record(line, (size_t)(rest - line));
		*end = '\0';
		listing.lines[listing.len] = json_tokener_parse(line);
		if (!listing.lines[listing.len++])
			harness_fail("no JSON: %s", line);
	}
	command_free(c);
}

#define list_all(...) list(NULL, argv_of(__VA_ARGS__))

static struct json_object *listed(pid_t pid)
{
	for (size_t i = 0; i < listing.len; i++)
		if (field_int(listing.lines[i], "process.pid") == pid)
			return listing.lines[i];
	harness_fail("%d is not among the %zu that are listed", pid, listing.len);
}

/* What ps(1) says of one column of a process. */
static const char *ps_says(pid_t pid, const char *column)
{
	static char text[256];
	char number[16], option[32];
	struct command *c;

	snprintf(number, sizeof(number), "%d", pid);
	snprintf(option, sizeof(option), "%s=", column);
	c = command_run(NULL, argv_of("ps", "-o", option, "-p", number));
	snprintf(text, sizeof(text), "%s", c->out.data + strspn(c->out.data, " "));
	text[strcspn(text, "\n")] = '\0';
	command_free(c);
	return text;
}

static void check_as_ps_says(struct json_object *line, pid_t pid)
{
	const char *vpid = field_str(line, "process.user.id");

	check_that(line, vpid && !strcmp(ps_says(pid, "uid"), vpid));
	check_int(line, "process.parent.pid", atoi(ps_says(pid, "ppid")));
	check_int(line, "proctrace.threads", atoi(ps_says(pid, "nlwp")));
	check_str(line, "process.name", ps_says(pid, "comm"));
	check_int(line, "proctrace.ns.net", atoll(ps_says(pid, "netns")));
	check_int(line, "proctrace.ns.mnt", atoll(ps_says(pid, "mntns")));
	/* What the kernel counts on each processor alone may be missing in either. */
	check_between(line, "proctrace.now.resident_bytes", 1,
		      (atoll(ps_says(pid, "rss")) + 1024) * 1024);
	check_that(line, strspn(field_str(line, "proctrace.now.state"), "SRDI"));
}

static void a_container(void **state)
{
	struct container web, other;
	struct json_object *line;
	pid_t pid;

	runtime_need(*state);
	runtime_keep_container(unique_name("psweb"), &web);
	runtime_keep_container(unique_name("psother"), &other);
	pid = runtime_container_pid(web.name);

	list_all("-c", web.name);
	for (size_t i = 0; i < listing.len; i++) {
		check_str(listing.lines[i], "container.id", web.id);
		check_str(listing.lines[i], "container.name", web.name);
		check_str(listing.lines[i], "container.runtime", "docker");
	}
	line = listed(pid);
	check_int(line, "process.vpid", 1);
	check_int(line, "proctrace.pids[0]", pid);
	check_int(line, "proctrace.pids[1]", 1);
	check_str(line, "process.args[0]", "sleep");
	check_str(line, "proctrace.source.container", "runtime");
	check_absent(line, "proctrace.entered");
	check_as_ps_says(line, pid);

	/* Everybody: each container's processes stand together, those of the host come last. */
	list_all(NULL);
	check_str(listed(pid), "container.name", web.name);
	check_absent(listed(getpid()), "container");
	check_as_ps_says(listed(getpid()), getpid());
	for (size_t i = 1; i < listing.len; i++) {
		const char *before = field_str(listing.lines[i - 1], "container.name"),
			   *now = field_str(listing.lines[i], "container.name");

		if (now)
			check_that(listing.lines[i],
				   field_find(listing.lines[i - 1], "container.id"));
		if (now && before)
			check_that(listing.lines[i], strcmp(before, now) <= 0);
	}

	list_all("-c", "!psother-*", "--containers", "--runtime", "docker");
	listed(pid);
	for (size_t i = 0; i < listing.len; i++) {
		const char *id = field_str(listing.lines[i], "container.id");

		check_that(listing.lines[i], id && strcmp(id, other.id));
	}
}

static void as_text(void **state)
{
	struct container web;
	char expected[512];
	struct command *c;

	runtime_need(*state);
	runtime_keep_container(unique_name("pstext"), &web);
	c = run_ps(NULL, 0,
		   argv_of("-c", web.name, "--columns", "container,nspid,user,state,what",
			   "--color", "never"));
	snprintf(expected, sizeof(expected),
		 "CONTAINER%*s  NSPID%*s  USER  STATE  COMMAND\n%s  %d,1  root  S      sleep 600\n",
		 (int)strlen(web.name) - 9, "",
		 snprintf(NULL, 0, "%d,1", runtime_container_pid(web.name)) - 5, "", web.name,
		 runtime_container_pid(web.name));
	if (strcmp(c->out.data, expected) != 0)
		harness_fail("printed\n%sinstead of\n%s", c->out.data, expected);
}

static void isolated(void **state)
{
	struct json_object *line;
	struct command *c;

	(void)state;
	c = command_start(NULL, argv_of("unshare", "--mount", "--pid", "--fork", "--kill-child",
					"sh", "-c", "echo there; exec sleep 600"));
	command_wait_lines(c, 1);
	list_all("--isolated", "-n", "sleep");
	for (size_t i = 0; i < listing.len; i++) {
		line = listing.lines[i];
		if (field_int(line, "process.parent.pid") != c->pid)
			continue;
		check_int(line, "process.vpid", 1);
		check_str(line, "proctrace.isolated.by", "pid");
		check_absent(line, "container");
		return;
	}
	harness_fail("the sleep in namespaces of its own is not listed");
}

static void as_anybody(void **state)
{
	const struct command_options nobody = { .uid = NOBODY };
	struct command *own = command_start(&nobody, argv_of("sleep", "600"));

	(void)state;
	list(&nobody, argv_of(NULL));
	check_str(listed(own->pid), "process.command_line", "sleep 600");
	check_str(listed(own->pid), "proctrace.source.executable", "procfs");
	/* Of another's: what everybody may read, and why the rest is not there. */
	check_str(listed(getpid()), "process.name", "test_ps");
	check_str(listed(getpid()), "process.user.id", "0");
	check_str(listed(getpid()), "proctrace.missing.executable", "denied");
	check_str(listed(getpid()), "proctrace.missing.ns", "denied");
	check_absent(listed(getpid()), "process.executable");
}

/* Each has all of its facts, or is not there. */
static void those_that_vanish(void **state)
{
	struct command *storm;

	(void)state;
	storm = command_start(NULL, argv_of("sh", "-c", "while :; do /bin/true; done"));
	for (int i = 0; i < LISTINGS; i++) {
		list_all(NULL);
		for (size_t j = 0; j < listing.len; j++) {
			struct json_object *line = listing.lines[j], *missing;

			check_there(line, "process.name");
			check_there(line, "proctrace.now.state");
			if (!strcmp(field_str(line, "proctrace.now.state"), "Z"))
				continue;
			missing = field_find(line, "proctrace.missing");
			json_object_object_foreach(missing, fact, why)
			{
				(void)fact;
				check_that(line, strcmp(json_object_get_string(why), "gone"));
			}
		}
		listed(storm->pid);
	}
}

static void zombies_and_hostile_names(void **state)
{
	/* Nobody waits for the child: who made it runs another program by then. */
	struct command *c =
		command_start(NULL, argv_of("sh", "-c", "sleep 0.3 & echo $!; exec sleep 600"));
	const char *strange = scratch_copy("/bin/sleep", ") S 1 (\n");
	struct command *hostile = command_start(NULL, argv_of(strange, "600"));
	int64_t deadline = clock_ms() + deadline_ms();
	struct json_object *line;
	pid_t zombie;

	(void)state;
	command_wait_lines(c, 1);
	zombie = atoi(c->out.data);
	do {
		if (clock_ms() > deadline)
			harness_fail("%d never becomes a zombie", zombie);
		list_all(NULL);
		line = listed(zombie);
	} while (strcmp(field_str(line, "proctrace.now.state"), "Z"));
	check_absent(line, "process.args");
	check_int(line, "process.parent.pid", c->pid);
	check_str(listed(hostile->pid), "process.name", ") S 1 (\n");
	check_int(listed(hostile->pid), "process.parent.pid", getpid());
}

/*
 * What is cheaper to learn says the same: the order "pid" reads less than "pid,exe", which is no
 * other, for no two have one pid.
 */
static void what_a_brief_look_finds(void **state)
{
	const struct command_options nobody = { .uid = NOBODY };
	const char *deleted = scratch_copy("/bin/sleep", "sleep-removed");
	int64_t deadline = clock_ms() + deadline_ms();
	struct command *brief, *whole;
	char self[16], expected[64];

	(void)state;
	command_start(&nobody, argv_of("sleep", "600"));
	command_start(NULL, argv_of(deleted, "600"));
	command_start(NULL, argv_of("unshare", "--pid", "--fork", "--kill-child", "sleep", "600"));
	command_start(NULL, argv_of("unshare", "--net", "sleep", "600"));
	snprintf(self, sizeof(self), "%d", getpid());
	do {
		if (clock_ms() > deadline)
			harness_fail("only %zu of 4 run", listing.len);
		list_all("-p", self, "-n", "sleep*");
	} while (listing.len < 4);
	if (unlink(deleted) < 0)
		harness_fail("cannot remove %s", deleted);
#define COLUMNS_AND_ORDER(order)                                                            \
	argv_of("-p", self, "-n", "sleep*", "--no-header", "--color", "never", "--columns", \
		"pid,uid,gid,nspid,user,container,ns,name,what", "--sort", order)
	brief = run_ps(NULL, 0, COLUMNS_AND_ORDER("pid"));
	whole = run_ps(NULL, 0, COLUMNS_AND_ORDER("pid,exe"));
	if (strcmp(brief->out.data, whole->out.data) != 0)
		harness_fail("printed\n%sinstead of\n%s", brief->out.data, whole->out.data);
	snprintf(expected, sizeof(expected), "%d", NOBODY);
	if (!strstr(brief->out.data, expected) || !strstr(brief->out.data, "(deleted)"))
		harness_fail("somebody is not there:\n%s", brief->out.data);
}

static void mistakes(void **state)
{
	(void)state;
	run_ps(NULL, 2, argv_of("--sort", "nosuch"));
	run_ps(NULL, 2, argv_of("--columns", "nosuch"));
	run_ps(NULL, 2, argv_of("1"));
	run_ps(NULL, 2, argv_of("-e", "exec"));
	run_ps(NULL, 1, argv_of("-n", "no-such-program"));
	run_ps(NULL, 1, argv_of("--proc-root", "/nonexistent"));
}

static int end(void **state)
{
	forget();
	return live_teardown(state);
}

#define ps_test(f, prestate) \
	cmocka_unit_test_prestate_setup_teardown(f, live_setup, end, (void *)(prestate))

int main(void)
{
	const struct CMUnitTest tests[] = {
		ps_test(a_container, "docker"),
		ps_test(as_text, "docker"),
		ps_test(isolated, NULL),
		ps_test(as_anybody, NULL),
		ps_test(those_that_vanish, NULL),
		ps_test(zombies_and_hostile_names, NULL),
		ps_test(what_a_brief_look_finds, NULL),
		ps_test(mistakes, NULL),
	};

	return cmocka_run_group_tests(tests, NULL, runtime_stop);
}
