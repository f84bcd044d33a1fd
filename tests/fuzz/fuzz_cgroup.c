// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_cgroup.c - /proc/<pid>/cgroup, and what its paths say about containers
 */
#include <string.h>

#include "container/cgline.h"
#include "container/cgpath.h"
#include "procfs/cgroup.h"
#include "rig.h"

static void check_id(const struct cgpath_match *m, struct str path)
{
	FUZZ_CHECK(m->runtime);
	FUZZ_CHECK(m->end <= path.len);
	FUZZ_CHECK(strnlen(m->id, sizeof(m->id)) < sizeof(m->id));
	FUZZ_CHECK(strnlen(m->pod_uid, sizeof(m->pod_uid)) < sizeof(m->pod_uid));
	FUZZ_CHECK(m->verdict != CGPATH_HOST && m->verdict != CGPATH_POD);
}

static void take_path(struct str path)
{
	struct cgpath c;

	cgpath_parse(path, &c);
	FUZZ_CHECK(c.match_len <= CGPATH_CHAIN_MAX);
	for (unsigned int i = 0; i < c.match_len; i++) {
		check_id(&c.match[i], path);
		FUZZ_CHECK(i == 0 || c.match[i - 1].end <= c.match[i].end);
	}
	FUZZ_CHECK(!c.match_len == (c.verdict == CGPATH_HOST || c.verdict == CGPATH_POD));
	FUZZ_CHECK(!cgpath_is_better(&c, &c));
}

static void take_line(struct str line)
{
	struct proc_cgroup cgroup;
	struct cgline parsed;

	if (cgline_parse(line, &parsed) == 0) {
		fuzz_check_slice(parsed.path, line);
		fuzz_check_slice(parsed.controllers, line);
		cgline_has_controller(parsed.controllers, STR_LITERAL("pids"));
		take_path(parsed.path);
	}
	if (parse_cgroup(line, &cgroup) == 0) {
		fuzz_check_slice(cgroup.path, line);
		fuzz_check_slice(cgroup.controllers, line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), rest = text, line;
	struct proc_cgroup cgroup;
	struct cgpath judged;

	take_path(text);
	while (cgline_next(&rest, &line))
		take_line(line);
	for (rest = text; proc_cgroup_next(&rest, &cgroup);)
		fuzz_check_slice(cgroup.path, text);
	cgline_judge(text, &judged);
	FUZZ_CHECK(judged.match_len <= CGPATH_CHAIN_MAX);
	return 0;
}
