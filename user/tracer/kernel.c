// SPDX-License-Identifier: Apache-2.0
/*
 * kernel.c - what this kernel offers, asked before anything is loaded
 */
#include "tracer/kernel.h"

#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Memory comes last: many hosts switch it off, or move it to v2 alone. */
static const char *const preferred[] = {
	"pids",	      "devices", "freezer", "cpu",     "cpuacct", "blkio",
	"perf_event", "net_cls", "cpuset",  "hugetlb", "memory",
};

/* Finds "name hierarchy num_cgroups enabled"; returns the hierarchy, 0 if not usable. */
static uint32_t hierarchy_of(const char *text, const char *controller)
{
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		unsigned int hierarchy, cgroups, enabled;
		char name[32], row[128];

		line += *line == '\n';
		/* By itself: to sscanf() the end of a line is a blank. */
		snprintf(row, sizeof(row), "%.*s", (int)strcspn(line, "\n"), line);
		if (sscanf(row, "%31s %u %u %u", name, &hierarchy, &cgroups, &enabled) == 4 &&
		    strcmp(name, controller) == 0)
			return enabled ? hierarchy : 0;
	}
	return 0;
}

void kernel_choose_v1(const char *proc_cgroups, int (*index_of)(const char *controller, void *arg),
		      void *arg, struct kernel_v1 *ret_v1)
{
	*ret_v1 = (struct kernel_v1){ .subsys = -1 };
	for (size_t i = 0; i < sizeof(preferred) / sizeof(preferred[0]); i++) {
		uint32_t hierarchy = hierarchy_of(proc_cgroups, preferred[i]);
		int subsys = hierarchy ? index_of(preferred[i], arg) : -ENOENT;

		if (subsys < 0)
			continue;
		ret_v1->hierarchy_id = hierarchy;
		ret_v1->subsys = subsys;
		snprintf(ret_v1->controller, sizeof(ret_v1->controller), "%s", preferred[i]);
		return;
	}
}

/* enum cgroup_subsys_id: the numbers depend on the kernel's configuration. */
static int index_in_btf(const char *controller, void *arg)
{
	const struct btf *btf = arg;
	const char *subsys = strcmp(controller, "blkio") == 0 ? "io" : controller;
	int id = btf__find_by_name_kind(btf, "cgroup_subsys_id", BTF_KIND_ENUM);
	const struct btf_type *type;
	char name[64];

	if (id < 0)
		return -ENOENT;
	type = btf__type_by_id(btf, (unsigned int)id);
	snprintf(name, sizeof(name), "%s_cgrp_id", subsys);
	for (int i = 0; i < btf_vlen(type); i++) {
		const struct btf_enum *value = btf_enum(type) + i;

		if (strcmp(btf__name_by_offset(btf, value->name_off), name) == 0)
			return value->val;
	}
	return -ENOENT;
}

static bool read_small(const char *path, char *text, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	while (fd >= 0 && len < size - 1) {
		ssize_t n = read(fd, text + len, size - 1 - len);

		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	return len > 0;
}

void kernel_probe_v1(const struct btf *btf, struct kernel_v1 *ret_v1)
{
	char text[4096];

	read_small("/proc/cgroups", text, sizeof(text));
	kernel_choose_v1(text, index_in_btf, (void *)btf, ret_v1);
}

static int index_of_any(const char *controller, void *arg)
{
	(void)controller;
	(void)arg;
	return 0;
}

void kernel_read_v1(const char *proc_root, struct kernel_v1 *ret_v1)
{
	char path[4096], text[4096];

	snprintf(path, sizeof(path), "%s/cgroups", proc_root);
	read_small(path, text, sizeof(text));
	kernel_choose_v1(text, index_of_any, NULL, ret_v1);
}

bool kernel_has_tracepoint(const struct btf *btf, const char *name)
{
	char type[80];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

const struct btf_type *kernel_tracepoint_proto(const struct btf *btf, const char *name)
{
	char type_name[80];
	const struct btf_type *type;
	int id;

	snprintf(type_name, sizeof(type_name), "btf_trace_%s", name);
	id = btf__find_by_name_kind(btf, type_name, BTF_KIND_TYPEDEF);
	type = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;
	/* typedef void (*btf_trace_NAME)(void *, FIRST, …) */
	type = type ? btf__type_by_id(btf, type->type) : NULL;
	type = type && btf_is_ptr(type) ? btf__type_by_id(btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? type : NULL;
}

bool kernel_mark_victim_is_task(const struct btf *btf)
{
	const struct btf_type *type = kernel_tracepoint_proto(btf, "mark_victim");

	if (!type || btf_vlen(type) < 2)
		return false;
	type = btf__type_by_id(btf, btf_params(type)[1].type);
	return type && btf_is_ptr(type);
}

bool kernel_is_confidential(void)
{
	char text[128];

	return read_small("/sys/kernel/security/lockdown", text, sizeof(text)) &&
	       strstr(text, "[confidentiality]");
}
