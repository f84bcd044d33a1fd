/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - /proc/<pid>/cmdline and environ: bytes with a NUL after each word
 *
 * Both are the process's own memory, as it is now: a process may have written
 * anything there, or moved it away.
 */
#ifndef PROCFS_WORDS_H
#define PROCFS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct proc_words {
	struct str text; /* in the caller's buffer; empty or ended by a NUL */
	uint32_t count;	 /* NULs in it: an empty word counts */
	bool truncated;	 /* the file was longer than the buffer */
};

/*
 * Makes words of the len bytes in buf, adding the last NUL where a process that
 * overwrote its arguments left none. buf needs room for len + 1 bytes.
 */
void parse_words(char *buf, size_t len, struct proc_words *ret_words);

/*
 * Read into buf, at most size - 1 bytes of the file. Empty for a kernel thread, a
 * zombie, and for a process that is just ending: its memory goes before it does.
 */
int read_cmdline(int pid_fd, char *buf, size_t size, struct proc_words *ret_words);
int read_environ(int pid_fd, char *buf, size_t size, struct proc_words *ret_words);

/* Takes the next word, without its NUL, off *rest. False: no more. */
bool words_next(struct str *rest, struct str *ret_word);

/*
 * Copies the entries of an environment (NAME=value, NUL after each) whose name matches
 * one of the globs (fnmatch(3)) into out, in their order, NUL after each. An entry
 * without '=' is a name. What does not fit whole is left out, which *ret_cut says.
 * Returns the length of what was copied.
 */
size_t words_select(struct str env, const char *const *globs, size_t globs_len, char *out,
		    size_t size, bool *ret_cut);

#endif /* PROCFS_WORDS_H */
