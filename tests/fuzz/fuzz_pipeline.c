// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_pipeline.c - records one after the other through the whole way of an event
 *
 * The input is records as the ring has them, each as long as its header says; one that is
 * not becomes a damaged record. One of type PTC_TASK is a seed. /proc is not read, and the
 * host has no cgroup but those of the records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline.h"
#include "proctrace/wire.h"
#include "rig.h"

static const struct host_tree *make_host(void)
{
	static const struct host_tree *tree;
	char mountinfo[512];

	if (tree)
		return tree;
	tree = fuzz_tree();
	host_tree_mkdir(tree, "/v2");
	snprintf(mountinfo, sizeof(mountinfo), "31 30 0:28 / %s/v2 rw - cgroup2 cgroup2 rw\n",
		 tree->root);
	host_tree_text(tree, "/proc/self/mountinfo", mountinfo);
	return tree;
}

static void take(const struct event *e, bool shown, void *arg)
{
	(void)shown;
	(void)arg;
	fuzz_check_event(e, NULL);
}

static void put_record(struct pipeline *p, const char *data, size_t size, size_t number)
{
	struct ptc_hdr *hdr = malloc(size); /* aligned, and not a byte longer */

	FUZZ_CHECK(hdr);
	memcpy(hdr, data, size);
	if (size >= sizeof(struct ptc_seed) && hdr->type == PTC_TASK)
		pipeline_seed(p, (const struct ptc_seed *)hdr);
	else
		pipeline_record(p, hdr, size, number % 8 == 7);
	free(hdr);
}

static void put_records(struct pipeline *p, struct str rest)
{
	for (size_t number = 0; rest.len; number++) {
		size_t size = rest.len;
		struct ptc_hdr hdr;

		if (size >= sizeof(hdr)) {
			memcpy(&hdr, rest.p, sizeof(hdr));
			if (hdr.size >= sizeof(hdr) && hdr.size < size)
				size = hdr.size;
		}
		put_record(p, rest.p, size, number);
		rest = str_from(rest.p + size, rest.len - size);
		if (number % 4 == 3)
			pipeline_tick(p, number % 8 == 3);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct host_tree *tree = make_host();
	struct redact_options redact = { 0 };
	struct pipeline_options options = {
		.enrich = { .proc_root = "/proc", .mode = ENRICH_OFF },
		.attached_ns = 500,
		.passwd_path = "/dev/null",
		.take = take,
	};
	struct pipeline_stats stats;
	struct pipeline *p;

	options.containers.proc_root = host_tree_path(tree, "/proc");
	options.containers.host_root = tree->root;
	FUZZ_CHECK(filter_new(&options.filter) == 0);
	FUZZ_CHECK(redact_new(&redact, &options.redact) == 0);
	FUZZ_CHECK(pipeline_new(&options, &p) == 0);
	put_records(p, fuzz_input(data, size));
	pipeline_existing(p);
	pipeline_existing_some(p, 1);
	put_records(p, fuzz_input(data, size));
	while (pipeline_existing_some(p, 16))
		;
	pipeline_tick(p, true);
	pipeline_stats(p, &stats);
	FUZZ_CHECK(stats.processes <= size / sizeof(struct ptc_seed) * 4);
	pipeline_free(p);
	redact_free(options.redact);
	filter_free(options.filter);
	return 0;
}
