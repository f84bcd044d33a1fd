// SPDX-License-Identifier: Apache-2.0
/*
 * when.c - a moment as people write it
 *
 * The forms are those of journalctl(1), see systemd.time(7).
 */
#include "base/when.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/units.h"

static int from_seconds(int64_t seconds, int64_t ns, int64_t *ret_wall_ns)
{
	int64_t wall_ns;

	if (__builtin_mul_overflow(seconds, (int64_t)NSEC_PER_SEC, &wall_ns) ||
	    __builtin_add_overflow(wall_ns, ns, &wall_ns))
		return -ERANGE;
	*ret_wall_ns = wall_ns;
	return 0;
}

/* Exactly len digits, moved over. */
static bool take_digits(const char **s, int len, int *ret_number)
{
	int number = 0;

	for (int i = 0; i < len; i++) {
		char c = (*s)[i];

		if (c < '0' || c > '9')
			return false;
		number = number * 10 + (c - '0');
	}
	*s += len;
	*ret_number = number;
	return true;
}

static bool take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* ".5": up to nine digits; nothing is zero. */
static bool take_fraction(const char **s, int64_t *ret_ns)
{
	int64_t ns = 0;
	int len = 0;

	if (take_char(s, '.')) {
		for (; **s >= '0' && **s <= '9' && len < 9; (*s)++, len++)
			ns = ns * 10 + (**s - '0');
		if (len == 0)
			return false;
		for (; len < 9; len++)
			ns *= 10;
	}
	*ret_ns = ns;
	return true;
}

/* YYYY-MM-DD */
static bool take_date(const char **s, struct tm *tm)
{
	const char *p = *s;
	int year, month, day;

	if (!take_digits(&p, 4, &year) || !take_char(&p, '-') || !take_digits(&p, 2, &month) ||
	    !take_char(&p, '-') || !take_digits(&p, 2, &day))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	*s = p;
	return true;
}

/* HH:MM, HH:MM:SS and a fraction of it. */
static bool take_clock(const char **s, struct tm *tm, int64_t *ret_ns)
{
	const char *p = *s;
	int64_t ns = 0;

	if (!take_digits(&p, 2, &tm->tm_hour) || !take_char(&p, ':') ||
	    !take_digits(&p, 2, &tm->tm_min))
		return false;
	if (take_char(&p, ':') && (!take_digits(&p, 2, &tm->tm_sec) || !take_fraction(&p, &ns)))
		return false;
	*s = p;
	*ret_ns = ns;
	return true;
}

/* "Z", " UTC", "+01:00", or nothing: local time. False if it is another thing. */
static bool take_zone(const char *s, bool *ret_local, int64_t *ret_offset)
{
	int hours, minutes, sign = *s == '-' ? -1 : 1;

	*ret_local = *s == '\0';
	*ret_offset = 0;
	if (*s == '\0' || !strcmp(s, "Z") || !strcmp(s, " UTC"))
		return true;
	if (*s != '+' && *s != '-')
		return false;
	s++;
	if (!take_digits(&s, 2, &hours) || !take_char(&s, ':') || !take_digits(&s, 2, &minutes) ||
	    *s || hours > 23 || minutes > 59)
		return false;
	*ret_offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* mktime(3) makes the first of March of a thirtieth of February. */
static bool is_same_time(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
	       a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

static int from_tm(const struct tm *tm, int64_t ns, const char *zone, int64_t *ret_wall_ns)
{
	struct tm made = *tm;
	int64_t offset;
	time_t seconds;
	bool local;

	if (!take_zone(zone, &local, &offset) || tm->tm_hour > 23)
		return -EINVAL;
	made.tm_isdst = -1;
	seconds = local ? mktime(&made) : timegm(&made);
	/* The hour may differ: one that the clocks leave out in spring is the next. */
	if (!is_same_time(&made, tm) || (!local && made.tm_hour != tm->tm_hour))
		return -EINVAL;
	return from_seconds(seconds - offset, ns, ret_wall_ns);
}

static int parse_calendar(const char *s, const struct tm *today, int64_t *ret_wall_ns)
{
	struct tm tm = {
		.tm_year = today->tm_year,
		.tm_mon = today->tm_mon,
		.tm_mday = today->tm_mday,
	};
	int64_t ns = 0;

	if (take_date(&s, &tm)) {
		/* A blank may stand before a zone too. */
		bool has_clock = (*s == 'T' || *s == ' ') && s[1] >= '0' && s[1] <= '9';

		if (has_clock)
			s++;
		if (has_clock && !take_clock(&s, &tm, &ns))
			return -EINVAL;
	} else if (!take_clock(&s, &tm, &ns)) {
		return -EINVAL;
	}
	return from_tm(&tm, ns, s, ret_wall_ns);
}

static int parse_epoch(const char *s, int64_t *ret_wall_ns)
{
	char *end;
	const char *p;
	int64_t seconds, ns;

	if (*s < '0' || *s > '9')
		return -EINVAL;
	errno = 0;
	seconds = strtoll(s, &end, 10);
	if (errno)
		return -ERANGE;
	p = end;
	if (!take_fraction(&p, &ns) || *p)
		return -EINVAL;
	return from_seconds(seconds, ns, ret_wall_ns);
}

/* "5m", without the sign or the "ago". */
static int parse_distance(const char *s, size_t len, int sign, int64_t now_wall_ns,
			  int64_t *ret_wall_ns)
{
	char *copy = strndup(s, len);
	uint64_t ns;
	int64_t wall_ns;
	int r = copy ? parse_duration(copy, &ns) : -ENOMEM;

	free(copy);
	if (r < 0)
		return r;
	if (sign < 0 ? __builtin_sub_overflow(now_wall_ns, ns, &wall_ns) :
		       __builtin_add_overflow(now_wall_ns, ns, &wall_ns))
		return -ERANGE;
	*ret_wall_ns = wall_ns;
	return 0;
}

static int midnight(const struct tm *today, int days, int64_t *ret_wall_ns)
{
	struct tm tm = {
		.tm_year = today->tm_year,
		.tm_mon = today->tm_mon,
		.tm_mday = today->tm_mday + days,
		.tm_isdst = -1,
	};

	return from_seconds(mktime(&tm), 0, ret_wall_ns);
}

int when_parse(const char *s, int64_t now_wall_ns, int64_t *ret_wall_ns)
{
	static const char *const days[] = { "yesterday", "today", "tomorrow" };
	time_t now = (time_t)(now_wall_ns / (int64_t)NSEC_PER_SEC);
	size_t len = strlen(s);
	struct tm today;

	if (!localtime_r(&now, &today))
		return -ERANGE;
	for (int i = 0; i < 3; i++) {
		if (!strcmp(s, days[i]))
			return midnight(&today, i - 1, ret_wall_ns);
	}
	if (!strcmp(s, "now")) {
		*ret_wall_ns = now_wall_ns;
		return 0;
	}
	if (*s == '@')
		return parse_epoch(s + 1, ret_wall_ns);
	if (*s == '-' || *s == '+')
		return parse_distance(s + 1, len - 1, *s == '-' ? -1 : 1, now_wall_ns, ret_wall_ns);
	if (len > 4 && !strcmp(s + len - 4, " ago"))
		return parse_distance(s, len - 4, -1, now_wall_ns, ret_wall_ns);
	return parse_calendar(s, &today, ret_wall_ns);
}
