// SPDX-License-Identifier: Apache-2.0
/*
 * pipeline_updates.c - what becomes known of containers after their start was told
 */
#include "base/clock.h"
#include "pipeline_state.h"

void pipeline_update_containers(struct pipeline *p, uint64_t now_ns)
{
	const struct container_info *container;
	bool ran_already;

	containers_work(p->containers, now_ns);
	while ((container = containers_take_updated(p->containers, &ran_already))) {
		struct event ev =
			pipeline_begin_container(EVENT_CONTAINER_START, container, now_ns);

		ev.update = true;
		ev.ran_already = ran_already;
		pipeline_send(p, &ev);
	}
}

int pipeline_wait_ms(const struct pipeline *p, int wait_ms)
{
	uint64_t next_ns = containers_next_work_ns(p->containers), left_ms;
	uint64_t limit_ns = pipeline_limit_next_ns(p);
	uint64_t now_ns = clock_boot_ns();

	if (limit_ns < next_ns)
		next_ns = limit_ns;
	if (next_ns <= now_ns)
		return 0;
	left_ms = (next_ns - now_ns) / NSEC_PER_MSEC;
	return left_ms < (uint64_t)wait_ms ? (int)left_ms + 1 : wait_ms;
}

int pipeline_fd(const struct pipeline *p)
{
	return containers_fd(p->containers);
}
