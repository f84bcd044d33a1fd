// SPDX-License-Identifier: Apache-2.0
/*
 * units.c - times, sizes and numbers as people write them
 */
#include "base/units.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define NS_PER_MS  UINT64_C(1000000)
#define NS_PER_S   (1000 * NS_PER_MS)
#define NS_PER_MIN (60 * NS_PER_S)
#define NS_PER_H   (60 * NS_PER_MIN)
#define NS_PER_D   (24 * NS_PER_H)

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit time_units[] = {
	{ "ms", NS_PER_MS }, { "s", NS_PER_S }, { "m", NS_PER_MIN },
	{ "h", NS_PER_H },   { "d", NS_PER_D }, {},
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "K", UINT64_C(1) << 10 },
	{ "M", UINT64_C(1) << 20 },
	{ "G", UINT64_C(1) << 30 },
	{},
};

/* The digits s begins with; *ret_rest is what follows them. Not strtoull(): it takes " +-1". */
static int parse_digits(const char *s, uint64_t *ret_number, const char **ret_rest)
{
	const char *p = s;
	uint64_t number = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(number, UINT64_C(10), &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*p - '0'), &number))
			return -ERANGE;
	}
	if (p == s)
		return -EINVAL;
	*ret_number = number;
	*ret_rest = p;
	return 0;
}

static int parse_with_unit(const char *s, const struct unit *units, uint64_t *ret_value)
{
	const char *rest;
	uint64_t number;
	int r;

	r = parse_digits(s, &number, &rest);
	if (r < 0)
		return r;
	for (; units->name; units++) {
		if (strcmp(rest, units->name))
			continue;
		return __builtin_mul_overflow(number, units->factor, ret_value) ? -ERANGE : 0;
	}
	return -EINVAL;
}

int parse_duration(const char *s, uint64_t *ret_ns)
{
	uint64_t ns;
	int r = parse_with_unit(s, time_units, &ns);

	if (r == 0)
		*ret_ns = ns;
	return r;
}

int parse_bytes(const char *s, uint64_t *ret_bytes)
{
	uint64_t bytes;
	int r = parse_with_unit(s, size_units, &bytes);

	if (r == 0)
		*ret_bytes = bytes;
	return r;
}

int parse_number(const char *s, uint64_t max, uint64_t *ret_number)
{
	const char *rest;
	uint64_t number;
	int r;

	r = parse_digits(s, &number, &rest);
	if (r < 0)
		return r;
	if (*rest)
		return -EINVAL;
	if (number > max)
		return -ERANGE;
	*ret_number = number;
	return 0;
}
