// SPDX-License-Identifier: Apache-2.0
/*
 * text_time.c - the time column
 *
 * Everything is made of wall time, which a log has too, so that a replayed log shows
 * what the live timeline showed.
 */
#include "sink/text_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/timefmt.h"

static const struct {
	const char *name;
	unsigned int width;
} forms[TIME_FORM_COUNT] = {
	[TIME_FORM_CLOCK] = { "clock", 12 }, [TIME_FORM_ISO] = { "iso", 32 },
	[TIME_FORM_UTC] = { "utc", 27 },     [TIME_FORM_RELATIVE] = { "relative", 12 },
	[TIME_FORM_DELTA] = { "delta", 12 }, [TIME_FORM_NONE] = { "none", 0 },
};

int time_form_parse(const char *name)
{
	for (int i = 0; i < TIME_FORM_COUNT; i++) {
		if (strcmp(forms[i].name, name) == 0)
			return i;
	}
	return -1;
}

unsigned int text_time_width(enum time_form form)
{
	return forms[form].width;
}

/* localtime_r() takes a lock: once a second is enough. */
static void find_local(struct text_time *t, int64_t second)
{
	time_t when = (time_t)second;
	struct tm tm = { 0 };
	long minutes;

	if (t->has_local && t->second == second)
		return;
	localtime_r(&when, &tm);
	strftime(t->local, sizeof(t->local),
		 t->form == TIME_FORM_ISO ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm);
	minutes = tm.tm_gmtoff / 60;
	snprintf(t->offset, sizeof(t->offset), "%c%02ld:%02ld", minutes < 0 ? '-' : '+',
		 labs(minutes) / 60 % 100, labs(minutes) % 60);
	t->second = second;
	t->has_local = true;
}

static void put_local(struct text_time *t, int64_t wall_ns, struct buf *out)
{
	int64_t second = wall_ns / (int64_t)NSEC_PER_SEC;
	int64_t ns = wall_ns % (int64_t)NSEC_PER_SEC;

	if (ns < 0) {
		ns += (int64_t)NSEC_PER_SEC;
		second--;
	}
	find_local(t, second);
	buf_puts(out, t->local);
	buf_putc(out, '.');
	if (t->form == TIME_FORM_ISO) {
		buf_u64_padded(out, (uint64_t)ns / 1000, 6);
		buf_puts(out, t->offset);
	} else {
		buf_u64_padded(out, (uint64_t)ns / NSEC_PER_MSEC, 3);
	}
}

/* "    0.001234", in seconds. The clock may have been set back. */
static void put_seconds(int64_t from_ns, int64_t to_ns, struct buf *out)
{
	bool negative = to_ns < from_ns;
	uint64_t ns = negative ? (uint64_t)from_ns - (uint64_t)to_ns :
				 (uint64_t)to_ns - (uint64_t)from_ns;
	uint64_t seconds = ns / NSEC_PER_SEC;
	unsigned int width = 8; /* of "0.000000" */

	for (uint64_t rest = seconds; rest >= 10; rest /= 10)
		width++;
	for (width += negative; width < forms[TIME_FORM_RELATIVE].width; width++)
		buf_putc(out, ' ');
	if (negative)
		buf_putc(out, '-');
	buf_u64(out, seconds);
	buf_putc(out, '.');
	buf_u64_padded(out, ns % NSEC_PER_SEC / 1000, 6);
}

void text_time_put(struct text_time *t, int64_t wall_ns, struct buf *out)
{
	char utc[TIMEFMT_UTC_LEN];

	if (!t->began) {
		t->began = true;
		t->first_ns = t->last_ns = wall_ns;
	}
	switch (t->form) {
	case TIME_FORM_CLOCK:
	case TIME_FORM_ISO:
		put_local(t, wall_ns, out);
		break;
	case TIME_FORM_UTC:
		timefmt_utc(utc, wall_ns);
		buf_put(out, utc, sizeof("2026-11-22T18:40:01.131204") - 1);
		buf_putc(out, 'Z');
		break;
	case TIME_FORM_RELATIVE:
		put_seconds(t->first_ns, wall_ns, out);
		break;
	case TIME_FORM_DELTA:
		put_seconds(t->last_ns, wall_ns, out);
		break;
	case TIME_FORM_NONE:
	case TIME_FORM_COUNT:
		break;
	}
	t->last_ns = wall_ns;
}

void text_time_second(int64_t wall_ns, struct buf *out)
{
	time_t when = (time_t)(wall_ns / (int64_t)NSEC_PER_SEC);
	struct tm tm = { 0 };
	char text[32];

	localtime_r(&when, &tm);
	if (strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm))
		buf_puts(out, text);
}
