// SPDX-License-Identifier: Apache-2.0
/*
 * sweep.c - a piece of work, done again and again, each time with another call failing
 */
#include "sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/commands.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

/* A sanitized program is several times slower: after the first calls it tries one of some. */
#ifdef __SANITIZE_ADDRESS__
#define EACH 16
#define STEP 7
#else
#define EACH UINT64_MAX
#define STEP 1
#endif

#define HANG_S 120 /* far beyond what any run takes */

/* ---- what is written to a standard descriptor */

struct capture {
	int fd;	    /* what is written */
	int before; /* where it went */
	char *text; /* owned */
};

static void begin_capture(struct capture *c, int target)
{
	fflush(NULL);
	if (c->fd <= 0)
		c->fd = memfd_create("captured", MFD_CLOEXEC);
	assert_true(c->fd > 0);
	assert_int_equal(ftruncate(c->fd, 0), 0);
	assert_int_equal(lseek(c->fd, 0, SEEK_SET), 0);
	c->before = dup(target);
	assert_true(c->before >= 0 && dup2(c->fd, target) == target);
}

static struct str end_capture(struct capture *c, int target)
{
	struct stat st;

	fflush(NULL);
	assert_int_equal(dup2(c->before, target), target);
	close(c->before);
	assert_int_equal(fstat(c->fd, &st), 0);
	free(c->text);
	c->text = malloc((size_t)st.st_size + 1);
	assert_non_null(c->text);
	assert_int_equal(pread(c->fd, c->text, (size_t)st.st_size, 0), st.st_size);
	c->text[st.st_size] = '\0';
	return str_from(c->text, (size_t)st.st_size);
}

/* ---- one run */

static unsigned int complaints;
static struct outcome now; /* for whom it crashes or hangs under */

static int told; /* standard output as it was: what a run writes there is captured */

static void say_where(int number)
{
	char line[160];
	int len = snprintf(line, sizeof(line), "signal %d while FAULT=\"%s %" PRIu64 "\"\n", number,
			   fault_name(now.fault), now.nth);

	if (write(told, line, (size_t)len) == len)
		raise(number); /* the handler is reset already */
	_exit(1);
}

#ifdef __SANITIZE_ADDRESS__
static void say_fault(void)
{
	dprintf(told, "while FAULT=\"%s %" PRIu64 "\"\n", fault_name(now.fault), now.nth);
}
#endif

static void catch_signals(void)
{
	static const int fatal[] = { SIGABRT, SIGALRM,
#ifndef __SANITIZE_ADDRESS__
				     SIGSEGV, SIGBUS
#endif
	};

	if (told == 0)
		told = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	assert_true(told > 0);
#ifdef __SANITIZE_ADDRESS__
	__sanitizer_set_report_fd((void *)(intptr_t)told);
	__sanitizer_set_death_callback(say_fault);
#endif
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i],
			  &(struct sigaction){ .sa_handler = say_where,
					       .sa_flags = (int)SA_RESETHAND },
			  NULL);
}

static size_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

