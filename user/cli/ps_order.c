// SPDX-License-Identifier: Apache-2.0
/*
 * ps_order.c - in which order processes are listed
 *
 * Every key of every process is made once: a number, or the text that its column shows.
 */
#include "cli/ps_order.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "sink/text_cell.h"

/* Where a process is, for the usual order. */
enum place { PLACE_CONTAINER, PLACE_ISOLATED, PLACE_HOST, PLACE_UNKNOWN };

struct key {
	uint64_t number;
	struct str text; /* compared if the numbers are equal */
	bool missing;	 /* last, whichever way is sorted */
};

/* A process on its way to its place in the list. */
struct item {
	const struct ps_order *order;
	struct inventory_process process;
	struct key *keys;
	size_t len;
	enum place place;
	struct str place_name;
	uint64_t place_number;
	struct item *parent; /* with --tree; NULL: at the margin */
	struct item *child, *next;
	UT_hash_handle hh; /* by pid */
};

int ps_order_parse(const char *list, struct ps_order *order, struct str *ret_bad)
{
	struct ps_order parsed = { .tree = order->tree };

	for (;;) {
		size_t len = strcspn(list, ",");
		struct str name = str_from(list, len);
		bool falling = len && *list == '-';
		int column;

		if (falling)
			name = str_from(list + 1, len - 1);
		column = column_parse(name);
		if (column < 0 || parsed.len == COLUMN_COUNT) {
			*ret_bad = name;
			return -EINVAL;
		}
		parsed.keys[parsed.len].column = (enum column)column;
		parsed.keys[parsed.len++].falling = falling;
		if (!list[len])
			break;
		list += len + 1;
	}
	*order = parsed;
	return 0;
}

/* False: the column is not a number's. */
static bool number_of(enum column column, const struct inventory_process *process, uint64_t *ret)
{
	const struct event_process *p = &process->proc;

	switch (column) {
	case COLUMN_PID:
	case COLUMN_TID:
		*ret = p->pid;
		return true;
	case COLUMN_VPID:
		*ret = p->vpid_len ? p->vpid[p->vpid_len - 1] : 0;
		return true;
	case COLUMN_PPID:
		*ret = p->parent.pid;
		return true;
	case COLUMN_UID:
		*ret = p->creds.euid;
		return true;
	case COLUMN_GID:
		*ret = p->creds.egid;
		return true;
	case COLUMN_LOGIN:
		*ret = p->loginuid;
		return true;
	case COLUMN_THREADS:
		*ret = p->threads;
		return true;
	case COLUMN_RSS:
		*ret = p->now.resident_bytes;
		return true;
	case COLUMN_CPU:
		*ret = p->now.cpu_ns;
		return true;
	case COLUMN_START:
		*ret = p->start_ns;
		return true;
	case COLUMN_AGE:
		*ret = UINT64_MAX - p->start_ns;
		return true;
	default:
		return false;
	}
}

static int make_key(struct inventory *inventory, const struct inventory_process *process,
		    enum column column, struct buf *cell, struct key *ret_key)
{
	const struct text_put put = { .out = cell };
	enum fact fact = text_cell_fact(column);
	struct event ev;

	*ret_key = (struct key){
		.missing = fact != FACT_COUNT && !event_has(&process->proc, fact),
	};
	if (ret_key->missing || number_of(column, process, &ret_key->number))
		return 0;
	inventory_event(inventory, process, &ev);
	buf_reset(cell);
	text_cell(&put, column, &ev);
	if (cell->failed)
		return -ENOMEM;
	ret_key->text = str_from(cell->data, cell->len);
	return arena_str(&inventory->arena, &ret_key->text) ? 0 : -ENOMEM;
}

static void find_place(struct item *item)
{
	const struct event_process *p = &item->process.proc;

	item->place = PLACE_HOST;
	if (p->container) {
		item->place = PLACE_CONTAINER;
		item->place_name = p->container->name.len ? p->container->name : p->container->id;
		item->place_number = p->container->serial;
	} else if (!event_has(p, FACT_CONTAINER)) {
		item->place = PLACE_UNKNOWN;
	} else if (p->isolated) {
		item->place = PLACE_ISOLATED;
		item->place_number = p->isolated->ns;
	}
}

