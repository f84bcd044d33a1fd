// SPDX-License-Identifier: Apache-2.0
/*
 * test_inspect_places - mounts, networks and resources, against findmnt, ip, ss, prlimit and docker
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "inspected.h"
#include "needed.h"
#include "runtime.h"
#include "runtime_ops.h"
#include "scratch.h"

/* The program's output, parsed; skips the test if it is not installed. */
static struct json_object *ask_json(const char *package, const char *const argv[])
{
	struct json_object *answer;
	struct command *c;
	char script[128];

	snprintf(script, sizeof(script), "command -v %s", argv[0]);
	c = command_start(NULL, argv_of("sh", "-c", script));
	if (command_wait(c, deadline_ms()) != 0)
		harness_skip("%s is not installed", package);
	command_free(c);
	c = command_run(NULL, argv);
	answer = json_tokener_parse(c->out.data);
	if (!answer)
		harness_fail("%s: no JSON: %s", argv[0], c->out.data);
	command_free(c);
	return answer;
}

static const char *number(pid_t pid)
{
	static char text[4][16];
	static unsigned int next;
	char *to = text[next++ % 4];

	snprintf(to, sizeof(text[0]), "%d", pid);
	return to;
}

/* ---- resources ---- */

static void limits_as_prlimit(void **state)
{
	char *row, *save = NULL;
	struct json_object *said;
	struct command *c;
	size_t count = 0;

	(void)state;
	c = command_run(NULL, argv_of("prlimit", "--raw", "--noheadings", "--output",
				      "RESOURCE,SOFT,HARD", "--pid", number(getpid())));
	said = inspected(getpid(), "resources", NULL);
	for (row = strtok_r(c->out.data, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
		char name[32], soft[32], hard[32];
		struct json_object *found;

		assert_int_equal(sscanf(row, "%31s %31s %31s", name, soft, hard), 3);
		for (char *p = name; *p; p++)
			*p |= 0x20;
		found = row_of(said, "limits", "limit", name);
		check_that(said, found != NULL);
		assert_string_equal(json_object_get_string(field_find(found, "soft")), soft);
		assert_string_equal(json_object_get_string(field_find(found, "hard")), hard);
		count++;
	}
	assert_int_equal(count, rows_of(said, "limits"));
	assert_int_equal(count, 16);
	json_object_put(said);
	command_free(c);
}

static struct command *start_sleeper(const char *script)
{
	struct command *c = command_start(NULL, argv_of("sh", "-c", script));

	command_wait_lines(c, 1);
	return c;
}

static int64_t count_fds(pid_t pid)
{
	char script[64];
	struct command *c;
	int64_t n;

	snprintf(script, sizeof(script), "ls /proc/%d/fd | wc -l", pid);
	c = command_run(NULL, argv_of("sh", "-c", script));
	n = atoll(c->out.data);
	command_free(c);
	return n;
}

static void scheduling_as_set(void **state)
{
	struct command *c = start_sleeper("taskset -pc 0 $$ >/dev/null; renice 7 $$ >/dev/null; "
					  "echo 123 >/proc/$$/oom_score_adj; "
					  "ulimit -n 77; echo ready; exec sleep 600 3</dev/null");
	struct json_object *said, *row;

	(void)state;
	said = inspected(c->pid, "resources", NULL);
	check_str(said, "scheduling.policy", "other");
	check_int(said, "scheduling.nice", 7);
	check_str(said, "scheduling.affinity", "0");
	check_int(said, "oom.score_adj", 123);
	row = row_of(said, "limits", "limit", "nofile");
	check_int(row, "soft", 77);
	check_int(row, "used", count_fds(c->pid));
	check_between(said, "memory.vm_rss_bytes", 4096, 64 << 20);
	check_there(said, "memory.pss_bytes");
	check_there(said, "io.read_calls");
	json_object_put(said);
	command_free(c);
}

/* ---- mounts ---- */

/* Every mount of the process, and what is said of each, as findmnt has it. */
static void check_as_findmnt(pid_t pid)
{
	struct json_object *theirs = ask_json(
		"util-linux", argv_of("findmnt", "--json", "--list", "--task", number(pid), "-o",
				      "ID,PARENT,TARGET,FSTYPE,FSROOT,VFS-OPTIONS,MAJ:MIN"));
	struct json_object *ours = inspected(pid, "mounts", argv_of("--all")), *list;

	list = field_find(theirs, "filesystems");
	assert_int_equal(json_object_array_length(list), rows_of(ours, "mounts"));
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *want = json_object_array_get_idx(list, i);
		struct json_object *row =
			row_of_number(ours, "mounts", "id", (long)field_int(want, "id"));

		check_that(want, row != NULL);
		check_int(row, "parent_id", field_int(want, "parent"));
		check_str(row, "point", field_str(want, "target"));
		check_str(row, "type", field_str(want, "fstype"));
		check_str(row, "root", field_str(want, "fsroot"));
		check_str(row, "options", field_str(want, "vfs-options"));
		check_str(row, "device", field_str(want, "maj:min"));
	}
	json_object_put(theirs);
	json_object_put(ours);
}

