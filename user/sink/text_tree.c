// SPDX-License-Identifier: Apache-2.0
/*
 * text_tree.c - how deep a process stands below the first ancestor that was seen
 */
#include "sink/text_tree.h"

#include <errno.h>
#include <stdlib.h>

#define SETS 4096 /* a power of two */
#define WAYS 4	  /* processes kept for each set */

struct node {
	uint64_t start_ns;
	uint32_t pid; /* 0: free */
	uint32_t depth;
};

struct text_tree {
	struct {
		struct node nodes[WAYS];
		unsigned int next; /* the oldest */
	} sets[SETS];
};

int text_tree_new(struct text_tree **ret_tree)
{
	*ret_tree = calloc(1, sizeof(**ret_tree));
	return *ret_tree ? 0 : -ENOMEM;
}

void text_tree_free(struct text_tree *tree)
{
	free(tree);
}

static unsigned int set_of(uint32_t pid)
{
	/* Pids are handed out one after the other: their low bits spread them evenly. */
	return pid & (SETS - 1);
}

static const struct node *find(const struct text_tree *tree, uint32_t pid, uint64_t start_ns)
{
	const struct node *nodes = tree->sets[set_of(pid)].nodes;

	for (unsigned int i = 0; pid && i < WAYS; i++) {
		if (nodes[i].pid == pid && nodes[i].start_ns == start_ns)
			return &nodes[i];
	}
	return NULL;
}

unsigned int text_tree_depth(struct text_tree *tree, const struct event *e)
{
	const struct event_process *p = &e->proc;
	const struct node *node, *parent;
	unsigned int depth, set = set_of(p->pid);

	if (!e->about_process || !p->pid)
		return 0;
	node = find(tree, p->pid, p->start_ns);
	if (node)
		return node->depth;
	parent = event_has(p, FACT_PARENT) ? find(tree, p->parent.pid, p->parent.start_ns) : NULL;
	depth = parent ? parent->depth + 1 : 0;
	tree->sets[set].nodes[tree->sets[set].next] =
		(struct node){ .start_ns = p->start_ns, .pid = p->pid, .depth = depth };
	tree->sets[set].next = (tree->sets[set].next + 1) % WAYS;
	return depth;
}
