// SPDX-License-Identifier: Apache-2.0
/*
 * test_inventory.c - what runs, where it runs and in which order it is listed, from a /proc
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/ps_order.h"
#include "host_tree.h"
#include "pipeline.h"

#define DOCKER_ID  "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define UNKNOWN_ID "1111111111111111111111111111111111111111111111111111111111111111"
#define FACT(name) (1u << FACT_##name)
#define MIB_PAGES  256 /* pages of 4 KiB */

#define NO_UID UINT32_MAX /* its status is not whole */

struct process {
	uint32_t pid, ppid;
	const char *comm;
	const char *args; /* words, a space between them; NULL: a thread of the kernel */
	const char *cgroup;
	uint32_t own_ns; /* of pid and mnt; 0: the host's */
	uint32_t uid;
	uint32_t start_ticks;
	uint32_t rss_pages;
	const char *nspid; /* NULL: the pid alone */
	char state;
};

/* Older first, as the pids are; the container's init has a child of the host's as its last. */
static const struct process processes[] = {
	{ 1, 0, "init", "/sbin/init", "/init.scope", 0, 0, 1, 3 * MIB_PAGES, NULL, 'S' },
	{ 2, 0, "kthreadd", NULL, "/", 0, 0, 1, 0, NULL, 'S' },
	{ 30, 2, "kworker/0:0", NULL, "/", 0, NO_UID, 2, 0, NULL, 'I' },
	{ 90, 1, "sshd", "sshd -D", "/system.slice/ssh.service", 0, 0, 90, MIB_PAGES, NULL, 'S' },
	{ 100, 1, "sh", "sh -c work", "/docker/" DOCKER_ID, 500, 0, 100, 2 * MIB_PAGES, "100 1",
	  'S' },
	{ 101, 100, "work", "work --password=hunter2", "/docker/" DOCKER_ID, 500, 1000, 101,
	  8 * MIB_PAGES, "101 7", 'R' },
	{ 102, 101, "deep", "deep", "/docker/" DOCKER_ID, 500, 1000, 103, MIB_PAGES, "102 8", 'S' },
	{ 103, 100, "gone", "gone", "/docker/" DOCKER_ID, 500, 0, 102, 0, "103 9", 'Z' },
	{ 110, 1, "x", "x", "/docker/" UNKNOWN_ID, 600, 0, 110, 1, "110 1", 'S' },
	{ 120, 90, "bash", "bash -l", "/user.slice", 0, 0, 120, 4 * MIB_PAGES, NULL, 'S' },
	{ 130, 120, "inner", "inner", "/user.slice", 700, 0, 130, 5 * MIB_PAGES, "130 1", 'D' },
};

static const struct process ending = { 104, 100, "end", "", "/", 0, 0, 104, 0, NULL, 'R' };

struct rig {
	struct host_tree tree;
	struct filter *filter;
	struct pipeline *pipeline;
	struct inventory inventory;
};

static void write_file(struct rig *rig, uint32_t pid, const char *name, const char *text,
		       size_t len)
{
	char path[64];

	snprintf(path, sizeof(path), "/%u/%s", pid, name);
	host_tree_write(&rig->tree, path, text, len);
}

static void write_link(struct rig *rig, uint32_t pid, const char *name, const char *target)
{
	char path[64];

	snprintf(path, sizeof(path), "/%u/%s", pid, name);
	host_tree_link(&rig->tree, path, target);
}

