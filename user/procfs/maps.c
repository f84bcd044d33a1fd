// SPDX-License-Identifier: Apache-2.0
/*
 * maps.c - /proc/<pid>/maps
 */
#include "procfs/maps.h"

#include <errno.h>

#include "procfs/scan.h"

#define PERMS_LEN 4

static bool scan_perms(struct str word, uint32_t *ret_perms)
{
	static const char letters[] = "rwx";
	uint32_t perms = 0;

	if (word.len != PERMS_LEN || (word.p[3] != 'p' && word.p[3] != 's'))
		return false;
	for (int i = 0; i < 3; i++) {
		if (word.p[i] == letters[i])
			perms |= 1u << i;
		else if (word.p[i] != '-')
			return false;
	}
	*ret_perms = perms | (word.p[3] == 's' ? PROC_MAP_SHARED : 0);
	return true;
}

/* "fd:01": both in base 16. */
static bool scan_device(struct str word, struct proc_map *m)
{
	uint64_t major, minor;
	struct str left, right;

	if (!scan_pair(word, ':', &left, &right) || !scan_hex(left, &major) ||
	    !scan_hex(right, &minor) || major > UINT32_MAX || minor > UINT32_MAX)
		return false;
	m->dev_major = (uint32_t)major;
	m->dev_minor = (uint32_t)minor;
	return true;
}

int parse_map(struct str line, struct proc_map *ret_map)
{
	struct str left, right, suffix = STR_LITERAL(" (deleted)");
	struct proc_map m = { 0 };

	if (!scan_pair(scan_word(&line), '-', &left, &right) || !scan_hex(left, &m.start) ||
	    !scan_hex(right, &m.end) || m.end < m.start ||
	    !scan_perms(scan_word(&line), &m.perms) ||
	    !scan_hex(scan_word(&line), &m.offset_bytes) || !scan_device(scan_word(&line), &m) ||
	    !scan_u64(scan_word(&line), &m.inode))
		return -EBADMSG;
	/* Blanks are the kernel's up to the name, and the name's from there on. */
	while (line.len && line.p[0] == ' ')
		line = str_from(line.p + 1, line.len - 1);
	/* Only a path can be removed, and only what has an inode has one. */
	m.deleted = m.inode && str_has_suffix(line, suffix);
	m.name = m.deleted ? str_from(line.p, line.len - suffix.len) : line;
	*ret_map = m;
	return 0;
}
