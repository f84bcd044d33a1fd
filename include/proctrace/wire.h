/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * wire.h - the records that the kernel side sends and the agent decodes
 *
 * Both compilers read this file. Only fixed-width integers and arrays of them
 * cross the wire; every structure is a multiple of 8 bytes without padding, and
 * the assertions at the end hold both sides to the same sizes and offsets.
 *
 * A record is a ptc_hdr, the fixed part of its type, and a tail. Variable parts
 * are slices: offset from the start of the record and length. The fixed part is
 * always whole; a slice that could not be copied whole says so in its flags.
 */
#ifndef PROCTRACE_WIRE_H
#define PROCTRACE_WIRE_H

#include <linux/types.h>

#define PTC_COMM_LEN	16	     /* TASK_COMM_LEN, with its NUL */
#define PTC_PID_LEVELS	32	     /* MAX_PID_NS_LEVEL: deepest nesting of pid namespaces */
#define PTC_GROUPS_MAX	16	     /* supplementary groups carried by a record */
#define PTC_NAME_MAX	256	     /* NAME_MAX and its NUL: one path component, a cgroup's name */
#define PTC_PATH_MAX	4096	     /* PATH_MAX */
#define PTC_PATH_DEPTH	128	     /* path components walked before a path is cut */
#define PTC_ARGS_MAX	(128 * 1024) /* bytes of arguments carried whole */
#define PTC_ENV_MAX	(64 * 1024)  /* bytes of environment carried, when asked for */
#define PTC_RECORD_MAX	(256 * 1024) /* largest size class of a record */
#define PTC_STAT_SHARDS 64	     /* counters are kept per CPU number modulo this */

enum ptc_type {
	PTC_FORK = 1,	   /* ptc_fork: a new thread group */
	PTC_EXEC,	   /* ptc_exec: the program changed */
	PTC_EXEC_FAILED,   /* ptc_exec: execve() or execveat() returned an error */
	PTC_EXIT,	   /* ptc_exit: the last thread ended; may come more than once */
	PTC_SETNS,	   /* ptc_ns_call */
	PTC_UNSHARE,	   /* ptc_ns_call */
	PTC_CGROUP_MKDIR,  /* ptc_cgroup */
	PTC_CGROUP_RMDIR,  /* ptc_cgroup */
	PTC_CGROUP_RENAME, /* ptc_cgroup: v1 only */
	PTC_CGROUP_ATTACH, /* ptc_attach: a task was moved */
	PTC_SIGNAL,	   /* ptc_signal: a deadly or stopping one, across containers or users */
	PTC_TASK,	   /* ptc_seed: a process that ran already; never in the ring */
	PTC_TYPES,
};

/* Why a record was not sent. */
enum ptc_lost {
	PTC_LOST_FULL,	/* no room in the ring buffer */
	PTC_LOST_STATE, /* no room to remember a call's entry, or to put an exec's record together */
	PTC_LOST_REASONS,
};

/*
 * Index of each namespace in the ns arrays below. The first eight are the
 * namespaces of the task itself, the last two those its children will get
 * (nsproxy pid_ns_for_children, time_ns_for_children). The value is the inode
 * number that /proc/<pid>/ns/ shows; 0: the kernel has no such namespace.
 */
enum ptc_ns {
	PTC_NS_PID,
	PTC_NS_MNT,
	PTC_NS_NET,
	PTC_NS_UTS,
	PTC_NS_IPC,
	PTC_NS_USER,
	PTC_NS_CGROUP,
	PTC_NS_TIME,
	PTC_NS_PID_FOR_CHILDREN,
	PTC_NS_TIME_FOR_CHILDREN,
	PTC_NS_COUNT,
};

enum ptc_cap_set {
	PTC_CAP_EFFECTIVE,
	PTC_CAP_PERMITTED,
	PTC_CAP_INHERITABLE,
	PTC_CAP_BOUNDING,
	PTC_CAP_AMBIENT,
	PTC_CAP_SETS,
};

/* ptc_slice.flags */
#define PTC_SLICE_TRUNCATED 1u /* longer than a record may carry: the end is missing */
#define PTC_SLICE_UNREAD    2u /* pages that were not resident are zero bytes here */
#define PTC_SLICE_REVERSED  4u /* path components, last one first, NUL after each */
#define PTC_SLICE_DETACHED  8u /* path: the walk did not end at the process's root */

struct ptc_slice {
	__u32 off;	/* from the start of the record; 0 and len 0: absent */
	__u32 len;	/* bytes */
	__u32 full_len; /* bytes there were, where known; else len */
	__u32 flags;
};

