/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_what.h - what an event says, in words
 *
 * Remarks of our own stand in parentheses or behind a bare '…': a shell word with
 * either is quoted, so that no argument can look like them.
 */
#ifndef SINK_TEXT_WHAT_H
#define SINK_TEXT_WHAT_H

#include "event/event.h"
#include "sink/text_put.h"

enum text_tone {
	TONE_PLAIN,
	TONE_WARN, /* an exit that was not 0 */
	TONE_BAD,  /* an attempt that failed, a death by signal, a loss */
};

enum text_tone text_tone(const struct event *e);

void text_what(const struct text_put *t, const struct event *e);

/* The quoted command line, or [name] where the arguments are not known. */
void text_command_line(const struct text_put *t, const struct event_process *p);

#endif /* SINK_TEXT_WHAT_H */
