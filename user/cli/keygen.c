// SPDX-License-Identifier: Apache-2.0
/*
 * keygen.c - proctrace keygen: a sealing key for this host, a verification key for elsewhere
 *
 * The verification key can make every seal, so it goes to standard output and to no file of
 * our choosing: through ssh(1) it never is on the host's disk at all.
 */
#include "cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/log.h"
#include "log/sealfile.h"

static int write_all(const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static void say_what_now(const char *path)
{
	log_info("'%s' is the sealing key: proctrace --log FILE --log-seal %s", path, path);
	log_info("the line on standard output is the verification key, for proctrace verify --key; "
		 "it is shown this once");
	log_info("keep it on another machine and not on this one: whoever has it can make every "
		 "seal, and without it none can be checked");
}

int cmd_keygen(struct options *options)
{
	const char *path = options->output_path;
	struct verifykey key;
	struct sealfile file = {};
	char text[VERIFYKEY_TEXT_MAX];
	struct why why;
	int r = chain_ready();

	if (r < 0) {
		log_error("the system gives no random numbers");
		return STATUS_FAILURE;
	}
	verifykey_make(&key, (uint64_t)time(NULL));
	sealkey_first(&key, &file.key);
	verifykey_fmt(&key, text);
	r = sealfile_create(path, &file, &why);
	if (r < 0) {
		log_error("--output: %s", why.text);
	} else {
		r = write_all(text);
		if (r < 0) {
			/* A key that nobody can verify with is none. */
			log_error("cannot write to standard output: %s; no key was made",
				  strerror(-r));
			unlink(path);
		}
	}
	sodium_memzero(&key, sizeof(key));
	sodium_memzero(&file, sizeof(file));
	sodium_memzero(text, sizeof(text));
	if (r < 0)
		return STATUS_FAILURE;
	if (!options->quiet)
		say_what_now(path);
	return STATUS_OK;
}
