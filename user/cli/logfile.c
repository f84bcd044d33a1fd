// SPDX-License-Identifier: Apache-2.0
/*
 * logfile.c - opening the audit log
 */
#include "cli/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"

int logfile_open(const char *path, int *ret_fd)
{
	/* O_NONBLOCK: a FIFO must be refused, not waited for. */
	_cleanup_close_ int fd =
		open(path,
		     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
		     0600);
	struct stat st;

	if (fd < 0) {
		int error = errno;

		if (error == ELOOP)
			log_error("--log: '%s' is a symbolic link: name the file itself", path);
		else
			log_error("--log: cannot open '%s': %s; choose another file", path,
				  strerror(error));
		return -error;
	}
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		log_error("--log: '%s' is no regular file: choose another one", path);
		return -EINVAL;
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH)) {
		log_error("--log: others may write '%s': run \"chmod go-w\" on it, or choose "
			  "another file",
			  path);
		return -EPERM;
	}
	*ret_fd = take_fd(&fd);
	return 0;
}
