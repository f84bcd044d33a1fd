// SPDX-License-Identifier: Apache-2.0
/*
 * test_forms - containers of runtimes that are not installed here, from the cgroups and the
 * files that they make
 *
 * The files lie in a tree that --host-root names. nerdctl notes a container's name in its
 * bundle; the image is only in containerd's database. CRI-O keeps its files with Podman's. From
 * its second version on, containerd notes the image of a pod's sandbox.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "scratch.h"

#define UID	     "0b7e3c9a-1f1d-4b8e-9d43-3f0b6a7a2c11"
#define UID_IN_SLICE "0b7e3c9a_1f1d_4b8e_9d43_3f0b6a7a2c11"

#define NERDCTL_FILE "run/containerd/io.containerd.runtime.v2.task/default/%s/config.json"
#define NERDCTL_TEXT                                                                    \
	"{\"annotations\":{\"nerdctl/name\":\"web\",\"nerdctl/namespace\":\"default\"," \
	"\"nerdctl/networks\":\"[\\\"bridge\\\"]\"},\"linux\":{\"cgroupsPath\":\"/any/%s\"}}"
#define CRIO_FILE "var/lib/containers/storage/overlay-containers/%s/userdata/config.json"
#define CRIO_TEXT                                                                           \
	"{\"annotations\":{\"io.kubernetes.cri-o.ContainerID\":\"%s\","                     \
	"\"io.kubernetes.container.name\":\"web\",\"io.kubernetes.pod.name\":\"shop-7d9\"," \
	"\"io.kubernetes.pod.namespace\":\"shop\",\"io.kubernetes.pod.uid\":\"" UID "\","   \
	"\"io.kubernetes.cri-o.ContainerType\":\"container\","                              \
	"\"io.kubernetes.cri-o.ImageName\":\"localhost/team/web:3.1\","                     \
	"\"io.kubernetes.cri-o.Labels\":\"{\\\"app\\\":\\\"web\\\"}\","                     \
	"\"io.kubernetes.cri-o.Created\":\"2026-11-22T21:18:39.5Z\"}}"

#define SANDBOX_FILE "run/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json"
#define SANDBOX_TEXT                                                                                \
	"{\"annotations\":{\"io.kubernetes.cri.container-type\":\"sandbox\","                       \
	"\"io.kubernetes.cri.podsandbox.image-name\":\"localhost/pause:3.10\","                     \
	"\"io.kubernetes.cri.sandbox-id\":\"%s\",\"io.kubernetes.cri.sandbox-name\":\"shop-7d9\","  \
	"\"io.kubernetes.cri.sandbox-namespace\":\"shop\",\"io.kubernetes.cri.sandbox-uid\":\"" UID \
	"\"}}"

struct form {
	const char *cgroup; /* %s: the container's id, as in the others */
	const char *file, *text;
	const char *runtime;
	const char *name;
	const char *image, *tag;     /* NULL: not known */
	const char *pod, *namespace; /* NULL: none */
};

#define NERDCTL(path)                                                         \
	{                                                                     \
		.cgroup = (path), .file = NERDCTL_FILE, .text = NERDCTL_TEXT, \
		.runtime = "containerd", .name = "web"                        \
	}
#define CRIO(path)                                                                             \
	{                                                                                      \
		.cgroup = (path), .file = CRIO_FILE, .text = CRIO_TEXT, .runtime = "cri-o",    \
		.name = "web", .image = "localhost/team/web", .tag = "3.1", .pod = "shop-7d9", \
		.namespace = "shop"                                                            \
	}

static const struct form forms[] = {
	NERDCTL("/system.slice/nerdctl-%s.scope"),
	NERDCTL("/default/%s"),
	CRIO("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_IN_SLICE
	     ".slice/crio-%s.scope"),
	CRIO("/kubepods.slice/kubepods-pod" UID_IN_SLICE ".slice/crio-%s.scope/container"),
	CRIO("/kubepods/besteffort/pod" UID "/crio-%s"),
	{ .cgroup = "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_IN_SLICE
		    ".slice/cri-containerd-%s.scope",
	  .file = SANDBOX_FILE,
	  .text = SANDBOX_TEXT,
	  .runtime = "containerd",
	  .name = "shop-7d9",
	  .image = "localhost/pause",
	  .tag = "3.10",
	  .pod = "shop-7d9",
	  .namespace = "shop" },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

static void check_form(struct json_object *event, const struct form *f, const char *id)
{
	check_str(event, "container.id", id);
	check_str(event, "container.name", f->name);
	check_str(event, "container.runtime", f->runtime);
	check_absent(event, "proctrace.container.unconfirmed");
	if (!strcmp(f->runtime, "cri-o"))
		check_str(event, "container.labels.app", "web");
	if (f->image) {
		check_str(event, "container.image.name", f->image);
		check_str(event, "container.image.tag[0]", f->tag);
	} else {
		check_absent(event, "container.image");
	}
	if (f->pod) {
		check_str(event, "orchestrator.namespace", f->namespace);
		check_str(event, "orchestrator.resource.name", f->pod);
		check_str(event, "orchestrator.resource.id", UID);
	} else {
		check_absent(event, "orchestrator");
	}
}

/* With the id put into a text of which that is the only part that changes. */
static const char *with_id(const char *fmt, const char *id)
{
	static char texts[4][2048];
	static unsigned int next;
	char *text = texts[next++ % 4];
	const char *at = strstr(fmt, "%s");

	snprintf(text, sizeof(texts[0]), "%.*s%s%s", (int)(at - fmt), fmt, id, at + 2);
	return text;
}

/* One for each form and hierarchy. */
static const char *id_of_form(const char *controller, size_t form)
{
	static char ids[2 * FORMS][65];
	char *id = ids[form + (*controller ? FORMS : 0)];

	snprintf(id, sizeof(ids[0]), "%.60s%04zx", container_id(*controller ? 'b' : 'a'), form);
	return id;
}

static void check_in(const char *controller)
{
	struct harness *h, *by_pod;
	pid_t pids[FORMS];

	for (size_t i = 0; i < FORMS; i++) {
		const char *id = id_of_form(controller, i);

		scratch_write(with_id(forms[i].file, id), with_id(forms[i].text, id), 0600);
	}
	h = harness_start_own("-e", "exec,exit,container-start", "--host-root", scratch(),
			      "--show-labels", "app");
	by_pod = harness_start("-f", "json", "-e", "exec", "--pod", "shop/shop-*", "--host-root",
			       scratch());
	for (size_t i = 0; i < FORMS; i++) {
		const char *id = id_of_form(controller, i);
		const char *cgroups[] = { cgroup_make(controller, with_id(forms[i].cgroup, id)),
					  NULL };
		struct command *c = command_run(&(struct command_options){ .cgroups = cgroups },
						argv_of(workload("tiny"), "within"));

		check_form(harness_wait_event(h, "exec", c->pid), &forms[i], id);
		check_form(harness_wait_event(h, "exit", c->pid), &forms[i], id);
		pids[i] = c->pid;
	}
	harness_stop_whole(h);
	harness_stop_whole(by_pod);
	for (size_t i = 0; i < FORMS; i++)
		assert_int_equal(harness_count(by_pod, "exec", pids[i]), forms[i].pod ? 1 : 0);
}

static void on_v2(void **state)
{
	(void)state;
	check_in("");
}

static void on_v1(void **state)
{
	(void)state;
	check_in("pids");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(on_v2),
		live_test(on_v1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
