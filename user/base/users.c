// SPDX-License-Identifier: Apache-2.0
/*
 * users.c - user names from a passwd file
 *
 * The file's bytes are kept as they are; entries point into them. A new version is
 * read beside the old one and replaces it when it is complete.
 */
#include "base/users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Running out of memory costs an entry its place in a table, not the program its life. */
#define HASH_NONFATAL_OOM	 1
#define uthash_nonfatal_oom(elt) ((elt)->lost = true)
#include <uthash.h>

#include "base/cleanup.h"
#include "base/clock.h"

struct user {
	UT_hash_handle by_uid;
	UT_hash_handle by_name;
	struct str name;
	uint32_t uid;
	bool lost;
};

/* One version of the file. */
struct version {
	char *text;
	struct user *entries;
	size_t len;
	struct user *by_uid;
	struct user *by_name;
};

/* What tells two versions apart. */
struct identity {
	dev_t dev;
	ino_t inode;
	off_t size;
	struct timespec changed;
	struct timespec modified;
};

struct users {
	const char *path; /* NULL: nothing is looked at again */
	struct version now;
	struct identity identity;
	uint64_t looked_ns;
};

static void version_done(struct version *v)
{
	HASH_CLEAR(by_uid, v->by_uid);
	HASH_CLEAR(by_name, v->by_name);
	free(v->entries);
	free(v->text);
	*v = (struct version){ 0 };
}

/* Takes what stands before the next separator off *rest; false if there is none. */
static bool take_until(struct str *rest, char separator, struct str *ret)
{
	const char *end = rest->len ? memchr(rest->p, separator, rest->len) : NULL;

	if (!end)
		return false;
	*ret = str_from(rest->p, (size_t)(end - rest->p));
	*rest = str_from(end + 1, rest->len - ret->len - 1);
	return true;
}

/* name:password:uid:…; passwd(5). "+" and "-" at the beginning are for NIS, no users. */
static bool parse_user(struct str line, struct user *ret_user)
{
	struct str name, password, number;
	uint64_t uid = 0;

	if (!take_until(&line, ':', &name) || !take_until(&line, ':', &password) ||
	    !take_until(&line, ':', &number))
		return false;
	if (name.len == 0 || name.p[0] == '+' || name.p[0] == '-' || name.p[0] == '#' ||
	    number.len == 0 || number.len > 10)
		return false;
	for (size_t i = 0; i < number.len; i++) {
		if (number.p[i] < '0' || number.p[i] > '9')
			return false;
		uid = uid * 10 + (uint64_t)(number.p[i] - '0');
	}
	/* The last one means "no user" to the kernel. */
	if (uid >= UINT32_MAX)
		return false;
	*ret_user = (struct user){ .name = name, .uid = (uint32_t)uid };
	return true;
}

/* The first entry of a uid, and that of a name, is the one that counts, as for getpwuid(3). */
static void index_user(struct version *v, struct user *user)
{
	struct user *found;

	HASH_FIND(by_uid, v->by_uid, &user->uid, sizeof(user->uid), found);
	if (!found)
		HASH_ADD(by_uid, v->by_uid, uid, sizeof(user->uid), user);
	HASH_FIND(by_name, v->by_name, user->name.p, user->name.len, found);
	if (!found)
		HASH_ADD_KEYPTR(by_name, v->by_name, user->name.p, user->name.len, user);
}

static size_t count_lines(struct str text)
{
	struct str line;
	size_t n = 1; /* the last one may lack its newline */

	while (n < USERS_MAX && take_until(&text, '\n', &line))
		n++;
	return n;
}

static int index_version(struct version *v, size_t len)
{
	struct str rest = str_from(v->text, len);
	size_t cap = count_lines(rest);

	v->entries = calloc(cap, sizeof(*v->entries));
	if (!v->entries)
		return -ENOMEM;
	while (rest.len && v->len < cap) {
		struct str line;

		if (!take_until(&rest, '\n', &line)) {
			line = rest;
			rest.len = 0;
		}
		if (parse_user(line, &v->entries[v->len]))
			index_user(v, &v->entries[v->len++]);
	}
	return 0;
}

