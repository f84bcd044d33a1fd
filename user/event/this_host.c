// SPDX-License-Identifier: Apache-2.0
/*
 * this_host.c - what events say of the host they happened on
 */
#include "event/this_host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

void this_host_read(const char *proc_root, struct this_host *ret_host)
{
	struct this_host *h = ret_host;
	_cleanup_close_ int fd = -1;
	char path[4096];
	ssize_t n = -1;

	*h = (struct this_host){ 0 };
	if (gethostname(h->hostname, sizeof(h->hostname) - 1) == 0)
		h->host.hostname = str_of(h->hostname);
	snprintf(path, sizeof(path), "%s/sys/kernel/random/boot_id", proc_root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		n = read(fd, h->boot_id, sizeof(h->boot_id) - 1);
	if (n > 0)
		h->host.boot_id = str_from(h->boot_id, strcspn(h->boot_id, "\n"));
}
