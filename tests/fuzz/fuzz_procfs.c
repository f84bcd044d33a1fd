// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_procfs.c - the files of /proc/<pid> that say one thing
 *
 * The first line of an input is the name of the file, the rest what is in it.
 */
#include <stdlib.h>
#include <string.h>

#include "procfs/auxv.h"
#include "procfs/fd.h"
#include "procfs/link.h"
#include "procfs/memory.h"
#include "procfs/ns.h"
#include "procfs/resource.h"
#include "procfs/scan.h"
#include "procfs/sched.h"
#include "procfs/stat.h"
#include "procfs/status.h"
#include "procfs/value.h"
#include "procfs/waits.h"
#include "procfs/words.h"
#include "rig.h"

static void take_stat(struct str text)
{
	struct proc_stat stat;

	if (parse_stat(text, &stat) < 0)
		return;
	FUZZ_CHECK(stat.field_count >= 22);
	FUZZ_CHECK(stat.comm_len <= sizeof(stat.comm));
	proc_stat_is_kernel_thread(&stat);
	proc_stat_is_zombie(&stat);
}

static void take_numbers(struct str line)
{
	uint32_t numbers[8];

	FUZZ_CHECK(scan_u32_list(line, numbers, 8) <= (int64_t)line.len);
}

static void take_status(struct str text)
{
	struct proc_status s;
	struct str left, right;

	parse_status(text, &s);
	FUZZ_CHECK(!(s.has & s.malformed));
	FUZZ_CHECK(s.has >> STATUS_LINES == 0);
	fuzz_check_slice(s.name, text);
	take_numbers(s.groups);
	take_numbers(s.nstgid);
	take_numbers(s.nspid);
	take_numbers(s.nspgid);
	take_numbers(s.nssid);
	fuzz_check_slice(s.cpus_allowed_list, text);
	fuzz_check_slice(s.mems_allowed_list, text);
	if (scan_pair(s.sig_queue, '/', &left, &right))
		FUZZ_CHECK(left.len + right.len + 1 == s.sig_queue.len);
}

static void take_limits(struct str text)
{
	struct proc_limits limits;

	parse_limits(text, &limits);
	FUZZ_CHECK(limits.has >> RLIM_NLIMITS == 0);
}

static void take_io(struct str text)
{
	struct proc_io io;

	parse_io(text, &io);
	FUZZ_CHECK(io.has >> PROC_IO_FIELDS == 0);
}

static void take_statm(struct str text)
{
	struct proc_statm statm;

	parse_statm(text, &statm);
}

static void take_rollup(struct str text)
{
	struct proc_rollup rollup;

	parse_rollup(text, &rollup);
	FUZZ_CHECK(rollup.has >> PROC_ROLLUP_FIELDS == 0);
	for (int i = 0; i < PROC_ROLLUP_FIELDS; i++)
		FUZZ_CHECK(rollup.has >> i & 1 || rollup.bytes[i] == 0);
}

static void take_map(struct str text)
{
	struct proc_idmap map;

	if (parse_idmap(text, &map) == 0)
		FUZZ_CHECK(map.len <= PROC_IDMAP_MAX);
}

static void take_auxv(struct str text)
{
	struct proc_auxv auxv;

	if (parse_auxv(text.p, text.len, &auxv) == 0)
		FUZZ_CHECK(auxv.len <= PROC_AUXV_MAX);
}

/* What is selected is words that were there. */
static void take_words(struct str text)
{
	static const char *const globs[] = { "PATH", "*_[A-Z]", "?", "" };
	char *buf = malloc(text.len + 1), *out = malloc(text.len + 1);
	struct proc_words words;
	struct str rest, word;
	uint32_t count = 0;
	bool cut;
	size_t len;

	FUZZ_CHECK(buf && out);
	if (text.len)
		memcpy(buf, text.p, text.len);
	parse_words(buf, text.len, &words);
	fuzz_check_slice(words.text, str_from(buf, text.len + 1));
	FUZZ_CHECK(!words.text.len || words.text.p[words.text.len - 1] == '\0');
	for (rest = words.text; words_next(&rest, &word); count++)
		FUZZ_CHECK(word.len == 0 || !memchr(word.p, '\0', word.len));
	FUZZ_CHECK(count == words.count);
	len = words_select(words.text, globs, 4, out, text.len + 1, &cut);
	FUZZ_CHECK(len <= words.text.len && !cut);
	len = words_select(words.text, globs, 4, out, text.len / 2, &cut);
	FUZZ_CHECK(len <= text.len / 2 && (!len || out[len - 1] == '\0'));
	free(buf);
	free(out);
}

static void take_schedstat(struct str text)
{
	struct proc_schedstat stat;

	parse_schedstat(text, &stat);
}

static void take_autogroup(struct str text)
{
	struct proc_autogroup group;

	parse_autogroup(text, &group);
}

static void take_timers(struct str text)
{
	struct str rest = text;
	struct proc_timer timer;

	while (parse_timer(&rest, &timer) == 1)
		fuzz_check_slice(timer.how, text);
}

static void take_syscall(struct str text)
{
	struct proc_syscall call;

	parse_syscall(text, &call);
}

static void take_stack(struct str text)
{
	struct str rest = text, function;

	while (parse_stack_next(&rest, &function))
		fuzz_check_slice(function, text);
}

static void take_value(struct str text)
{
	uint32_t u = 0, hex = 0;
	int32_t i = 0;

	/* A number that both can hold is the same. */
	if (parse_u32_value(text, &u) == 0 && u <= INT32_MAX)
		FUZZ_CHECK(parse_i32_value(text, &i) == 0 && (uint32_t)i == u);
	parse_i32_value(text, &i);
	parse_hex_value(text, &hex);
	fuzz_check_slice(parse_label(text), text);
}

static void take_ns(struct str text)
{
	for (int type = 0; type < PROC_NS_COUNT; type++) {
		uint32_t inode;

		parse_ns_link(text, (enum proc_ns_type)type, &inode);
	}
}

static void take_fd(struct str text)
{
	struct proc_fd_link link;

	if (parse_fd_link(text, &link) == 0)
		fuzz_check_slice(link.name, text);
}

static void take_root(struct str text)
{
	struct str root = text, path = fuzz_take_until(&root, '\n');
	struct str below = proc_link_below(path, root);

	/* The root itself is "/", whatever it is called outside. */
	if (!str_eq(below, STR_LITERAL("/")))
		fuzz_check_slice(below, path);
}

static void take_fdinfo(struct str text)
{
	struct proc_fdinfo info = { 0 };
	struct str line;

	while (scan_whole_line(&text, &line))
		parse_fdinfo_line(line, &info);
	FUZZ_CHECK(info.has >> PROC_FDINFO_FIELDS == 0);
}

static const struct {
	const char *name;
	void (*take)(struct str text);
} files[] = {
	{ "stat", take_stat },
	{ "status", take_status },
	{ "limits", take_limits },
	{ "io", take_io },
	{ "statm", take_statm },
	{ "smaps_rollup", take_rollup },
	{ "uid_map", take_map },
	{ "auxv", take_auxv },
	{ "environ", take_words },
	{ "schedstat", take_schedstat },
	{ "autogroup", take_autogroup },
	{ "timers", take_timers },
	{ "syscall", take_syscall },
	{ "stack", take_stack },
	{ "loginuid", take_value },
	{ "ns", take_ns },
	{ "fd", take_fd },
	{ "root", take_root },
	{ "fdinfo", take_fdinfo },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), name = fuzz_take_until(&text, '\n');

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (str_eq(name, str_of(files[i].name)))
			files[i].take(text);
	}
	return 0;
}
