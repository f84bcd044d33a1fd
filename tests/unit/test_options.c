// SPDX-License-Identifier: Apache-2.0
/*
 * test_options.c - the command line, parsed
 *
 * A row is a command line, the status it ends with, and what is then in the message
 * or in the options. Long because every option and every mistake has one.
 */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/table.h"
#include "inspect/section.h"

#define ARGS_MAX   24
#define GOES_ON	   (-1)
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* What one call left behind. */
struct result {
	char words[512];
	char *argv[ARGS_MAX + 1];
	struct options options;
	int status;
	char *out;
	char *err;
};

/* The command line is split at single spaces; "''" is an empty word. */
static void parse(struct result *r, const char *line)
{
	FILE *saved_out = stdout, *saved_err = stderr;
	size_t out_len, err_len;
	char *save = NULL;
	int argc = 0;

	snprintf(r->words, sizeof(r->words), "%s", line);
	for (char *word = strtok_r(r->words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		assert_true(argc < ARGS_MAX);
		r->argv[argc++] = strcmp(word, "''") ? word : word + 2;
	}
	r->argv[argc] = NULL;
	stdout = open_memstream(&r->out, &out_len);
	stderr = open_memstream(&r->err, &err_len);
	r->status = options_parse(argc, r->argv, &r->options) ? r->options.exit_status : GOES_ON;
	fclose(stdout);
	fclose(stderr);
	stdout = saved_out;
	stderr = saved_err;
}

static void done(struct result *r)
{
	options_done(&r->options);
	free(r->out);
	free(r->err);
}

/* One sentence on standard error that holds a text, nothing on standard output. */
struct message_row {
	const char *line;
	int status;
	const char *message;
};

static void check_messages(const struct message_row *rows, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct result r;
		char *end;

		parse(&r, rows[i].line);
		if (r.status != rows[i].status || !strstr(r.err, rows[i].message) || *r.out)
			fail_msg("'%s' ends with %d, '%s'", rows[i].line, r.status, r.err);
		end = strchr(r.err, '\n');
		assert_true(end && end[1] == '\0');
		assert_int_equal(strncmp(r.err, "proctrace: ", 11), 0);
		done(&r);
	}
}

