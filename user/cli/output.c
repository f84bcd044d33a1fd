// SPDX-License-Identifier: Apache-2.0
/*
 * output.c - where events go and what they look like there, by the options
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/units.h"
#include "cli/commands.h"
#include "sink/json.h"
#include "sink/text.h"

int output_open(const struct options *options, bool append, int *ret_fd)
{
	const char *path = options->output_path;
	int fd;

	if (path)
		fd = open(path,
			  O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (append ? O_APPEND : O_TRUNC),
			  0666);
	else
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd >= 0) {
		*ret_fd = fd;
		return 0;
	}
	fd = -errno;
	if (path)
		log_error("--output: cannot open '%s': %s; choose another file", path,
			  strerror(-fd));
	else
		log_error("standard output is not open: use --output FILE");
	return fd;
}

int output_write(int fd, struct str lines)
{
	while (lines.len > 0) {
		ssize_t n = write(fd, lines.p, lines.len);

		if (n >= 0)
			lines = str_from(lines.p + n, lines.len - (size_t)n);
		else if (errno == EAGAIN)
			/* Somebody made the terminal or pipe non-blocking for all who share it. */
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int output_status(const struct options *options, int write_error)
{
	/* The reader of a pipe that has seen enough is no error. */
	if (write_error == 0 || write_error == -EPIPE)
		return STATUS_OK;
	log_error("cannot write %s: %s",
		  options->output_path ? options->output_path : "standard output",
		  strerror(-write_error));
	return STATUS_FAILURE;
}

/* NO_COLOR (no-color.org): set and not empty, whatever its value. */
bool output_wants_color(const struct options *options, int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return !(no_color && *no_color) && term && strcmp(term, "dumb") && isatty(fd);
}

/* A pipe into a pager has no width of its own: COLUMNS says it, as for ps(1). */
unsigned int output_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = {};
	uint64_t number;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (columns && parse_number(columns, UINT16_MAX, &number) == 0)
		return (unsigned int)number;
	return 0;
}

/*
 * By its name and not by
 * setlocale(3): globs and regular expressions go on meaning bytes, and the locale
 * need not be installed, as in a container. Where nothing is said UTF-8 it is.
 */
bool output_is_ascii(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *name = getenv(variables[i]);

		if (name && *name)
			return !strcasestr(name, "UTF-8") && !strcasestr(name, "UTF8");
	}
	return false;
}

int output_init(struct output *o, const struct options *options, int fd)
{
	const bool ps = options->command == COMMAND_PS;
	const struct text_options text = {
		.measured = ps,
		.what_title = ps ? "COMMAND" : NULL,
		.columns = options->columns,
		.time_form = options->time_form,
		.color = output_wants_color(options, fd),
		.header = !options->no_header,
		.tree = options->tree && !ps,
		.ascii = output_is_ascii(),
		.trim_width = options->trim ? output_width(fd) : 0,
	};

	*o = (struct output){ .format = options->format };
	return o->format == FORMAT_TEXT ? text_new(&text, &o->text) : 0;
}

void output_done(struct output *o)
{
	text_free(o->text);
	*o = (struct output){};
}

void output_begin(struct output *o, struct buf *out)
{
	if (o->text)
		text_header(o->text, out);
}

void output_emit(struct output *o, const struct event *e, struct buf *out)
{
	if (o->text)
		text_emit(o->text, e, out);
	else
		json_emit_next(&o->json_kept, e, out);
}

void output_measure(struct output *o, const struct event *e)
{
	if (o->text)
		text_measure(o->text, e);
}

void output_indent(struct output *o, unsigned int depth)
{
	if (o->text)
		text_indent(o->text, depth);
}

void output_note(struct output *o, const struct event *e)
{
	if (o->text)
		text_note(o->text, e);
}
