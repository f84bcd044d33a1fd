// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_containerd_api.c - what containerd answers about a container, over gRPC
 */
#include "container/containerd_api.h"
#include "rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct meta meta = { 0 };

	containerd_api_read(fuzz_input(data, size), "w1", &meta);
	fuzz_check_meta(&meta, STR_LITERAL("w1"));
	meta_done(&meta);
	return 0;
}
