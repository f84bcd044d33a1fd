// SPDX-License-Identifier: Apache-2.0
/*
 * test_pipeline_maker.c - whose word confirms a container that no file tells of, and whose not
 */
#include "pipeline_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "records.h"

/* Nobody's: /proc is not asked about real processes. */
#define MAKER  4000000000u
#define SYSTEM 4000000001u
#define INIT   4000000002u
#define CGROUP 4000000010ull
#define OUTER  4000000011ull /* a container's that the maker may be in */

#define HOST_USER_NS  4026531837u /* the kernel's, always */
#define OTHER_USER_NS 4026532999u

struct seen {
	unsigned int starts, events, in_container;
	char id[128], runtime[32];
	bool unconfirmed;
};

static void take(const struct event *event, bool shown, void *arg)
{
	struct seen *seen = arg;

	(void)shown;
	if (event->kind == EVENT_CONTAINER_START &&
	    !str_has_prefix(event->container->id, STR_LITERAL("00c0ffee"))) {
		assert_int_equal(seen->in_container, 0); /* before its processes */
		seen->starts++;
	}
	if (event->kind != EVENT_CGROUP && event->kind != EVENT_EXIT)
		return;
	if (event->proc.pid != INIT)
		return;
	seen->events++;
	if (!event->proc.container)
		return;
	seen->in_container++;
	snprintf(seen->id, sizeof(seen->id), "%.*s", (int)event->proc.container->id.len,
		 event->proc.container->id.p);
	snprintf(seen->runtime, sizeof(seen->runtime), "%.*s",
		 (int)event->proc.container->runtime.len, event->proc.container->runtime.p);
	seen->unconfirmed = event->proc.container->unconfirmed;
}

static struct made *record(unsigned int type, uint32_t pid)
{
	struct made *m = calloc(1, sizeof(*m));
	struct ptc_task *task = &m->seed.task;

	assert_non_null(m);
	made_init(m, type);
	if (!made_has_task(type))
		return m;
	task->pid = task->tid = pid;
	task->parent_pid = 1;
	task->ns[PTC_NS_USER] = HOST_USER_NS;
	task->cgroup_v2 = 1;
	if (type == PTC_EXEC)
		m->exec.old_tid = pid;
	return m;
}

static void put(struct pipeline *p, struct made *m)
{
	pipeline_record(p, m, m->hdr.size, true);
	free(m);
}

static void put_cgroup(struct pipeline *p, uint64_t id, uint64_t parent_id, const char *name,
		       uint32_t by_pid)
{
	struct made *m = record(PTC_CGROUP_MKDIR, 0);

	m->cgroup.id = id;
	m->cgroup.parent_id = parent_id;
	m->cgroup.by_pid = by_pid;
	m->cgroup.by_start_ns = 1000000000ull;
	made_slice(m, &m->cgroup.name, str_of(name), 0);
	put(p, m);
}

static void put_exec(struct pipeline *p, uint32_t pid, struct str exe, struct str args,
		     uint32_t euid, uint32_t user_ns, uint64_t cgroup)
{
	struct made *m = record(PTC_EXEC, pid);

	m->exec.task.euid = euid;
	m->exec.task.ns[PTC_NS_USER] = user_ns;
	m->exec.task.cgroup_v2 = cgroup;
	made_slice(m, &m->exec.exe, exe, PTC_SLICE_REVERSED);
	made_slice(m, &m->exec.args, args, 0);
	put(p, m);
}

struct maker_test {
	struct seen seen; /* first: what take() gets */
	const char *name; /* of the cgroup */
	struct str exe;	  /* components, last one first */
	struct str args;
	uint32_t euid;
	uint32_t user_ns;	  /* less HOST_NS */
	uint64_t cgroup;	  /* of the maker */
	bool moved;		  /* systemd made the cgroup, and moves */
	const char *id, *runtime; /* NULL: no container */
};

