/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - the words for kinds, facts, sources, namespaces, signals, errors
 *
 * One table each, used by every sink, every filter and the log reader, so that a
 * word printed is a word understood.
 */
#ifndef EVENT_NAMES_H
#define EVENT_NAMES_H

#include "base/buf.h"
#include "event/event.h"

/* The JSON event.action: "fork", "exec", …, "container-start", "lost". */
const char *event_kind_name(enum event_kind kind);

/* Of the record type, for lost records: "fork", "exec", …; NULL if there is none. */
const char *event_type_name(enum ptc_type type);
const char *lost_kind_name(unsigned int kind); /* enum ptc_type or enum lost_kind */

const char *fact_name(enum fact fact);		/* "args", "cwd", … as under proctrace.source */
const char *source_name(enum source source);	/* "kernel", "procfs", … */
const char *missing_name(enum missing why);	/* "gone", "denied", … */
const char *ns_name(enum ptc_ns type);		/* "pid", …, "pid_for_children" */
const char *lost_reason_name(unsigned int r);	/* "buffer full", … */
const char *entered_name(enum entered entered); /* "exec", "nsenter", "setup"; NULL for none */
const char *seccomp_name(uint32_t mode);	/* "disabled", "strict", "filter"; NULL */

/* The other way; -1 if there is none. */
int event_kind_parse(struct str name);
int fact_parse(struct str name);
int source_parse(struct str name);
int missing_parse(struct str name);
int ns_parse(struct str name);
int lost_reason_parse(struct str name); /* enum ptc_lost or lost_reason */
int entered_parse(struct str name);
int seccomp_parse(struct str name);
int error_parse(struct str name); /* positive errno */

/* "SIGKILL", "SIGRTMIN+3"; NULL for a number that is no signal. Into the caller's buffer. */
const char *signal_name(uint32_t number, char buf[16]);
/* "ENOENT"; NULL for a number that is no error. */
const char *error_name(int error);
/* "No such file or directory": the same words in every locale; NULL as above. */
const char *error_text(int error);
/* "CAP_CHOWN" …, or "CAP_41" for one this build does not know. Into the caller's buffer. */
const char *cap_name(unsigned int cap, char buf[32]);
int cap_parse(struct str name); /* -1: none */

#define ENTITY_BOOT_LEN 8 /* characters of the boot id in an entity id */

/* Those characters; len 0: the boot id is not known. */
struct str entity_boot(const struct event_host *host);

/*
 * process.entity_id: first 8 characters of the boot id, pid and start time in ns, joined by
 * "-", as "5f0c9a1e-4185-5424722810753". Writes nothing if the start time or the boot id is
 * not known.
 */
void fmt_entity_id(struct buf *b, const struct event_host *host, const struct event_ref *ref);

/* Where in an event's JSON the containers that share a namespace stand: "shared[0].". */
const char *ns_shared_place(uint32_t index);

#endif /* EVENT_NAMES_H */
