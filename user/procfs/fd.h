/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fd.h - /proc/<pid>/fd and fdinfo: what a process has open (proc_pid_fd(5), proc_pid_fdinfo(5))
 */
#ifndef PROCFS_FD_H
#define PROCFS_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "procfs/link.h"

/* What a link of fd/ says; paths alone do not tell a file from a directory. */
enum proc_fd_kind {
	PROC_FD_PATH,	/* name: the path */
	PROC_FD_MEMFD,	/* name: as memfd_create(2) was told */
	PROC_FD_SOCKET, /* id: the inode */
	PROC_FD_PIPE,	/* id: the inode; a named one is a path */
	PROC_FD_ANON,	/* name: what it is, "eventfd"; they all share one inode */
	PROC_FD_OTHER,	/* name: its kind; id: the inode. "net" and the like are namespaces */
};

struct proc_fd_link {
	enum proc_fd_kind kind;
	struct str name;
	uint64_t id;
};

/*
 * "/dev/null", "socket:[7]", "anon_inode:[eventfd]", "anon_inode:inotify". 0 or -EBADMSG. A name that
 * was removed still has its " (deleted)".
 */
int parse_fd_link(struct str target, struct proc_fd_link *ret_link);

/* A descriptor and the file behind it, as far as looking does not disturb it. */
struct proc_fd {
	uint32_t number;
	struct proc_fd_link link;
	struct proc_link file; /* of a path or memfd: without the suffix, and what the file is */
};

/*
 * Both: buf has PROC_LINK_SIZE bytes and holds the names. Need permission to ptrace the process.
 * The link alone is half the work.
 */
int read_fd_link(int pid_fd, uint32_t number, char *buf, struct proc_fd_link *ret_link);
int read_fd(int pid_fd, uint32_t number, char *buf, struct proc_fd *ret_fd);

/*
 * How a socket's protocol calls itself, "TCP", "UNIX-STREAM", "NETLINK" (the attribute
 * system.sockprotoname). 0 or a negative errno; never known in a copied /proc.
 */
int read_fd_protocol(int pid_fd, uint32_t number, char *buf, size_t size, struct str *ret_name);

enum proc_fdinfo_field {
	PROC_FDINFO_POS,
	PROC_FDINFO_FLAGS,
	PROC_FDINFO_MNT_ID,
	PROC_FDINFO_INO,
	PROC_FDINFO_EVENTFD_COUNT,
	PROC_FDINFO_EVENTFD_ID, /* since Linux 5.2 */
	PROC_FDINFO_PIDFD,	/* the pid that a pidfd is of, as we see it; -1: it ended */
	PROC_FDINFO_CLOCK,
	PROC_FDINFO_SIGMASK,
	PROC_FDINFO_PROG_ID,
	PROC_FDINFO_MAP_ID,
	PROC_FDINFO_LINK_ID,
	PROC_FDINFO_FIELDS,
};

struct proc_fdinfo {
	uint32_t has;	 /* bit per enum proc_fdinfo_field */
	int64_t pos;	 /* of the next read or write, in bytes */
	uint32_t flags;	 /* O_… */
	uint32_t mnt_id; /* as in mountinfo */
	uint64_t ino;
	uint64_t eventfd_count;
	uint32_t eventfd_id;
	int64_t pidfd;
	uint32_t clock;
	uint64_t sigmask;
	uint32_t prog_id, map_id, link_id; /* of bpf(2) */
	uint32_t watches; /* what an epoll, inotify or fanotify descriptor waits for */
	uint32_t locks;	  /* record locks and leases of the process on the file */
};

/* Takes what one line says; lines that are not known or wrong change nothing. */
void parse_fdinfo_line(struct str line, struct proc_fdinfo *info);

/* An epoll descriptor has a line for each that it watches: it is read to its end. */
int read_fdinfo(int pid_fd, uint32_t number, struct proc_fdinfo *ret_info);

static inline bool proc_fdinfo_has(const struct proc_fdinfo *info, enum proc_fdinfo_field field)
{
	return info->has >> field & 1;
}

#endif /* PROCFS_FD_H */
