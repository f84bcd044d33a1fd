// SPDX-License-Identifier: Apache-2.0
/*
 * journaling.c - the journal as a second place where shown events go
 */
#include "cli/journaling.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "sink/text.h"

static int say_error(int error)
{
	if (error == -EOPNOTSUPP)
		log_error("--journal: this program was built without libsystemd");
	else if (error == -ENOENT)
		log_error("--journal: there is no %s: does systemd-journald run on this host?",
			  JOURNAL_SOCKET);
	else
		log_error("--journal: cannot use %s: %s", JOURNAL_SOCKET, strerror(-error));
	return error;
}

int journaling_open(struct journaling *j, const struct options *options)
{
	/* The journal has a time of its own, and knows no colours and no width. */
	const struct text_options text = {
		.columns = options->columns,
		.time_form = TIME_FORM_NONE,
	};
	int r;

	*j = (struct journaling){ 0 };
	if (!options->journal)
		return 0;
	r = text_new(&text, &j->text);
	if (r == 0)
		r = journal_new(&j->journal);
	return r < 0 ? say_error(r) : 0;
}

void journaling_put(struct journaling *j, const struct event *e)
{
	if (!j->journal)
		return;
	buf_reset(&j->line);
	text_emit(j->text, e, &j->line);
	if (j->line.failed || j->line.len == 0 ||
	    !journal_put(j->journal, e, str_from(j->line.data, j->line.len - 1)))
		j->refused++;
}

void journaling_flush(struct journaling *j)
{
	if (j->journal)
		journal_flush(j->journal);
}

void journaling_check(struct journaling *j)
{
	int error = j->journal ? journal_error(j->journal) : 0;

	if (error && !j->failed)
		log_error("cannot write to the journal: %s; tracing goes on without it",
			  strerror(-error));
	else if (!error && j->failed)
		log_info("the journal is written again");
	j->failed = error;
}

uint64_t journaling_close(struct journaling *j)
{
	uint64_t unsent;

	journal_close(take_ptr(j->journal), &unsent);
	unsent += j->refused;
	text_free(j->text);
	buf_done(&j->line);
	*j = (struct journaling){ 0 };
	return unsent;
}
