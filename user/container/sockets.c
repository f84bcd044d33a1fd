// SPDX-License-Identifier: Apache-2.0
/*
 * sockets.c - what runtimes say over their sockets, asked by a thread of its own
 *
 * As many answers as there is room for questions, so an answer always fits. A socket
 * that did not answer in time is left alone for a while, and questions that go to users'
 * sockets get a part of everything only: nobody's server keeps the others' names away.
 */
#include "container/sockets.h"

#include <errno.h>
#include <protobuf-c/protobuf-c.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "container/hostfs.h"
#include "container/libcurl.h"
#include "container/peer.h"
#include "container/transfer.h"

#define TIMEOUT_MS     3000
#define JOBS_MAX       8 /* sockets asked at a time */
#define USER_JOBS_MAX  2
#define USER_QUEUE_MAX (SOCKETS_QUEUE_MAX / 4)
#define QUIET_NS       (10 * NSEC_PER_SEC)
#define END_NS	       (500 * NSEC_PER_MSEC)
#define POLL_MS	       1000

/* A question under way. */
struct job {
	struct question *question; /* NULL: none */
	unsigned int asked;	   /* targets up to here */
	bool silent;
	struct transfer transfer;
};

struct sockets {
	pthread_mutex_t lock;
	pthread_t thread;
	bool running;
	int wake_fd;  /* for the thread */
	int ready_fd; /* for who asks */
	long timeout_ms;
	bool unprivileged;
	atomic_uint ready; /* answers */

	/* Under the lock. */
	bool closing;
	struct question *queue[SOCKETS_QUEUE_MAX]; /* oldest first */
	unsigned int queue_len, queue_of_users;
	unsigned int pending; /* taken and not answered, or the answer not taken */
	struct sockets_answer answer[SOCKETS_QUEUE_MAX];
	unsigned int answer_first, answer_len;
	struct sockets_stats stats;

	/* The thread's own. */
	struct hostfs fs;
	const struct libcurl *curl;
	CURLM *multi; /* NULL: there is no libcurl that works, and nobody is asked */
	struct job job[JOBS_MAX];
	struct quiet quiet;
};

static void ring(int fd)
{
	eventfd_write(fd, 1); /* it fails only if it is rung already */
}

static void unring(int fd)
{
	eventfd_t count;

	eventfd_read(fd, &count); /* it fails if it was not rung */
}

/* ---- a question's way */

/* Asks the next of the job's targets. False if it could not be. */
static bool ask_next(struct sockets *s, struct job *job)
{
	const struct question *q = job->question;
	const struct question_target *target = &q->target[job->asked++];
	struct transfer_question question = { .endpoint = &target->endpoint,
					      .place = &q->place,
					      .id = q->id,
					      .containerd_ns = target->containerd_ns,
					      .timeout_ms = s->timeout_ms };
	int fd = -EAGAIN, err;

	if (s->multi && !quiet_has(&s->quiet, target->endpoint.path, clock_boot_ns()))
		fd = peer_find(&s->fs, &target->endpoint);
	err = fd < 0 ? fd : transfer_begin(&job->transfer, s->curl, s->multi, fd, &question);
	if (err && err != -ENOENT)
		job->silent = true;
	return err == 0;
}

static void answer(struct sockets *s, struct job *job, enum sockets_outcome outcome,
		   struct meta *meta)
{
	struct sockets_answer made = { .serial = job->question->serial,
				       .outcome = outcome,
				       .meta = *meta };

	*meta = (struct meta){ 0 };
	pthread_mutex_lock(&s->lock);
	s->answer[(s->answer_first + s->answer_len++) % SOCKETS_QUEUE_MAX] = made;
	atomic_fetch_add(&s->ready, 1);
	pthread_mutex_unlock(&s->lock);
	question_free(job->question);
	*job = (struct job){ 0 };
	ring(s->ready_fd);
}

