// SPDX-License-Identifier: Apache-2.0
/*
 * redact.c - keeps secrets and what nobody asked for out of events
 */
#include "event/redact.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define REPLACEMENT	"[redacted]"
#define NAME_LEN_MAX	256 /* longer than this is no name of a variable or option */
#define FIELDS_PER_KIND 8   /* more secrets than this are listed as the whole field */
#define FIELD_LEN_MAX	40

struct redact {
	struct redact_options options;
	struct buf args;
	struct buf env;
	char fields[2 * FIELDS_PER_KIND][FIELD_LEN_MAX];
	size_t fields_len;
};

_Static_assert(2 * FIELDS_PER_KIND <= sizeof(((struct event *)0)->redacted) / sizeof(struct str),
	       "more fields than an event can list");

int redact_new(const struct redact_options *options, struct redact **ret_redact)
{
	struct redact *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->options = *options;
	*ret_redact = r;
	return 0;
}

void redact_free(struct redact *r)
{
	if (!r)
		return;
	buf_done(&r->args);
	buf_done(&r->env);
	free(r);
}

/* The name in upper case, with '_' for '-'. False if it is no name at all. */
static bool normalise(struct str name, char ret_upper[NAME_LEN_MAX + 1])
{
	if (name.len == 0 || name.len > NAME_LEN_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (!isalnum(c) && c != '_' && c != '-' && c != '.')
			return false;
		ret_upper[i] = c == '-' ? '_' : (char)toupper(c);
	}
	ret_upper[name.len] = '\0';
	return true;
}

static bool ends_with(const char *s, size_t len, const char *end)
{
	size_t end_len = strlen(end);

	return len >= end_len && !memcmp(s + len - end_len, end, end_len);
}

bool redact_is_secret_name(struct str name)
{
	static const char *const inside[] = { "TOKEN",	    "SECRET", "PASSWORD",   "PASSWD",
					      "PASSPHRASE", "KEY",    "CREDENTIAL", "COOKIE" };
	static const char *const at_end[] = { "_PASS", "_PWD", "_AUTH" };
	char upper[NAME_LEN_MAX + 1];

	if (!normalise(name, upper))
		return false;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		if (strstr(upper, inside[i]))
			return true;
	}
	for (size_t i = 0; i < sizeof(at_end) / sizeof(at_end[0]); i++) {
		if (ends_with(upper, name.len, at_end[i]))
			return true;
	}
	return false;
}

/*
 * Where the secret part of "--password=x", "PASSWORD=x" or "--env=PASSWORD=x" begins;
 * 0 if there is none. Only what is a name from the start of the word on counts, so that
 * a script given as one argument is not cut at its first "key=".
 */
static size_t secret_value_at(struct str word)
{
	size_t start = 0;

	while (start < word.len) {
		const char *equals = memchr(word.p + start, '=', word.len - start);
		struct str name;
		char upper[NAME_LEN_MAX + 1];

		if (!equals)
			return 0;
		name = str_from(word.p + start, (size_t)(equals - word.p) - start);
		if (!normalise(name, upper))
			return 0;
		start += name.len + 1;
		if (redact_is_secret_name(name))
			return start < word.len ? start : 0;
	}
	return 0;
}

/*
 * An option such as "--password" whose value is the next word. Not "--no-password" or
 * "--password-stdin", which take none, nor "--password-file", whose value is a path.
 */
static bool is_secret_option(struct str word)
{
	static const char *const harmless[] = { "_STDIN", "_FILE", "_PATH", "_PROMPT" };
	char upper[NAME_LEN_MAX + 1];

	if (!str_has_prefix(word, STR_LITERAL("--")) || !normalise(word, upper) ||
	    str_has_prefix(word, STR_LITERAL("--no-")) || !redact_is_secret_name(word))
		return false;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (ends_with(upper, word.len, harmless[i]))
			return false;
	}
	return true;
}

/* The next of NUL-ended words; the last may lack its NUL if it was cut. */
static bool next_word(struct str *rest, struct str *ret_word, size_t *ret_size)
{
	size_t len;

	if (rest->len == 0)
		return false;
	len = strnlen(rest->p, rest->len);
	*ret_word = str_from(rest->p, len);
	*ret_size = len < rest->len ? len + 1 : len;
	rest->p += *ret_size;
	rest->len -= *ret_size;
	return true;
}

/* What one field loses, and under which name it is listed. */
struct field {
	struct buf *out;
	const char *name;
	struct str words; /* as they were */
	size_t first;	  /* of this field in redact.fields */
	size_t replaced;
	bool changed;
};

