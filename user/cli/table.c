// SPDX-License-Identifier: Apache-2.0
/*
 * table.c - every option of every subcommand, once
 */
#include "cli/table.h"

#include <string.h>

#define TO(member) .offset = offsetof(struct options, member)

static const char *const format_words[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_JSON] = "json",
	NULL,
};

static const char *const time_words[] = {
	[TIME_FORM_CLOCK] = "clock",	   [TIME_FORM_ISO] = "iso",	[TIME_FORM_UTC] = "utc",
	[TIME_FORM_RELATIVE] = "relative", [TIME_FORM_DELTA] = "delta", [TIME_FORM_NONE] = "none",
	[TIME_FORM_COUNT] = NULL,
};

static const char *const color_words[] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
	NULL,
};

static const char *const enrich_words[] = {
	[ENRICH_AUTO] = "auto",
	[ENRICH_FULL] = "full",
	[ENRICH_OFF] = "off",
	NULL,
};

static const char *const sync_words[] = {
	[RECORDER_SYNC_NONE] = "none",
	[RECORDER_SYNC_INTERVAL] = "interval",
	[RECORDER_SYNC_RECORD] = "record",
	NULL,
};

static const char *const full_words[] = {
	[RECORDER_DROP] = "drop",
	[RECORDER_STOP] = "stop",
	[RECORDER_ROTATE] = "rotate",
	NULL,
};

static const struct row filter_rows[] = {
	{ "container", 'c', ROW_FILTER, "ID|NAME", .filter_key = FILTER_CONTAINER,
	  .help = "events of a container: a prefix of its id (4 digits or more), or its name (glob)" },
	{ "containers", 0, ROW_FILTER, .filter_key = FILTER_IN_CONTAINER,
	  .help = "only processes in some container" },
	{ "host", 0, ROW_FILTER, .filter_key = FILTER_HOST, .help = "only processes in none" },
	{ "image", 0, ROW_FILTER, "GLOB", .filter_key = FILTER_IMAGE,
	  .help = "by the container's image: its name, NAME:TAG, or an end of these after a '/'" },
	{ "runtime", 0, ROW_FILTER, "NAME", .filter_key = FILTER_RUNTIME,
	  .help = "by what runs the container: docker, podman, containerd, lxc ..." },
	{ "pod", 0, ROW_FILTER, "[NAMESPACE/]NAME", .filter_key = FILTER_POD,
	  .help = "by Kubernetes pod (globs), or its uid" },
	{ "label", 0, ROW_FILTER, "KEY[=GLOB]", .filter_key = FILTER_LABEL,
	  .help = "by a label of the container" },
	{ "isolated", 0, ROW_FILTER, .filter_key = FILTER_ISOLATED,
	  .help = "only processes in namespaces of their own that no runtime made" },
	{ "no-setup", 0, ROW_FILTER, .filter_key = FILTER_NO_SETUP,
	  .help = "without the steps by which runtimes set containers up" },
	{ "pid", 'p', ROW_FILTER, "PID", .filter_key = FILTER_PID,
	  .help = "this process and all its descendants" },
	{ "user", 'u', ROW_FILTER, "NAME|UID", .filter_key = FILTER_USER,
	  .help = "by effective user" },
	{ "login", 0, ROW_FILTER, "NAME|UID", .filter_key = FILTER_LOGIN,
	  .help = "by the user who logged in, also after sudo" },
	{ "name", 'n', ROW_FILTER, "GLOB", .filter_key = FILTER_NAME,
	  .help = "by name: the basename of the executable, or comm" },
	{ "line", 'l', ROW_FILTER, "REGEX", .filter_key = FILTER_LINE,
	  .help = "by command line (Perl-compatible); never split nor negated" },
	{},
};

