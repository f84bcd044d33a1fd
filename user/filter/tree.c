// SPDX-License-Identifier: Apache-2.0
/*
 * tree.c - which processes descend from the ones asked for
 */
#include "filter/tree.h"

#include <errno.h>
#include <stdlib.h>

/* Without memory for an entry that entry is not added; the program goes on. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "base/clock.h"

struct root {
	uint32_t pid;
	uint64_t start_ns; /* 0: every process with that pid */
	unsigned int bits;
};

struct entry {
	uint32_t pid; /* the key: two living processes never share one */
	unsigned int bits;
	uint64_t start_ns; /* 0: not known */
	bool is_root;
	UT_hash_handle hh; /* in the order of the last event, oldest first */
};

struct tree {
	struct root *roots;
	size_t roots_len;
	struct entry *entries;
	struct entry *ended; /* to be removed when the next event comes */
	size_t limit;
	uint64_t evicted;
	uint64_t tick_ns;
};

int tree_new(size_t limit, struct tree **ret_tree)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->limit = limit ? limit : TREE_LIMIT;
	t->tick_ns = clock_tick_ns();
	*ret_tree = t;
	return 0;
}

void tree_free(struct tree *t)
{
	struct entry *entry, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->entries, entry, next) {
		HASH_DEL(t->entries, entry);
		free(entry);
	}
	free(t->roots);
	free(t);
}

int tree_add_root(struct tree *t, uint32_t pid, unsigned int bits)
{
	struct root *roots = reallocarray(t->roots, t->roots_len + 1, sizeof(*roots));

	if (!roots)
		return -ENOMEM;
	t->roots = roots;
	t->roots[t->roots_len++] = (struct root){ .pid = pid, .bits = bits };
	return 0;
}

/*
 * One of two equal start times may come from /proc, which cuts it to a tick; the
 * other is then exact or the same. Two exact ones must be equal.
 */
static bool is_same_start(const struct tree *t, uint64_t a_ns, uint64_t b_ns)
{
	if (a_ns == b_ns || a_ns == 0 || b_ns == 0)
		return true;
	if (a_ns % t->tick_ns && b_ns % t->tick_ns)
		return false;
	return a_ns / t->tick_ns == b_ns / t->tick_ns;
}

static struct entry *find_pid(const struct tree *t, uint32_t pid)
{
	struct entry *entry;

	HASH_FIND(hh, t->entries, &pid, sizeof(pid), entry);
	return entry;
}

static struct entry *find_process(const struct tree *t, uint32_t pid, uint64_t start_ns)
{
	struct entry *entry = find_pid(t, pid);

	return entry && is_same_start(t, entry->start_ns, start_ns) ? entry : NULL;
}

unsigned int tree_find(const struct tree *t, uint32_t pid, uint64_t start_ns)
{
	const struct entry *entry = find_process(t, pid, start_ns);

	return entry ? entry->bits : 0;
}

static unsigned int find_ref(const struct tree *t, const struct event_ref *ref)
{
	return ref->pid ? tree_find(t, ref->pid, ref->start_ns) : 0;
}

static unsigned int root_bits(const struct tree *t, const struct event_ref *ref)
{
	unsigned int bits = 0;

	for (size_t i = 0; i < t->roots_len; i++) {
		const struct root *root = &t->roots[i];

		if (root->pid == ref->pid && is_same_start(t, root->start_ns, ref->start_ns))
			bits |= root->bits;
	}
	return bits;
}

static void remove_entry(struct tree *t, struct entry *entry)
{
	if (t->ended == entry)
		t->ended = NULL;
	HASH_DEL(t->entries, entry);
	free(entry);
}

/* True if there is room for one more entry now. */
static bool make_room(struct tree *t)
{
	struct entry *entry, *next;

	if (HASH_COUNT(t->entries) < t->limit)
		return true;
	HASH_ITER(hh, t->entries, entry, next) {
		if (entry->is_root)
			continue;
		remove_entry(t, entry);
		t->evicted++;
		return true;
	}
	return false;
}

/* Takes the entry; gives it back, or NULL if there was no memory for it. */
static struct entry *append(struct tree *t, struct entry *entry)
{
	HASH_ADD(hh, t->entries, pid, sizeof(entry->pid), entry);
	if (entry->hh.tbl)
		return entry;
	free(entry);
	t->evicted++;
	return NULL;
}

static void add_entry(struct tree *t, const struct event_ref *proc, unsigned int bits, bool is_root)
{
	struct entry *entry;

	if (!make_room(t) || !(entry = calloc(1, sizeof(*entry)))) {
		t->evicted++;
		return;
	}
	entry->pid = proc->pid;
	entry->start_ns = proc->start_ns;
	entry->bits = bits;
	entry->is_root = is_root;
	append(t, entry);
}

/* Adds the process if it is a root or a child of what is in the tree; true if it is known now. */
static bool learn(struct tree *t, const struct event_ref *proc, const struct event_ref *parent,
		  const struct event_ref *creator)
{
	unsigned int own = root_bits(t, proc);
	unsigned int bits = own | find_ref(t, parent);
	struct entry *other;

	if (creator)
		bits |= find_ref(t, creator);
	other = find_pid(t, proc->pid);
	if (other && proc->start_ns && proc->start_ns < other->start_ns)
		return false; /* a late word about the process that had this pid before */
	if (other)
		remove_entry(t, other); /* its exit was lost */
	if (bits == 0)
		return false;
	add_entry(t, proc, bits, own != 0);
	return true;
}

void tree_track(struct tree *t, const struct event *e)
{
	const struct event_process *p = &e->proc;
	const struct event_ref proc = { .pid = p->pid, .start_ns = p->start_ns };
	struct entry *entry;

	if (t->ended)
		remove_entry(t, t->ended);
	if (!e->about_process || p->pid == 0)
		return;
	entry = find_process(t, p->pid, p->start_ns);
	/* A fork always makes a new process, also when start times are not known. */
	if (entry && e->kind == EVENT_FORK && (entry->start_ns == 0 || p->start_ns == 0))
		entry = NULL;
	if (!entry) {
		learn(t, &proc, &p->parent, &p->creator);
		entry = find_pid(t, p->pid);
	} else if (HASH_COUNT(t->entries) > t->limit / 2) {
		/* Only when something may soon have to go does the order matter. */
		HASH_DEL(t->entries, entry);
		entry = append(t, entry);
	}
	if (entry && e->kind == EVENT_EXIT)
		t->ended = entry;
}

bool tree_track_running(struct tree *t, const struct event_ref *proc,
			const struct event_ref *parent)
{
	if (proc->pid == 0 || find_process(t, proc->pid, proc->start_ns))
		return false;
	/* From now on the pid means this process, not the next one that gets its number. */
	for (size_t i = 0; i < t->roots_len; i++) {
		if (t->roots[i].pid == proc->pid && t->roots[i].start_ns == 0)
			t->roots[i].start_ns = proc->start_ns;
	}
	return learn(t, proc, parent, NULL);
}

uint64_t tree_evicted(const struct tree *t)
{
	return t->evicted;
}

size_t tree_len(const struct tree *t)
{
	return HASH_COUNT(t->entries);
}
