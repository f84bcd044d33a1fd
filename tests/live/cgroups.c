// SPDX-License-Identifier: Apache-2.0
/*
 * cgroups.c - real cgroups for live tests, removed when the test ends
 */
#include "cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define MADE_MAX 1100 /* directories of one test */

static char *made[MADE_MAX];
static size_t made_len;

static bool has_option(const char *options, const char *controller)
{
	size_t len = strlen(controller);

	for (const char *p = options; (p = strstr(p, controller)); p += len) {
		if ((p == options || p[-1] == ',') &&
		    (p[len] == ',' || p[len] == '\n' || p[len] == '\0'))
			return true;
	}
	return false;
}

const char *cgroup_mount(const char *controller)
{
	static char found[8][256];
	static unsigned int next;
	const char *type = *controller ? "cgroup" : "cgroup2";
	FILE *f = fopen("/proc/self/mountinfo", "re");
	const char *ret = NULL;
	char line[4096];

	while (f && !ret && fgets(line, sizeof(line), f)) {
		char where[256], fs[32], options[256];
		char *rest = strstr(line, " - ");

		if (!rest || sscanf(rest, " - %31s %*s %255s", fs, options) != 2 ||
		    sscanf(line, "%*s %*s %*s / %255s", where) != 1 || strcmp(fs, type) ||
		    (*controller && !has_option(options, controller)))
			continue;
		ret = found[next++ % 8];
		strcpy(found[(next - 1) % 8], where);
	}
	if (f)
		fclose(f);
	return ret;
}

static char *keep(const char *directory)
{
	for (size_t i = 0; i < made_len; i++) {
		if (!strcmp(made[i], directory))
			return made[i];
	}
	if (made_len == MADE_MAX)
		harness_fail("more than %d cgroups", MADE_MAX);
	made[made_len] = strdup(directory);
	return made[made_len++];
}

/* Every directory on the way. Returns false with errno. */
static bool make_all(char *full, size_t mount_len)
{
	char *slash = full + mount_len;
	bool made_it = true;

	while (made_it && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(full, 0755) == 0)
			keep(full);
		else
			made_it = errno == EEXIST;
		*slash = '/';
	}
	return made_it;
}

const char *cgroup_make(const char *controller, const char *path)
{
	const char *mount_point = cgroup_mount(controller);
	char *full, *kept = NULL;

	if (!mount_point)
		harness_skip("cgroup hierarchy %s is not mounted", *controller ? controller : "v2");
	if (asprintf(&full, "%s%s/", mount_point, path) < 0)
		abort();
	/* Again, because another run of the tests may just have removed a parent that was empty. */
	for (int tries = 0; tries < 10 && !kept; tries++) {
		if (make_all(full, strlen(mount_point))) {
			full[strlen(full) - 1] = '\0';
			/* One that a killed run left is taken over. */
			kept = keep(full);
		} else if (errno != ENOENT) {
			break;
		}
	}
	free(full);
	return kept;
}

const char *container_id(char digit)
{
	static char ids[16][65];
	char *id = ids[digit % 16];

	snprintf(id, sizeof(ids[0]), "%c%c%c%c%08x%052x", digit, digit, digit, digit,
		 (unsigned int)getpid(), 0xc0de);
	return id;
}

const char *cgroup_make_docker(const char *controller, const char *id)
{
	char path[128];

	snprintf(path, sizeof(path), "/docker/%s", id);
	return cgroup_make(controller, path);
}

const char *cgroup_own(const char *controller)
{
	static char line[4096];
	FILE *f = fopen("/proc/self/cgroup", "re");
	char *path = NULL;

	while (f && !path && fgets(line, sizeof(line), f)) {
		char *controllers = strchr(line, ':'), *end;

		if (!controllers || !(end = strchr(++controllers, ':')))
			continue;
		*end = '\0';
		if (*controller ? has_option(controllers, controller) : !*controllers)
			path = end + 1;
	}
	if (f)
		fclose(f);
	if (!path)
		harness_skip("no cgroup hierarchy %s", *controller ? controller : "v2");
	path[strcspn(path, "\n")] = '\0';
	return path;
}