static const struct row kinds_rows[] = {
	{ "event", 'e', ROW_FILTER, "LIST", .filter_key = FILTER_EVENT,
	  .help = "kinds of event: fork, exec, exit, setns, unshare, cgroup, container, signal, "
		  "process, lost, throttled, all, !KIND (default: exec, exit, setns, unshare, "
		  "container, lost, throttled)" },
	{ "failed", 'x', ROW_FILTER, .filter_key = FILTER_FAILED,
	  .help = "also attempts that failed (exec, setns, unshare)" },
	{ "ended", 0, ROW_FILTER, "LIST", .filter_key = FILTER_ENDED,
	  .help = "of the exits only these: nonzero, signal, oom" },
	{},
};

/* Rows of more than one table. */
#define ROW_FORMAT(what)                                                                       \
	{                                                                                      \
		"format", 'f', ROW_WORD, "FORMAT", TO(format), .words = format_words,          \
							       .value = "text", .help = (what) \
	}
#define ROW_OUTPUT                                                         \
	{                                                                  \
		"output", 'o', ROW_TEXT, "FILE", TO(output_path),          \
			.help = "write to FILE instead of standard output" \
	}
#define ROW_COLOR                                                                          \
	{                                                                                  \
		"color", 0, ROW_WORD, "WHEN", TO(color),                                   \
			.words = color_words, .value = "auto",                             \
			.help = "colour text; auto: on a terminal, unless NO_COLOR is set" \
	}
#define ROW_NO_REDACT                                                                            \
	{                                                                                        \
		"no-redact", 0, ROW_SWITCH, TO(no_redact),                                       \
			.help = "keep values of variables and arguments whose name looks secret" \
	}
#define ROW_QUIET(what)                                             \
	{                                                           \
		"quiet", 'q', ROW_SWITCH, TO(quiet), .help = (what) \
	}

static const struct row output_rows[] = {
	ROW_FORMAT("how an event is printed"),
	ROW_OUTPUT,
	{ "columns", 0, ROW_COLUMNS, "LIST", TO(columns),
	  .help = "columns of a text line; +COLUMN adds to the usual ones, 'help' lists all" },
	{ "tree", 0, ROW_SWITCH, TO(tree), .help = "indent by ancestry" },
	{ "trim", 0, ROW_SWITCH, TO(trim), .help = "cut lines to the width of the terminal" },
	ROW_COLOR,
	{ "no-header", 0, ROW_SWITCH, TO(no_header), .help = "no column titles" },
	{},
};

static const struct row timeline_rows[] = {
	{ "time", 0, ROW_WORD, "FORM", TO(time_form), .words = time_words, .value = "clock",
	  .help = "how a text line says the time" },
	{ "count", 0, ROW_NUMBER, "N", TO(count), .help = "stop after N events" },
	{},
};

static const struct row facts_rows[] = {
	{ "env", 0, ROW_GLOBS, "NAMES", TO(env),
	  .help = "environment variables to record (list of globs)" },
	{ "show-labels", 0, ROW_GLOBS, "NAMES", TO(labels),
	  .help = "labels of containers to show and log (list of globs)" },
	ROW_NO_REDACT,
	{},
};

static const struct row live_rows[] = {
	ROW_QUIET("do not say when tracing begins, no summary at the end"),
	{ "journal", 0, ROW_SWITCH, TO(journal),
	  .help = "also send what is shown to the journal of systemd, with fields of its own" },
	{ "existing", 0, ROW_SWITCH, TO(existing),
	  .help = "first list the containers and, as kind process, the processes that run already" },
	{ "duration", 0, ROW_TIME, "TIME", TO(duration_ns),
	  .help = "stop after TIME, such as 30s" },
	{ "buffer", 0, ROW_BUFFER, "SIZE", TO(buffer_bytes), .value = "8M",
	  .help = "the ring buffer between kernel and proctrace" },
	{ "rate-limit", 0, ROW_RATE, "N[/TIME]", TO(rate),
	  .help = "send at most N records of each container in TIME (1s), and count the rest" },
	{ "no-sandbox", 0, ROW_SWITCH, TO(no_sandbox),
	  .help = "keep all privileges and system calls while tracing" },
	{ "enrich", 0, ROW_WORD, "HOW", TO(enrich), .words = enrich_words, .value = "auto",
	  .help = "how much of /proc is read" },
	{},
};

