// SPDX-License-Identifier: Apache-2.0
/*
 * refuse - executes a program for which a system call fails
 *
 * usage: refuse bpf|fsopen ERRNO PROGRAM ARG…
 *
 * By a seccomp filter (seccomp(2)), as a kernel without the call or a strict host would.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned int error = argc > 3 ? (unsigned int)atoi(argv[2]) : 0;
	unsigned int call = argc > 3 && strcmp(argv[1], "fsopen") == 0 ? SYS_fsopen : SYS_bpf;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (!error)
		return 2;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
		perror("refuse: seccomp");
		return 2;
	}
	execv(argv[3], argv + 3);
	return 127;
}
