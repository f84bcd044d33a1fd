// SPDX-License-Identifier: Apache-2.0
/*
 * faults.c - calls into the C library that fail once, when a test wants them to
 *
 * The Makefile tells the linker which functions to wrap by the lines that begin with WRAP.
 */
#include "faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json_tokener.h>
#include <poll.h>
#include <pthread.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <zlib.h>

static struct {
	enum fault fault;
	uint64_t nth;
	atomic_uint_least64_t calls;
	_Atomic(const char *) failed;
} armed;

const char *fault_name(enum fault fault)
{
	static const char *const names[] = {
		[FAULT_ALLOC] = "allocation",
		[FAULT_MEMORY] = "memory",
		[FAULT_OPEN] = "open",
		[FAULT_READ] = "read",
		[FAULT_LOOK] = "stat",
		[FAULT_WRITE] = "write",
		[FAULT_SYNC] = "sync",
		[FAULT_CHANGE] = "change",
		[FAULT_WAIT] = "wait",
		[FAULT_LIBRARY] = "library",
		[FAULT_SHORT_READ] = "short read",
		[FAULT_SHORT_WRITE] = "short write",
	};

	return names[fault];
}

void faults_begin(enum fault fault, uint64_t nth)
{
	armed.fault = fault;
	armed.calls = 0;
	armed.failed = NULL;
	armed.nth = nth;
}

const char *faults_end(void)
{
	armed.nth = 0;
	return armed.failed;
}

/* For a debugger: here is where it goes wrong. */
static __attribute__((noinline)) void fail(const char *function)
{
	armed.failed = function;
}

bool fault_is_due(enum fault fault, const char *function)
{
	static const int errors[] = {
		[FAULT_ALLOC] = ENOMEM,	  [FAULT_MEMORY] = ENOMEM, [FAULT_OPEN] = EMFILE,
		[FAULT_READ] = EIO,	  [FAULT_LOOK] = EIO,	   [FAULT_WRITE] = ENOSPC,
		[FAULT_SYNC] = EIO,	  [FAULT_CHANGE] = EIO,	   [FAULT_WAIT] = EINTR,
		[FAULT_LIBRARY] = ENOMEM, [FAULT_SHORT_READ] = 0,  [FAULT_SHORT_WRITE] = 0,
	};

	bool lasts = fault == FAULT_ALLOC && armed.fault == FAULT_MEMORY;
	uint64_t nth = armed.nth, call;

	if (!nth || (armed.fault != fault && !lasts))
		return false;
	call = atomic_fetch_add(&armed.calls, 1) + 1;
	if (lasts ? call < nth : call != nth)
		return false;
	fail(function);
	errno = errors[fault];
	return true;
}

/* Bytes of which a read or write gets only the first. */
static size_t shortened(enum fault fault, const char *function, size_t len)
{
	return len > 1 && fault_is_due(fault, function) ? 1 : len;
}