struct ptc_hdr {
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 size;    /* bytes of the record in use, this header included */
	__u32 cpu;
	__u16 type;    /* enum ptc_type */
	__u16 version; /* PTC_WIRE_VERSION */
	__u32 flags;   /* none yet */
};

#define PTC_WIRE_VERSION 1

/* ptc_task.flags */
#define PTC_TASK_HAS_TTY     1u
#define PTC_TASK_HAS_AUDIT   2u /* loginuid and session_id mean something */
#define PTC_TASK_HAS_SECCOMP 4u /* the kernel has seccomp */
#define PTC_TASK_KTHREAD     8u
#define PTC_TASK_SHARED_MM   16u /* the memory belongs to another process too (vfork) */

/*
 * What every record about a process says of it, read from the task that the
 * record is about. pid, start_ns, vpid and parent are those of the thread
 * group's leader; credentials and namespaces are the acting thread's.
 */
struct ptc_task {
	__u64 start_ns;	       /* CLOCK_BOOTTIME, exact */
	__u64 parent_start_ns; /* of real_parent's thread group */
	__u64 cgroup_v2;       /* id in the default hierarchy */
	__u64 cgroup_v1;       /* id in the v1 hierarchy of ptc_config, 0: none */
	__u64 maxrss_pages;    /* signal->maxrss: includes images before an exec */
	__u64 exec_id;	       /* goes up at each exec; a child begins with its creator's */
	__u64 cap[PTC_CAP_SETS];
	__u32 pid;
	__u32 tid;
	__u32 parent_pid;
	__u32 vpids_len;	    /* entries of vpid in use, at least 1 */
	__u32 vpid[PTC_PID_LEVELS]; /* outermost (initial) pid namespace first */
	__u32 ns[PTC_NS_COUNT];
	__u32 uid, euid, suid, fsuid;
	__u32 gid, egid, sgid, fsgid;
	__u32 securebits;
	__u32 loginuid;	  /* 4294967295: not set */
	__u32 session_id; /* 4294967295: not set */
	__u32 tty_major;
	__u32 tty_minor;
	__s32 oom_score_adj;
	__u32 seccomp;	    /* 0 disabled, 1 strict, 2 filter */
	__u32 no_new_privs; /* 0 or 1 */
	__u32 flags;
	__u32 groups_len;   /* entries of groups in use */
	__u32 groups_total; /* supplementary groups the process has */
	__u32 threads;	    /* threads of the group now */
	__u32 groups[PTC_GROUPS_MAX];
	char comm[PTC_COMM_LEN];
};

struct ptc_fork {
	struct ptc_hdr hdr;
	struct ptc_task task;	/* the child */
	__u64 creator_start_ns; /* the process that called clone(): not the parent */
	__u32 creator_pid;	/* with CLONE_PARENT */
	__u32 pad;
	__u32 creator_ns[PTC_NS_COUNT]; /* to tell which namespaces are new */
};

/* ptc_exec.file_flags */
#define PTC_FILE_DELETED 1u /* no directory entry any more */
#define PTC_FILE_MEMFD	 2u /* in memory only (memfd_create) */
#define PTC_FILE_SCRIPT	 4u /* filename is a script, interp its interpreter */

struct ptc_exec {
	struct ptc_hdr hdr;
	struct ptc_task task;
	__u64 file_inode;
	__u32 file_dev_major;
	__u32 file_dev_minor;
	__u32 file_mode;
	__u32 file_uid;
	__u32 file_flags;
	__u32 old_tid; /* tid before the exec; differs from task.pid if a thread called it */
	__u32 argc;    /* as the kernel counted; 0 in a failed exec */
	__s32 error;   /* PTC_EXEC_FAILED: negative errno */
	struct ptc_slice args;	   /* NUL after each; a failed exec: what was asked for */
	struct ptc_slice env;	   /* NUL after each; only if asked for */
	struct ptc_slice exe;	   /* as the process sees it */
	struct ptc_slice cwd;	   /* as the process sees it */
	struct ptc_slice filename; /* as given to execve() */
	struct ptc_slice interp;   /* interpreter of a script */
};

/* ptc_exit.exit_flags */
#define PTC_EXIT_CORE	       1u  /* a core was dumped */
#define PTC_EXIT_OOM	       2u  /* chosen by the out-of-memory killer */
#define PTC_EXIT_SENDER	       4u  /* the sender_ fields are known */
#define PTC_EXIT_SENDER_KERNEL 8u  /* the kernel sent the signal, no process did */
#define PTC_EXIT_THREADS_CUT   16u /* more threads than could be summed: totals too low */
#define PTC_EXIT_MM_PEAK       32u /* mm_peak_pages is known */
#define PTC_EXIT_IO	       64u /* the kernel accounts I/O (CONFIG_TASK_IO_ACCOUNTING) */

