// SPDX-License-Identifier: Apache-2.0
/*
 * trace.c - proctrace trace: set up, the event loop, and the end
 *
 * One thread, one loop: the ring, signals, timers. Output that may block is behind
 * writers with threads of their own.
 */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/announce.h"
#include "cli/child.h"
#include "cli/feed.h"
#include "cli/outlet.h"
#include "cli/sandbox.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "cli/unsent.h"
#include "pipeline.h"
#include "tracer/tracer.h"

#define BATCH	      1024 /* records between two looks at signals */
#define IDLE_MS	      1000 /* the backstop, should a wake-up ever be lost */
#define SETTLE_MS     100  /* for programs still running when the probes are gone */
#define EXISTING_PART 64   /* processes that are told of between two looks at the ring */
#define BUSY_PART     8	   /* unread part of the ring (1/n) past which /proc is left alone */

struct trace {
	struct options *options;
	struct tracer *tracer;
	struct pipeline *pipeline;
	struct redact *redact;
	struct outlet outlet;
	struct child child;
	struct signals_before signals;
	struct summary summary;
	int epoll_fd, signal_fd;
	uint64_t begun_ns;
	int stops; /* SIGINT and SIGTERM so far */
	bool done;
	bool busy;
	bool gated; /* some containers may be excluded in the kernel */
};

static void take_event(const struct event *event, bool shown, void *arg)
{
	struct trace *t = arg;

	outlet_take(&t->outlet, event, shown);
	t->done |= outlet_is_full(&t->outlet);
}

static bool take_throttled(uint16_t meter, struct event_lost *ret_throttled, void *arg)
{
	struct trace *t = arg;

	return unsent_throttled(t->tracer, meter, ret_throttled);
}

static int take_record(const void *record, size_t size, void *arg)
{
	struct trace *t = arg;

	pipeline_record(t->pipeline, record, size, t->busy);
	return 0;
}

static bool is_filling(const struct trace *t)
{
	return tracer_unread(t->tracer) > tracer_ring_bytes(t->tracer) / BUSY_PART;
}

/* Records up to a batch, and what was lost among them. Returns how many there were. */
static int drain(struct trace *t)
{
	int n;

	pipeline_look_at_clock(t->pipeline);
	t->busy = is_filling(t);
	n = tracer_drain(t->tracer, take_record, t, BATCH);
	unsent_tell_lost(t->tracer, t->pipeline);
	return n;
}

/* --- the loop ---------------------------------------------------------------------- */

/* The first signal goes on to a command that runs; the second, or without one, ends us. */
static void stop(struct trace *t, const struct signalfd_siginfo *info)
{
	if (t->child.running && t->stops++ == 0) {
		/* A terminal has sent it to the command as well. */
		if (info->ssi_code <= 0)
			kill(t->child.pid, (int)info->ssi_signo);
		return;
	}
	t->done = true;
}

