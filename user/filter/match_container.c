// SPDX-License-Identifier: Apache-2.0
/*
 * match_container.c - is this the container that somebody means?
 */
#include "filter/match_container.h"

#include <string.h>

#include "base/glob.h"

#define ID_PREFIX_MIN	  4
#define IMAGE_MAX	  4096
#define POD_NAMESPACE_MAX 256 /* a DNS label: 63 */
#define ID_LEN		  64  /* of an id that is a hash */
#define OUTER_MAX	  32  /* containers in containers that are looked at */

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return s.len > 0;
}

static bool is_meant(struct str value, const struct container_info *c)
{
	if (c->id.len && str_eq(c->id, value))
		return true;
	if (value.len >= ID_PREFIX_MIN && is_hex(value) && str_has_prefix(c->id, value))
		return true;
	if (c->name.len)
		return glob_fits(value.p, c->name);
	/* Where identity is by name the id is the name. A hash is not: 'd*' means no id. */
	return c->id.len && !(c->id.len == ID_LEN && is_hex(c->id)) && glob_fits(value.p, c->id);
}

/* The container or one around it. */
static bool is_one_meant(struct str value, const struct container_info *container,
			 bool (*is_this)(struct str value, const struct container_info *c))
{
	for (int i = 0; container && i < OUTER_MAX; i++, container = container->outer)
		if (is_this(value, container))
			return true;
	return false;
}

bool match_container(const char *value, const struct container_info *container)
{
	return is_one_meant(str_of(value), container, is_meant);
}

/* All of the text, or what follows one of its slashes. */
static bool fits_an_end(const char *glob, struct str text)
{
	while (text.len) {
		const char *slash;

		if (glob_fits(glob, text))
			return true;
		slash = memchr(text.p, '/', text.len);
		if (!slash)
			return false;
		text = str_from(slash + 1, (size_t)(text.p + text.len - slash - 1));
	}
	return false;
}

static bool has_image(struct str value, const struct container_info *c)
{
	char text[2 * IMAGE_MAX];
	size_t len;

	if (fits_an_end(value.p, c->image) || (c->image_id.len && glob_fits(value.p, c->image_id)))
		return true;
	len = c->image.len + 1 + c->image_tag.len;
	if (!c->image_tag.len || len > sizeof(text))
		return false;
	memcpy(text, c->image.p, c->image.len);
	text[c->image.len] = ':';
	memcpy(text + c->image.len + 1, c->image_tag.p, c->image_tag.len);
	return fits_an_end(value.p, str_from(text, len));
}

bool match_image(const char *value, const struct container_info *container)
{
	return is_one_meant(str_of(value), container, has_image);
}

static bool is_run_by(struct str value, const struct container_info *c)
{
	return c->runtime.len && glob_fits(value.p, c->runtime);
}

bool match_runtime(const char *value, const struct container_info *container)
{
	return is_one_meant(str_of(value), container, is_run_by);
}

static bool is_in_pod(struct str value, const struct container_info *c)
{
	const char *slash = memchr(value.p, '/', value.len);
	char ns[POD_NAMESPACE_MAX];
	size_t len;

	if (c->pod_uid.len && str_eq(c->pod_uid, value))
		return true;
	if (!slash)
		return c->pod_name.len && glob_fits(value.p, c->pod_name);
	len = (size_t)(slash - value.p);
	if (len >= sizeof(ns))
		return false;
	memcpy(ns, value.p, len);
	ns[len] = '\0';
	return c->pod_name.len && glob_fits(slash + 1, c->pod_name) &&
	       glob_fits(ns, c->pod_namespace);
}

bool match_pod(const char *value, const struct container_info *container)
{
	return is_one_meant(str_of(value), container, is_in_pod);
}

static bool has_label(struct str value, const struct container_info *c)
{
	const char *equals = memchr(value.p, '=', value.len);
	struct str key = equals ? str_from(value.p, (size_t)(equals - value.p)) : value;

	for (uint32_t i = 0; i < c->labels_len; i++)
		if (str_eq(c->labels[i].key, key))
			return !equals || glob_fits(equals + 1, c->labels[i].value);
	return false;
}

bool match_label(const char *value, const struct container_info *container)
{
	return is_one_meant(str_of(value), container, has_label);
}
