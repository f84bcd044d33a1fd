/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host_tree.h - a throw-away directory tree for tests that read a host's files
 */
#ifndef TESTS_HOST_TREE_H
#define TESTS_HOST_TREE_H

#include <stddef.h>
#include <stdint.h>

/* A recorded host with one container of each runtime. */
#define HOST_FIXTURE "tests/fixtures/container/host"

struct host_tree {
	char root[256];
};

/* Everything below fails the test if it cannot be done. */
void host_tree_init(struct host_tree *t);
void host_tree_done(struct host_tree *t);

/* Into a buffer of its own, overwritten four calls later. */
const char *host_tree_path(const struct host_tree *t, const char *path);

/* With all directories above. Returns the inode number of the last one. */
uint64_t host_tree_mkdir(const struct host_tree *t, const char *path);
void host_tree_write(const struct host_tree *t, const char *path, const void *data, size_t len);
void host_tree_text(const struct host_tree *t, const char *path, const char *text);
void host_tree_link(const struct host_tree *t, const char *path, const char *target);
void host_tree_fifo(const struct host_tree *t, const char *path);
void host_tree_remove(const struct host_tree *t, const char *path);

#endif /* TESTS_HOST_TREE_H */
