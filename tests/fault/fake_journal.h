/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_journal.h - stands in the place of libsystemd: keeps what the journal would get
 */
#ifndef FAULT_FAKE_JOURNAL_H
#define FAULT_FAKE_JOURNAL_H

#include "base/str.h"

/* Forgets what came, and lets the program find journald's socket. */
void fake_journal_begin(void);

/* All that came since, a line for each field. To be called when nobody sends. */
struct str fake_journal_text(void);

#endif /* FAULT_FAKE_JOURNAL_H */
