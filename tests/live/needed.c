// SPDX-License-Identifier: Apache-2.0
/*
 * needed.c - what a test needs of the kernel, which may be a module that is not there
 */
#include "needed.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "inspect/unix_peers.h"

static void ignore(const struct unix_peer *peer, void *arg)
{
	(void)peer;
	(void)arg;
}

void needed_unix_diag(void)
{
	if (unix_peers_each(ignore, NULL) == -ENOENT)
		harness_skip("this kernel has no unix_diag");
}

void needed_overlay(void)
{
	int fd = (int)syscall(SYS_fsopen, "overlay", 0);

	if (fd < 0)
		harness_skip("this kernel has no overlay: %s", strerror(errno));
	close(fd);
}

void needed_veth(void)
{
	struct command *c =
		command_start(NULL, argv_of("unshare", "-n", "ip", "link", "add", "type", "veth"));

	command_wait(c, deadline_ms());
	if (strstr(c->err.data, "Unknown device type"))
		harness_skip("this kernel has no veth: %s", c->err.data);
	command_free(c);
}
