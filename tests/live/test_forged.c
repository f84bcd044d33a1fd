// SPDX-License-Identifier: Apache-2.0
/*
 * test_forged - cgroups that lie, and runtimes' files made to harm their reader
 *
 * The tracer gets a host root of the test's own, so that no runtime of this machine
 * answers, and what one would have written is the test's to forge.
 *
 * Long because each form of a lie, and each file, is a case of its own.
 */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

#define JSON_LIMIT (4u << 20) /* of a runtime's file */
#define MEMORY_KB  (64 * 1024)
/*
 * A file that blocks its reader blocks it for good; this is for a busy machine, whose
 * events otherwise take a twentieth of a second.
 */
#define DELAY_MS   5000

static const char *host_root(void)
{
	scratch_path("host/proc-is-the-real-one");
	return scratch_path("host");
}

/* Where Docker would keep what it knows of a container. */
static const char *config_of(const char *id)
{
	char name[256];

	snprintf(name, sizeof(name), "host/var/lib/docker/containers/%s/config.v2.json", id);
	return scratch_path(name);
}

static void write_config(const char *id, const char *name)
{
	FILE *f = fopen(config_of(id), "we");

	assert_non_null(f);
	fprintf(f, "{\"ID\":\"%s\",\"Name\":\"/%s\",\"Config\":{\"Image\":\"busybox:1\"}}", id,
		name);
	assert_int_equal(fclose(f), 0);
}

/* Runs something short in the container's cgroup; its pid. */
static pid_t run_in(const char *id, const char *const argv[])
{
	const char *cgroups[2] = { cgroup_make_docker("", id) };
	struct command *c = command_run(&(struct command_options){ .cgroups = cgroups }, argv);
	pid_t pid = c->pid;

	command_free(c);
	return pid;
}

/* Nobody knows the container, and its process lives as the host's do. */
static void forged_cgroup(void **state)
{
	const char *id = container_id('f');
	struct harness *h = harness_start_own("--host-root", host_root());
	pid_t pid = run_in(id, argv_of(workload("tiny"), "forged"));
	static const char *const kinds[] = { "exec", "exit" };
	struct json_object *event;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		event = harness_wait_event(h, kinds[i], pid);
		check_str(event, "container.id", id);
		check_str(event, "container.runtime", "docker");
		check_absent(event, "container.name");
		check_true(event, "proctrace.container.unconfirmed");
		check_true(event, "proctrace.container.host_namespaces");
		check_str(event, "proctrace.source.container", "kernel");
		/* The runtime was asked: that it does not know is no reason. */
		check_absent(event, "proctrace.missing.container_metadata");
	}
	/* One namespace of its own is enough to be told from the host. */
	pid = run_in(id, argv_of("unshare", "--uts", workload("tiny"), "isolated"));
	event = harness_wait_event(h, "exit", pid);
	check_true(event, "proctrace.container.unconfirmed");
	check_absent(event, "proctrace.container.host_namespaces");
	harness_stop_whole(h);
}

/* The same when a runtime knows it: the cgroup is believed, the namespaces still flagged. */
static void confirmed(void **state)
{
	const char *id = container_id('c');
	struct harness *h;
	struct json_object *event;
	pid_t pid;

	(void)state;
	write_config(id, "web");
	h = harness_start_own("--host-root", host_root());
	pid = run_in(id, argv_of(workload("tiny")));
	event = harness_wait_event(h, "exec", pid);
	check_str(event, "container.name", "web");
	check_str(event, "container.image.name", "busybox");
	check_str(event, "proctrace.source.container", "runtime");
	check_absent(event, "proctrace.container.unconfirmed");
	check_true(event, "proctrace.container.host_namespaces");
	check_absent(event, "proctrace.missing.container_metadata");
	harness_stop_whole(h);
}

/* Runs something short in the cgroup; what its exec says. */
static struct json_object *exec_in(struct harness *h, const char *cgroup)
{
	const char *cgroups[2] = { cgroup };
	struct command *c = command_run(&(struct command_options){ .cgroups = cgroups },
					argv_of(workload("tiny")));

	return harness_wait_event(h, "exec", c->pid);
}

static const char *make_scope(const char *parent, const char *id)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/docker-%s.scope", parent, id);
	return cgroup_make("", path);
}

static void check_known(struct json_object *event, const char *id, bool known)
{
	check_str(event, "container.id", id);
	check_str(event, "container.runtime", "docker");
	if (known) {
		check_str(event, "container.name", "web");
		check_absent(event, "proctrace.container.unconfirmed");
	} else {
		check_absent(event, "container.name");
		check_true(event, "proctrace.container.unconfirmed");
	}
}

/*
 * Root's Docker knows the id, which may be that of a container that is stopped. Who may make
 * cgroups in his own part of the tree, or inside a container, is not in it for that, unless
 * root's runtime says that it is this very cgroup.
 */
