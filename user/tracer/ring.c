// SPDX-License-Identifier: Apache-2.0
/*
 * ring.c - draining the ring buffer, and the agent's half of the wake-up protocol
 *
 * The protocol is told in bpf/ring.h; the layout of the ring and how to read it in
 * Documentation/bpf/ringbuf.rst of the kernel's source. libbpf would drain it too, but it
 * maps the data twice in a row, so that no record is cut by the end: every page of it is
 * then resident twice. Here the few records that are cut are put together again.
 */
#include "tracer/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proctrace/wire.h"

/*
 * The first nap after a pause is short, since what a lone process does comes right behind its
 * fork, and somebody may be looking. Each next one is twice as long, as each costs a wake-up.
 */
#define NAP_MIN_MS 1
#define NAP_MAX_MS 40

#define LEN_MASK (~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))

static void *map(int map_fd, int protection, off_t offset, size_t len)
{
	void *mapped = mmap(NULL, len, protection, MAP_SHARED, map_fd, offset);

	return mapped == MAP_FAILED ? NULL : mapped;
}

int ring_init(struct ring *r, int map_fd, size_t bytes, struct ptc_wake *wake)
{
	size_t page = (size_t)getpagesize();

	*r = (struct ring){ .wake = wake, .bytes = bytes, .nap_ms = NAP_MIN_MS };
	r->cut = malloc(PTC_RECORD_MAX);
	/* The kernel lets nobody write to more than this page. */
	r->consumer = map(map_fd, PROT_READ | PROT_WRITE, 0, page);
	r->producer = map(map_fd, PROT_READ, (off_t)page, page + bytes);
	if (!r->cut || !r->consumer || !r->producer) {
		int error = errno ? -errno : -ENOMEM;

		ring_done(r);
		return error;
	}
	r->data = (const char *)r->producer + page;
	return 0;
}

void ring_done(struct ring *r)
{
	size_t page = (size_t)getpagesize();

	if (r->consumer)
		munmap(r->consumer, page);
	if (r->producer)
		munmap((void *)r->producer, page + r->bytes);
	free(r->cut);
	*r = (struct ring){ 0 };
}

/* The record behind the header at this position, in one piece; NULL: it is no record of ours. */
static const void *record_at(struct ring *r, unsigned long at, size_t len)
{
	size_t start = (at + BPF_RINGBUF_HDR_SZ) & (r->bytes - 1);
	size_t first = r->bytes - start;

	if (len <= first)
		return r->data + start;
	if (len > PTC_RECORD_MAX)
		return NULL;
	memcpy(r->cut, r->data + start, first);
	memcpy(r->cut + first, r->data, len - first);
	return r->cut;
}

int ring_drain(struct ring *r, tracer_record_fn fn, void *arg, unsigned int max)
{
	unsigned long at = *r->consumer; /* nobody else writes it */
	unsigned int n = 0;

	while (n < max && at != __atomic_load_n(r->producer, __ATOMIC_ACQUIRE)) {
		const uint32_t *header = (const uint32_t *)(r->data + (at & (r->bytes - 1)));
		uint32_t len = __atomic_load_n(header, __ATOMIC_ACQUIRE);
		const void *record;
		int result = 0;

		if (len & BPF_RINGBUF_BUSY_BIT)
			break; /* reserved, and not submitted yet */
		record = record_at(r, at, len & LEN_MASK);
		if (record && !(len & BPF_RINGBUF_DISCARD_BIT)) {
			result = fn(record, len & LEN_MASK, arg);
			n++;
		}
		/* Each begins at a multiple of eight, so that its header is in one piece. */
		at += ((len & LEN_MASK) + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
		__atomic_store_n(r->consumer, at, __ATOMIC_RELEASE);
		if (result < 0)
			return result;
	}
	return (int)n;
}

size_t ring_unread(const struct ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_RELAXED) - *r->consumer;
}

bool ring_idle(struct ring *r)
{
	__atomic_store_n(&r->wake->idle, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/*
	 * Not "the last drain found nothing": a record that is reserved but not yet
	 * submitted hides those behind it, and its submit may have read idle already.
	 */
	if (ring_unread(r) == 0) {
		r->nap_ms = NAP_MIN_MS;
		return true;
	}
	__atomic_store_n(&r->wake->idle, 0, __ATOMIC_RELAXED);
	return false;
}

int ring_nap(struct ring *r)
{
	int nap_ms = r->nap_ms;

	__atomic_store_n(&r->wake->napping, 1, __ATOMIC_RELAXED);
	r->nap_ms = nap_ms < NAP_MAX_MS / 2 ? 2 * nap_ms : NAP_MAX_MS;
	return nap_ms;
}

void ring_awake(struct ring *r)
{
	__atomic_store_n(&r->wake->idle, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&r->wake->napping, 0, __ATOMIC_RELAXED);
}
