// SPDX-License-Identifier: Apache-2.0
/*
 * failcall - runs a program whose Nth bpf(2) fails with EIO, and that of its threads and children
 *
 * usage: failcall N PROGRAM ARG…
 *
 * Exits as the program does, with 128 + the signal's number if one ended it, or with 2. Facts:
 * calls (how many there were), failed (the command of the one that did, see bpf(2); -1: none).
 */
#include <elf.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                   \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_EXITKILL)

/* bpf(2) stops for the one who traces. */
static int stop_at_bpf(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void child(char **args)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) || stop_at_bpf() < 0)
		_exit(2);
	execv(args[0], args);
	_exit(2);
}

/* Returns the command of the call, which is not made; -1: it is. */
static long fail(pid_t pid)
{
#ifdef __x86_64__
	struct user_regs_struct regs;
	long command;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return -1;
	command = (long)regs.rdi;
	regs.orig_rax = (unsigned long long)-1;
	regs.rax = (unsigned long long)-EIO;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0 ? -1 : command;
#elif defined(__aarch64__)
	struct user_regs_struct regs;
	int none = -1;
	struct iovec all = { &regs, sizeof(regs) }, number = { &none, sizeof(none) };
	long command;

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) < 0)
		return -1;
	command = (long)regs.regs[0];
	regs.regs[0] = (unsigned long long)-EIO;
	if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all) < 0)
		return -1;
	return ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &number) < 0 ? -1 : command;
#else
	(void)pid;
	return -1;
#endif
}

int main(int argc, char **argv)
{
	long wanted = argc > 2 ? atol(argv[1]) : 0, calls = 0, failed = -1;
	pid_t program, pid;
	int status, result = 2;

	if (argc < 3)
		return 2;
	program = fork();
	if (program == 0)
		child(argv + 2);
	if (program < 0 || waitpid(program, &status, 0) != program ||
	    ptrace(PTRACE_SETOPTIONS, program, NULL, OPTIONS) < 0 ||
	    ptrace(PTRACE_CONT, program, NULL, NULL) < 0)
		return 2;
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		int signal = WIFSTOPPED(status) ? WSTOPSIG(status) : 0, event = status >> 16;

		if (pid == program && !signal)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (event == PTRACE_EVENT_SECCOMP && ++calls == wanted)
			failed = fail(pid);
		/* What a new thread begins with is no signal to it, nor is what ptrace tells. */
		if (event || signal == SIGSTOP || signal == SIGTRAP)
			signal = 0;
		ptrace(PTRACE_CONT, pid, NULL, (long)signal);
	}
	fprintf(stderr, "calls=%ld failed=%ld\n", calls, failed);
	return result;
}