static void named_by_others(void **state)
{
	const char *id = container_id('a'), *outer = container_id('b'), *own = container_id('d');
	char users[64], inside[128], text[512];
	const char *forged;
	struct harness *h;

	(void)state;
	write_config(id, "web");
	write_config(own, "web");
	snprintf(users, sizeof(users), "/proctrace-test-%d", getpid());
	assert_return_code(chown(cgroup_make("", users), 65534, 65534), errno);
	snprintf(text, sizeof(text),
		 "{\"cgroup_paths\":{\"\":\"/sys/fs/cgroup%s/docker-%s.scope\"}}", users, own);
	snprintf(inside, sizeof(inside), "host/run/docker/runtime-runc/moby/%s/state.json", own);
	scratch_write(inside, text, 0644);
	h = harness_start_own("--host-root", host_root());
	forged = make_scope(users, id);
	check_known(exec_in(h, forged), id, false);
	check_known(exec_in(h, make_scope(users, own)), own, true);
	snprintf(inside, sizeof(inside), "/docker/%s", outer);
	check_known(exec_in(h, make_scope(inside, id)), id, false);
	/* It is started, and has its id although others came first. */
	check_known(exec_in(h, cgroup_make_docker("", id)), id, true);
	check_known(exec_in(h, forged), id, false);
	harness_stop_whole(h);
}

/* ---- hostile files */

static void make_truncated(const char *id)
{
	write_config(id, "web");
	assert_return_code(truncate(config_of(id), 100), errno);
}

static void make_fifo(const char *id)
{
	assert_return_code(mkfifo(config_of(id), 0644), errno);
}

static void make_directory(const char *id)
{
	assert_return_code(mkdir(config_of(id), 0755), errno);
}

static void make_device(const char *id)
{
	assert_return_code(mknod(config_of(id), S_IFCHR | 0666, makedev(1, 5)), errno);
}

static void make_link(const char *id)
{
	assert_return_code(symlink("/dev/zero", config_of(id)), errno);
}

static void make_sparse(const char *id)
{
	write_config(id, "web");
	assert_return_code(truncate(config_of(id), 10ll << 30), errno);
}

static void make_of(const char *id, const char *repeated)
{
	FILE *f = fopen(config_of(id), "we");

	assert_non_null(f);
	fputc('[', f);
	while (ftell(f) < (long)(JSON_LIMIT - 64))
		fputs(repeated, f);
	fputs("{}]", f);
	assert_int_equal(fclose(f), 0);
}

/* Parsed, it would take a gigabyte and some seconds. */
static void make_dear(const char *id)
{
	make_of(id, "{},");
}

static void make_deep(const char *id)
{
	make_of(id, "[");
}

static void make_foreign(const char *id)
{
	write_config(id, "web");
	assert_return_code(chown(config_of(id), 65534, 65534), errno);
}

static pid_t rewriter; /* 0: none */

/* Truncated, written by pieces, replaced by a FIFO and back, as fast as it goes. */
static void make_changing(const char *id)
{
	const char *path = config_of(id);
	char other[2048];

	snprintf(other, sizeof(other), "%s.other", path);
	write_config(id, "web");
	rewriter = fork();
	if (rewriter)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int n = 0;; n++) {
		FILE *f = fopen(path, "r+e");

		if (f && ftruncate(fileno(f), 0) == 0)
			fprintf(f, "{\"ID\":\"%s\",", id);
		if (f)
			fclose(f);
		if (mkfifo(other, 0644) == 0)
			rename(other, path);
		unlink(path);
		close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	}
}

