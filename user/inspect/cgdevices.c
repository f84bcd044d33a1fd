// SPDX-License-Identifier: Apache-2.0
/*
 * cgdevices.c - which devices a cgroup lets its processes use
 */
#include "inspect/cgdevices.h"

#include <errno.h>

#include "procfs/scan.h"

/* Documentation/admin-guide/devices.txt; what runtimes allow without being asked. */
static const struct {
	const char *device, *name;
} known[] = {
	{ "c 1:3", "null" },	{ "c 1:5", "zero" },	   { "c 1:7", "full" },
	{ "c 1:8", "random" },	{ "c 1:9", "urandom" },	   { "c 1:11", "kmsg" },
	{ "c 5:0", "tty" },	{ "c 5:1", "console" },	   { "c 5:2", "ptmx" },
	{ "c 136:*", "pts/*" }, { "c 10:200", "net/tun" }, { "c 10:229", "fuse" },
	{ "c 10:232", "kvm" },
};

static bool is_device_number(struct str s)
{
	uint32_t number;

	return str_eq(s, STR_LITERAL("*")) || scan_u32(s, &number);
}

static bool take_access(struct str access, struct cgdevice *device)
{
	for (size_t i = 0; i < access.len; i++) {
		device->read |= access.p[i] == 'r';
		device->write |= access.p[i] == 'w';
		device->mknod |= access.p[i] == 'm';
		if (!memchr("rwm", access.p[i], 3))
			return false;
	}
	return access.len > 0;
}

int parse_cgdevice(struct str line, struct cgdevice *ret_device)
{
	struct cgdevice found = { 0 };
	struct str rest = line, type = scan_word(&rest), numbers = scan_word(&rest), major, minor;

	if (type.len != 1 || !memchr("abc", type.p[0], 3) ||
	    !scan_pair(numbers, ':', &major, &minor) || !is_device_number(major) ||
	    !is_device_number(minor) || !take_access(scan_trim(rest), &found))
		return -EBADMSG;
	found.device = str_from(type.p, (size_t)(numbers.p + numbers.len - type.p));
	found.all = type.p[0] == 'a';
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_eq(found.device, str_of(known[i].device)))
			found.name = known[i].name;
	*ret_device = found;
	return 0;
}

static void put_device(const struct cgdevice *device, struct doc *d)
{
	if (!doc_item(d))
		return;
	doc_str(d, "device", NULL, device->device);
	doc_text(d, "access", NULL, "%s%s%s", device->read ? "r" : "", device->write ? "w" : "",
		 device->mknod ? "m" : "");
	if (device->name)
		doc_text(d, "name", NULL, "/dev/%s", device->name);
	doc_end(d);
}

void cgdevices_put(const struct hierarchy *h, struct doc *d)
{
	const struct cglevel *level = h->is_v2 ? NULL : cgchain_with(&h->chain, "devices.list");
	char buf[CGCHAIN_FILE_SIZE];
	struct str text, line;
	uint64_t malformed = 0;
	bool all = false;
	int r = level ? cgfile_read(level, "devices.list", buf, &text) : -ENOENT;

	if (h->is_v2) {
		doc_missing_for(d, "allowed", NULL,
				"in v2 a BPF program decides, which no file shows");
		return;
	}
	if (r < 0) {
		doc_missing(d, "allowed", NULL, r);
		return;
	}
	doc_list(d, "allowed", NULL);
	while (scan_whole_line(&text, &line)) {
		struct cgdevice device;

		if (parse_cgdevice(line, &device) < 0) {
			malformed++;
			continue;
		}
		all |= device.all;
		put_device(&device, d);
	}
	doc_end(d);
	/* devcgroup_seq_show() in security/device_cgroup.c */
	if (all)
		doc_note(
			d,
			"but for those that were denied after that, which the kernel does not list");
	if (malformed)
		doc_u64(d, "malformed", "lines that could not be read", malformed);
}
