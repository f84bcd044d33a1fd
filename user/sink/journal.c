// SPDX-License-Identifier: Apache-2.0
/*
 * journal.c - events to the journal of systemd
 *
 * As in writer.c the agent appends to one buffer and the thread sends from another. What
 * may block in sd_journal_sendv(3) is its sending to the socket, while journald does not
 * read: then the queue fills, and what does not fit is refused.
 */
#include "sink/journal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Else each record would say where in this file it was sent. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/thread.h"
#include "sink/journal_fields.h"

#define QUEUE_MAX ((size_t)8 << 20) /* bytes */
#define WAKE_LEN  ((size_t)64 << 10)
#define CLOSE_S	  5 /* how long the end waits for a journald that does not read */

#define TEXT_OF_(x) #x
#define TEXT_OF(x)  TEXT_OF_(x)

struct journal {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;

	/* Under the lock. */
	struct buf front; /* queued and not taken by the thread */
	uint64_t queued;  /* records in front */
	uint64_t taken;	  /* records the thread has and has not sent */
	uint64_t unsent;  /* records that could not be sent */
	bool asleep;	  /* the thread waits for wake */
	bool closing;
	int error; /* negative errno of the last record; 0: it was sent */

	struct buf back; /* the thread's own */
};

static void journal_free(struct journal *j)
{
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
	buf_done(&j->front);
	buf_done(&j->back);
	free(j);
}

static int send_record(const struct str *fields, size_t len)
{
	struct iovec iov[JOURNAL_FIELDS];

	for (size_t i = 0; i < len; i++)
		iov[i] = (struct iovec){ (void *)fields[i].p, fields[i].len };
	/* It tells of success where there is no journald, so that programs run without. */
	if (access(JOURNAL_SOCKET, F_OK) < 0)
		return -errno;
	return sd_journal_sendv(iov, (int)len);
}

static void note_sent(struct journal *j, int result)
{
	pthread_mutex_lock(&j->lock);
	j->taken--;
	j->error = result < 0 ? result : 0;
	j->unsent += result < 0;
	pthread_mutex_unlock(&j->lock);
}

/* Called with the lock held; returns with it held. */
static void drain(struct journal *j)
{
	struct str fields[JOURNAL_FIELDS];
	struct buf empty = j->back;
	struct str data;
	size_t len;

	j->back = j->front;
	j->front = empty;
	j->taken = j->queued;
	j->queued = 0;
	pthread_mutex_unlock(&j->lock);
	data = str_from(j->back.data, j->back.len);
	while ((len = journal_fields_take(&data, fields)) > 0)
		note_sent(j, send_record(fields, len));
	buf_reset(&j->back);
	pthread_mutex_lock(&j->lock);
}

static void *journal_main(void *arg)
{
	struct journal *j = arg;

	pthread_mutex_lock(&j->lock);
	while (j->front.len || !j->closing) {
		if (j->front.len) {
			drain(j);
		} else {
			j->asleep = true;
			pthread_cond_wait(&j->wake, &j->lock);
			j->asleep = false;
		}
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* Whether somebody is there, which sd_journal_sendv(3) does not tell. */
static int probe(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

int journal_new(struct journal **ret_journal)
{
	int r = probe();
	struct journal *j;

	if (r < 0)
		return r;
	j = calloc(1, sizeof(*j));
	if (!j)
		return -ENOMEM;
	j->front.limit = j->back.limit = QUEUE_MAX;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->wake, NULL);
	r = thread_start(&j->thread, journal_main, j);
	if (r < 0) {
		journal_free(j);
		return r;
	}
	*ret_journal = j;
	return 0;
}

/* Without the lock, or the thread would wake only to wait for it. */
static void unlock_and_wake(struct journal *j, size_t enough)
{
	bool wake = j->asleep && j->front.len >= enough;

	if (wake)
		j->asleep = false;
	pthread_mutex_unlock(&j->lock);
	if (wake)
		pthread_cond_signal(&j->wake);
}

bool journal_put(struct journal *j, const struct event *e, struct str message)
{
	bool taken;

	pthread_mutex_lock(&j->lock);
	journal_fields(e, message, &j->front);
	taken = !j->front.failed;
	j->front.failed = false; /* what does not fit costs itself */
	j->queued += taken;
	unlock_and_wake(j, WAKE_LEN);
	return taken;
}

void journal_flush(struct journal *j)
{
	pthread_mutex_lock(&j->lock);
	unlock_and_wake(j, 1);
}

int journal_error(struct journal *j)
{
	int error;

	pthread_mutex_lock(&j->lock);
	error = j->error;
	pthread_mutex_unlock(&j->lock);
	return error;
}

void journal_close(struct journal *j, uint64_t *ret_unsent)
{
	struct timespec deadline;

	*ret_unsent = 0;
	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->closing = true;
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += CLOSE_S;
	if (pthread_timedjoin_np(j->thread, NULL, &deadline) == 0) {
		*ret_unsent = j->unsent;
		journal_free(j);
		return;
	}
	/* It may be stuck in journald's socket for good, and keeps what it needs. */
	pthread_mutex_lock(&j->lock);
	*ret_unsent = j->unsent + j->queued + j->taken;
	pthread_mutex_unlock(&j->lock);
	pthread_detach(j->thread);
}

const char *journal_version(void)
{
	return "libsystemd " TEXT_OF(LIBSYSTEMD_VERSION);
}
