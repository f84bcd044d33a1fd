// SPDX-License-Identifier: Apache-2.0
/*
 * input.c - the logs that are read, once or twice
 */
#include "cli/input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "cli/spool.h"

int input_open(const char *path, struct input *ret_input)
{
	struct input s = { .name = path };
	struct stat st;

	if (!strcmp(path, "-")) {
		s.name = "standard input";
		s.file = stdin;
		s.is_stdin = true;
	} else {
		s.file = fopen(path, "re");
		if (!s.file) {
			int error = errno;

			log_error("cannot open '%s': %s", path, strerror(error));
			return -error;
		}
	}
	s.is_live = fstat(fileno(s.file), &st) < 0 || !S_ISREG(st.st_mode);
	*ret_input = s;
	return 0;
}

void input_close(struct input *s)
{
	if (s->file && !s->is_stdin)
		fclose(s->file); /* was read only */
	*s = (struct input){ 0 };
}

static int say_spool_error(const struct input *s, int error, bool reading)
{
	if (reading)
		log_error("cannot read %s: %s", s->name, strerror(-error));
	else
		log_error("cannot keep a copy of %s in %s: %s; name the file itself, or set "
			  "TMPDIR to a directory with more room",
			  s->name, spool_directory(), strerror(-error));
	return error;
}

int input_keep(struct input *s)
{
	_cleanup_close_ int fd = -1;
	bool reading;
	FILE *file;
	int r;

	/* Standard input may have been read by somebody before us, up to where it stands. */
	s->begin = s->is_live ? -1 : ftello(s->file);
	if (s->begin >= 0)
		return 0;
	r = spool_make(fileno(s->file), &fd, &reading);
	if (r < 0)
		return say_spool_error(s, r, reading);
	file = fdopen(fd, "r");
	if (!file)
		return say_spool_error(s, -errno, false);
	take_fd(&fd);
	if (!s->is_stdin)
		fclose(s->file);
	s->file = file;
	s->is_stdin = false;
	s->is_live = false;
	s->begin = 0;
	return 0;
}

void input_rewind(struct input *s)
{
	clearerr(s->file);
	fseeko(s->file, s->begin, SEEK_SET);
}
