// SPDX-License-Identifier: Apache-2.0
/*
 * test_redact.c - keeps secrets and what nobody asked for out of events
 *
 * In the rows a '|' stands for the NUL that ends a word.
 */
#include "event/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define TEXT_MAX   4096
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static size_t unbar(const char *text, char ret[TEXT_MAX])
{
	size_t len = strlen(text);

	assert_true(len < TEXT_MAX);
	for (size_t i = 0; i < len; i++)
		ret[i] = text[i] == '|' ? '\0' : text[i];
	return len;
}

/* The slice with its NULs as '|', and the listed fields joined by spaces. */
static void show(const struct event *e, struct str slice, char ret_text[TEXT_MAX],
		 char ret_fields[TEXT_MAX])
{
	size_t len = 0;

	assert_true(slice.len < TEXT_MAX);
	for (size_t i = 0; i < slice.len; i++)
		ret_text[i] = slice.p[i] ? slice.p[i] : '|';
	ret_text[slice.len] = '\0';
	ret_fields[0] = '\0';
	for (uint32_t i = 0; i < e->redacted_len; i++)
		len += (size_t)snprintf(ret_fields + len, TEXT_MAX - len, "%s%.*s", i ? " " : "",
					(int)e->redacted[i].len, e->redacted[i].p);
}

struct row {
	const char *input;
	const char *output;
	const char *fields;
};

static void check_rows(enum fact fact, const struct redact_options *options, const struct row *rows,
		       size_t rows_len)
{
	struct redact *r = NULL;

	assert_int_equal(redact_new(options, &r), 0);
	for (size_t i = 0; i < rows_len; i++) {
		char input[TEXT_MAX], text[TEXT_MAX], fields[TEXT_MAX];
		struct event e = { .kind = EVENT_EXEC, .about_process = true };
		struct str *slice = fact == FACT_ARGS ? &e.proc.args : &e.proc.env;
		size_t len = unbar(rows[i].input, input);

		*slice = str_from(input, len);
		event_set(&e.proc, fact, SOURCE_KERNEL);
		redact_event(r, &e);
		show(&e, *slice, text, fields);
		if (strcmp(text, rows[i].output) || strcmp(fields, rows[i].fields))
			fail_msg("'%s' becomes '%s' (%s)", rows[i].input, text, fields);
		/* Nothing is copied without need. */
		if (!strcmp(rows[i].input, rows[i].output))
			assert_ptr_equal(slice->p, input);
	}
	redact_free(r);
}

static void test_args(void **state)
{
	static const struct redact_options options = {};
	static const struct row rows[] = {
		{ "", "", "" },
		{ "|", "|", "" },
		{ "ls|-l|", "ls|-l|", "" },
		{ "app|--password=x|", "app|--password=[redacted]|", "process.args[1]" },
		{ "app|-password=x|", "app|-password=[redacted]|", "process.args[1]" },
		{ "app|PASSWORD=x|", "app|PASSWORD=[redacted]|", "process.args[1]" },
		{ "app|--Api-Key=x=y|", "app|--Api-Key=[redacted]|", "process.args[1]" },
		{ "docker|run|-e|DB_PASSWD=x|img|", "docker|run|-e|DB_PASSWD=[redacted]|img|",
		  "process.args[3]" },
		{ "docker|--env=A_TOKEN=x|", "docker|--env=A_TOKEN=[redacted]|",
		  "process.args[1]" },
		{ "a|--token=1|b|--secret=2|", "a|--token=[redacted]|b|--secret=[redacted]|",
		  "process.args[1] process.args[3]" },
		{ "a||--token=|b|", "a||--token=|b|", "" }, /* there is no value */
		{ "a|--token|t0p|b|", "a|--token|[redacted]|b|", "process.args[2]" },
		{ "a|--token|--verbose|b|", "a|--token|--verbose|b|", "" },
		{ "a|--token||b|", "a|--token||b|", "" },
		{ "a|--token|", "a|--token|", "" },
		{ "a|--no-password|host|", "a|--no-password|host|", "" },
		{ "docker|login|--password-stdin|host|", "docker|login|--password-stdin|host|",
		  "" },
		{ "a|--password-file|/f|", "a|--password-file|/f|", "" },
		{ "a|-token|t|", "a|-token|t|", "" }, /* could be seven flags */
		{ "a|--token=x", "a|--token=[redacted]", "process.args[1]" }, /* cut */
		{ "a|--level=3|", "a|--level=3|", "" },
		{ "a|PWD=/root|", "a|PWD=/root|", "" },
		/* As many as are listed one by one. */
		{ "KEY=1|KEY=2|KEY=3|KEY=4|KEY=5|KEY=6|KEY=7|KEY=8|",
		  "KEY=[redacted]|KEY=[redacted]|KEY=[redacted]|KEY=[redacted]|"
		  "KEY=[redacted]|KEY=[redacted]|KEY=[redacted]|KEY=[redacted]|",
		  "process.args[0] process.args[1] process.args[2] process.args[3] "
		  "process.args[4] process.args[5] process.args[6] process.args[7]" },
		/* Text that only holds such a word is kept: who hides a script here? */
		{ "sh|-c|echo KEY=1; evil|", "sh|-c|echo KEY=1; evil|", "" },
		{ "curl|https://h/?token=x|", "curl|https://h/?token=x|", "" },
		{ "a|pass word=x|", "a|pass word=x|", "" },
		{ "a|=x|", "a|=x|", "" },
		{ "a|\xff_KEY=x|", "a|\xff_KEY=x|", "" },
	};

	(void)state;
	check_rows(FACT_ARGS, &options, rows, ROWS(rows));
}

