/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.h - what both sides of the bench's own probe know
 */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

/* As large as a usual record of a tracer that tells much, and empty. */
#define PROBE_RECORD_BYTES 1024
#define PROBE_RING_BYTES   (8 << 20)

#endif /* BENCH_PROBE_H */