static void test_usage_errors(void **state)
{
	static const struct message_row rows[] = {
		{ "proctrace --bogus", 2, "unknown option '--bogus'" },
		{ "proctrace --bogus=1", 2, "unknown option '--bogus'" },
		{ "proctrace -z", 2, "unknown option '-z'" },
		{ "proctrace -qz", 2, "unknown option '-z'" },
		{ "proctrace -zq", 2, "unknown option '-z'" },
		{ "proctrace -q -zq", 2, "unknown option '-z'" },
		{ "proctrace -c", 2, "-c needs a value" },
		{ "proctrace -q --container", 2, "--container needs a value" },
		{ "proctrace --tree=yes", 2, "--tree takes no value" },
		{ "proctrace --form json", 2, "unknown option '--form'" },
		{ "proctrace ls", 2, "proctrace -- ls" },
		{ "proctrace -q ls", 2, "proctrace -- ls" },
		{ "proctrace -q replay x", 2, "'replay' goes first" },
		{ "proctrace --", 2, "no command after '--'" },
		{ "proctrace -f xml", 2, "--format: 'xml' is none of text, json" },
		{ "proctrace --time now", 2, "clock, iso, utc, relative, delta, none" },
		{ "proctrace --color maybe", 2, "auto, always, never" },
		{ "proctrace --enrich some", 2, "auto, full, off" },
		{ "proctrace --columns time,bogus", 2, "'bogus' is no column" },
		{ "proctrace --columns ''", 2, "--columns" },
		{ "proctrace --duration 5", 2, "'5' is no time" },
		{ "proctrace --duration 0s", 2, "more than 0" },
		{ "proctrace --duration 99999999d", 2, "too long" },
		{ "proctrace --count 0", 2, "'0' is no number" },
		{ "proctrace --count -1", 2, "'-1' is no number" },
		{ "proctrace --buffer 1K", 2, "use 512K to 1G" },
		{ "proctrace --buffer 2G", 2, "use 512K to 1G" },
		{ "proctrace --buffer big", 2, "'big' is no size" },
		{ "proctrace --output=", 2, "--output: the name is empty" },
		{ "proctrace --env A,,B", 2, "--env" },
		{ "proctrace -e sleep", 2, "--event: 'sleep' is no kind of event" },
		{ "proctrace --log a --log-max-size 12", 2, "'12' is too small: use 4K or more" },
		{ "proctrace --log a --log-max-size big", 2, "'big' is no size" },
		{ "proctrace --log a --log-max-size 99999999999G", 2, "is too large" },
		{ "proctrace --log a --log-keep 0", 2, "'0' is no number from 1 on" },
		{ "proctrace --log a --log-rotate-every 5", 2, "'5' is no time" },
		{ "proctrace --log a --log-sync often", 2, "none, interval, record" },
		{ "proctrace --log a --log-on-full wait", 2, "drop, stop, rotate" },
		{ "proctrace --log a --log-group=", 2, "the name is empty" },
		{ "proctrace --log-max-size 1M", 2, "--log-max-size needs --log FILE" },
		{ "proctrace --log-rotate-every 1h", 2, "--log-rotate-every needs --log FILE" },
		{ "proctrace --log-keep 3", 2, "--log-keep needs --log FILE" },
		{ "proctrace --log-max-total 1M", 2, "--log-max-total needs --log FILE" },
		{ "proctrace --log-compress", 2, "--log-compress needs --log FILE" },
		{ "proctrace --log-group adm", 2, "--log-group needs --log FILE" },
		/* What they are by themselves is no less without effect. */
		{ "proctrace --log-sync interval", 2, "--log-sync needs --log FILE" },
		{ "proctrace --log-on-full drop", 2, "--log-on-full needs --log FILE" },
		{ "proctrace --log-sync none -- true", 125, "--log-sync needs --log FILE" },
		{ "proctrace --log a --log-max-total 1M", 2,
		  "needs --log-max-size or --log-rotate-every" },
		{ "proctrace --log a --log-max-total 1M --log-max-size 2M", 2, "is more than" },
		{ "proctrace -o a --log a", 2, "'a' is where the output goes" },
		{ "proctrace -o /tmp/a --log /tmp/../tmp/a", 2, "is where the output goes" },
		{ "proctrace -o a --log a -- true", 125, "'a' is where the output goes" },
		{ "proctrace replay --log-keep 3 x", 2, "unknown option '--log-keep'" },
		{ "proctrace --rate-limit 0", 2, "--rate-limit: '0' is no number from 1 on" },
		{ "proctrace --rate-limit fast", 2, "'fast' is no number" },
		{ "proctrace --rate-limit -5", 2, "'-5' is no number" },
		{ "proctrace --rate-limit=", 2, "'' is no number" },
		{ "proctrace --rate-limit /1s", 2, "'' is no number" },
		{ "proctrace --rate-limit 10/", 2, "'' is no time" },
		{ "proctrace --rate-limit 10/5", 2, "'5' is no time" },
		{ "proctrace --rate-limit 10/0s", 2, "more than 0" },
		{ "proctrace --rate-limit 10/1s/2", 2, "'1s/2' is no time" },
		{ "proctrace replay --rate-limit 10 x", 2, "unknown option '--rate-limit'" },
		{ "proctrace -e !lost", 2, "'lost' is always shown" },
		{ "proctrace -e exec -e !exec", 2, "--event leaves no kind" },
		{ "proctrace -l (", 2, "--line: '(' is no regular expression" },
		{ "proctrace -p x", 2, "--pid: 'x' is no process id" },
		{ "proctrace -c web,", 2, "--container" },
		{ "proctrace --ended late", 2, "nonzero, signal or oom" },
		{ "proctrace --host --containers", 2, "exclude each other" },
		{ "proctrace -u no-such-user", 2, "--user: this host has no user" },
		{ "proctrace replay", 2, "replay needs a log" },
		{ "proctrace replay --existing x", 2, "unknown option '--existing'" },
		{ "proctrace replay -q x", 2, "unknown option '-q'" },
		{ "proctrace replay --log x y", 2, "unknown option '--log'" },
		{ "proctrace replay --login no-such-user x", 2, "--login: this host has no user" },
		{ "proctrace inspect", 2, "inspect needs a process or a container" },
		{ "proctrace inspect --diff 1", 2, "--diff compares two" },
		{ "proctrace inspect --diff 1 2 3", 2, "--diff compares two" },
		{ "proctrace inspect --section identity,nothing 1", 2, "'nothing' is no section" },
		{ "proctrace inspect --section identity, 1", 2, "empty name" },
		{ "proctrace inspect -c '' 1", 2, "the name of a container is empty" },
		{ "proctrace inspect --existing 1", 2, "unknown option '--existing'" },
		{ "proctrace inspect -e exec 1", 2, "unknown option '-e'" },
		{ "proctrace inspect -f yaml 1", 2, "'yaml' is none of" },
		{ "proctrace --diff", 2, "unknown option '--diff'" },
		{ "proctrace features now", 2, "'now'" },
		{ "proctrace --log x --log-seal", 2, "--log-seal needs a value" },
		{ "proctrace --log-seal k", 2, "--log-seal needs --log FILE" },
		{ "proctrace --log-seal-every 1m", 2, "--log-seal-every needs --log-seal KEYFILE" },
		{ "proctrace --log x --log-seal-every 1m", 2,
		  "--log-seal-every needs --log-seal KEYFILE" },
		{ "proctrace --log x --log-seal k --log-seal-every 10ms", 2,
		  "once a second at most" },
		{ "proctrace --log x --log-seal ./x", 2, "'./x' is the log" },
		{ "proctrace verify", 2, "verify needs a log" },
		{ "proctrace verify --log-seal k x", 2, "--log-seal needs --key FILE" },
		{ "proctrace verify --key - -", 2, "cannot both be standard input" },
		{ "proctrace verify -c web x", 2, "unknown option '-c'" },
		{ "proctrace keygen", 2, "keygen needs a place" },
		{ "proctrace keygen key", 2, "'key'" },
		{ "proctrace features -c web", 2, "unknown option '-c'" },
	};

	(void)state;
	check_messages(rows, ROWS(rows));
}

