// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_cgroup_file.c - what the files of a cgroup hold: limits, usage, pressure, devices
 */
#include "inspect/cgchain.h"
#include "inspect/cgdevices.h"
#include "rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size);
	uint64_t value, quota_us, period_us;
	struct pressure pressure;
	struct cgdevice device;

	parse_cgroup_u64(text, &value);
	parse_cgroup_field(text, STR_LITERAL("oom_kill"), &value);
	if (parse_cpu_max(text, &quota_us, &period_us) == 0)
		FUZZ_CHECK(period_us);
	parse_pressure(text, STR_LITERAL("some"), &pressure);
	parse_pressure(text, STR_LITERAL("full"), &pressure);
	if (parse_cgdevice(text, &device) == 0) {
		fuzz_check_slice(device.device, text);
		FUZZ_CHECK(device.read || device.write || device.mknod);
	}
	return 0;
}