static const struct {
	const char *label;
	void (*make)(const char *id);
} forms[] = {
	{ "truncated", make_truncated }, { "FIFO", make_fifo }, { "directory", make_directory },
	{ "device", make_device },	 { "link", make_link }, { "sparse", make_sparse },
	{ "dear", make_dear },		 { "deep", make_deep }, { "another user's", make_foreign },
	{ "changing", make_changing },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

static unsigned int count_fds(const struct harness *h)
{
	struct dirent *entry;
	unsigned int n = 0;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", h->tracer->pid);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* In KiB: the most that it ever had. */
static long peak_memory(const struct harness *h)
{
	char path[64], *text, *at;
	long kb;

	snprintf(path, sizeof(path), "/proc/%d/status", h->tracer->pid);
	text = read_whole(path);
	at = strstr(text, "VmHWM:");
	assert_non_null(at);
	kb = strtol(at + strlen("VmHWM:"), NULL, 10);
	free(text);
	return kb;
}

static void hostile_files(void **state)
{
	const char *id[FORMS];
	unsigned int fds;
	struct harness *h;
	long memory_kb;

	(void)state;
	for (size_t i = 0; i < FORMS; i++) {
		id[i] = container_id("0123456789abcdef"[i]);
		forms[i].make(id[i]);
	}
	h = harness_start_own("--host-root", host_root());
	harness_sync(h);
	fds = count_fds(h);
	memory_kb = peak_memory(h);
	/* Twice, for what could not be read is looked for again. */
	for (size_t i = 0; i < 2 * FORMS; i++) {
		const char *form = forms[i % FORMS].label;
		int64_t begin_ms = clock_ms();
		pid_t pid = run_in(id[i % FORMS], argv_of(workload("tiny"), form));
		struct json_object *event = harness_wait_event(h, "exit", pid);

		if (clock_ms() - begin_ms > DELAY_MS)
			harness_fail("%s: its event came after %d ms", form,
				     (int)(clock_ms() - begin_ms));
		check_str(event, "process.args[1]", form);
		check_str(event, "container.id", id[i % FORMS]);
		check_absent(event, "container.name");
		check_true(event, "proctrace.container.unconfirmed");
		if (forms[i % FORMS].make != make_changing)
			check_str(event, "proctrace.missing.container_metadata", "malformed");
		assert_non_null(harness_find(h, "exec", pid));
	}
	harness_sync(h);
	assert_int_equal(count_fds(h), fds);
	assert_true(peak_memory(h) - memory_kb < MEMORY_KB);
	harness_stop_whole(h);
}

/* The name that a file gives is the container's, whatever bytes; no sink lets them through. */
static void hostile_name(void **state)
{
	const char *id = container_id('e');
	struct harness *json, *text;
	pid_t pid;

	(void)state;
	write_config(id, "\\u001b]0;owned\\u0007\\r\\n\\u0000\\u009b2J\\\"}");
	json = harness_start_own("--host-root", host_root());
	text = harness_start("-c", id, "--host-root", host_root());
	pid = run_in(id, argv_of(workload("tiny")));
	check_str(harness_wait_event(json, "exit", pid), "container.id", id);
	harness_stop_whole(json);
	assert_int_equal(harness_stop(text), 0);
	assert_non_null(strstr(text->tracer->out.data, "\\x1b]0;owned\\x07\\x0d\\n\\x00\\u{9b}2J"));
	for (const char *p = text->tracer->out.data; *p; p++) {
		unsigned char c = (unsigned char)*p;

		/* A C1 control character is 0xc2 and one of these. */
		if ((c < 0x20 && c != '\n') || c == 0x7f ||
		    (c == 0xc2 && (unsigned char)p[1] < 0xa0))
			harness_fail("byte %#x got through", c);
	}
	assert_int_equal(text->tracer->out.len, strlen(text->tracer->out.data));
}

/* A name like any other, of which a runtime has a file that nobody can read. */
static void unreadable_state(void **state)
{
	char name[64], path[128];
	const char *cgroups[2] = { NULL };
	struct json_object *event;
	struct command *c;
	struct harness *h;

	(void)state;
	snprintf(name, sizeof(name), "/proctrace-test-%d", getpid());
	snprintf(path, sizeof(path), "host/run/runc%s/state.json", name);
	scratch_write(path, "{\"cgroup_paths\":", 0644);
	h = harness_start_own("--host-root", host_root());
	cgroups[0] = cgroup_make("", name);
	c = command_run(&(struct command_options){ .cgroups = cgroups }, argv_of(workload("tiny")));
	event = harness_wait_event(h, "exit", c->pid);
	check_str(event, "proctrace.cgroup.path", name);
	check_absent(event, "container");
	check_absent(event, "proctrace.source.container");
	check_str(event, "proctrace.missing.container", "malformed");
	harness_stop_whole(h);
}

/* Over before the tracer came to look: the reason is no other's fault. */
static void gone_before_anybody_looked(void **state)
{
	const char *id = container_id('d');
	struct harness *h = harness_start_own("--host-root", host_root());
	struct json_object *event;
	pid_t pid;

	(void)state;
	kill(h->tracer->pid, SIGSTOP);
	write_config(id, "web");
	pid = run_in(id, argv_of(workload("tiny")));
	assert_int_equal(cgroup_remove(cgroup_make_docker("", id)), 0);
	assert_return_code(unlink(config_of(id)), errno);
	kill(h->tracer->pid, SIGCONT);
	event = harness_wait_event(h, "exec", pid);
	check_str(event, "container.id", id);
	check_true(event, "proctrace.container.unconfirmed");
	check_str(event, "proctrace.missing.container_metadata", "gone");
	harness_stop_whole(h);
}

static int teardown(void **state)
{
	if (rewriter > 0) {
		kill(rewriter, SIGKILL);
		waitpid(rewriter, NULL, 0);
	}
	rewriter = 0;
	return live_teardown(state);
}

#define forged_test(f) cmocka_unit_test_setup_teardown(f, live_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		forged_test(forged_cgroup),
		forged_test(confirmed),
		forged_test(named_by_others),
		forged_test(hostile_files),
		forged_test(hostile_name),
		forged_test(unreadable_state),
		forged_test(gone_before_anybody_looked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
