/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h - the logs that are read, once or twice
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include <stdbool.h>
#include <stdio.h>

struct input {
	const char *name; /* as messages call it */
	FILE *file;	  /* NULL: not open */
	bool is_stdin;	  /* not ours to close */
	bool is_live;	  /* lines come when they come */
	off_t begin;	  /* where it is read from */
};

/* path "-": standard input. Says why it cannot; returns 0 or a negative errno. */
int input_open(const char *path, struct input *ret_input);
void input_close(struct input *s); /* not open is fine */

/*
 * Makes it readable twice: what is no file is read to its end into a spool. Before
 * anything is read. Says why it cannot; returns 0 or a negative errno.
 */
int input_keep(struct input *s);

/* Back to the beginning, after input_keep(). */
void input_rewind(struct input *s);

#endif /* CLI_INPUT_H */
