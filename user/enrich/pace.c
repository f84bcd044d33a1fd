// SPDX-License-Identifier: Apache-2.0
/*
 * pace.c - how much of /proc is affordable
 */
#include "enrich/pace.h"

void pace_init(struct pace *p, uint64_t now_ns)
{
	*p = (struct pace){ .saved_ns = PACE_SAVED_NS, .looked_ns = now_ns };
}

static void save(struct pace *p, uint64_t now_ns)
{
	uint64_t more = now_ns > p->looked_ns ? (now_ns - p->looked_ns) / PACE_PART : 0;

	/* What is less than a nanosecond counts the next time. */
	p->looked_ns += more * PACE_PART;
	p->saved_ns = more < PACE_SAVED_NS - p->saved_ns ? p->saved_ns + more : PACE_SAVED_NS;
}

bool pace_allows(struct pace *p, uint64_t now_ns, bool ring_fills)
{
	save(p, now_ns);
	if (ring_fills) {
		p->saved_ns = 0;
		p->away = true;
	} else if (p->saved_ns >= PACE_ENOUGH_NS) {
		p->away = false;
	}
	return !p->away;
}

void pace_spend(struct pace *p, uint64_t cpu_ns)
{
	p->saved_ns -= cpu_ns < p->saved_ns ? cpu_ns : p->saved_ns;
	if (p->saved_ns == 0)
		p->away = true;
}
