// SPDX-License-Identifier: Apache-2.0
/*
 * sandbox.c - what tracing needs no more once it has begun is given away
 *
 * Capabilities are each thread's own: the others never had any (base/thread.c). The filter goes
 * to all of them, and no_new_privs with it (SECCOMP_FILTER_FLAG_TSYNC).
 */
#include "cli/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/log.h"

static const unsigned int kept[] = { CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE };

#define KEPT_LEN (sizeof(kept) / sizeof(kept[0]))

static int drop_capabilities(void)
{
	const capng_type_t both = CAPNG_EFFECTIVE | CAPNG_PERMITTED;
	bool had[KEPT_LEN];

	if (capng_get_caps_process() < 0)
		return -EIO;
	for (size_t i = 0; i < KEPT_LEN; i++)
		had[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < KEPT_LEN; i++)
		if (had[i] && capng_updatev(CAPNG_ADD, both | CAPNG_BOUNDING_SET, kept[i], -1) < 0)
			return -EINVAL;
	/* Without CAP_SETPCAP the bounding set stays, from which nothing comes without an exec. */
	capng_apply(CAPNG_SELECT_BOUNDS);
	return capng_apply(CAPNG_SELECT_CAPS) < 0 ? -EPERM : 0;
}

#ifdef __SANITIZE_ADDRESS__
/* The leak sanitizer looks at its threads from a process that it makes, with ptrace(2). */
static int filter_calls(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}
#else
/* Names that this architecture does not have are passed over. */
static const struct {
	const char *what_for;
	const char *calls; /* a space between them */
} allowed[] = {
	{ "files of /proc, of cgroups, of runtimes; cgroups by their handle",
	  "open openat openat2 open_by_handle_at close read pread64 readv readlink readlinkat "
	  "getdents64 lseek _llseek stat fstat lstat newfstatat fstatat64 stat64 fstat64 lstat64 statx "
	  "statfs fstatfs statfs64 fstatfs64 access faccessat faccessat2 getcwd" },
	{ "the output and the log: written, synchronised, rotated, locked",
	  "write writev pwrite64 fsync fdatasync sync_file_range ftruncate ftruncate64 fallocate rename "
	  "renameat renameat2 unlink unlinkat fchmod fchown fchown32 flock fcntl fcntl64 fadvise64 "
	  "umask utimensat dup dup2 dup3" },
	{ "waiting: for the ring, signals, timers, the command's end",
	  "epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll ppoll_time64 select "
	  "pselect6 eventfd2 pipe pipe2 signalfd4 timerfd_create timerfd_settime timerfd_gettime "
	  "inotify_init1 inotify_add_watch inotify_rm_watch nanosleep clock_nanosleep "
	  "clock_nanosleep_time64 wait4 waitid kill tgkill rt_sigaction rt_sigprocmask rt_sigreturn "
	  "rt_sigtimedwait rt_sigpending sigaltstack restart_syscall pause" },
	{ "the clock", "clock_gettime clock_gettime64 clock_getres gettimeofday time" },
	{ "sockets of runtimes and of the journal; which ones is said below",
	  "connect sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg shutdown getsockopt setsockopt "
	  "getsockname getpeername memfd_create" },
	{ "memory, and threads, which drop what is left",
	  "mmap mmap2 munmap mremap mprotect madvise brk membarrier mlock mlock2 munlock futex "
	  "futex_time64 set_robust_list rseq set_tid_address arch_prctl sched_yield sched_getaffinity "
	  "getpid getppid gettid getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32 "
	  "capset getrandom uname sysinfo getrusage getrlimit ugetrlimit prctl times exit exit_group" },
};

/* Requests to terminals and descriptors that ask or change nothing of others. */
static const unsigned int allowed_ioctls[] = { TIOCGWINSZ, TCGETS, FIONREAD, FIONBIO, FIOCLEX };

static int allow_names(scmp_filter_ctx filter, const char *calls)
{
	char name[64];
	int r = 0;

	while (r == 0 && *calls) {
		size_t len = strcspn(calls, " ");
		int call;

		snprintf(name, sizeof(name), "%.*s", (int)len, calls);
		calls += len + (calls[len] == ' ');
		call = seccomp_syscall_resolve_name(name);
		if (call != __NR_SCMP_ERROR)
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
	}
	return r;
}

/* Returns 0 or a negative errno. */
static int allow(scmp_filter_ctx filter)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		r = allow_names(filter, allowed[i].calls);
	for (size_t i = 0; r == 0 && i < sizeof(allowed_ioctls) / sizeof(allowed_ioctls[0]); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				     SCMP_A1(SCMP_CMP_EQ, allowed_ioctls[i], 0));
	/* No other family: what a runtime or the journal listens on is a file. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				     SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
				     SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
	/* Threads, but no processes. clone3's flags cannot be seen: the C library then uses clone. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				     SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return r;
}

static int filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!filter)
		return -ENOMEM;
	r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	/* A tree and no list: the agent asks /proc by many calls (seccomp_attr_set(3)). */
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r == 0)
		r = allow(filter);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}
#endif

int sandbox_enter(void)
{
	int r = drop_capabilities();

	if (r < 0) {
		log_error("cannot drop capabilities: %s; --no-sandbox goes on with all of them",
			  strerror(-r));
		return r;
	}
	r = filter_calls();
	if (r < 0)
		log_error("cannot restrict system calls (seccomp): %s; --no-sandbox goes on "
			  "without",
			  strerror(-r));
	return r;
}
