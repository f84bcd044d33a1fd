// SPDX-License-Identifier: Apache-2.0
/*
 * json_put.c - the pieces that a line of JSON is made of
 */
#include "sink/json_put.h"

#include "base/escape.h"
#include "base/timefmt.h"
#include "sink/json_kept.h"

#define U64_DIGITS_MAX 20

/* Most lines fit, so that the room is made once. */
#define FIRST_ROOM 4096

bool json_put_grow(struct json_put *w, size_t n)
{
	bool ok;

	w->out->len = (size_t)(w->p - w->out->data);
	ok = buf_reserve(w->out, n);
	w->p = w->out->data + w->out->len;
	w->end = w->out->data + w->out->cap;
	return ok;
}

bool json_put_begin(struct json_put *w, struct buf *out)
{
	if (!buf_reserve(out, FIRST_ROOM))
		return false;
	w->out = out;
	w->kept = NULL;
	w->start = out->len;
	w->p = out->data + out->len;
	w->end = out->data + out->cap;
	w->args_escaped = w->env_escaped = false;
	w->places_len = 0;
	return true;
}

void json_put_end(struct json_put *w)
{
	if (json_put_room(w, 1) && !w->out->failed) {
		/* The comma behind the outermost object gives its place to the newline. */
		w->p[-1] = '\n';
		w->out->len = (size_t)(w->p - w->out->data);
	} else {
		w->out->len = w->start;
	}
}

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

