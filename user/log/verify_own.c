// SPDX-License-Identifier: Apache-2.0
/*
 * verify_own.c - what verifying needs of the records of a log about itself
 *
 * Parsing every record would take most of the time, so only those are parsed that say
 * early on that they are about the log, as all of them do.
 */
#include "log/verify_own.h"

#include <string.h>

#include <json-c/json.h>
#include <sodium.h>

#include "base/timefmt.h"
#include "log/ends.h"

#define DEPTH_MAX 32  /* of objects and arrays in a line; ours have ten */
#define EARLY	  512 /* the action stands before anything of variable length */
#define TIME_KEY  STR_LITERAL("\"@timestamp\"")
#define BEGINNING STR_LITERAL("{\"@timestamp\":\"")

struct json_tokener *verify_own_tokener(void)
{
	json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);

	if (tokener)
		json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	return tokener;
}

/* NULL if it is no object. */
static json_object *parse(json_tokener *tokener, struct str line)
{
	json_object *root;

	/* json-c would stop at a NUL and take what is before it for all. */
	if (memchr(line.p, '\0', line.len))
		return NULL;
	json_tokener_reset(tokener);
	root = json_tokener_parse_ex(tokener, line.p, (int)line.len);
	if (root && (!json_object_is_type(root, json_type_object) ||
		     json_tokener_get_parse_end(tokener) != line.len)) {
		json_object_put(root);
		root = NULL;
	}
	return root;
}

/* NULL if it is not there, or of another type. */
static json_object *member(json_object *o, const char *key, json_type type)
{
	json_object *value;

	if (!o || !json_object_object_get_ex(o, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

/* Empty if it is not there. */
static struct str text_of(json_object *o, const char *key)
{
	json_object *value = member(o, key, json_type_string);

	return value ? str_from(json_object_get_string(value),
				(size_t)json_object_get_string_len(value)) :
		       str_from("", 0);
}

static bool read_open(json_object *open, struct verify_own *own)
{
	json_object *previous = member(open, "previous", json_type_object);
	json_object *fragment = member(open, "fragment", json_type_object);
	json_object *bytes = member(fragment, "bytes", json_type_int);
	json_object *missing = member(open, "missing", json_type_int);
	struct str hex = text_of(fragment, "hash");

	own->after_unchained =
		json_object_get_boolean(member(previous, "unchained", json_type_boolean));
	if (missing && json_object_get_int64(missing) > 0)
		own->missing = (uint64_t)json_object_get_int64(missing);
	if (!fragment)
		return true;
	if (!bytes || json_object_get_int64(bytes) <= 0)
		return false;
	own->fragment_bytes = (uint64_t)json_object_get_int64(bytes);
	return ends_cut_hex(&hex, own->fragment_hash, sizeof(own->fragment_hash)) && hex.len == 0;
}

static bool read_own(json_object *root, struct verify_own *own)
{
	json_object *event = member(root, "event", json_type_object);
	json_object *proctrace = member(root, "proctrace", json_type_object);
	struct str action = text_of(event, "action"), reason;

	if (str_eq(action, STR_LITERAL("log-open"))) {
		own->action = VERIFY_LOG_OPEN;
		return read_open(member(proctrace, "log_open", json_type_object), own);
	}
	if (str_eq(action, STR_LITERAL("log-close"))) {
		own->action = VERIFY_LOG_CLOSE;
		reason = text_of(member(proctrace, "log_close", json_type_object), "reason");
		own->is_end = str_eq(reason, STR_LITERAL("end"));
	} else if (str_has_prefix(action, STR_LITERAL("log-"))) {
		own->action = VERIFY_LOG_OTHER;
	}
	return true;
}

bool verify_own_read(struct json_tokener *tokener, struct str line, struct verify_own *ret_own)
{
	const struct str mark = STR_LITERAL("\"action\":\"log-");
	struct verify_own own = { .action = VERIFY_EVENT };
	json_object *root;
	bool is_right;

	if (!memmem(line.p, line.len < EARLY ? line.len : EARLY, mark.p, mark.len)) {
		*ret_own = own;
		return true;
	}
	root = parse(tokener, line);
	is_right = root && read_own(root, &own);
	json_object_put(root);
	if (is_right)
		*ret_own = own;
	return is_right;
}

bool verify_time_read(struct json_tokener *tokener, struct str line, int64_t *ret_wall_ns)
{
	struct str begin = BEGINNING, key = TIME_KEY;
	json_object *root;
	bool found;

	if (!str_has_prefix(line, begin) || line.len < begin.len + TIMEFMT_UTC_LEN ||
	    !timefmt_parse_utc(str_from(line.p + begin.len, TIMEFMT_UTC_LEN), ret_wall_ns))
		return false;
	/* Quotes inside of strings are escaped: it can only be another key. */
	if (!memmem(line.p + begin.len, line.len - begin.len, key.p, key.len))
		return true;
	root = parse(tokener, line);
	found = root && timefmt_parse_utc(text_of(root, "@timestamp"), ret_wall_ns);
	json_object_put(root);
	return found;
}
