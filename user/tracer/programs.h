/* SPDX-License-Identifier: Apache-2.0 */
/*
 * programs.h - which programs there are, what each is for, and attaching them
 */
#ifndef TRACER_PROGRAMS_H
#define TRACER_PROGRAMS_H

#include "tracer/tracer.h"

struct bpf_link;
struct bpf_object;
struct btf;

#define PROGRAMS_MAX 32

/* The features are in the order of the table in programs.c; link and fd belong to them. */
struct programs {
	struct tracer_feature feature[PROGRAMS_MAX];
	struct bpf_link *link[PROGRAMS_MAX];
	size_t len;
};

/*
 * Decides before loading which programs this kernel can take and the options want,
 * and switches the others off. Returns 0, or -EOPNOTSUPP with ret_missing naming the
 * first one that nothing works without.
 */
int programs_select(struct programs *p, struct bpf_object *object, const struct btf *btf,
		    const struct tracer_options *options, const char **ret_missing);

/*
 * Attaches what was selected and loaded. A feature that can be done without has its
 * error noted; returns the negative errno of the first that cannot.
 */
int programs_attach(struct programs *p, struct bpf_object *object, const char **ret_failed);

void programs_detach(struct programs *p);

#endif /* TRACER_PROGRAMS_H */