static void write_ns(struct rig *rig, const struct process *p)
{
	/* The initial ones have these numbers (include/linux/proc_ns.h), but for mnt and net. */
	static const struct {
		const char *name, *type;
		uint32_t initial;
		uint32_t own; /* beyond own_ns, plus one; 0: always the host's */
	} rows[] = {
		{ "pid", "pid", 4026531836, 1 },   { "pid_for_children", "pid", 4026531836, 1 },
		{ "mnt", "mnt", 4026531832, 2 },   { "net", "net", 4026531833, 0 },
		{ "uts", "uts", 4026531838, 0 },   { "ipc", "ipc", 4026531839, 0 },
		{ "user", "user", 4026531837, 0 }, { "cgroup", "cgroup", 4026531835, 0 },
		{ "time", "time", 4026531834, 0 }, { "time_for_children", "time", 4026531834, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[32], target[64];

		snprintf(name, sizeof(name), "ns/%s", rows[i].name);
		snprintf(target, sizeof(target), "%s:[%u]", rows[i].type,
			 p->own_ns && rows[i].own ? p->own_ns + rows[i].own - 1 : rows[i].initial);
		write_link(rig, p->pid, name, target);
	}
}

static void write_process(struct rig *rig, const struct process *p)
{
	char text[1024], exe[64];
	size_t len;

	snprintf(text, sizeof(text),
		 "%u (%s) %c %u %u %u 0 -1 %u 0 0 0 0 700 50 0 0 20 0 1 0 %u 3133440 %u 1 0 0 0 0 "
		 "0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n",
		 p->pid, p->comm, p->state, p->ppid, p->pid, p->pid, p->args ? 4194560 : 0x200040,
		 p->start_ticks, p->rss_pages);
	write_file(rig, p->pid, "stat", text, strlen(text));
	snprintf(text, sizeof(text),
		 "Name:\t%s\n%s:\t%u\t%u\t%u\t%u\nGid:\t0\t0\t0\t0\nGroups:\t\nNStgid:\t%s\n"
		 "CapInh:\t0\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t0\nCapAmb:\t0\nNoNewPrivs:\t0\n"
		 "Seccomp:\t0\n",
		 p->comm, p->uid == NO_UID ? "X" : "Uid", p->uid, p->uid, p->uid, p->uid,
		 p->nspid ? p->nspid : "1");
	write_file(rig, p->pid, "status", text, strlen(text));
	snprintf(text, sizeof(text), "0::%s\n", p->cgroup);
	write_file(rig, p->pid, "cgroup", text, strlen(text));
	write_ns(rig, p);
	if (!p->args || !*p->args || p->state == 'Z') {
		write_file(rig, p->pid, "cmdline", "", 0);
		return;
	}
	len = strlen(p->args) + 1;
	memcpy(text, p->args, len);
	for (size_t i = 0; i < len; i++)
		if (text[i] == ' ')
			text[i] = '\0';
	write_file(rig, p->pid, "cmdline", text, len);
	snprintf(exe, sizeof(exe), "/usr/bin/%s", p->comm);
	write_link(rig, p->pid, "exe", exe);
	write_link(rig, p->pid, "root", "/");
}

static void begin(struct rig *rig)
{
	*rig = (struct rig){ 0 };
	host_tree_init(&rig->tree);
	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++)
		write_process(rig, &processes[i]);
	assert_int_equal(filter_new(&rig->filter), 0);
}

static void look(struct rig *rig, uint32_t facts)
{
	struct pipeline_options options = {
		.filter = rig->filter,
		.enrich = { .proc_root = rig->tree.root },
		.containers = { .proc_root = rig->tree.root, .host_root = HOST_FIXTURE },
		.passwd_path = HOST_FIXTURE "/etc/passwd",
	};

	assert_int_equal(pipeline_new(&options, &rig->pipeline), 0);
	assert_int_equal(pipeline_inventory(rig->pipeline, facts, &rig->inventory), 0);
}

static void end(struct rig *rig)
{
	inventory_done(&rig->inventory);
	pipeline_free(rig->pipeline);
	filter_free(rig->filter);
	host_tree_done(&rig->tree);
}

static const struct inventory_process *find(const struct rig *rig, uint32_t pid)
{
	for (size_t i = 0; i < rig->inventory.len; i++)
		if (rig->inventory.processes[i].proc.pid == pid)
			return &rig->inventory.processes[i];
	return NULL;
}

static void assert_str(struct str s, const char *expected)
{
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.p ? s.p : "", expected, s.len);
}

