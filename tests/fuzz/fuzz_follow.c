// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_follow.c - a log is followed while a writer, and somebody else, change its directory
 *
 * Each byte of an input is a step. What the writer does, as proctrace or logrotate have it, may
 * come in any order: every record is read, once, in order. After what somebody else did records
 * may be missing or come again, but there is an end.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "log/chain.h"
#include "log/follow.h"
#include "rig.h"

#define FILES_MAX 32
#define STEPS_MAX 200
#define CALLS_MAX 100000 /* no log here has as many lines */

struct writer {
	int fd;
	bool moved;	     /* the file has another name, and the log's has none */
	unsigned int closed; /* the last number of a closed file */
	uint64_t written;
	char pending[160]; /* the end of a record that was begun */
};

struct reader {
	struct log_files *files;
	struct follow *follow;
	uint64_t seq;
	bool is_lossy; /* somebody else did something */
};

static char directory[300];

/* In the C library's place: nobody waits here, and to end a watch takes as long as all the rest. */
int inotify_init1(int flags)
{
	(void)flags;
	errno = EMFILE;
	return -1;
}

static const char *path_of(const char *name, unsigned int number, const char *ending)
{
	static char paths[2][400];
	static unsigned int next;
	char *out = paths[next++ % 2];

	if (number)
		snprintf(out, sizeof(paths[0]), "%s/%s.%06u%s", directory, name, number, ending);
	else
		snprintf(out, sizeof(paths[0]), "%s/%s%s", directory, name, ending);
	return out;
}

/* ---- the writer */

static void put(const struct writer *w, const char *data, size_t len)
{
	FUZZ_CHECK(write(w->fd, data, len) == (ssize_t)len);
}

static void finish_record(struct writer *w)
{
	put(w, w->pending, strlen(w->pending));
	w->pending[0] = '\0';
}

static void begin_record(struct writer *w, size_t part)
{
	char line[160];
	size_t len;

	finish_record(w);
	w->written++;
	len = (size_t)snprintf(
		line, sizeof(line),
		"{\"proctrace\":{\"schema\":1,\"log\":{\"seq\":%llu,\"chain\":\"%064d\"}}}\n",
		(unsigned long long)w->written, 0);
	part = part < len ? part : len;
	put(w, line, part);
	strcpy(w->pending, line + part);
}

static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	FUZZ_CHECK(fd >= 0);
	return fd;
}

/* logrotate's way: a new name, and later a new file. */
static void move_away(struct writer *w)
{
	if (w->moved || w->closed == FILES_MAX)
		return;
	w->moved = rename(path_of("l", 0, ""), path_of("l", w->closed + 1, "")) == 0;
	w->closed += w->moved;
}

static void reopen(struct writer *w)
{
	if (!w->moved)
		return;
	finish_record(w);
	close(w->fd);
	w->fd = make_file(path_of("l", 0, ""));
	w->moved = false;
}

/* proctrace's way: both at once. */
static void rotate(struct writer *w)
{
	int fd;

	if (w->moved || w->closed == FILES_MAX)
		return;
	finish_record(w);
	fd = make_file(path_of("l", ++w->closed, ""));
	if (renameat2(AT_FDCWD, path_of("l", 0, ""), AT_FDCWD, path_of("l", w->closed, ""),
		      RENAME_EXCHANGE) < 0) {
		close(fd); /* somebody took a name away */
		return;
	}
	close(w->fd);
	w->fd = fd;
}

