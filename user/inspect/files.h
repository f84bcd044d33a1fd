/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h - the parts of the section on open files that look beyond the process
 */
#ifndef INSPECT_FILES_H
#define INSPECT_FILES_H

#include <stdbool.h>
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

/* A socket that was found: protocol, addresses, state. Facts of the group that is open. */
struct socket_fact;
void files_put_socket_fact(const struct socket_fact *fact, struct doc *d);

/* True if its network namespace is ours, so that the kernel can be asked about it. */
bool files_is_own_net(struct subject *s);

#endif /* INSPECT_FILES_H */
