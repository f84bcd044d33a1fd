// SPDX-License-Identifier: Apache-2.0
/*
 * options.c - the command line, parsed
 *
 * argp is told to be silent: its own messages are two lines and name options that
 * do not exist. What getopt refused is found again from the table.
 */
#include "cli/options.h"

#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/checks.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/given.h"
#include "cli/help.h"
#include "cli/names.h"
#include "cli/row.h"
#include "cli/table.h"

#define ROWS_MAX 24 /* of a table */

/* A filter as it was given. Its value may need an option that comes later. */
struct given_filter {
	const struct row *row;
	const char *value;
};

struct parse {
	struct options *options;
	const struct command_spec *spec;
	char **argv;
	int argc;
	struct given given;
	struct given_filter *filters; /* owned */
	size_t filters_len;
	int next;  /* where argp was when it gave up */
	bool said; /* the user knows why it ends */
	bool done; /* --help and the like: the end is no error */
};

static int end_done(struct parse *p)
{
	p->done = true;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return ECANCELED;
	log_error("cannot write to standard output: %s", strerror(errno));
	p->options->exit_status = STATUS_FAILURE;
	return ECANCELED;
}

__attribute__((format(printf, 2, 3))) static int usage(struct parse *p, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	log_error("%s", text ? text : "out of memory");
	free(text);
	p->said = true;
	return EINVAL;
}

enum columns_use options_columns_use(const struct options *options)
{
	return options->command == COMMAND_PS ? COLUMNS_PROCESSES : COLUMNS_TIMELINE;
}

/* ---- parsing ---- */

static int set_option(struct parse *p, const struct row *row, const char *value)
{
	char *error = NULL;
	int r;

	r = row_set(p->options, row, value, &error);
	if (r == -ENOMEM)
		usage(p, "out of memory");
	else if (r < 0)
		usage(p, "--%s: %s", row->name, error);
	free(error);
	return -r;
}

static int keep_filter(struct parse *p, const struct row *row, const char *value)
{
	struct given_filter *filters;

	filters = reallocarray(p->filters, p->filters_len + 1, sizeof(*filters));
	if (!filters) {
		usage(p, "out of memory");
		return ENOMEM;
	}
	p->filters = filters;
	p->filters[p->filters_len++] = (struct given_filter){ row, value };
	return 0;
}

/* The word that argp is at, for an option with this value. */
static const char *option_word(const struct argp_state *state, const char *value)
{
	const char *word = state->argv[state->next - 1];

	return value && value == word ? state->argv[state->next - 2] : word;
}

/*
 * getopt takes any beginning of a long option, so that "replay --log" would be --login,
 * and every new option could change what a script means.
 */
static bool is_shortened(const char *word, const struct row *row)
{
	size_t len;

	if (strncmp(word, "--", 2))
		return false;
	len = strcspn(word + 2, "=");
	return len && len < strlen(row->name) && !strncmp(word + 2, row->name, len);
}

static int add_target(struct parse *p, const char *name, bool is_container)
{
	struct options *o = p->options;
	struct target *targets = reallocarray(o->targets, o->targets_len + 1, sizeof(*targets));

	if (!targets) {
		usage(p, "out of memory");
		return ENOMEM;
	}
	o->targets = targets;
	if (!*name)
		return usage(p, "the name of a container is empty");
	o->targets[o->targets_len++] = (struct target){ name, is_container };
	return 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
	struct parse *p = state->input;
	const struct row *row = table_find(p->spec, key);
	const char *word;

	if (!row)
		return ARGP_ERR_UNKNOWN;
	word = option_word(state, value);
	if (is_shortened(word, row))
		return usage(p, "unknown option '%.*s': options are not shortened, write --%s",
			     (int)strcspn(word, "="), word, row->name);
	given_note(&p->given, row);
	if (row->type == ROW_HELP) {
		argp_help(state->root_argp, stdout,
			  ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC,
			  (char *)p->spec->name);
		return end_done(p);
	}
	if (row->type == ROW_VERSION) {
		help_version();
		return end_done(p);
	}
	if (help_list(p->options, row, value))
		return end_done(p);
	if (row->type == ROW_TARGET)
		return add_target(p, value, true);
	if (row->type == ROW_FILTER)
		return keep_filter(p, row, value);
	return set_option(p, row, value);
}

static int add_file(struct parse *p, const char *path)
{
	struct options *o = p->options;
	const char **files = reallocarray(o->files, o->files_len + 1, sizeof(*files));

	if (!files) {
		usage(p, "out of memory");
		return ENOMEM;
	}
	o->files = files;
	o->files[o->files_len++] = path;
	return 0;
}

static int parse_word(struct parse *p, struct argp_state *state, char *word)
{
	switch (p->options->command) {
	case COMMAND_TRACE:
		if (state->quoted) {
			p->options->argv_command = &state->argv[state->next - 1];
			p->options->given_len -= (size_t)(state->argc - state->next);
			state->next = state->argc;
			return 0;
		}
		if (command_find(word))
			return usage(p, "'%s' goes first: proctrace %s [OPTION...]", word, word);
		return usage(p,
			     "unexpected '%s': to trace a command put -- before it: "
			     "proctrace -- %s",
			     word, word);
	case COMMAND_REPLAY:
	case COMMAND_REPORT:
	case COMMAND_VERIFY:
		return add_file(p, word);
	case COMMAND_INSPECT:
		return add_target(p, word, word[strspn(word, "0123456789")] != '\0');
	case COMMAND_FEATURES:
		return usage(p, "unexpected '%s': features takes only options", word);
	case COMMAND_PS:
		return usage(p,
			     "unexpected '%s': ps takes only options; -p %s is a process and its "
			     "descendants, -c %s a container",
			     word, word, word);
	case COMMAND_KEYGEN:
		return usage(p, "unexpected '%s': keygen takes only options", word);
	}
	return ARGP_ERR_UNKNOWN;
}