static void test_where_they_are(void **state)
{
	const struct inventory_process *p;
	struct rig rig;

	(void)state;
	begin(&rig);
	look(&rig, FACT(CREDS));
	assert_int_equal(rig.inventory.len, sizeof(processes) / sizeof(processes[0]));

	p = find(&rig, 101);
	assert_non_null(p->proc.container);
	assert_str(p->proc.container->id, DOCKER_ID);
	assert_str(p->proc.container->name, "web");
	assert_int_equal(p->proc.source[FACT_CONTAINER], SOURCE_RUNTIME);
	assert_int_equal(p->proc.source[FACT_CGROUP], SOURCE_PROCFS);
	assert_str(p->proc.cgroup.path, "/docker/" DOCKER_ID);
	assert_int_equal(p->proc.ns_isolated, 1u << PTC_NS_PID | 1u << PTC_NS_MNT);
	assert_int_equal(p->proc.parent.pid, 100);
	assert_str(p->proc.parent.name, "sh");
	assert_true(p->proc.parent.start_ns == find(&rig, 100)->proc.start_ns);
	assert_int_equal(p->proc.vpid_len, 2);
	assert_int_equal(p->proc.vpid[1], 7);
	assert_int_equal(p->proc.creds.euid, 1000);
	assert_int_equal(p->proc.now.state, 'R');
	assert_int_equal(p->proc.now.cpu_ns, 7500000000);
	assert_int_equal(p->proc.now.resident_bytes, 8 * 1048576);

	/* The cgroup says container, and nobody confirms it. */
	p = find(&rig, 110);
	assert_str(p->proc.container->id, UNKNOWN_ID);
	assert_int_equal(p->proc.source[FACT_CONTAINER], SOURCE_PROCFS);

	p = find(&rig, 130);
	assert_null(p->proc.container);
	assert_non_null(p->proc.isolated);
	assert_int_equal(p->proc.isolated->type, PTC_NS_PID);
	assert_int_equal(p->proc.isolated->ns, 700);

	p = find(&rig, 90);
	assert_null(p->proc.container);
	assert_null(p->proc.isolated);
	assert_true(event_has(&p->proc, FACT_CONTAINER));

	/* A zombie has no program any more, and is listed all the same. */
	p = find(&rig, 103);
	assert_int_equal(p->proc.now.state, 'Z');
	assert_false(event_has(&p->proc, FACT_ARGS));
	end(&rig);
}

static void test_what_ends_is_left_out(void **state)
{
	struct rig rig;
	char path[64];

	(void)state;
	begin(&rig);
	/* As if it had been reaped between two reads: nothing of it is there any more. */
	snprintf(path, sizeof(path), "/%u/stat", 101);
	host_tree_remove(&rig.tree, path);
	write_process(&rig, &ending);
	look(&rig, FACT(CREDS));
	assert_null(find(&rig, 101));
	assert_int_equal(rig.inventory.len, sizeof(processes) / sizeof(processes[0]) - 1);
	/* Nor is one that has no memory any more, but is no zombie yet. */
	assert_null(find(&rig, 104));
	/* Its child has a parent that is not there. */
	assert_int_equal(find(&rig, 102)->proc.parent.pid, 101);
	assert_int_equal(find(&rig, 102)->proc.parent.start_ns, 0);
	end(&rig);
}