static void test_kept(void **state)
{
	static const struct redact_options options = { .keep_secrets = true };
	static const struct row rows[] = {
		{ "app|--password=x|--token|y|", "app|--password=x|--token|y|", "" },
	};

	(void)state;
	check_rows(FACT_ARGS, &options, rows, ROWS(rows));
}

static void test_env(void **state)
{
	static const char *const globs[] = { "PATH", "LC_*", "*TOKEN*" };
	static const struct redact_options options = { globs, ROWS(globs), false };
	static const struct row rows[] = {
		{ "", "", "" },
		{ "PATH=/bin|", "PATH=/bin|", "" },
		{ "PATH=/bin|LC_ALL=C|", "PATH=/bin|LC_ALL=C|", "" },
		{ "HOME=/|", "", "" },
		{ "HOME=/|PATH=/bin|SHELL=sh|LC_ALL=C|X=|", "PATH=/bin|LC_ALL=C|", "" },
		{ "HOME=/|PATH=/bin|A_TOKEN=x|", "PATH=/bin|A_TOKEN=[redacted]|",
		  "process.env_vars[1]" },
		{ "A_TOKEN=|", "A_TOKEN=|", "" },
		{ "path=/bin|PATHS=x|", "", "" },
		{ "PATH|", "PATH|", "" }, /* not even a '=' */
		{ "PATH=/bi", "PATH=/bi", "" },
		{ "||PATH=/bin|", "PATH=/bin|", "" },
	};
	static const struct redact_options all = { globs, ROWS(globs), true };
	static const struct row kept[] = { { "H=/|A_TOKEN=x|", "A_TOKEN=x|", "" } };

	(void)state;
	check_rows(FACT_ENV, &options, rows, ROWS(rows));
	check_rows(FACT_ENV, &all, kept, ROWS(kept));
}

static void test_env_not_asked_for(void **state)
{
	static const struct redact_options options = { .keep_secrets = true };
	struct event e = { .kind = EVENT_EXEC, .about_process = true };
	struct redact *r = NULL;

	(void)state;
	assert_int_equal(redact_new(&options, &r), 0);
	e.proc.env = STR_LITERAL("PATH=/bin\0");
	event_set(&e.proc, FACT_ENV, SOURCE_KERNEL);
	redact_event(r, &e);
	assert_false(event_has(&e.proc, FACT_ENV));
	assert_int_equal(e.proc.env.len, 0);
	redact_free(r);
}

/* More secrets than can be listed one by one: all are gone, and the whole field is listed. */
static void test_many(void **state)
{
	static const char *const globs[] = { "*" };
	static const struct redact_options options = { globs, 1, false };
	struct event e = { .kind = EVENT_EXEC, .about_process = true };
	char words[TEXT_MAX], text[TEXT_MAX], fields[TEXT_MAX];
	struct redact *r = NULL;
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		memcpy(words + len, "KEY=secret", 11);
		len += 11;
	}
	assert_int_equal(redact_new(&options, &r), 0);
	for (int run = 0; run < 2; run++) {
		e.proc.args = e.proc.env = str_from(words, len);
		event_set(&e.proc, FACT_ARGS, SOURCE_KERNEL);
		event_set(&e.proc, FACT_ENV, SOURCE_KERNEL);
		redact_event(r, &e);
		show(&e, e.proc.args, text, fields);
		assert_null(strstr(text, "secret"));
		assert_string_equal(fields, "process.args process.env_vars");
		show(&e, e.proc.env, text, fields);
		assert_null(strstr(text, "secret"));
	}
	redact_free(r);
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool secret;
	} rows[] = {
		{ "", false },
		{ "PATH", false },
		{ "PWD", false },
		{ "OLDPWD", false },
		{ "SSH_AUTH_SOCK", false },
		{ "COMPASS", false },
		{ "AWS_SECRET_ACCESS_KEY", true },
		{ "github_token", true },
		{ "PGPASSWORD", true },
		{ "MYSQL_PWD", true },
		{ "DB_PASS", true },
		{ "db-pass", true },
		{ "REDISCLI_AUTH", true },
		{ "GOOGLE_CREDENTIALS", true },
		{ "http.cookie", true },
		{ "a passwd", false },
		{ "passwd\n", false },
		{ "Passphrase", true },
	};
	char longest[258];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		if (redact_is_secret_name(str_of(rows[i].name)) != rows[i].secret)
			fail_msg("'%s'", rows[i].name);
	}
	memset(longest, 'A', sizeof(longest));
	memcpy(longest, "TOKEN", 5);
	assert_true(redact_is_secret_name(str_from(longest, 256)));
	assert_false(redact_is_secret_name(str_from(longest, 257)));
}

static void test_no_process(void **state)
{
	static const struct redact_options options = {};
	struct event e = { .kind = EVENT_LOST };
	struct redact *r = NULL;

	(void)state;
	redact_free(NULL);
	assert_int_equal(redact_new(&options, &r), 0);
	redact_event(r, &e);
	assert_int_equal(e.redacted_len, 0);
	redact_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args),	   cmocka_unit_test(test_kept),
		cmocka_unit_test(test_env),	   cmocka_unit_test(test_env_not_asked_for),
		cmocka_unit_test(test_many),	   cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
