// SPDX-License-Identifier: Apache-2.0
/*
 * meta.c - what a runtime's files say about one container
 */
#include "container/meta.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/timefmt.h"
#include "container/cgid.h"

void meta_done(struct meta *meta)
{
	free((char *)meta->name.p);
	free((char *)meta->image.p);
	free((char *)meta->image_tag.p);
	free((char *)meta->image_id.p);
	free((char *)meta->pod_uid.p);
	free((char *)meta->pod_name.p);
	free((char *)meta->pod_namespace.p);
	free((char *)meta->containerd_ns.p);
	for (uint32_t i = 0; i < meta->labels_len; i++) {
		free((char *)meta->labels[i].key.p);
		free((char *)meta->labels[i].value.p);
	}
	free(meta->labels);
	*meta = (struct meta){ 0 };
}

void meta_miss(struct meta *meta, int err)
{
	if (meta->missing != MISSING_NONE)
		return;
	switch (-err) {
	case 0:
	case ENOENT:
		break;
	case EACCES:
	case EPERM:
		meta->missing = MISSING_DENIED;
		break;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EINTR:
	case EBUSY:
	case EREMOTE:
		/* Of no file's making: nothing is said of it. */
		meta->missing = MISSING_SKIPPED;
		break;
	default:
		meta->missing = MISSING_MALFORMED;
		break;
	}
}

static void move(struct str *into, struct str *from)
{
	if (into->len)
		return;
	*into = *from;
	*from = (struct str){ 0 };
}

bool meta_only_runs(const struct meta *meta)
{
	return meta->runtime &&
	       (strcmp(meta->runtime, "runc") == 0 || strcmp(meta->runtime, "crun") == 0);
}

void meta_merge(struct meta *into, struct meta *from)
{
	bool renew = !into->runtime || (meta_only_runs(into) && from->runtime);

	if (renew)
		into->runtime = from->runtime;
	if (from->created_ns && (renew || !into->created_ns))
		into->created_ns = from->created_ns;
	/* Name and tag of an image belong together. */
	if (!into->image.len)
		move(&into->image_tag, &from->image_tag);
	move(&into->image, &from->image);
	move(&into->image_id, &from->image_id);
	move(&into->name, &from->name);
	move(&into->pod_uid, &from->pod_uid);
	move(&into->pod_name, &from->pod_name);
	move(&into->pod_namespace, &from->pod_namespace);
	move(&into->containerd_ns, &from->containerd_ns);
	into->missing = MISSING_NONE; /* what a file would have said is known */
	/* Out of memory: one label less. */
	for (uint32_t i = 0; i < from->labels_len; i++)
		meta_add_label(into, from->labels[i].key, from->labels[i].value);
}

unsigned int meta_count(const struct meta *meta)
{
	const struct str *const facts[] = { &meta->name,	 &meta->image,	 &meta->image_tag,
					    &meta->image_id,	 &meta->pod_uid, &meta->pod_name,
					    &meta->pod_namespace };
	unsigned int n = meta->labels_len + (meta->runtime != NULL);

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		n += facts[i]->len > 0;
	return n;
}

bool meta_set(struct str *field, struct str value)
{
	char *copy;

	if (field->len || value.len == 0)
		return true;
	if (value.len > META_STR_MAX)
		value.len = META_STR_MAX;
	copy = malloc(value.len);
	if (!copy)
		return false;
	memcpy(copy, value.p, value.len);
	*field = str_from(copy, value.len);
	return true;
}

void meta_split_image(struct str reference, struct str *ret_image, struct str *ret_tag)
{
	struct str image = reference, tag = { 0 }, last;
	const char *at, *colon;

	if (str_has_prefix(reference, STR_LITERAL("sha256:"))) {
		*ret_image = reference;
		*ret_tag = tag;
		return;
	}
	at = image.len ? memchr(image.p, '@', image.len) : NULL;
	if (at)
		image.len = (size_t)(at - image.p);
	/* A colon before the last slash belongs to the registry's port. */
	last = str_basename(image);
	colon = last.len ? memchr(last.p, ':', last.len) : NULL;
	if (colon) {
		tag = str_from(colon + 1, (size_t)(last.p + last.len - colon - 1));
		image.len = (size_t)(colon - image.p);
	}
	*ret_image = image;
	*ret_tag = tag;
}

