// SPDX-License-Identifier: Apache-2.0
/*
 * compared.c - what proctrace inspect says of a process against what other tools say
 */
#include "compared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness.h"
#include "inspected.h"
#include "scratch.h"

static void need(const char *program, const char *package)
{
	char script[64];
	struct command *c;

	snprintf(script, sizeof(script), "command -v %s", program);
	c = command_start(NULL, argv_of("sh", "-c", script));
	if (command_wait(c, deadline_ms()) != 0)
		harness_skip("no %s here: install %s", program, package);
	command_free(c);
}

void compare_namespaces(pid_t pid, struct json_object *namespaces)
{
	char number[16], type[32];
	struct command *c;
	int len, count = 0;
	long inode;

	need("lsns", "util-linux");
	snprintf(number, sizeof(number), "%d", pid);
	c = command_run(NULL, argv_of("lsns", "-n", "-r", "-p", number, "-o", "TYPE,NS"));
	for (const char *p = c->out.data; sscanf(p, "%31s %ld\n%n", type, &inode, &len) == 2;
	     p += len) {
		struct json_object *row = row_of(namespaces, "list", "type", type);

		check_that(namespaces, row != NULL);
		check_int(row, "number", inode);
		count++;
	}
	check_that(namespaces, count >= 7);
	command_free(c);
}

/* The line of /proc/<pid>/status that begins so. */
static void read_status(pid_t pid, const char *name, char ret_value[64])
{
	char path[64], *text, *line;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	text = read_whole(path);
	line = strstr(text, name);
	assert_non_null(line);
	assert_int_equal(sscanf(line + strlen(name), "%63s", ret_value), 1);
	free(text);
}

static bool has_value(struct json_object *list, const char *value)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (!strcasecmp(json_object_get_string(json_object_array_get_idx(list, i)), value))
			return true;
	return false;
}

/* capsh prints "0x00000000a80425fb=cap_chown,cap_…". */
static void compare_set(pid_t pid, struct json_object *privileges, const char *status,
			const char *set)
{
	char hex[64], option[96], path[64], *save = NULL, *word, *names;
	struct json_object *list;
	struct command *c;
	size_t count = 0;

	read_status(pid, status, hex);
	snprintf(option, sizeof(option), "--decode=%s", hex);
	snprintf(path, sizeof(path), "capabilities.%s", set);
	list = field_find(privileges, path);
	check_that(privileges, list != NULL);
	c = command_run(NULL, argv_of("capsh", option));
	names = strndup(c->out.data, c->out.len);
	assert_non_null(strchr(names, '='));
	for (word = strtok_r(strchr(names, '=') + 1, ",\n", &save); word;
	     word = strtok_r(NULL, ",\n", &save)) {
		check_that(privileges, has_value(list, word));
		count++;
	}
	check_that(privileges, json_object_array_length(list) == count);
	free(names);
	command_free(c);
}

void compare_capabilities(pid_t pid, struct json_object *privileges)
{
	static const struct {
		const char *status, *set;
	} sets[] = {
		{ "CapInh:", "inheritable" }, { "CapPrm:", "permitted" },
		{ "CapEff:", "effective" },   { "CapBnd:", "bounding" },
		{ "CapAmb:", "ambient" },
	};

	need("capsh", "libcap2-bin");
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		compare_set(pid, privileges, sets[i].status, sets[i].set);
}

void compare_process(pid_t pid, struct json_object *identity, struct json_object *privileges)
{
	long ppid, session, threads, uid, gid, ruid, suid;
	char number[16], comm[64];
	struct command *c;

	need("ps", "procps");
	snprintf(number, sizeof(number), "%d", pid);
	c = command_run(NULL, argv_of("ps", "-o", "ppid=,sess=,nlwp=,uid=,gid=,ruid=,suid=,comm=",
				      "-p", number));
	assert_int_equal(sscanf(c->out.data, "%ld %ld %ld %ld %ld %ld %ld %63s", &ppid, &session,
				&threads, &uid, &gid, &ruid, &suid, comm),
			 8);
	if (ppid)
		check_int(identity, "ancestry[0].pid", ppid);
	check_int(identity, "session", session);
	check_int(identity, "threads", threads);
	check_str(identity, "name", comm);
	check_int(row_of(privileges, "ids", "kind", "effective"), "uid", uid);
	check_int(row_of(privileges, "ids", "kind", "effective"), "gid", gid);
	check_int(row_of(privileges, "ids", "kind", "real"), "uid", ruid);
	check_int(row_of(privileges, "ids", "kind", "saved"), "uid", suid);
	command_free(c);
}

/* Of a group that is shown alone: "└─4711 sleep 600". */
static bool lists_pid(const char *tree, pid_t pid)
{
	for (const char *p = tree; (p = strstr(p, "─")); p++) {
		const char *number = p + strlen("─");

		number += strspn(number, " ");
		if (strtol(number, NULL, 10) == pid)
			return true;
	}
	return false;
}

void compare_cgroups(pid_t pid, struct json_object *cgroups)
{
	struct json_object *list = field_find(cgroups, "hierarchies");
	size_t compared = 0;

	need("systemd-cgls", "systemd");
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *row = json_object_array_get_idx(list, i);
		const char *controllers = field_str(row, "controllers");
		struct command *c;
		char *group;

		/* It takes the first name of several, and of v2 only what systemd mounted. */
		if (!strcmp(controllers, "v2"))
			continue;
		assert_true(asprintf(&group, "%.*s:%s", (int)strcspn(controllers, ","), controllers,
				     field_str(row, "path")) > 0);
		c = command_run(NULL, argv_of("systemd-cgls", "--no-pager", "-l", group));
		if (!lists_pid(c->out.data, pid))
			harness_fail("systemd-cgls does not have %d in %s: %s", pid, group,
				     c->out.data);
		command_free(c);
		free(group);
		compared++;
	}
	check_that(cgroups, compared > 0);
}
