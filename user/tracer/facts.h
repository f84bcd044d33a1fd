/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - what this kernel tells of a process, or does, that another does not
 */
#ifndef TRACER_FACTS_H
#define TRACER_FACTS_H

#include <stddef.h>

#include "tracer/tracer.h"

struct btf;

#define FACTS_LEN 4

/* Each by what the kernel's types have, never by its version. All in an order that is fixed. */
void facts_probe(const struct btf *btf, struct tracer_feature ret_facts[FACTS_LEN]);

/* True if the kernel counts the memory of BPF maps against RLIMIT_MEMLOCK. */
bool facts_memlock_counts(const struct btf *btf);

#endif /* TRACER_FACTS_H */
