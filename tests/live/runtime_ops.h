/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime_ops.h - what a real container runtime must be able to do for the tests
 *
 * One file runtime_NAME.c for each; runtime.c knows them all and does what does not depend on
 * the runtime. Docker and Podman, whose clients take the same words, share runtime_engine.c.
 */
#ifndef LIVE_RUNTIME_OPS_H
#define LIVE_RUNTIME_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "command.h"
#include "runtime.h"

#define RUNTIME_PATH_LEN 384
#define RUNTIME_ARGS_MAX 64
/* For a daemon or a container, on a busy machine. */
#define RUNTIME_START_MS (deadline_ms() > 60000 ? deadline_ms() : 60000)

struct runtime_ops {
	const char *name;    /* what a test asks for */
	const char *runtime; /* container.runtime */
	const char *image;   /* container.image.name; its tag is 1. NULL: it has no images */
	const char *starter; /* the process that starts a container; NULL: not known */
	const char *watcher; /* how the name of what is left of it begins, once it runs */
	const char *execer;  /* the process that brings one in by exec; NULL: no exec */
	bool has_ids;	     /* 64 digits; else the name is the identity */
	bool no_network;     /* cannot put one into the network of another */
	bool no_own_pid;     /* containers have no pid namespace of their own */
	bool image_open;   /* only its daemon knows the image: what is said of it is not checked */
	bool created_open; /* and when a container was made */

	/* Skips the test if it is not installed; starts a daemon if it needs one. */
	void (*open)(void);
	/* Containers that were kept have been removed. NULL: nothing to do. */
	void (*close)(void);
	/* In the foreground, removed afterwards. */
	struct command *(*start)(const char *name, const char *const command[]);
	/* "sleep 600" that stays. other: whose network namespace it lives in; NULL: its own. */
	void (*keep)(const char *name, const char *other);
	/* One more process in it. */
	struct command *(*exec)(const char *name, const char *const command[]);
	void (*remove)(const char *name);
	/* Of its first process, on the host. */
	pid_t (*pid)(const char *name);
	/* The id that it gave to a container, also if that is gone by now; NULL: the name. */
	void (*id)(const char *name, char ret_id[CONTAINER_ID_LEN + 1]);
};

extern const struct runtime_ops runtime_docker, runtime_podman, runtime_runc, runtime_crun,
	runtime_lxc, runtime_nspawn, runtime_buildah, runtime_podman_rootless,
	runtime_podman_no_cgroup;

/* A path below the runtime's own directory; valid for 15 more calls. */
const char *runtime_below(const char *name);

/* The directory tree of busybox, made at first use below the runtime's own directory. */
const char *runtime_rootfs(void);

/* Skips the test unless this program (an absolute path) is there. */
void runtime_need_program(const char *path, const char *package);

/* Appends to argv, which holds RUNTIME_ARGS_MAX, and ends it with NULL. Returns the new length. */
size_t runtime_put_args(const char *argv[], size_t n, const char *const args[]);

/* A daemon of the test's own; what it prints goes to the file "log". */
void runtime_start_daemon(const char *const argv[]);
/* Waits until a command succeeds; skips the test if the daemon ends or never answers. */
void runtime_wait_for_daemon(const char *const ask[]);
void runtime_stop_daemon(void);

/* --- runtime_engine.c: clients that take Docker's words */

struct runtime_engine {
	const char *const *client; /* the program and what tells it to leave the host's own alone */
	const char *const *run;	   /* what "run" needs here */
	const char *const *remove; /* "rm" and what makes it quick */
};

/* What all of them do alike. */
#define ENGINE_OPS                                                                        \
	.has_ids = true, .start = engine_start, .keep = engine_keep, .exec = engine_exec, \
	.remove = engine_remove, .pid = engine_pid, .id = engine_id

void engine_use(const struct runtime_engine *engine);
void engine_import_image(void);
struct command *engine_start(const char *name, const char *const command[]);
void engine_keep(const char *name, const char *other);
struct command *engine_exec(const char *name, const char *const command[]);
void engine_remove(const char *name);
pid_t engine_pid(const char *name);
void engine_id(const char *name, char ret_id[CONTAINER_ID_LEN + 1]);
/* Begins argv with the client and these. Returns the length. */
size_t engine_put(const char *argv[], const char *const args[]);
/* The client with these arguments; it must succeed. */
struct command *engine_run(const char *const args[]);

/* --- runtime_containerd.c: a containerd of the test's own, for ctr and for a CRI client */

extern const struct runtime_ops runtime_ctr, runtime_cri;

#define CONTAINERD_IMAGE "localhost/busyboxtest:1"

/* Its socket; valid for the life of the program. */
const char *containerd_socket(void);
/*
 * Starts it with these lines added to its config.toml, which alone says where it keeps its
 * state, and imports the image, also as localhost/pause:1.
 */
void containerd_open(const char *ns, const char *config);
/* Stops it and removes the namespace's cgroups. */
void containerd_close(const char *ns);
/* ctr for this namespace with these arguments. */
struct command *containerd_ctr_start(const char *ns, const char *const args[]);
/* The same, and it must succeed. */
struct command *containerd_ctr(const char *ns, const char *const args[]);

/* --- runtime_ctr.c */

/* What "ctr container info" says; the caller's to json_object_put(). */
struct json_object *ctr_info(const char *name);

#endif /* LIVE_RUNTIME_OPS_H */
