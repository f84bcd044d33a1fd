/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name_lists.h - the words themselves, for the tables made of them
 *
 * Private to names.c and to the JSON writer, which lays the same words out for fast
 * copying. Each list is in the order of its enum.
 */
#ifndef EVENT_NAME_LISTS_H
#define EVENT_NAME_LISTS_H

#define KIND_LIST(X)                                \
	X(EVENT_FORK, "fork")                       \
	X(EVENT_EXEC, "exec")                       \
	X(EVENT_EXIT, "exit")                       \
	X(EVENT_SETNS, "setns")                     \
	X(EVENT_UNSHARE, "unshare")                 \
	X(EVENT_CGROUP, "cgroup")                   \
	X(EVENT_CONTAINER_START, "container-start") \
	X(EVENT_CONTAINER_STOP, "container-stop")   \
	X(EVENT_SIGNAL, "signal")                   \
	X(EVENT_PROCESS, "process")                 \
	X(EVENT_LOST, "lost")                       \
	X(EVENT_THROTTLED, "throttled")

#define TYPE_LIST(X)                          \
	X(PTC_FORK, "fork")                   \
	X(PTC_EXEC, "exec")                   \
	X(PTC_EXEC_FAILED, "exec-failed")     \
	X(PTC_EXIT, "exit")                   \
	X(PTC_SETNS, "setns")                 \
	X(PTC_UNSHARE, "unshare")             \
	X(PTC_CGROUP_MKDIR, "cgroup-mkdir")   \
	X(PTC_CGROUP_RMDIR, "cgroup-rmdir")   \
	X(PTC_CGROUP_RENAME, "cgroup-rename") \
	X(PTC_CGROUP_ATTACH, "cgroup-attach") \
	X(PTC_SIGNAL, "signal")               \
	X(PTC_TASK, "task")

#define FACT_LIST(X)                       \
	X(FACT_PARENT, "parent")           \
	X(FACT_NAME, "name")               \
	X(FACT_EXE, "executable")          \
	X(FACT_FILE, "file")               \
	X(FACT_ARGS, "args")               \
	X(FACT_CWD, "cwd")                 \
	X(FACT_TTY, "tty")                 \
	X(FACT_CREDS, "credentials")       \
	X(FACT_GROUPS, "groups")           \
	X(FACT_LOGIN, "login")             \
	X(FACT_SECCOMP, "seccomp")         \
	X(FACT_LSM, "lsm")                 \
	X(FACT_NS, "ns")                   \
	X(FACT_PIDS, "pids")               \
	X(FACT_CGROUP, "cgroup")           \
	X(FACT_CONTAINER, "container")     \
	X(FACT_OOM_SCORE, "oom_score_adj") \
	X(FACT_ENV, "env")                 \
	X(FACT_NOW, "now")

#define SOURCE_LIST(X)                   \
	X(SOURCE_KERNEL, "kernel")       \
	X(SOURCE_PROCFS, "procfs")       \
	X(SOURCE_INHERITED, "inherited") \
	X(SOURCE_RUNTIME, "runtime")

#define MISSING_LIST(X)               \
	X(MISSING_GONE, "gone")       \
	X(MISSING_DENIED, "denied")   \
	X(MISSING_SKIPPED, "skipped") \
	X(MISSING_MALFORMED, "malformed")

#define NS_LIST(X)                                     \
	X(PTC_NS_PID, "pid")                           \
	X(PTC_NS_MNT, "mnt")                           \
	X(PTC_NS_NET, "net")                           \
	X(PTC_NS_UTS, "uts")                           \
	X(PTC_NS_IPC, "ipc")                           \
	X(PTC_NS_USER, "user")                         \
	X(PTC_NS_CGROUP, "cgroup")                     \
	X(PTC_NS_TIME, "time")                         \
	X(PTC_NS_PID_FOR_CHILDREN, "pid_for_children") \
	X(PTC_NS_TIME_FOR_CHILDREN, "time_for_children")

#define LOST_LIST(X)                          \
	X(PTC_LOST_FULL, "buffer full")       \
	X(PTC_LOST_STATE, "state table full") \
	X(LOST_LOG_QUEUE, "log queue full")   \
	X(LOST_LOG_DISK, "log could not be written")

#define ENTERED_LIST(X)               \
	X(ENTERED_EXEC, "exec")       \
	X(ENTERED_NSENTER, "nsenter") \
	X(ENTERED_SETUP, "setup")

#define SECCOMP_LIST(X)  \
	X(0, "disabled") \
	X(1, "strict")   \
	X(2, "filter")

/* In the order of linux/capability.h, without a gap. */
#define CAP_LIST(X)                   \
	X(0, "CAP_CHOWN")             \
	X(1, "CAP_DAC_OVERRIDE")      \
	X(2, "CAP_DAC_READ_SEARCH")   \
	X(3, "CAP_FOWNER")            \
	X(4, "CAP_FSETID")            \
	X(5, "CAP_KILL")              \
	X(6, "CAP_SETGID")            \
	X(7, "CAP_SETUID")            \
	X(8, "CAP_SETPCAP")           \
	X(9, "CAP_LINUX_IMMUTABLE")   \
	X(10, "CAP_NET_BIND_SERVICE") \
	X(11, "CAP_NET_BROADCAST")    \
	X(12, "CAP_NET_ADMIN")        \
	X(13, "CAP_NET_RAW")          \
	X(14, "CAP_IPC_LOCK")         \
	X(15, "CAP_IPC_OWNER")        \
	X(16, "CAP_SYS_MODULE")       \
	X(17, "CAP_SYS_RAWIO")        \
	X(18, "CAP_SYS_CHROOT")       \
	X(19, "CAP_SYS_PTRACE")       \
	X(20, "CAP_SYS_PACCT")        \
	X(21, "CAP_SYS_ADMIN")        \
	X(22, "CAP_SYS_BOOT")         \
	X(23, "CAP_SYS_NICE")         \
	X(24, "CAP_SYS_RESOURCE")     \
	X(25, "CAP_SYS_TIME")         \
	X(26, "CAP_SYS_TTY_CONFIG")   \
	X(27, "CAP_MKNOD")            \
	X(28, "CAP_LEASE")            \
	X(29, "CAP_AUDIT_WRITE")      \
	X(30, "CAP_AUDIT_CONTROL")    \
	X(31, "CAP_SETFCAP")          \
	X(32, "CAP_MAC_OVERRIDE")     \
	X(33, "CAP_MAC_ADMIN")        \
	X(34, "CAP_SYSLOG")           \
	X(35, "CAP_WAKE_ALARM")       \
	X(36, "CAP_BLOCK_SUSPEND")    \
	X(37, "CAP_AUDIT_READ")       \
	X(38, "CAP_PERFMON")          \
	X(39, "CAP_BPF")              \
	X(40, "CAP_CHECKPOINT_RESTORE")

#define CAP_KNOWN 41 /* entries of CAP_LIST */

#endif /* EVENT_NAME_LISTS_H */