struct ptc_exit {
	struct ptc_hdr hdr;
	struct ptc_task task;
	__u64 cpu_ns; /* up to the last tick or switch of each thread */
	__u64 minor_faults;
	__u64 major_faults;
	__u64 read_bytes;  /* from storage */
	__u64 write_bytes; /* to storage */
	__u64 read_chars;  /* by read(2) and the like */
	__u64 write_chars;
	__u64 mm_peak_pages; /* of the memory it had at the end */
	__u64 sender_start_ns;
	__u32 sender_pid;
	__u32 sender_uid;
	__s32 sender_code; /* si_code */
	__u32 exit_code;   /* 0 to 255; meaningless if exit_signal is not 0 */
	__u32 exit_signal; /* 0: it exited by itself */
	__u32 exit_flags;
	char sender_comm[PTC_COMM_LEN];
};

/* setns() and unshare(), as they return. task has the new namespaces. */
struct ptc_ns_call {
	struct ptc_hdr hdr;
	struct ptc_task task;
	__u32 old_ns[PTC_NS_COUNT]; /* as they were at entry */
	__u32 flags;		    /* the call's nstype or flags argument */
	__s32 error;		    /* negative errno, 0: success */
};

struct ptc_cgroup {
	struct ptc_hdr hdr;
	__u64 id;
	__u64 parent_id;    /* 0: none */
	__u64 by_start_ns;  /* the process that made, removed or renamed it */
	__u32 hierarchy_id; /* 0: the default (v2) hierarchy */
	__u32 level;
	__u32 by_pid;
	__u32 pad;
	struct ptc_slice name; /* of the directory, not a path */
};

struct ptc_attach {
	struct ptc_hdr hdr;
	struct ptc_task task; /* the task that was moved */
	__u64 id;	      /* where it is now */
	__u32 hierarchy_id;
	__u32 by_pid; /* the process that moved it */
};

struct ptc_signal {
	struct ptc_hdr hdr;
	struct ptc_task task; /* the sender */
	__u64 target_start_ns;
	__u64 target_cgroup_v2;
	__u64 target_cgroup_v1;
	__u32 target_pid;
	__u32 target_uid;
	__u32 number;
	__s32 code; /* si_code */
	char target_comm[PTC_COMM_LEN];
};

/* One thread group from the task iterator; maxrss_pages is its baseline. */
struct ptc_seed {
	struct ptc_hdr hdr;
	struct ptc_task task;
};

/*
 * Counters of one shard. sent + the sum of lost + filtered is what happened, but for what
 * was throttled (meter.h). Written by
 * the kernel side with atomic adds; the agent only reads, but for the two
 * times, which it takes (exchanges with 0) when it reports a loss.
 */
struct ptc_stats {
	__u64 sent[PTC_TYPES];
	__u64 lost[PTC_TYPES][PTC_LOST_REASONS];
	__u64 filtered[PTC_TYPES]; /* not sent: of a container that is excluded (gate.h) */
	__u64 lost_first_ns;
	__u64 lost_last_ns;
	__u64 wakeups;
	__u64 pad[3];
};

/* How the two sides agree on who sleeps; see bpf/ring.h and user/tracer/ring.c. */
struct ptc_wake {
	__u32 idle;    /* the agent blocks until the next record */
	__u32 napping; /* the agent comes back by timer, or past the threshold */
};

#define PTC_ASSERT_SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), "size of struct " #type)

PTC_ASSERT_SIZE(ptc_slice, 16);
PTC_ASSERT_SIZE(ptc_hdr, 24);
PTC_ASSERT_SIZE(ptc_task, 432);
PTC_ASSERT_SIZE(ptc_fork, 24 + 432 + 56);
PTC_ASSERT_SIZE(ptc_exec, 24 + 432 + 40 + 6 * 16);
PTC_ASSERT_SIZE(ptc_exit, 24 + 432 + 72 + 24 + 16);
PTC_ASSERT_SIZE(ptc_ns_call, 24 + 432 + 48);
PTC_ASSERT_SIZE(ptc_cgroup, 24 + 40 + 16);
PTC_ASSERT_SIZE(ptc_attach, 24 + 432 + 16);
PTC_ASSERT_SIZE(ptc_signal, 24 + 432 + 24 + 16 + 16);
PTC_ASSERT_SIZE(ptc_seed, 24 + 432);
PTC_ASSERT_SIZE(ptc_stats, 8 * (PTC_TYPES * 4 + 6));

#endif /* PROCTRACE_WIRE_H */
