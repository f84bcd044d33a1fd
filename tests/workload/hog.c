// SPDX-License-Identifier: Apache-2.0
/*
 * hog - takes memory until it is killed for it, or has 256 MiB
 */
#include <stdlib.h>

int main(void)
{
	for (int mib = 0; mib < 256; mib++) {
		volatile char *memory = malloc(1 << 20);

		for (int i = 0; memory && i < 1 << 20; i += 4096)
			memory[i] = 1;
	}
	return 0;
}
