// SPDX-License-Identifier: Apache-2.0
/*
 * caps.c - which capabilities a container runtime gives by itself
 */
#include "inspect/caps.h"

#include <linux/capability.h>

#define BIT(cap) (UINT64_C(1) << (cap))

/* crio.conf(5), default_capabilities. */
#define CAPS_CRIO                                                                           \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | BIT(CAP_FOWNER) |       \
	 BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | \
	 BIT(CAP_KILL))

/* containers.conf(5), default_capabilities. */
#define CAPS_PODMAN (CAPS_CRIO | BIT(CAP_SETFCAP) | BIT(CAP_SYS_CHROOT))

/* Docker's "Runtime privilege and Linux capabilities"; containerd's oci.WithDefaultSpec(). */
#define CAPS_DOCKER (CAPS_PODMAN | BIT(CAP_AUDIT_WRITE) | BIT(CAP_MKNOD) | BIT(CAP_NET_RAW))

/* systemd-nspawn(1), --capability=. */
#define CAPS_NSPAWN                                                                                \
	(CAPS_DOCKER | BIT(CAP_AUDIT_CONTROL) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_IPC_OWNER) |    \
	 BIT(CAP_LEASE) | BIT(CAP_LINUX_IMMUTABLE) | BIT(CAP_NET_BROADCAST) | BIT(CAP_SYS_ADMIN) | \
	 BIT(CAP_SYS_BOOT) | BIT(CAP_SYS_NICE) | BIT(CAP_SYS_PTRACE) | BIT(CAP_SYS_RESOURCE) |     \
	 BIT(CAP_SYS_TTY_CONFIG))

/* runc(8), what "runc spec" writes. */
#define CAPS_RUNC (BIT(CAP_AUDIT_WRITE) | BIT(CAP_KILL) | BIT(CAP_NET_BIND_SERVICE))

bool caps_default(struct str runtime, uint64_t *ret_caps)
{
	static const struct {
		struct str runtime;
		uint64_t caps;
	} sets[] = {
		{ STR_LITERAL("docker"), CAPS_DOCKER },
		{ STR_LITERAL("podman"), CAPS_PODMAN },
		{ STR_LITERAL("containerd"), CAPS_DOCKER },
		{ STR_LITERAL("cri-o"), CAPS_CRIO },
		{ STR_LITERAL("runc"), CAPS_RUNC },
		{ STR_LITERAL("crun"), CAPS_RUNC },
		{ STR_LITERAL("systemd-nspawn"), CAPS_NSPAWN },
	};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (!str_eq(sets[i].runtime, runtime))
			continue;
		*ret_caps = sets[i].caps;
		return true;
	}
	return false;
}
