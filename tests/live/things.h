/* SPDX-License-Identifier: Apache-2.0 */
/*
 * things.h - made-up containers of a test, and what happens in them
 *
 * They are cgroups with a configuration as Docker keeps it, below a root of the test's own.
 * No other test on this host has the same ids and names.
 */
#ifndef LIVE_THINGS_H
#define LIVE_THINGS_H

#include <sys/types.h>

/* format has one %d, or %1$d, for this test's pid; valid for 31 more calls. */
const char *own(const char *format);

/* For --host-root. */
const char *host_root(void);

/* The hierarchy of the cgroups that are made, as cgroup_make() takes it. */
const char *controller(void);

/* What Docker would have written about a container. */
void write_docker(const char *id, const char *name, const char *image, const char *tier);

/* The containers of a test, and what ran in each. */
struct things {
	const char *web, *db, *pod; /* their cgroups */
	const char *inner;	    /* a container inside web */
	const char *web_id, *db_id, *pod_id;
	char tiny[512]; /* a program of a name that only this test has */
	pid_t in_web, in_db, in_pod, outside, isolated;
	pid_t holder;  /* in web and a network of its own; ended from outside */
	pid_t visitor; /* from the host into that network */
	pid_t mover;   /* from the host to web, and out */
	pid_t db_mover;
};

/* Web and db are Docker's ("web-PID", "db-PID"); none of them is there yet. */
struct things describe(void);

/* All of it, one thing after the other, so that every tracer sees it in the same order. */
void happen(struct things *t);

#endif /* LIVE_THINGS_H */
