// SPDX-License-Identifier: Apache-2.0
/*
 * log.c - what proctrace says to the person who runs it
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum log_level log_level = LOG_INFO;

void log_at(enum log_level level, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (level > log_level)
		return;
	flockfile(stderr);
	fputs("proctrace: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	funlockfile(stderr);
	errno = saved;
}
