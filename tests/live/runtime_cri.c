// SPDX-License-Identifier: Apache-2.0
/*
 * runtime_cri.c - pods, as the kubelet makes them by the Container Runtime Interface
 */
#include "runtime_cri.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "harness.h"
#include "runtime_ops.h"
#include "scratch.h"

#define PODS_MAX 16
#define JSON_LEN 4096

/* Namespace options of the interface. */
enum mode { MODE_POD, MODE_CONTAINER };

static struct cri_pod pods[PODS_MAX];
static bool removed[PODS_MAX];
static unsigned int pods_made;
static const struct cri_pod *usual; /* where containers are of which only the name matters */

/* ---- the client */

static const char *client(void)
{
	static char path[PATH_MAX];
	ssize_t n;

	if (access("tests/live/cri", X_OK) == 0)
		return "tests/live/cri";
	/* build/tests/live/<this program> */
	n = readlink("/proc/self/exe", path, sizeof(path) - 64);
	for (int up = 0; n > 0 && up < 4; up++) {
		path[n] = '\0';
		n = strrchr(path, '/') ? strrchr(path, '/') - path : 0;
	}
	strcpy(path + n, "/tests/live/cri");
	if (access(path, X_OK) != 0)
		harness_skip("no client of the Container Runtime Interface at %s", path);
	return path;
}

/* One call. Returns what it answers; the caller's to json_object_put(). */
__attribute__((format(printf, 2, 3))) static struct json_object *call(const char *method,
								      const char *fmt, ...)
{
	char request[JSON_LEN];
	struct json_object *answer;
	struct command *c;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(request, sizeof(request), fmt, ap);
	va_end(ap);
	c = command_run(&(struct command_options){ .deadline_ms = RUNTIME_START_MS },
			argv_of(client(), containerd_socket(), method, request));
	answer = json_tokener_parse(c->out.data);
	if (!answer)
		harness_fail("%s: %s", method, c->out.data);
	command_free(c);
	return answer;
}

/* The same, with no answer that matters. */
#define tell(method, ...) json_object_put(call(method, __VA_ARGS__))

/* ---- pods */

static const char *pod_config(const struct cri_pod *pod)
{
	static char text[JSON_LEN / 4];

	snprintf(text, sizeof(text),
		 "{\"metadata\":{\"name\":\"%s\",\"uid\":\"%s\",\"namespace\":\"" CRI_NAMESPACE
		 "\"},\"hostname\":\"%s\",\"labels\":{\"app\":\"%s\"},\"linux\":{"
		 "\"cgroup_parent\":\"/kubepods/besteffort/pod%s\",\"security_context\":{"
		 "\"namespace_options\":{\"pid\":%d}}}}",
		 pod->name, pod->uid, pod->name, pod->name, pod->uid,
		 pod->share_pid ? MODE_POD : MODE_CONTAINER);
	return text;
}

const struct cri_pod *cri_run_pod(const char *name, bool share_pid)
{
	struct json_object *answer;
	struct cri_pod *pod;

	if (pods_made == PODS_MAX)
		harness_fail("more than %d pods", PODS_MAX);
	pod = &pods[pods_made];
	removed[pods_made++] = true; /* until it is there */
	pod->share_pid = share_pid;
	snprintf(pod->name, sizeof(pod->name), "%s", name);
	snprintf(pod->uid, sizeof(pod->uid), "0b7e3c9a-1f1d-4b8e-%04x-%012x", pods_made, getpid());
	answer = call("RunPodSandbox", "{\"config\":%s}", pod_config(pod));
	snprintf(pod->id, sizeof(pod->id), "%s", field_str(answer, "pod_sandbox_id"));
	removed[pod - pods] = false;
	json_object_put(answer);
	return pod;
}

void cri_remove_pod(const struct cri_pod *pod)
{
	char path[128];

	tell("StopPodSandbox", "{\"pod_sandbox_id\":\"%s\"}", pod->id);
	tell("RemovePodSandbox", "{\"pod_sandbox_id\":\"%s\"}", pod->id);
	/* This is the kubelet's part. */
	snprintf(path, sizeof(path), "/kubepods/besteffort/pod%s", pod->uid);
	cgroup_remove_everywhere(path);
	removed[pod - pods] = true;
}

