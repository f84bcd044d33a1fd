// SPDX-License-Identifier: Apache-2.0
/*
 * keeper.c - what becomes of closed files: compressed, and removed when they are too many
 *
 * An empty file may be the one that is about to become the log: it is neither counted nor
 * opened, for closing it again would end the lock on it (place.c).
 */
#include "log/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/thread.h"
#include "log/closed.h"
#include "log/compress.h"

#define NICE	   19			/* behind everything that somebody waits for */
#define LAST_FILES 8			/* so many are still compressed at the end, … */
#define LAST_BYTES ((uint64_t)32 << 20) /* … if they are no longer than that together */

struct keeper {
	struct keeper_options options;
	struct place place;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;

	/* Under the lock. */
	bool kicked, busy, closing;
	uint64_t last_files, last_bytes; /* what is left of LAST_FILES and LAST_BYTES */
	uint64_t failures;
	struct why why;

	/* The thread's own. */
	uint64_t compressing_bytes;
};

/* What there is, without what is no closed file. */
struct pass {
	int dir_fd;
	struct closed *list; /* owned */
	size_t len;
};

/*
 * Asked while a file is compressed, and before. The end of tracing waits for little, as each
 * file has to be on the disk: the rest is compressed after the next start.
 */
static bool has_to_stop(void *arg)
{
	struct keeper *k = arg;
	bool stop;

	pthread_mutex_lock(&k->lock);
	stop = k->closing && (!k->last_files || k->compressing_bytes > k->last_bytes);
	pthread_mutex_unlock(&k->lock);
	return stop;
}

static void fail(struct keeper *k, const char *what, const char *name, int error)
{
	pthread_mutex_lock(&k->lock);
	k->failures++;
	why_set(&k->why, error, "cannot %s '%s/%s': %s", what, k->place.directory, name,
		strerror(-error));
	pthread_mutex_unlock(&k->lock);
}

static void remove_one(struct keeper *k, int dir_fd, const struct closed *closed)
{
	char name[CLOSED_NAME_MAX];

	if (closed_name_of(name, k->place.name, closed) == 0 && unlinkat(dir_fd, name, 0) < 0 &&
	    errno != ENOENT)
		fail(k, "remove", name, -errno);
}

/* Lists the closed files, and clears away what a crash left of compressing. */
static int list(struct keeper *k, struct pass *pass)
{
	size_t len = 0;
	int r;

	free(take_ptr(pass->list));
	pass->len = 0;
	r = closed_list(pass->dir_fd, k->place.name, &pass->list, &pass->len);
	if (r < 0) {
		fail(k, "read the directory of", k->place.name, r);
		return r;
	}
	for (size_t i = 0; i < pass->len; i++) {
		const struct closed *c = &pass->list[i];
		bool has_copy = !c->compressed && i + 1 < pass->len &&
				pass->list[i + 1].number == c->number &&
				pass->list[i + 1].compressed;

		if (c->undone || (has_copy && c->bytes))
			remove_one(k, pass->dir_fd, c);
		else if (c->bytes)
			pass->list[len++] = *c;
	}
	pass->len = len;
	return 0;
}

