// SPDX-License-Identifier: Apache-2.0
/*
 * signals.c - the signals that steer a live trace, as a descriptor
 */
#include "cli/signals.h"

#include <stddef.h>
#include <sys/signalfd.h>

int signals_open(struct signals_before *ret_before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &ret_before->mask);
	ret_before->pipe = signal(SIGPIPE, SIG_IGN);
	/* A file that is as long as it may be is an error like any other. */
	ret_before->file_size = signal(SIGXFSZ, SIG_IGN);
	/* Ignored, as some parents leave it, the end of a command would never be told. */
	ret_before->child = signal(SIGCHLD, SIG_DFL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void signals_restore(const struct signals_before *before)
{
	signal(SIGPIPE, before->pipe);
	signal(SIGXFSZ, before->file_size);
	signal(SIGCHLD, before->child);
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

void signals_allow(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