/* On to the next target, or to the answer. */
static void proceed(struct sockets *s, struct job *job)
{
	struct meta none = { 0 };

	while (job->asked < job->question->len)
		if (ask_next(s, job))
			return;
	answer(s, job, job->silent ? SOCKETS_SILENT : SOCKETS_UNKNOWN, &none);
}

static void take_result(struct sockets *s, CURLMsg *message)
{
	struct meta meta = { 0 };
	enum transfer_result result;
	struct job *job = s->job;
	CURL *easy = message->easy_handle;

	while (job->transfer.easy != easy)
		job++;
	result = transfer_end(&job->transfer, s->multi, message->data.result, &s->fs, &meta);
	if (result == TRANSFER_TOLD) {
		answer(s, job, SOCKETS_TOLD, &meta);
		return;
	}
	if (result == TRANSFER_LATE)
		quiet_add(&s->quiet, job->question->target[job->asked - 1].endpoint.path,
			  clock_boot_ns() + QUIET_NS);
	if (result != TRANSFER_UNKNOWN) {
		job->silent = true;
		pthread_mutex_lock(&s->lock);
		s->stats.failed++;
		pthread_mutex_unlock(&s->lock);
	}
	proceed(s, job);
}

/* The oldest question that may be asked now; NULL: none. Under the lock. */
static struct question *dequeue(struct sockets *s, unsigned int user_jobs)
{
	for (unsigned int i = 0; i < s->queue_len; i++) {
		struct question *q = s->queue[i];

		if (q->of_user && user_jobs >= USER_JOBS_MAX)
			continue;
		s->queue_len--;
		s->queue_of_users -= q->of_user;
		for (unsigned int j = i; j < s->queue_len; j++)
			s->queue[j] = s->queue[j + 1];
		return q;
	}
	return NULL;
}

/* Fills the jobs that are free. Returns false when it is time to end. */
static bool take_questions(struct sockets *s)
{
	for (int i = 0; i < JOBS_MAX;) {
		struct job *job = &s->job[i];
		unsigned int user_jobs = 0;
		bool closing;

		if (job->question) {
			i++;
			continue;
		}
		for (int j = 0; j < JOBS_MAX; j++)
			user_jobs += s->job[j].question && s->job[j].question->of_user;
		pthread_mutex_lock(&s->lock);
		closing = s->closing;
		job->question = closing ? NULL : dequeue(s, user_jobs);
		pthread_mutex_unlock(&s->lock);
		if (closing)
			return false;
		if (!job->question)
			return true;
		job->transfer.path_fd = -1;
		proceed(s, job); /* it may be answered at once, and the job free again */
	}
	return true;
}

/* Whatever is under way has no answer. */
static void end_jobs(struct sockets *s)
{
	for (struct job *job = s->job; job < s->job + JOBS_MAX; job++) {
		struct meta none = { 0 };

		if (job->transfer.easy)
			transfer_end(&job->transfer, s->multi, CURLE_ABORTED_BY_CALLBACK, &s->fs,
				     &none);
		if (job->question)
			answer(s, job, SOCKETS_SILENT, &none);
	}
	if (s->multi)
		s->curl->multi_cleanup(s->multi);
	s->multi = NULL;
}

