/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_parts.h - what stands in an event more than once, or is a table: processes
 * referred to, containers, namespaces, capabilities, where facts came from
 */
#ifndef SINK_JSON_PARTS_H
#define SINK_JSON_PARTS_H

#include "event/event.h"
#include "sink/json_put.h"

/* Says where the strings that follow stand: object, index (-1: none), and what is before them. */
void json_place(struct json_put *w, const char *object, int index, const char *sub);

/* "host", not closed: more may follow. */
void json_host(struct json_put *w, const struct event_host *host);

/* "entity_id", absent if the start time is not known. */
void json_entity_id(struct json_put *w, const struct event_host *host, const struct event_ref *ref);

/* The fields of a process that is referred to; leaf is the place of its name. */
void json_ref(struct json_put *w, const struct event_host *host, const struct event_ref *ref,
	      const char *leaf);

/* "id", "runtime", "name", "image": the schema's fields of a container. */
void json_container(struct json_put *w, const struct container_info *c);
/* "labels": those that were asked for; absent if there are none. */
void json_labels(struct json_put *w, const struct container_info *c);
/* "outer": those around it, innermost first, at the place that json_place() set. */
void json_outer(struct json_put *w, const struct container_info *c);
/* Another container than the event's: the same, what is our own, and those around it. */
void json_other_container(struct json_put *w, const struct container_info *c);

/* {"id","path"}; leaf is the place of the path. */
void json_cgroup(struct json_put *w, const struct event_cgroup *cgroup, const char *leaf);

/* An array of capability names. */
void json_caps(struct json_put *w, uint64_t mask);
/* "pid":4026531836, … for those that are there, and "isolated". */
void json_namespaces(struct json_put *w, const struct event_process *p);

/*
 * "source", "missing" and "truncated" of a process; metadata: why the runtime's own of its
 * container is not there, MISSING_NONE if it is.
 */
void json_provenance(struct json_put *w, const struct event_process *p, enum missing metadata);
/* The "missing" alone, of an event about a container. */
void json_missing_metadata(struct json_put *w, enum missing metadata);

#endif /* SINK_JSON_PARTS_H */
