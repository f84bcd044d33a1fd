/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.h - the files of /proc/<pid> that hold a single value
 */
#ifndef PROCFS_VALUE_H
#define PROCFS_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Set at log-in and kept by sudo and su; UINT32_MAX: not set. -ENOENT: no audit in this kernel. */
int read_loginuid(int pid_fd, uint32_t *ret_uid);
int read_sessionid(int pid_fd, uint32_t *ret_session_id);

/* -1000 (never killed) to 1000 */
int read_oom_score_adj(int pid_fd, int32_t *ret_adj);

/* How bad it would be to keep it, 0 to 2000: what the oom killer goes by. */
int read_oom_score(int pid_fd, uint32_t *ret_score);

/* How late a timer of it may be (prctl(2) PR_SET_TIMERSLACK). */
int read_timerslack_ns(int pid_fd, uint64_t *ret_ns);

/* Kinds of mappings that go into a core dump, bits of core(5). */
int read_coredump_filter(int pid_fd, uint32_t *ret_bits);

/* What it believes it runs on (personality(2)). */
int read_personality(int pid_fd, uint32_t *ret_bits);

/* Pages that it shares because their contents are the same. -ENOENT: no KSM in this kernel. */
int read_ksm_merging_pages(int pid_fd, uint64_t *ret_pages);

/* Its cpuset cgroup (cpuset(7)), into buf. */
#define PROC_CPUSET_SIZE 4100
int read_cpuset(int pid_fd, char *buf, size_t size, struct str *ret_path);

/* The name, whole: unlike that in stat it is not between parentheses. buf has 64 bytes or more. */
int read_comm(int pid_fd, char *buf, size_t size, struct str *ret_comm);

/*
 * The label of the security module (AppArmor, SELinux, Smack …) that answers
 * attr/current, into buf, without newline and NUL at its end. -ENOENT: none does.
 */
#define PROC_LABEL_SIZE 4096
int read_label(int pid_fd, char *buf, size_t size, struct str *ret_label);

/* A number with or without a newline behind it. 0 or -EBADMSG. */
int parse_u32_value(struct str text, uint32_t *ret_value);
int parse_i32_value(struct str text, int32_t *ret_value);
/* The same in base 16, without a prefix. */
int parse_hex_value(struct str text, uint32_t *ret_value);
struct str parse_label(struct str text);

#endif /* PROCFS_VALUE_H */
