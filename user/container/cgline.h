/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgline.h - the lines of /proc/<pid>/cgroup
 */
#ifndef CONTAINER_CGLINE_H
#define CONTAINER_CGLINE_H

#include <stdbool.h>

#include "base/str.h"
#include "container/cgpath.h"

/* One line taken apart (cgroups(7)). Everything points into the line. */
struct cgline {
	struct str controllers; /* "" for v2, "pids", "cpu,cpuacct", "name=systemd" */
	struct str path;	/* without the " (deleted)" of a cgroup that is gone */
	bool v2;
};

/*
 * Splits on the first two colons only: a path may hold more. Returns 0, or
 * -EINVAL if the line (without its newline) is not of that form.
 */
int cgline_parse(struct str line, struct cgline *ret_line);

/* Takes the first line off text. False at the end. */
bool cgline_next(struct str *text, struct str *ret_line);

/* True if the comma separated list holds the name. */
bool cgline_has_controller(struct str list, struct str name);

/*
 * Judges a whole /proc/<pid>/cgroup: the line that says most wins, the first of
 * equals. Lines that are none are passed over.
 */
void cgline_judge(struct str text, struct cgpath *ret_cgpath);

#endif /* CONTAINER_CGLINE_H */