#define WRAP(type, name, fault, params, args, failure) \
	type __real_##name params;                     \
	type __wrap_##name params;                     \
	type __wrap_##name params                      \
	{                                              \
		if (fault_is_due(fault, #name))        \
			return failure;                \
		return __real_##name args;             \
	}

/* clang-format off */
WRAP(void *, malloc, FAULT_ALLOC, (size_t len), (len), NULL)
WRAP(void *, calloc, FAULT_ALLOC, (size_t n, size_t len), (n, len), NULL)
WRAP(void *, realloc, FAULT_ALLOC, (void *p, size_t len), (p, len), NULL)
WRAP(void *, reallocarray, FAULT_ALLOC, (void *p, size_t n, size_t len), (p, n, len), NULL)
WRAP(void *, aligned_alloc, FAULT_ALLOC, (size_t to, size_t len), (to, len), NULL)
WRAP(char *, strdup, FAULT_ALLOC, (const char *s), (s), NULL)
WRAP(char *, strndup, FAULT_ALLOC, (const char *s, size_t len), (s, len), NULL)
WRAP(void *, sodium_malloc, FAULT_ALLOC, (size_t len), (len), NULL)
WRAP(struct json_tokener *, json_tokener_new_ex, FAULT_ALLOC, (int depth), (depth), NULL)
WRAP(int, inflateInit2_, FAULT_ALLOC, (z_streamp z, int bits, const char *version, int size), (z, bits, version, size), Z_MEM_ERROR)
WRAP(int, inflate, FAULT_ALLOC, (z_streamp z, int flush), (z, flush), Z_MEM_ERROR)
WRAP(pcre2_match_context *, pcre2_match_context_create_8, FAULT_ALLOC, (pcre2_general_context *c), (c), NULL)
WRAP(pcre2_match_data *, pcre2_match_data_create_8, FAULT_ALLOC, (uint32_t n, pcre2_general_context *c), (n, c), NULL)
WRAP(pcre2_code *, pcre2_compile_8, FAULT_ALLOC, (PCRE2_SPTR s, size_t len, uint32_t how, int *error, size_t *at, pcre2_compile_context *c), (s, len, how, error, at, c), (*error = PCRE2_ERROR_HEAP_FAILED, NULL))
WRAP(int, pcre2_match_8, FAULT_ALLOC, (const pcre2_code *p, PCRE2_SPTR s, size_t len, size_t from, uint32_t how, pcre2_match_data *d, pcre2_match_context *c), (p, s, len, from, how, d, c), PCRE2_ERROR_NOMEMORY)

WRAP(int, __openat_2, FAULT_OPEN, (int fd, const char *path, int flags), (fd, path, flags), -1)
WRAP(int, open_by_handle_at, FAULT_OPEN, (int fd, struct file_handle *h, int flags), (fd, h, flags), -1)
WRAP(DIR *, opendir, FAULT_OPEN, (const char *path), (path), NULL)
WRAP(DIR *, fdopendir, FAULT_OPEN, (int fd), (fd), NULL)
WRAP(FILE *, fopen, FAULT_OPEN, (const char *path, const char *mode), (path, mode), NULL)
WRAP(FILE *, fdopen, FAULT_OPEN, (int fd, const char *mode), (fd, mode), NULL)
WRAP(gzFile, gzdopen, FAULT_OPEN, (int fd, const char *mode), (fd, mode), NULL)
WRAP(int, dup, FAULT_OPEN, (int fd), (fd), -1)
WRAP(int, pipe2, FAULT_OPEN, (int fds[2], int flags), (fds, flags), -1)
WRAP(int, epoll_create1, FAULT_OPEN, (int flags), (flags), -1)
WRAP(int, eventfd, FAULT_OPEN, (unsigned int value, int flags), (value, flags), -1)
WRAP(int, signalfd, FAULT_OPEN, (int fd, const sigset_t *set, int flags), (fd, set, flags), -1)
WRAP(int, inotify_init1, FAULT_OPEN, (int flags), (flags), -1)
WRAP(int, inotify_add_watch, FAULT_OPEN, (int fd, const char *path, uint32_t mask), (fd, path, mask), -1)
WRAP(int, epoll_ctl, FAULT_OPEN, (int fd, int what, int of, struct epoll_event *e), (fd, what, of, e), -1)
WRAP(int, socket, FAULT_OPEN, (int family, int type, int protocol), (family, type, protocol), -1)
WRAP(int, mkostemp, FAULT_OPEN, (char *path, int flags), (path, flags), -1)
WRAP(int, memfd_create, FAULT_OPEN, (const char *name, unsigned int flags), (name, flags), -1)
WRAP(int, pthread_create, FAULT_OPEN, (pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg), (t, a, f, arg), EAGAIN)

WRAP(ssize_t, readlink, FAULT_READ, (const char *path, char *to, size_t len), (path, to, len), -1)
WRAP(ssize_t, readlinkat, FAULT_READ, (int fd, const char *path, char *to, size_t len), (fd, path, to, len), -1)
WRAP(struct dirent *, readdir, FAULT_READ, (DIR *dir), (dir), NULL)
WRAP(ssize_t, getxattr, FAULT_READ, (const char *path, const char *name, void *to, size_t len), (path, name, to, len), -1)
WRAP(ssize_t, getline, FAULT_READ, (char **line, size_t *size, FILE *file), (line, size, file), -1)
WRAP(ssize_t, __getdelim, FAULT_READ, (char **line, size_t *size, int end, FILE *file), (line, size, end, file), -1)
WRAP(int, sodium_init, FAULT_READ, (void), (), -1)
WRAP(ssize_t, recv, FAULT_READ, (int fd, void *to, size_t len, int flags), (fd, to, len, flags), -1)

WRAP(int, stat, FAULT_LOOK, (const char *path, struct stat *st), (path, st), -1)
WRAP(int, fstat, FAULT_LOOK, (int fd, struct stat *st), (fd, st), -1)
WRAP(int, fstatat, FAULT_LOOK, (int fd, const char *path, struct stat *st, int flags), (fd, path, st, flags), -1)
WRAP(int, statx, FAULT_LOOK, (int fd, const char *path, int flags, unsigned int mask, struct statx *st), (fd, path, flags, mask, st), -1)
WRAP(int, fstatfs, FAULT_LOOK, (int fd, struct statfs *st), (fd, st), -1)
WRAP(int, faccessat, FAULT_LOOK, (int fd, const char *path, int mode, int flags), (fd, path, mode, flags), -1)
WRAP(off_t, lseek, FAULT_LOOK, (int fd, off_t by, int from), (fd, by, from), -1)
WRAP(int, getsockopt, FAULT_LOOK, (int fd, int level, int name, void *to, socklen_t *len), (fd, level, name, to, len), -1)
WRAP(int, gethostname, FAULT_LOOK, (char *to, size_t len), (to, len), -1)

WRAP(int, gzwrite, FAULT_WRITE, (gzFile file, const void *p, unsigned int len), (file, p, len), 0)
WRAP(ssize_t, sendto, FAULT_WRITE, (int fd, const void *p, size_t len, int flags, const struct sockaddr *a, socklen_t alen), (fd, p, len, flags, a, alen), -1)

WRAP(int, fsync, FAULT_SYNC, (int fd), (fd), -1)
WRAP(int, fdatasync, FAULT_SYNC, (int fd), (fd), -1)

WRAP(int, renameat, FAULT_CHANGE, (int fd, const char *a, int to, const char *b), (fd, a, to, b), -1)
WRAP(int, renameat2, FAULT_CHANGE, (int fd, const char *a, int to, const char *b, unsigned int flags), (fd, a, to, b, flags), -1)
WRAP(int, linkat, FAULT_CHANGE, (int fd, const char *a, int to, const char *b, int flags), (fd, a, to, b, flags), -1)
WRAP(int, unlink, FAULT_CHANGE, (const char *path), (path), -1)
WRAP(int, unlinkat, FAULT_CHANGE, (int fd, const char *path, int flags), (fd, path, flags), -1)
WRAP(int, ftruncate, FAULT_CHANGE, (int fd, off_t len), (fd, len), -1)
WRAP(int, fchmod, FAULT_CHANGE, (int fd, mode_t mode), (fd, mode), -1)
WRAP(int, fchown, FAULT_CHANGE, (int fd, uid_t uid, gid_t gid), (fd, uid, gid), -1)
WRAP(int, futimens, FAULT_CHANGE, (int fd, const struct timespec times[2]), (fd, times), -1)
WRAP(int, flock, FAULT_CHANGE, (int fd, int what), (fd, what), -1)

WRAP(int, epoll_wait, FAULT_WAIT, (int fd, struct epoll_event *e, int n, int ms), (fd, e, n, ms), -1)
WRAP(int, poll, FAULT_WAIT, (struct pollfd *p, nfds_t n, int ms), (p, n, ms), -1)
/* clang-format on */

/*
 * Is it a copy of a file that the kernel makes as one record? One read(2) of the real one has all
 * of it (single_open() in fs/seq_file.c), and so it is read (procfs_read_once()).
 */
static bool is_one_record(int fd)
{
	static const char *const names[] = { "/stat", "/status", "/cgroup" };
	char link[32], path[4096];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = __real_readlink(link, path, sizeof(path));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t end = strlen(names[i]);

		if (len > (ssize_t)end && !memcmp(path + len - end, names[i], end))
			return true;
	}
	return false;
}

#define WRAP_BYTES(type, name, fault, less, params, args)           \
	ssize_t __real_##name params;                               \
	ssize_t __wrap_##name params;                               \
	ssize_t __wrap_##name params                                \
	{                                                           \
		if (fault_is_due(fault, #name))                     \
			return -1;                                  \
		if (less != FAULT_SHORT_READ || !is_one_record(fd)) \
			len = shortened(less, #name, len);          \
		return __real_##name args;                          \
	}

/* clang-format off */
WRAP_BYTES(ssize_t, read, FAULT_READ, FAULT_SHORT_READ, (int fd, void *to, size_t len), (fd, to, len))
WRAP_BYTES(ssize_t, pread, FAULT_READ, FAULT_SHORT_READ, (int fd, void *to, size_t len, off_t at), (fd, to, len, at))
WRAP_BYTES(ssize_t, __pread_chk, FAULT_READ, FAULT_SHORT_READ, (int fd, void *to, size_t len, off_t at, size_t size), (fd, to, len, at, size))
WRAP_BYTES(ssize_t, write, FAULT_WRITE, FAULT_SHORT_WRITE, (int fd, const void *p, size_t len), (fd, p, len))
WRAP_BYTES(ssize_t, pwrite, FAULT_WRITE, FAULT_SHORT_WRITE, (int fd, const void *p, size_t len, off_t at), (fd, p, len, at))
/* clang-format on */

/* What the disk could not take may show only now; the descriptor is gone all the same. */
#define WRAP_CLOSE(type, name, fault, params, args, failure) \
	type __real_##name params;                           \
	type __wrap_##name params;                           \
	type __wrap_##name params                            \
	{                                                    \
		bool due = fault_is_due(fault, #name);       \
		type r = __real_##name args;                 \
                                                             \
		if (due)                                     \
			errno = EIO;                         \
		return due ? failure : r;                    \
	}

/* clang-format off */
WRAP_CLOSE(int, close, FAULT_SYNC, (int fd), (fd), -1)
WRAP_CLOSE(int, gzclose, FAULT_SYNC, (gzFile file), (file), Z_ERRNO)
/* clang-format on */

/* Those whose arguments are not always as many. */
#define WRAP_OPEN(type, name, params, last, args, without)                  \
	type __real_##name params;                                          \
	type __wrap_##name params;                                          \
	type __wrap_##name params                                           \
	{                                                                   \
		va_list ap;                                                 \
		mode_t mode;                                                \
                                                                            \
		if (fault_is_due(FAULT_OPEN, #name))                        \
			return -1;                                          \
		if (!(flags & O_CREAT) && (flags & O_TMPFILE) != O_TMPFILE) \
			return __real_##name without;                       \
		va_start(ap, last);                                         \
		mode = va_arg(ap, mode_t);                                  \
		va_end(ap);                                                 \
		return __real_##name args;                                  \
	}

/* clang-format off */
WRAP_OPEN(int, open, (const char *path, int flags, ...), flags, (path, flags, mode), (path, flags))
WRAP_OPEN(int, openat, (int fd, const char *path, int flags, ...), flags, (fd, path, flags, mode), (fd, path, flags))
/* clang-format on */

/* By hand, for one of many things that they do. (WRAP_ names them for the linker.) */
#define WRAP_HAND(type, name, params) \
	type __real_##name params;    \
	type __wrap_##name params;    \
	type __wrap_##name params

static const char *pretended;

void faults_pretend(const char *path)
{
	pretended = path;
}

WRAP_HAND(int, access, (const char *path, int mode))
{
	if (fault_is_due(FAULT_LOOK, "access"))
		return -1;
	return pretended && !strcmp(path, pretended) ? 0 : __real_access(path, mode);
}

WRAP_HAND(int, connect, (int fd, const struct sockaddr *address, socklen_t len))
{
	const struct sockaddr_un *named = (const struct sockaddr_un *)address;

	if (fault_is_due(FAULT_OPEN, "connect"))
		return -1;
	if (pretended && address->sa_family == AF_UNIX && !strcmp(named->sun_path, pretended))
		return 0;
	return __real_connect(fd, address, len);
}

/* However busy the machine is, a thread that ends is waited for. */
WRAP_HAND(int, pthread_timedjoin_np, (pthread_t thread, void **ret, const struct timespec *until))
{
	(void)until;
	return pthread_join(thread, ret);
}

WRAP_HAND(int, pthread_clockjoin_np,
	  (pthread_t thread, void **ret, clockid_t clock, const struct timespec *until))
{
	(void)clock;
	(void)until;
	return pthread_join(thread, ret);
}

/* Compilers that fortify call the one with flags. */
#define WRAP_PRINT(type, name, params, last, real)    \
	type __wrap_##name params;                    \
	type __wrap_##name params                     \
	{                                             \
		va_list ap;                           \
		int n;                                \
                                                      \
		if (fault_is_due(FAULT_ALLOC, #name)) \
			return -1;                    \
		va_start(ap, last);                   \
		n = real;                             \
		va_end(ap);                           \
		return n;                             \
	}

/* clang-format off */
WRAP(int, vasprintf, FAULT_ALLOC, (char **text, const char *fmt, va_list ap), (text, fmt, ap), -1)
WRAP(int, __vasprintf_chk, FAULT_ALLOC, (char **text, int flag, const char *fmt, va_list ap), (text, flag, fmt, ap), -1)
WRAP_PRINT(int, asprintf, (char **text, const char *fmt, ...), fmt, __real_vasprintf(text, fmt, ap))
WRAP_PRINT(int, __asprintf_chk, (char **text, int flag, const char *fmt, ...), fmt, __real___vasprintf_chk(text, flag, fmt, ap))
/* clang-format on */

/* What the child does is not what is looked at. */
WRAP_HAND(pid_t, fork, (void))
{
	pid_t pid;

	if (fault_is_due(FAULT_OPEN, "fork"))
		return -1;
	pid = __real_fork();
	if (pid == 0)
		armed.nth = 0;
	return pid;
}

WRAP_HAND(int, fcntl, (int fd, int what, ...))
{
	va_list ap;
	void *arg;

	if (what == F_DUPFD_CLOEXEC && fault_is_due(FAULT_OPEN, "fcntl"))
		return -1;
	va_start(ap, what);
	arg = va_arg(ap, void *);
	va_end(ap);
	return __real_fcntl(fd, what, arg);
}

WRAP_HAND(long, syscall, (long number, ...))
{
	long a[6];
	va_list ap;

	if (number == SYS_openat2 && fault_is_due(FAULT_OPEN, "openat2"))
		return -1;
	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
