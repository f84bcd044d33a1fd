// SPDX-License-Identifier: Apache-2.0
/*
 * fake_tracer.c - stands in the place of the kernel side: hands out records that a test made
 *
 * It needs nothing that could fail: what is tested is what comes after.
 */
#include "fake_tracer.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "tracer/tracer.h"

#define PIECE 8 /* records between two looks at signals */

struct tracer {
	const struct fake_tracer *fake;
	int fd;
	size_t next;
	bool told, lost;
	uint64_t sent[PTC_TYPES];
};

static struct tracer tracer = { .fd = -1 };

void fake_tracer_set(const struct fake_tracer *fake)
{
	/* Made once, and not when calls fail. */
	if (tracer.fd < 0)
		tracer.fd = eventfd(0, EFD_CLOEXEC);
	tracer = (struct tracer){ .fake = fake, .fd = tracer.fd };
}

/* Linked in the place of the one in cli/: a signal that was too late must not end the test. */
void __wrap_signals_allow(void);
void __wrap_signals_allow(void)
{
}

int tracer_new(const struct tracer_options *options, struct tracer **ret_tracer)
{
	(void)options;
	*ret_tracer = &tracer;
	return 0;
}

void tracer_free(struct tracer *t)
{
	(void)t;
}

int tracer_fd(const struct tracer *t)
{
	return t->fd;
}

static void signal_if_due(struct tracer *t)
{
	for (size_t i = 0; i < sizeof(t->fake->signals) / sizeof(t->fake->signals[0]); i++)
		if (t->fake->signals[i].at == t->next && t->fake->signals[i].number)
			kill(getpid(), t->fake->signals[i].number);
}

int tracer_drain(struct tracer *t, tracer_record_fn fn, void *arg, unsigned int max)
{
	int n = 0;

	while (t->next < t->fake->len && (unsigned int)n < max && n < PIECE) {
		struct made *m = &t->fake->records[t->next++];

		m->hdr.time_ns = clock_boot_ns();
		t->sent[m->hdr.type]++;
		n++;
		if (fn(m, m->hdr.size, arg) < 0)
			return -1;
		signal_if_due(t);
	}
	if (n == 0 && t->fake->ends && !t->told) {
		kill(getpid(), SIGTERM);
		t->told = true;
	}
	return n;
}

bool tracer_idle(struct tracer *t)
{
	(void)t;
	return false;
}

int tracer_nap(struct tracer *t)
{
	(void)t;
	return 0;
}

void tracer_awake(struct tracer *t)
{
	(void)t;
}

int tracer_seed(struct tracer *t, tracer_seed_fn fn, void *arg)
{
	static struct made m;

	(void)t;
	/* A thread of the kernel: whose namespaces it has are the host's. */
	made_init(&m, PTC_TASK);
	m.seed.task.flags |= PTC_TASK_KTHREAD;
	m.seed.task.pid = m.seed.task.tid = 2;
	m.seed.task.vpids_len = 1;
	m.seed.task.vpid[0] = 2;
	made_comm(&m.seed.task, "kthreadd");
	fn(&m.seed, arg);
	return 1;
}

void tracer_counts(const struct tracer *t, struct tracer_counts *ret_counts)
{
	*ret_counts = (struct tracer_counts){ 0 };
	memcpy(ret_counts->sent, t->sent, sizeof(t->sent));
	ret_counts->lost[PTC_EXEC] = t->lost ? 3 : 0;
}

bool tracer_take_lost(struct tracer *t, struct tracer_lost *ret_lost)
{
	if (t->lost || t->next < t->fake->len / 2)
		return false;
	t->lost = true;
	*ret_lost = (struct tracer_lost){
		.total = 3,
		.by_type[PTC_EXEC] = 3,
		.from_ns = 1000000000,
		.to_ns = 2000000000,
	};
	return true;
}

bool tracer_gate(struct tracer *t, uint32_t hierarchy_id, uint64_t id, enum ptc_gate_state state,
		 uint16_t meter)
{
	(void)t;
	(void)hierarchy_id;
	(void)id;
	(void)state;
	(void)meter;
	return true;
}

void tracer_gate_made(struct tracer *t, uint32_t hierarchy_id, uint64_t id)
{
	(void)t;
	(void)hierarchy_id;
	(void)id;
}

void tracer_gate_renamed(struct tracer *t, uint32_t hierarchy_id)
{
	(void)t;
	(void)hierarchy_id;
}

bool tracer_take_throttled(struct tracer *t, uint16_t meter, struct tracer_throttled *ret_throttled)
{
	(void)t;
	(void)meter;
	(void)ret_throttled;
	return false;
}

uint64_t tracer_attached_ns(const struct tracer *t)
{
	(void)t;
	return 1;
}

uint32_t tracer_v1_hierarchy(const struct tracer *t)
{
	(void)t;
	return 0;
}

const char *tracer_v1_controller(const struct tracer *t)
{
	(void)t;
	return NULL;
}

size_t tracer_ring_bytes(const struct tracer *t)
{
	(void)t;
	return TRACER_RING_DEFAULT;
}

size_t tracer_unread(const struct tracer *t)
{
	(void)t;
	return 0;
}

void tracer_stop(struct tracer *t)
{
	(void)t;
}

const struct tracer_feature *tracer_features(const struct tracer *t, size_t *ret_len)
{
	(void)t;
	*ret_len = 0;
	return NULL;
}
