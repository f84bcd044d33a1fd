/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracefs.h - numbers of tracepoints, whether or not tracefs is mounted
 */
#ifndef TRACER_TRACEFS_H
#define TRACER_TRACEFS_H

/*
 * A directory fd of tracefs: a private mount that no other process sees (fsopen(2),
 * since Linux 5.2), so the host's mounts stay as they are; else one that is mounted.
 * Returns 0, or the negative errno of the private one: -ENODEV if the kernel has no tracefs.
 */
int tracefs_open(int *ret_fd);

/* The id that perf_event_open(2) takes for PERF_TYPE_TRACEPOINT, or a negative errno. */
int tracefs_event_id(int tracefs_fd, const char *category, const char *name);

#endif /* TRACER_TRACEFS_H */
