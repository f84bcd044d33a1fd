// SPDX-License-Identifier: Apache-2.0
/*
 * sealfile.c - the file of a sealing key
 */
#include "log/sealfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "log/ends.h"

#define BEGIN	    "proctrace-seal-1:"
#define CHECK_BYTES crypto_generichash_BYTES_MIN
#define FILE_FLAGS  (O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)
#define NEXT_SUFFIX ".next"
#define TRIES	    16 /* to open a file that is replaced under us */

/* ---- text ---- */

/* Tells a file that is damaged from one whose secret is another. */
static void make_check(struct str text, unsigned char ret_check[CHECK_BYTES])
{
	crypto_generichash(ret_check, CHECK_BYTES, (const unsigned char *)text.p, text.len, NULL,
			   0);
}

static size_t put_hex(char *out, const unsigned char *bytes, size_t len)
{
	sodium_bin2hex(out, 2 * len + 1, bytes, len);
	return 2 * len;
}

size_t sealfile_fmt(const struct sealfile *f, char out[SEALFILE_TEXT_MAX])
{
	unsigned char check[CHECK_BYTES];
	size_t len = sizeof(BEGIN) - 1;

	memcpy(out, BEGIN, len);
	len += put_hex(out + len, f->key.id, sizeof(f->key.id));
	len += (size_t)snprintf(out + len, SEALFILE_TEXT_MAX - len,
				":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":", f->key.start,
				f->key.epoch, f->key.slot, f->sealed.seq);
	len += put_hex(out + len, f->sealed.head, sizeof(f->sealed.head));
	out[len++] = ':';
	len += put_hex(out + len, f->key.secret, sizeof(f->key.secret));
	out[len++] = ':';
	make_check(str_from(out, len), check);
	len += put_hex(out + len, check, sizeof(check));
	out[len++] = '\n';
	return len;
}

static bool cut_field(struct str *text, uint64_t *ret_number)
{
	return ends_cut(text, STR_LITERAL(":")) && ends_cut_number(text, ret_number);
}

static bool parse(struct str text, struct sealfile *f)
{
	unsigned char said[CHECK_BYTES], check[CHECK_BYTES];

	if (!ends_cut(&text, STR_LITERAL("\n")) || !ends_cut_hex(&text, said, sizeof(said)))
		return false;
	make_check(text, check);
	return memcmp(said, check, sizeof(check)) == 0 && ends_cut(&text, STR_LITERAL(":")) &&
	       ends_cut_hex(&text, f->key.secret, sizeof(f->key.secret)) &&
	       ends_cut(&text, STR_LITERAL(":")) &&
	       ends_cut_hex(&text, f->sealed.head, sizeof(f->sealed.head)) &&
	       cut_field(&text, &f->sealed.seq) && cut_field(&text, &f->key.slot) &&
	       cut_field(&text, &f->key.epoch) && cut_field(&text, &f->key.start) &&
	       ends_cut(&text, STR_LITERAL(":")) &&
	       ends_cut_hex(&text, f->key.id, sizeof(f->key.id)) &&
	       str_eq(text, STR_LITERAL(BEGIN));
}

bool sealfile_parse(struct str text, struct sealfile *ret_file)
{
	struct sealfile f;
	bool is_right = parse(text, &f);

	if (is_right)
		*ret_file = f;
	sodium_memzero(&f, sizeof(f));
	return is_right;
}

/* ---- files ---- */

