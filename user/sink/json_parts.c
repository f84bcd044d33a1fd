// SPDX-License-Identifier: Apache-2.0
/*
 * json_parts.c - processes referred to, containers, namespaces, capabilities, sources
 */
#include "sink/json_parts.h"

#include <stddef.h>

#include "event/name_lists.h"
#include "event/names.h"
#include "sink/json.h"
#include "sink/json_kept.h"

#define KEY_ROW(value, word)   [value] = JSON_WORD("\"" word "\":"),
#define VALUE_ROW(value, word) [value] = JSON_WORD("\"" word "\","),

static const struct json_word fact_keys[FACT_COUNT] = { FACT_LIST(KEY_ROW) };
static const struct json_word fact_values[FACT_COUNT] = { FACT_LIST(VALUE_ROW) };
static const struct json_word source_values[SOURCE_COUNT] = { SOURCE_LIST(VALUE_ROW) };
static const struct json_word missing_values[MISSING_COUNT] = { MISSING_LIST(VALUE_ROW) };
static const struct json_word ns_keys[PTC_NS_COUNT] = { NS_LIST(KEY_ROW) };
static const struct json_word ns_values[PTC_NS_COUNT] = { NS_LIST(VALUE_ROW) };

/* "CAP_CHOWN","CAP_DAC_OVERRIDE",… in one piece: neighbours in a set are one copy. */
#define CAP_FIELD(cap, word)  char cap_##cap[sizeof("\"" word "\",") - 1];
#define CAP_TEXT(cap, word)   "\"" word "\","
#define CAP_OFFSET(cap, word) offsetof(struct cap_text, cap_##cap),

struct cap_text {
	CAP_LIST(CAP_FIELD)
};

_Static_assert(CAP_KNOWN < 64, "a bit of the mask is free behind the last one");

static const char cap_text[] = CAP_LIST(CAP_TEXT);
static const uint16_t cap_offsets[CAP_KNOWN + 1] = { CAP_LIST(CAP_OFFSET) sizeof(cap_text) - 1 };

void json_place(struct json_put *w, const char *object, int index, const char *sub)
{
	w->place = (struct json_place){ .object = object, .index = index, .sub = sub };
}

void json_host(struct json_put *w, const struct event_host *host)
{
	json_place(w, "host", -1, "");
	JSON_OBJECT(w, "host");
	JSON_TEXT(w, "hostname", "hostname", host->hostname);
	if (host->boot_id.len) {
		JSON_OBJECT(w, "boot");
		JSON_TEXT(w, "id", "boot.id", host->boot_id);
		json_put_close(w, '}');
	}
}

/* As fmt_entity_id() does it, but straight into the line: it stands there up to six times. */
void json_entity_id(struct json_put *w, const struct event_host *host, const struct event_ref *ref)
{
	struct str boot = entity_boot(host);

	if (!boot.len || ref->start_ns == 0)
		return;
	JSON_LITERAL(w, "\"entity_id\":\"");
	json_put_bytes(w, boot.p, ENTITY_BOOT_LEN);
	JSON_LITERAL(w, "-");
	json_put_u64(w, ref->pid);
	w->p[-1] = '-'; /* in the place of the comma */
	json_put_u64(w, ref->start_ns);
	w->p[-1] = '"';
	JSON_LITERAL(w, ",");
}

void json_ref(struct json_put *w, const struct event_host *host, const struct event_ref *ref,
	      const char *leaf)
{
	json_entity_id(w, host, ref);
	JSON_U64(w, "pid", ref->pid);
	JSON_TEXT(w, "name", leaf, ref->name);
}