static void take_signals(struct trace *t)
{
	struct signalfd_siginfo info;

	while (read(t->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			outlet_reopen(&t->outlet);
		else if (info.ssi_signo == SIGUSR1)
			outlet_rotate(&t->outlet);
		else if (info.ssi_signo != SIGCHLD)
			stop(t, &info);
		else if (child_reap(&t->child))
			t->done = true;
	}
}

/* Has the reader of the output gone? Nothing need be written for that to be seen. */
static bool is_hung_up(const struct trace *t, const struct epoll_event *ready, int len)
{
	for (int i = 0; i < len; i++)
		if (ready[i].data.fd == t->outlet.output_fd &&
		    (ready[i].events & (EPOLLERR | EPOLLHUP)))
			return true;
	return false;
}

static int time_left_ms(const struct trace *t, int wait_ms)
{
	uint64_t spent = clock_boot_ns() - t->begun_ns;
	uint64_t left_ms;

	if (!t->options->duration_ns)
		return wait_ms;
	if (spent >= t->options->duration_ns)
		return 0;
	left_ms = (t->options->duration_ns - spent + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
	return left_ms < (uint64_t)wait_ms ? (int)left_ms : wait_ms;
}

static void run(struct trace *t)
{
	struct epoll_event ready[4];

	while (!t->done) {
		int n = drain(t);
		int wait_ms = 0; /* there is more: only look at the signals */

		pipeline_tick(t->pipeline, n < BATCH);
		if (!outlet_check(&t->outlet))
			break;
		if (t->options->duration_ns && time_left_ms(t, 1) == 0)
			break;
		if (n < BATCH) {
			outlet_flush(&t->outlet);
			wait_ms = n == 0 && tracer_idle(t->tracer) ?
					  pipeline_wait_ms(t->pipeline, IDLE_MS) :
					  tracer_nap(t->tracer);
		}
		n = epoll_wait(t->epoll_fd, ready, 4, time_left_ms(t, wait_ms));
		tracer_awake(t->tracer);
		for (int i = 0; i < n; i++)
			if (ready[i].data.fd == t->signal_fd)
				take_signals(t);
		t->done |= is_hung_up(t, ready, n);
	}
}

/* The probes go first, so that the counts can add up; then what is in the ring. */
static void finish(struct trace *t)
{
	uint64_t deadline = clock_boot_ns() + SETTLE_MS * NSEC_PER_MSEC;

	tracer_stop(t->tracer);
	/* From here on a signal ends us even if the output is stuck. */
	signals_allow();
	while (drain(t) > 0 || (tracer_unread(t->tracer) && clock_boot_ns() < deadline))
		;
	pipeline_throttled(t->pipeline);
	outlet_flush(&t->outlet);
}

/* --- set-up ------------------------------------------------------------------------ */

static int watch(int epoll_fd, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int open_loop(struct trace *t)
{
	t->signal_fd = signals_open(&t->signals);
	t->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (t->signal_fd < 0 || t->epoll_fd < 0 || watch(t->epoll_fd, t->signal_fd, EPOLLIN) < 0) {
		log_error("cannot set up the event loop: %s", strerror(errno));
		return -errno;
	}
	/* A pipe whose reader has gone is reported at once; a file cannot be watched. */
	watch(t->epoll_fd, t->outlet.output_fd, EPOLLET);
	watch(t->epoll_fd, outlet_fd(&t->outlet), EPOLLIN | EPOLLET); /* -1 is no harm */
	return 0;
}

static int open_tracer(struct trace *t)
{
	const struct filter *filter = t->options->filter;
	bool logging = t->options->log.path;
	struct tracer_options options = {
		.ring_bytes = t->options->buffer_bytes,
		.namespaces = logging || filter_wants(filter, EVENT_SETNS) ||
			      filter_wants(filter, EVENT_UNSHARE),
		.failed_exec = logging ||
			       (filter_wants_failed(filter) && filter_wants(filter, EVENT_EXEC)),
		.signals = logging || filter_wants(filter, EVENT_SIGNAL),
		.capture_env = t->options->env.len > 0,
		/* What a command runs is found by ancestry, wherever it goes. */
		.gates = filter_can_exclude(filter) && !t->options->argv_command,
		.rate_limit = t->options->rate.records,
		.rate_window_ns = t->options->rate.window_ns,
	};
	int r;

	t->gated = options.gates;
	options.gates |= options.rate_limit != 0;
	r = tracer_new(&options, &t->tracer);
	if (r < 0)
		return r;
	r = watch(t->epoll_fd, tracer_fd(t->tracer), EPOLLIN | EPOLLET);
	if (r < 0)
		log_error("cannot wait for the ring buffer: %s", strerror(-r));
	return r;
}

static int open_pipeline(struct trace *t)
{
	struct options *o = t->options;
	const struct redact_options redact = feed_redact(o);
	struct pipeline_options options = feed_pipeline(o);
	int r = redact_new(&redact, &t->redact);

	options.redact = t->redact;
	options.containers.v1_hierarchy_id = tracer_v1_hierarchy(t->tracer);
	options.containers.v1_controller = tracer_v1_controller(t->tracer);
	options.containers.unprivileged_sockets = !o->no_sandbox;
	options.attached_ns = tracer_attached_ns(t->tracer);
	options.take = take_event;
	if (t->gated || o->rate.records)
		options.gates = unsent_gates(t->tracer);
	options.throttled = o->rate.records ? take_throttled : NULL;
	options.arg = t;
	if (r == 0)
		r = pipeline_new(&options, &t->pipeline);
	if (r < 0)
		log_error("cannot begin: %s", strerror(-r));
	else if (pipeline_fd(t->pipeline) >= 0)
		watch(t->epoll_fd, pipeline_fd(t->pipeline), EPOLLIN | EPOLLET);
	return r;
}

static void seed_one(const struct ptc_seed *seed, void *arg)
{
	struct trace *t = arg;

	pipeline_seed(t->pipeline, seed);
}

/* The order matters: the probes are attached already, and a record beats the seed. */
static void seed(struct trace *t)
{
	int n = tracer_seed(t->tracer, seed_one, t);

	if (n < 0)
		log_debug("no task iterator (%s): reading %s instead", strerror(-n),
			  t->options->proc_root);
	pipeline_seed_procfs(t->pipeline);
}

/* Only the command and its descendants: it is there, and executes nothing yet. */
static int start_child(struct trace *t)
{
	_cleanup_free_ char *error = NULL;
	char pid[16];
	int r = child_fork(&t->child, t->options->argv_command, &t->signals);

	if (r < 0 || !t->child.pid)
		return r;
	snprintf(pid, sizeof(pid), "%u", child_host_pid(&t->child, t->tracer));
	r = filter_add(t->options->filter, FILTER_PID, pid, &error);
	if (r < 0)
		log_error("cannot follow '%s': %s", t->options->argv_command[0], strerror(-r));
	return r;
}

/* On a host with very many it takes seconds: the ring must not overflow meanwhile. */
static void tell_existing(struct trace *t)
{
	pipeline_existing(t->pipeline);
	while (pipeline_existing_some(t->pipeline, EXISTING_PART) && !t->done) {
		take_signals(t);
		if (is_filling(t))
			drain(t);
	}
}

static int begin(struct trace *t)
{
	int r = outlet_open(&t->outlet, t->options, &t->summary);

	if (r < 0)
		return STATUS_FAILURE;
	if (open_loop(t) < 0)
		return STATUS_FAILURE;
	r = open_tracer(t);
	if (r < 0)
		return r == -EPERM || r == -EOPNOTSUPP ? STATUS_NOT_PERMITTED : STATUS_FAILURE;
	if (outlet_log_begin(&t->outlet) < 0)
		return STATUS_FAILURE;
	if (open_pipeline(t) < 0)
		return STATUS_FAILURE;
	seed(t);
	if (start_child(t) < 0)
		return STATUS_FAILURE;
	if (!t->options->no_sandbox && sandbox_enter() < 0)
		return STATUS_FAILURE;
	outlet_begin(&t->outlet);
	if (!t->options->quiet)
		announce(t->pipeline, t->options->filter, t->options->proc_root);
	t->begun_ns = clock_boot_ns();
	if (t->options->existing)
		tell_existing(t);
	if (child_exec(&t->child) < 0)
		return t->child.exec_error ? child_status(&t->child) : STATUS_FAILURE;
	t->done |= child_reap(&t->child); /* killed while it waited */
	return STATUS_OK;
}

static void close_trace(struct trace *t)
{
	child_done(&t->child);
	outlet_close(&t->outlet);
	pipeline_free(t->pipeline);
	redact_free(t->redact);
	tracer_free(t->tracer);
	if (t->epoll_fd >= 0)
		close(t->epoll_fd);
	if (t->signal_fd >= 0)
		close(t->signal_fd);
}

/* Closes the outputs and says what came of it all. Returns the exit status. */
static int conclude(struct trace *t)
{
	int error = outlet_close(&t->outlet);

	tracer_counts(t->tracer, &t->summary.kernel);
	pipeline_stats(t->pipeline, &t->summary.pipeline);
	t->summary.gated = t->gated;
	t->summary.limited = t->options->rate.records;
	t->summary.spent_ns = clock_boot_ns() - t->begun_ns;
	if (!t->options->quiet && error != -EPIPE) {
		summary_say(&t->summary);
		summary_say_undecided(t->options->filter);
	}
	if (t->options->argv_command)
		return child_status(&t->child);
	/* The reader of a pipe has seen enough. */
	return error && error != -EPIPE ? STATUS_FAILURE : STATUS_OK;
}

int cmd_trace(struct options *options)
{
	struct trace t = { .options = options, .epoll_fd = -1, .signal_fd = -1 };
	int status;

	if (options->quiet)
		log_level = LOG_WARN;
	status = begin(&t);
	if (status == STATUS_OK) {
		run(&t);
		finish(&t);
		status = conclude(&t);
	} else if (options->argv_command && !t.child.exec_error) {
		status = STATUS_COMMAND_FAILURE;
	}
	close_trace(&t);
	return status;
}
