// SPDX-License-Identifier: Apache-2.0
/*
 * words.c - /proc/<pid>/cmdline and environ: bytes with a NUL after each word
 */
#include "procfs/words.h"

#include <fnmatch.h>

#include "procfs/procfs.h"

void parse_words(char *buf, size_t len, struct proc_words *ret_words)
{
	uint32_t count = 0;

	if (len && buf[len - 1] != '\0')
		buf[len++] = '\0';
	for (const char *p = buf, *end = buf + len; p < end; count++)
		p += strlen(p) + 1;
	*ret_words = (struct proc_words){ .text = str_from(buf, len), .count = count };
}

static int read_words(int pid_fd, const char *name, char *buf, size_t size,
		      struct proc_words *ret_words)
{
	bool truncated;
	size_t len;
	int err = procfs_read(pid_fd, name, buf, size - 1, &len, &truncated);

	if (err)
		return err;
	parse_words(buf, len, ret_words);
	ret_words->truncated = truncated;
	return 0;
}

int read_cmdline(int pid_fd, char *buf, size_t size, struct proc_words *ret_words)
{
	return read_words(pid_fd, "cmdline", buf, size, ret_words);
}

int read_environ(int pid_fd, char *buf, size_t size, struct proc_words *ret_words)
{
	return read_words(pid_fd, "environ", buf, size, ret_words);
}

bool words_next(struct str *rest, struct str *ret_word)
{
	size_t len;

	if (rest->len == 0)
		return false;
	len = strnlen(rest->p, rest->len);
	*ret_word = str_from(rest->p, len);
	/* What a limit cut may lack its NUL. */
	len += len < rest->len;
	*rest = str_from(rest->p + len, rest->len - len);
	return true;
}

/* True if the name of the entry, which is NUL-terminated, matches. Changes nothing in the end. */
static bool name_matches(char *entry, const char *const *globs, size_t globs_len)
{
	char *equals = strchr(entry, '=');
	bool matches = false;

	if (equals)
		*equals = '\0';
	for (size_t i = 0; i < globs_len && !matches; i++)
		matches = fnmatch(globs[i], entry, 0) == 0;
	if (equals)
		*equals = '=';
	return matches;
}

size_t words_select(struct str env, const char *const *globs, size_t globs_len, char *out,
		    size_t size, bool *ret_cut)
{
	struct str entry;
	bool cut = false;
	size_t len = 0;

	/*
	 * The place where an entry would go is where its name is terminated for
	 * fnmatch(3): env itself may be a record that must not change.
	 */
	while (words_next(&env, &entry)) {
		if (entry.len >= size - len) {
			cut = true;
			continue;
		}
		memcpy(out + len, entry.p, entry.len);
		out[len + entry.len] = '\0';
		if (name_matches(out + len, globs, globs_len))
			len += entry.len + 1;
	}
	*ret_cut = cut;
	return len;
}
