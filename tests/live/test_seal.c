// SPDX-License-Identifier: Apache-2.0
/*
 * test_seal - sealing a log while it is written: crashes, keys that cannot be replaced, logs
 * that are not what the key has sealed
 *
 * PROCTRACE_SEAL_KILLS  how often a tracer is killed (4)
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"
#include "sealed_log.h"

static int kills(void)
{
	const char *n = getenv("PROCTRACE_SEAL_KILLS");

	return n ? atoi(n) : 4;
}

/* However often it is killed, no seal is missing in the end, and none was made twice. */
static void killed(void **state)
{
	int times = kills();

	(void)state;
	make_keys();
	for (int i = 0; i < times; i++) {
		struct command *c;
		struct harness *h = sealed_start();

		h->json = false;
		c = command_start(NULL, argv_of(workload("storm"), "100000", workload("tiny")));
		stream_pump(-1, clock_ms() + rand() % 300);
		kill(h->tracer->pid, SIGKILL);
		command_wait(h->tracer, deadline_ms());
		harness_free(h);
		command_free(c);
	}
	verify(with_key(scratch_path("sealed")), 4, argv_of("cut: "));
	sealed_run("10");
	verify(with_key("--log-seal", sealing_key(), scratch_path("sealed")), 0,
	       argv_of("intact: ", "ended without a log-close"));
}

