// SPDX-License-Identifier: Apache-2.0
/*
 * files.c - what it has open: descriptors, and who is at the other end of them
 */
#include "inspect/section.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "inspect/fd_owners.h"
#include "inspect/files.h"
#include "inspect/mount_table.h"
#include "inspect/put.h"
#include "procfs/procfs.h"

#define KINDS_MAX 32 /* different kinds that are counted; there are about 25 */
#define KIND_LEN  32
#define FDS_MAX	  ((size_t)1 << 20) /* of a process, unless the sysctl fs.nr_open was raised */

struct files {
	struct subject *subject;
	struct doc *doc;
	struct mount_table mounts;
	int mounts_error;
	uint32_t *numbers; /* owned; of the descriptors, from the lowest on */
	size_t numbers_len, numbers_cap;
	uint64_t beyond; /* descriptors that there was no room for */
	uint64_t count;
	struct {
		char name[KIND_LEN];
		uint64_t count;
	} kinds[KINDS_MAX];
	size_t kinds_len;
	struct fd_held *held; /* owned: what has another end */
	size_t held_len, held_cap;
};

static const char *kind_of_mode(const struct proc_link *file)
{
	if (!file->has_file)
		return "path"; /* of a copied /proc, or one that may not be looked at */
	switch (file->mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFCHR:
		return "character device";
	case S_IFBLK:
		return "block device";
	case S_IFIFO:
		return "named pipe";
	case S_IFLNK:
		return "symbolic link";
	}
	return "path";
}

/* Kinds of the kernel's own ("eventfd", "net") are as it calls them. */
static struct str kind_of(const struct proc_fd *fd)
{
	switch (fd->link.kind) {
	case PROC_FD_PATH:
		return str_of(kind_of_mode(&fd->file));
	case PROC_FD_MEMFD:
		return STR_LITERAL("memfd");
	case PROC_FD_SOCKET:
	case PROC_FD_PIPE:
	case PROC_FD_ANON:
	case PROC_FD_OTHER:
		break;
	}
	return fd->link.name;
}

static void count_kind(struct files *f, struct str kind)
{
	size_t i = 0;

	while (i < f->kinds_len && !str_eq(str_of(f->kinds[i].name), kind))
		i++;
	if (i == KINDS_MAX || kind.len >= KIND_LEN)
		return; /* the kernel has no such many and no such long ones */
	if (i == f->kinds_len) {
		memcpy(f->kinds[i].name, kind.p, kind.len);
		f->kinds_len++;
	}
	f->kinds[i].count++;
}

static void hold(struct files *f, const struct proc_fd *fd)
{
	bool is_eventfd = fd->link.kind == PROC_FD_ANON &&
			  str_eq(fd->link.name, STR_LITERAL("eventfd"));

	if (fd->link.kind != PROC_FD_SOCKET && fd->link.kind != PROC_FD_PIPE && !is_eventfd)
		return;
	if (f->held_len == f->held_cap && f->held_cap < FDS_MAX) {
		size_t cap = f->held_cap ? 2 * f->held_cap : 64;
		struct fd_held *held = reallocarray(f->held, cap, sizeof(*held));

		if (held) {
			f->held = held;
			f->held_cap = cap;
		}
	}
	if (f->held_len < f->held_cap)
		f->held[f->held_len++] = (struct fd_held){ .number = fd->number,
							   .kind = fd->link.kind,
							   .id = fd->link.id };
}

/* ---- one descriptor ---- */

static const char *access_of(uint32_t flags)
{
	if (flags & O_PATH)
		return "path";
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return "read";
	case O_WRONLY:
		return "write";
	}
	return "read write";
}

static void put_flags(uint32_t flags, struct doc *d)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{ O_APPEND, "append" },	      { O_NONBLOCK, "nonblock" }, { O_SYNC, "sync" },
		{ O_ASYNC, "async" },	      { O_DIRECT, "direct" },	  { O_NOATIME, "noatime" },
		{ O_DIRECTORY, "directory" }, { O_CLOEXEC, "cloexec" },
	};

	doc_text(d, "access", NULL, "%s", access_of(flags));
	doc_list(d, "flags", NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((flags & names[i].flag) == names[i].flag)
			doc_text(d, NULL, NULL, "%s", names[i].name);
	}
	doc_end(d);
}

static void put_target(const struct proc_fd *fd, struct doc *d)
{
	switch (fd->link.kind) {
	case PROC_FD_PATH:
	case PROC_FD_MEMFD:
		doc_str(d, "target", NULL, fd->link.name);
		/* A memfd has no name that could be removed. */
		if (fd->link.kind == PROC_FD_PATH && fd->file.deleted)
			doc_bool(d, "deleted", NULL, true);
		break;
	case PROC_FD_SOCKET:
	case PROC_FD_PIPE:
	case PROC_FD_OTHER:
		doc_text(d, "target", NULL, "%.*s:[%" PRIu64 "]", (int)fd->link.name.len,
			 fd->link.name.p, fd->link.id);
		if (fd->link.kind != PROC_FD_OTHER)
			doc_passing(d);
		break;
	case PROC_FD_ANON:
		break; /* the kind says it */
	}
}

