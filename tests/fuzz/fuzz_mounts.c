// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_mounts.c - lines of /proc/<pid>/mountinfo and maps
 */
#include "procfs/maps.h"
#include "procfs/mountinfo.h"
#include "rig.h"

static struct buf text, part;

static void take_options(struct str options)
{
	struct str rest = options, name, value;

	while (proc_mount_next_option(&rest, &name, &value)) {
		struct str layers, path;

		fuzz_check_slice(name, options);
		fuzz_check_slice(value, options);
		buf_reset(&part);
		layers = proc_mount_unescape(&part, value);
		FUZZ_CHECK(layers.len <= value.len);
		/* The layers are put behind what they are read from. */
		FUZZ_CHECK(buf_reserve(&text, layers.len));
		buf_reset(&text);
		while (proc_overlay_next_layer(&layers, &text, &path))
			FUZZ_CHECK(path.len <= text.len);
	}
}

static void take_mount(struct str line)
{
	struct proc_mount m;

	if (parse_mount(line, &text, &m) < 0)
		return;
	FUZZ_CHECK(m.root.len + m.point.len + m.source.len <= line.len);
	fuzz_check_slice(m.options, line);
	fuzz_check_slice(m.type, line);
	fuzz_check_slice(m.super_options, line);
	take_options(m.options);
	take_options(m.super_options);
}

static void take_map(struct str line)
{
	struct proc_map map;

	if (parse_map(line, &map) < 0)
		return;
	fuzz_check_slice(map.name, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_input(data, size);

	while (rest.len) {
		struct str line = fuzz_take_until(&rest, '\n');

		take_mount(line);
		take_map(line);
	}
	return 0;
}
