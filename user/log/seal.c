// SPDX-License-Identifier: Apache-2.0
/*
 * seal.c - sealing a log while it is written
 */
#include "log/seal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "log/sealed.h"
#include "log/sealfile.h"

#define PIECE ((size_t)1 << 20) /* of the file, from its end */

struct seal {
	struct sealfile file; /* of the next seal */
	struct place place;
	int dir_fd, fd;
};

int seal_open(const char *path, struct seal **ret_seal, struct why *ret_why)
{
	struct seal *s;
	int r = chain_ready();

	if (r < 0)
		return why_set(ret_why, r, "the system gives no random numbers");
	/* Locked, away from other memory, and in no core dump. */
	s = sodium_malloc(sizeof(*s));
	if (!s)
		return why_set(ret_why, -ENOMEM, "out of memory");
	*s = (struct seal){ .dir_fd = -1, .fd = -1 };
	r = place_init(&s->place, path, NULL, NULL, ret_why);
	if (r == 0)
		r = place_open_directory(&s->place, &s->dir_fd, ret_why);
	if (r == 0)
		r = sealfile_open(&s->place, s->dir_fd, &s->fd, &s->file, ret_why);
	if (r < 0) {
		seal_close(s);
		return r;
	}
	*ret_seal = s;
	return 0;
}

void seal_close(struct seal *s)
{
	if (!s)
		return;
	cleanup_closep(&s->fd);
	cleanup_closep(&s->dir_fd);
	place_done(&s->place);
	sodium_free(s); /* wipes it */
}

/* The last seal in text, which it borrows from; false: there is none. */
static bool find_in(struct str text, struct sealed *ret_sealed)
{
	while (text.len) {
		const char *newline = memrchr(text.p, '\n', text.len);
		struct chain_parts parts;
		size_t end = newline ? (size_t)(newline - text.p) : 0;
		const char *before = end ? memrchr(text.p, '\n', end) : NULL;
		size_t begin = before ? (size_t)(before + 1 - text.p) : 0;

		if (!newline)
			return false;
		if (chain_split(str_from(text.p + begin, end - begin), &parts) &&
		    sealed_split(parts.body, ret_sealed))
			return true;
		text.len = begin;
	}
	return false;
}

/* Takes the key to where it comes after this seal. False: it did not make it. */
static bool go_on_after(struct sealkey *k, const struct sealed *sealed)
{
	struct sealkey next = *k;
	bool is_ours = sealkey_wind(&next, sealed->epoch, sealed->slot) &&
		       sealed_is_right(sealed, &next) &&
		       sealkey_wind(&next, sealed->epoch + 1, sealed->slot);

	if (is_ours)
		*k = next;
	sodium_memzero(&next, sizeof(next));
	return is_ours;
}

/*
 * Looks for the last seal in the file, from its end: it is never far, as each file begins
 * with one. Pieces overlap by more than a record takes that carries a seal.
 * *ret_missing: the log lacks seals that this key has made.
 */
static int look_for_last(struct seal *s, int fd, const struct chain *last, bool *ret_missing)
{
	_cleanup_free_ char *piece = malloc(PIECE);
	struct sealkey *k = &s->file.key;
	struct sealed sealed;
	bool found = false;
	struct stat st;

	if (!piece)
		return -ENOMEM;
	if (fstat(fd, &st) < 0)
		return -errno;
	for (off_t end = st.st_size; end > 0 && !found; end -= (off_t)(PIECE / 2)) {
		off_t begin = end > (off_t)PIECE ? end - (off_t)PIECE : 0;
		ssize_t n = pread(fd, piece, (size_t)(end - begin), begin);

		if (n < 0)
			return -errno;
		found = find_in(str_from(piece, (size_t)n), &sealed);
	}
	/* The key's file knows less than the log: after a crash, or if it was not replaced. */
	if (found && sealed.epoch >= k->epoch && go_on_after(k, &sealed))
		s->file.sealed = *last;
	else
		*ret_missing = found && sealed.epoch + 1 != k->epoch;
	return 0;
}

int seal_resume(struct seal *s, int fd, struct chain *chain, struct why *ret_why)
{
	uint64_t sealed_seq = s->file.sealed.seq;
	bool is_missing = false;
	int r = 0;

	if (chain->seq == 0) {
		*chain = s->file.sealed;
		return 0;
	}
	if (fd >= 0)
		r = look_for_last(s, fd, chain, &is_missing);
	if (r < 0)
		return why_set(ret_why, r, "cannot read the log: %s", strerror(-r));
	if (!is_missing && chain->seq >= sealed_seq)
		return 0;
	why_set(ret_why, 0,
		"the log ends at record %" PRIu64 ", but is not what the key '%s' has sealed, up "
		"to record %" PRIu64 ": it was cut, or is another log; it goes on, and \"proctrace "
		"verify\" will tell",
		chain->seq, s->place.path, sealed_seq);
	return 1;
}

int seal_line(struct seal *s, const struct chain *after, struct str line, struct buf *out)
{
	return sealed_append(&s->file.key, after, line, out);
}

int seal_commit(struct seal *s, const struct chain *sealed, int64_t wall_ns, bool is_on_disk,
		struct why *ret_why)
{
	struct sealkey *k = &s->file.key;
	uint64_t slot = sealkey_slot_of(k->start, wall_ns);
	int r;

	/*
	 * The slot of a seal is the time of the one before it: what waits to be written when a
	 * seal is made, for as long as a suspended machine sleeps, is not older than that. It
	 * stays where it is if the clock was set back, or beyond all sense.
	 */
	if (!sealkey_wind(k, k->epoch + 1, slot))
		sealkey_wind(k, k->epoch + 1, k->slot);
	s->file.sealed = *sealed;
	if (!is_on_disk)
		return 0;
	r = sealfile_replace(&s->place, s->dir_fd, &s->fd, &s->file);
	if (r < 0)
		return why_set(ret_why, r, "cannot replace the sealing key '%s': %s", s->place.path,
			       strerror(-r));
	return 0;
}