static void run(struct pipeline *p, void *arg)
{
	struct maker_test *t = arg;
	struct made *m;

	put_cgroup(p, 1, 0, "", 0);
	put_cgroup(p, OUTER, 1,
		   "docker-00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee.scope",
		   0);
	put_exec(p, SYSTEM, RAW("systemd\0lib"), RAW("/sbin/init"), 0, HOST_USER_NS, 1);
	put_exec(p, MAKER, t->exe, t->args, t->euid, t->user_ns ? t->user_ns : HOST_USER_NS,
		 t->cgroup);
	put_cgroup(p, CGROUP, 1, t->name, t->moved ? SYSTEM : MAKER);
	m = record(PTC_CGROUP_ATTACH, INIT);
	m->attach.task.cgroup_v2 = CGROUP;
	m->attach.task.parent_pid = MAKER;
	m->attach.task.parent_start_ns = 1000000000ull;
	m->attach.id = CGROUP;
	m->attach.by_pid = t->moved ? SYSTEM : MAKER;
	put(p, m);
	m = record(PTC_EXIT, INIT);
	m->exit.task.cgroup_v2 = CGROUP;
	put(p, m);
}

#define RUNC RAW("runc\0sbin\0usr")
#define CRUN RAW("crun\0bin\0usr")
#define SHIM "runc\0--root\0/run/containerd/runc/default\0create\0"
#define HEX  "d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3d0c3"

static void test_maker(void **state)
{
	static const struct maker_test rows[] = {
		{ .name = "web",
		  .exe = RUNC,
		  .args = RAW("runc\0run\0web"),
		  .cgroup = 1,
		  .id = "web",
		  .runtime = "runc" },
		{ .name = "web",
		  .exe = CRUN,
		  .args = RAW("crun\0run\0web"),
		  .cgroup = 1,
		  .id = "web",
		  .runtime = "crun" },
		{ .name = "web",
		  .exe = RUNC,
		  .args = RAW(SHIM "web"),
		  .cgroup = 1,
		  .id = "web",
		  .runtime = "containerd" },
		{ .name = HEX,
		  .exe = RUNC,
		  .args = RAW("runc\0run\0" HEX),
		  .cgroup = 1,
		  .id = HEX,
		  .runtime = "runc" },
		/* By systemd, which was asked to. */
		{ .name = "runc-web.scope",
		  .exe = RUNC,
		  .args = RAW("runc\0run\0web"),
		  .cgroup = 1,
		  .moved = true,
		  .id = "web",
		  .runtime = "runc" },

		/* Each differs from the first in one thing. */
		{ .name = "web",
		  .exe = RUNC,
		  .args = RAW("runc\0run\0web"),
		  .cgroup = 1,
		  .euid = 1000 },
		{ .name = "web",
		  .exe = RUNC,
		  .args = RAW("runc\0run\0web"),
		  .cgroup = 1,
		  .user_ns = OTHER_USER_NS },
		{ .name = "web", .exe = RUNC, .args = RAW("runc\0run\0web"), .cgroup = OUTER },
		{ .name = "web", .exe = RAW("sh\0bin"), .args = RAW("runc\0run\0web"), .cgroup = 1 },
		{ .name = "web", .exe = RUNC, .args = RAW("runc\0run\0db"), .cgroup = 1 },
		{ .name = "db", .exe = RUNC, .args = RAW("runc\0run\0web"), .cgroup = 1 },
		{ .name = "runc-web.scope",
		  .exe = RUNC,
		  .args = RAW("runc\0run\0web"),
		  .cgroup = 1,
		  .moved = true,
		  .euid = 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct maker_test t = rows[i];

		rig_run(take, run, &t);
		assert_int_equal(t.seen.events, 2);
		if (t.seen.in_container != (t.id ? 2 : 0) || t.seen.starts != (t.id ? 1 : 0))
			fail_msg("row %zu: %u events in a container, %u starts", i,
				 t.seen.in_container, t.seen.starts);
		if (!t.id)
			continue;
		assert_string_equal(t.seen.id, t.id);
		assert_string_equal(t.seen.runtime, t.runtime);
		assert_false(t.seen.unconfirmed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maker),
	};

	return cmocka_run_group_tests_name("pipeline_maker", tests, NULL, NULL);
}
