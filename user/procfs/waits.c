// SPDX-License-Identifier: Apache-2.0
/*
 * waits.c - /proc/<pid>/wchan, syscall and stack: where it is in the kernel right now
 */
#include "procfs/waits.h"

#include <errno.h>

#include "procfs/procfs.h"
#include "procfs/scan.h"

#define SYSCALL_SIZE 512

static bool scan_0x(struct str word, uint64_t *ret)
{
	return str_has_prefix(word, STR_LITERAL("0x")) &&
	       scan_hex(str_from(word.p + 2, word.len - 2), ret);
}

int parse_syscall(struct str text, struct proc_syscall *ret_syscall)
{
	struct proc_syscall s = { 0 };
	struct str line, word;

	if (!scan_whole_line(&text, &line))
		return -EBADMSG;
	word = scan_word(&line);
	if (str_eq(word, STR_LITERAL("running"))) {
		s.running = true;
		*ret_syscall = s;
		return 0;
	}
	if (!scan_i64(word, &s.number))
		return -EBADMSG;
	for (int i = 0; s.number != -1 && i < PROC_SYSCALL_ARGS; i++) {
		if (!scan_0x(scan_word(&line), &s.args[i]))
			return -EBADMSG;
	}
	if (!scan_0x(scan_word(&line), &s.stack_pointer) ||
	    !scan_0x(scan_word(&line), &s.instruction_pointer))
		return -EBADMSG;
	*ret_syscall = s;
	return 0;
}

int read_syscall(int pid_fd, struct proc_syscall *ret_syscall)
{
	char buf[SYSCALL_SIZE];
	size_t len;
	int err = procfs_read(pid_fd, "syscall", buf, sizeof(buf), &len, NULL);

	return err ? err : parse_syscall(str_from(buf, len), ret_syscall);
}

int read_wchan(int pid_fd, char *buf, size_t size, struct str *ret_function)
{
	size_t len;
	int err = procfs_read(pid_fd, "wchan", buf, size, &len, NULL);

	if (err)
		return err;
	/* "0": awake, or not for us to know (fs/proc/base.c proc_pid_wchan) */
	*ret_function = scan_trim(str_from(buf, len));
	if (str_eq(*ret_function, STR_LITERAL("0")))
		ret_function->len = 0;
	return 0;
}

int read_stack(int pid_fd, char *buf, size_t size, struct str *ret_lines)
{
	size_t len;
	int err = procfs_read(pid_fd, "stack", buf, size, &len, NULL);

	if (!err)
		*ret_lines = str_from(buf, len);
	return err;
}

bool parse_stack_next(struct str *rest, struct str *ret_function)
{
	struct str line, function, offset;

	while (scan_whole_line(rest, &line)) {
		struct str address = scan_word(&line);

		function = scan_trim(line);
		if (!str_has_prefix(address, STR_LITERAL("[<")) || function.len == 0)
			continue;
		/* A function of a module has " [name]" behind the offset. */
		if (scan_pair(function, '+', &function, &offset) && function.len == 0)
			continue;
		*ret_function = function;
		return true;
	}
	return false;
}
