/* SPDX-License-Identifier: Apache-2.0 */
/*
 * needed.h - what a test needs of the kernel, which may be a module that is not there
 *
 * Each skips the test with its reason where it is not to be had.
 */
#ifndef LIVE_NEEDED_H
#define LIVE_NEEDED_H

/* The other ends of unix sockets, and their names as they are. */
void needed_unix_diag(void);

void needed_overlay(void);

/* Pairs of network devices. */
void needed_veth(void);

#endif /* LIVE_NEEDED_H */
