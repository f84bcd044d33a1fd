/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - the parts of the section on open files that look beyond the process
 */
#ifndef INSPECT_FILES_H
#define INSPECT_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "inspect/doc.h"
#include "inspect/subject.h"
#include "procfs/fd.h"

/* A descriptor that may have another end. The name of the link is not kept. */
struct fd_held {
	uint32_t number;
	enum proc_fd_kind kind; /* PROC_FD_SOCKET, PROC_FD_PIPE; PROC_FD_ANON: an eventfd */
	uint64_t id;
};

/* Each a list of those of its kind; nothing at all if there are none. */
void files_put_sockets(struct subject *s, const struct fd_held *held, size_t len, struct doc *d);
void files_put_pipes(struct subject *s, const struct fd_held *held, size_t len, struct doc *d);
void files_put_eventfds(struct subject *s, const struct fd_held *held, size_t len, struct doc *d);

/* One socket: protocol, addresses, state. Facts of the group that is open. */
struct netsock;
void files_put_netsock(const struct netsock *sock, struct doc *d);

#endif /* INSPECT_FILES_H */
