// SPDX-License-Identifier: Apache-2.0
/*
 * common.c - facts that are told in more than one place
 */
#include "inspect/common.h"

#include "event/names.h"

#define FULL_ID	 64
#define SHORT_ID 12 /* what Docker and Podman make of it for people */

void common_subject(struct subject *s, struct doc *d)
{
	const struct containers_answer *answer;

	struct str comm = proc_stat_comm(&s->stat), name = { 0 };

	if (subject_container(s, &answer) == 0 && answer->container)
		name = world_container_name(answer->container);
	doc_u64(d, "pid", "process", s->pid);
	doc_passing(d);
	doc_note(d, "%.*s%s%.*s", (int)comm.len, comm.p, name.len ? ", in " : "", (int)name.len,
		 name.p ? name.p : "");
}

static void put_known(struct doc *d, const char *key, const char *title, struct str value)
{
	if (value.len)
		doc_str(d, key, title, value);
}

static void put_info(const struct container_info *c, struct doc *d)
{
	doc_str(d, "id", NULL, c->id);
	put_known(d, "name", NULL, c->name);
	put_known(d, "runtime", NULL, c->runtime);
	put_known(d, "image", NULL, c->image);
	put_known(d, "image_tag", "image tag", c->image_tag);
	put_known(d, "pod", NULL, c->pod_name);
	put_known(d, "pod_namespace", "pod's namespace", c->pod_namespace);
	if (!c->name.len && c->missing)
		doc_missing_for(d, "name", NULL, missing_name(c->missing));
	if (!c->outer)
		return;
	doc_list(d, "inside", "in containers, nearest first");
	for (c = c->outer; c; c = c->outer)
		doc_str(d, NULL, NULL, world_container_name(c));
	doc_end(d);
}

void common_container(struct subject *s, struct doc *d)
{
	const struct containers_answer *answer;
	int r = subject_container(s, &answer);

	if (r < 0) {
		doc_missing(d, "container", NULL, r);
		return;
	}
	if (!answer->container) {
		if (answer->missing)
			doc_missing_for(d, "container", NULL, missing_name(answer->missing));
		else
			doc_none(d, "container", NULL);
		return;
	}
	doc_group(d, "container", NULL);
	put_info(answer->container, d);
	if (s->by_monitor)
		doc_text(d, "known_by", "known by", "what the monitor above it was told");
	else
		doc_str(d, "cgroup", "known by its cgroup", answer->cgroup.path);
	doc_bool(d, "confirmed", "confirmed by a runtime", answer->confirmed_by_runtime);
	if (!answer->confirmed_by_runtime)
		doc_note(d, "whoever may make cgroups chooses their names");
	doc_end(d);
}

bool common_has_no_program(const struct subject *s)
{
	return s->is_kernel_thread || s->is_zombie;
}

void common_no_program(const struct subject *s, const char *key, const char *title, struct doc *d)
{
	doc_none(d, key, title);
	if (common_has_no_program(s))
		doc_note(d, "%s", s->is_kernel_thread ? "a kernel thread" : "a zombie");
}

void common_process(const struct world *w, uint32_t pid, struct doc *d)
{
	const struct resident *r = world_find(w, pid);

	if (!doc_item(d))
		return;
	doc_u64(d, "pid", NULL, pid);
	if (r)
		doc_str(d, "name", NULL, str_from(r->comm, r->comm_len));
	if (r && r->container)
		doc_str(d, "container", NULL, world_container_name(r->container));
	doc_end(d);
}

/* The text of the first element of a list of a group; len 0: there is none. */
static struct str first_text(const struct doc_node *group, const char *key)
{
	const struct doc_node *list = doc_find(group, key);

	return list && list->first ? list->first->text : str_from(NULL, 0);
}

/* The overlay that is its root; NULL: its root is none, or nobody asked for its mounts. */
static const struct doc_node *root_overlay(const struct doc *d)
{
	const struct doc_node *mounts = doc_find(d->root, "mounts");
	const struct doc_node *overlays = mounts ? doc_find(mounts, "overlays") : NULL;
	const struct doc_node *n = overlays ? overlays->first : NULL;

	while (n && !(doc_find(n, "point") && str_eq(doc_find(n, "point")->text, STR_LITERAL("/"))))
		n = n->next;
	return n;
}

/* Without its last part, but with the slash before that. */
static struct str directory(struct str path)
{
	while (path.len && path.p[path.len - 1] == '/')
		path.len--;
	return str_from(path.p, path.len - str_basename(path).len);
}

/*
 * <storage>/<layer>/diff is the container's own. Below it Docker puts one more of each container,
 * for /etc/hosts and the like, and mounts it by a short name: <storage>/l/<name>.
 */
static void generalise_layers(struct doc *d)
{
	const struct doc_node *overlay = root_overlay(d);
	struct str own, storage, lower;

	if (!overlay)
		return;
	own = directory(first_text(overlay, "upper"));
	storage = directory(own);
	if (storage.len <= 1)
		return;
	doc_generalise(d, own);
	lower = first_text(overlay, "lower");
	if (str_eq(str_basename(str_from(storage.p, storage.len - 1)), STR_LITERAL("overlay2")) &&
	    str_has_prefix(lower, storage) &&
	    str_has_prefix(str_from(lower.p + storage.len, lower.len - storage.len),
			   STR_LITERAL("l/")))
		doc_generalise(d, lower);
}

void common_generalise(struct doc *d, struct str id)
{
	generalise_layers(d);
	doc_generalise(d, id);
	/* A name of its own on the network is what is left of an id that is long enough. */
	if (id.len == FULL_ID)
		doc_generalise(d, str_from(id.p, SHORT_ID));
}
