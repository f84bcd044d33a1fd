// SPDX-License-Identifier: Apache-2.0
/*
 * host_tree.c - a throw-away directory tree for tests that read a host's files
 */
#include "host_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void host_tree_init(struct host_tree *t)
{
	const char *tmp = getenv("TMPDIR");
	char made[sizeof(t->root)];

	snprintf(made, sizeof(made), "%s/proctrace-test-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(made));
	assert_non_null(realpath(made, t->root));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void host_tree_done(struct host_tree *t)
{
	assert_int_equal(nftw(t->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *host_tree_path(const struct host_tree *t, const char *path)
{
	static char paths[4][4096];
	static unsigned int next;
	char *out = paths[next++ % 4];

	snprintf(out, sizeof(paths[0]), "%s%s", t->root, path);
	return out;
}

/* Everything up to the last slash; with a slash at the end, everything. */
static void make_above(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(path, 0755); /* there already, mostly */
		*p = '/';
	}
}

uint64_t host_tree_mkdir(const struct host_tree *t, const char *path)
{
	char full[4096];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s/", t->root, path);
	make_above(full);
	assert_int_equal(stat(full, &st), 0);
	return st.st_ino;
}

static const char *prepare(const struct host_tree *t, const char *path)
{
	static char full[4096];

	snprintf(full, sizeof(full), "%s%s", t->root, path);
	make_above(full);
	return full;
}

void host_tree_write(const struct host_tree *t, const char *path, const void *data, size_t len)
{
	FILE *f = fopen(prepare(t, path), "we");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

void host_tree_text(const struct host_tree *t, const char *path, const char *text)
{
	host_tree_write(t, path, text, strlen(text));
}

void host_tree_link(const struct host_tree *t, const char *path, const char *target)
{
	assert_int_equal(symlink(target, prepare(t, path)), 0);
}

void host_tree_fifo(const struct host_tree *t, const char *path)
{
	assert_int_equal(mkfifo(prepare(t, path), 0644), 0);
}

void host_tree_remove(const struct host_tree *t, const char *path)
{
	char full[4096];

	snprintf(full, sizeof(full), "%s%s", t->root, path);
	assert_int_equal(nftw(full, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}
