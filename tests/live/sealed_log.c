// SPDX-License-Identifier: Apache-2.0
/*
 * sealed_log.c - a log that a live run seals, its keys, and what verify says of it
 */
#include "sealed_log.h"

#include <string.h>
#include <sys/wait.h>

#include "scratch.h"

#define ARGS_MAX 80

const char *sealing_key(void)
{
	return scratch_path("keys/sealing");
}

const char *verification_key(void)
{
	return scratch_path("keys/verification");
}

const char *said(const struct stream *s)
{
	return s->len ? s->data : "";
}

void make_keys(void)
{
	struct command *c;

	c = command_run(NULL, argv_of(proctrace(), "keygen", "-q", "-o", sealing_key()));
	scratch_write("keys/verification", said(&c->out), 0600);
	command_free(c);
}

struct harness *sealed_start(void)
{
	return harness_start_own("-o", "/dev/null", "--log", scratch_path(SEALED_LOG), "--log-seal",
				 sealing_key(), "--log-seal-every", "1s", "--log-max-size", "64K",
				 "--log-compress");
}

static void storm(const char *count)
{
	command_free(command_run(NULL, argv_of(workload("storm"), count, workload("tiny"))));
}

void sealed_run(const char *count)
{
	struct harness *h = sealed_start();

	h->json = false;
	storm(count);
	assert_int_equal(harness_stop(h), 0);
	harness_free(h);
}

void verify(const char *const args[], int status, const char *const words[])
{
	const char *argv[ARGS_MAX] = { proctrace(), "verify" };
	struct command *c;
	size_t n = 2;

	while (*args)
		argv[n++] = *args++;
	c = command_start(NULL, argv);
	command_wait(c, deadline_ms());
	if (!WIFEXITED(c->status) || WEXITSTATUS(c->status) != status)
		harness_fail("verify ended with %d: %s%s", c->status, said(&c->out), said(&c->err));
	for (; *words; words++) {
		if (!strstr(said(&c->out), *words))
			harness_fail("'%s' is not in: %s", *words, said(&c->out));
	}
	command_free(c);
}