void sweep_complain(const struct outcome *got, const char *fmt, ...)
{
	va_list ap;

	complaints++;
	printf("FAULT=\"%s %" PRIu64 "\" (%s), exit status %d: ", fault_name(got->fault), got->nth,
	       got->failed ? got->failed : "nothing failed", got->status);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

struct captures {
	struct capture out, err;
};

static struct outcome run_once(const struct sweep *s, enum fault fault, uint64_t nth,
			       struct captures *c)
{
	size_t fds;

	if (s->before)
		s->before(s->arg);
	now = (struct outcome){ .fault = fault, .nth = nth };
	begin_capture(&c->out, STDOUT_FILENO);
	begin_capture(&c->err, STDERR_FILENO);
	log_level = LOG_INFO;
	fds = count_fds();
	alarm(HANG_S);
	faults_begin(fault, nth);
	now.status = s->run(s->arg);
	now.failed = faults_end();
	alarm(0);
	fds = count_fds() - fds;
	now.out = end_capture(&c->out, STDOUT_FILENO);
	now.err = end_capture(&c->err, STDERR_FILENO);
	if (fds)
		sweep_complain(&now, "%zd descriptors are left open", (ssize_t)fds);
	return now;
}

static struct captures captures;

struct outcome sweep_aside(int (*run)(void *arg), void *arg)
{
	static struct captures aside;
	const struct sweep s = { .run = run, .arg = arg };
	struct outcome swept = now, outcome = run_once(&s, FAULT_ALLOC, 0, &aside);

	now = swept;
	return outcome;
}

static void check_run(const struct sweep *s, const struct outcome *got, const struct outcome *good)
{
	if (got->status != good->status && !memmem(got->err.p, got->err.len, "proctrace: ", 11))
		sweep_complain(got, "no sentence says what failed");
	if (got->status < 0 ||
	    (got->status > STATUS_NOT_PERMITTED && got->status != STATUS_COMMAND_FAILURE))
		sweep_complain(got, "that is no exit status of a failure");
	s->check(got, good, s->arg);
}

void sweep_check_whole(const struct outcome *got, const struct outcome *good, void *arg)
{
	(void)arg;
	if (got->status == good->status && !str_eq(got->out, good->out))
		sweep_complain(got, "the output is another one, and the exit status is not");
}

struct str sweep_take(struct str *rest, char end)
{
	const char *at = memchr(rest->p, end, rest->len);
	struct str taken = str_from(rest->p, at ? (size_t)(at - rest->p) : rest->len);

	*rest = str_from(rest->p + taken.len + (at != NULL), rest->len - taken.len - (at != NULL));
	return taken;
}

static void check_leaks(const struct outcome *last)
{
#ifdef __SANITIZE_ADDRESS__
	if (__lsan_do_recoverable_leak_check())
		sweep_complain(last, "one of the runs up to here left memory");
#else
	(void)last;
#endif
}

static struct str keep(struct str text)
{
	char *copy = malloc(text.len + 1);

	assert_non_null(copy);
	memcpy(copy, text.p, text.len);
	return str_from(copy, text.len);
}

static void sweep_kind(const struct sweep *s, enum fault fault, const struct outcome *good)
{
	struct outcome got;
	uint64_t nth = 0;

	do {
		nth += nth < EACH ? 1 : STEP;
		got = run_once(s, fault, nth, &captures);
		check_run(s, &got, good);
	} while (got.failed);
	check_leaks(&got);
	printf("%s: up to call %" PRIu64 "\n", fault_name(fault), nth - 1);
}

void sweep_run(const struct sweep *s)
{
	const char *only = getenv("FAULT");
	const char *number = only ? strrchr(only, ' ') : NULL;
	struct outcome good, got;

	catch_signals();
	complaints = 0;
	good = run_once(s, FAULT_ALLOC, 0, &captures);
	good.out = keep(good.out);
	good.err = keep(good.err);
	check_run(s, &good, &good);
	for (int fault = 0; fault < FAULT_KINDS; fault++) {
		if (!only) {
			sweep_kind(s, fault, &good);
		} else if (number && str_has_prefix(str_of(only), str_of(fault_name(fault))) &&
			   strlen(fault_name(fault)) == (size_t)(number - only)) {
			got = run_once(s, fault, strtoull(number, NULL, 10), &captures);
			printf("--- standard output\n%.*s--- standard error\n%.*s---\n",
			       (int)got.out.len, got.out.p, (int)got.err.len, got.err.p);
			check_run(s, &got, &good);
			check_leaks(&got);
		}
	}
	free((char *)good.out.p);
	free((char *)good.err.p);
	assert_int_equal(complaints, 0);
}

int sweep_command(int (*command)(struct options *options), const char *const argv[])
{
	struct options options;
	char *words[64];
	int argc = 0, status;

	while (argv[argc]) {
		assert_true(argc + 1 < 64);
		words[argc] = (char *)(uintptr_t)argv[argc];
		argc++;
	}
	words[argc] = NULL;
	status = options_parse(argc, words, &options) == 0 ? command(&options) :
							     options.exit_status;
	options_done(&options);
	return status;
}
