// SPDX-License-Identifier: Apache-2.0
/*
 * identity.c - which process it is: numbers, names, program, age, ancestry, container
 */
#include "inspect/section.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/timefmt.h"
#include "event/redact.h"
#include "inspect/common.h"
#include "inspect/mount_table.h"
#include "procfs/link.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"
#include "procfs/words.h"

#define ARGS_SIZE    ((size_t)128 << 10)
#define ANCESTRY_MAX 256 /* a scan that mixes two moments may have a ring */

static const struct {
	char letter;
	const char *name;
} states[] = {
	{ 'R', "running" },
	{ 'S', "sleeping" },
	{ 'D', "waiting, uninterruptible" },
	{ 'T', "stopped" },
	{ 't', "stopped by a tracer" },
	{ 'Z', "zombie" },
	{ 'X', "dead" },
	{ 'I', "idle" },
};

static void put_state(const struct proc_stat *stat, struct doc *d)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (states[i].letter == stat->state) {
			doc_text(d, "state", NULL, "%s", states[i].name);
			return;
		}
	}
	doc_text(d, "state", NULL, "%c", stat->state);
}

/* Its numbers in the pid namespaces it lives in, the outermost first. */
static void put_pids(struct subject *s, struct doc *d)
{
	const struct proc_status *status;
	int r = subject_status(s, &status);
	struct str rest, word;

	if (r == 0 && !proc_status_has(status, STATUS_NSTGID))
		r = -ENOENT;
	if (r < 0) {
		doc_missing(d, "pids", "pids in each namespace", r);
		return;
	}
	rest = status->nstgid;
	doc_list(d, "pids", "pids, outermost first");
	while ((word = scan_word(&rest)).len) {
		uint32_t pid;

		if (scan_u32(word, &pid))
			doc_u64(d, NULL, NULL, pid);
	}
	doc_end(d);
	doc_passing(d);
}

/* Every kernel has these files: what lacks one is just ending. A copy may lack anything. */
static int without_memory(const struct subject *s, int err)
{
	return err == -ENOENT && s->world->is_live ? -ESRCH : err;
}

static bool is_memfd(const struct proc_link *exe)
{
	uint32_t major, minor;

	return exe->has_file && probe_memfd_device(&major, &minor) == 0 &&
	       exe->dev_major == major && exe->dev_minor == minor;
}

/*
 * True if the directory that an overlay writes to has the file. That directory is the
 * container's: no link in it is followed.
 */