/* Options of later work: they must not be there at all. */
static void test_not_there_yet(void **state)
{
	static const char *const names[] = { "since", "until", "follow", "join", "key", "usage" };

	(void)state;
	for (size_t i = 0; i < ROWS(names); i++) {
		char line[64];
		const struct message_row row = { line, 2, "unknown option" };

		snprintf(line, sizeof(line), "proctrace --%s=1", names[i]);
		check_messages(&row, 1);
	}
}

/* With a command to run a failure must not look like the command's own. */
static void test_command_failures(void **state)
{
	static const struct message_row rows[] = {
		{ "proctrace --bogus -- true", 125, "unknown option '--bogus'" },
		{ "proctrace -f xml -- true", 125, "--format" },
		{ "proctrace trace -e x -- true", 125, "--event" },
		{ "proctrace ls -- true", 125, "unexpected 'ls'" },
		{ "proctrace --bogus --", 2, "unknown option '--bogus'" },
		{ "proctrace replay --bogus -- true", 2, "unknown option '--bogus'" },
	};

	(void)state;
	check_messages(rows, ROWS(rows));
}

static void test_defaults(void **state)
{
	static const char *const lines[] = { "proctrace", "proctrace trace" };

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct columns usual = {};
		struct result r;

		parse(&r, lines[i]);
		assert_int_equal(r.status, GOES_ON);
		assert_int_equal(r.options.command, COMMAND_TRACE);
		assert_int_equal(r.options.format, FORMAT_TEXT);
		assert_int_equal(r.options.time_form, TIME_FORM_CLOCK);
		assert_int_equal(r.options.color, COLOR_AUTO);
		assert_int_equal(r.options.enrich, ENRICH_AUTO);
		assert_int_equal(r.options.buffer_bytes, 8 << 20);
		assert_string_equal(r.options.proc_root, "/proc");
		assert_string_equal(r.options.host_root, "/");
		assert_string_equal(r.options.passwd_path, "/etc/passwd");
		assert_null(r.options.output_path);
		assert_null(r.options.log.path);
		assert_int_equal(r.options.log.sync, RECORDER_SYNC_INTERVAL);
		assert_int_equal(r.options.log.on_full, RECORDER_DROP);
		assert_null(r.options.argv_command);
		assert_false(r.options.tree || r.options.trim || r.options.no_header);
		assert_false(r.options.quiet || r.options.no_redact || r.options.existing);
		assert_int_equal(r.options.duration_ns + r.options.count, 0);
		assert_int_equal(r.options.rate.records, 0);
		assert_int_equal(r.options.env.len, 0);
		columns_usual(COLUMNS_TIMELINE, &usual);
		assert_memory_equal(&r.options.columns, &usual, sizeof(usual));
		assert_false(filter_wants(r.options.filter, EVENT_PROCESS));
		done(&r);
	}
}

