// SPDX-License-Identifier: Apache-2.0
/*
 * timefmt.c - wall time to text and back, and lengths of time for people
 *
 * The calendar is computed here because gmtime_r() takes a lock and a time zone file
 * on some libcs, and three times stand in every record.
 */
#include "base/timefmt.h"

#include "base/clock.h"

#define SECONDS_PER_DAY 86400
#define NS_AT		20 /* where the digits after the second stand */

struct date {
	int64_t year;
	unsigned int month, day; /* from 1 */
};

/*
 * Days since 1970-01-01 and the proleptic Gregorian calendar. A year is counted from
 * March, so that the leap day is its last; 146097 days are 400 years.
 */
static struct date date_of_days(int64_t days)
{
	int64_t z = days + 719468; /* since 0000-03-01 */
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned int doe = (unsigned int)(z - era * 146097); /* day of the era */
	unsigned int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned int mp = (5 * doy + 2) / 153; /* month, March is 0 */
	struct date d = {
		.year = (int64_t)yoe + era * 400,
		.month = mp < 10 ? mp + 3 : mp - 9,
		.day = doy - (153 * mp + 2) / 5 + 1,
	};

	if (d.month <= 2)
		d.year++;
	return d;
}

static int64_t days_of_date(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	unsigned int yoe = (unsigned int)(y - era * 400);
	unsigned int mp = d.month > 2 ? d.month - 3 : d.month + 9;
	unsigned int doy = (153 * mp + 2) / 5 + d.day - 1;
	unsigned int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + (int64_t)doe - 719468;
}

/* Two digits: v is below 100. */
static void put_pair(char *out, uint32_t v)
{
	out[0] = (char)('0' + v / 10);
	out[1] = (char)('0' + v % 10);
}

/* Rounded down, also before the epoch. */
static int64_t split_second(int64_t wall_ns, uint32_t *ret_ns)
{
	int64_t second = wall_ns / (int64_t)NSEC_PER_SEC;
	int64_t ns = wall_ns % (int64_t)NSEC_PER_SEC;

	if (ns < 0) {
		ns += (int64_t)NSEC_PER_SEC;
		second--;
	}
	*ret_ns = (uint32_t)ns;
	return second;
}

/* Nine digits: one, and four pairs. */
static void put_ns(char *out, uint32_t ns)
{
	put_pair(out + 7, ns % 100);
	put_pair(out + 5, ns / 100 % 100);
	put_pair(out + 3, ns / 10000 % 100);
	put_pair(out + 1, ns / 1000000 % 100);
	out[0] = (char)('0' + ns / 100000000);
}

static void put_second(char *out, int64_t second)
{
	int64_t days = second / SECONDS_PER_DAY;
	uint32_t of_day;
	struct date d;

	if (second % SECONDS_PER_DAY < 0)
		days--;
	of_day = (uint32_t)(second - days * SECONDS_PER_DAY);
	d = date_of_days(days);

	memcpy(out, "0000-00-00T00:00:00.000000000Z", TIMEFMT_UTC_LEN);
	put_pair(out, (uint32_t)d.year / 100 % 100);
	put_pair(out + 2, (uint32_t)d.year % 100);
	put_pair(out + 5, d.month);
	put_pair(out + 8, d.day);
	put_pair(out + 11, of_day / 3600);
	put_pair(out + 14, of_day / 60 % 60);
	put_pair(out + 17, of_day % 60);
}

void timefmt_utc(char out[TIMEFMT_UTC_LEN], int64_t wall_ns)
{
	uint32_t ns;

	put_second(out, split_second(wall_ns, &ns));
	put_ns(out + NS_AT, ns);
}

void timefmt_utc_kept(char out[TIMEFMT_UTC_LEN], int64_t wall_ns, struct timefmt_kept *kept)
{
	uint32_t ns;
	int64_t second = split_second(wall_ns, &ns);

	if (!kept->text[0] || kept->second != second) {
		put_second(kept->text, second);
		kept->second = second;
	}
	memcpy(out, kept->text, TIMEFMT_UTC_LEN);
	put_ns(out + NS_AT, ns);
}

static bool parse_digits(const char *p, unsigned int n, unsigned int *ret_value)
{
	unsigned int v = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (unsigned int)(p[i] - '0');
	}
	*ret_value = v;
	return true;
}