/* The one that was closed last, or before. */
static void compress_file(const struct writer *w, unsigned int before)
{
	unsigned int number = w->closed > before ? w->closed - before : 0;
	char data[16384];
	gzFile gz;
	ssize_t len;
	int fd;

	if (!number || (w->moved && number == w->closed))
		return;
	fd = open(path_of("l", number, ""), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	len = fd < 0 ? -1 : read(fd, data, sizeof(data));
	if (fd >= 0)
		close(fd);
	if (len < 0 || len == (ssize_t)sizeof(data))
		return;
	gz = gzopen(path_of("l", number, ".gz"), "w1");
	FUZZ_CHECK(gz);
	FUZZ_CHECK(gzwrite(gz, data, (unsigned int)len) == len);
	FUZZ_CHECK(gzclose(gz) == Z_OK);
	unlink(path_of("l", number, ""));
}

/* ---- somebody else */

static void put_strange(struct writer *w, unsigned int what)
{
	const char *path = path_of("l", w->closed + 1, "");

	if (w->closed == FILES_MAX)
		return;
	w->closed++;
	if (what == 0)
		FUZZ_CHECK(mkfifo(path, 0600) == 0);
	else if (what == 1)
		FUZZ_CHECK(mkdir(path, 0700) == 0);
	else
		FUZZ_CHECK(symlink(what == 2 ? path : "l", path) == 0);
}

static void cut_closed(const struct writer *w, unsigned int len)
{
	struct stat st;
	const char *path = path_of("l", w->closed, "");

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
		FUZZ_CHECK(truncate(path, len) == 0);
}

static void put_text(const struct writer *w, struct str *rest)
{
	struct str text = fuzz_take_until(rest, '\0');

	if (text.len)
		put(w, text.p, text.len);
	put(w, "\n", 1);
}

/* ---- the reader */

static void open_log(struct reader *r)
{
	const char *path = path_of("l", 0, "");
	struct log_line line;

	*r = (struct reader){ 0 };
	FUZZ_CHECK(log_files_open(&path, 1, NULL, NULL, &r->files) == 0);
	while (log_source_follow(log_files_at(r->files, 0)->source, &line) == 1)
		r->seq++;
	FUZZ_CHECK(follow_new(log_files_at(r->files, 0), &r->follow) == 0);
}

static void take_line(struct reader *r, struct str text)
{
	struct chain_parts parts;

	if (!chain_split(text, &parts)) {
		FUZZ_CHECK(r->is_lossy);
		return;
	}
	FUZZ_CHECK(r->is_lossy || parts.seq == r->seq + 1);
	r->seq = parts.seq;
}

static void catch_up(struct reader *r)
{
	struct log_line line;

	for (int calls = 0;; calls++) {
		int n = follow_next(r->follow, r->seq, &line);

		FUZZ_CHECK(calls < CALLS_MAX);
		FUZZ_CHECK(follow_name(r->follow));
		if (n == 0)
			return;
		FUZZ_CHECK(n == 1 || n == -EAGAIN || r->is_lossy);
		if (n == 1)
			take_line(r, line.text);
	}
}

/* ---- */

static void step(struct writer *w, struct reader *r, struct str *rest)
{
	unsigned int which = fuzz_take_choice(rest, 14), number = 0;

	if (which == 1 || which == 5 || which > 8)
		number = fuzz_take_choice(rest, 128);
	r->is_lossy |= which >= 8;
	switch (which) {
	case 0:
		begin_record(w, SIZE_MAX);
		break;
	case 1:
		begin_record(w, number);
		break;
	case 2:
		move_away(w);
		break;
	case 3:
		reopen(w);
		break;
	case 4:
		rotate(w);
		break;
	case 5:
		compress_file(w, number % 4);
		break;
	case 6:
	case 7:
		catch_up(r);
		break;
	case 8:
		put_text(w, rest);
		break;
	case 9:
		FUZZ_CHECK(ftruncate(w->fd, number) == 0);
		break;
	case 10:
		put_strange(w, number % 4);
		break;
	case 11:
		unlink(path_of("l", w->closed, ""));
		break;
	case 12:
		unlink(path_of("l", 0, ""));
		w->moved = true;
		break;
	default:
		cut_closed(w, number);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = fuzz_input(data, size);
	struct writer w = { 0 };
	struct reader r;

	host_tree_mkdir(fuzz_tree(), "/log");
	snprintf(directory, sizeof(directory), "%s/log", fuzz_tree()->root);
	w.fd = make_file(path_of("l", 0, ""));
	begin_record(&w, SIZE_MAX);
	open_log(&r);
	for (int i = 0; rest.len && i < STEPS_MAX; i++)
		step(&w, &r, &rest);
	finish_record(&w);
	reopen(&w); /* until then what follows a moved file may wait */
	catch_up(&r);
	FUZZ_CHECK(r.is_lossy || r.seq == w.written);
	follow_free(r.follow);
	log_files_free(r.files);
	close(w.fd);
	host_tree_remove(fuzz_tree(), "/log");
	return 0;
}