void cgroup_remove_everywhere(const char *path)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096], where[256], full[1024];

	while (f && fgets(line, sizeof(line), f)) {
		if (!strstr(line, " - cgroup") || sscanf(line, "%*s %*s %*s / %255s", where) != 1)
			continue;
		snprintf(full, sizeof(full), "%s%s", where, path);
		cgroup_remove(full);
	}
	if (f)
		fclose(f);
}

int cgroup_write(const char *directory, const char *file, const char *value)
{
	char path[4096];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

void cgroup_move(const char *directory, int pid)
{
	char text[16];
	int err;

	snprintf(text, sizeof(text), "%d", pid);
	err = cgroup_write(directory, "cgroup.procs", text);
	if (err)
		harness_fail("pid %d into %s: %s", pid, directory, strerror(-err));
}

int cgroup_remove(const char *directory)
{
	int64_t deadline = clock_ms() + 2000;

	/* Busy until the last process in it has been reaped and left. */
	while (rmdir(directory) < 0) {
		if (errno != EBUSY || clock_ms() >= deadline)
			return -errno;
		stream_pump(-1, clock_ms() + 1);
	}
	return 0;
}

static const char *view; /* a controller of the only kind to be seen; NULL: all are */

/* Takes this program to a mount namespace of its own that shows no cgroups. */
static int hide_cgroups(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	while (umount2("/sys/fs/cgroup", MNT_DETACH) == 0)
		;
	return 0;
}

int cgroups_v2_only(void **state)
{
	(void)state;
	view = "";
	return hide_cgroups() || mount("none", "/sys/fs/cgroup", "cgroup2", 0, NULL) ? -1 : 0;
}

/* controllers: as /proc/PID/cgroup has them, "cpu,cpuacct" or "name=systemd". */
static int mount_v1(char *controllers)
{
	static const char name[] = "name=";
	bool named = !strncmp(controllers, name, strlen(name));
	char path[320], link[320], options[320];

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s",
		 named ? controllers + strlen(name) : controllers);
	snprintf(options, sizeof(options), "%s%s", named ? "none," : "", controllers);
	if (mkdir(path, 0755) || mount("none", path, "cgroup", 0, options))
		return -1;
	if (!strchr(controllers, ','))
		return 0;
	/* Runtimes look for each of those that share one. */
	for (char *save = NULL, *one = strtok_r(controllers, ",", &save); one;
	     one = strtok_r(NULL, ",", &save)) {
		snprintf(link, sizeof(link), "/sys/fs/cgroup/%s", one);
		if (symlink(strrchr(path, '/') + 1, link))
			return -1;
	}
	return 0;
}

int cgroups_v1_only(void **state)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[4096], controllers[256];
	int err;

	(void)state;
	view = "pids";
	err = !f || hide_cgroups() || mount("none", "/sys/fs/cgroup", "tmpfs", 0, "mode=755");
	while (!err && fgets(line, sizeof(line), f)) {
		/* That of v2 has none. */
		if (sscanf(line, "%*d:%255[^:]:", controllers) == 1)
			err = mount_v1(controllers);
	}
	if (f)
		fclose(f);
	return err ? -1 : 0;
}

void cgroups_need_view(void)
{
	if (view && !cgroup_mount(view))
		harness_skip("no cgroup %s here", *view ? "v1" : "v2");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_DP)
		rmdir(path);
	return 0;
}

void cgroups_teardown(void)
{
	while (made_len) {
		char *directory = made[--made_len];

		/* What a runtime made below it. */
		nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
		if (cgroup_remove(directory) < 0 && errno != ENOENT)
			fprintf(stderr, "%s: %s\n", directory, strerror(errno));
		free(directory);
	}
}
