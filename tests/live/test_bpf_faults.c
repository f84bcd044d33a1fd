// SPDX-License-Identifier: Apache-2.0
/*
 * test_bpf_faults - each bpf(2) of a trace's beginning fails once
 *
 * Some of them are libbpf's looks at what the kernel can do, and it does without. Of each other
 * one sentence tells, and the command is not started.
 *
 * PROCTRACE_BPF_FAULTS_STEP  every how manieth call (1; sanitized 3)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness.h"
#include "scratch.h"

#define CALLS_MAX 400

/* Each is a whole start. Sanitized, that takes long. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 3
#else
#define STEP 1
#endif

static long fact(const struct command *c, const char *name)
{
	const char *at = strstr(c->err.data, name);

	assert_non_null(at);
	return strtol(at + strlen(name), NULL, 10);
}

static size_t count(const char *text, const char *words)
{
	size_t n = 0;

	for (; (text = strstr(text, words)); text += strlen(words))
		n++;
	return n;
}

/* The nth call fails. Returns false if there are not so many. */
static bool fail_one(int nth, unsigned int *refused)
{
	char number[16];
	struct command *c;
	int status;
	long calls;

	snprintf(number, sizeof(number), "%d", nth);
	/* LeakSanitizer would trace it as well, and only one can. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	c = command_start(NULL, argv_of(workload("failcall"), number, proctrace(), "-o",
					"/dev/null", "--", "echo", "started"));
	status = command_wait(c, deadline_ms());
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	calls = fact(c, "calls=");
	if (calls >= nth && fact(c, "failed=") < 0)
		harness_fail("call %d was made all the same: %s", nth, c->err.data);
	/* What it does without is no record of the command. */
	if (status == 0 && (!strstr(c->err.data, "lost 0\n") || !strstr(c->err.data, "1 exec") ||
			    strcmp(c->out.data, "started\n") != 0))
		harness_fail("call %d: %s", nth, c->err.data);
	if (status != 0 &&
	    (status != 125 || count(c->err.data, "proctrace: ") != 1 || c->out.len != 0))
		harness_fail("call %d, exit status %d: %s", nth, status, c->err.data);
	*refused += status != 0;
	command_free(c);
	return calls >= nth;
}

static void each_call_fails_once(void **state)
{
	const char *text = getenv("PROCTRACE_BPF_FAULTS_STEP");
	int nth = 1, step = text ? atoi(text) : STEP;
	unsigned int refused = 0;

	(void)state;
#ifndef __x86_64__
	harness_skip("failcall knows the registers of x86-64 only");
#endif
	while (nth < CALLS_MAX && fail_one(nth, &refused))
		nth += step;
	fprintf(stderr, "up to call %d, %u ended it\n", nth, refused);
	assert_true(nth > 30 && nth < CALLS_MAX);
	assert_true(refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { live_test(each_call_fails_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
