// SPDX-License-Identifier: Apache-2.0
/*
 * features.c - proctrace features: what this kernel offers, what is used, what is missing
 */
#include "cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/log.h"
#include "container/sockets.h"
#include "sink/journal.h"
#include "tracer/tracer.h"

static void print_feature(const struct tracer_feature *f)
{
	if (!f->error) {
		printf("yes  %-22s %s\n", f->name, f->purpose);
		return;
	}
	printf("no   %-22s %s (%s", f->name, f->purpose, f->lacking ? f->lacking : "");
	/* That nobody offers it says no more than what is lacking. */
	if (!f->lacking || f->error != -EOPNOTSUPP)
		printf("%s%s", f->lacking ? ": " : "", strerror(-f->error));
	putchar(')');
	if (f->instead)
		printf(": %s", f->instead);
	putchar('\n');
}

/* Two programs share a tracepoint whose argument changed: one that fits is enough. */
static bool is_other_form(const struct tracer_feature *list, size_t len, size_t index)
{
	for (size_t i = 0; i < len; i++)
		if (i != index && strcmp(list[i].name, list[index].name) == 0 && !list[i].error)
			return list[index].error != 0;
	return false;
}

/* Not of the kernel's, but as much what names depend on. */
static void print_sockets(void)
{
	if (sockets_version())
		printf("yes  %-22s what a runtime's files do not say is asked over its socket (%s)\n",
		       "sockets", sockets_version());
	else
		printf("no   %-22s libcurl is not installed, or this program was built without: names, "
		       "images and labels that only a runtime's socket tells are not known\n",
		       "sockets");
}

static void print_journal(void)
{
	if (journal_version())
		printf("yes  %-22s shown events can be sent to the journal (%s)\n", "journal",
		       journal_version());
	else
		printf("no   %-22s this program was built without libsystemd: --journal is refused\n",
		       "journal");
}

int cmd_features(struct options *options)
{
	const struct tracer_options all = {
		.ring_bytes = TRACER_RING_MIN,
		.namespaces = true,
		.failed_exec = true,
		.signals = true,
	};
	const struct tracer_feature *list;
	struct utsname name;
	struct tracer *t;
	size_t len;
	int r;

	(void)options;
	r = tracer_new(&all, &t);
	if (r < 0)
		return r == -EPERM || r == -EOPNOTSUPP ? STATUS_NOT_PERMITTED : STATUS_FAILURE;
	if (uname(&name) == 0)
		printf("kernel %s (%s)\n", name.release, name.machine);
	list = tracer_features(t, &len);
	for (size_t i = 0; i < len; i++)
		if (!is_other_form(list, len, i))
			print_feature(&list[i]);
	list = tracer_facts(t, &len);
	for (size_t i = 0; i < len; i++)
		print_feature(&list[i]);
	if (tracer_v1_controller(t))
		printf("yes  %-22s records carry ids of cgroup v2 and of v1 (%s)\n", "cgroups",
		       tracer_v1_controller(t));
	else
		printf("yes  %-22s records carry ids of cgroup v2\n", "cgroups");
	tracer_free(t);
	print_sockets();
	print_journal();
	if (fflush(stdout) != 0) {
		log_error("cannot write standard output: %s", strerror(errno));
		return STATUS_FAILURE;
	}
	return STATUS_OK;
}
