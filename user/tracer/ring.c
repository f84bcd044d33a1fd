// SPDX-License-Identifier: Apache-2.0
/*
 * ring.c - draining the ring buffer, and the agent's half of the wake-up protocol
 *
 * The protocol is told in bpf/ring.h. libbpf drains; it has no call for the
 * positions in this version, so their two pages are mapped a second time (layout:
 * Documentation/bpf/ringbuf.rst in the kernel's source).
 */
#include "tracer/ring.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Stops a drain early; no errno, so that it is never taken for one. */
#define DRAIN_STOP (-4096)

static int on_record(void *arg, void *data, size_t size)
{
	struct ring *r = arg;

	r->result = r->fn(data, size, r->arg);
	/* A negative value stops libbpf after this record, which counts as consumed. */
	return r->result < 0 || --r->left == 0 ? DRAIN_STOP : 0;
}

static const volatile unsigned long *map_position(int map_fd, off_t offset)
{
	void *page = mmap(NULL, (size_t)getpagesize(), PROT_READ, MAP_SHARED, map_fd, offset);

	return page == MAP_FAILED ? NULL : page;
}

int ring_init(struct ring *r, int map_fd, struct ptc_wake *wake)
{
	*r = (struct ring){ .map_fd = map_fd, .wake = wake };
	r->consumer = map_position(map_fd, 0);
	if (!r->consumer)
		goto fail;
	r->producer = map_position(map_fd, getpagesize());
	if (!r->producer)
		goto fail;
	r->buffer = ring_buffer__new(map_fd, on_record, r, NULL);
	if (!r->buffer)
		goto fail;
	return 0;
fail:;
	int error = errno ? -errno : -ENOMEM;

	ring_done(r);
	return error;
}

void ring_done(struct ring *r)
{
	ring_buffer__free(r->buffer); /* NULL is fine */
	if (r->consumer)
		munmap((void *)r->consumer, (size_t)getpagesize());
	if (r->producer)
		munmap((void *)r->producer, (size_t)getpagesize());
	*r = (struct ring){ .map_fd = -1 };
}

int ring_drain(struct ring *r, tracer_record_fn fn, void *arg, unsigned int max)
{
	int n;

	r->fn = fn;
	r->arg = arg;
	r->left = max;
	r->result = 0;
	n = ring_buffer__consume(r->buffer);
	if (n == DRAIN_STOP)
		return r->result < 0 ? r->result : (int)max;
	return n;
}

bool ring_idle(struct ring *r)
{
	__atomic_store_n(&r->wake->idle, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/*
	 * Not "the last drain found nothing": a record that is reserved but not yet
	 * submitted hides those behind it, and its submit may have read idle already.
	 */
	if (*r->producer == *r->consumer)
		return true;
	__atomic_store_n(&r->wake->idle, 0, __ATOMIC_RELAXED);
	return false;
}

void ring_nap(struct ring *r)
{
	__atomic_store_n(&r->wake->napping, 1, __ATOMIC_RELAXED);
}

void ring_awake(struct ring *r)
{
	__atomic_store_n(&r->wake->idle, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&r->wake->napping, 0, __ATOMIC_RELAXED);
}