void json_container(struct json_put *w, const struct container_info *c)
{
	JSON_TEXT(w, "id", "id", c->id);
	JSON_TEXT(w, "runtime", "runtime", c->runtime);
	JSON_TEXT(w, "name", "name", c->name);
	if (!c->image.len && !c->image_tag.len && !c->image_id.len)
		return;
	JSON_OBJECT(w, "image");
	JSON_TEXT(w, "name", "image.name", c->image);
	if (c->image_tag.len) {
		JSON_ARRAY(w, "tag");
		json_put_text(w, "image.tag[0]", c->image_tag);
		json_put_close(w, ']');
	}
	if (c->image_id.len) {
		JSON_LITERAL(w, "\"hash\":{\"all\":[");
		json_put_text(w, "image.hash.all[0]", c->image_id);
		json_put_close(w, ']');
		json_put_close(w, '}');
	}
	json_put_close(w, '}');
}

/* They are UTF-8, so that nothing is to be marked. */
void json_labels(struct json_put *w, const struct container_info *c)
{
	bool open = false;

	for (uint32_t i = 0; i < c->labels_len; i++) {
		const struct container_label *label = &c->labels[i];

		if (!label->shown)
			continue;
		if (!open)
			JSON_OBJECT(w, "labels");
		open = true;
		json_put_string(w, label->key);
		w->p[-1] = ':'; /* in the place of the comma */
		json_put_string(w, label->value);
	}
	if (open)
		json_put_close(w, '}');
}

static void put_ref(struct json_put *w, const struct container_info *c)
{
	json_container(w, c);
	json_labels(w, c);
	JSON_TEXT(w, "pod_uid", "pod_uid", c->pod_uid);
	JSON_TEXT(w, "pod_name", "pod_name", c->pod_name);
	JSON_TEXT(w, "pod_namespace", "pod_namespace", c->pod_namespace);
	JSON_FLAG(w, "unconfirmed", c->unconfirmed);
	JSON_FLAG(w, "build", c->build);
}

void json_outer(struct json_put *w, const struct container_info *c)
{
	if (!c->outer)
		return;
	JSON_ARRAY(w, "outer");
	for (int i = 1; c->outer && i <= JSON_OUTER_MAX; i++) {
		c = c->outer;
		w->place.outer = i;
		JSON_LITERAL(w, "{");
		put_ref(w, c);
		json_put_close(w, '}');
	}
	w->place.outer = 0;
	json_put_close(w, ']');
}

void json_other_container(struct json_put *w, const struct container_info *c)
{
	put_ref(w, c);
	json_outer(w, c);
}

void json_cgroup(struct json_put *w, const struct event_cgroup *cgroup, const char *leaf)
{
	JSON_LITERAL(w, "{");
	if (cgroup->id)
		JSON_U64(w, "id", cgroup->id);
	JSON_TEXT(w, "path", leaf, cgroup->path);
	JSON_FLAG(w, "v1", cgroup->v1);
	json_put_close(w, '}');
}

void json_caps(struct json_put *w, uint64_t mask)
{
	uint64_t known = mask & ((1ull << CAP_KNOWN) - 1);
	uint64_t others = mask ^ known;
	char tmp[32];

	JSON_LITERAL(w, "[");
	while (known) {
		unsigned int first = (unsigned int)__builtin_ctzll(known);
		/* The first bit behind that is not set: CAP_KNOWN is never. */
		unsigned int next = (unsigned int)__builtin_ctzll(~known & ~0ull << first);

		json_put_bytes(w, cap_text + cap_offsets[first],
			       (size_t)(cap_offsets[next] - cap_offsets[first]));
		known &= ~0ull << next;
	}
	for (; others; others &= others - 1)
		json_put_string(w, str_of(cap_name((unsigned int)__builtin_ctzll(others), tmp)));
	json_put_close(w, ']');
}

static bool is_as_own(const struct event_process *p, unsigned int type)
{
	if (type == PTC_NS_PID_FOR_CHILDREN)
		return p->ns[type] == p->ns[PTC_NS_PID];
	if (type == PTC_NS_TIME_FOR_CHILDREN)
		return p->ns[type] == p->ns[PTC_NS_TIME];
	return false;
}

struct namespaces_key {
	uint32_t ns[PTC_NS_COUNT];
	uint32_t isolated;
};

