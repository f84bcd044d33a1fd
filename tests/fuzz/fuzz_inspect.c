// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_inspect.c - a process in a copied /proc, inspected, with one of its files replaced
 *
 * The first line of an input is the name of the file, as "700/maps", the rest what is in
 * it. Whatever it is, there is an answer: as JSON that is valid, and as text that is safe.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inspect/common.h"
#include "inspect/doc.h"
#include "inspect/doc_diff.h"
#include "inspect/section.h"
#include "inspect/subject.h"
#include "rig.h"

#define PID 700

static const char *const files[] = {
	"700/auxv",	 "700/autogroup",    "700/cgroup",	 "700/coredump_filter",
	"700/cpuset",	 "700/environ",	     "700/fdinfo/5",	 "700/fdinfo/7",
	"700/io",	 "700/limits",	     "700/maps",	 "700/mountinfo",
	"700/net/dev",	 "700/net/fib_trie", "700/net/if_inet6", "700/net/ipv6_route",
	"700/net/route", "700/net/tcp",	     "700/net/udp",	 "700/net/unix",
	"700/oom_score", "700/personality",  "700/schedstat",	 "700/smaps_rollup",
	"700/stack",	 "700/statm",	     "700/status",	 "700/syscall",
	"700/timers",	 "700/uid_map",	     "700/gid_map",	 "700/wchan",
	"700/cmdline",	 "700/comm",	     "700/attr/current",
};

static struct world world;

static struct doc usual; /* with all its files as they were */

static void check_output(struct json_object *object, struct buf *text)
{
	struct buf json = { 0 };

	FUZZ_CHECK(object && !text->failed);
	buf_puts(&json, json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	buf_putc(&json, '\n');
	fuzz_check_json(str_from(json.data, json.len));
	fuzz_check_text(str_from(text->data, text->len));
	json_object_put(object);
	buf_done(&json);
	buf_reset(text);
}

static void check_doc(const struct doc *d)
{
	const struct doc_style style = { .width = 100 };
	struct json_object *differences = json_object_new_object();
	struct buf text = { 0 };

	doc_write_text(d, &style, &text);
	check_output(doc_to_json(d), &text);
	doc_write_diff(&usual, d, &style, &text);
	json_object_object_add(differences, "differences", doc_diff_to_json(&usual, d));
	check_output(differences, &text);
	buf_done(&text);
}

static void inspect(struct doc *d)
{
	struct subject s;

	FUZZ_CHECK(subject_open(&world, PID, &s) == 0);
	FUZZ_CHECK(doc_init(d, 64) == 0);
	common_subject(&s, d);
	sections_inspect(SECTIONS_ALL, &s, d);
	FUZZ_CHECK(!d->failed);
	subject_close(&s);
}

static void prepare(void)
{
	static const struct host_tree *tree;
	static char proc_root[512], passwd[512];
	char command[1024];

	if (tree)
		return;
	tree = fuzz_tree();
	snprintf(command, sizeof(command), "cp -a tests/fixtures/opened/. '%s'", tree->root);
	FUZZ_CHECK(system(command) == 0);
	snprintf(proc_root, sizeof(proc_root), "%s/proc", tree->root);
	snprintf(passwd, sizeof(passwd), "%s/etc/passwd", tree->root);
	FUZZ_CHECK(world_init(&world, &(struct world_options){ .proc_root = proc_root,
							       .host_root = tree->root,
							       .passwd_path = passwd }) == 0);
	world_scan(&world);
	inspect(&usual);
}

static void replace(const char *name, struct str text)
{
	char path[512], kept[512];
	bool was_there;
	struct doc d;

	snprintf(path, sizeof(path), "%s/proc/%s", fuzz_tree()->root, name);
	snprintf(kept, sizeof(kept), "%s/kept", fuzz_tree()->root);
	was_there = rename(path, kept) == 0;
	snprintf(path, sizeof(path), "/proc/%s", name);
	host_tree_write(fuzz_tree(), path, text.len ? text.p : "", text.len);
	inspect(&d);
	check_doc(&d);
	doc_done(&d);
	host_tree_remove(fuzz_tree(), path);
	snprintf(path, sizeof(path), "%s/proc/%s", fuzz_tree()->root, name);
	FUZZ_CHECK(!was_there || rename(kept, path) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), name = fuzz_take_until(&text, '\n');

	prepare();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (str_eq(name, str_of(files[i])))
			replace(files[i], text);
	}
	return 0;
}