static void test_filters(void **state)
{
	static const struct {
		enum filter_key key;
		const char *value;
		uint32_t pids[8];
	} cases[] = {
		{ FILTER_CONTAINER, "web", { 100, 101, 102, 103 } },
		{ FILTER_CONTAINER, "!web", { 1, 2, 30, 90, 110, 120, 130 } },
		{ FILTER_PID, "100", { 100, 101, 102, 103 } },
		{ FILTER_PID, "90", { 90, 120, 130 } },
		{ FILTER_USER, "1000", { 101, 102 } },
		{ FILTER_NAME, "ba*", { 120 } },
		{ FILTER_LINE, "^sh -c", { 100 } },
		{ FILTER_ISOLATED, NULL, { 130 } },
		{ FILTER_HOST, NULL, { 1, 2, 30, 90, 120, 130 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *error = NULL;
		size_t len = 0;
		struct rig rig;

		begin(&rig);
		assert_int_equal(filter_add(rig.filter, cases[i].key, cases[i].value, &error), 0);
		look(&rig, filter_facts(rig.filter));
		for (; len < 8 && cases[i].pids[len]; len++)
			assert_non_null(find(&rig, cases[i].pids[len]));
		assert_int_equal(rig.inventory.len, len);
		end(&rig);
	}
}

static void assert_order(const struct rig *rig, const unsigned int *depths, const char *expected)
{
	char text[256] = "";

	for (size_t i = 0; i < rig->inventory.len; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s%u", i ? " " : "",
			 (int)depths[i], "++++", rig->inventory.processes[i].proc.pid);
	assert_string_equal(text, expected);
}

static void test_orders(void **state)
{
	static const struct {
		const char *list;
		bool tree;
		const char *expected;
	} cases[] = {
		/* The container without a name goes by its id. */
		{ NULL, false, "110 100 101 103 102 130 1 2 30 90 120" },
		{ NULL, true, "110 100 +101 ++102 +103 130 1 +90 ++120 2 +30" },
		{ "-rss", false, "101 130 120 1 100 90 102 110 2 30 103" },
		/* What is not known comes last, whichever way. */
		{ "uid,-pid", false, "130 120 110 103 100 90 2 1 102 101 30" },
		{ "-uid,pid", false, "101 102 1 2 90 100 103 110 120 130 30" },
		{ "-args", false, "110 101 90 100 130 102 120 30 2 103 1" },
		{ "state,pid", false, "130 30 101 1 2 90 100 102 110 120 103" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_order order = { .tree = cases[i].tree };
		unsigned int *depths = NULL;
		struct str bad;
		struct rig rig;

		begin(&rig);
		if (cases[i].list)
			assert_int_equal(ps_order_parse(cases[i].list, &order, &bad), 0);
		assert_int_equal(order.tree, cases[i].tree);
		look(&rig, FACT(CREDS));
		assert_int_equal(ps_order_sort(&order, &rig.inventory, &depths), 0);
		assert_order(&rig, depths, cases[i].expected);
		free(depths);
		end(&rig);
	}
}

static void test_bad_orders(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "rss,", "" },
		{ "nosuch", "nosuch" },
		{ "pid,-nosuch", "nosuch" },
		{ "--pid", "-pid" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_order order = { .len = 3 };
		struct str bad = { 0 };

		assert_int_equal(ps_order_parse(cases[i][0], &order, &bad), -EINVAL);
		assert_str(bad, cases[i][1]);
		assert_int_equal(order.len, 3);
	}
}

/* Two of which each says that the other is its parent, as pids that are used again can say. */
static void test_a_circle_is_listed(void **state)
{
	struct inventory inventory = { 0 };
	struct ps_order order = { .tree = true };
	unsigned int *depths = NULL;

	(void)state;
	inventory.processes = calloc(2, sizeof(*inventory.processes));
	inventory.len = 2;
	for (uint32_t i = 0; i < 2; i++) {
		struct event_process *p = &inventory.processes[i].proc;

		p->pid = 10 + i;
		p->start_ns = 5;
		p->parent.pid = 11 - i;
		event_set(p, FACT_PARENT, SOURCE_PROCFS);
		event_set(p, FACT_CONTAINER, SOURCE_PROCFS);
	}
	assert_int_equal(ps_order_sort(&order, &inventory, &depths), 0);
	assert_int_equal(inventory.processes[0].proc.pid, 10);
	assert_int_equal(inventory.processes[1].proc.pid, 11);
	assert_int_equal(depths[0], 0);
	assert_int_equal(depths[1], 1);
	free(depths);
	inventory_done(&inventory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_they_are), cmocka_unit_test(test_what_ends_is_left_out),
		cmocka_unit_test(test_filters),	       cmocka_unit_test(test_orders),
		cmocka_unit_test(test_bad_orders),     cmocka_unit_test(test_a_circle_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
