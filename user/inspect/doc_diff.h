/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doc_diff.h - what two trees of facts differ in
 *
 * Facts that differ between any two processes or moments (see doc_passing()) are left out.
 * Groups in lists are the same if their first facts are. Of two such groups only those facts
 * count that differ, and of two lists only what the other has not.
 */
#ifndef INSPECT_DOC_DIFF_H
#define INSPECT_DOC_DIFF_H

#include "inspect/doc.h"

/* One fact that differs, which may be a list or a group in one. NULL: the other has it alone. */
typedef void (*doc_differs)(const struct doc_node *a, const struct doc_node *b, void *arg);

void doc_diff(const struct doc_node *a, const struct doc_node *b, doc_differs differs, void *arg);

/* Whether a fact of one such group differs from that of the other, or is not there. */
bool doc_diff_differs(const struct doc_node *fact, const struct doc_node *other);

/*
 * Steps through the values of a list that the other (NULL: none) has not, from after
 * (NULL: the first) on. NULL: no more.
 */
const struct doc_node *doc_diff_next(const struct doc_node *list, const struct doc_node *other,
				     const struct doc_node *after);

/* As text; nothing if they do not differ. */
void doc_write_diff(const struct doc *a, const struct doc *b, const struct doc_style *style,
		    struct buf *out);

/*
 * As JSON: an array of objects with the path of the fact (keys, and in lists the first fact
 * of a group) and its values in a and b; of lists of values those that the other has not.
 * The caller's to put; NULL: no memory.
 */
struct json_object *doc_diff_to_json(const struct doc *a, const struct doc *b);

#endif /* INSPECT_DOC_DIFF_H */