void json_namespaces(struct json_put *w, const struct event_process *p)
{
	struct namespaces_key key = { .isolated = p->ns_isolated };
	struct json_mark mark;

	memcpy(key.ns, p->ns, sizeof(key.ns));
	if (json_put_kept(w, JSON_PIECE_NAMESPACES, &key, sizeof(key), &mark))
		return;
	JSON_OBJECT(w, "ns");
	for (unsigned int i = 0; i < PTC_NS_COUNT; i++) {
		/* Children nearly always get the parent's own: said only if they do not. */
		if (p->ns[i] == 0 || is_as_own(p, i))
			continue;
		json_put_word(w, &ns_keys[i]);
		json_put_u64(w, p->ns[i]);
	}
	JSON_ARRAY(w, "isolated");
	for (unsigned int i = 0; i < PTC_NS_COUNT; i++) {
		if (p->ns_isolated & 1u << i)
			json_put_word(w, &ns_values[i]);
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
	json_keep(w, JSON_PIECE_NAMESPACES, &key, sizeof(key), &mark);
}

static void put_metadata(struct json_put *w, enum missing why)
{
	if (why == MISSING_NONE || why >= MISSING_COUNT)
		return;
	JSON_KEY(w, "container_metadata");
	json_put_word(w, &missing_values[why]);
}

void json_missing_metadata(struct json_put *w, enum missing metadata)
{
	JSON_OBJECT(w, "missing");
	put_metadata(w, metadata);
	json_put_close(w, '}');
}

struct sources_key {
	uint32_t has, truncated, metadata;
	uint8_t source[FACT_COUNT], missing[FACT_COUNT];
	uint8_t rest[2 * FACT_COUNT % 4 ? 4 - 2 * FACT_COUNT % 4 : 4]; /* zero */
};

/* Compared byte for byte. */
_Static_assert(sizeof(struct sources_key) == 3 * sizeof(uint32_t) + 2 * FACT_COUNT +
						     sizeof(((struct sources_key *)NULL)->rest),
	       "padding");

void json_provenance(struct json_put *w, const struct event_process *p, enum missing metadata)
{
	uint32_t known = p->has & ((1u << FACT_COUNT) - 1);
	struct sources_key key = { .has = known, .truncated = p->truncated, .metadata = metadata };
	struct json_mark mark;
	/* Execs take turns with other events: only they have a working directory. */
	enum json_piece piece = event_has(p, FACT_CWD) ? JSON_PIECE_SOURCES_OF_EXEC :
							 JSON_PIECE_SOURCES;

	memcpy(key.source, p->source, sizeof(key.source));
	memcpy(key.missing, p->missing, sizeof(key.missing));
	if (json_put_kept(w, piece, &key, sizeof(key), &mark))
		return;
	JSON_OBJECT(w, "source");
	for (uint32_t bits = known; bits; bits &= bits - 1) {
		unsigned int i = (unsigned int)__builtin_ctz(bits);

		if (p->source[i] == SOURCE_NONE || p->source[i] >= SOURCE_COUNT)
			continue;
		json_put_word(w, &fact_keys[i]);
		json_put_word(w, &source_values[p->source[i]]);
	}
	json_put_close(w, '}');
	JSON_OBJECT(w, "missing");
	for (unsigned int i = 0; i < FACT_COUNT; i++) {
		unsigned int why = p->missing[i];

		if (known & 1u << i || why == MISSING_NONE || why >= MISSING_COUNT)
			continue;
		json_put_word(w, &fact_keys[i]);
		json_put_word(w, &missing_values[why]);
	}
	put_metadata(w, metadata);
	json_put_close(w, '}');
	JSON_ARRAY(w, "truncated");
	for (uint32_t bits = p->truncated & known; bits; bits &= bits - 1)
		json_put_word(w, &fact_values[__builtin_ctz(bits)]);
	json_put_close(w, ']');
	json_keep(w, piece, &key, sizeof(key), &mark);
}
