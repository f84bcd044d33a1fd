// SPDX-License-Identifier: Apache-2.0
/*
 * verify.c - proctrace verify: was this log changed, cut or reordered?
 *
 * Needs no privilege but to read the files.
 */
#include "cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/verdict.h"
#include "log/files.h"
#include "log/sealfile.h"
#include "log/verify.h"

struct job {
	const struct options *options;
	struct verify *verify;
	struct sealfile sealing;
	bool has_sealing;
	bool failed; /* something could not be read */
};

/* ---- keys ---- */

static int read_key(const char *path, struct verifykey *ret_key)
{
	_cleanup_close_ int fd = -1;
	char text[2 * SEALFILE_TEXT_MAX];
	size_t len = 0;
	ssize_t n = 0;
	bool is_key, is_sealing;

	fd = !strcmp(path, "-") ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		log_error("--key: cannot open '%s': %s", path, strerror(errno));
		return -errno;
	}
	/* A file, because the arguments of a program are for everybody to read. */
	while (len < sizeof(text) && (n = read(fd, text + len, sizeof(text) - len)) > 0)
		len += (size_t)n;
	if (n < 0) {
		log_error("--key: cannot read '%s': %s", path, strerror(errno));
		sodium_memzero(text, sizeof(text));
		return -EIO;
	}
	is_key = verifykey_parse(str_from(text, len), ret_key);
	is_sealing = str_has_prefix(str_from(text, len), STR_LITERAL("proctrace-seal-"));
	sodium_memzero(text, sizeof(text));
	if (is_key)
		return 0;
	log_error(is_sealing ? "--key: '%s' is the sealing key; the verification key is what "
			       "keygen printed" :
			       "--key: '%s' holds no verification key, or one with a typing error",
		  path);
	return -EINVAL;
}

static int set_up(struct job *job)
{
	const struct options *o = job->options;
	struct verifykey key = { .start = 0 };
	struct why why;
	int r = chain_ready();

	if (r < 0)
		log_error("the system gives no random numbers");
	if (r == 0 && o->verify_key_path)
		r = read_key(o->verify_key_path, &key);
	if (r == 0 && o->log.seal_path) {
		r = sealfile_read(o->log.seal_path, &job->sealing, &why);
		if (r < 0)
			log_error("--log-seal: %s", why.text);
		job->has_sealing = r == 0;
	}
	if (r == 0) {
		r = verify_new(o->verify_key_path ? &key : NULL, &job->verify);
		if (r < 0)
			log_error("out of memory");
	}
	sodium_memzero(&key, sizeof(key));
	return r;
}

/* ---- files ---- */

static void say_refused(const char *name, int error, void *arg)
{
	struct job *job = arg;

	/* In a directory there may be anything. */
	if (error == -ENOMSG) {
		log_warn("left out %s: %s", name, log_files_reason(error));
		return;
	}
	log_error("cannot read %s: %s", name, log_files_reason(error));
	job->failed = true;
}

struct turn {
	const struct log_file *file;
};

static int compare_seq(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	return (x->file->seq > y->file->seq) - (x->file->seq < y->file->seq);
}

/*
 * By the numbers of their records, also where their names say that they are of different
 * logs: a name proves nothing. What has no number stays where it is.
 */
static struct turn *order(const struct log_files *files)
{
	size_t len = log_files_len(files), known = 0, next = 0;
	struct turn *turns = calloc(len + 1, sizeof(*turns));
	_cleanup_free_ struct turn *sorted = calloc(len + 1, sizeof(*sorted));

	if (!turns || !sorted) {
		free(turns);
		return NULL;
	}
	for (size_t i = 0; i < len; i++) {
		turns[i].file = log_files_at(files, i);
		if (turns[i].file->has_seq)
			sorted[known++] = turns[i];
	}
	qsort(sorted, known, sizeof(*sorted), compare_seq);
	for (size_t i = 0; i < len; i++) {
		if (turns[i].file->has_seq)
			turns[i] = sorted[next++];
	}
	return turns;
}

static int verify_files(struct job *job, const struct log_files *files)
{
	_cleanup_free_ struct turn *turns = order(files);
	int r = 0;

	if (!turns)
		return -ENOMEM;
	for (size_t i = 0; i < log_files_len(files) && r == 0; i++) {
		r = verify_file(job->verify, turns[i].file);
		if (r < 0) {
			log_error("cannot read %s: %s", turns[i].file->name, log_files_reason(r));
			job->failed = true;
			return 0;
		}
	}
	return 0;
}

/* What could not be read is not missing. */
static bool is_certain(const struct job *job, enum verify_problem problem)
{
	if (!job->failed)
		return true;
	return problem != VERIFY_FINE && problem != VERIFY_REMOVED && problem != VERIFY_CUT &&
	       problem != VERIFY_UNSEALED;
}

static int judge(struct job *job)
{
	const struct verify_result *result =
		verify_end(job->verify, job->has_sealing ? &job->sealing.key : NULL);
	struct buf out = {};
	int r;

	if (!is_certain(job, result->found.problem))
		return STATUS_FAILURE;
	verdict_put(&out, result, job->options);
	r = verdict_write(job->options, &out);
	buf_done(&out);
	if (r < 0)
		return STATUS_FAILURE;
	return result->found.problem ? STATUS_CHANGED : STATUS_OK;
}

int cmd_verify(struct options *options)
{
	struct job job = { .options = options };
	struct log_files *files = NULL;
	int status = STATUS_FAILURE;
	int r;

	signal(SIGPIPE, SIG_IGN);
	if (set_up(&job) < 0)
		return STATUS_FAILURE;
	r = log_files_open(options->files, options->files_len, say_refused, &job, &files);
	if (r == 0)
		r = verify_files(&job, files);
	if (r < 0)
		log_error("out of memory");
	else
		status = judge(&job);
	verify_free(job.verify);
	log_files_free(files);
	sodium_memzero(&job.sealing, sizeof(job.sealing));
	return status;
}