/* Nobody can read the sealing key, and another writer does not get it. */
static void one_key_one_log(void **state)
{
	const char *other = scratch_path("sealed/other.log");
	struct harness *h;
	struct command *c;
	struct stat st;

	(void)state;
	make_keys();
	h = sealed_start();
	h->json = false;
	c = command_start(NULL, argv_of(proctrace(), "--log", other, "--log-seal", sealing_key(),
					"--duration", "1s"));
	command_wait(c, deadline_ms());
	assert_int_equal(WEXITSTATUS(c->status), 1);
	assert_non_null(strstr(said(&c->err), "in use"));
	command_free(c);
	harness_stop(h);
	assert_int_equal(stat(sealing_key(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* Waits until the tracer has said this on standard error. */
static void wait_said(struct harness *h, const char *text)
{
	int64_t deadline = clock_ms() + deadline_ms();

	while (!strstr(said(&h->tracer->err), text)) {
		if (clock_ms() >= deadline)
			harness_fail("not said: %s", text);
		stream_pump(-1, clock_ms() + 50);
	}
}

/* A run that seals, with something in the way of the key's next file. */
static struct harness *start_in_the_way(void)
{
	struct harness *h;

	make_keys();
	h = sealed_start();
	h->json = false;
	assert_return_code(mkdir(scratch_path("keys/sealing.next"), 0700), errno);
	wait_said(h, "cannot replace the sealing key");
	return h;
}

/* For a while. */
static void key_not_replaced(void **state)
{
	struct harness *h = start_in_the_way();

	(void)state;
	assert_return_code(rmdir(scratch_path("keys/sealing.next")), errno);
	wait_said(h, "is replaced again");
	assert_int_equal(harness_stop(h), 0);
	harness_free(h);
	verify(with_key("--log-seal", sealing_key(), scratch_path("sealed")), 0,
	       argv_of("intact: "));
}

/* To the end: the log is right, and the run failed, for a key is left that can change it. */
static void key_never_replaced(void **state)
{
	struct harness *h = start_in_the_way();

	(void)state;
	assert_int_equal(harness_stop(h), 1);
	harness_free(h);
	verify(with_key(scratch_path("sealed")), 0, argv_of("intact: "));
	/* The next run makes up for it. */
	assert_return_code(rmdir(scratch_path("keys/sealing.next")), errno);
	sealed_run("10");
	verify(with_key("--log-seal", sealing_key(), scratch_path("sealed")), 0,
	       argv_of("intact: "));
}

/* Somebody takes what is there away; the log goes on, and what is there then is right. */
static void moved_away(void **state)
{
	(void)state;
	make_keys();
	sealed_run("30");
	command_free(command_run(NULL,
				 argv_of("mv", scratch_path("sealed"), scratch_path("elsewhere"))));
	sealed_run("30");
	verify(with_key("--log-seal", sealing_key(), scratch_path("sealed")), 0,
	       argv_of("intact: ", "retention"));
	verify(with_key("--log-seal", sealing_key(), scratch_path("elsewhere"),
			scratch_path("sealed")),
	       0, argv_of("intact: ", "(1 to "));
}

/* A program that ends with this status, and what it says. */
static void expect_end(const struct command_options *options, const char *const argv[], int status,
		       const char *text)
{
	struct command *c = command_start(options, argv);

	command_wait(c, deadline_ms());
	if (!WIFEXITED(c->status) || WEXITSTATUS(c->status) != status)
		harness_fail("ended with %d: %s", c->status, said(&c->err));
	if (!strstr(said(&c->err), text))
		harness_fail("'%s' is not in: %s", text, said(&c->err));
	command_free(c);
}

/* A short run, about nothing. */
static void expect_run(const char *text)
{
	expect_end(NULL,
		   argv_of(proctrace(), "-p", "1", "--log", scratch_path(SEALED_LOG), "--log-seal",
			   sealing_key(), "--duration", "100ms", "-o", "/dev/null"),
		   0, text);
}

/* Somebody cuts it, between two runs: the next one says so, and goes on. */
static void cut_between(void **state)
{
	struct stat st;

	(void)state;
	make_keys();
	expect_run("tracing");
	assert_return_code(stat(scratch_path(SEALED_LOG), &st), errno);
	expect_run("tracing");
	assert_return_code(truncate(scratch_path(SEALED_LOG), st.st_size), errno);
	expect_run("it was cut, or is another log");
	verify(argv_of(scratch_path("sealed")), 0, argv_of("intact: "));
	verify(with_key(scratch_path("sealed")), 4, argv_of("removed: seals "));
}

static void keys_that_are_refused(void **state)
{
	const char *log = scratch_path("sealed/log"), *key = scratch_path("keys/sealing");

	(void)state;
	/* No key; others may read it; the verification key; and there is one already. */
	expect_end(NULL, argv_of(proctrace(), "--log", log, "--log-seal", key), 1, "keygen");
	make_keys();
	expect_end(NULL, argv_of(proctrace(), "keygen", "-o", key), 1, "is there already");
	assert_return_code(chmod(key, 0644), errno);
	expect_end(NULL, argv_of(proctrace(), "--log", log, "--log-seal", key), 1,
		   "others may read");
	expect_end(NULL, argv_of(proctrace(), "--log", log, "--log-seal", verification_key()), 1,
		   "no sealing key");
	expect_end(NULL, argv_of(proctrace(), "verify", "--key", key, log), 1,
		   "is the sealing key");
	/* Nobody could verify with what was not printed. */
	expect_end(NULL,
		   argv_of("/bin/sh", "-c", "\"$0\" keygen -o \"$1\" >/dev/full", proctrace(),
			   scratch_path("keys/other")),
		   1, "no key was made");
	assert_int_equal(access(scratch_path("keys/other"), F_OK), -1);
}

/* What cannot be read is not missing. */
static void unreadable(void **state)
{
	struct command_options nobody = { .uid = 65534 };

	(void)state;
	make_keys();
	sealed_run("3");
	expect_end(&nobody, argv_of(proctrace(), "verify", scratch_path(SEALED_LOG)), 1,
		   "Permission denied");
	expect_end(NULL, argv_of(proctrace(), "verify", scratch_path("sealed/nothing")), 1,
		   strerror(ENOENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(killed),
		live_test(one_key_one_log),
		live_test(key_not_replaced),
		live_test(key_never_replaced),
		live_test(moved_away),
		live_test(cut_between),
		live_test(keys_that_are_refused),
		live_test(unreadable),
	};
	unsigned int seed = (unsigned int)clock_ms();

	fprintf(stderr, "seed %u\n", seed);
	srand(seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
