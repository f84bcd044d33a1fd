// SPDX-License-Identifier: Apache-2.0
/*
 * cgchain.c - a process's cgroup in one hierarchy, and all above it: who limits it
 */
#include "inspect/cgchain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "procfs/procfs.h"
#include "procfs/scan.h"

/* memory.limit_in_bytes of v1 without a limit: LONG_MAX in whole pages (mm/page_counter.c). */
#define V1_UNLIMITED ((uint64_t)INT64_MAX - (64 * 1024))

static struct str parent_of(struct str path)
{
	size_t len = path.len - str_basename(path).len;

	/* The root is "/", but of a part of a hierarchy it may have no name at all. */
	return str_from(path.p, len > 1 ? len - 1 : path.len > 1 ? len : 0);
}

int cgchain_open(const struct cgmount *m, struct str path, struct cgchain *ret_chain)
{
	int r;

	*ret_chain = (struct cgchain){ 0 };
	r = cgmount_open_cgroup(m, path, &ret_chain->level[0].fd);
	if (r < 0)
		return r;
	ret_chain->level[0].path = path;
	ret_chain->len = 1;
	while (ret_chain->len < CGCHAIN_MAX && path.len > 1) {
		struct cglevel *level = &ret_chain->level[ret_chain->len];

		path = parent_of(path);
		if (!path.len || cgmount_open_cgroup(m, path, &level->fd) < 0)
			break; /* what is above is not mounted here */
		level->path = path;
		ret_chain->len++;
	}
	return 0;
}

void cgchain_close(struct cgchain *c)
{
	for (size_t i = 0; i < c->len; i++)
		close(c->level[i].fd);
	c->len = 0;
}

int cgfile_read(const struct cglevel *level, const char *name, char buf[CGCHAIN_FILE_SIZE],
		struct str *ret_text)
{
	bool truncated;
	size_t len;
	int r = procfs_read(level->fd, name, buf, CGCHAIN_FILE_SIZE, &len, &truncated);

	/* That there is no such file is all that can be told of a directory without stat. */
	if (r == -ESRCH)
		return -ENOENT;
	if (r == 0)
		*ret_text = str_from(buf, len);
	return r;
}

int parse_cgroup_u64(struct str text, uint64_t *ret_value)
{
	uint64_t value;

	text = scan_trim(text);
	if (str_eq(text, STR_LITERAL("max")) || str_eq(text, STR_LITERAL("-1")))
		value = CGCHAIN_UNLIMITED;
	else if (!scan_u64(text, &value))
		return -EBADMSG;
	*ret_value = value >= V1_UNLIMITED ? CGCHAIN_UNLIMITED : value;
	return 0;
}

int parse_cgroup_field(struct str text, struct str field, uint64_t *ret_value)
{
	struct str line;

	while (scan_whole_line(&text, &line)) {
		if (!str_eq(scan_word(&line), field))
			continue;
		return parse_cgroup_u64(line, ret_value);
	}
	return -ENOENT;
}

int parse_cpu_max(struct str text, uint64_t *ret_quota_us, uint64_t *ret_period_us)
{
	struct str quota = scan_word(&text);
	uint64_t quota_us, period_us;

	if (parse_cgroup_u64(quota, &quota_us) || !scan_u64(scan_trim(text), &period_us) ||
	    !period_us)
		return -EBADMSG;
	*ret_quota_us = quota_us;
	*ret_period_us = period_us;
	return 0;
}

/* "12.34" → 1234. */
static bool scan_hundredths(struct str s, uint32_t *ret)
{
	const char *dot = s.len ? memchr(s.p, '.', s.len) : NULL;
	uint32_t whole, rest;

	if (!dot || s.p + s.len - dot != 3 ||
	    !scan_u32(str_from(s.p, (size_t)(dot - s.p)), &whole) ||
	    !scan_u32(str_from(dot + 1, 2), &rest) || whole > 100)
		return false;
	*ret = whole * 100 + rest;
	return true;
}

/* The value behind "name=". */
static struct str value_of(struct str word, const char *name)
{
	struct str prefix = str_of(name);

