// SPDX-License-Identifier: Apache-2.0
/*
 * cgid.c - the forms that ids and names have in cgroup paths
 */
#include "container/cgid.h"

static bool is_hex(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f')))
			return false;
	}
	return true;
}

static bool is_digits(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
	}
	return len > 0;
}

bool cgid_is_hex64(struct str s)
{
	return s.len == 64 && is_hex(s.p, s.len);
}

static bool is_base36(struct str s)
{
	if (s.len != 25)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'z')))
			return false;
	}
	return true;
}

static bool is_garden(struct str s)
{
	if (s.len != 28 && s.len != 36)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !is_hex(s.p + i, 1))
			return false;
	}
	return true;
}

static bool is_fargate(struct str s)
{
	return s.len > 33 && s.len <= 52 && is_hex(s.p, 32) && s.p[32] == '-' &&
	       is_digits(s.p + 33, s.len - 33);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* systemd.unit(5), "String escaping"; but '-' stays, for no machine's name has a '/'. */
static bool unescape(struct str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '\\') {
			int hi = i + 3 < s.len && s.p[i + 1] == 'x' ? hex_value(s.p[i + 2]) : -1;
			int lo = hi >= 0 ? hex_value(s.p[i + 3]) : -1;

			if (lo < 0)
				return false;
			c = (char)(hi << 4 | lo);
			i += 3;
		}
		if (c == '\0' || c == '/')
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n > 0;
}

bool cgid_take(struct str s, enum cgid_form form, char *out)
{
	bool fits = false;

	if (s.len > CGID_MAX)
		return false;
	switch (form) {
	case CGID_NONE:
		fits = s.len == 0;
		break;
	case CGID_ANY:
		fits = s.len > 0;
		break;
	case CGID_HEX64:
		fits = cgid_is_hex64(s);
		break;
	case CGID_BASE36:
		fits = is_base36(s);
		break;
	case CGID_FARGATE:
		fits = is_fargate(s);
		break;
	case CGID_GARDEN:
		fits = is_garden(s);
		break;
	case CGID_ESCAPED:
		return unescape(s, out);
	}
	if (!fits)
		return false;
	if (s.len)
		memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	return true;
}

/* Kubernetes' pod uids are UUIDs or, of static pods, 32 digits; tests use others. */
bool cgid_take_pod_uid(struct str s, char *out)
{
	if (s.len == 0 || s.len > CGID_POD_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i] == '_' ? '-' : s.p[i]; /* the systemd driver's spelling */

		if (c != '-' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z'))
			return false;
		out[i] = c;
	}
	out[s.len] = '\0';
	return true;
}
