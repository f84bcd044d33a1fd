// SPDX-License-Identifier: Apache-2.0
/*
 * cgroups.c - its cgroups, and what limits it: memory, CPU time, processes, I/O, CPUs
 *
 * Usage is that of its own cgroup; next to a limit that another cgroup sets stands that
 * one's.
 */
#include "inspect/section.h"

#include <errno.h>
#include <inttypes.h>

#include "inspect/cgdevices.h"
#include "inspect/cgfacts.h"
#include "inspect/hierarchy.h"
#include "procfs/scan.h"

#define NSEC_PER_USEC 1000

/* ---- resources ---- */

static void put_memory(const struct hierarchy *h, struct doc *d)
{
	static const struct cgfact usage = { .key = "usage_bytes",
					     .title = "usage",
					     .v2 = "memory.current",
					     .v1 = "memory.usage_in_bytes",
					     .unit = CGUNIT_BYTES,
					     .passing = true };
	static const struct cgfact swap = { .key = "swap_bytes",
					    .title = "swap used",
					    .v2 = "memory.swap.current",
					    .unit = CGUNIT_BYTES,
					    .passing = true };
	static const struct cgfact with_swap = { .key = "with_swap_bytes",
						 .title = "usage with swap",
						 .v1 = "memory.memsw.usage_in_bytes",
						 .unit = CGUNIT_BYTES,
						 .passing = true };
	static const struct limit {
		struct cgfact file;
		const struct cgfact *usage;
	} limits[] = {
		{ { .key = "limit",
		    .v2 = "memory.max",
		    .v1 = "memory.limit_in_bytes",
		    .unit = CGUNIT_BYTES },
		  &usage },
		{ { .key = "high",
		    .title = "slowed down above",
		    .v2 = "memory.high",
		    .unit = CGUNIT_BYTES },
		  &usage },
		{ { .key = "swap_limit",
		    .title = "swap limit",
		    .v2 = "memory.swap.max",
		    .unit = CGUNIT_BYTES },
		  &swap },
		{ { .key = "with_swap_limit",
		    .title = "limit with swap",
		    .v1 = "memory.memsw.limit_in_bytes",
		    .unit = CGUNIT_BYTES },
		  &with_swap },
	};
	static const struct cgfact files[] = {
		{ .key = "peak_bytes",
		  .title = "peak",
		  .v2 = "memory.peak",
		  .v1 = "memory.max_usage_in_bytes",
		  .unit = CGUNIT_BYTES,
		  .passing = true },
		{ .key = "low_bytes",
		  .title = "protected up to",
		  .v2 = "memory.low",
		  .unit = CGUNIT_BYTES },
		{ .key = "min_bytes",
		  .title = "guaranteed",
		  .v2 = "memory.min",
		  .unit = CGUNIT_BYTES },
		{ .key = "soft_limit_bytes",
		  .title = "soft limit",
		  .v1 = "memory.soft_limit_in_bytes",
		  .unit = CGUNIT_BYTES },
		{ .key = "limit_hits",
		  .title = "limit hit",
		  .v2 = "memory.events",
		  .field = "max",
		  .passing = true },
		{ .key = "limit_hits",
		  .title = "limit hit",
		  .v1 = "memory.failcnt",
		  .passing = true },
		{ .key = "oom_kills",
		  .title = "killed for want of it",
		  .v2 = "memory.events",
		  .v1 = "memory.oom_control",
		  .field = "oom_kill",
		  .passing = true },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		cgfacts_put_limit(h, &limits[i].file, limits[i].usage, d);
	cgfacts_put(h, &usage, 1, d);
	cgfacts_put(h, &swap, 1, d);
	cgfacts_put(h, files, sizeof(files) / sizeof(files[0]), d);
	cgfacts_put_pressure(h, "memory.pressure", d);
}

static void put_quota(const struct hierarchy *h, struct doc *d)
{
	struct cgquota q;
	uint64_t hundredths;
	int r = cgchain_quota(&h->chain, h->is_v2, &q);

	if (r < 0 && r != -ENOENT) {
		doc_missing(d, "limit", NULL, r);
		return;
	}
	if (r == -ENOENT || !q.level) {
		doc_none(d, "limit", NULL);
		return;
	}
	hundredths = (uint64_t)((unsigned __int128)q.quota_us * 100 / q.period_us);
	doc_line(d, "limit", NULL);
	doc_ns(d, "quota_ns", NULL, q.quota_us * NSEC_PER_USEC);
	doc_ns(d, "period_ns", "of each", q.period_us * NSEC_PER_USEC);
	doc_str(d, "cgroup", "set by", q.level->path);
	doc_end(d);
	doc_note(d, "%" PRIu64 ".%02" PRIu64 " CPUs", hundredths / 100, hundredths % 100);
}

static void put_cpu(const struct hierarchy *h, struct doc *d)
{
	static const struct cgfact files[] = {
		{ .key = "weight", .v2 = "cpu.weight" },
		{ .key = "shares", .v1 = "cpu.shares" },
		{ .key = "usage_ns",
		  .title = "time used",
		  .v2 = "cpu.stat",
		  .field = "usage_usec",
		  .unit = CGUNIT_USEC,
		  .passing = true },
		{ .key = "periods",
		  .title = "periods with a limit",
		  .v2 = "cpu.stat",
		  .v1 = "cpu.stat",
		  .field = "nr_periods",
		  .passing = true },
		{ .key = "throttled",
		  .title = "periods throttled",
		  .v2 = "cpu.stat",
		  .v1 = "cpu.stat",
		  .field = "nr_throttled",
		  .passing = true },
		{ .key = "throttled_ns",
		  .title = "time throttled",
		  .v2 = "cpu.stat",
		  .v1 = "cpu.stat",
		  .field = "throttled_usec",
		  .v1_field = "throttled_time",
		  .unit = CGUNIT_NSEC_V1,
		  .passing = true },
	};

	put_quota(h, d);
	cgfacts_put(h, files, sizeof(files) / sizeof(files[0]), d);
	cgfacts_put_pressure(h, "cpu.pressure", d);
}

static void put_pids(const struct hierarchy *h, struct doc *d)
{
	static const struct cgfact limit = { .key = "limit", .v2 = "pids.max", .v1 = "pids.max" };
	static const struct cgfact files[] = {
		{ .key = "usage", .v2 = "pids.current", .v1 = "pids.current", .passing = true },
		{ .key = "peak", .v2 = "pids.peak", .v1 = "pids.peak", .passing = true },
		{ .key = "limit_hits",
		  .title = "limit hit",
		  .v2 = "pids.events",
		  .v1 = "pids.events",
		  .field = "max",
		  .passing = true },
	};

	cgfacts_put_limit(h, &limit, &files[0], d);
	cgfacts_put(h, files, sizeof(files) / sizeof(files[0]), d);
}

static void put_cpuset(const struct hierarchy *h, struct doc *d)
{
	cgfacts_put_text(h, "cpus", "CPUs", "cpuset.cpus", "cpuset.cpus", d);
	cgfacts_put_text(h, "cpus_effective", "CPUs in effect", "cpuset.cpus.effective",
			 "cpuset.effective_cpus", d);
	cgfacts_put_text(h, "mems", "memory nodes", "cpuset.mems", "cpuset.mems", d);
	cgfacts_put_text(h, "mems_effective", "memory nodes in effect", "cpuset.mems.effective",
			 "cpuset.effective_mems", d);
}

/* Each line of a file is a device and its limits; those of all cgroups up to the root hold. */
static void put_io_limits(const struct hierarchy *h, const char *name, const char *what,
			  struct doc *d)
{
	for (size_t i = 0; i < h->chain.len; i++) {
		const struct cglevel *level = &h->chain.level[i];
		char buf[CGCHAIN_FILE_SIZE];
		struct str text, line;

		if (cgfile_read(level, name, buf, &text) < 0)
			continue;
		while (scan_whole_line(&text, &line)) {
			struct str device = scan_word(&line);

			if (!device.len || !doc_item(d))
				continue;
			doc_str(d, "device", NULL, device);
			doc_text(d, "limit", NULL, "%s%.*s", what, (int)scan_trim(line).len,
				 scan_trim(line).p);
			doc_str(d, "cgroup", NULL, level->path);
			doc_end(d);
		}
	}
}

static void put_io(const struct hierarchy *h, struct doc *d)
{
	static const struct {
		const char *file, *what;
	} v1[] = {
		{ "blkio.throttle.read_bps_device", "rbps=" },
		{ "blkio.throttle.write_bps_device", "wbps=" },
		{ "blkio.throttle.read_iops_device", "riops=" },
		{ "blkio.throttle.write_iops_device", "wiops=" },
	};
	static const struct cgfact files[] = {
		{ .key = "weight", .v2 = "io.weight", .field = "default" },
		{ .key = "weight", .v1 = "blkio.bfq.weight" },
	};

	doc_list(d, "limits", NULL);
	if (h->is_v2)
		put_io_limits(h, "io.max", "", d);
	for (size_t i = 0; !h->is_v2 && i < sizeof(v1) / sizeof(v1[0]); i++)
		put_io_limits(h, v1[i].file, v1[i].what, d);
	doc_end(d);
	cgfacts_put(h, files, sizeof(files) / sizeof(files[0]), d);
	cgfacts_put_pressure(h, "io.pressure", d);
}

/* ---- the section ---- */

static void put_paths(const struct hierarchies *set, struct doc *d)
{
	doc_list(d, "hierarchies", NULL);
	for (size_t i = 0; i < set->len; i++) {
		const struct hierarchy *h = &set->list[i];

		if (!doc_item(d))
			continue;
		if (h->is_v2)
			doc_text(d, "controllers", NULL, "v2");
		else
			doc_str(d, "controllers", NULL, h->line.controllers);
		doc_str(d, "path", NULL, h->line.path);
		if (h->line.deleted)
			doc_note(d, "removed");
		if (h->error && !h->line.deleted)
			doc_missing(d, "files", "limits", h->error);
		doc_end(d);
	}
	doc_end(d);
}

static const struct {
	const char *key, *title;
	const char *controller; /* of v1 */
	const char *v2_file;	/* a cgroup has it where v2 controls the resource */
	void (*put)(const struct hierarchy *h, struct doc *d);
} resources[] = {
	{ "memory", NULL, "memory", "memory.current", put_memory },
	{ "cpu", "CPU time", "cpu", "cpu.stat", put_cpu },
	{ "pids", "processes", "pids", "pids.current", put_pids },
	{ "io", "I/O", "blkio", "io.stat", put_io },
	{ "cpuset", "CPUs and memory nodes", "cpuset", "cpuset.cpus.effective", put_cpuset },
	{ "devices", NULL, "devices", "cgroup.events", cgdevices_put },
};

void inspect_cgroups(struct subject *s, struct doc *d)
{
	struct hierarchies set;
	int r = hierarchies_open(s, &set);

	if (r < 0) {
		doc_missing(d, "hierarchies", NULL, r);
		hierarchies_close(&set);
		return;
	}
	put_paths(&set, d);
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		const struct hierarchy *h = hierarchies_find(&set, resources[i].controller);

		if (!h || h->error || (h->is_v2 && !cgchain_with(&h->chain, resources[i].v2_file)))
			continue;
		doc_group(d, resources[i].key, resources[i].title);
		resources[i].put(h, d);
		doc_end(d);
	}
	hierarchies_close(&set);
}
