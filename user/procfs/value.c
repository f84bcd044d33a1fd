// SPDX-License-Identifier: Apache-2.0
/*
 * value.c - the files of /proc/<pid> that hold a single value
 */
#include "procfs/value.h"

#include <errno.h>

#include "procfs/procfs.h"
#include "procfs/scan.h"

#define NUMBER_SIZE 32 /* more digits than 64 bits have */

int parse_u32_value(struct str text, uint32_t *ret_value)
{
	return scan_u32(scan_trim(text), ret_value) ? 0 : -EBADMSG;
}

int parse_i32_value(struct str text, int32_t *ret_value)
{
	int64_t v;

	if (!scan_i64(scan_trim(text), &v) || v < INT32_MIN || v > INT32_MAX)
		return -EBADMSG;
	*ret_value = (int32_t)v;
	return 0;
}

int parse_hex_value(struct str text, uint32_t *ret_value)
{
	uint64_t v;

	if (!scan_hex(scan_trim(text), &v) || v > UINT32_MAX)
		return -EBADMSG;
	*ret_value = (uint32_t)v;
	return 0;
}

/* AppArmor ends its label with a newline, SELinux with a NUL. */
struct str parse_label(struct str text)
{
	while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\0'))
		text.len--;
	return text;
}

static int read_u32(int pid_fd, const char *name, uint32_t *ret)
{
	char buf[NUMBER_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, name, buf, sizeof(buf), &len, NULL);

	return err ? err : parse_u32_value(str_from(buf, len), ret);
}

static int read_u64(int pid_fd, const char *name, uint64_t *ret)
{
	char buf[NUMBER_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, name, buf, sizeof(buf), &len, NULL);

	if (err)
		return err;
	return scan_u64(scan_trim(str_from(buf, len)), ret) ? 0 : -EBADMSG;
}

static int read_hex(int pid_fd, const char *name, uint32_t *ret)
{
	char buf[NUMBER_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, name, buf, sizeof(buf), &len, NULL);

	return err ? err : parse_hex_value(str_from(buf, len), ret);
}

int read_loginuid(int pid_fd, uint32_t *ret_uid)
{
	return read_u32(pid_fd, "loginuid", ret_uid);
}

int read_sessionid(int pid_fd, uint32_t *ret_session_id)
{
	return read_u32(pid_fd, "sessionid", ret_session_id);
}

int read_oom_score_adj(int pid_fd, int32_t *ret_adj)
{
	char buf[NUMBER_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "oom_score_adj", buf, sizeof(buf), &len, NULL);

	return err ? err : parse_i32_value(str_from(buf, len), ret_adj);
}

int read_oom_score(int pid_fd, uint32_t *ret_score)
{
	return read_u32(pid_fd, "oom_score", ret_score);
}

int read_timerslack_ns(int pid_fd, uint64_t *ret_ns)
{
	return read_u64(pid_fd, "timerslack_ns", ret_ns);
}

int read_coredump_filter(int pid_fd, uint32_t *ret_bits)
{
	return read_hex(pid_fd, "coredump_filter", ret_bits);
}

int read_personality(int pid_fd, uint32_t *ret_bits)
{
	return read_hex(pid_fd, "personality", ret_bits);
}

int read_ksm_merging_pages(int pid_fd, uint64_t *ret_pages)
{
	return read_u64(pid_fd, "ksm_merging_pages", ret_pages);
}

int read_cpuset(int pid_fd, char *buf, size_t size, struct str *ret_path)
{
	size_t len;
	int err = procfs_read(pid_fd, "cpuset", buf, size, &len, NULL);

	if (err)
		return err;
	if (len == 0 || buf[len - 1] != '\n')
		return -EBADMSG;
	*ret_path = str_from(buf, len - 1);
	return 0;
}

int read_comm(int pid_fd, char *buf, size_t size, struct str *ret_comm)
{
	size_t len;
	int err = procfs_read(pid_fd, "comm", buf, size, &len, NULL);

	if (err)
		return err;
	/* One newline is the kernel's; the name may end in others. */
	if (len && buf[len - 1] == '\n')
		len--;
	*ret_comm = str_from(buf, len);
	return 0;
}

int read_label(int pid_fd, char *buf, size_t size, struct str *ret_label)
{
	size_t len;
	int err = procfs_read(pid_fd, "attr/current", buf, size, &len, NULL);

	/* Without a module that has labels the file is there and cannot be read. */
	if (err == -EINVAL || err == -EOPNOTSUPP)
		return -ENOENT;
	if (err)
		return err;
	*ret_label = parse_label(str_from(buf, len));
	return ret_label->len ? 0 : -ENOENT;
}
