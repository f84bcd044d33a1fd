// SPDX-License-Identifier: Apache-2.0
/*
 * scratch.c - a temporary directory for one test, and files in it
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

static char dir[256];

const char *scratch(void)
{
	const char *tmp = getenv("TMPDIR");

	if (dir[0])
		return dir;
	snprintf(dir, sizeof(dir), "%s/proctrace-test-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir) || chmod(dir, 0755))
		harness_fail("%s: %s", dir, strerror(errno));
	return dir;
}

const char *scratch_path(const char *name)
{
	static char paths[8][4096];
	static unsigned int next;
	char *path = paths[next++ % 8];
	char *slash;

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch(), name);
	slash = path + strlen(dir);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			harness_fail("%s: %s", path, strerror(errno));
		*slash = '/';
	}
	return path;
}

const char *scratch_copy(const char *from, const char *name)
{
	const char *path = scratch_path(name);
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	char block[1 << 16];
	ssize_t n;

	if (in < 0 || out < 0)
		harness_fail("copy of %s to %s: %s", from, path, strerror(errno));
	while ((n = read(in, block, sizeof(block))) > 0) {
		if (write(out, block, (size_t)n) != n)
			harness_fail("%s: %s", path, strerror(errno));
	}
	close(in);
	close(out);
	return path;
}

const char *scratch_write(const char *name, const char *text, mode_t mode)
{
	const char *path = scratch_path(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode))
		harness_fail("%s: %s", path, strerror(errno));
	close(fd);
	return path;
}

char *read_whole(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t len = 0, cap = 1 << 16;
	char *data = malloc(cap);

	if (!f || !data)
		harness_fail("%s: %s", path, strerror(errno));
	while (!feof(f)) {
		size_t n = fread(data + len, 1, cap - len - 1, f);

		len += n;
		if (ferror(f) || (cap - len < 2 && !(data = realloc(data, cap *= 2))))
			harness_fail("%s: %s", path, strerror(errno));
	}
	data[len] = '\0';
	fclose(f);
	return data;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_DP)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

void scratch_teardown(void)
{
	if (dir[0])
		nftw(dir, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	dir[0] = '\0';
}

const char *unique_name(const char *what)
{
	static char names[16][64];
	static unsigned int next;
	char *name = names[next++ % 16];

	snprintf(name, sizeof(names[0]), "%s-%d", what, getpid());
	return name;
}
