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
#include "log/fields.h"

#define DEPTH_MAX 32  /* of objects and arrays in a line; ours have ten */
#define EARLY	  512 /* the action stands before anything of variable length */
#define TIME_KEY  STR_LITERAL("\"@timestamp\"")
#define BEGINNING STR_LITERAL("{\"@timestamp\":\"")

/* NULL if it is no object. */
static json_object *parse(struct str line)
{
	json_tokener *tokener;
	json_object *root;

	/* json-c would stop at a NUL and take what is before it for all. */
	if (memchr(line.p, '\0', line.len))
		return NULL;
	tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	root = json_tokener_parse_ex(tokener, line.p, (int)line.len);
	if (root && (!json_object_is_type(root, json_type_object) ||
		     json_tokener_get_parse_end(tokener) != line.len)) {
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(tokener);
	return root;
}

static bool read_open(struct fields *f, json_object *open, struct verify_own *own)
{
	json_object *fragment = fields_object(f, open, "fragment");
	struct str hex;

	own->after_unchained = fields_flag(f, fields_object(f, open, "previous"), "unchained");
	if (!fragment)
		return true;
	return fields_u64(f, fragment, "bytes", UINT64_MAX, &own->fragment_bytes) &&
	       own->fragment_bytes && fields_word(f, fragment, "hash", &hex) &&
	       ends_cut_hex(&hex, own->fragment_hash, sizeof(own->fragment_hash)) && hex.len == 0;
}

static bool read_own(json_object *root, struct verify_own *own)
{
	struct arena arena = { 0 };
	struct fields f = { .arena = &arena };
	json_object *proctrace = fields_object(&f, root, "proctrace");
	struct str action = { 0 }, reason = { 0 };
	bool is_right = true;

	fields_word(&f, fields_object(&f, root, "event"), "action", &action);
	if (str_eq(action, STR_LITERAL("log-open"))) {
		own->action = VERIFY_LOG_OPEN;
		is_right = read_open(&f, fields_object(&f, proctrace, "log_open"), own);
	} else if (str_eq(action, STR_LITERAL("log-close"))) {
		own->action = VERIFY_LOG_CLOSE;
		fields_word(&f, fields_object(&f, proctrace, "log_close"), "reason", &reason);
		own->is_end = str_eq(reason, STR_LITERAL("end"));
	} else if (str_has_prefix(action, STR_LITERAL("log-"))) {
		own->action = VERIFY_LOG_OTHER;
	}
	arena_done(&arena);
	return is_right && !f.damaged;
}

bool verify_own_read(struct str line, struct verify_own *ret_own)
{
	const struct str mark = STR_LITERAL("\"action\":\"log-");
	struct verify_own own = { .action = VERIFY_EVENT };
	json_object *root;
	bool is_right;

	if (!memmem(line.p, line.len < EARLY ? line.len : EARLY, mark.p, mark.len)) {
		*ret_own = own;
		return true;
	}
	root = parse(line);
	is_right = root && read_own(root, &own);
	json_object_put(root);
	if (is_right)
		*ret_own = own;
	return is_right;
}

bool verify_time_read(struct str line, int64_t *ret_wall_ns)
{
	struct str begin = BEGINNING, key = TIME_KEY;
	struct arena arena = { 0 };
	struct fields f = { .arena = &arena };
	json_object *root;
	bool found;

	if (!str_has_prefix(line, begin) || line.len < begin.len + TIMEFMT_UTC_LEN ||
	    !timefmt_parse_utc(str_from(line.p + begin.len, TIMEFMT_UTC_LEN), ret_wall_ns))
		return false;
	/* Quotes inside of strings are escaped: it can only be another key. */
	if (!memmem(line.p + begin.len, line.len - begin.len, key.p, key.len))
		return true;
	root = parse(line);
	found = root && fields_time(&f, root, "@timestamp", ret_wall_ns);
	json_object_put(root);
	arena_done(&arena);
	return found;
}
