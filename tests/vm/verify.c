// SPDX-License-Identifier: Apache-2.0
/*
 * verify - how much work the kernel's verifier has with each program
 *
 * usage: verify LIMIT
 *
 * Loads everything that this kernel has hooks for, with everything switched on, attaches
 * nothing, and prints "INSTRUCTIONS PROGRAM" for each. Fails if one is over LIMIT: the
 * verifier gives up at a million, and a compiler's whim must not decide. Asked of the
 * verifier's log, because the kernel tells the number otherwise only since 5.16.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proctrace/config.h"
#include "proctrace/wire.h"
#include "tracer/programs.h"
#include "tracer/tracer.h"

/* Generated; last, because it uses the types of the wire without including them. */
#include "proctrace.skel.h"

#define LOG_STATS 4 /* BPF_LOG_STATS in the kernel's include/linux/bpf_verifier.h */

static char logs[PROGRAMS_MAX][4096];

static void ask_for_logs(struct proctrace_bpf *skel)
{
	struct bpf_program *program;
	size_t i = 0;

	bpf_object__for_each_program(program, skel->obj) {
		if (i == PROGRAMS_MAX)
			break;
		bpf_program__set_log_level(program, LOG_STATS);
		bpf_program__set_log_buf(program, logs[i], sizeof(logs[i]));
		i++;
	}
}

/* Prints each count; returns how many are missing or over the limit. */
static int print_counts(struct proctrace_bpf *skel, unsigned long limit)
{
	struct bpf_program *program;
	int bad = 0;
	size_t i = 0;

	bpf_object__for_each_program(program, skel->obj) {
		const char *told = i < PROGRAMS_MAX ? strstr(logs[i++], "processed ") : NULL;
		unsigned long count = told ? strtoul(told + strlen("processed "), NULL, 10) : 0;

		if (!bpf_program__autoload(program))
			continue;
		printf("%lu %s\n", count, bpf_program__name(program));
		bad += !count || count > limit;
	}
	return bad;
}

int main(int argc, char **argv)
{
	const struct tracer_options all = {
		.namespaces = true,
		.failed_exec = true,
	};
	struct programs programs = { 0 };
	struct ptc_config *config;
	struct proctrace_bpf *skel;
	struct btf *btf;
	const char *missing;

	if (argc != 2)
		return 2;
	btf = btf__load_vmlinux_btf();
	skel = proctrace_bpf__open();
	if (!btf || !skel || programs_select(&programs, skel->obj, btf, &all, &missing) < 0)
		return 2;
	config = (struct ptc_config *)&skel->rodata->config;
	config->v1_subsys = 0;
	config->v1_hierarchy_id = 1;
	config->capture_env = 1;
	config->signals = 1;
	config->failed_exec = config->namespaces = 1;
	config->gates = 1;
	config->rate_limit = 1;
	config->rate_window_ns = 1;
	ask_for_logs(skel);
	if (proctrace_bpf__load(skel))
		return 1;
	return print_counts(skel, strtoul(argv[1], NULL, 10)) ? 1 : 0;
}
