// SPDX-License-Identifier: Apache-2.0
/*
 * test_fault_metadata - what runtimes keep of their containers is read, each call failing once
 *
 * Whatever fails: nothing is said of a container that its runtime does not say, and where
 * something is not said, it is looked for again, or its reason is told.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../unit/host_tree.h"
#include "base/log.h"
#include "cli/commands.h"
#include "container/metadata.h"
#include "sweep.h"

static const char *const paths[] = {
	"/docker/e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d",
	"/docker/d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4d0c4",
	"/machine.slice/libpod-41ffcc231047c64d9bbaeb5a19b92f8bdaa87fb6fd888e1785c14604561dc18a"
	".scope",
	"/kubepods/besteffort/pod1b2c3d4e-0000-4000-8000-000000000001/"
	"5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2",
	"/kubepods/besteffort/pod1b2c3d4e-0000-4000-8000-000000000001/"
	"crio-c210c210c210c210c210c210c210c210c210c210c210c210c210c210c210c210",
	"/lxc.payload.lxcweb",
	"/machine.slice/machine-web.scope",
	"/default/ctr-web",
	"/plain-runc",
	"/tiny",
};

struct rig {
	struct host_tree tree;
	const char *proc_root;
};

static void print_str(const char *name, struct str value)
{
	if (value.len)
		printf(" %s=%.*s", name, (int)value.len, value.p);
}

static void print_meta(const char *path, const struct meta *m, int result)
{
	printf("%s", path);
	print_str("runtime", str_of(m->runtime));
	print_str("name", m->name);
	print_str("image", m->image);
	print_str("tag", m->image_tag);
	print_str("image_id", m->image_id);
	print_str("pod", m->pod_name);
	print_str("namespace", m->pod_namespace);
	print_str("uid", m->pod_uid);
	if (m->created_ns)
		printf(" created=%" PRId64, m->created_ns);
	for (uint32_t i = 0; i < m->labels_len; i++)
		printf(" %.*s=%.*s", (int)m->labels[i].key.len, m->labels[i].key.p,
		       (int)m->labels[i].value.len, m->labels[i].value.p);
	if (result || m->missing)
		printf(" -");
	printf("\n");
}

static void read_one(struct metadata *md, const char *path)
{
	const struct cgpath_match *innermost;
	struct meta meta = { 0 };
	struct cgpath parsed;
	int result;

	cgpath_parse(str_of(path), &parsed);
	innermost = cgpath_innermost(&parsed);
	assert_non_null(innermost);
	result = metadata_read(md, innermost, metadata_place(md, innermost, str_of(path), NULL), 10,
			       &meta);
	print_meta(path, &meta, result);
	meta_done(&meta);
}

static int run(void *arg)
{
	const struct rig *r = arg;
	struct metadata md = { 0 };
	int err = metadata_init(&md, HOST_FIXTURE, r->proc_root, NULL);

	if (err) {
		log_error("no files of runtimes: %s", strerror(-err));
		return STATUS_FAILURE;
	}
	metadata_scan(&md, 1);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		read_one(&md, paths[i]);
	metadata_done(&md);
	return STATUS_OK;
}

static bool has_word(struct str line, struct str word)
{
	while (line.len)
		if (str_eq(sweep_take(&line, ' '), word))
			return true;
	return false;
}

/* What a container is known by. Of a label, or when it was made, no reason is told. */
static bool is_identity(struct str word)
{
	return str_has_prefix(word, STR_LITERAL("runtime=")) ||
	       str_has_prefix(word, STR_LITERAL("name=")) ||
	       str_has_prefix(word, STR_LITERAL("image=")) ||
	       str_has_prefix(word, STR_LITERAL("tag="));
}

static void check_line(const struct outcome *got, struct str line, struct str right)
{
	static const struct str reason = STR_LITERAL("-");
	struct str rest = line;

	if (str_eq(line, right))
		return;
	while (rest.len) {
		struct str word = sweep_take(&rest, ' ');

		if (!str_eq(word, reason) && !has_word(right, word))
			sweep_complain(got, "made up: %.*s in \"%.*s\"", (int)word.len, word.p,
				       (int)line.len, line.p);
	}
	for (rest = right; rest.len && !has_word(line, reason);) {
		struct str word = sweep_take(&rest, ' ');

		if (is_identity(word) && !has_word(line, word))
			sweep_complain(got, "%.*s is missing in \"%.*s\", without a reason",
				       (int)word.len, word.p, (int)line.len, line.p);
	}
}

static void check(const struct outcome *got, const struct outcome *good, void *arg)
{
	struct str mine = got->out, right = good->out;

	(void)arg;
	if (got->status != good->status)
		return;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		check_line(got, sweep_take(&mine, '\n'), sweep_take(&right, '\n'));
}

static void metadata(void **state)
{
	struct rig r;

	(void)state;
	host_tree_init(&r.tree);
	host_tree_mkdir(&r.tree, "/proc");
	r.proc_root = host_tree_path(&r.tree, "/proc");
	sweep_run(&(struct sweep){ .run = run, .check = check, .arg = &r });
	host_tree_done(&r.tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(metadata) };

	cmocka_set_test_filter(getenv("FAULT_TEST"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