static uint64_t current_bytes(const struct keeper *k, int dir_fd)
{
	struct stat st;

	if (fstatat(dir_fd, k->place.name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return k->options.max_bytes;
	return k->options.max_bytes > (uint64_t)st.st_size ? k->options.max_bytes :
							     (uint64_t)st.st_size;
}

/* Removes the oldest files, if there are too many of them. */
static void prune(struct keeper *k, struct pass *pass)
{
	uint64_t total = current_bytes(k, pass->dir_fd);
	size_t gone = 0;

	for (size_t i = 0; i < pass->len; i++)
		total += pass->list[i].bytes;
	while (gone < pass->len && ((k->options.keep && pass->len - gone > k->options.keep) ||
				    (k->options.max_total && total > k->options.max_total))) {
		total -= pass->list[gone].bytes;
		remove_one(k, pass->dir_fd, &pass->list[gone++]);
	}
	if (gone) /* no list at all is no address */
		memmove(pass->list, pass->list + gone, (pass->len - gone) * sizeof(*pass->list));
	pass->len -= gone;
}

static void spend(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	if (k->closing) {
		k->last_files--;
		k->last_bytes -= k->last_bytes < k->compressing_bytes ? k->last_bytes :
									k->compressing_bytes;
	}
	pthread_mutex_unlock(&k->lock);
}

static void compress(struct keeper *k, const struct pass *pass)
{
	for (size_t i = 0; i < pass->len; i++) {
		const struct closed *c = &pass->list[i];
		char name[CLOSED_NAME_MAX];
		int r;

		if (c->compressed)
			continue;
		k->compressing_bytes = c->bytes;
		if (has_to_stop(k))
			return;
		r = compress_closed(pass->dir_fd, k->place.name, c, has_to_stop, k);
		if (r == 0)
			spend(k);
		/* Somebody may take files away. */
		if (r == 0 || r == -ENOENT)
			continue;
		if (r != -ECANCELED && closed_name_of(name, k->place.name, c) == 0)
			fail(k, "compress", name, r);
		return; /* a full disk is not fuller for the next */
	}
}

static void pass(struct keeper *k)
{
	_cleanup_close_ int dir_fd = -1;
	struct pass pass = { 0 };
	struct why why;

	/* Gone, or not safe any more: that is for who writes the log to say. */
	if (place_open_directory(&k->place, &dir_fd, &why) < 0)
		return;
	pass.dir_fd = dir_fd;
	if (list(k, &pass) == 0)
		prune(k, &pass);
	if (k->options.compress) {
		compress(k, &pass);
		if (list(k, &pass) == 0)
			prune(k, &pass);
	}
	free(pass.list);
}

static void *keeper_main(void *arg)
{
	struct keeper *k = arg;

	/* On Linux of this thread alone. Nothing depends on it. */
	setpriority(PRIO_PROCESS, 0, NICE);
	pthread_mutex_lock(&k->lock);
	while (!k->closing || k->kicked) {
		if (!k->kicked) {
			k->busy = false;
			pthread_cond_broadcast(&k->idle);
			pthread_cond_wait(&k->wake, &k->lock);
			continue;
		}
		k->kicked = false;
		k->busy = true;
		pthread_mutex_unlock(&k->lock);
		pass(k);
		pthread_mutex_lock(&k->lock);
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

int keeper_new(const struct keeper_options *options, struct keeper **ret_keeper)
{
	struct keeper *k = calloc(1, sizeof(*k));
	struct why why;
	int r;

	if (!k)
		return -ENOMEM;
	k->options = *options;
	k->kicked = true;
	k->last_files = LAST_FILES;
	k->last_bytes = LAST_BYTES;
	r = place_init(&k->place, options->path, NULL, NULL, &why);
	if (r < 0) {
		free(k);
		return r;
	}
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->wake, NULL);
	pthread_cond_init(&k->idle, NULL);
	r = thread_start(&k->thread, keeper_main, k);
	if (r < 0) {
		place_done(&k->place);
		free(k);
		return r;
	}
	*ret_keeper = k;
	return 0;
}

void keeper_kick(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->kicked = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
}

void keeper_wait(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	while (k->kicked || k->busy)
		pthread_cond_wait(&k->idle, &k->lock);
	pthread_mutex_unlock(&k->lock);
}

uint64_t keeper_failures(struct keeper *k, struct why *ret_why)
{
	uint64_t failures;

	pthread_mutex_lock(&k->lock);
	failures = k->failures;
	*ret_why = k->why;
	pthread_mutex_unlock(&k->lock);
	return failures;
}

void keeper_free(struct keeper *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	k->closing = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	pthread_cond_destroy(&k->wake);
	pthread_cond_destroy(&k->idle);
	pthread_mutex_destroy(&k->lock);
	place_done(&k->place);
	free(k);
}
