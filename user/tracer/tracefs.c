// SPDX-License-Identifier: Apache-2.0
/*
 * tracefs.c - numbers of tracepoints, whether or not tracefs is mounted
 */
#include "tracer/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* glibc has wrappers since 2.36 only. */
static int private_mount(void)
{
	_cleanup_close_ int fs = (int)syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
	long mount_fd;

	if (fs < 0)
		return -errno;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	mount_fd = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	return mount_fd < 0 ? -errno : (int)mount_fd;
}

int tracefs_open(int *ret_fd)
{
	static const char *const usual[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	int r = private_mount(), fd = r;

	for (size_t i = 0; fd < 0 && i < sizeof(usual) / sizeof(usual[0]); i++) {
		_cleanup_close_ int dir = open(usual[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		/* An empty directory is there even if nothing is mounted on it. */
		if (dir >= 0 && faccessat(dir, "events", F_OK, 0) == 0)
			fd = take_fd(&dir);
	}
	if (fd < 0)
		return r;
	*ret_fd = fd;
	return 0;
}

int tracefs_event_id(int tracefs_fd, const char *category, const char *name)
{
	_cleanup_close_ int fd = -1;
	char path[128], text[32], *end;
	ssize_t n;
	long id;

	snprintf(path, sizeof(path), "events/%s/%s/id", category, name);
	fd = openat(tracefs_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	errno = 0;
	id = strtol(text, &end, 10);
	if (errno || end == text || id <= 0 || id > 0xffff)
		return -EBADMSG;
	return (int)id;
}
