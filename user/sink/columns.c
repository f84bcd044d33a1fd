// SPDX-License-Identifier: Apache-2.0
/*
 * columns.c - which columns a text line has
 */
#include "sink/columns.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* clang-format off: one row a column */
const struct column_spec column_specs[COLUMN_COUNT] = {
	[COLUMN_TIME] = { "time", "TIME", "when it happened; --time chooses the form", 12 },
	[COLUMN_CONTAINER] = { "container", "CONTAINER",
			       "name or short id; (mnt,pid): in none, but isolated; NAME?: unconfirmed",
			       17 },
	[COLUMN_EVENT] = { "event", "EVENT", "what kind of event", 7 },
	[COLUMN_PID] = { "pid", "PID", "process id on the host, then inside the container", 8 },
	[COLUMN_USER] = { "user", "USER", "effective user: name, or number if it has none", 5 },
	[COLUMN_WHAT] = { "what", "WHAT", "command line, result, change", 40 },
	[COLUMN_TID] = { "tid", "TID", "thread that acted", 7 },
	[COLUMN_VPID] = { "vpid", "VPID", "process id in its innermost pid namespace", 7 },
	[COLUMN_PPID] = { "ppid", "PPID", "process id of the parent", 7 },
	[COLUMN_PARENT] = { "parent", "PARENT", "parent, as name[pid]", 20 },
	[COLUMN_CREATOR] = { "creator", "CREATOR",
			     "who made the process, if that is not its parent", 20 },
	[COLUMN_ENTITY] = { "entity", "ENTITY", "identity of the process: boot, pid, start time",
			    32 },
	[COLUMN_UID] = { "uid", "UID", "effective user id", 6 },
	[COLUMN_GID] = { "gid", "GID", "effective group id", 6 },
	[COLUMN_LOGIN] = { "login", "LOGIN", "user id that logged in, also after sudo", 6 },
	[COLUMN_NAME] = { "name", "NAME", "name of the process (comm)", 15 },
	[COLUMN_EXE] = { "exe", "EXE", "path of the program, as the process sees it", 24 },
	[COLUMN_CWD] = { "cwd", "CWD", "working directory, as the process sees it", 16 },
	[COLUMN_ARGS] = { "args", "ARGS", "command line, quoted for a shell", 40 },
	[COLUMN_ENV] = { "env", "ENV", "environment variables that --env chose", 24 },
	[COLUMN_TTY] = { "tty", "TTY", "controlling terminal", 7 },
	[COLUMN_ID] = { "id", "ID", "short id of the container", 12 },
	[COLUMN_RUNTIME] = { "runtime", "RUNTIME", "container runtime", 10 },
	[COLUMN_IMAGE] = { "image", "IMAGE", "image of the container", 20 },
	[COLUMN_POD] = { "pod", "POD", "the Kubernetes pod: NAMESPACE/NAME, or its uid", 36 },
	[COLUMN_CGROUP] = { "cgroup", "CGROUP", "path of the cgroup", 24 },
	[COLUMN_NS] = { "ns", "NS", "namespaces that differ from the host's", 20 },
	[COLUMN_CAPS] = { "caps", "CAPS", "effective capabilities", 20 },
	[COLUMN_SECCOMP] = { "seccomp", "SECCOMP", "seccomp mode; +nnp: no new privileges", 10 },
	[COLUMN_LSM] = { "lsm", "LSM", "label of the security module", 16 },
	[COLUMN_ENTERED] = { "entered", "ENTERED", "how it came into the container from outside",
			     7 },
	[COLUMN_HOST] = { "host", "HOST", "name of the host", 12 },
	[COLUMN_SEQUENCE] = { "sequence", "SEQUENCE", "number of the event, without gaps", 8 },
	[COLUMN_NSPID] = { "nspid", "NSPID",
			   "process id in each of its pid namespaces, outermost first", 14 },
	[COLUMN_STATE] = { "state", "STATE", "state of a process that runs: R S D Z T, see proc(5)",
			   5 },
	[COLUMN_THREADS] = { "threads", "THREADS", "threads of the process", 7 },
	[COLUMN_RSS] = { "rss", "RSS", "resident memory of a process that runs", 8 },
	[COLUMN_CPU] = { "cpu", "CPU", "CPU time that a process that runs has used", 8 },
	[COLUMN_START] = { "start", "START", "when the process started, local time", 19 },
	[COLUMN_AGE] = { "age", "AGE", "for how long the process had run", 10 },
};
/* clang-format on */

void columns_usual(enum columns_use use, struct columns *ret_columns)
{
	static const uint8_t timeline[] = { COLUMN_TIME, COLUMN_CONTAINER, COLUMN_EVENT,
					    COLUMN_PID,	 COLUMN_USER,	   COLUMN_WHAT };
	static const uint8_t processes[] = { COLUMN_CONTAINER, COLUMN_PID, COLUMN_USER,
					     COLUMN_STATE,     COLUMN_RSS, COLUMN_CPU,
					     COLUMN_AGE,       COLUMN_WHAT };
	bool of_processes = use == COLUMNS_PROCESSES;

	ret_columns->len = of_processes ? sizeof(processes) : sizeof(timeline);
	memcpy(ret_columns->list, of_processes ? processes : timeline, ret_columns->len);
}

int column_parse(struct str name)
{
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (str_eq(str_of(column_specs[i].name), name))
			return i;
	}
	return -1;
}

static bool is_in(const struct columns *c, int column)
{
	return memchr(c->list, column, c->len) != NULL;
}

/* WHAT has no width of its own, so that what is added stands before it. */
static void add(struct columns *c, int column, bool before_what)
{
	unsigned int at = c->len;

	if (is_in(c, column))
		return;
	if (before_what && at > 0 && c->list[at - 1] == COLUMN_WHAT) {
		at--;
		c->list[at + 1] = COLUMN_WHAT;
	}
	c->list[at] = (uint8_t)column;
	c->len++;
}

int columns_parse(const char *list, enum columns_use use, struct columns *ret_columns,
		  struct str *ret_bad)
{
	struct columns c = { .len = 0 };
	bool adds = list[0] == '+';

	if (adds)
		columns_usual(use, &c);
	for (;;) {
		const char *word = list + (list[0] == '+' && adds);
		struct str name = str_from(word, strcspn(word, ","));
		int column = column_parse(name);

		if (column < 0) {
			*ret_bad = name;
			return -EINVAL;
		}
		add(&c, column, adds);
		if (word[name.len] == '\0')
			break;
		list = word + name.len + 1;
	}
	*ret_columns = c;
	return 0;
}

void columns_help(enum columns_use use, struct buf *out)
{
	struct columns usual;

	columns_usual(use, &usual);
	for (int i = 0; i < COLUMN_COUNT; i++)
		buf_printf(out, "%c %-10s %s\n", is_in(&usual, i) ? '*' : ' ', column_specs[i].name,
			   column_specs[i].help);
	buf_puts(out, "* usual; a list that begins with '+' adds to these\n");
}