static int compare_text(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int n = len ? memcmp(a.p, b.p, len) : 0;

	return n ? n : (a.len > b.len) - (a.len < b.len);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_key(const struct key *a, const struct key *b, bool falling)
{
	int n;

	if (a->missing || b->missing)
		return (int)a->missing - (int)b->missing;
	n = compare_numbers(a->number, b->number);
	if (!n)
		n = compare_text(a->text, b->text);
	return falling ? -n : n;
}

static int compare_places(const struct item *a, const struct item *b)
{
	int n = (int)a->place - (int)b->place;

	if (!n)
		n = compare_text(a->place_name, b->place_name);
	return n ? n : compare_numbers(a->place_number, b->place_number);
}

static int compare_ages(const struct item *a, const struct item *b)
{
	int n = compare_numbers(a->process.proc.start_ns, b->process.proc.start_ns);

	return n ? n : compare_numbers(a->process.proc.pid, b->process.proc.pid);
}

static int compare_items(const void *left, const void *right)
{
	const struct item *a = *(struct item *const *)left, *b = *(struct item *const *)right;
	const struct ps_order *order = a->order;
	int n = 0;

	for (size_t i = 0; !n && i < order->len; i++)
		n = compare_key(&a->keys[i], &b->keys[i], order->keys[i].falling);
	if (!n && !order->len)
		n = compare_places(a, b);
	return n ? n : compare_ages(a, b);
}

/* The parent, if it is the process it is said to be and in the same place. */
static struct item *find_parent(struct item *by_pid, const struct item *item)
{
	const struct event_ref *ref = &item->process.proc.parent;
	struct item *parent = NULL;

	if (!event_has(&item->process.proc, FACT_PARENT) || !ref->pid)
		return NULL;
	HASH_FIND(hh, by_pid, &ref->pid, sizeof(ref->pid), parent);
	if (!parent || compare_places(parent, item))
		return NULL;
	/* A parent is older, so that nobody descends from himself: pids are used again. */
	return compare_ages(parent, item) < 0 ? parent : NULL;
}

struct listing {
	struct inventory *inventory;
	unsigned int *depths;
	size_t len;
};

static void list_item(struct listing *l, const struct item *item, unsigned int depth)
{
	l->depths[l->len] = depth;
	l->inventory->processes[l->len++] = item->process;
}

/* Each before its children, without recursion: a tree may be as deep as there are pids. */
static void list_tree(struct listing *l, struct item *root)
{
	struct item *item = root;
	unsigned int depth = 0;

	list_item(l, item, depth);
	for (;;) {
		if (item->child) {
			item = item->child;
			depth++;
		} else {
			while (item != root && !item->next) {
				item = item->parent;
				depth--;
			}
			if (item == root)
				return;
			item = item->next;
		}
		list_item(l, item, depth);
	}
}

/* Siblings keep the order of the list, so they are hung up from its end. */
static void hang_up(struct item **sorted, size_t len)
{
	struct item *by_pid = NULL;

	for (size_t i = 0; i < len; i++)
		HASH_ADD(hh, by_pid, process.proc.pid, sizeof(sorted[i]->process.proc.pid),
			 sorted[i]);
	for (size_t i = len; i-- > 0;) {
		struct item *item = sorted[i], *parent = find_parent(by_pid, item);

		item->parent = parent;
		if (!parent)
			continue;
		item->next = parent->child;
		parent->child = item;
	}
	HASH_CLEAR(hh, by_pid);
}

static int make_items(const struct ps_order *order, struct inventory *inventory, struct item *items,
		      struct item **sorted)
{
	struct buf cell = {};
	int err = 0;

	for (size_t i = 0; err == 0 && i < inventory->len; i++) {
		struct item *item = &items[i];

		sorted[i] = item;
		item->order = order;
		item->process = inventory->processes[i];
		find_place(item);
		if (!order->len)
			continue;
		item->keys = arena_alloc(&inventory->arena, order->len * sizeof(*item->keys));
		if (!item->keys)
			err = -ENOMEM;
		for (size_t k = 0; err == 0 && k < order->len; k++)
			err = make_key(inventory, &item->process, order->keys[k].column, &cell,
				       &item->keys[k]);
	}
	buf_done(&cell);
	return err;
}

int ps_order_sort(const struct ps_order *order, struct inventory *inventory,
		  unsigned int **ret_depths)
{
	struct listing l = { .inventory = inventory };
	struct item *items = calloc(inventory->len + 1, sizeof(*items));
	struct item **sorted = calloc(inventory->len + 1, sizeof(struct item *));
	int err = -ENOMEM;

	l.depths = calloc(inventory->len + 1, sizeof(*l.depths));
	if (items && sorted && l.depths)
		err = make_items(order, inventory, items, sorted);
	if (err == 0) {
		size_t len = inventory->len;

		qsort(sorted, len, sizeof(struct item *), compare_items);
		if (order->tree)
			hang_up(sorted, len);
		for (size_t i = 0; i < len; i++) {
			if (!order->tree)
				list_item(&l, sorted[i], 0);
			else if (!sorted[i]->parent)
				list_tree(&l, sorted[i]);
		}
		*ret_depths = l.depths;
		l.depths = NULL;
	}
	free(l.depths);
	free(sorted);
	free(items);
	return err;
}
