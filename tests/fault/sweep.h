/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep.h - a piece of work, done again and again, each time with another call failing
 *
 * What must hold whatever fails: no crash, no descriptor and no memory left, an end; and
 * who fails says so in a sentence.
 *
 * FAULT_TEST=NAME only this test
 * FAULT="KIND N"  only the Nth call of this kind fails, and what is written is shown (for a
 *                 debugger: break in fail())
 */
#ifndef FAULT_SWEEP_H
#define FAULT_SWEEP_H

#include <stddef.h>

#include "base/str.h"
#include "faults.h"

/* How it went. The text is valid until the next run. */
struct outcome {
	int status;
	struct str out, err;
	const char *failed; /* the function that failed; NULL: none did */
	enum fault fault;
	uint64_t nth;
};

struct sweep {
	/* Does it once; returns the exit status of the program. */
	int (*run)(void *arg);
	/* Before each run: what the last one left is put away. May be NULL. */
	void (*before)(void *arg);
	/* After each, besides what always must hold: got against what comes when nothing fails. */
	void (*check)(const struct outcome *got, const struct outcome *good, void *arg);
	void *arg;
};

/* Fails the test where one of all this does not hold. */
void sweep_run(const struct sweep *sweep);

/* Once, beside that, and nothing fails; valid until the next. */
struct outcome sweep_aside(int (*run)(void *arg), void *arg);

/* For a check: what is printed with the same exit status is the same. */
void sweep_check_whole(const struct outcome *got, const struct outcome *good, void *arg);

/* Takes what stands before the first such byte, and the byte, off the text. */
struct str sweep_take(struct str *rest, char end);

/* Says which call it was; the test fails when all were tried. */
__attribute__((format(printf, 2, 3))) void sweep_complain(const struct outcome *got,
							  const char *fmt, ...);

/* A subcommand in this process: argv[0] and the words after it, NULL at the end. */
struct options;
int sweep_command(int (*command)(struct options *options), const char *const argv[]);

#define ARGV(...) ((const char *const[]){ "proctrace", __VA_ARGS__, NULL })

#endif /* FAULT_SWEEP_H */
