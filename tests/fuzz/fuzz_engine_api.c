// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_engine_api.c - what the daemons of Docker and Podman answer about a container
 *
 * The first byte says whose form it is to be.
 */
#include "container/docker_api.h"
#include "rig.h"

#define ID "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str answer = fuzz_input(data, size);
	unsigned int form = fuzz_take_choice(&answer, 3);
	struct hostfs fs = { .root_fd = -1 };
	struct meta meta = { 0 };

	if (form == 2)
		docker_api_read_libpod(&fs, answer, ID, &meta);
	else
		docker_api_read(&fs, answer, ID, form == 1, &meta);
	fuzz_check_meta(&meta, STR_LITERAL(ID));
	meta_done(&meta);
	return 0;
}
