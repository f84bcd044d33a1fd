// SPDX-License-Identifier: Apache-2.0
/*
 * summary.c - what came of it all, on standard error at the end
 */
#include "cli/summary.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "event/names.h"

static void say_events(const struct summary *s)
{
	struct buf spent = { 0 }, kinds = { 0 };

	timefmt_duration(&spent, s->spent_ns);
	for (int kind = 0; kind < EVENT_KINDS; kind++)
		if (s->shown[kind])
			buf_printf(&kinds, "%s%" PRIu64 " %s", kinds.len ? ", " : " (",
				   s->shown[kind], event_kind_name((enum event_kind)kind));
	if (kinds.len)
		buf_putc(&kinds, ')');
	log_info("%" PRIu64 " event%s in %.*s%.*s", s->shown_total, s->shown_total == 1 ? "" : "s",
		 (int)spent.len, spent.data ? spent.data : "", (int)kinds.len,
		 kinds.data ? kinds.data : "");
	buf_done(&spent);
	buf_done(&kinds);
}

static uint64_t sum(const uint64_t by_type[PTC_TYPES])
{
	uint64_t total = 0;

	for (int type = 0; type < PTC_TYPES; type++)
		total += by_type[type];
	return total;
}

/* One sentence for each thing that is not zero. */
static void say_if(uint64_t n, const char *what)
{
	if (n)
		log_warn("%" PRIu64 " %s", n, what);
}

void summary_say(const struct summary *s)
{
	uint64_t sent = sum(s->kernel.sent), lost = sum(s->kernel.lost);
	char filtered[64] = "", throttled[64] = "";

	say_events(s);
	if (s->gated)
		snprintf(filtered, sizeof(filtered), ", filtered in the kernel %" PRIu64,
			 sum(s->kernel.filtered));
	if (s->limited)
		snprintf(throttled, sizeof(throttled), ", throttled %" PRIu64,
			 sum(s->kernel.throttled));
	log_info("records: written %" PRIu64 ", delivered %" PRIu64 ", lost %" PRIu64 "%s%s",
		 sent + lost, sum(s->pipeline.records) + s->pipeline.malformed, lost, filtered,
		 throttled);
	say_if(s->pipeline.malformed, "records were malformed and dropped");
	say_if(s->pipeline.no_memory, "events could not be made: out of memory");
	say_if(s->not_shown,
	       "events could not be printed: the output failed, or what reads it is too slow");
	say_if(s->not_logged, "events could not be logged");
	say_if(s->not_journaled, "events could not be sent to the journal");
	say_if(s->pipeline.enrich.skipped, "times /proc was not read, to keep up");
	say_if(s->pipeline.args_dropped, "programs whose exit shows no arguments: memory limit");
	say_if(s->pipeline.containers.sockets_refused,
	       "questions to the sockets of container runtimes were too many at a time");
	say_if(s->kernel.gates_refused,
	       "times a container was not filtered in the kernel, or had no limit: table full");
	say_if(s->pipeline.evicted, "table entries were forgotten: tables full");
}

void summary_say_undecided(const struct filter *filter)
{
	say_if(filter_lines_undecided(filter),
	       "searches of a command line (--line) were given up, and counted as found");
}
