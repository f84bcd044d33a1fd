// SPDX-License-Identifier: Apache-2.0
/*
 * line.c - regular expressions that command lines are searched for
 */
#include "filter/line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "filter/terms.h"

/*
 * One attempt, from one place in the line, ends after so many steps: a thousandth of a second or
 * two. More than the longest line (128 KiB) is long, so that ".*" can go through all of it.
 */
#define STEPS_MAX	 200000
/* What it remembers for going back, in KiB. */
#define HEAP_MAX_KIB	 (32 * 1024)
/* All attempts on one line together, of CPU time. The clock is asked at every so many of them. */
#define SEARCH_MAX_NS	 (20 * NSEC_PER_MSEC)
#define ATTEMPTS_A_CLOCK 8
/* Longer than any sensible one; what it is compiled to has PCRE2's own limit of 64 KiB. */
#define PATTERN_MAX	 4096

/* Called wherever an attempt begins: see pcre2callout(3). */
#define AT_BEGIN "(?C1)"

struct pattern {
	pcre2_code *code;
};

struct line {
	struct pattern *patterns;
	size_t len;
	pcre2_match_context *limits;
	pcre2_match_data *data;
	struct buf text;
	unsigned int attempts; /* of the search that goes on */
	uint64_t begun_ns;     /* when its clock was first asked */
	uint64_t undecided;
};

static int tick(pcre2_callout_block *unused, void *arg)
{
	struct line *l = arg;
	uint64_t now_ns;

	(void)unused;
	if (++l->attempts % ATTEMPTS_A_CLOCK)
		return 0;
	now_ns = clock_thread_ns();
	if (!l->begun_ns)
		l->begun_ns = now_ns;
	return now_ns - l->begun_ns > SEARCH_MAX_NS ? PCRE2_ERROR_CALLOUT : 0;
}

static struct line *line_new(void)
{
	struct line *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->limits = pcre2_match_context_create(NULL);
	l->data = pcre2_match_data_create(1, NULL);
	if (!l->limits || !l->data) {
		line_free(l);
		return NULL;
	}
	pcre2_set_match_limit(l->limits, STEPS_MAX);
	pcre2_set_heap_limit(l->limits, HEAP_MAX_KIB);
	pcre2_set_callout(l->limits, tick, l);
	return l;
}

void line_free(struct line *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->len; i++)
		pcre2_code_free(l->patterns[i].code);
	free(l->patterns);
	pcre2_match_context_free(l->limits);
	pcre2_match_data_free(l->data);
	buf_done(&l->text);
	free(l);
}

/*
 * A dot is any byte, and "$" the very end: an argument with a newline in it hides nothing. Bytes and
 * no UTF-8, because what is none would end a search.
 */
static int compile(const char *text, struct pattern *ret_pattern, char **ret_error)
{
	_cleanup_free_ char *ticking = NULL;
	PCRE2_UCHAR why[128];
	PCRE2_SIZE at;
	int error;

	if (strlen(text) > PATTERN_MAX)
		return terms_error(ret_error, "a regular expression of more than %d bytes",
				   PATTERN_MAX);
	if (asprintf(&ticking, AT_BEGIN "%s", text) < 0) {
		ticking = NULL;
		return -ENOMEM;
	}
	ret_pattern->code = pcre2_compile((PCRE2_SPTR)ticking, PCRE2_ZERO_TERMINATED,
					  PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF |
						  PCRE2_NEVER_BACKSLASH_C,
					  &error, &at, NULL);
	if (ret_pattern->code)
		return 0;
	if (error == PCRE2_ERROR_HEAP_FAILED)
		return -ENOMEM;
	pcre2_get_error_message(error, why, sizeof(why));
	at = at > strlen(AT_BEGIN) ? at - strlen(AT_BEGIN) : 0;
	return terms_error(ret_error, "'%s' is no regular expression: %s, at byte %zu", text,
			   (const char *)why, at);
}

int line_add(struct line **l, const char *pattern, char **ret_error)
{
	struct pattern *patterns, added;
	int r;

	if (!*l) {
		*l = line_new();
		if (!*l)
			return -ENOMEM;
	}
	patterns = reallocarray((*l)->patterns, (*l)->len + 1, sizeof(*patterns));
	if (!patterns)
		return -ENOMEM;
	(*l)->patterns = patterns;
	r = compile(pattern, &added, ret_error);
	if (r == 0)
		patterns[(*l)->len++] = added;
	return r;
}

static bool is_found(struct line *l, const struct pattern *pattern)
{
	const char *text = l->text.len ? l->text.data : ""; /* older versions take no NULL */
	int r;

	l->attempts = 0;
	l->begun_ns = 0;
	r = pcre2_match(pattern->code, (PCRE2_SPTR)text, l->text.len, 0, 0, l->data, l->limits);
	if (r == PCRE2_ERROR_NOMATCH)
		return false;
	l->undecided += r < 0;
	return true;
}

bool line_match(struct line *l, struct str args)
{
	if (args.len && args.p[args.len - 1] == '\0')
		args.len--;
	buf_reset(&l->text);
	buf_str(&l->text, args);
	if (l->text.failed) {
		l->undecided++;
		return true;
	}
	for (size_t i = 0; i < l->text.len; i++) {
		if (l->text.data[i] == '\0')
			l->text.data[i] = ' ';
	}
	for (size_t i = 0; i < l->len; i++) {
		if (is_found(l, &l->patterns[i]))
			return true;
	}
	return false;
}

uint64_t line_undecided(const struct line *l)
{
	return l->undecided;
}