static unsigned int days_in_month(unsigned int year, unsigned int month)
{
	static const unsigned char days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* ".131204511Z" or "Z" */
static bool parse_fraction(const char *p, size_t len, unsigned int *ret_ns)
{
	unsigned int ns = 0;

	if (len == 0 || p[len - 1] != 'Z')
		return false;
	if (len > 1) {
		unsigned int digits = (unsigned int)len - 2;

		if (p[0] != '.' || len < 3 || len > 11 || !parse_digits(p + 1, digits, &ns))
			return false;
		for (; digits < 9; digits++)
			ns *= 10;
	}
	*ret_ns = ns;
	return true;
}

bool timefmt_parse_utc(struct str s, int64_t *ret_wall_ns)
{
	unsigned int year, month, day, hour, minute, second, ns;
	int64_t seconds, wall_ns;
	const char *p = s.p;

	if (s.len < sizeof("0000-00-00T00:00:00Z") - 1)
		return false;
	if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':')
		return false;
	if (!parse_digits(p, 4, &year) || !parse_digits(p + 5, 2, &month) ||
	    !parse_digits(p + 8, 2, &day) || !parse_digits(p + 11, 2, &hour) ||
	    !parse_digits(p + 14, 2, &minute) || !parse_digits(p + 17, 2, &second) ||
	    !parse_fraction(p + 19, s.len - 19, &ns))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	seconds = days_of_date((struct date){ year, month, day }) * SECONDS_PER_DAY +
		  (int64_t)(hour * 3600 + minute * 60 + second);
	if (seconds < 0) {
		/* So that the smallest time does not overflow on its way. */
		seconds++;
		if (__builtin_mul_overflow(seconds, (int64_t)NSEC_PER_SEC, &wall_ns) ||
		    __builtin_add_overflow(wall_ns, (int64_t)ns - (int64_t)NSEC_PER_SEC, &wall_ns))
			return false;
	} else if (__builtin_mul_overflow(seconds, (int64_t)NSEC_PER_SEC, &wall_ns) ||
		   __builtin_add_overflow(wall_ns, (int64_t)ns, &wall_ns)) {
		return false;
	}
	*ret_wall_ns = wall_ns;
	return true;
}

/* One digit after the point below ten, unless it is 0: "7.9", "9", "12". */
static void put_rounded(struct buf *b, uint64_t value, uint64_t unit)
{
	uint64_t whole = value / unit;
	uint64_t tenth = value % unit / (unit / 10 ? unit / 10 : 1);

	buf_u64(b, whole);
	/* A unit that is no multiple of ten leaves a rest that would count as ten tenths. */
	if (tenth > 9)
		tenth = 9;
	if (whole < 10 && tenth > 0) {
		buf_putc(b, '.');
		buf_u64(b, tenth);
	}
}

void timefmt_duration(struct buf *b, uint64_t ns)
{
	static const struct {
		uint64_t seconds, part_seconds;
		const char *unit, *part_unit;
	} rows[] = {
		{ SECONDS_PER_DAY, 3600, " d", " h" },
		{ 3600, 60, " h", " min" },
		{ 60, 1, " min", " s" },
	};
	uint64_t seconds = ns / NSEC_PER_SEC;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t part = seconds % rows[i].seconds / rows[i].part_seconds;

		if (seconds < rows[i].seconds)
			continue;
		buf_u64(b, seconds / rows[i].seconds);
		buf_puts(b, rows[i].unit);
		if (part) {
			buf_putc(b, ' ');
			buf_u64(b, part);
			buf_puts(b, rows[i].part_unit);
		}
		return;
	}
	if (ns < 1000) {
		buf_u64(b, ns);
		BUF_LITERAL(b, " ns");
	} else if (ns < NSEC_PER_MSEC) {
		put_rounded(b, ns, 1000);
		BUF_LITERAL(b, " us");
	} else if (ns < NSEC_PER_SEC) {
		put_rounded(b, ns, NSEC_PER_MSEC);
		BUF_LITERAL(b, " ms");
	} else {
		put_rounded(b, ns, NSEC_PER_SEC);
		BUF_LITERAL(b, " s");
	}
}

void timefmt_bytes(struct buf *b, uint64_t bytes)
{
	static const char *const units[] = { " B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB" };
	size_t i = 0;
	uint64_t unit = 1;

	while (bytes / unit >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
		unit *= 1024;
		i++;
	}
	if (i == 0)
		buf_u64(b, bytes);
	else
		put_rounded(b, bytes, unit);
	buf_puts(b, units[i]);
}
