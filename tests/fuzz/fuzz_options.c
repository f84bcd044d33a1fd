// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_options.c - the command line, and the filter that it makes
 *
 * A word of the command line stands on each line. Whatever they are, it ends as it should: with
 * options that can be used, or with an exit status and one sentence.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/samples.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "rig.h"
#include "sink/text.h"

#define WORDS_MAX 32

static void use_filter(struct options *o)
{
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		struct event e;
		bool matches;

		sample_event((enum event_kind)kind, &e);
		filter_track(o->filter, &e);
		matches = filter_match(o->filter, &e);
		FUZZ_CHECK(filter_shows(o->filter, &e) ==
			   (matches && filter_shows_matched(o->filter, &e)));
		/* What is left out in the kernel would not have been shown. */
		if (matches && kind == EVENT_EXEC && filter_can_exclude(o->filter))
			FUZZ_CHECK(!filter_excludes(o->filter, e.proc.container));
	}
	filter_facts(o->filter);
}

static void use_columns(const struct options *o)
{
	struct text_options options = { .columns = o->columns,
					.time_form = o->time_form,
					.tree = o->tree };
	struct buf out = { 0 };
	struct text_sink *sink;
	struct event e;

	sample_event(EVENT_EXEC, &e);
	FUZZ_CHECK(text_new(&options, &sink) == 0);
	text_emit(sink, &e, &out);
	fuzz_check_text(str_from(out.data, out.len));
	text_free(sink);
	buf_done(&out);
}

static void take_words(int argc, char **argv)
{
	FILE *saved_out = stdout, *saved_err = stderr;
	char *out = NULL, *err = NULL;
	size_t out_len, err_len;
	struct options options;
	int r;

	stdout = open_memstream(&out, &out_len);
	stderr = open_memstream(&err, &err_len);
	FUZZ_CHECK(stdout && stderr);
	r = options_parse(argc, argv, &options);
	fclose(stdout);
	fclose(stderr);
	stdout = saved_out;
	stderr = saved_err;
	FUZZ_CHECK(r == 0 || r == 1);
	if (r == 1 && options.exit_status) {
		FUZZ_CHECK(err_len && err[err_len - 1] == '\n');
		FUZZ_CHECK(!strncmp(err, "proctrace: ", 11));
		FUZZ_CHECK(!out_len);
	} else if (r == 1) {
		FUZZ_CHECK(out_len && !err_len);
	} else {
		FUZZ_CHECK((options.buffer_bytes & (options.buffer_bytes - 1)) == 0);
		use_filter(&options);
		use_columns(&options);
	}
	options_done(&options);
	free(out);
	free(err);
}

/* glibc compiles some of them into gigabytes; whoever runs proctrace may write what he likes. */
static bool is_dear(const char *text)
{
	return strpbrk(text, "{\\") || strlen(text) > 512;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX + 2] = { (char *)"proctrace" }, *text;
	struct str rest = fuzz_input(data, size);
	int argc = 1;

	text = str_dup(rest);
	FUZZ_CHECK(text);
	if (!is_dear(text)) {
		for (char *next = text; next && argc <= WORDS_MAX;)
			argv[argc++] = strsep(&next, "\n");
		take_words(argc, argv);
	}
	free(text);
	return 0;
}
