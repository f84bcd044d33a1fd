/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_ns.h - which namespaces changed, and whose the new ones are
 */
#ifndef SINK_TEXT_NS_H
#define SINK_TEXT_NS_H

#include "event/event.h"
#include "sink/text_put.h"

/*
 * Changes with one owner are said together, "mnt,net → web"; one whose owner is not known
 * with both numbers, "pid 4026531836 → 4026532180"; one that containers share with all of
 * them, "net → web (shared with db)".
 */
void text_ns_changes(const struct text_put *t, const struct event *e);

#endif /* SINK_TEXT_NS_H */
