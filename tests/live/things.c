// SPDX-License-Identifier: Apache-2.0
/*
 * things.c - made-up containers of a test, and what happens in them
 */
#include "things.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

#define LOOKED_MS 500 /* more than ten times as long as a tracer naps */

const char *own(const char *format)
{
	static char names[32][128];
	static unsigned int next;
	char *name = names[next++ % 32];

	snprintf(name, sizeof(names[0]), format, getpid());
	return name;
}

const char *controller(void)
{
	return cgroup_mount("") ? "" : "pids";
}

void write_docker(const char *id, const char *name, const char *image, const char *tier)
{
	char path[256], text[1024];

	snprintf(path, sizeof(path), "host/var/lib/docker/containers/%s/config.v2.json", id);
	snprintf(text, sizeof(text),
		 "{\"ID\":\"%s\",\"Name\":\"/%s\",\"Created\":\"2026-11-22T18:40:01Z\","
		 "\"Config\":{\"Image\":\"%s\",\"Labels\":{\"tier\":\"%s\",\"test\":\"%d\"}}}",
		 id, name, image, tier, getpid());
	scratch_write(path, text, 0600);
}

const char *host_root(void)
{
	static char root[512];

	snprintf(root, sizeof(root), "%s", scratch_path("host/x"));
	*strrchr(root, '/') = '\0';
	return root;
}

struct things describe(void)
{
	struct things t = {
		.web_id = container_id('a'),
		.db_id = container_id('b'),
		.pod_id = container_id('c'),
	};

	write_docker(t.web_id, own("web-%d"), own("reg.example:5000/shop/nginx-%d:1.27"), "front");
	write_docker(t.db_id, own("db-%d"), own("redis-%d:7"), "back");
	snprintf(t.tiny, sizeof(t.tiny), "%s", scratch_copy(workload("tiny"), own("tiny-%d")));
	return t;
}

static pid_t run_in(const struct things *t, const char *cgroup)
{
	const char *cgroups[2] = { cgroup };
	struct command_options options = { .cgroups = cgroup ? cgroups : NULL };
	struct command *c = command_run(&options, argv_of(t->tiny, "x"));
	pid_t pid = c->pid;

	command_free(c);
	return pid;
}

/* From a shell of the host, which is no matter of web. */
static void run_below_a_shell(const struct things *t)
{
	char script[2048];

	snprintf(script, sizeof(script),
		 "(read pid rest </proc/self/stat; echo $pid >%s/cgroup.procs; "
		 "exec %s below); :",
		 t->web, t->tiny);
	command_free(command_run(NULL, argv_of("sh", "-c", script)));
}

/* Somebody enters its network, and somebody ends it from outside. */
static void reach_into(struct things *t, const char *cgroup)
{
	const char *cgroups[2] = { cgroup };
	struct command *holder =
		command_start(&(struct command_options){ .cgroups = cgroups, .input = true },
			      argv_of(workload("ns"), "unshare", "net"));
	struct command *visitor;
	struct json_object *facts;
	pid_t child;
	char pid[16];

	command_wait_lines(holder, 1);
	facts = command_facts(holder);
	child = (pid_t)field_int(facts, "child");
	json_object_put(facts);
	t->holder = child;
	snprintf(pid, sizeof(pid), "%d", holder->pid);
	visitor = command_run(NULL, argv_of(workload("ns"), "setns", pid, "net"));
	t->visitor = visitor->pid;
	command_free(visitor);
	/* Its parent waits for it. */
	kill(child, SIGTERM);
	command_wait(holder, deadline_ms());
	command_end(holder);
}

/*
 * From the host into it and out again. Not on into the next one: what runs in a container that
 * a filter hides is not followed.
 */
static pid_t move_through(const char *cgroup)
{
	struct command *mover = command_start(&(struct command_options){ .input = true },
					      argv_of(workload("hold")));
	pid_t pid = mover->pid;

	command_wait_lines(mover, 1);
	cgroup_move(cgroup, pid);
	cgroup_move(cgroup_mount(controller()), pid);
	command_end(mover);
	return pid;
}

void happen(struct things *t)
{
	char path[256];
	struct command *c;

	t->web = cgroup_make_docker(controller(), t->web_id);
	t->db = cgroup_make_docker(controller(), t->db_id);
	snprintf(path, sizeof(path), "/kubepods/besteffort/%s/%s",
		 own("pod%08d-6f2e-4b5f-8f8e-0123456789ab"), t->pod_id);
	t->pod = cgroup_make(controller(), path);
	snprintf(path, sizeof(path), "/docker/%s/docker/%s", t->web_id, container_id('e'));
	t->inner = cgroup_make(controller(), path);
	t->in_web = run_in(t, t->web);
	t->in_db = run_in(t, t->db);
	t->in_pod = run_in(t, t->pod);
	t->outside = run_in(t, NULL);
	c = command_run(NULL, argv_of("unshare", "--mount", t->tiny, "x"));
	t->isolated = c->pid;
	command_free(c);
	run_below_a_shell(t);
	reach_into(t, t->inner);
	reach_into(t, t->web);
	t->mover = move_through(t->web);
	t->db_mover = move_through(t->db);
	/* The directory between them is no container. */
	/* What a tracer says of it must not depend on whether it looks in time. */
	stream_pump(-1, clock_ms() + LOOKED_MS);
	assert_int_equal(cgroup_remove(t->inner), 0);
	snprintf(path, sizeof(path), "%s/docker", t->web);
	assert_int_equal(cgroup_remove(path), 0);
	assert_int_equal(cgroup_remove(t->web), 0);
	assert_int_equal(cgroup_remove(t->db), 0);
	assert_int_equal(cgroup_remove(t->pod), 0);
}
