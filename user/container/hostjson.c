// SPDX-License-Identifier: Apache-2.0
/*
 * hostjson.c - JSON that others wrote
 */
#include "container/hostjson.h"

#include <errno.h>
#include <json-c/json.h>

#include "base/clock.h"

/* Runtimes' own files stay below ten. */
#define DEPTH_MAX	32
/*
 * In commas, colons and brackets. The longest list of containers that fits into a file has
 * 100,000; without a limit, 4 MiB of empty objects are a gigabyte, and seconds.
 */
#define COST_MAX	131072
#define COST_OF_OBJECT	8 /* its table */
/* Of the CPU time at most a twentieth for files that users can make as dear as they like. */
#define USERS_SHARE	20
#define USERS_FREE_NS	(2 * NSEC_PER_MSEC)
/* Files that cost less add up: so much of each such time is free. */
#define USERS_SUM_NS	(10 * NSEC_PER_MSEC)
#define USERS_PERIOD_NS (USERS_SHARE * USERS_SUM_NS)

static bool is_affordable(struct str text)
{
	bool quoted = false;
	unsigned int cost = 0;

	for (size_t i = 0; i < text.len && cost <= COST_MAX; i++) {
		char c = text.p[i];

		if (c == '"')
			quoted = !quoted;
		else if (quoted)
			i += c == '\\';
		else if (c == '{')
			cost += COST_OF_OBJECT;
		else if (c == ',' || c == ':' || c == '[')
			cost++;
	}
	return cost <= COST_MAX;
}

int hostjson_parse(struct hostfs *fs, struct str text, struct json_object **ret_object)
{
	struct json_tokener *tokener;
	struct json_object *object;
	enum json_tokener_error err;

	if (!is_affordable(text)) {
		fs->errors++;
		return -EFBIG;
	}
	tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!tokener)
		return -ENOMEM;
	/* Comments and single quotes, which it allows else, would hide the cost. */
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = text.len ? json_tokener_parse_ex(tokener, text.p, (int)text.len) : NULL;
	err = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (err != json_tokener_success || !object) {
		json_object_put(object);
		fs->errors++;
		return -EBADMSG;
	}
	*ret_object = object;
	return 0;
}

static int read_and_parse(struct hostfs *fs, const char *path, bool trusted,
			  struct json_object **ret_object)
{
	int err = hostfs_read(fs, path, trusted, &fs->scratch);

	if (err)
		return err;
	return hostjson_parse(fs, str_from(fs->scratch.data, fs->scratch.len), ret_object);
}

static void charge_users(struct hostfs *fs, uint64_t cost_ns, uint64_t now_ns)
{
	if (now_ns - fs->users_since_ns > USERS_PERIOD_NS) {
		fs->users_since_ns = now_ns;
		fs->users_sum_ns = 0;
	}
	fs->users_sum_ns += cost_ns;
	if (cost_ns <= USERS_FREE_NS && fs->users_sum_ns <= USERS_SUM_NS)
		return;
	fs->users_rest_ns = now_ns + (USERS_SHARE - 1) * fs->users_sum_ns;
	fs->users_sum_ns = 0;
}

int hostjson_read(struct hostfs *fs, const char *path, bool trusted,
		  struct json_object **ret_object)
{
	uint64_t cost_ns;
	int err;

	if (trusted)
		return read_and_parse(fs, path, true, ret_object);
	if (clock_boot_ns() < fs->users_rest_ns)
		return -EBUSY;
	cost_ns = clock_thread_ns();
	err = read_and_parse(fs, path, false, ret_object);
	cost_ns = clock_thread_ns() - cost_ns;
	if (err != -ENOENT)
		charge_users(fs, cost_ns, clock_boot_ns());
	return err;
}

static struct json_object *member(struct json_object *object, const char *name, json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

struct json_object *hostjson_object(struct json_object *object, const char *name)
{
	return member(object, name, json_type_object);
}

struct json_object *hostjson_array(struct json_object *object, const char *name)
{
	return member(object, name, json_type_array);
}

struct str hostjson_str(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_string);

	if (!value)
		return str_from(NULL, 0);
	return str_from(json_object_get_string(value), (size_t)json_object_get_string_len(value));
}

bool hostjson_labels(struct json_object *object, struct meta *meta)
{
	if (!object)
		return true;
	json_object_object_foreach(object, key, value)
	{
		if (json_object_is_type(value, json_type_string) &&
		    !meta_add_label(meta, str_of(key), hostjson_str(object, key)))
			return false;
	}
	return true;
}

void hostjson_putp(struct json_object **object)
{
	json_object_put(*object); /* accepts NULL */
}