static void test_every_option(void **state)
{
	struct result r;

	(void)state;
	parse(&r, "proctrace -fjson -o out --log=log --time utc --color never --tree --trim "
		  "--no-header -qx --buffer 3M");
	assert_int_equal(r.status, GOES_ON);
	assert_int_equal(r.options.format, FORMAT_JSON);
	assert_string_equal(r.options.output_path, "out");
	assert_string_equal(r.options.log.path, "log");
	assert_int_equal(r.options.time_form, TIME_FORM_UTC);
	assert_int_equal(r.options.color, COLOR_NEVER);
	assert_true(r.options.tree && r.options.trim && r.options.no_header && r.options.quiet);
	assert_true(filter_wants_failed(r.options.filter));
	assert_int_equal(r.options.buffer_bytes, 4 << 20);
	done(&r);

	parse(&r, "proctrace --env PATH,LC_* --env HOME --no-redact --existing --duration 2m "
		  "--count 7 --enrich full --proc-root p --host-root h --columns pid,what");
	assert_int_equal(r.status, GOES_ON);
	assert_int_equal(r.options.env.len, 3);
	assert_string_equal(r.options.env.items[0], "PATH");
	assert_string_equal(r.options.env.items[1], "LC_*");
	assert_string_equal(r.options.env.items[2], "HOME");
	assert_true(r.options.no_redact && r.options.existing);
	assert_true(filter_wants(r.options.filter, EVENT_PROCESS));
	assert_int_equal(r.options.rate.records, 0);
	assert_int_equal(r.options.duration_ns, UINT64_C(120000000000));
	assert_int_equal(r.options.count, 7);
	assert_int_equal(r.options.enrich, ENRICH_FULL);
	assert_string_equal(r.options.proc_root, "p");
	assert_string_equal(r.options.host_root, "h");
	assert_string_equal(r.options.passwd_path, "h/etc/passwd");
	assert_int_equal(r.options.columns.len, 2);
	assert_int_equal(r.options.columns.list[1], COLUMN_WHAT);
	done(&r);

	parse(&r, "proctrace --log a --log-max-size 10M --log-rotate-every 1d --log-keep 7 "
		  "--log-max-total 1G --log-compress --log-sync record --log-on-full stop "
		  "--log-group adm --host-root h");
	assert_int_equal(r.status, GOES_ON);
	assert_int_equal(r.options.log.max_bytes, 10 << 20);
	assert_int_equal(r.options.log.rotate_every_ns, UINT64_C(86400000000000));
	assert_int_equal(r.options.log.keep, 7);
	assert_int_equal(r.options.log.max_total, 1 << 30);
	assert_true(r.options.log.compress);
	assert_int_equal(r.options.log.sync, RECORDER_SYNC_RECORD);
	assert_int_equal(r.options.log.on_full, RECORDER_STOP);
	assert_string_equal(r.options.log.group, "adm");
	assert_string_equal(r.options.group_path, "h/etc/group");
	done(&r);

	parse(&r, "proctrace --rate-limit 500");
	assert_int_equal(r.status, GOES_ON);
	assert_int_equal(r.options.rate.records, 500);
	assert_int_equal(r.options.rate.window_ns, UINT64_C(1000000000));
	done(&r);
	parse(&r, "proctrace --rate-limit 500 --rate-limit 20/250ms");
	assert_int_equal(r.options.rate.records, 20);
	assert_int_equal(r.options.rate.window_ns, UINT64_C(250000000));
	done(&r);
}

static void test_command(void **state)
{
	struct result r;

	(void)state;
	parse(&r, "proctrace -q -- ls --help -- -x");
	assert_int_equal(r.status, GOES_ON);
	assert_true(r.options.quiet);
	assert_string_equal(r.options.argv_command[0], "ls");
	assert_string_equal(r.options.argv_command[1], "--help");
	assert_string_equal(r.options.argv_command[2], "--");
	assert_string_equal(r.options.argv_command[3], "-x");
	assert_null(r.options.argv_command[4]);
	/* What the log says of the command line: no arguments of the command. */
	assert_int_equal(r.options.given_len, 3);
	assert_string_equal(r.options.given[0], "-q");
	assert_string_equal(r.options.given[2], "ls");
	done(&r);

	/* After "--" a subcommand's name is a command like any other. */
	parse(&r, "proctrace -- replay");
	assert_int_equal(r.status, GOES_ON);
	assert_int_equal(r.options.command, COMMAND_TRACE);
	assert_string_equal(r.options.argv_command[0], "replay");
	done(&r);
}