static const struct row log_rows[] = {
	{ "log", 0, ROW_TEXT, "FILE", TO(log.path),
	  .help = "also append every kind of event to FILE, as JSON lines" },
	{ "log-max-size", 0, ROW_SIZE, "SIZE", TO(log.max_bytes), .needs = "log",
	  .help = "close FILE when it would be longer, as FILE.000001, FILE.000002 ..." },
	{ "log-rotate-every", 0, ROW_TIME, "TIME", TO(log.rotate_every_ns), .needs = "log",
	  .help = "close FILE when it is that old" },
	{ "log-keep", 0, ROW_NUMBER, "N", TO(log.keep), .needs = "log",
	  .help = "keep the N newest closed files" },
	{ "log-max-total", 0, ROW_SIZE, "SIZE", TO(log.max_total), .needs = "log",
	  .help = "remove the oldest closed files when all would be longer" },
	{ "log-compress", 0, ROW_SWITCH, TO(log.compress), .needs = "log",
	  .help = "compress closed files: FILE.000001.gz" },
	{ "log-sync", 0, ROW_WORD, "WHEN", TO(log.sync), .words = sync_words, .value = "interval",
	  .needs = "log",
	  .help = "when it must be on the disk; interval: once a second; record: before an event "
		  "is shown" },
	{ "log-on-full", 0, ROW_WORD, "WHAT", TO(log.on_full), .words = full_words, .value = "drop",
	  .needs = "log",
	  .help = "when the log cannot be written: count what is lost, end, or remove the oldest "
		  "closed file" },
	{ "log-seal", 0, ROW_TEXT, "KEYFILE", TO(log.seal_path), .needs = "log",
	  .help = "seal the log with the key that \"proctrace keygen\" made" },
	{ "log-seal-every", 0, ROW_TIME, "TIME", TO(log.seal_every_ns), .value = "1m",
	  .needs = "log-seal", .help = "how often" },
	{ "log-group", 0, ROW_TEXT, "NAME", TO(log.group), .needs = "log",
	  .help = "make it readable for this group" },
	{},
};

static const struct row window_rows[] = {
	{ "since", 0, ROW_WHEN, "WHEN", TO(since),
	  .help = "not what was before: '2026-11-29 08:00:00' (local; Z: UTC), 08:00, today, -5m" },
	{ "until", 0, ROW_WHEN, "WHEN", TO(until), .help = "not what was after" },
	{},
};

static const struct row replay_rows[] = {
	{ "follow", 0, ROW_SWITCH, TO(follow),
	  .help = "go on with what is appended, also when the log is rotated" },
	{ "join", 0, ROW_SWITCH, TO(join),
	  .help = "show what became known of a container later in its earlier events too (reads "
		  "FILE twice)" },
	{},
};

static const struct row ps_rows[] = {
	{ "sort", 0, ROW_TEXT, "LIST", TO(sort),
	  .help = "by these columns instead of by container; -COLUMN: the largest first" },
	{},
};

static const struct row inspect_rows[] = {
	{ "container", 'c', ROW_TARGET, "ID|NAME",
	  .help = "a container, also where its name looks like a PID: its first process" },
	{ "section", 0, ROW_SECTIONS, "LIST", TO(sections),
	  .help = "only these sections; 'help' lists all" },
	{ "diff", 0, ROW_SWITCH, TO(diff), .help = "only what differs between the two" },
	{ "all", 0, ROW_SWITCH, TO(all), .help = "do not cut long lists" },
	{ "env", 0, ROW_GLOBS, "NAMES", TO(env),
	  .help = "environment variables whose values are shown (list of globs)" },
	ROW_FORMAT("how a process is printed"),
	ROW_OUTPUT,
	ROW_COLOR,
	ROW_NO_REDACT,
	{},
};

static const struct row report_rows[] = {
	ROW_FORMAT("how the report is printed"),
	ROW_OUTPUT,
	{ "top", 0, ROW_NUMBER, "N", TO(top), .value = "20",
	  .help = "print at most N rows of a table" },
	{},
};

