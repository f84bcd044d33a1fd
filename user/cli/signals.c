// SPDX-License-Identifier: Apache-2.0
/*
 * signals.c - the signals that steer a live trace, as a descriptor; those that end a replay
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

static void set_stop(sigset_t *ret_set)
{
	sigemptyset(ret_set);
	sigaddset(ret_set, SIGINT);
	sigaddset(ret_set, SIGTERM);
}

void signals_allow(void)
{
	sigset_t set;

	set_stop(&set);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static volatile sig_atomic_t stopped;

static void note_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

void signals_catch_stop(void)
{
	const struct sigaction action = {
		.sa_handler = note_stop,
		.sa_flags = SA_RESTART | (int)SA_RESETHAND,
	};
	sigset_t set;

	set_stop(&set);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool signals_stopped(void)
{
	return stopped;
}

bool signals_hold_stop(sigset_t *ret_mask)
{
	sigset_t set;

	set_stop(&set);
	sigprocmask(SIG_BLOCK, &set, ret_mask);
	return !stopped;
}

void signals_let_stop(const sigset_t *mask)
{
	sigprocmask(SIG_SETMASK, mask, NULL);
}