/* From here on out holds the words instead of the slice. */
static void begin_change(struct field *f, size_t offset)
{
	if (f->changed)
		return;
	f->changed = true;
	buf_reset(f->out);
	buf_put(f->out, f->words.p, offset);
}

static void list_field(struct redact *r, struct field *f, size_t index)
{
	if (f->replaced++ == 0)
		f->first = r->fields_len;
	if (f->replaced > FIELDS_PER_KIND) {
		r->fields_len = f->first + 1;
		snprintf(r->fields[f->first], FIELD_LEN_MAX, "%s", f->name);
		return;
	}
	snprintf(r->fields[r->fields_len++], FIELD_LEN_MAX, "%s[%zu]", f->name, index);
}

static void put_redacted(struct redact *r, struct field *f, struct str word, size_t size,
			 size_t secret_at, size_t index)
{
	buf_put(f->out, word.p, secret_at);
	BUF_LITERAL(f->out, REPLACEMENT);
	if (size > word.len)
		buf_putc(f->out, '\0');
	list_field(r, f, index);
}

static bool is_wanted_variable(const struct redact *r, struct str variable)
{
	const char *equals = variable.len ? memchr(variable.p, '=', variable.len) : NULL;
	size_t len = equals ? (size_t)(equals - variable.p) : variable.len;
	char name[NAME_LEN_MAX + 1];

	if (len > NAME_LEN_MAX)
		return false;
	memcpy(name, variable.p, len);
	name[len] = '\0';
	for (size_t i = 0; i < r->options.env_globs_len; i++) {
		if (fnmatch(r->options.env_globs[i], name, 0) == 0)
			return true;
	}
	return false;
}

static void redact_args(struct redact *r, struct field *f)
{
	struct str rest = f->words, word;
	size_t size, offset = 0;
	bool value_expected = false;

	for (size_t i = 0; next_word(&rest, &word, &size); i++, offset += size) {
		bool is_value = value_expected && word.len && word.p[0] != '-';
		size_t secret_at = is_value ? 0 : secret_value_at(word);

		value_expected = is_secret_option(word);
		if (is_value || secret_at) {
			begin_change(f, offset);
			put_redacted(r, f, word, size, secret_at, i);
		} else if (f->changed) {
			buf_put(f->out, word.p, size);
		}
	}
}

static void select_env(struct redact *r, struct field *f)
{
	struct str rest = f->words, word;
	size_t size, offset = 0, kept = 0;

	for (; next_word(&rest, &word, &size); offset += size) {
		size_t secret_at;

		if (!is_wanted_variable(r, word)) {
			begin_change(f, offset);
			continue;
		}
		secret_at = r->options.keep_secrets ? 0 : secret_value_at(word);
		if (secret_at) {
			begin_change(f, offset);
			put_redacted(r, f, word, size, secret_at, kept);
		} else if (f->changed) {
			buf_put(f->out, word.p, size);
		}
		kept++;
	}
}

/* Puts what the field became into the event; takes the fact away if there was no memory. */
static void finish(struct event_process *p, enum fact fact, const struct field *f,
		   struct str *slice)
{
	if (!f->changed)
		return;
	if (f->out->failed) {
		p->has &= ~(1u << fact);
		event_miss(p, fact, MISSING_SKIPPED);
		*slice = str_from(NULL, 0);
		return;
	}
	*slice = str_from(f->out->data, f->out->len);
}

void redact_event(struct redact *r, struct event *e)
{
	struct event_process *p = &e->proc;

	if (!e->about_process)
		return;
	r->fields_len = 0;
	if (event_has(p, FACT_ARGS) && !r->options.keep_secrets) {
		struct field args = { .out = &r->args, .name = "process.args", .words = p->args };

		redact_args(r, &args);
		finish(p, FACT_ARGS, &args, &p->args);
	}
	if (event_has(p, FACT_ENV) && r->options.env_globs_len == 0) {
		p->has &= ~(1u << FACT_ENV);
		p->env = str_from(NULL, 0);
	} else if (event_has(p, FACT_ENV)) {
		struct field env = { .out = &r->env, .name = "process.env_vars", .words = p->env };

		select_env(r, &env);
		finish(p, FACT_ENV, &env, &p->env);
	}
	e->redacted_len = (uint32_t)r->fields_len;
	for (size_t i = 0; i < r->fields_len; i++)
		e->redacted[i] = str_of(r->fields[i]);
}