static void mounts_as_findmnt(void **state)
{
	struct json_object *said, *row;
	struct command *c;
	char script[2048];
	char *text;

	(void)state;
	needed_overlay();
	/* The host's, as they are: there somebody else may mount between two looks. */
	c = start_sleeper("exec unshare -m --propagation private "
			  "sh -c 'echo ready; exec sleep 600'");
	check_as_findmnt(c->pid);
	command_free(c);
	snprintf(
		script, sizeof(script),
		"set -e; d='%s'; mkdir -p \"$d\"; exec unshare -m --propagation private sh -ec '"
		"mount -t tmpfs -o nosuid,noexec t \"$0\"; cd \"$0\"; "
		"mkdir -p a lower upper work merged \"x y\"; "
		"mount --bind /proc/sys \"x y\"; "
		"mount -t overlay -o lowerdir=$PWD/lower,upperdir=$PWD/upper,workdir=$PWD/work o merged; "
		"mount --bind /usr a; mount -o remount,ro,bind a; mount --make-shared merged; "
		"mount --bind /dev/null /proc/version; mount -t tmpfs -o ro t /proc/irq; "
		"mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys; "
		"echo ready; exec sleep 600' \"$d\"",
		scratch_path("m\x1b[1m"));
	c = start_sleeper(script);
	check_as_findmnt(c->pid);
	said = inspected(c->pid, "mounts", NULL);

	row = row_of(said, "mounts", "point", scratch_path("m\x1b[1m/a"));
	check_that(said, row != NULL);
	check_true(row, "read_only");
	check_str(row, "on_host", "/usr");
	check_str(row, "root", "/usr");
	check_str(row, "propagation", "private");
	row = row_of(said, "mounts", "point", scratch_path("m\x1b[1m/x y"));
	check_str(row, "on_host", "/proc/sys");
	row = row_of(said, "mounts", "point", scratch_path("m\x1b[1m/merged"));
	check_starts(row, "propagation", "shared ");
	check_absent(row, "on_host");
	row = row_of(said, "overlays", "point", scratch_path("m\x1b[1m/merged"));
	check_str(row, "upper[0]", scratch_path("m\x1b[1m/upper"));
	check_str(row, "work[0]", scratch_path("m\x1b[1m/work"));
	check_str(row, "lower[0]", scratch_path("m\x1b[1m/lower"));
	check_that(row, rows_of(row, "lower") == 1);
	row = row_of(said, "masks", "point", "/proc/version");
	check_starts(row, "mask", "hidden: /dev/null");
	row = row_of(said, "masks", "point", "/proc/sys");
	check_str(row, "mask", "read only");
	check_that(said, rows_of(said, "masks") == 3);
	json_object_put(said);
	text = inspected_text(c->pid, "mounts", NULL);
	assert_null(strchr(text, '\x1b'));
	free(text);
	command_free(c);
}

/* ---- network ---- */

/* Addresses and routes of the namespace, both ways. ns: words that run a command in it. */
static void check_as_ip(pid_t pid)
{
	struct json_object *links, *said = inspected(pid, "network", argv_of("--all"));
	struct json_object *row;
	size_t addresses = 0, interfaces;

	links = ask_json("iproute2",
			 argv_of("nsenter", "-n", "-t", number(pid), "ip", "-j", "addr"));
	interfaces = json_object_array_length(links);
	for (size_t i = 0; i < interfaces; i++) {
		struct json_object *link = json_object_array_get_idx(links, i);
		struct json_object *list = field_find(link, "addr_info");

		check_that(said,
			   row_of(said, "interfaces", "interface", field_str(link, "ifname")));
		for (size_t k = 0; k < json_object_array_length(list); k++) {
			struct json_object *addr = json_object_array_get_idx(list, k);

			row = row_of(said, "addresses", "address", field_str(addr, "local"));
			check_that(addr, row != NULL);
			if (field_str(row, "interface")) {
				check_str(row, "interface", field_str(link, "ifname"));
				check_int(row, "prefix_length", field_int(addr, "prefixlen"));
			}
			addresses++;
		}
	}
	assert_int_equal(interfaces, rows_of(said, "interfaces"));
	assert_int_equal(addresses, rows_of(said, "addresses"));
	json_object_put(links);
	json_object_put(said);
}