bool meta_set_image(struct meta *meta, struct str reference)
{
	struct str image, tag;

	if (meta->image.len)
		return true;
	meta_split_image(reference, &image, &tag);
	if (!meta_set(&meta->image, image))
		return false;
	if (meta_set(&meta->image_tag, tag))
		return true;
	/* Without its tag it would be another one. */
	free((char *)meta->image.p);
	meta->image = (struct str){ 0 };
	return false;
}

bool meta_set_image_id(struct meta *meta, struct str id)
{
	static const struct str algorithm = STR_LITERAL("sha256:");
	char whole[sizeof("sha256:") - 1 + 64];

	if (str_has_prefix(id, algorithm))
		id = str_from(id.p + algorithm.len, id.len - algorithm.len);
	if (!cgid_is_hex64(id))
		return true;
	memcpy(whole, algorithm.p, algorithm.len);
	memcpy(whole + algorithm.len, id.p, id.len);
	return meta_set(&meta->image_id, str_from(whole, sizeof(whole)));
}

/* "+02:00" is two hours to be taken off for UTC. False if it is no offset. */
static bool parse_offset(const char *p, int64_t *ret_ns)
{
	int hours, minutes;

	if ((p[0] != '+' && p[0] != '-') || p[3] != ':')
		return false;
	for (int i = 1; i < 6; i++)
		if (i != 3 && (p[i] < '0' || p[i] > '9'))
			return false;
	hours = (p[1] - '0') * 10 + p[2] - '0';
	minutes = (p[4] - '0') * 10 + p[5] - '0';
	if (hours > 23 || minutes > 59)
		return false;
	*ret_ns = (int64_t)(hours * 60 + minutes) * 60 * (int64_t)NSEC_PER_SEC;
	if (p[0] == '-')
		*ret_ns = -*ret_ns;
	return true;
}

void meta_set_created(struct meta *meta, struct str text)
{
	char utc[TIMEFMT_UTC_LEN + 6];
	int64_t offset_ns = 0, wall_ns;

	if (meta->created_ns)
		return;
	if (text.len > 6 && text.len < sizeof(utc) && text.p[text.len - 1] != 'Z') {
		if (!parse_offset(text.p + text.len - 6, &offset_ns))
			return;
		memcpy(utc, text.p, text.len - 6);
		utc[text.len - 6] = 'Z';
		text = str_from(utc, text.len - 5);
	}
	if (timefmt_parse_utc(text, &wall_ns) && wall_ns > offset_ns)
		meta->created_ns = wall_ns - offset_ns;
}

bool meta_add_label(struct meta *meta, struct str key, struct str value)
{
	struct container_label label = { 0 };

	if (!key.len || !utf8_is_valid(key) || !utf8_is_valid(value) ||
	    meta->labels_len == META_LABELS_MAX ||
	    key.len > META_LABEL_BYTES_MAX - meta->label_bytes ||
	    value.len > META_LABEL_BYTES_MAX - meta->label_bytes - key.len)
		return true;
	for (uint32_t i = 0; i < meta->labels_len; i++)
		if (str_eq(meta->labels[i].key, key))
			return true;
	if (!meta->labels) {
		meta->labels = calloc(META_LABELS_MAX, sizeof(*meta->labels));
		if (!meta->labels)
			return false;
	}
	if (!meta_set(&label.key, key) || !meta_set(&label.value, value)) {
		free((char *)label.key.p);
		return false;
	}
	meta->label_bytes += (uint32_t)(label.key.len + label.value.len);
	meta->labels[meta->labels_len++] = label;
	return true;
}

void meta_show_labels(struct meta *meta, const struct globs *keys)
{
	for (uint32_t i = 0; i < meta->labels_len; i++)
		meta->labels[i].shown = keys && globs_fit(keys, meta->labels[i].key);
}
