/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logfile.h - opening the audit log
 */
#ifndef CLI_LOGFILE_H
#define CLI_LOGFILE_H

/*
 * Opens path for appending whole lines; a new file is readable by its owner only.
 * Refuses a symbolic link, anything but a regular file, and a file that others may
 * write. Says why; returns 0 or a negative errno.
 */
int logfile_open(const char *path, int *ret_fd);

#endif /* CLI_LOGFILE_H */