static bool is_in_upper(const struct world *w, const struct proc_mount *m, struct str path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	_cleanup_close_ int root_fd = open(w->options.host_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	struct str rest = m->super_options, name, value;
	struct buf file = {};

	while (proc_mount_next_option(&rest, &name, &value)) {
		if (!str_eq(name, STR_LITERAL("upperdir")))
			continue;
		proc_mount_unescape(&file, value);
		buf_str(&file, path);
		buf_putc(&file, '\0');
		if (root_fd >= 0 && !file.failed)
			fd = (int)syscall(SYS_openat2, root_fd, file.data, &how, sizeof(how));
		break;
	}
	buf_done(&file);
	return fd >= 0;
}

/* Whether it came with the image, or was put there since. Only overlays tell. */
static void put_layer(const struct subject *s, const struct proc_link *exe, struct doc *d)
{
	struct mount_table mounts = { 0 };
	const struct mount_node *node = NULL;
	struct str below;

	if (s->world->is_live && !exe->deleted && mount_table_read(s->live_fd, &mounts) == 0)
		node = mount_table_covering(&mounts, exe->path);
	if (node && node->mount.root.len == 1 && str_eq(node->mount.type, STR_LITERAL("overlay"))) {
		below = proc_link_below(exe->path, node->mount.point);
		if (is_in_upper(s->world, &node->mount, below))
			doc_text(d, "executable_layer", "layer", "writable");
		else
			doc_text(d, "executable_layer", "layer", "image");
	}
	mount_table_done(&mounts);
}

static void put_executable(const struct subject *s, struct doc *d)
{
	char buf[PROC_LINK_SIZE];
	struct proc_link exe;
	int r = read_exe(s->live_fd, buf, &exe);

	if (r == -ENOENT && common_has_no_program(s)) {
		common_no_program(s, "executable", NULL, d);
		return;
	}
	if (r < 0) {
		doc_missing(d, "executable", NULL, without_memory(s, r));
		return;
	}
	doc_str(d, "executable", NULL, exe.path);
	if (exe.deleted && !is_memfd(&exe))
		doc_note(d, "deleted since it was started");
	doc_bool(d, "executable_deleted", "deleted", exe.deleted);
	doc_bool(d, "executable_memfd", "in memory only", is_memfd(&exe));
	if (is_memfd(&exe))
		doc_note(d, "a memfd: no file system has it");
	put_layer(s, &exe, d);
}

/* What looks secret in the arguments is replaced, as in events. */
static void put_redacted(const struct subject *s, const struct proc_words *words, struct doc *d)
{
	const struct redact_options options = { .keep_secrets = s->world->options.keep_secrets };
	struct event e = { .kind = EVENT_PROCESS, .about_process = true };
	struct redact *redact;
	int r = redact_new(&options, &redact);

	if (r < 0) {
		doc_missing(d, "arguments", NULL, r);
		return;
	}
	e.proc.args = words->text;
	e.proc.args_count = words->count;
	event_set(&e.proc, FACT_ARGS, SOURCE_PROCFS);
	redact_event(redact, &e);
	if (event_has(&e.proc, FACT_ARGS))
		doc_words(d, "arguments", NULL, e.proc.args);
	else
		doc_missing(d, "arguments", NULL, -ENOMEM);
	if (words->truncated)
		doc_bool(d, "arguments_cut", "arguments cut", true);
	redact_free(redact);
}

static void put_arguments(const struct subject *s, struct doc *d)
{
	_cleanup_free_ char *buf = malloc(ARGS_SIZE);
	struct proc_words words;
	int r = buf ? read_cmdline(s->live_fd, buf, ARGS_SIZE, &words) : -ENOMEM;

	if (r < 0)
		doc_missing(d, "arguments", NULL, r);
	else if (!words.text.len)
		common_no_program(s, "arguments", NULL, d);
	else
		put_redacted(s, &words, d);
}

static void put_link(const struct subject *s, const char *key, const char *title,
		     int (*read)(int pid_fd, char *buf, struct proc_link *ret_link), struct doc *d)
{
	char buf[PROC_LINK_SIZE];
	struct proc_link link;
	int r = read(s->live_fd, buf, &link);

	if (r == -ENOENT && s->is_zombie) {
		doc_none(d, key, title);
	} else if (r < 0) {
		doc_missing(d, key, title, without_memory(s, r));
	} else {
		doc_str(d, key, title, link.path);
		if (link.deleted)
			doc_note(d, "deleted");
	}
}

static void put_times(const struct subject *s, struct doc *d)
{
	uint64_t start_ns = s->stat.start_ticks * clock_tick_ns(), now_ns = clock_boot_ns();
	char utc[TIMEFMT_UTC_LEN];

	/* Of a copied /proc nobody knows when it was now. */
	if (!s->world->is_live)
		return;
	timefmt_utc(utc, (int64_t)start_ns + clock_wall_offset_ns());
	doc_str(d, "started", NULL, str_from(utc, sizeof(utc)));
	doc_passing(d);
	doc_ns(d, "age_ns", "age", now_ns > start_ns ? now_ns - start_ns : 0);
	doc_passing(d);
}

/* Documentation/admin-guide/devices.txt */
static void put_terminal(const struct proc_stat *stat, struct doc *d)
{
	uint32_t major = stat->tty_major, minor = stat->tty_minor;

	if (!major && !minor)
		doc_none(d, "terminal", NULL);
	else if (major >= 136 && major <= 143)
		doc_text(d, "terminal", NULL, "pts/%u", (major - 136) * 256 + minor);
	else if (major == 4 && minor < 64)
		doc_text(d, "terminal", NULL, "tty%u", minor);
	else if (major == 4)
		doc_text(d, "terminal", NULL, "ttyS%u", minor - 64);
	else
		doc_text(d, "terminal", NULL, "device %u:%u", major, minor);
}

static void put_ancestry(struct subject *s, struct doc *d)
{
	const struct resident *r = world_find(s->world, s->stat.ppid);

	doc_list(d, "ancestry", "ancestors, nearest first");
	for (int i = 0; r && i < ANCESTRY_MAX; i++) {
		common_process(s->world, r->pid, d);
		r = r->ppid ? world_find(s->world, r->ppid) : NULL;
	}
	doc_end(d);
	doc_passing(d);
}

static void put_children(struct subject *s, struct doc *d)
{
	const struct world *w = s->world;

	doc_list(d, "children", NULL);
	for (size_t i = 0; i < w->residents_len; i++)
		if (w->residents[i].ppid == s->pid)
			common_process(w, w->residents[i].pid, d);
	doc_end(d);
	doc_passing(d);
}

void inspect_identity(struct subject *s, struct doc *d)
{
	put_pids(s, d);
	doc_str(d, "name", NULL, proc_stat_comm(&s->stat));
	doc_bool(d, "kernel_thread", "kernel thread", s->is_kernel_thread);
	put_executable(s, d);
	put_arguments(s, d);
	put_link(s, "cwd", "working directory", read_cwd, d);
	put_link(s, "root", "root directory", read_root, d);
	put_times(s, d);
	put_state(&s->stat, d);
	doc_passing(d);
	doc_u64(d, "threads", NULL, s->stat.threads);
	doc_u64(d, "process_group", "process group", s->stat.pgrp);
	doc_passing(d);
	doc_u64(d, "session", NULL, s->stat.session);
	doc_passing(d);
	put_terminal(&s->stat, d);
	common_container(s, d);
	world_scan(s->world);
	put_ancestry(s, d);
	put_children(s, d);
}