/* Where the file lies; one of another mount namespace leads out of this one. */
static void put_mount(const struct files *f, const struct proc_fdinfo *info)
{
	const struct mount_node *node;

	if (f->mounts_error) {
		doc_missing(f->doc, "mount", NULL, f->mounts_error);
		return;
	}
	node = mount_table_find(&f->mounts, info->mnt_id);
	if (node)
		doc_str(f->doc, "mount", NULL, node->mount.point);
	else
		doc_missing_for(f->doc, "mount", NULL, "not among its mounts");
}

static bool has_position(const struct proc_fd *fd)
{
	uint32_t type = fd->file.mode & S_IFMT;

	return fd->link.kind == PROC_FD_MEMFD ||
	       (fd->link.kind == PROC_FD_PATH &&
		(!fd->file.has_file || type == S_IFREG || type == S_IFDIR || type == S_IFBLK));
}

static void put_number(const struct proc_fdinfo *info, enum proc_fdinfo_field field,
		       const char *key, const char *title, int64_t value, struct doc *d)
{
	if (!proc_fdinfo_has(info, field))
		return;
	doc_i64(d, key, title, value);
	doc_passing(d);
}

static void put_info(const struct files *f, const struct proc_fd *fd)
{
	struct doc *d = f->doc;
	struct proc_fdinfo info;
	int err = read_fdinfo(f->subject->live_fd, fd->number, &info);

	if (err) {
		doc_missing(d, "access", NULL, err);
		return;
	}
	if (proc_fdinfo_has(&info, PROC_FDINFO_FLAGS))
		put_flags(info.flags, d);
	if (has_position(fd))
		put_number(&info, PROC_FDINFO_POS, "position", NULL, info.pos, d);
	if (fd->link.kind == PROC_FD_PATH && proc_fdinfo_has(&info, PROC_FDINFO_MNT_ID))
		put_mount(f, &info);
	if (info.locks)
		doc_u64(d, "locks", NULL, info.locks);
	if (info.watches)
		doc_u64(d, "watches", NULL, info.watches);
	put_number(&info, PROC_FDINFO_PIDFD, "of_pid", "of pid", info.pidfd, d);
	put_number(&info, PROC_FDINFO_PROG_ID, "bpf_program", "BPF program", info.prog_id, d);
	put_number(&info, PROC_FDINFO_MAP_ID, "bpf_map", "BPF map", info.map_id, d);
	put_number(&info, PROC_FDINFO_LINK_ID, "bpf_link", "BPF link", info.link_id, d);
}

static void put_descriptor(struct files *f, uint32_t number)
{
	struct doc *d = f->doc;
	char buf[PROC_LINK_SIZE];
	struct proc_fd fd;
	int err = read_fd(f->subject->live_fd, number, buf, &fd);

	/* Closed meanwhile. That the process is gone is for who goes through them all. */
	if (err == -ENOENT || err == -ESRCH)
		return;
	f->count++;
	if (!err) {
		count_kind(f, kind_of(&fd));
		hold(f, &fd);
	}
	if (!doc_item(d))
		return;
	doc_u64(d, "fd", NULL, number);
	put_str(d, "kind", NULL, err, err ? str_of(NULL) : kind_of(&fd));
	if (!err) {
		put_target(&fd, d);
		put_info(f, &fd);
	}
	doc_end(d);
}

static void put_kinds(const struct files *f)
{
	struct doc *d = f->doc;

	doc_u64(d, "count", "open", f->count);
	doc_passing(d);
	doc_list(d, "kinds", NULL);
	for (size_t i = 0; i < f->kinds_len; i++) {
		if (!doc_item(d))
			continue;
		doc_str(d, "kind", NULL, str_of(f->kinds[i].name));
		doc_u64(d, "count", NULL, f->kinds[i].count);
		doc_end(d);
	}
	doc_end(d);
	doc_passing(d);
}

static int note_number(uint32_t number, void *arg)
{
	struct files *f = arg;

	if (f->numbers_len == f->numbers_cap && f->numbers_cap < FDS_MAX) {
		size_t cap = f->numbers_cap ? 2 * f->numbers_cap : 256;
		uint32_t *numbers = reallocarray(f->numbers, cap, sizeof(*numbers));

		if (numbers) {
			f->numbers = numbers;
			f->numbers_cap = cap;
		}
	}
	if (f->numbers_len < f->numbers_cap)
		f->numbers[f->numbers_len++] = number;
	else
		f->beyond++;
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void inspect_files(struct subject *s, struct doc *d)
{
	struct files f = { .subject = s, .doc = d };
	int err = procfs_each_number(s->live_fd, "fd", note_number, &f);

	if (err) {
		doc_missing(d, "descriptors", NULL, err);
		free(f.numbers);
		return;
	}
	/* In a copied /proc they stand in any order. */
	if (f.numbers_len)
		qsort(f.numbers, f.numbers_len, sizeof(*f.numbers), compare_numbers);
	f.mounts_error = mount_table_read(s->live_fd, &f.mounts);
	doc_list(d, "descriptors", NULL);
	for (size_t i = 0; i < f.numbers_len; i++)
		put_descriptor(&f, f.numbers[i]);
	doc_end(d);
	f.count += f.beyond;
	put_kinds(&f);
	files_put_sockets(s, f.held, f.held_len, d);
	files_put_pipes(s, f.held, f.held_len, d);
	files_put_eventfds(s, f.held, f.held_len, d);
	fd_owners_put_unseen(s->world, d);
	mount_table_done(&f.mounts);
	free(f.numbers);
	free(f.held);
}