static const struct row verify_rows[] = {
	{ "key", 0, ROW_TEXT, "FILE", TO(verify_key_path),
	  .help = "check the seals too: FILE holds the verification key, - is standard input" },
	{ "log-seal", 0, ROW_TEXT, "KEYFILE", TO(log.seal_path), .needs = "key",
	  .help = "the log must end where this sealing key, as it is now, made its last seal" },
	ROW_FORMAT("how the result is printed"),
	ROW_OUTPUT,
	ROW_QUIET("print only what is wrong"),
	{},
};

static const struct row keygen_rows[] = {
	{ "output", 'o', ROW_TEXT, "FILE", TO(output_path),
	  .help = "where the sealing key goes; the verification key goes to standard output" },
	ROW_QUIET("do not say what to do with the keys"),
	{},
};

static const struct row place_rows[] = {
	{ "proc-root", 0, ROW_TEXT, "DIR", TO(proc_root), .value = "/proc",
	  .help = "the host's /proc" },
	{ "host-root", 0, ROW_TEXT, "DIR", TO(host_root), .value = "/",
	  .help = "the host's root, for the files of container runtimes" },
	{},
};

static const struct row common_rows[] = {
	{ "help", 'h', ROW_HELP, .help = "print this and exit" },
	{ "version", 'V', ROW_VERSION, .help = "print the version and what it is built with" },
	{},
};

const struct row *const table_rows[TABLES] = {
	[TABLE_FILTER] = filter_rows, [TABLE_KINDS] = kinds_rows,
	[TABLE_OUTPUT] = output_rows, [TABLE_TIMELINE] = timeline_rows,
	[TABLE_FACTS] = facts_rows,   [TABLE_LIVE] = live_rows,
	[TABLE_LOG] = log_rows,	      [TABLE_WINDOW] = window_rows,
	[TABLE_REPLAY] = replay_rows, [TABLE_REPORT] = report_rows,
	[TABLE_PS] = ps_rows,	      [TABLE_INSPECT] = inspect_rows,
	[TABLE_VERIFY] = verify_rows, [TABLE_KEYGEN] = keygen_rows,
	[TABLE_PLACE] = place_rows,   [TABLE_COMMON] = common_rows,
};

const char *const table_titles[TABLES] = {
	[TABLE_FILTER] = "What is shown (repeat an option or use commas for \"or\"; !VALUE: not):",
	[TABLE_OUTPUT] = "How it is shown:",
	[TABLE_KINDS] = "Which events:",
	[TABLE_TIMELINE] = "The timeline:",
	[TABLE_FACTS] = "What is said of processes and containers:",
	[TABLE_LIVE] = "Tracing:",
	[TABLE_PS] = "In which order:",
	[TABLE_LOG] = "Audit log:",
	[TABLE_WINDOW] = "Which time:",
	[TABLE_REPLAY] = "Replaying:",
	[TABLE_INSPECT] = "Inspecting:",
	[TABLE_REPORT] = "Reporting:",
	[TABLE_VERIFY] = "Verifying:",
	[TABLE_KEYGEN] = "Making keys:",
	[TABLE_PLACE] = "Where to look:",
	[TABLE_COMMON] = NULL, /* argp puts these last by itself */
};

#define KEY_FIRST    0x1000 /* beyond all characters */
#define KEYS_A_TABLE 0x100

int table_key(enum table table, size_t index)
{
	const struct row *row = &table_rows[table][index];

	return row->short_name ? row->short_name :
				 KEY_FIRST + (int)table * KEYS_A_TABLE + (int)index;
}

const struct row *table_find(const struct command_spec *spec, int key)
{
	for (size_t t = 0; t < spec->tables_len; t++) {
		enum table table = spec->tables[t];

		for (size_t i = 0; table_rows[table][i].name; i++) {
			if (table_key(table, i) == key)
				return &table_rows[table][i];
		}
	}
	return NULL;
}