struct json_object *cri_pod_status(const struct cri_pod *pod)
{
	return call("PodSandboxStatus", "{\"pod_sandbox_id\":\"%s\",\"verbose\":true}", pod->id);
}

struct json_object *cri_status(const char *id)
{
	return call("ContainerStatus", "{\"container_id\":\"%s\",\"verbose\":true}", id);
}

pid_t cri_pid(struct json_object *status)
{
	/* JSON in a string of JSON. */
	struct json_object *info = json_tokener_parse(field_str(status, "info.info"));
	int64_t pid = field_int(info, "pid");

	json_object_put(info);
	if (pid <= 0)
		harness_fail("no pid in %s", json_object_to_json_string(status));
	return (pid_t)pid;
}

/* ---- containers */

static const char *id_file(const char *name)
{
	char file[128];

	snprintf(file, sizeof(file), "%s.cid", name);
	return runtime_below(file);
}

static void id_of(const char *name, char ret_id[CONTAINER_ID_LEN + 1])
{
	char *id = read_whole(id_file(name));

	if (strlen(id) != CONTAINER_ID_LEN)
		harness_fail("%s: no container id: %s", name, id);
	strcpy(ret_id, id);
	free(id);
}

static const char *quoted(const char *const words[])
{
	static char text[JSON_LEN / 4];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; words[i]; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"%s\"", i ? "," : "",
				      words[i]);
	return text;
}

static const char *container_config(const struct cri_pod *pod, const char *name,
				    const char *const command[])
{
	static char text[JSON_LEN];

	snprintf(text, sizeof(text),
		 "{\"pod_sandbox_id\":\"%s\",\"sandbox_config\":%s,\"config\":{\"metadata\":{"
		 "\"name\":\"%s\"},\"image\":{\"image\":\"" CONTAINERD_IMAGE "\"},"
		 "\"command\":[%s],\"linux\":{\"security_context\":{"
		 "\"namespace_options\":{\"pid\":%d}}}}}",
		 pod->id, pod_config(pod), name, quoted(command),
		 pod->share_pid ? MODE_POD : MODE_CONTAINER);
	return text;
}

void cri_add_container(const struct cri_pod *pod, const char *name, struct container *ret)
{
	struct json_object *answer =
		call("CreateContainer", "%s", container_config(pod, name, argv_of("sleep", "600")));

	snprintf(ret->name, sizeof(ret->name), "%s", name);
	snprintf(ret->id, sizeof(ret->id), "%s", field_str(answer, "container_id"));
	json_object_put(answer);
	tell("StartContainer", "{\"container_id\":\"%s\"}", ret->id);
}

static void keep(const char *name, const char *other)
{
	struct container c;
	FILE *f;

	(void)other; /* .no_network */
	cri_add_container(usual, name, &c);
	f = fopen(id_file(name), "we");
	if (!f || fputs(c.id, f) < 0 || fclose(f))
		harness_fail("%s cannot be written", id_file(name));
}

static struct command *start(const char *name, const char *const command[])
{
	return command_start(NULL, argv_of(client(), containerd_socket(), "run", id_file(name),
					   container_config(usual, name, command)));
}

static struct command *exec(const char *name, const char *const command[])
{
	char id[CONTAINER_ID_LEN + 1], request[JSON_LEN];

	id_of(name, id);
	snprintf(request, sizeof(request), "{\"container_id\":\"%s\",\"cmd\":[%s]}", id,
		 quoted(command));
	return command_start(NULL, argv_of(client(), containerd_socket(), "ExecSync", request));
}

static void remove_one(const char *name)
{
	char id[CONTAINER_ID_LEN + 1];

	id_of(name, id);
	tell("StopContainer", "{\"container_id\":\"%s\"}", id);
	tell("RemoveContainer", "{\"container_id\":\"%s\"}", id);
}

static pid_t pid_of(const char *name)
{
	char id[CONTAINER_ID_LEN + 1];
	struct json_object *status;
	pid_t pid;

	id_of(name, id);
	status = cri_status(id);
	pid = cri_pid(status);
	json_object_put(status);
	return pid;
}

/* ---- the daemon */

