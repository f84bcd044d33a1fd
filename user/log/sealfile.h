/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sealfile.h - the file of a sealing key
 *
 * It holds what can still be sealed with, and how far the log had got at the last seal. It
 * is never written in place: another one takes its name, so that a crash leaves one of both.
 * The old one is overwritten then, which helps where the disk writes in place, and does
 * not where it copies (journals of data, snapshots, flash, backups).
 */
#ifndef LOG_SEALFILE_H
#define LOG_SEALFILE_H

#include "log/chain.h"
#include "log/place.h"
#include "log/sealkey.h"

struct sealfile {
	struct sealkey key;
	struct chain sealed; /* with the last record that carries a seal; seq 0: none does */
};

/* Both only in memory that is wiped after use: sodium_malloc(), or sodium_memzero(). */
#define SEALFILE_TEXT_MAX 512

/* One line, with its '\n'. Returns its length. */
size_t sealfile_fmt(const struct sealfile *f, char out[SEALFILE_TEXT_MAX]);
/* False: it is none, or damaged. */
bool sealfile_parse(struct str text, struct sealfile *ret_file);

/*
 * Makes a new one, mode 0600, in a directory that nobody else may write. Returns 0, or a
 * negative errno (-EEXIST: it is there) with *ret_why.
 */
int sealfile_create(const char *path, const struct sealfile *f, struct why *ret_why);

/* Reads one, without locking it. */
int sealfile_read(const char *path, struct sealfile *ret_file, struct why *ret_why);

/* The same, and keeps it: *ret_fd is locked until it is closed; -EBUSY: somebody has it. */
int sealfile_open(const struct place *place, int dir_fd, int *ret_fd, struct sealfile *ret_file,
		  struct why *ret_why);

/* Puts another in place of the one that fd is; fd is then that one, on the disk and locked. */
int sealfile_replace(const struct place *place, int dir_fd, int *fd, const struct sealfile *f);

#endif /* LOG_SEALFILE_H */
