// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_metadata.c - the files that container runtimes keep about a container
 *
 * The first line of an input is the name of the file, the rest what is in it.
 */
#include <string.h>

#include "container/meta.h"
#include "container/metadata.h"
#include "rig.h"

#define ID     "e41db241308b51bc8d8803b34dc916d4b781d9e0a255cdfa96effa3407a8f82d"
#define STORE  "/var/lib/containers/storage/overlay-containers/"
#define BUNDLE "/run/containerd/io.containerd.runtime.v2.task/k8s.io/"

static const struct file {
	const char *name;
	enum cgpath_verdict verdict;
	const char *runtime;
	const char *id;
	const char *path;
} files[] = {
	{ "docker", CGPATH_CONTAINER, "docker", ID,
	  "/var/lib/docker/containers/" ID "/config.v2.json" },
	{ "podman", CGPATH_CONTAINER, "podman", ID, STORE "containers.json" },
	{ "podman-volatile", CGPATH_CONTAINER, "podman", ID, STORE "volatile-containers.json" },
	{ "cri-o", CGPATH_CONTAINER, "cri-o", ID, STORE ID "/userdata/config.json" },
	{ "bundle", CGPATH_CONTAINER, "containerd", ID, BUNDLE ID "/config.json" },
	{ "runc", CGPATH_CONTAINER, "", ID, "/run/runc/" ID "/state.json" },
	{ "crun", CGPATH_CONTAINER, "", ID, "/run/crun/" ID "/status" },
	/* By a name that is no id: what the file says of the cgroup decides. */
	{ "bundle-name", CGPATH_MAYBE, "", "plain", BUNDLE "plain/config.json" },
	{ "runc-name", CGPATH_MAYBE, "", "plain", "/run/runc/plain/state.json" },
	{ "crun-name", CGPATH_MAYBE, "", "plain", "/run/crun/plain/status" },
};

static struct metadata md;

static void prepare(void)
{
	const struct host_tree *tree = fuzz_tree();

	if (md.roots.proc_root)
		return;
	host_tree_mkdir(tree, "/proc");
	host_tree_mkdir(tree, STORE ID "/userdata");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		host_tree_text(tree, files[i].path, "");
		host_tree_remove(tree, files[i].path);
	}
	FUZZ_CHECK(metadata_init(&md, tree->root, host_tree_path(tree, "/proc"), NULL) == 0);
	metadata_scan(&md, 1);
}

static void take_file(const struct file *f, struct str text)
{
	struct cgpath_match match = { .verdict = f->verdict,
				      .runtime = f->runtime,
				      .runtime_guessed = !*f->runtime };
	struct meta meta = { 0 };

	strcpy(match.id, f->id);
	host_tree_write(fuzz_tree(), f->path, text.len ? text.p : "", text.len);
	metadata_read_known(&md, &match, STR_LITERAL("/plain"), &meta);
	fuzz_check_meta(&meta, str_of(f->id));
	/* Without a file that says it, a name in a cgroup is nobody's. */
	if (f->verdict == CGPATH_MAYBE && !memmem(text.p, text.len, "plain", 5))
		FUZZ_CHECK(!meta.runtime || memchr(text.p, '\\', text.len));
	meta_done(&meta);
	host_tree_remove(fuzz_tree(), f->path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = fuzz_input(data, size), name = fuzz_take_until(&text, '\n');

	prepare();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (str_eq(name, str_of(files[i].name)))
			take_file(&files[i], text);
	}
	return 0;
}
