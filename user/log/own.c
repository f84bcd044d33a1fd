// SPDX-License-Identifier: Apache-2.0
/*
 * own.c - the records of a log about itself
 */
#include "log/own.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sodium.h>

#include "event/redact.h"
#include "sink/json.h"
#include "sink/json_parts.h"

#define OPTIONS "proctrace.log_open.options"

static const char *const reasons[] = {
	[OWN_OPEN] = "open",	 [OWN_RESTART] = "restart",	[OWN_ROTATE] = "rotate",
	[OWN_REOPEN] = "reopen", [OWN_TRUNCATED] = "truncated", [OWN_END] = "end",
};

static void put_reason(struct json_put *w, enum own_reason reason)
{
	JSON_KEY(w, "reason");
	json_put_string(w, str_of(reasons[reason]));
}

static void put_host(struct json_put *w, const struct event_host *host)
{
	struct utsname u = { 0 };

	uname(&u); /* cannot fail but for a bad address; what is empty is left out */
	json_host(w, host);
	JSON_OBJECT(w, "os");
	JSON_TEXT(w, "kernel", "os.kernel", str_of(u.release));
	json_put_close(w, '}');
	JSON_TEXT(w, "architecture", "architecture", str_of(u.machine));
	json_put_close(w, '}');
}

/*
 * A record about the log: everything up to its own members of "proctrace", which then stand
 * where the cursor is. False, with nothing written: no memory.
 */
static bool begin(struct json_put *w, struct buf *out, const struct own_facts *facts,
		  const char *action, int64_t wall_ns)
{
	if (!json_put_begin(w, out))
		return false;
	JSON_LITERAL(w, "{\"@timestamp\":");
	json_put_time(w, wall_ns);
	JSON_LITERAL(w, "\"ecs\":{\"version\":\"8.11.0\"},\"event\":{\"kind\":\"event\","
			"\"category\":[\"process\"],\"type\":[\"info\"],\"action\":");
	json_put_string(w, str_of(action));
	JSON_LITERAL(w, "\"provider\":\"proctrace\"},\"agent\":{\"type\":\"proctrace\","
			"\"version\":\"" PROCTRACE_VERSION "\"},");
	put_host(w, facts->host);
	json_place(w, "proctrace", -1, "");
	JSON_OBJECT(w, "proctrace");
	JSON_U64(w, "schema", JSON_SCHEMA_VERSION);
	return true;
}

/* What ends it. escaped_options: as json_put_words() had to escape them; len 0: it had not. */
static void end(struct json_put *w, struct str escaped_options)
{
	json_place(w, "proctrace", -1, "");
	if (w->places_len || escaped_options.len) {
		JSON_ARRAY(w, "escaped");
		json_put_places(w);
		json_put_escaped_words(w, OPTIONS, escaped_options);
		json_put_close(w, ']');
	}
	json_put_close(w, '}');
	json_put_close(w, '}');
	json_put_end(w);
}

/*
 * Our own options, and not the arguments of a command: these may hold secrets anywhere, and
 * its first event has them. NUL after each, as json_put_words() wants them.
 */
static void copy_options(struct buf *words, const struct own_facts *facts)
{
	for (size_t i = 0; i < facts->options_len; i++) {
		const char *option = facts->options[i], *value = strchr(option, '=');

		if (!facts->keep_secrets && value &&
		    redact_is_secret_name(str_from(option, (size_t)(value - option)))) {
			buf_put(words, option, (size_t)(value + 1 - option));
			BUF_LITERAL(words, "[redacted]");
		} else {
			buf_puts(words, option);
		}
		buf_putc(words, '\0');
	}
}

static void put_previous(struct json_put *w, const struct own_open *open, int64_t wall_ns)
{
	if (!open->has_previous)
		return;
	JSON_OBJECT(w, "previous");
	JSON_KEY(w, "closed");
	json_put_bool(w, open->previous_closed);
	JSON_FLAG(w, "unchained", open->previous_unchained);
	if (open->previous_wall_ns) {
		JSON_KEY(w, "end");
		json_put_time(w, open->previous_wall_ns);
	}
	json_put_close(w, '}');
	/* Not if the clock was set back meanwhile. */
	if (open->previous_wall_ns && wall_ns >= open->previous_wall_ns)
		JSON_U64(w, "unrecorded_ns", (uint64_t)(wall_ns - open->previous_wall_ns));
}

static void put_fragment(struct json_put *w, const struct fragment *f)
{
	char hex[2 * FRAGMENT_HASH_BYTES + 1];

	if (!f->bytes)
		return;
	JSON_OBJECT(w, "fragment");
	JSON_U64(w, "bytes", f->bytes);
	JSON_KEY(w, "hash");
	sodium_bin2hex(hex, sizeof(hex), f->hash, sizeof(f->hash));
	json_put_string(w, str_of(hex));
	json_put_close(w, '}');
}

void own_put_open(struct buf *out, const struct own_facts *facts, const struct own_open *open,
		  int64_t wall_ns)
{
	struct buf words = { 0 };
	struct str options;
	struct json_put w;
	bool escaped;

	if (!begin(&w, out, facts, "log-open", wall_ns))
		return;
	copy_options(&words, facts);
	options = str_from(words.data, words.len);
	JSON_OBJECT(&w, "log_open");
	put_reason(&w, open->reason);
	JSON_TEXT(&w, "file", "log_open.file", str_of(facts->file));
	JSON_U64(&w, "pid", (uint64_t)getpid());
	JSON_KEY(&w, "options");
	escaped = json_put_words(&w, options);
	put_previous(&w, open, wall_ns);
	if (open->missing)
		JSON_U64(&w, "missing", open->missing);
	put_fragment(&w, &open->fragment);
	json_put_close(&w, '}');
	end(&w, escaped ? options : str_from(NULL, 0));
	buf_done(&words);
}

void own_put_close(struct buf *out, const struct own_facts *facts, const struct own_close *close,
		   int64_t wall_ns)
{
	struct json_put w;

	if (!begin(&w, out, facts, "log-close", wall_ns))
		return;
	JSON_OBJECT(&w, "log_close");
	put_reason(&w, close->reason);
	JSON_U64(&w, "records", close->records);
	JSON_U64(&w, "lost", close->lost);
	json_put_close(&w, '}');
	end(&w, str_from(NULL, 0));
}

void own_put_seal(struct buf *out, const struct own_facts *facts, int64_t wall_ns)
{
	struct json_put w;

	if (begin(&w, out, facts, "log-seal", wall_ns))
		end(&w, str_from(NULL, 0));
}
