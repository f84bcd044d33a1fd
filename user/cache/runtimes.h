/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtimes.h - the programs that make containers and bring processes into them
 *
 * Known by their names, so never the whole truth: it is only used to tell set-up steps
 * from a workload, not who belongs to a container.
 */
#ifndef CACHE_RUNTIMES_H
#define CACHE_RUNTIMES_H

#include "event/event.h"

/* True for runc, crun, youki, their shims and monitors, LXC's and nspawn. p may lack facts. */
bool runtimes_has(const struct event_process *p);

#endif /* CACHE_RUNTIMES_H */
