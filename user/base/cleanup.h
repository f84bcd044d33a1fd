/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cleanup.h - release what a function owns when its scope ends
 *
 * Put the attribute on a local variable; take ownership out of it again with
 * take_fd() or take_ptr(). The wrapped functions accept -1 and NULL.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd); /* read-only or already flushed: nothing to do about an error */
	errno = saved;
}

static inline void cleanup_freep(void *ptr)
{
	free(*(void **)ptr);
}

static inline void cleanup_fclosep(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void cleanup_closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define _cleanup_(f)	   __attribute__((cleanup(f)))
#define _cleanup_close_	   _cleanup_(cleanup_closep)
#define _cleanup_free_	   _cleanup_(cleanup_freep)
#define _cleanup_fclose_   _cleanup_(cleanup_fclosep)
#define _cleanup_closedir_ _cleanup_(cleanup_closedirp)

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define take_ptr(ptr)                           \
	({                                      \
		__typeof__(ptr) taken_ = (ptr); \
		(ptr) = NULL;                   \
		taken_;                         \
	})

#endif /* BASE_CLEANUP_H */
