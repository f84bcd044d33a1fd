// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_hostproc.c - what the room of containers reads in /proc by itself
 *
 * The first line of an input is the name of a file of process 5, or "mountinfo" of the
 * reader's own, the rest what is in it.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "container/cgline.h"
#include "container/cgmount.h"
#include "container/hostproc.h"
#include "container/roots.h"
#include "container/roots_args.h"
#include "rig.h"

#define PID 5

static const struct {
	const char *name;
	const char *path;
	const char *usual;
} files[] = {
	{ "cmdline", "/proc/5/cmdline", "dockerd" },
	{ "status", "/proc/5/status", "Name:\tdockerd\nUid:\t0\t0\t0\t0\n" },
	{ "stat", "/proc/5/stat",
	  "5 (dockerd) S 1 5 5 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 9 0 700 1 1 1 1\n" },
	{ "cgroup", "/proc/5/cgroup", "0::/docker/1\n" },
	{ "mountinfo", "/proc/self/mountinfo", "31 30 0:28 / / rw - cgroup2 cgroup2 rw\n" },
};

#define FILES (sizeof(files) / sizeof(files[0]))

static struct hostfs fs;

static void see(const struct hostproc *p, void *arg)
{
	struct str rest = p->args, word;
	char cwd[PATH_MAX];
	size_t words = 0;

	FUZZ_CHECK(p->pid == PID && p->args.len);
	while (hostproc_next_arg(&rest, &word)) {
		fuzz_check_slice(word, p->args);
		words++;
	}
	FUZZ_CHECK(words && words <= p->args.len);
	hostproc_has_program(p, "dockerd");
	hostproc_cwd(p, cwd);
	roots_args_see(arg, p->args, hostproc_uid(p), p, STR_LITERAL("ab"));
}

static bool is_any(struct str args)
{
	return args.len;
}

static void read_processes(const char *proc_root)
{
	DIR *dir = opendir(proc_root);
	struct roots roots;

	FUZZ_CHECK(dir);
	FUZZ_CHECK(roots_init(&roots, &fs, proc_root) == 0);
	hostproc_some(dir, UINT_MAX, is_any, see, &roots);
	closedir(dir);
	hostproc_one(proc_root, PID, see, &roots);
	FUZZ_CHECK(roots.docker.len <= ROOTS_MAX);
	roots_done(&roots);
}

static void read_cgroup(const char *proc_root, uint64_t start_ns)
{
	struct buf text = { 0 };
	struct cgpath judged;
	bool same;
	int r = hostproc_read_cgroup(proc_root, PID, start_ns, &text, &same);

	FUZZ_CHECK(r <= 0);
	if (r == 0) {
		FUZZ_CHECK(same == (start_ns != 0));
		cgline_judge(str_from(text.data, text.len), &judged);
	}
	buf_done(&text);
}

static void open_hierarchy(const char *proc_root, const char *controller)
{
	struct cgmount m;

	if (cgmount_open(proc_root, controller, &m) < 0)
		return;
	FUZZ_CHECK(m.fd >= 0 && m.shown && m.prefix);
	cgmount_close(&m);
}

static void read_all(void)
{
	const char *proc_root = host_tree_path(fuzz_tree(), "/proc");

	read_processes(proc_root);
	read_cgroup(proc_root, 0);
	read_cgroup(proc_root, 700 * (NSEC_PER_SEC / 100));
	open_hierarchy(proc_root, NULL);
	open_hierarchy(proc_root, "pids");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), name = fuzz_take_until(&text, '\n');

	if (!fs.root_fd) {
		for (size_t i = 0; i < FILES; i++)
			host_tree_text(fuzz_tree(), files[i].path, files[i].usual);
		FUZZ_CHECK(hostfs_init(&fs, fuzz_tree()->root) == 0);
	}
	for (size_t i = 0; i < FILES; i++) {
		if (!str_eq(name, str_of(files[i].name)))
			continue;
		host_tree_write(fuzz_tree(), files[i].path, text.len ? text.p : "", text.len);
		read_all();
		host_tree_text(fuzz_tree(), files[i].path, files[i].usual);
	}
	return 0;
}