static void test_replay_files(void **state)
{
	struct result r;

	(void)state;
	parse(&r, "proctrace replay b -f json - a -- --odd");
	assert_int_equal(r.status, GOES_ON);
	assert_int_equal(r.options.command, COMMAND_REPLAY);
	assert_int_equal(r.options.format, FORMAT_JSON);
	assert_int_equal(r.options.files_len, 4);
	assert_string_equal(r.options.files[0], "b");
	assert_string_equal(r.options.files[1], "-");
	assert_string_equal(r.options.files[2], "a");
	assert_string_equal(r.options.files[3], "--odd");
	done(&r);

	/* A log may name users that this host does not have. */
	parse(&r, "proctrace replay -u no-such-user a");
	assert_int_equal(r.status, GOES_ON);
	done(&r);
}

/* --help and the like: to standard output, status 0. */
static void test_said_and_done(void **state)
{
	static const struct {
		const char *line;
		const char *text;
	} rows[] = {
		{ "proctrace --help", "--container=ID|NAME" },
		{ "proctrace -h", "(text, json; default:" },
		{ "proctrace -q --help --bogus", "proctrace replay FILE" },
		{ "proctrace trace --help", "[-- COMMAND [ARG...]]" },
		{ "proctrace replay --help", "Usage: proctrace replay [OPTION...] FILE..." },
		{ "proctrace features --help", "Usage: proctrace features [OPTION...]" },
		{ "proctrace --version", "proctrace " PROCTRACE_VERSION "\n" },
		{ "proctrace replay -V", "optional libraries" },
		{ "proctrace --columns help", "container" },
		{ "proctrace inspect --section help", "namespaces" },
		{ "proctrace inspect --help", "default: auto)" },
		{ "proctrace replay --columns=help", "container" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct result r;

		parse(&r, rows[i].line);
		if (r.status != 0 || !strstr(r.out, rows[i].text) || *r.err)
			fail_msg("'%s' ends with %d, '%s', '%s'", rows[i].line, r.status, r.out,
				 r.err);
		done(&r);
	}
}

/* All digits are a pid, unless -c says otherwise; the order is that of the command line. */
static void test_targets(void **state)
{
	static const struct target want[] = {
		{ "12", false }, { "web", true }, { "34", true }, { "12a", true }, { "-1", true },
	};
	struct result r;

	(void)state;
	parse(&r, "proctrace inspect --section verdict,identity 12 web -c 34 12a --all -- -1");
	assert_int_equal(r.status, GOES_ON);
	assert_int_equal(r.options.command, COMMAND_INSPECT);
	assert_int_equal(r.options.targets_len, ROWS(want));
	for (size_t i = 0; i < ROWS(want); i++) {
		assert_string_equal(r.options.targets[i].name, want[i].name);
		assert_int_equal(r.options.targets[i].is_container, want[i].is_container);
	}
	assert_int_equal(r.options.sections, 1u << SECTION_IDENTITY | 1u << SECTION_VERDICT);
	assert_true(r.options.all);
	assert_false(r.options.diff);
	done(&r);
}

static bool has_row_with_value(enum table t, const char *name)
{
	for (const struct row *row = table_rows[t]; row->name; row++) {
		if (!strcmp(row->name, name))
			return row->arg;
	}
	return false;
}

/* Every row of a command is found by its key, has help, and its words are what the sinks know. */
static void check_rows(const struct command_spec *spec, enum table t)
{
	for (size_t i = 0; table_rows[t][i].name; i++) {
		const struct row *row = &table_rows[t][i];

		assert_ptr_equal(table_find(spec, table_key(t, i)), row);
		assert_non_null(row->help);
		assert_true(!row->needs || has_row_with_value(t, row->needs));
		if (strcmp(row->name, "time"))
			continue;
		for (int w = 0; row->words[w]; w++)
			assert_int_equal(time_form_parse(row->words[w]), w);
	}
}

static void test_table(void **state)
{
	(void)state;
	for (int c = 0; c < COMMANDS; c++) {
		for (size_t t = 0; t < commands[c].tables_len; t++)
			check_rows(&commands[c], commands[c].tables[t]);
		assert_null(table_find(&commands[c], '?'));
		assert_null(table_find(&commands[c], 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usage_errors),	 cmocka_unit_test(test_not_there_yet),
		cmocka_unit_test(test_command_failures), cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_option),	 cmocka_unit_test(test_command),
		cmocka_unit_test(test_replay_files),	 cmocka_unit_test(test_said_and_done),
		cmocka_unit_test(test_targets),		 cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
