/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials.h - who it is: user and group ids, outside and inside, with names
 */
#ifndef INSPECT_CREDENTIALS_H
#define INSPECT_CREDENTIALS_H

#include "inspect/doc.h"
#include "inspect/subject.h"

/* Part of the section "privileges". */
void put_credentials(struct subject *s, const struct proc_status *status, struct doc *d);

#endif /* INSPECT_CREDENTIALS_H */