/* Goes on with all transfers until nothing is left to do now. False: libcurl itself failed. */
static bool perform(struct sockets *s)
{
	struct curl_waitfd wake = { .fd = s->wake_fd, .events = CURL_WAIT_POLLIN };
	int wait_ms = POLL_MS;
	CURLMsg *message;
	int left;

	if (s->curl->multi_perform(s->multi, &left))
		return false;
	while ((message = s->curl->multi_info_read(s->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		take_result(s, message);
		wait_ms = 0; /* a job may be free for the next question */
	}
	return !s->curl->multi_poll(s->multi, &wake, 1, wait_ms, NULL);
}

static void *run(void *arg)
{
	struct sockets *s = arg;

	pthread_setname_np(pthread_self(), "sockets");
	s->curl = libcurl_load();
	if (s->curl) /* and no other thread is in it */
		s->multi = s->curl->multi_init();
	while (take_questions(s)) {
		if (!s->multi) /* each question is answered by that at once */
			poll(&(struct pollfd){ .fd = s->wake_fd, .events = POLLIN }, 1, -1);
		else if (!perform(s))
			end_jobs(s);
		unring(s->wake_fd);
	}
	end_jobs(s);
	quiet_done(&s->quiet);
	return NULL;
}

/* ---- who asks */

const char *sockets_version(void)
{
	const struct libcurl *curl = libcurl_load();
	static char text[128];

	if (!curl)
		return NULL;
	snprintf(text, sizeof(text), "libcurl %s, libprotobuf-c %s",
		 curl->version_info(CURLVERSION_NOW)->version, protobuf_c_version());
	return text;
}

int sockets_new(const struct sockets_options *options, struct sockets **ret_sockets)
{
	struct sockets *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	err = hostfs_init(&s->fs, options->host_root);
	if (err) {
		free(s);
		return err;
	}
	pthread_mutex_init(&s->lock, NULL);
	s->unprivileged = options->unprivileged;
	s->timeout_ms = options->timeout_ms ? (long)options->timeout_ms : TIMEOUT_MS;
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake_fd < 0 || s->ready_fd < 0) {
		err = -errno;
		sockets_free(s);
		return err;
	}
	*ret_sockets = s;
	return 0;
}

static int start(struct sockets *s)
{
	int err = s->unprivileged ? thread_start(&s->thread, run, s) :
				    thread_start_privileged(&s->thread, run, s);

	s->running = !err;
	return err;
}

/* A thread that hangs in the kernel (a file system that does not answer) keeps what it has. */
static bool stop(struct sockets *s)
{
	struct timespec deadline;

	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_mutex_unlock(&s->lock);
	ring(s->wake_fd);
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_nsec += (long)END_NS;
	if (deadline.tv_nsec >= (long)NSEC_PER_SEC) {
		deadline.tv_nsec -= (long)NSEC_PER_SEC;
		deadline.tv_sec++;
	}
	return pthread_clockjoin_np(s->thread, NULL, CLOCK_MONOTONIC, &deadline) == 0;
}

void sockets_free(struct sockets *s)
{
	struct sockets_answer left;

	if (!s || (s->running && !stop(s)))
		return;
	while (sockets_take(s, &left))
		meta_done(&left.meta);
	for (unsigned int i = 0; i < s->queue_len; i++)
		question_free(s->queue[i]);
	hostfs_done(&s->fs);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	if (s->ready_fd >= 0)
		close(s->ready_fd);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int sockets_fd(const struct sockets *s)
{
	return s->ready_fd;
}

int sockets_ask(struct sockets *s, struct question *q)
{
	int err = s->running ? 0 : start(s);

	if (err) {
		question_free(q);
		return err;
	}
	pthread_mutex_lock(&s->lock);
	if (s->pending == SOCKETS_QUEUE_MAX ||
	    (q->of_user && s->queue_of_users == USER_QUEUE_MAX)) {
		s->stats.refused++;
		err = -EAGAIN;
	} else {
		s->queue[s->queue_len++] = q;
		s->queue_of_users += q->of_user;
		s->pending++;
		s->stats.asked++;
		q = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	question_free(q);
	ring(s->wake_fd);
	return err;
}

bool sockets_take(struct sockets *s, struct sockets_answer *ret_answer)
{
	if (!atomic_load(&s->ready))
		return false;
	unring(s->ready_fd);
	pthread_mutex_lock(&s->lock);
	*ret_answer = s->answer[s->answer_first];
	s->answer_first = (s->answer_first + 1) % SOCKETS_QUEUE_MAX;
	s->answer_len--;
	s->pending--;
	atomic_fetch_sub(&s->ready, 1);
	pthread_mutex_unlock(&s->lock);
	return true;
}

void sockets_stats(struct sockets *s, struct sockets_stats *ret_stats)
{
	pthread_mutex_lock(&s->lock);
	*ret_stats = s->stats;
	pthread_mutex_unlock(&s->lock);
}
