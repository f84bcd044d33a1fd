/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostjson.h - JSON that others wrote
 *
 * Depth and number of values are limited, no type is trusted: a member of another kind
 * than expected is one that is not there.
 */
#ifndef CONTAINER_HOSTJSON_H
#define CONTAINER_HOSTJSON_H

#include <stdbool.h>

#include "base/str.h"
#include "container/hostfs.h"
#include "container/meta.h"

struct json_object;

/*
 * Reads and parses a file. The caller puts the object. Returns what hostfs_read()
 * does, or -EBADMSG for what is no JSON and -EFBIG for too many values, which are counted
 * as well. -EBUSY: it is a user's, and users' files took too much time just now.
 */
int hostjson_read(struct hostfs *fs, const char *path, bool trusted,
		  struct json_object **ret_object);
/* JSON inside a string of JSON, as some runtimes write it. Counted alike. */
int hostjson_parse(struct hostfs *fs, struct str text, struct json_object **ret_object);

/* A member of an object, NULL unless it is there and of that kind. */
struct json_object *hostjson_object(struct json_object *object, const char *name);
struct json_object *hostjson_array(struct json_object *object, const char *name);
/* len 0 unless it is there and a string. Lives as long as the object. */
struct str hostjson_str(struct json_object *object, const char *name);

/* The members of an object that are strings, as labels. False if out of memory. */
bool hostjson_labels(struct json_object *object, struct meta *meta);

void hostjson_putp(struct json_object **object);
#define _cleanup_json_ __attribute__((cleanup(hostjson_putp)))

#endif /* CONTAINER_HOSTJSON_H */
