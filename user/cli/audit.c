// SPDX-License-Identifier: Apache-2.0
/*
 * audit.c - the audit log of a live trace: opened by the options, and how it goes
 */
#include "cli/audit.h"

#include <errno.h>
#include <inttypes.h>

#include "base/log.h"
#include "sink/json.h"

int audit_open(struct audit *a, const struct options *options)
{
	const struct recorder_options recorder = {
		.append = {
			.path = options->log.path,
			.group = options->log.group,
			.group_path = options->group_path,
			.seal_path = options->log.seal_path,
			.facts = {
				.host = &a->host.host,
				.file = options->log.path,
				.options = options->given,
				.options_len = options->given_len,
				.keep_secrets = options->no_redact,
			},
		},
		.sync = options->log.sync,
		.on_full = options->log.on_full,
		.max_bytes = options->log.max_bytes,
		.rotate_every_ns = options->log.rotate_every_ns,
		.seal_every_ns = options->log.seal_every_ns,
		.compress = options->log.compress,
		.keep = options->log.keep,
		.max_total = options->log.max_total,
	};
	struct why why;
	int r;

	*a = (struct audit){ .options = options };
	if (!options->log.path)
		return 0;
	this_host_read(options->proc_root, &a->host);
	r = recorder_new(&recorder, &a->recorder, &why);
	if (r < 0)
		log_error("--log: %s", why.text);
	else if (*why.text)
		log_warn("--log: %s", why.text);
	return r;
}

int audit_begin(struct audit *a)
{
	struct why why;
	int r = a->recorder ? recorder_begin(a->recorder, &why) : 0;

	if (r < 0)
		log_error("--log: %s", why.text);
	return r;
}

bool audit_put(struct audit *a, const struct event *event, uint64_t *ret_ticket)
{
	buf_reset(&a->line);
	json_emit_next(&a->kept, event, &a->line);
	return recorder_put(a->recorder, a->line.data, a->line.failed ? 0 : a->line.len, event,
			    ret_ticket);
}

static void say_begun(const struct audit *a, const struct recorder_state *state)
{
	static const char *const then[] = {
		[RECORDER_DROP] = "tracing goes on, and the log as soon as it can",
		[RECORDER_STOP] = "tracing ends",
		[RECORDER_ROTATE] = "tracing goes on, and the log as soon as it can",
	};

	log_error("%s; %s", state->why.text, then[a->options->log.on_full]);
}

static void say_ended(const struct audit *a, const struct recorder_state *state)
{
	uint64_t lost = state->lost - state->lost_before;

	if (lost)
		log_warn("the log '%s' is written again: %" PRIu64 " event%s were lost",
			 a->options->log.path, lost, lost == 1 ? "" : "s");
	else
		log_info("the log '%s' is written again: nothing was lost meanwhile",
			 a->options->log.path);
}

/* Each time that it begins and ends. */
static void say_key(struct audit *a, const struct recorder_state *state)
{
	if (state->keeps_key && !a->keeps_key_told)
		log_error("%s; the log goes on, but until the key is replaced whoever gets hold of "
			  "it can change what was sealed since",
			  state->keeps_key_why.text);
	else if (!state->keeps_key && a->keeps_key_told)
		log_info("the sealing key '%s' is replaced again", a->options->log.seal_path);
	a->keeps_key_told = state->keeps_key;
}

bool audit_check(struct audit *a)
{
	struct recorder_state state;

	if (!a->recorder)
		return true;
	recorder_state(a->recorder, &state);
	/* Each is told once, however short it was. */
	if (state.begun != a->begun_told)
		say_begun(a, &state);
	if (state.ended != a->ended_told)
		say_ended(a, &state);
	say_key(a, &state);
	/* Tried again at each rotation; said once, or it would be said as often. */
	if (state.keeping_failed && !a->keeping_told)
		log_warn("%s; it is tried again when the next file is closed",
			 state.keeping_why.text);
	a->keeping_told |= state.keeping_failed > 0;
	a->begun_told = state.begun;
	a->ended_told = state.ended;
	return !state.stop;
}

int audit_close(struct audit *a, uint64_t *ret_lost)
{
	struct recorder_state state;

	*ret_lost = 0;
	if (!a->recorder)
		return 0;
	recorder_close(a->recorder, &state);
	if (state.begun != a->begun_told)
		log_error("%s", state.why.text);
	if (state.ended != a->ended_told)
		say_ended(a, &state);
	say_key(a, &state);
	*ret_lost = state.lost;
	return state.begun != state.ended || state.stop || state.keeps_key ? -EIO : 0;
}

void audit_done(struct audit *a)
{
	recorder_free(a->recorder);
	a->recorder = NULL;
	buf_done(&a->line);
}