/* Writes all of it at the beginning of the file, to the disk. */
static int write_text(int fd, const char *text, size_t len)
{
	size_t written = 0;

	while (written < len) {
		ssize_t n = pwrite(fd, text + written, len - written, (off_t)written);

		if (n > 0)
			written += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return n == 0 ? -EIO : -errno;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int write_file(int fd, const struct sealfile *f)
{
	char text[SEALFILE_TEXT_MAX];
	size_t len = sealfile_fmt(f, text);
	int r = write_text(fd, text, len);

	sodium_memzero(text, sizeof(text));
	return r;
}

/* What is removed may stay on the disk for long. */
static void wipe_file(int fd)
{
	static const char nothing[SEALFILE_TEXT_MAX];
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= (off_t)sizeof(nothing))
		write_text(fd, nothing, (size_t)st.st_size);
}

static int read_file(int fd, struct sealfile *ret_file)
{
	char text[SEALFILE_TEXT_MAX];
	size_t len = 0;
	ssize_t n;
	int r;

	do {
		n = pread(fd, text + len, sizeof(text) - len, (off_t)len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	r = n < 0 ? -errno : 0;
	if (r == 0 && !sealfile_parse(str_from(text, len), ret_file))
		r = -EBADMSG;
	sodium_memzero(text, sizeof(text));
	return r;
}

static int say(const char *path, int error, struct why *ret_why)
{
	if (error == -EBADMSG)
		return why_set(ret_why, error, "'%s' is no sealing key, or is damaged", path);
	return why_set(ret_why, error, "the sealing key '%s': %s", path,
		       error == -ELOOP ? "it is a symbolic link: name the file itself" :
					 strerror(-error));
}

static int sync_directory(int dir_fd)
{
	return fsync(dir_fd) < 0 && errno != EINVAL ? -errno : 0;
}

int sealfile_create(const char *path, const struct sealfile *f, struct why *ret_why)
{
	_cleanup_close_ int dir_fd = -1, fd = -1;
	struct place place;
	int r = place_init(&place, path, NULL, NULL, ret_why);

	if (r < 0)
		return r;
	r = place_open_directory(&place, &dir_fd, ret_why);
	if (r == 0) {
		fd = openat(dir_fd, place.name, O_RDWR | O_CREAT | O_EXCL | FILE_FLAGS, 0600);
		r = fd < 0 ? -errno : write_file(fd, f);
		if (r == 0)
			r = sync_directory(dir_fd);
		if (fd >= 0 && r < 0)
			unlinkat(dir_fd, place.name, 0);
		if (r == -EEXIST)
			why_set(ret_why, r,
				"'%s' is there already, and a log may be sealed with it: choose "
				"another name",
				path);
		else if (r < 0)
			say(path, r, ret_why);
	}
	place_done(&place);
	return r;
}

int sealfile_read(const char *path, struct sealfile *ret_file, struct why *ret_why)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | FILE_FLAGS);
	int r = fd < 0 ? -errno : read_file(fd, ret_file);

	return r < 0 ? say(path, r, ret_why) : 0;
}

/* Others who can read it can make seals from here on; and who owns it, can change it. */
static int check_file(const struct place *place, int fd, struct stat *ret_st, struct why *ret_why)
{
	if (fstat(fd, ret_st) < 0)
		return say(place->path, -errno, ret_why);
	if (!S_ISREG(ret_st->st_mode))
		return why_set(ret_why, -EINVAL, "the sealing key '%s' is no regular file",
			       place->path);
	if (ret_st->st_mode & (S_IRWXG | S_IRWXO))
		return why_set(ret_why, -EPERM,
			       "others may read or write the sealing key '%s': make a new one, "
			       "for nobody knows who has this one",
			       place->path);
	if (ret_st->st_uid != 0 && ret_st->st_uid != geteuid())
		return why_set(ret_why, -EPERM, "the sealing key '%s' belongs to user %u",
			       place->path, ret_st->st_uid);
	return 0;
}

int sealfile_open(const struct place *place, int dir_fd, int *ret_fd, struct sealfile *ret_file,
		  struct why *ret_why)
{
	struct stat st, named;
	int r;

	for (int i = 0; i < TRIES; i++) {
		_cleanup_close_ int fd = openat(dir_fd, place->name, O_RDWR | FILE_FLAGS);

		if (fd < 0 && errno == ENOENT)
			return why_set(ret_why, -ENOENT,
				       "there is no sealing key '%s': make one with \"proctrace "
				       "keygen --output %s\"",
				       place->path, place->path);
		if (fd < 0)
			return say(place->path, -errno, ret_why);
		r = check_file(place, fd, &st, ret_why);
		if (r < 0)
			return r;
		if (flock(fd, LOCK_EX | LOCK_NB) < 0)
			return why_set(
				ret_why, errno == EWOULDBLOCK ? -EBUSY : -errno,
				"the sealing key '%s' is in use: each log has one of its own",
				place->path);
		/* Whoever had it may have put another in its place. */
		if (fstatat(dir_fd, place->name, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
		    named.st_dev != st.st_dev || named.st_ino != st.st_ino)
			continue;
		r = read_file(fd, ret_file);
		if (r < 0)
			return say(place->path, r, ret_why);
		*ret_fd = take_fd(&fd);
		return 0;
	}
	return why_set(ret_why, -EBUSY, "the sealing key '%s' is replaced without end",
		       place->path);
}

int sealfile_replace(const struct place *place, int dir_fd, int *fd, const struct sealfile *f)
{
	_cleanup_close_ int next = -1;
	char name[256];
	int r;

	if ((size_t)snprintf(name, sizeof(name), "%s" NEXT_SUFFIX, place->name) >= sizeof(name))
		return -ENAMETOOLONG;
	/* What a crash left. Nobody else makes one: the key is locked. */
	unlinkat(dir_fd, name, 0);
	next = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | FILE_FLAGS, 0600);
	if (next < 0)
		return -errno;
	r = flock(next, LOCK_EX | LOCK_NB) < 0 ? -errno : write_file(next, f);
	if (r == 0 && renameat(dir_fd, name, dir_fd, place->name) < 0)
		r = -errno;
	if (r < 0) {
		wipe_file(next);
		unlinkat(dir_fd, name, 0);
		return r;
	}
	r = sync_directory(dir_fd);
	/* Until the directory is on the disk the old one may be what is there after a crash. */
	if (r == 0)
		wipe_file(*fd);
	close(*fd);
	*fd = take_fd(&next);
	return r;
}
