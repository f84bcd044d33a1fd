// SPDX-License-Identifier: Apache-2.0
/*
 * ns - makes or enters one namespace
 *
 * usage: ns unshare TYPE [compat]
 *        ns setns PID TYPE [compat]
 *
 * TYPE: pid mnt net uts ipc user cgroup time. compat: by int $0x80, the 32-bit system call,
 * from this 64-bit process. After unshare it has a child in the new namespace, and both live
 * until standard input ends. Facts: pid, child (0: none); errno (0: success); old and new, the
 * inode of what the call changes: for pid, and for unshare of time, that of …_for_children.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *name;
	int flag;
	const char *seen; /* link that shows what unshare(2) does */
} types[] = {
	{ "pid", CLONE_NEWPID, "pid_for_children" },
	{ "mnt", CLONE_NEWNS, "mnt" },
	{ "net", CLONE_NEWNET, "net" },
	{ "uts", CLONE_NEWUTS, "uts" },
	{ "ipc", CLONE_NEWIPC, "ipc" },
	{ "user", CLONE_NEWUSER, "user" },
	{ "cgroup", CLONE_NEWCGROUP, "cgroup" },
	{ "time", 0x80 /* CLONE_NEWTIME */, "time_for_children" },
};

static unsigned long inode(const char *link)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", link);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/*
 * A child in the new namespace. A new pid namespace has no link before its first process,
 * and a process is never itself in the time namespace that it made.
 */
static pid_t settle(void)
{
	pid_t child = fork();

	if (child == 0) {
		while (getchar() != EOF)
			;
		_exit(0);
	}
	return child;
}

/* The i386 table has unshare at 310 and setns at 346. Returns -1 with errno. */
static int call_compat(long number, long a, long b)
{
#ifdef __x86_64__
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(number), "b"(a), "c"(b)
			 : "memory", "r8", "r9", "r10", "r11");
	if (ret >= 0)
		return 0;
	errno = (int)-ret;
#else
	(void)number, (void)a, (void)b;
	errno = ENOSYS;
#endif
	return -1;
}

static int enter(const char *pid, const char *type, int flag, int compat)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, type);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		exit(2);
	return compat ? call_compat(346, fd, flag) : setns(fd, flag);
}

int main(int argc, char **argv)
{
	int is_setns = argc > 3 && !strcmp(argv[1], "setns");
	const char *type = argv[argc > 2 ? 2 + is_setns : 0];
	const char *how = argc > 3 + is_setns ? argv[3 + is_setns] : "";
	int compat = !strcmp(how, "compat");
	const char *seen;
	unsigned long old;
	size_t i = 0;
	pid_t child = 0;
	int ret;

	while (i < sizeof(types) / sizeof(types[0]) && strcmp(types[i].name, type) != 0)
		i++;
	if (i == sizeof(types) / sizeof(types[0]))
		return 2;
	seen = is_setns && !strcmp(type, "time") ? type : types[i].seen;
	old = inode(seen);
	if (is_setns)
		ret = enter(argv[2], type, types[i].flag, compat);
	else
		ret = compat ? call_compat(310, types[i].flag, 0) : unshare(types[i].flag);
	ret = ret ? errno : 0;
	if (ret == 0 && !is_setns)
		child = settle();
	printf("{\"pid\":%d,\"child\":%d,\"errno\":%d,\"old\":%lu,\"new\":%lu}\n", getpid(), child,
	       ret, old, inode(seen));
	fflush(stdout);
	if (child)
		waitpid(child, NULL, 0);
	return 0;
}
