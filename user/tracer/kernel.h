/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel.h - what this kernel offers, asked before anything is loaded
 */
#ifndef TRACER_KERNEL_H
#define TRACER_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

struct btf;
struct btf_type;

/* The v1 hierarchy whose cgroup ids go into the records. */
struct kernel_v1 {
	uint32_t hierarchy_id; /* 0: there is none */
	int subsys;	       /* index in css_set.subsys, -1: none */
	char controller[32];   /* as in /proc/cgroups */
};

/*
 * Chooses an enabled v1 controller from the text of /proc/cgroups (cgroups(7)): one
 * that container runtimes use for every container and that distributions build in.
 * `index_of` tells a controller's number in this kernel, or a negative errno.
 */
void kernel_choose_v1(const char *proc_cgroups, int (*index_of)(const char *controller, void *arg),
		      void *arg, struct kernel_v1 *ret_v1);

/* The same, with the running kernel's file and BTF. */
void kernel_probe_v1(const struct btf *btf, struct kernel_v1 *ret_v1);

/* The same by <proc_root>/cgroups alone, where no program runs in the kernel; subsys is 0. */
void kernel_read_v1(const char *proc_root, struct kernel_v1 *ret_v1);

/* True if the BTF has a tracepoint of this name for programs to attach to. */
bool kernel_has_tracepoint(const struct btf *btf, const char *name);

/* The type of a tracepoint's function, its context first. NULL: there is no such tracepoint. */
const struct btf_type *kernel_tracepoint_proto(const struct btf *btf, const char *name);

/* Is mark_victim's argument a task? Else it is a pid. */
bool kernel_mark_victim_is_task(const struct btf *btf);

/* True if /sys/kernel/security/lockdown says [confidentiality]. */
bool kernel_is_confidential(void);

#endif /* TRACER_KERNEL_H */