static unsigned int count_digits(uint64_t v)
{
	unsigned int n = 1;

	for (; v >= 10000; v /= 10000)
		n += 4;
	return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

/* Writes the digits of v at p, the last ones first, two at a time; returns what follows. */
static char *put_digits(char *p, uint64_t v)
{
	char *end = p + count_digits(v), *at = end;

	while (v >= 100) {
		at -= 2;
		memcpy(at, pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10)
		memcpy(at - 2, pairs + v * 2, 2);
	else
		at[-1] = (char)('0' + v);
	return end;
}

void json_put_u64(struct json_put *w, uint64_t v)
{
	if (!json_put_room(w, U64_DIGITS_MAX + 1))
		return;
	w->p = put_digits(w->p, v);
	*w->p++ = ',';
}

void json_put_i64(struct json_put *w, int64_t v)
{
	if (v < 0)
		JSON_LITERAL(w, "-");
	json_put_u64(w, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void json_put_bool(struct json_put *w, bool v)
{
	if (v)
		JSON_LITERAL(w, "true,");
	else
		JSON_LITERAL(w, "false,");
}

void json_put_id(struct json_put *w, uint64_t v)
{
	if (!json_put_room(w, U64_DIGITS_MAX + 3))
		return;
	*w->p++ = '"';
	w->p = put_digits(w->p, v);
	*w->p++ = '"';
	*w->p++ = ',';
}

void json_put_octal(struct json_put *w, uint32_t v, unsigned int digits)
{
	if (!json_put_room(w, digits + 3))
		return;
	*w->p++ = '"';
	for (unsigned int i = digits; i-- > 0;)
		*w->p++ = (char)('0' + (v >> (3 * i) & 7));
	*w->p++ = '"';
	*w->p++ = ',';
}

void json_put_hex(struct json_put *w, uint64_t v)
{
	static const char digits[] = "0123456789abcdef";

	if (!json_put_room(w, 16 + 3))
		return;
	*w->p++ = '"';
	memcpy(w->p, "0000000000000000", 16);
	/* From the last digit to the first that is not 0: most sets are empty or nearly. */
	for (int i = 15; v; i--, v >>= 4)
		w->p[i] = digits[v & 15];
	w->p += 16;
	*w->p++ = '"';
	*w->p++ = ',';
}

void json_put_time(struct json_put *w, int64_t wall_ns)
{
	if (!json_put_room(w, TIMEFMT_UTC_LEN + 3))
		return;
	*w->p++ = '"';
	if (w->kept)
		timefmt_utc_kept(w->p, wall_ns, &w->kept->time);
	else
		timefmt_utc(w->p, wall_ns);
	w->p += TIMEFMT_UTC_LEN;
	*w->p++ = '"';
	*w->p++ = ',';
}

/* True if one of eight bytes may not stand in a JSON string as it is, or is not ASCII. */
static inline bool is_special8(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	uint64_t quote = v ^ ones * '"', backslash = v ^ ones * '\\';
	uint64_t control = (v - ones * 0x20) & ~v;

	return ((v | control | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) &
		highs) != 0;
}

static inline bool is_special(unsigned char c)
{
	return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

/* Copies bytes that stand for themselves; returns how many. There is room for all of s. */
static size_t put_plain(struct json_put *w, struct str s)
{
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		uint64_t v;

		memcpy(&v, s.p + i, sizeof(v));
		if (is_special8(v))
			break;
		memcpy(w->p + i, &v, sizeof(v));
	}
	/* What is left of a long one, with some that is copied already, in one piece. */
	if (i && i < s.len && i + 8 > s.len) {
		uint64_t v;

		memcpy(&v, s.p + s.len - 8, sizeof(v));
		if (!is_special8(v)) {
			memcpy(w->p + s.len - 8, &v, sizeof(v));
			i = s.len;
		}
	}
	for (; i < s.len && !is_special((unsigned char)s.p[i]); i++)
		w->p[i] = s.p[i];
	w->p += i;
	return i;
}

static void put_ascii_special(struct json_put *w, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	static const char letters[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};

	*w->p++ = '\\';
	if (c == '"' || c == '\\') {
		*w->p++ = (char)c;
	} else if (letters[c]) {
		*w->p++ = letters[c];
	} else {
		memcpy(w->p, "u00", 3);
		w->p[3] = digits[c >> 4];
		w->p[4] = digits[c & 15];
		w->p += 5;
	}
}

/* What one special byte, or one character, may grow to. */
#define ESCAPE_MAX 8

/* Returns false at the first byte that is not UTF-8. */
static bool put_utf8(struct json_put *w, struct str s)
{
	while (s.len) {
		size_t n = 0;
		unsigned int c;

		if (!json_put_room(w, s.len + ESCAPE_MAX))
			return true;
		n = put_plain(w, s);
		s = str_from(s.p + n, s.len - n);
		if (s.len == 0)
			break;
		if ((unsigned char)s.p[0] < 0x80) {
			put_ascii_special(w, (unsigned char)s.p[0]);
			n = 1;
		} else {
			n = utf8_decode(s.p, s.len, &c);
			if (n == 0)
				return false;
			json_put_bytes(w, s.p, n);
		}
		s = str_from(s.p + n, s.len - n);
	}
	return true;
}

/* A string that is not UTF-8: \xhh for each such byte, '\' doubled, all that as JSON. */
static void put_escaped(struct json_put *w, struct str s)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.len;) {
		unsigned int c = 0;
		size_t n = utf8_decode(s.p + i, s.len - i, &c);

		if (!json_put_room(w, ESCAPE_MAX))
			return;
		if (n == 0) {
			unsigned char byte = (unsigned char)s.p[i];

			memcpy(w->p, "\\\\x", 3);
			w->p[3] = digits[byte >> 4];
			w->p[4] = digits[byte & 15];
			w->p += 5;
			n = 1;
		} else if (c == '\\') {
			memcpy(w->p, "\\\\\\\\", 4);
			w->p += 4;
		} else if (n == 1 && is_special((unsigned char)c)) {
			put_ascii_special(w, (unsigned char)c);
		} else {
			memcpy(w->p, s.p + i, n);
			w->p += n;
		}
		i += n;
	}
}

bool json_put_string(struct json_put *w, struct str s)
{
	bool is_utf8;
	size_t start;

	JSON_LITERAL(w, "\"");
	start = (size_t)(w->p - w->out->data);
	is_utf8 = put_utf8(w, s);
	if (!is_utf8) {
		w->p = w->out->data + start;
		put_escaped(w, s);
	}
	JSON_LITERAL(w, "\",");
	return !is_utf8;
}

void json_put_text(struct json_put *w, const char *leaf, struct str s)
{
	if (!json_put_string(w, s) || w->places_len == JSON_PLACES_MAX)
		return;
	w->places[w->places_len] = w->place;
	w->places[w->places_len++].leaf = leaf;
}

/* Takes the next of NUL-separated words off rest, which is not empty. */
static struct str next_word(struct str *rest)
{
	struct str word = str_of_array(rest->p, rest->len);
	size_t used = word.len < rest->len ? word.len + 1 : word.len;

	*rest = str_from(rest->p + used, rest->len - used);
	return word;
}

bool json_put_words(struct json_put *w, struct str words)
{
	bool escaped = false;

	JSON_LITERAL(w, "[");
	while (words.len)
		escaped |= json_put_string(w, next_word(&words));
	json_put_close(w, ']');
	return escaped;
}

void json_put_escaped_words(struct json_put *w, const char *name, struct str words)
{
	for (uint64_t i = 0; words.len; i++) {
		if (utf8_is_valid(next_word(&words)))
			continue;
		JSON_LITERAL(w, "\"");
		json_put_bytes(w, name, strlen(name));
		JSON_LITERAL(w, "[");
		json_put_u64(w, i);
		w->p[-1] = ']'; /* in the place of the comma */
		JSON_LITERAL(w, "\",");
	}
}

void json_put_command_line(struct json_put *w, struct str args)
{
	size_t start, len, specials = 0;
	char *from, *to;
	bool quoted;

	JSON_LITERAL(w, "\"");
	/* Shell quoting leaves nothing but quotes and backslashes to be escaped again. */
	w->out->len = start = (size_t)(w->p - w->out->data);
	quoted = escape_shell_args(w->out, args);
	w->p = w->out->data + w->out->len;
	w->end = w->out->data + w->out->cap;
	len = w->out->len - start;
	for (const char *c = w->out->data + start; quoted && c < w->p; c++)
		specials += *c == '"' || *c == '\\';
	if (specials && json_put_room(w, specials)) {
		from = w->out->data + start + len;
		to = from + specials;
		w->p = to;
		/* From the end, so that no byte is overwritten before it is moved. */
		while (to > from) {
			char c = *--from;

			*--to = c;
			if (c == '"' || c == '\\')
				*--to = '\\';
		}
	}
	JSON_LITERAL(w, "\",");
}

void json_put_places(struct json_put *w)
{
	for (unsigned int i = 0; i < w->places_len; i++) {
		const struct json_place *place = &w->places[i];

		JSON_LITERAL(w, "\"");
		json_put_bytes(w, place->object, strlen(place->object));
		if (place->index >= 0) {
			JSON_LITERAL(w, "[");
			json_put_u64(w, (uint64_t)place->index);
			w->p[-1] = ']';
		}
		if (place->leaf[0])
			JSON_LITERAL(w, ".");
		json_put_bytes(w, place->sub, strlen(place->sub));
		if (place->outer) {
			JSON_LITERAL(w, "outer[");
			json_put_u64(w, (uint64_t)place->outer - 1);
			w->p[-1] = ']'; /* in the place of the comma */
			JSON_LITERAL(w, ".");
		}
		json_put_bytes(w, place->leaf, strlen(place->leaf));
		JSON_LITERAL(w, "\",");
	}
}