static struct identity identity_of(const struct stat *st)
{
	return (struct identity){ .dev = st->st_dev,
				  .inode = st->st_ino,
				  .size = st->st_size,
				  .changed = st->st_ctim,
				  .modified = st->st_mtim };
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same_identity(const struct identity *a, const struct identity *b)
{
	return a->dev == b->dev && a->inode == b->inode && a->size == b->size &&
	       same_time(a->changed, b->changed) && same_time(a->modified, b->modified);
}

/* Reads the whole file into memory of its own. */
static int read_text(int fd, size_t size, char **ret_text, size_t *ret_len)
{
	_cleanup_free_ char *text = malloc(size + 1);
	size_t len = 0;
	ssize_t n = 1;

	if (!text)
		return -ENOMEM;
	while (len < size && n) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		len += n > 0 ? (size_t)n : 0;
	}
	*ret_len = len;
	*ret_text = take_ptr(text);
	return 0;
}

/* A regular file only: reading a FIFO or a device in its place would wait for ever. */
static int load(struct users *users)
{
	_cleanup_close_ int fd = open(users->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct version v = { 0 };
	struct stat st;
	size_t len = 0;
	int err;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > USERS_FILE_BYTES)
		/* cppcheck-suppress resourceLeak ; closed by its cleanup attribute */
		return -EINVAL;
	err = read_text(fd, (size_t)st.st_size, &v.text, &len);
	if (!err)
		err = index_version(&v, len);
	if (err) {
		version_done(&v);
		return err;
	}
	version_done(&users->now);
	users->now = v;
	users->identity = identity_of(&st);
	return 0;
}

void users_refresh(struct users *users, uint64_t now_ns)
{
	struct identity identity;
	struct stat st;

	if (!users->path || (users->looked_ns && now_ns - users->looked_ns < NSEC_PER_SEC))
		return;
	users->looked_ns = now_ns;
	if (stat(users->path, &st) < 0)
		return; /* being replaced, or gone: what was known stays */
	identity = identity_of(&st);
	/* A failure leaves the old names; the next second tries again. */
	if (!same_identity(&identity, &users->identity))
		load(users);
}

int users_new(const char *passwd_path, struct users **ret_users)
{
	struct users *users = calloc(1, sizeof(*users));

	if (!users)
		return -ENOMEM;
	users->path = passwd_path;
	users_refresh(users, clock_boot_ns());
	*ret_users = users;
	return 0;
}

int users_new_text(struct str text, struct users **ret_users)
{
	struct users *users = calloc(1, sizeof(*users));
	int err = -ENOMEM;

	if (users)
		users->now.text = malloc(text.len + 1);
	if (users && users->now.text) {
		if (text.len)
			memcpy(users->now.text, text.p, text.len);
		err = index_version(&users->now, text.len);
	}
	if (err) {
		users_free(users);
		return err;
	}
	*ret_users = users;
	return 0;
}

void users_free(struct users *users)
{
	if (!users)
		return;
	version_done(&users->now);
	free(users);
}

struct str users_name(struct users *users, uint32_t uid)
{
	struct user *found;

	users_refresh(users, clock_boot_ns());
	HASH_FIND(by_uid, users->now.by_uid, &uid, sizeof(uid), found);
	return found ? found->name : (struct str){ 0 };
}

int users_uid(struct users *users, const char *name, uint32_t *ret_uid)
{
	struct user *found;

	users_refresh(users, clock_boot_ns());
	HASH_FIND(by_name, users->now.by_name, name, strlen(name), found);
	if (!found)
		return -ENOENT;
	*ret_uid = found->uid;
	return 0;
}
