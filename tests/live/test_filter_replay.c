// SPDX-License-Identifier: Apache-2.0
/*
 * test_filter_replay - filters on containers that come later, live and of a log
 *
 * Each filter shows what it should, and replay of a log of everything shows the same, byte
 * for byte.
 */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "scratch.h"
#include "things.h"

#define ROWS(rows)  (sizeof(rows) / sizeof((rows)[0]))
#define OPTIONS_MAX 32

enum where { WEB = 1, DB = 2, POD = 4, OUTSIDE = 8, ISOLATED = 16 };

/* A filter, and where the programs run whose exec it shows. */
struct row {
	const char *options[8];
	unsigned int shows;
	struct harness *h; /* filled */
};

static const char *const columns[] = {
	/* What no tracer measures for itself. */
	"--no-header", "--time",
	"none",	       "-e",
	"all",	       "-x",
	"--columns",   "container,event,pid,user,name,args,id,runtime,image,pod,ppid",
	NULL,
};

static void put_options(const char *argv[OPTIONS_MAX], size_t n, const struct row *row)
{
	for (size_t i = 0; columns[i]; i++)
		argv[n++] = columns[i];
	for (size_t i = 0; row->options[i]; i++)
		argv[n++] = row->options[i];
	argv[n] = NULL;
}

static void start_row(struct row *row)
{
	const char *argv[OPTIONS_MAX] = { "--host-root", host_root(), "--buffer", "4M" };

	put_options(argv, 4, row);
	row->h = harness_start_argv(argv);
	row->h->json = false;
}

static bool has_exec(const struct stream *out, pid_t pid)
{
	char pattern[32];

	snprintf(pattern, sizeof(pattern), "  exec     %d ", pid);
	return strstr(out->data, pattern) != NULL;
}

static void check_replay(const char *const argv[], const struct stream *live)
{
	struct command *replay = command_run(NULL, argv);

	if (replay->out.len != live->len || memcmp(replay->out.data, live->data, live->len) != 0)
		harness_fail("%s %s: replay differs; live:\n%.8000s\n--- replay:\n%.8000s", argv[3],
			     argv[4], live->data, replay->out.data);
	command_free(replay);
}

static void check_row(const struct row *row, const struct things *t, const char *log)
{
	const char *argv[OPTIONS_MAX] = { proctrace(), "replay", log };
	const struct stream *live = &row->h->tracer->out;
	const struct {
		enum where where;
		pid_t pid;
	} places[] = { { WEB, t->in_web },
		       { DB, t->in_db },
		       { POD, t->in_pod },
		       { OUTSIDE, t->outside },
		       { ISOLATED, t->isolated } };

	for (size_t i = 0; i < ROWS(places); i++) {
		bool wanted = row->shows & places[i].where;

		if (has_exec(live, places[i].pid) != wanted)
			harness_fail("%s %s: %s the exec of %d:\n%s", row->options[0],
				     row->options[1] ? row->options[1] : "",
				     wanted ? "does not show" : "shows", places[i].pid, live->data);
	}
	put_options(argv, 3, row);
	check_replay(argv, live);
}

static void run_rows(struct row rows[], size_t len)
{
	struct things t = describe();
	struct harness *all;
	char log[512];

	snprintf(log, sizeof(log), "%s", scratch_path("log"));
	for (size_t i = 0; i < len; i++)
		start_row(&rows[i]);
	all = harness_start("-o", "/dev/null", "--log", log, "--host-root", host_root(),
			    "--show-labels", "*");
	happen(&t);
	harness_stop_whole(all);
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(harness_stop(rows[i].h), 0);
		check_row(&rows[i], &t, log);
	}
}

/* The containers do not exist when the tracers begin. */
static void by_facts(void **state)
{
	const char *label = own("test=%d");
	struct row rows[] = {
		{ { "-c", own("web-%d") }, WEB, NULL },
		{ { "--image", own("shop/nginx-%d"), "--runtime", "docker" }, WEB, NULL },
		{ { "--image", own("redis-%1$d:?,nginx-%1$d:2*") }, DB, NULL },
		{ { "--label", "tier=f*,tier=b*", "--label", label }, WEB | DB, NULL },
		{ { "--label", label, "--label", "!tier=front" }, DB, NULL },
		{ { "--pod", own("%08d-6f2e-4b5f-8f8e-0123456789ab") }, POD, NULL },
	};

	(void)state;
	run_rows(rows, ROWS(rows));
}

/* Of what a value does not fit only the programs of this test. */
static void by_what_is_not(void **state)
{
	const char *name = own("tiny-%d");
	struct row rows[] = {
		{ { "-n", name, "-c", own("!web-%d") }, DB | POD | OUTSIDE | ISOLATED, NULL },
		{ { "-n", name, "--image", own("!*nginx-%1$d,!redis-%1$d") },
		  POD | OUTSIDE | ISOLATED,
		  NULL },
		{ { "-n", name, "--runtime", "!docker", "--containers" }, POD, NULL },
		{ { "-n", name, "--label", own("!test=%d") }, POD | OUTSIDE | ISOLATED, NULL },
		{ { "-n", name, "--isolated" }, ISOLATED, NULL },
		{ { "-n", name, "--host", "--tree" }, OUTSIDE | ISOLATED, NULL },
	};

	(void)state;
	run_rows(rows, ROWS(rows));
}

/* What a filter hides moves no line of what it shows. */
static void as_a_tree(void **state)
{
	const char *tree[] = {
		proctrace(),
		"replay",
		NULL,
		"--tree",
		"-c",
		own("web-%d"),
		"--no-header",
		"--time",
		"none",
		"-e",
		"fork,exec,setns,cgroup,signal,container",
		"--columns",
		"container,event,pid,what",
		NULL,
	};
	char log[512];
	struct things t = describe();
	const char *live_tree[ROWS(tree) + 1] = { "--host-root", host_root() };
	struct harness *live, *all;

	(void)state;
	snprintf(log, sizeof(log), "%s", scratch_path("log"));
	tree[2] = log;
	for (size_t i = 3; i < ROWS(tree); i++)
		live_tree[i - 1] = tree[i];
	live = harness_start_argv(live_tree);
	live->json = false;
	all = harness_start("-o", "/dev/null", "--log", log, "--host-root", host_root());
	happen(&t);
	harness_stop_whole(all);
	assert_int_equal(harness_stop(live), 0);
	assert_true(has_exec(&live->tracer->out, t.in_web));
	check_replay(tree, &live->tracer->out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(by_facts),
		live_test(by_what_is_not),
		live_test(as_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