	if (!str_has_prefix(word, prefix))
		return (struct str){ 0 };
	return str_from(word.p + prefix.len, word.len - prefix.len);
}

int parse_pressure(struct str text, struct str kind, struct pressure *ret_pressure)
{
	struct pressure p;
	struct str line;

	while (scan_whole_line(&text, &line)) {
		if (!str_eq(scan_word(&line), kind))
			continue;
		if (!scan_hundredths(value_of(scan_word(&line), "avg10="), &p.avg10) ||
		    !scan_hundredths(value_of(scan_word(&line), "avg60="), &p.avg60) ||
		    !scan_hundredths(value_of(scan_word(&line), "avg300="), &p.avg300) ||
		    !scan_u64(value_of(scan_word(&line), "total="), &p.total_us))
			return -EBADMSG;
		*ret_pressure = p;
		return 0;
	}
	return -EBADMSG;
}

int cgfile_u64(const struct cglevel *level, const char *name, uint64_t *ret_value)
{
	char buf[CGCHAIN_FILE_SIZE];
	struct str text;
	int r = cgfile_read(level, name, buf, &text);

	return r < 0 ? r : parse_cgroup_u64(text, ret_value);
}

int cgfile_field(const struct cglevel *level, const char *name, const char *field,
		 uint64_t *ret_value)
{
	char buf[CGCHAIN_FILE_SIZE];
	struct str text;
	int r = cgfile_read(level, name, buf, &text);

	return r < 0 ? r : parse_cgroup_field(text, str_of(field), ret_value);
}

const struct cglevel *cgchain_with(const struct cgchain *c, const char *name)
{
	for (size_t i = 0; i < c->len; i++)
		/* One that cannot be looked at is not passed over: the next is another's. */
		if (faccessat(c->level[i].fd, name, F_OK, 0) == 0 || errno != ENOENT)
			return &c->level[i];
	return NULL;
}

int cgchain_tightest(const struct cgchain *c, const char *name, struct cglimit *ret_limit)
{
	struct cglimit limit = { .value = CGCHAIN_UNLIMITED };
	int found = -ENOENT;

	for (size_t i = 0; i < c->len; i++) {
		uint64_t value;
		int r = cgfile_u64(&c->level[i], name, &value);

		if (r == -ENOENT)
			continue; /* the root has no limits */
		if (r < 0)
			return r; /* it may be the lowest */
		found = 0;
		if (value < limit.value)
			limit = (struct cglimit){ value, &c->level[i] };
	}
	if (found == 0)
		*ret_limit = limit;
	return found;
}

static int read_quota(const struct cglevel *level, bool is_v2, uint64_t *ret_quota_us,
		      uint64_t *ret_period_us)
{
	char buf[CGCHAIN_FILE_SIZE];
	struct str text;
	int r;

	if (is_v2) {
		r = cgfile_read(level, "cpu.max", buf, &text);
		return r < 0 ? r : parse_cpu_max(text, ret_quota_us, ret_period_us);
	}
	r = cgfile_u64(level, "cpu.cfs_quota_us", ret_quota_us);
	if (r == 0)
		r = cgfile_u64(level, "cpu.cfs_period_us", ret_period_us);
	return r == 0 && !*ret_period_us ? -EBADMSG : r;
}

/* Is a / b less than c / d? */
static bool is_less(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	return (unsigned __int128)a * d < (unsigned __int128)c * b;
}

int cgchain_quota(const struct cgchain *c, bool is_v2, struct cgquota *ret_quota)
{
	struct cgquota q = { .quota_us = CGCHAIN_UNLIMITED, .period_us = 1 };
	int found = -ENOENT;

	for (size_t i = 0; i < c->len; i++) {
		uint64_t quota_us, period_us;
		int r = read_quota(&c->level[i], is_v2, &quota_us, &period_us);

		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r;
		found = 0;
		if (quota_us != CGCHAIN_UNLIMITED &&
		    (!q.level || is_less(quota_us, period_us, q.quota_us, q.period_us)))
			q = (struct cgquota){ quota_us, period_us, &c->level[i] };
	}
	if (found == 0)
		*ret_quota = q;
	return found;
}
