// SPDX-License-Identifier: Apache-2.0
/*
 * registry_info.c - what is known of a container, from its path and its metadata
 */
#include <string.h>

#include "container/asking.h"
#include "container/registry.h"

void registry_update_info(struct registry *reg, struct container *c)
{
	struct container_info *info = &c->info;
	const struct cgpath_match *m = &c->match;
	const char *runtime = m->runtime;
	const char *known = c->meta.runtime;

	/* That runc runs it does not say for whom: the path's guess is worth more. */
	if (m->runtime_guessed && known && !(meta_only_runs(&c->meta) && runtime[0]))
		runtime = known;
	if (m->verdict == CGPATH_MAYBE && known)
		runtime = known;
	info->runtime = str_of(runtime);
	info->name = c->meta.name;
	info->image = c->meta.image;
	info->image_tag = c->meta.image_tag;
	info->image_id = c->meta.image_id;
	info->unconfirmed = known == NULL;
	info->missing = (uint8_t)c->meta.missing;
	info->build = m->verdict == CGPATH_BUILD;
	info->id = str_of(m->id);
	if (m->verdict == CGPATH_NAME || m->verdict == CGPATH_MAYBE) {
		/* Identity is the name; nspawn without systemd has it in no cgroup's. */
		if (m->verdict == CGPATH_MAYBE && strcmp(runtime, "systemd-nspawn") == 0)
			info->id = info->name;
		if (!info->name.len)
			info->name = info->id;
	}
	/* The path's is the kubelet's word; an annotation is the client's. */
	info->pod_uid = m->pod_uid[0] ? str_of(m->pod_uid) : c->meta.pod_uid;
	info->pod_name = c->meta.pod_name;
	info->pod_namespace = c->meta.pod_namespace;
	info->created_ns = c->meta.created_ns;
	meta_show_labels(&c->meta, reg->shown_labels);
	info->labels = c->meta.labels;
	info->labels_len = c->meta.labels_len;
	info->outer = c->outer ? &c->outer->info : NULL;
	info->version++;
	asking_note(reg, c);
}

struct metadata_place registry_place(struct registry *reg, const struct cgpath_match *match,
				     struct str path, const struct container *outer)
{
	return metadata_place(reg->metadata, match, path, outer ? outer->match.id : NULL);
}

void registry_refresh(struct registry *reg, struct container *c, uint64_t now_ns)
{
	struct metadata_place place;

	if (!retry_is_due(&c->retry, now_ns))
		return;
	/* Whose files they are says more than who made it. */
	if (c->claimed)
		c->meta.runtime = NULL;
	place = registry_place(reg, &c->match, str_from(c->path, c->path_len), c->outer);
	c->doubted = place.doubted;
	if (metadata_read(reg->metadata, &c->match, place, now_ns, &c->meta) == 0) {
		c->retry.done = true;
	} else if (!c->retry.first_ns && !c->meta.runtime && !c->meta.missing &&
		   !registry_is_there(reg, c)) {
		/* Before anybody looked: what the runtime had is gone with it. */
		c->meta.missing = MISSING_GONE;
		c->retry.done = true;
	} else {
		retry_failed(&c->retry, now_ns);
	}
	if (!c->meta.runtime)
		c->meta.runtime = c->claimed;
	registry_update_info(reg, c);
}

void registry_claim(struct registry *reg, struct container *c, const char *runtime)
{
	if (c->claimed || !c->hh.tbl) /* an impostor has no key */
		return;
	c->claimed = runtime;
	if (!c->meta.runtime)
		c->meta.runtime = runtime;
	registry_update_info(reg, c);
}