static int check_words(struct parse *p, const struct argp_state *state)
{
	if (p->options->command == COMMAND_TRACE && state->quoted && !p->options->argv_command)
		return usage(p, "no command after '--': proctrace [OPTION...] -- COMMAND [ARG...]");
	if (p->options->command == COMMAND_INSPECT && p->options->targets_len == 0)
		return usage(p, "inspect needs a process or a container: proctrace inspect "
				"PID|CONTAINER...");
	if (p->spec->args_doc && !strcmp(p->spec->args_doc, "FILE...") && !p->options->files_len)
		return usage(p, "%s needs a log: %s FILE..., or - for standard input",
			     p->spec->word, p->spec->name);
	return 0;
}

static error_t parse_rest(int key, char *word, struct argp_state *state)
{
	struct parse *p = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		for (size_t i = 0; i < p->spec->tables_len; i++)
			state->child_inputs[i] = p;
		return 0;
	case ARGP_KEY_ARG:
		return parse_word(p, state, word);
	case ARGP_KEY_END:
		return check_words(p, state);
	case ARGP_KEY_ERROR:
		p->next = state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The tables in the form that argp reads. */
struct argp_tables {
	struct argp_option options[TABLES][ROWS_MAX + 1];
	struct argp argps[TABLES];
	struct argp_child children[TABLES + 1];
	struct arena arena; /* of what --help says */
};

static void build_tables(const struct command_spec *spec, struct argp_tables *ret_tables)
{
	*ret_tables = (struct argp_tables){};
	for (size_t t = 0; t < spec->tables_len; t++) {
		enum table table = spec->tables[t];
		struct argp_option *option = ret_tables->options[t];

		for (size_t i = 0; i < ROWS_MAX && table_rows[table][i].name; i++, option++) {
			const struct row *row = &table_rows[table][i];

			*option = (struct argp_option){ row->name,
							table_key(table, i),
							row->arg,
							0,
							help_doc(&ret_tables->arena, row),
							0 };
		}
		ret_tables->argps[t] =
			(struct argp){ .options = ret_tables->options[t], .parser = parse_option };
		ret_tables->children[t] =
			(struct argp_child){ &ret_tables->argps[t], 0, table_titles[table],
					     table_titles[table] ? (int)t + 1 : 0 };
	}
}

static int set_defaults(struct parse *p)
{
	struct options *o = p->options;
	int r = filter_new(&o->filter);

	if (r < 0) {
		usage(p, "out of memory");
		return -r;
	}
	columns_usual(options_columns_use(o), &o->columns);
	for (int t = 0; t < TABLES; t++) {
		for (const struct row *row = table_rows[t]; row->name; row++) {
			r = row->value ? set_option(p, row, row->value) : 0;
			if (r)
				return r;
		}
	}
	return 0;
}

static int set_filter(struct parse *p)
{
	char *error = NULL;
	int r = names_set(p->options);

	for (size_t i = 0; r == 0 && i < p->filters_len; i++) {
		if (set_option(p, p->filters[i].row, p->filters[i].value))
			return EINVAL;
	}
	if (r == 0 && p->options->existing)
		r = filter_add(p->options->filter, FILTER_EXISTING, NULL, &error);
	if (r == 0)
		r = filter_check(p->options->filter, &error);
	if (r == 0)
		error = checks_find(p->options, &p->given);
	if (r < 0 || error)
		r = -usage(p, "%s", error ? error : "out of memory");
	free(error);
	return -r;
}

static void usage_refused(struct parse *p)
{
	char *error = explain_refused(p->spec, p->argc, p->argv, p->next);

	usage(p, "%s", error ? error : "out of memory");
	free(error);
}

/* The status of a mistake: 125 if a command should have been started, as env(1) does. */
static int usage_status(const struct parse *p)
{
	for (int i = 1; p->options->command == COMMAND_TRACE && i < p->argc - 1; i++) {
		if (!strcmp(p->argv[i], "--"))
			return STATUS_COMMAND_FAILURE;
	}
	return STATUS_USAGE;
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
	const unsigned int flags = ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT | ARGP_IN_ORDER;
	const struct command_spec *spec = argc > 1 ? command_find(argv[1]) : NULL;
	int shift = spec ? 1 : 0;
	struct parse p = { .options = ret_options, .argv = argv + shift, .argc = argc - shift };
	struct argp_tables tables;
	struct argp argp;
	int r;

	*ret_options = (struct options){};
	p.spec = spec ? spec : &commands[COMMAND_TRACE];
	ret_options->given = argv + (argc > 0);
	ret_options->given_len = (size_t)(argc > 0 ? argc - 1 : 0);
	ret_options->command = (enum command)(p.spec - commands);
	build_tables(p.spec, &tables);
	argp = (struct argp){ .parser = parse_rest,
			      .args_doc = p.spec->args_doc,
			      .doc = p.spec->doc,
			      .children = tables.children };
	r = set_defaults(&p);
	if (r == 0)
		r = argp_parse(&argp, p.argc, p.argv, flags, NULL, &p);
	if (r == 0)
		r = set_filter(&p);
	free(p.filters);
	arena_done(&tables.arena);
	if (r == 0)
		return 0;
	if (!p.done && !p.said)
		usage_refused(&p);
	if (!p.done)
		ret_options->exit_status = usage_status(&p);
	return 1;
}

void options_done(struct options *options)
{
	filter_free(options->filter);
	globs_done(&options->env);
	globs_done(&options->labels);
	free(options->passwd_path);
	free(options->group_path);
	free(options->files);
	free(options->targets);
	*options = (struct options){};
}