/* A network of nothing: the namespace, and an address that is nowhere. Of "lo" as well. */
static const char network_plugin[] =
	"#!/bin/sh\n"
	"case $CNI_COMMAND in\n"
	"ADD) echo '{\"cniVersion\":\"0.3.1\",\"interfaces\":[{\"name\":\"'$CNI_IFNAME'\","
	"\"sandbox\":\"'$CNI_NETNS'\"}],"
	"\"ips\":[{\"version\":\"4\",\"address\":\"192.0.2.2/32\",\"interface\":0}]}' ;;\n"
	"VERSION) echo '{\"cniVersion\":\"0.4.0\",\"supportedVersions\":[\"0.3.1\",\"0.4.0\"]}' ;;\n"
	"esac\n";
static const char network_config[] =
	"{\"cniVersion\":\"0.3.1\",\"name\":\"none\",\"plugins\":[{\"type\":\"none\"}]}\n";

static void write_file(const char *name, const char *text, mode_t mode)
{
	const char *path = runtime_below(name);
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f) || chmod(path, mode))
		harness_fail("%s cannot be written", path);
}

static void write_network(void)
{
	if (mkdir(runtime_below("cni"), 0755) || mkdir(runtime_below("net.d"), 0755))
		harness_fail("no directories for the network");
	write_file("cni/loopback", network_plugin, 0755);
	write_file("cni/none", network_plugin, 0755);
	write_file("net.d/10-none.conflist", network_config, 0644);
}

/* Its image store takes notice of the import some time after it. */
static void wait_for_image(void)
{
	static const char ask[] = "\"$0\" \"$1\" ImageStatus \"$2\" | grep -q sha256:";

	runtime_wait_for_daemon(argv_of("sh", "-c", ask, client(), containerd_socket(),
					"{\"image\":{\"image\":\"localhost/pause:1\"}}"));
}

static void open_cri(void)
{
	static const char needs[] =
		"import grpc\n"
		"from google.protobuf import descriptor_pb2, json_format, message_factory";
	struct command *c = command_start(NULL, argv_of("/usr/bin/python3", "-c", needs));
	char config[4096], name[64];

	if (command_wait(c, RUNTIME_START_MS) != 0)
		harness_skip("no gRPC in Python here: install python3-grpcio and python3-protobuf");
	command_free(c);
	write_network();
	snprintf(config, sizeof(config),
		 "[plugins.\"io.containerd.grpc.v1.cri\"]\n"
		 "  sandbox_image = \"localhost/pause:1\"\n"
		 "  netns_mounts_under_state_dir = true\n"
		 /* No more than this process may. */
		 "  restrict_oom_score_adj = true\n"
		 "[plugins.\"io.containerd.grpc.v1.cri\".cni]\n"
		 "  bin_dir = \"%s\"\n"
		 "  conf_dir = \"%s\"\n"
		 "[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n"
		 "  snapshotter = \"native\"\n"
		 "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
		 "  runtime_type = \"io.containerd.runc.v2\"\n"
		 "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n"
		 "  Root = \"%s\"\n",
		 runtime_below("cni"), runtime_below("net.d"), runtime_below("runc"));
	containerd_open("k8s.io", config);
	wait_for_image();
	snprintf(name, sizeof(name), "usual-%d", getpid());
	usual = cri_run_pod(name, false);
}

static void close_cri(void)
{
	for (unsigned int i = 0; i < pods_made; i++)
		if (!removed[i])
			cri_remove_pod(&pods[i]);
	pods_made = 0;
	containerd_close("k8s.io");
	cgroup_remove_everywhere("/kubepods/besteffort");
	cgroup_remove_everywhere("/kubepods");
}

const struct runtime_ops runtime_cri = {
	.name = "cri",
	.runtime = "containerd",
	.image = "localhost/busyboxtest",
	.created_open = true,
	.starter = "runc",
	.watcher = "containerd-shim",
	.execer = "runc",
	.has_ids = true,
	.no_network = true, /* all of a pod's containers are in the pod's */
	.open = open_cri,
	.close = close_cri,
	.start = start,
	.keep = keep,
	.exec = exec,
	.remove = remove_one,
	.pid = pid_of,
	.id = id_of,
};
