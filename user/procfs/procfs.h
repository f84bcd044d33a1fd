/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs.h - getting at the files of one process without mixing two up
 *
 * A process is opened once, as a directory descriptor; every reader of this room
 * works below it. When the process is reaped they all fail with -ESRCH, and a
 * descriptor never turns into another process's. All errors of this room:
 *   -ESRCH           the process ended, or the pid belongs to another one now
 *   -ENOENT          it runs, but this kernel has no such file
 *   -EACCES, -EPERM  not permitted (another user, hidepid, ptrace rules)
 *   -EBADMSG, -EFBIG the file is not what the kernel writes
 * A root that is a copied /proc works like the real one, as far as a copy can.
 */
#ifndef PROCFS_PROCFS_H
#define PROCFS_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "procfs/stat.h"

/* Opens the root of a /proc, usually "/proc". 0 or a negative errno. */
int procfs_open_root(const char *path, int *ret_fd);

/*
 * Opens /proc/<pid> as a directory (O_PATH; the caller closes it). start_ns is
 * the process's start in CLOCK_BOOTTIME; if it is not 0 it is compared with stat
 * at the grain of a clock tick, which is all that /proc knows.
 */
int procfs_open(int proc_fd, uint32_t pid, uint64_t start_ns, int *ret_fd);

/* The same, and what stat said. */
int procfs_open_stat(int proc_fd, uint32_t pid, uint64_t start_ns, struct proc_stat *ret_stat,
		     int *ret_fd);

/* Opens the directory of one thread of the process; has the same files. */
int procfs_open_thread(int pid_fd, uint32_t tid, int *ret_fd);

/*
 * A leader that ended before its threads is a zombie without memory, files and
 * namespaces, while the process runs on. Opens a thread that is none, or -ESRCH.
 */
int procfs_open_live_thread(int pid_fd, int *ret_fd);

/*
 * Reads a file whole into buf. What does not fit is cut, which *ret_truncated
 * says; with ret_truncated NULL it is -EFBIG instead.
 */
int procfs_read(int pid_fd, const char *name, char *buf, size_t size, size_t *ret_len,
		bool *ret_truncated);

/*
 * The same for a file that the kernel makes as one record (single_open() in fs/seq_file.c: stat,
 * status, cgroup): one read(2) has all of it that fits. One that fills buf counts as cut.
 */
int procfs_read_once(int pid_fd, const char *name, char *buf, size_t size, size_t *ret_len,
		     bool *ret_truncated);

/*
 * Opens a file below the process for reading, for the readers that take it in pieces, and
 * reads a piece: its length, 0 at the end of the file, or a negative errno.
 */
int procfs_open_file(int pid_fd, const char *name, int *ret_fd);
ssize_t procfs_read_piece(int pid_fd, int fd, char *buf, size_t size);

/* Where a symbolic link points. -ENAMETOOLONG if that does not fit. */
int procfs_readlink(int pid_fd, const char *name, char *buf, size_t size, struct str *ret_target);

/*
 * Calls each for every entry of a directory of the process whose name is a number (fd, task), in
 * the order of the directory, until it returns something but 0, which is returned.
 */
int procfs_each_number(int pid_fd, const char *name, int (*each)(uint32_t number, void *arg),
		       void *arg);

/* True if this is a mounted procfs: only there do links lead to the file itself. */
bool procfs_is_mounted(int fd);

/*
 * Calls each for every process (thread group) of the root, in the order of the
 * directory, until it returns something but 0, which is returned.
 */
int procfs_each_pid(int proc_fd, int (*each)(uint32_t pid, void *arg), void *arg);

/* stat has its own file, but can only be read here. */
int read_stat(int pid_fd, struct proc_stat *ret_stat);

#endif /* PROCFS_PROCFS_H */