static void network_as_ip(void **state)
{
	struct json_object *said, *row;
	struct command *c;

	(void)state;
	needed_veth();
	check_as_ip(getpid());
	c = start_sleeper(
		"exec unshare -n sh -ec 'ip link set lo up; "
		"ip link add d0 type veth peer name d1; "
		"ip link set d0 up; ip link set d1 up; "
		"ip addr add 192.0.2.9/24 dev d0; ip addr add 2001:db8::9/64 dev d0 nodad; "
		"ip route add 198.51.100.0/25 via 192.0.2.1 metric 7; "
		"echo ready; exec sleep 600'");
	check_as_ip(c->pid);
	said = inspected(c->pid, "network", NULL);
	row = row_of(said, "addresses", "address", "192.0.2.9");
	check_str(row, "interface", "d0");
	check_int(row, "prefix_length", 24);
	row = row_of(said, "addresses", "address", "2001:db8::9");
	check_str(row, "scope", "global");
	row = row_of(said, "routes", "to", "198.51.100.0/25");
	check_str(row, "via", "192.0.2.1");
	check_str(row, "interface", "d0");
	check_int(row, "metric", 7);
	check_absent(row_of(said, "routes", "to", "192.0.2.0/24"), "via");
	check_that(said, rows_of(said, "listening") == 0);
	json_object_put(said);
	command_free(c);
}

/* Whoever listens in this namespace, as ss counts them; others may come and go meanwhile. */
static void listeners_as_ss(void **state)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(addr);
	struct json_object *said, *row;
	char local[64], script[128];
	struct command *c;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	snprintf(local, sizeof(local), "[::]:%d", ntohs(addr.sin6_port));
	snprintf(script, sizeof(script), "ss -Hltn | grep -c ':%d '", ntohs(addr.sin6_port));
	c = command_run(NULL, argv_of("sh", "-c", script));
	assert_int_equal(atoi(c->out.data), 1);
	command_free(c);
	said = inspected(getpid(), "network", argv_of("--all"));
	row = row_of(said, "listening", "local", local);
	check_that(said, row != NULL);
	check_str(row, "protocol", "tcp6");
	check_that(row, has_process(row, "processes", getpid()));
	json_object_put(said);
	close(fd);
}

/* ---- a container ---- */

/* Those that this kernel has, which is all that can be hidden. */
static void check_masks(struct json_object *said, struct json_object *paths, const char *how)
{
	size_t checked = 0;

	for (size_t i = 0; i < json_object_array_length(paths); i++) {
		const char *path = json_object_get_string(json_object_array_get_idx(paths, i));
		struct json_object *row = row_of(said, "masks", "point", path);

		if (access(path, F_OK) < 0)
			continue;
		check_that(said, row != NULL);
		check_starts(row, "mask", how);
		checked++;
	}
	assert_true(checked > 0);
}

static void in_docker(void **state)
{
	struct json_object *theirs, *said, *row;
	const char *volume = scratch_path("volume"), *name = unique_name("inspect");
	struct command *c;
	char option[600];
	pid_t pid;

	(void)state;
	runtime_need("docker");
	mkdir(volume, 0755);
	snprintf(option, sizeof(option), "%s:/data:ro", volume);
	command_free(engine_run(argv_of("run", "-d", "--network", "none", "--name", name, "-v",
					option, "-e", "SECRET_X=1", "-e", "PLAIN=2",
					"busyboxtest:1", "sleep", "600")));
	c = engine_run(argv_of("inspect", name));
	theirs = json_tokener_parse(c->out.data);
	command_free(c);
	pid = (pid_t)field_int(json_object_array_get_idx(theirs, 0), "State.Pid");
	check_as_findmnt(pid);
	said = inspected(pid, "mounts", NULL);
	row = row_of(said, "mounts", "point", "/data");
	check_that(said, row != NULL);
	check_str(row, "on_host",
		  field_str(json_object_array_get_idx(theirs, 0), "Mounts[0].Source"));
	check_true(row, "read_only");
	row = row_of(said, "overlays", "point", "/");
	check_that(said, row != NULL);
	check_str(row, "upper[0]",
		  field_str(json_object_array_get_idx(theirs, 0), "GraphDriver.Data.UpperDir"));
	check_str(row, "work[0]",
		  field_str(json_object_array_get_idx(theirs, 0), "GraphDriver.Data.WorkDir"));
	check_masks(said,
		    field_find(json_object_array_get_idx(theirs, 0), "HostConfig.MaskedPaths"),
		    "hidden: ");
	check_masks(said,
		    field_find(json_object_array_get_idx(theirs, 0), "HostConfig.ReadonlyPaths"),
		    "read only");
	json_object_put(said);

	said = inspected(pid, "network", NULL);
	check_that(said, rows_of(said, "listening") == 0);
	check_that(said, row_of(said, "interfaces", "interface", "lo"));
	json_object_put(said);
	said = inspected(pid, "environment", argv_of("--env", "SECRET*,PLAIN"));
	check_str(row_of(said, "values", "name", "SECRET_X"), "value", "[redacted]");
	check_str(row_of(said, "values", "name", "PLAIN"), "value", "2");
	json_object_put(said);
	json_object_put(theirs);
	command_free(engine_run(argv_of("rm", "-f", name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(limits_as_prlimit), live_test(scheduling_as_set),
		live_test(mounts_as_findmnt), live_test(network_as_ip),
		live_test(listeners_as_ss),   live_test(in_docker),
	};

	return cmocka_run_group_tests(tests, NULL, runtime_stop);
}
