// SPDX-License-Identifier: Apache-2.0
/*
 * driver.c - replays a corpus through a fuzz target, without a fuzzer
 *
 * usage: fuzz_NAME DIRECTORY|FILE…
 *
 * Each input stands in memory of its exact size, so that a sanitizer sees a byte read
 * beyond it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rig.h"

static const char *current; /* to be named by the one who aborts */

static void say_current(void)
{
	if (current)
		fprintf(stderr, "ended in the midst of %s\n", current);
}

static void run_file(const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	uint8_t *data;

	if (!file || fstat(fileno(file), &st) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	data = malloc((size_t)st.st_size);
	if (st.st_size &&
	    (!data || fread(data, 1, (size_t)st.st_size, file) != (size_t)st.st_size)) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	fclose(file);
	printf("%s\n", path);
	fflush(stdout);
	current = path;
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	current = NULL;
	free(data);
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static size_t run_all(const char *directory)
{
	struct dirent **entries;
	int len = scandir(directory, &entries, is_input, alphasort);

	if (len < 0) {
		fprintf(stderr, "%s: %s\n", directory, strerror(errno));
		exit(1);
	}
	for (int i = 0; i < len; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		run_file(path);
		free(entries[i]);
	}
	free(entries);
	return (size_t)len;
}

int main(int argc, char **argv)
{
	size_t inputs = 0;

	atexit(say_current);
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			inputs += run_all(argv[i]);
		} else {
			run_file(argv[i]);
			inputs++;
		}
	}
	printf("%zu inputs\n", inputs);
	return inputs ? 0 : 1; /* a corpus that is not there proves nothing */
}
