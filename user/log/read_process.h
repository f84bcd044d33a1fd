/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_process.h - the process and the containers of a parsed line
 */
#ifndef LOG_READ_PROCESS_H
#define LOG_READ_PROCESS_H

#include "event/event.h"
#include "log/fields.h"

/* Fills e->proc and what belongs to it, after e->host. process is not NULL. */
void read_process(struct fields *f, const struct node *process, const struct node *proctrace,
		  struct event *e);

/* A process that is referred to; the object may be NULL. */
void read_ref(struct fields *f, const struct node *o, const struct event_host *host,
	      const char *leaf, struct event_ref *ret_ref);

/* {"id","path","v1"} */
void log_read_cgroup(struct fields *f, const struct node *o, const char *leaf,
		     struct event_cgroup *ret_cgroup);

/* An isolated group; NULL if o is NULL, or damaged. */
const struct event_isolated *read_isolated(struct fields *f, const struct node *o,
					   const struct event_host *host);

#endif /* LOG_READ_PROCESS_H */
